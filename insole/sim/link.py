"""Links to simulated devices: the same bytes that a device would send, in simulated time."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from insole.errors import LinkError
from insole.sim import fault
from insole.sim.host import Heard, Host
from insole.sim.pace import SimClock
from insole.sim.peripheral import cast
from insole.sim.scenario import load_scenario
from insole.spec.model import ADVERTISEMENT
from insole.transport.base import LinkEvent, Notification

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from insole.sim.blocks import Faults, Scenario
    from insole.sim.peripheral import Actor, SimPeripheral
    from insole.sim.truth import Truth
    from insole.spec.model import DeviceSpec

Item: TypeAlias = Notification | LinkEvent


class SimLink:
    """A link to a device that is not there.

    Parameters
    ----------
    device : SimPeripheral
        The device.
    items : tuple of Notification and LinkEvent
        What arrives, in order.
    clock : SimClock
        Time, shared with the other devices' links.
    """

    def __init__(self, device: SimPeripheral, items: tuple[Item, ...], clock: SimClock) -> None:
        self.items = items
        self._device = device
        self._clock = clock
        self._state = "new"

    @property
    def role(self) -> str:
        """Which device this is: ``left``, ``right``, ``plate``."""
        return self._device.role

    async def open(self) -> None:
        """Connect; what the script reads and is answered is sent first."""
        if self._state != "new":
            raise LinkError(self.role, f"cannot be opened, since it is {self._state}")
        self._state = "open"
        self._clock.join(self.role)

    async def close(self) -> None:
        """Stop and disconnect; final, and safe to call twice."""
        self._state = "closed"
        self._clock.leave(self.role)

    async def read(self, channel: str) -> bytes:
        """Return the value of a readable channel."""
        self._require_open()
        return self._device.read(channel, 0)

    async def write(self, channel: str, payload: bytes, *, response: bool) -> None:  # noqa: ARG002 - a simulated device needs none
        """Take a command; what the link plays is not changed by it."""
        self._require_open()
        self._device.write(channel, payload, 0)

    async def notifications(self) -> AsyncIterator[Notification | LinkEvent]:
        """Yield what the device sends, in order, until it is closed or the scenario ends."""
        self._require_open()
        last_ns = 0
        for item in self.items:
            if item.host_time_ns > 0:
                await self._clock.until(self.role, item.host_time_ns)
            if self._state == "closed":
                return
            last_ns = item.host_time_ns
            yield item
        self._clock.leave(self.role)
        yield LinkEvent(self.role, last_ns, "closed", "the scenario has ended")

    def _require_open(self) -> None:
        if self._state != "open":
            raise LinkError(self.role, f"is {self._state}; open it first")


def rig(
    scenario: Scenario | str,
    spec: DeviceSpec,
    seed: int,
    *,
    roles: Sequence[str] | None = None,
    pace: float = 0.0,
) -> tuple[list[SimLink], Truth]:
    """Return links to a person's simulated devices, and what really happens.

    Parameters
    ----------
    scenario : Scenario or str
        What the person does, or the name of a shipped scenario.
    spec : DeviceSpec
        The devices to play.
    seed : int
        Draws the person, the movement, the sensors' errors and the radio's faults; the same seed
        gives the same bytes.
    roles : sequence of str, optional
        A device each; left and right for an insole, else ``plate``.
    pace : float
        Real seconds for each simulated second; 0 to wait for nothing.

    Returns
    -------
    links : list of SimLink
        One for each role. All must be opened and listened to together.
    truth : Truth
        Its time 0 is the first sample of the device that starts first.

    Raises
    ------
    SpecError
        If the scenario is unknown, or the device tells no force.
    """
    if isinstance(scenario, str):
        scenario = load_scenario(scenario)
    actors, truth = cast(scenario, spec, seed, roles)
    end_ns = round(truth.duration_s * 1e9)
    clock = SimClock(pace)
    calm = replace(scenario.faults, silences=(), reconnects=())
    links = []
    for index, actor in enumerate(actors):
        items = played_items(actor, calm if index else scenario.faults, end_ns)
        links.append(SimLink(actor.device, tuple(items), clock))
    return links, truth


def played_items(actor: Actor, faults: Faults, end_ns: int) -> list[Item]:
    """Return what arrives from a device over a whole scenario.

    Parameters
    ----------
    actor : Actor
        The device, and what draws the radio's faults.
    faults : Faults
        What they are.
    end_ns : int
        Length of the scenario, ns.
    """
    role = actor.device.role
    items: list[Item] = [LinkEvent(role, 0, "connected")]
    if actor.device.spec.advertisement:
        readings = actor.device.readings(end_ns)
        sent = [Heard(time_ns, ADVERTISEMENT, body) for time_ns, body in readings]
        return [*items, *_arrived(role, sent, faults, actor.rng)]
    begin_ns = 0
    for lost_s, away_s in zip(faults.reconnects[::2], faults.reconnects[1::2], strict=True):
        lost_ns = max(begin_ns, min(round(lost_s * 1e9), end_ns))
        items += _connection(actor, faults, begin_ns, lost_ns)
        begin_ns = lost_ns + round(away_s * 1e9)
        lost_ns = max(lost_ns, items[-1].host_time_ns)
        items.append(LinkEvent(role, lost_ns, "lost", "the scenario wants it so"))
        if begin_ns >= end_ns:
            return items
        begin_ns = max(begin_ns, lost_ns)
        items.append(LinkEvent(role, begin_ns, "reconnected"))
    return [*items, *_connection(actor, faults, begin_ns, end_ns)]


def _connection(actor: Actor, faults: Faults, begin_ns: int, end_ns: int) -> list[Notification]:
    """Return what arrives over one connection: what is read, answers, packets."""
    role = actor.device.role
    host = Host(actor.device, begin_ns)
    host.connect()
    read = [Notification(role, h.channel, h.time_ns, h.payload) for h in host.heard if h.read]
    answers = [heard for heard in host.heard if not heard.read]
    sent = answers + host.until(end_ns)
    return read + _arrived(role, sent, faults, actor.rng, safe=len(answers))


def _arrived(
    role: str, sent: list[Heard], faults: Faults, rng: np.random.Generator, *, safe: int = 0
) -> list[Notification]:
    """Return the packets that arrive, in their order; the first ones are not lost."""
    ready_s = np.array([one.time_ns for one in sent], np.float64) / 1e9
    arrival_ns = fault.arrival_ns(ready_s, faults, rng)
    gone = fault.lost(faults, len(sent), rng) | fault.silent(ready_s, faults)
    gone[:safe] = False
    left = np.flatnonzero(~gone)
    order = np.arange(len(left))
    if faults.duplicate_fraction or faults.reordered_fraction:
        order = fault.jumbled(len(left), faults, rng.spawn(1)[0])
    times = np.sort(arrival_ns[left[order]]).tolist()
    packets = [sent[index] for index in left[order].tolist()]
    return [
        Notification(role, one.channel, time_ns, one.payload)
        for one, time_ns in zip(packets, times, strict=True)
    ]
