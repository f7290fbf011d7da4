"""Links to simulated insoles: the same bytes a device would send, in simulated time."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from heapq import merge
from typing import TYPE_CHECKING

import numpy as np

from insole.codec import script
from insole.codec.columns import load_fields
from insole.errors import LinkError, SpecError
from insole.sim import fault, packet
from insole.sim.body import draw_person, simulate
from insole.sim.device import Sampling, sense
from insole.sim.scenario import Faults, Scenario, load_scenario
from insole.tables import SIDES
from insole.transport.base import LinkEvent, Notification
from insole.units import G0

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping

    from insole.sim.truth import Truth
    from insole.spec.model import DeviceSpec, MessageSpec

LATEST_START_S = 0.5
"""Two insoles begin to send within this time of each other, s: our choice."""


class SimClock:
    """Simulated time shared by links, so that what they send comes out in order of time.

    Each open link waits here for its next packet's time. When all wait, the earliest goes on; so
    every open link must be listened to. Nothing waits for real time unless `pace` says so.

    Parameters
    ----------
    pace : float
        Real seconds for each simulated second; 0 for as fast as possible, 1 for real time.
    """

    def __init__(self, pace: float = 0.0) -> None:
        self._pace = pace
        self._links: set[str] = set()
        self._waiting: dict[str, tuple[int, asyncio.Future[None]]] = {}
        self._start_s: float | None = None

    def join(self, role: str) -> None:
        """Let a link take part."""
        self._links.add(role)

    def leave(self, role: str) -> None:
        """Let a link go, at once if it waits; the others no longer wait for it."""
        self._links.discard(role)
        if role in self._waiting:
            self._let_go(role)
        self._release()

    async def until(self, role: str, time_ns: int) -> None:
        """Let a link wait until no other has anything to send before this time in ns.

        A link that has left does not wait.
        """
        if role not in self._links:
            return
        turn = asyncio.get_running_loop().create_future()
        self._waiting[role] = (time_ns, turn)
        self._release()
        try:
            await turn
        finally:
            self._waiting.pop(role, None)
        await self._keep_pace(time_ns)

    def _release(self) -> None:
        if self._waiting and self._waiting.keys() >= self._links:
            self._let_go(min(self._waiting, key=lambda role: self._waiting[role][0]))

    def _let_go(self, role: str) -> None:
        _, turn = self._waiting.pop(role)
        if not turn.done():
            turn.set_result(None)

    async def _keep_pace(self, time_ns: int) -> None:
        """Sleep until real time has come; without a pace, only let others work."""
        now_s = asyncio.get_running_loop().time()
        if self._start_s is None:
            self._start_s = now_s
        due_s = self._start_s + self._pace * time_ns / 1e9
        await asyncio.sleep(max(0.0, due_s - now_s))


@dataclass(frozen=True, slots=True)
class Sent:
    """One packet on its way: arrival in ns, channel, payload."""

    host_time_ns: int
    channel: str
    payload: bytes


class SimLink:
    """A link to an insole that is not there.

    Parameters
    ----------
    role : {"left", "right"}
        Which foot.
    spec : DeviceSpec
        Which device it plays.
    sent : tuple of Sent
        What arrives, in order.
    readable : mapping of str to bytes
        What its readable channels say.
    clock : SimClock
        Time, shared with the other foot's link.
    """

    def __init__(
        self,
        role: str,
        spec: DeviceSpec,
        sent: tuple[Sent, ...],
        readable: Mapping[str, bytes],
        clock: SimClock,
    ) -> None:
        self._role = role
        self._spec = spec
        self._sent = sent
        self._readable = readable
        self._clock = clock
        self._answers: list[Notification] = []
        self._state = "new"

    @property
    def role(self) -> str:
        """Which foot: ``left`` or ``right``."""
        return self._role

    async def open(self) -> None:
        """Connect and run the spec's connect script; what it reads is sent first."""
        if self._state != "new":
            raise LinkError(self._role, f"cannot be opened, since it is {self._state}")
        self._state = "open"
        self._clock.join(self._role)
        for action in script.connect(self._spec):
            if isinstance(action, script.Read):
                answer = await self.read(action.channel)
                self._answers.append(Notification(self._role, action.channel, 0, answer))
            if isinstance(action, script.Write):
                await self.write(action.channel, action.payload, response=action.response)

    async def close(self) -> None:
        """Stop and disconnect; final, and safe to call twice."""
        self._state = "closed"
        self._clock.leave(self._role)

    async def read(self, channel: str) -> bytes:
        """Return the value of a readable channel."""
        self._require_open()
        if channel not in self._readable:
            known = ", ".join(self._readable) or "none"
            raise LinkError(self._role, f"channel {channel} cannot be read; readable: {known}")
        return self._readable[channel]

    async def write(self, channel: str, payload: bytes, *, response: bool) -> None:  # noqa: ARG002 - the simulated insole takes every command and needs none
        """Take a command and ignore it: a simulated insole sends from the start."""
        self._require_open()
        if channel not in self._spec.gatt or self._spec.gatt[channel].use != "write":
            raise LinkError(self._role, f"channel {channel} cannot be written")

    async def notifications(self) -> AsyncIterator[Notification | LinkEvent]:
        """Yield what the insole sends, in order, until it is closed or the scenario ends."""
        self._require_open()
        yield LinkEvent(self._role, 0, "connected")
        for answer in self._answers:
            yield answer
        last_ns = 0
        for sent in self._sent:
            await self._clock.until(self._role, sent.host_time_ns)
            if self._state == "closed":
                return
            last_ns = sent.host_time_ns
            yield Notification(self._role, sent.channel, last_ns, sent.payload)
        self._clock.leave(self._role)
        yield LinkEvent(self._role, last_ns, "closed", "the scenario has ended")

    def _require_open(self) -> None:
        if self._state != "open":
            raise LinkError(self._role, f"is {self._state}; open it first")


def rig(
    scenario: Scenario | str, spec: DeviceSpec, seed: int, *, pace: float = 0.0
) -> tuple[list[SimLink], Truth]:
    """Return links to a person's two simulated insoles, and what really happens.

    Parameters
    ----------
    scenario : Scenario or str
        What the person does, or the name of a shipped scenario.
    spec : DeviceSpec
        The insole to play.
    seed : int
        Draws the person, the movement, the sensors' errors and the radio's faults; the same seed
        gives the same bytes.
    pace : float
        Real seconds for each simulated second; 0 to wait for nothing.

    Returns
    -------
    links : list of SimLink
        Left and right. Both must be opened and listened to together.
    truth : Truth
        Its time 0 is the first sample of the insole that starts first.

    Raises
    ------
    SpecError
        If the scenario is unknown or the device is no insole with force samples.
    """
    if isinstance(scenario, str):
        scenario = load_scenario(scenario)
    _require_insole(spec)
    person_rng, start_rng, *foot_rngs = np.random.default_rng(seed).spawn(4)
    truth = simulate(scenario, draw_person(person_rng), seed)
    starts_s = start_rng.uniform(0.0, LATEST_START_S, 2)
    clock = SimClock(pace)
    links = []
    for side, rng, start_s, fast in zip(
        SIDES, foot_rngs, starts_s - starts_s.min(), (1, -1), strict=True
    ):
        skew_ppm = fast * scenario.faults.skew_ppm
        sampling = Sampling(float(start_s), spec.clock.sample_period_s, skew_ppm)
        sent = tuple(_sent(truth, side, spec, sampling, faults=scenario.faults, rng=rng))
        links.append(SimLink(side, spec, sent, packet.readable(spec, side), clock))
    return links, truth


def _require_insole(spec: DeviceSpec) -> None:
    roles = {field.role for message in packet.streamed(spec) for field in message.fields}
    if spec.kind != "insole" or not roles & {"load", "total"}:
        raise SpecError(spec.path or spec.id, "kind", "only insoles with samples of force can play")
    if any(field.role == "load" and not field.shape for field in load_fields(spec)):
        problem = "the device itself tells how many cells it has, which no simulated one does yet"
        raise SpecError(spec.path or spec.id, "message", problem)


def _sent(
    truth: Truth,
    side: str,
    spec: DeviceSpec,
    sampling: Sampling,
    *,
    faults: Faults,
    rng: np.random.Generator,
) -> Iterator[Sent]:
    """Yield what arrives from one insole, all messages merged in order of time."""
    sensed = sense(truth, side, spec, sampling, rng)
    ticks, counter = rng.integers([max(spec.clock.modulus, 1), 2**16]).tolist()
    state = packet.DeviceState(side, ticks, counter, truth.person.mass_kg * G0)
    streams = []
    for message in packet.streamed(spec):
        bodies = packet.payloads(spec, message, sensed, state)
        ready_s = _ready_s(message, sampling, len(bodies))
        arrival_ns = fault.arrival_ns(ready_s, faults, rng)
        lost = fault.lost(faults, len(bodies), rng)
        streams.append(
            [
                Sent(int(time_ns), message.channel, body)
                for time_ns, body, gone in zip(arrival_ns, bodies, lost, strict=True)
                if not gone
            ]
        )
    yield from merge(*streams, key=lambda sent: sent.host_time_ns)


def _ready_s(
    message: MessageSpec, sampling: Sampling, packets: int
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return the true time of the last sample of each packet, (p,) in s."""
    per_packet = packet.samples_per_packet(message)
    return sampling.true_s(packets * per_packet)[per_packet - 1 :: per_packet]
