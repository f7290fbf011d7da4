"""The session file of a recording that starts: its facts and its name."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING

from insole import kept, profile
from insole.errors import InsoleError, StoreError
from insole.journal import programme_in_use
from insole.record.store import SessionMeta, Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from insole.profile import Profile
    from insole.programme.model import Programme
    from insole.record.store import Device
    from insole.recording.source import Source

_log = logging.getLogger(__name__)
_OTHER = {"left": "right", "right": "left"}


def session_meta(
    *,
    started: datetime | None = None,
    exercise: str = "",
    note: str = "",
    scenario: str = "",
    seed: int | None = None,
    body_mass_kg: float | None = None,
) -> SessionMeta:
    """Return the facts of a session that starts now, or started at the time given."""
    at = (started or datetime.now(UTC)).astimezone()
    offset = at.utcoffset()
    return SessionMeta(
        started_at_utc=f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        utc_offset_s=int(offset.total_seconds()) if offset else 0,
        exercise=exercise,
        note=note,
        software=f"insole {version('insole')}",
        scenario=scenario,
        seed=seed,
        body_mass_kg=body_mass_kg,
    )


def keeper(
    place: Path, *, exercise: str = "", note: str = "", body_mass_kg: float | None = None
) -> Callable[[Source], Store]:
    """Return what starts the session file of a recording when its devices are connected.

    Parameters
    ----------
    place : Path
        A file that does not exist yet, or a folder, where a free name is taken.
    exercise : str
        What is done, if it shall be told to the analysis.
    note : str
        A remark.
    body_mass_kg : float, optional
        Mass of the person, if it is not the one of the profile, kg.
    """

    def keep(source: Source) -> Store:
        person = _person_of(source)
        mass_kg = body_mass_kg or (person.body_mass_kg if person else None)
        meta = session_meta(
            started=source.started,
            exercise=exercise or source.exercise,
            note=note or source.note,
            scenario=source.scenario,
            seed=source.seed,
            body_mass_kg=mass_kg,
        )
        if programme := _programme_of(source, place if place.is_dir() else place.parent):
            meta = replace(meta, programme_id=programme.id, programme_hash=programme.hash)
        if place.is_dir():
            store = Store.create_in(place, meta, meta.exercise or meta.scenario)
        else:
            store = Store.create(place, meta)
        if person:
            store.attach(profile.ATTACHMENT, person.to_json().encode())
        if earlier := _earlier_calibration(source):
            store.attach(kept.ATTACHMENT, earlier)
        return store

    return keep


def _is_live(source: Source) -> bool:
    """Tell whether this computer's user stands on the devices, now."""
    return source.now_ns is not None


def _person_of(source: Source) -> Profile | None:
    """Return the profile of who stands on the devices; one that is broken costs no recording."""
    try:
        return profile.load_profile() if _is_live(source) else None
    except StoreError as error:
        _log.warning("the profile is left out: %s", error)
        return None


def _programme_of(source: Source, folder: Path) -> Programme | None:
    """Return the programme that is followed beside a session; a broken one costs no recording."""
    try:
        return programme_in_use(folder) if _is_live(source) else None
    except InsoleError as error:
        _log.warning("the programme is left out: %s", error)
        return None


def _earlier_calibration(source: Source) -> bytes | None:
    if not _is_live(source):
        return None
    devices = [member.introduce() for member in source.members]
    try:
        earlier = kept.kept_calibration(kept.soles_of(devices))
        if earlier is None:
            _warn_if_exchanged(devices)
    except StoreError as error:
        _log.warning("the earlier calibration is left out: %s", error)
        return None
    return earlier


def _warn_if_exchanged(devices: list[Device]) -> None:
    """Warn if these soles were calibrated with each on the other foot."""
    other = [replace(device, role=_OTHER.get(device.role, device.role)) for device in devices]
    if kept.kept_calibration(kept.soles_of(other)) is not None:
        _log.warning(
            "when these soles were calibrated, each was on the other foot than it is called now; "
            "change the soles, or name them by --left and --right"
        )
