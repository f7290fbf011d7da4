"""Calibrations kept for later sessions of the same soles, in the user's configuration folder."""

from __future__ import annotations

import hashlib
import json
from math import isfinite
from typing import TYPE_CHECKING, Any, TypeAlias

from insole.errors import StoreError
from insole.profile import config_folder, read_private, write_private
from insole.tables import SIDES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from insole.filter.taught import Calibration
    from insole.record.store import Device, SessionFile

Centres: TypeAlias = tuple[float, float, float]
ATTACHMENT = "calibration.json"
"""Name of an earlier calibration of the same person and soles that a session carries."""


def soles_of(devices: Iterable[Device]) -> str:
    """Return a name of a set of soles: of their addresses where those are known, else their kind.

    Parameters
    ----------
    devices : iterable of Device
        The devices of a session.
    """
    parts = sorted(f"{d.role} {d.address_hash or d.spec_id}" for d in devices)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def keep_calibration(
    session: SessionFile,
    calibration: Calibration,
    folder: Path | None = None,
    *,
    rocking: Mapping[str, Centres] | None = None,
) -> Path:
    """Keep a calibration for later sessions with the same soles; return where.

    Parameters
    ----------
    session : SessionFile
        Where it was taken.
    calibration : Calibration
        What it taught; replaces the one before.
    folder : Path, optional
        Where it shall lie; by default the user's configuration folder.
    rocking : mapping of side to (big, middle, little), optional
        Where rocks over each toe went, mm; a side that is not told keeps what was taught before.

    Raises
    ------
    StoreError
        If it cannot be written; the one before is kept.
    """
    soles = soles_of(session.devices.values())
    centres = {**_kept_centres(soles, folder), **(rocking or {})}
    content = {
        "soles": soles,
        "taken_at_utc": session.meta.started_at_utc,
        "calibration": calibration.to_dict(),
        "rocking": centres,
    }
    path = _place(soles, folder)
    write_private(path, json.dumps(content, indent=2) + "\n")
    return path


def kept_calibration(soles: str, folder: Path | None = None) -> bytes | None:
    """Return what `keep_calibration` wrote for these soles; None if there is none.

    Parameters
    ----------
    soles : str
        As `soles_of` names them.
    folder : Path, optional
        Where it lies; by default the user's configuration folder.

    Raises
    ------
    StoreError
        If it cannot be read.
    """
    return read_private(_place(soles, folder))


def centres_of(stored: Mapping[str, Any]) -> dict[str, Centres]:
    """Return where rocks over each toe went, mm, as `keep_calibration` stored it; one by side.

    Parameters
    ----------
    stored : mapping
        What the text of a kept calibration says; it may hold no rocks.

    Raises
    ------
    AttributeError, TypeError, ValueError
        If `keep_calibration` did not write that.
    """
    centres = {}
    for side, (big, middle, little) in stored.get("rocking", {}).items():
        if side not in SIDES or not all(map(isfinite, (big, middle, little))):
            raise ValueError(f"no places of rocks: {side}")
        centres[side] = float(big), float(middle), float(little)
    return centres


def _kept_centres(soles: str, folder: Path | None) -> dict[str, Centres]:
    """Return where rocks went when these soles were calibrated before; none if that is lost."""
    try:
        return centres_of(json.loads(kept_calibration(soles, folder) or b"{}"))
    except (ValueError, TypeError, AttributeError, StoreError):
        return {}


def _place(soles: str, folder: Path | None) -> Path:
    return config_folder(folder) / "calibrations" / f"{soles}.json"
