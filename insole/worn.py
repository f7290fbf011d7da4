"""Which device was on which foot, where a calibration found the two the other way round."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Literal

from insole.record.store import Mark

if TYPE_CHECKING:
    from insole.record.store import SessionFile

KIND: Literal["calibration"] = "calibration"
EXCHANGED, AS_RECORDED = "exchanged", "as_recorded"
_OTHER = {"left": "right", "right": "left"}


def sides_mark(at_ns: int, *, exchanged: bool) -> Mark:
    """Return the mark that says on which feet the devices of a session were.

    Parameters
    ----------
    at_ns : int
        When that was found, on the clock of the recording, ns.
    exchanged : bool
        True if what is called left was on the right foot.
    """
    sides = EXCHANGED if exchanged else AS_RECORDED
    return Mark(at_ns, KIND, json.dumps({"sides": sides}))


def can_exchange(file: SessionFile) -> bool:
    """Tell whether there are two soles, and both were recorded by this program.

    Parameters
    ----------
    file : SessionFile
        The session as read; an imported file names its sides itself.
    """
    return all(role in file.devices and file.devices[role].spec_toml for role in _OTHER)


def is_exchanged(file: SessionFile) -> bool:
    """Tell whether what a session calls left was on the right foot, as its last mark of that says.

    Parameters
    ----------
    file : SessionFile
        The session as read.
    """
    said = [sides for mark in file.marks if mark.kind == KIND and (sides := _sides(mark))]
    return said[-1:] == [EXCHANGED] and can_exchange(file)


def as_worn(file: SessionFile) -> SessionFile:
    """Return a session with each device under the foot it was on; the file stays as it is.

    Parameters
    ----------
    file : SessionFile
        The session as read.
    """
    return exchanged(file) if is_exchanged(file) else file


def exchanged(file: SessionFile) -> SessionFile:
    """Return a session with the names of its two soles exchanged.

    Parameters
    ----------
    file : SessionFile
        The session as read.
    """
    return file.with_roles(_OTHER)


def _sides(mark: Mark) -> str | None:
    try:
        note = json.loads(mark.json)
    except (ValueError, RecursionError):
        return None
    sides = note.get("sides") if isinstance(note, dict) else None
    return sides if sides in (EXCHANGED, AS_RECORDED) else None  # may be anything, also unhashable
