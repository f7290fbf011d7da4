"""What a session file holds, as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias
from uuid import uuid4

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

MarkKind: TypeAlias = Literal["cue", "pain", "user", "calibration", "set_start", "set_stop", "edit"]
DamageKind: TypeAlias = Literal[
    "file", "packet", "link_event", "mark", "device", "attachment", "meta", "seal"
]


def new_session_id() -> str:
    """Return a random id, 32 hex digits."""
    return uuid4().hex


@dataclass(frozen=True, slots=True)
class SessionMeta:
    """The facts of a whole session; empty or None where they are not known.

    Parameters
    ----------
    started_at_utc : str
        Start in UTC, ``2026-04-12T06:30:00Z``; host times count from here.
    session_id : str
        Unique name; random unless given.
    utc_offset_s : int
        Local time minus UTC at the start, s.
    ended_at_utc : str
        End in UTC; written on closing. Empty when the recording did not end by itself.
    body_mass_kg : float or None
        Mass of the person, kg.
    exercise : str
        What was done, as told by the user: ``isometric_hold``, ``eccentric_raise`` or empty.
    programme_id, programme_hash : str
        The prescription that was followed.
    note : str
        Free text.
    software : str
        Program and version that wrote the file.
    scenario : str
        Name of the simulated scenario; empty for people.
    seed : int or None
        Seed of the simulation.
    """

    started_at_utc: str
    session_id: str = field(default_factory=new_session_id)
    utc_offset_s: int = 0
    ended_at_utc: str = ""
    body_mass_kg: float | None = None
    exercise: str = ""
    programme_id: str = ""
    programme_hash: str = ""
    note: str = ""
    software: str = ""
    scenario: str = ""
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class Device:
    """One device of the rig, with all that is needed to decode its packets in five years.

    For an imported file ``spec_id`` is the importer's name, and its options stand in
    ``info_json``.
    """

    role: str
    spec_id: str
    spec_toml: str = ""
    spec_hash: str = ""
    name: str = ""
    address_hash: str = ""
    firmware: str = ""
    info_json: str = "{}"


@dataclass(frozen=True, slots=True)
class Mark:
    """Something noted at a time: a cue, a pain rating, a correction by hand."""

    host_time_ns: int
    kind: MarkKind
    json: str = "{}"


@dataclass(frozen=True, slots=True)
class Packets:
    """The notifications of one device on one channel, in order of arrival.

    Parameters
    ----------
    id : ndarray, (p,) int64
        Place in the order of arrival over the whole session; packets and link events share it.
    host_time_ns : ndarray, (p,) int64
        Arrival since the start of the recording, ns.
    lengths : ndarray, (p,) int64
        Length of each payload, bytes.
    payload : bytes
        All payloads, one behind the other.
    """

    id: npt.NDArray[np.int64]
    host_time_ns: npt.NDArray[np.int64]
    lengths: npt.NDArray[np.int64]
    payload: bytes

    def __len__(self) -> int:
        return len(self.id)


@dataclass(frozen=True, slots=True)
class Damage:
    """Something that is not as it was when it was written, and is therefore left out.

    Only a changed seal (kind ``seal``) may leave whole what it seals; that is then kept.

    Parameters
    ----------
    kind : str
        Table that is damaged, or ``file`` for the file as a whole.
    device : str
        Role of the device; for attachments and meta rows their name. Empty if not known.
    first_id, last_id : int
        Ids of packets, link events or marks, both ends included; 0 where there are none.
    start_s, end_s : float
        Host times of the first and the last row, s; NaN where there are none.
    problem : str
        What is wrong. `str` gives the whole sentence, with the place.
    """

    kind: DamageKind
    device: str
    first_id: int
    last_id: int
    start_s: float
    end_s: float
    problem: str

    def __str__(self) -> str:
        if self.kind == "file":
            return self.problem
        noun = self.kind.replace("_", " ")
        if not self.last_id:
            return f"{noun} {self.device}".rstrip() + f": {self.problem}"
        noun = "seal of" if self.kind == "seal" else f"{noun}s"
        ids = f"{noun} {self.first_id} to {self.last_id}"
        return f"{self.device}, {ids} ({self.start_s:.2f} to {self.end_s:.2f} s): {self.problem}"
