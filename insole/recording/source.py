"""Where a recording comes from: devices that are ready to be opened, and the clock they share."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from insole.errors import LinkError, SpecError
from insole.record.replay import ReplayLink
from insole.record.store import Device, open_whole
from insole.sim.link import rig as simulated_rig
from insole.spec import load_spec, parse
from insole.tables import SIDES
from insole.worn import as_worn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime
    from pathlib import Path

    from insole.sim.truth import Truth
    from insole.spec.model import DeviceSpec
    from insole.transport.base import Link


@dataclass(frozen=True, slots=True)
class Member:
    """One device of a recording.

    Parameters
    ----------
    link : Link
        Not yet open. Its role may be known only once it is.
    spec : DeviceSpec
        What it is.
    introduce : callable
        Returns what the session keeps of it, once its link is open.
    """

    link: Link
    spec: DeviceSpec
    introduce: Callable[[], Device]


@dataclass(frozen=True, slots=True)
class Source:
    """The devices of a recording, and the clock they share.

    Parameters
    ----------
    members : tuple of Member
        The devices, in the order in which they are connected.
    now_ns : callable or None
        The clock of the recording, ns since its start; None where time is simulated or replayed,
        and only what arrives tells it.
    started : datetime or None
        When that clock said 0; None for now.
    waits : bool
        Whether that clock stands still while something is worked out, as in simulated time.
    scenario, seed : str, int or None
        Of a simulation.
    exercise, note : str
        What a stored session says of itself.
    """

    members: tuple[Member, ...]
    now_ns: Callable[[], int] | None = None
    started: datetime | None = None
    waits: bool = False
    scenario: str = ""
    seed: int | None = None
    exercise: str = ""
    note: str = ""


def simulated(
    scenario: str, spec: str = "sim_insole", seed: int = 1, *,
    folder: Path | None = None, roles: Sequence[str] | None = None, speed: float | None = None,
) -> tuple[Source, Truth]:  # fmt: skip
    """Return the devices of a simulated person, and what that person really does.

    Parameters
    ----------
    scenario : str
        Name of a shipped scenario.
    spec : str
        Device to simulate, by name or path.
    seed : int
        The same seed gives the same packets.
    folder : Path, optional
        Where specs are looked for first.
    roles : sequence of str, optional
        A device each; by default all that a person would have of it.
    speed : float, optional
        1 for real time, 2 for twice as fast; by default as fast as it is computed.

    Raises
    ------
    SpecError
        If there is no such scenario or device, or that device cannot play.
    """
    device = load_spec(spec, folder)
    check_roles(device, roles or ())
    pace = 1 / speed if speed else 0.0
    links, truth = simulated_rig(scenario, device, seed, roles=roles, pace=pace)
    members = (Member(link, device, partial(_row, link.role, device)) for link in links)
    return Source(tuple(members), scenario=scenario, seed=seed), truth


def check_roles(spec: DeviceSpec, roles: Iterable[str]) -> None:
    """See that a device can be all that is asked of it.

    Parameters
    ----------
    spec : DeviceSpec
        What it is.
    roles : iterable of str
        What it shall be.

    Raises
    ------
    SpecError
        If an insole shall be anything but one foot's.
    """
    if spec.kind == "insole" and (odd := [role for role in roles if role not in SIDES]):
        raise SpecError(spec.id, "kind", f"is insole, so it is left or right, and no {odd[0]}")


def replayed(path: Path, *, speed: float | None = None) -> Source:
    """Return the devices of a stored session, which send again what they sent.

    Parameters
    ----------
    path : Path
        The session file.
    speed : float, optional
        1 for real time, 2 for twice as fast; by default as fast as it is read.

    Raises
    ------
    StoreError
        If the file cannot be read.
    LinkError
        If no device in it sent anything.
    """
    recorded, done = open_whole(path)
    if done:
        warnings.warn(f"{path}: {done}", stacklevel=2)
    session = as_worn(recorded)
    roles = list(dict.fromkeys(role for role, _ in session.streams() if role in session.devices))
    if not roles:
        problem = "holds no packets of a device, so nothing can be played; report or plot it"
        raise LinkError(str(path), problem)
    members = (
        Member(
            ReplayLink(session, role, speed=speed),
            parse(session.devices[role].spec_toml, str(path)),
            partial(session.devices.__getitem__, role),
        )
        for role in roles
    )
    meta = session.meta
    return Source(
        tuple(members), scenario=meta.scenario, seed=meta.seed, exercise=meta.exercise,
        note="; ".join(filter(None, (f"replayed from {path.name}", meta.note))),
    )  # fmt: skip


def _row(role: str, spec: DeviceSpec) -> Device:
    return Device(role, spec.id, spec.toml, spec.hash, spec.name)
