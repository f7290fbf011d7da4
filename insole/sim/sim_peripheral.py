"""A simulated device of any spec: no input or output, and time is told by the caller."""

from __future__ import annotations

from dataclasses import dataclass, replace
from heapq import heappop, heappush
from itertools import count
from typing import TYPE_CHECKING

import numpy as np

from insole.errors import LinkError
from insole.sim import advert, packet
from insole.sim.feed import Feed
from insole.sim.measuring import packet_times
from insole.spec.model import ADVERTISEMENT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from insole.sim.measuring import Measured
    from insole.sim.persona import Persona
    from insole.spec.match import Advertisement
    from insole.spec.model import DeviceSpec, MessageSpec

ANSWER_NS = 5_000_000
"""From a question to its answer: our choice."""


@dataclass(slots=True)
class Beginning:
    """When a person begins, on the caller's clock: the first time one of their devices is used."""

    at_ns: int | None = None

    def elapsed_ns(self, now_ns: int) -> int:
        """Return the time since then, which begins now if it has not yet."""
        if self.at_ns is None:
            self.at_ns = now_ns
        return now_ns - self.at_ns


class SimPeripheral:
    """A simulated device of any spec.

    Parameters
    ----------
    persona : Persona
        How it behaves.
    measured : Measured
        What its sensors say, from when the person begins.
    state : DeviceState
        Where its clock and counter stood when it was switched on.
    beginning : Beginning
        Shared by all devices of a person.
    repeat : bool
        Whether the person does all of it again and again; else the device falls silent in the end.

    Notes
    -----
    The person begins when the first of their devices is connected to, or, for one that only
    advertises, when it is first heard. A device that was left running counts its packets on from
    where it stood; whenever it is started again, from 0. Its clock goes on, unless the real
    device's begins anew with each start.
    """

    def __init__(
        self,
        persona: Persona,
        measured: Measured,
        state: packet.DeviceState,
        beginning: Beginning,
        *,
        repeat: bool = False,
    ) -> None:
        self._persona = persona
        self._measured = measured
        self._state = state
        self._beginning = beginning
        self._repeat = repeat
        self._name = advert.local_name(persona.spec, persona.role)
        self._answers: list[tuple[int, int, str, bytes]] = []
        self._order = count()
        self._subscribed: set[str] = set()
        feeds = {message.channel: self._feed(message) for message in persona.streams()}
        self._readings = feeds.pop(ADVERTISEMENT, None)
        self._feeds = feeds
        self._advertised: tuple[int, bytes] = (-1, b"")
        self._was_started = False

    @property
    def spec(self) -> DeviceSpec:
        """What it is."""
        return self._persona.device

    @property
    def role(self) -> str:
        """Which foot it is worn on, or what it is for."""
        return self._persona.role

    @property
    def local_name(self) -> str:
        """The name it advertises."""
        return self._name

    def advertisement(self, now_ns: int) -> Advertisement:
        """Return what it advertises now; a device that tells its readings so begins with this."""
        if self.spec.advertisement is None:
            return advert.advertisement(self.spec, self._name)
        return advert.advertisement(self.spec, self._name, self._reading(now_ns))

    def connected(self, now_ns: int) -> None:
        """Begin a connection: nothing is subscribed to, and nothing has been asked for."""
        self.disconnected()
        self._beginning.elapsed_ns(now_ns)
        self._persona.connected()

    def disconnected(self) -> None:
        """End the connection: what was asked for is forgotten."""
        self._subscribed.clear()
        self._answers.clear()
        for feed in self._feeds.values():
            feed.stop()

    def read(self, channel: str, now_ns: int) -> bytes:
        """Return the value of a readable channel.

        Raises
        ------
        LinkError
            If it is not readable.
        """
        readable = self._persona.readable(self._beginning.elapsed_ns(now_ns) / 1e9)
        if channel not in readable:
            known = ", ".join(readable) or "none"
            raise LinkError(self.role, f"channel {channel} cannot be read; readable: {known}")
        return readable[channel]

    def write(self, channel: str, payload: bytes, now_ns: int) -> None:
        """Take a write: start, stop, or a question whose answer is due soon.

        Raises
        ------
        LinkError
            If the channel cannot be written to.
        """
        self._require(channel, "write", "written")
        elapsed_ns = self._beginning.elapsed_ns(now_ns)
        for to, answer in self._persona.written(channel, payload):
            if to in self._subscribed:
                item = (elapsed_ns + ANSWER_NS, next(self._order), to, answer)
                heappush(self._answers, item)
        started = self._persona.command(channel, payload) == "start"
        for feed in self._feeds.values():
            feed.refresh()
            self._run(feed, elapsed_ns, anew=started and self._persona.clock_restarts)

    def subscribe(self, channel: str, now_ns: int) -> None:
        """Let a channel notify.

        Raises
        ------
        LinkError
            If it never does.
        """
        self._require(channel, "notify indicate", "subscribed to")
        self._subscribed.add(channel)
        if channel in self._feeds:
            self._run(self._feeds[channel], self._beginning.elapsed_ns(now_ns))

    def unsubscribe(self, channel: str) -> None:
        """Let a channel be silent."""
        self._subscribed.discard(channel)
        if channel in self._feeds:
            self._feeds[channel].stop()

    def next_ns(self) -> int | None:
        """Return when something is due next; None if nothing is until somebody asks."""
        times = [feed.next_ns for feed in self._feeds.values()]
        times += [answer[0] for answer in self._answers[:1]]
        known = [time_ns for time_ns in times if time_ns is not None]
        if not known or self._beginning.at_ns is None:
            return None
        return self._beginning.at_ns + min(known)

    def due(self, now_ns: int) -> list[tuple[str, bytes]]:
        """Return, once, the channels and payloads to notify by now, in order."""
        return [(channel, payload) for _, channel, payload in self.take(now_ns)]

    def take(self, now_ns: int) -> list[tuple[int, str, bytes]]:
        """Return what is due by now, once, with when it became due on the caller's clock, ns."""
        if self._beginning.at_ns is None:
            return []
        elapsed_ns = now_ns - self._beginning.at_ns
        taken: list[tuple[int, str, bytes]] = []
        while self._answers and self._answers[0][0] <= elapsed_ns:
            time_ns, _, channel, payload = heappop(self._answers)
            taken.append((time_ns, channel, payload))
        for feed in self._feeds.values():
            taken += feed.take(elapsed_ns)
        begun_ns = self._beginning.at_ns
        if begun_ns:
            taken = [(begun_ns + time_ns, channel, body) for time_ns, channel, body in taken]
        return sorted(taken, key=lambda one: one[0])

    def _run(self, feed: Feed, elapsed_ns: int, *, anew: bool = False) -> None:
        """Start or stop a channel, as it is subscribed to and the device streams."""
        wanted = self._persona.streaming and feed.channel in self._subscribed
        if not wanted:
            feed.stop()
        elif anew or not feed.running:
            first = feed.start(elapsed_ns)
            self._restart(first)

    def _restart(self, first: int) -> None:
        """Let the count, and the clock where the device does so, begin with a packet."""
        counter = 0 if self._was_started else self._state.counter
        self._state = replace(self._state, first_packet=first, counter=counter)
        self._was_started = True
        if self._persona.clock_restarts:
            (message,) = self._persona.streams()
            per_packet = packet.samples_per_packet(message, self._persona.samples_to_fill)
            begun = packet.wrapped_ticks(self._persona.spec, np.array([first * per_packet]), 0)
            self._state = replace(self._state, ticks=-int(begun[0]))

    def _feed(self, message: MessageSpec) -> Feed:
        times = packet_times(self._persona, message, self._measured)
        sensed = self._measured.sensed

        def made(number: NDArray[np.int64]) -> list[bytes]:
            bodies = packet.payloads(self._persona, message, sensed, self._state, number)
            if message.channel == ADVERTISEMENT:
                return [advert.marked(body, self.spec) for body in bodies]
            return bodies

        return Feed(message.channel, times, made, repeat=self._repeat)

    def readings(self, end_ns: int) -> list[tuple[int, bytes]]:
        """Return what it advertises until a time, each reading once, with when it is first heard.

        The time is in ns since the person began; other devices advertise none.
        """
        if self._readings is None:
            return []
        count = int(np.searchsorted(self._readings.times.ready_ns, end_ns, side="right"))
        times = self._readings.times.ready_ns[:count].tolist()
        return list(zip(times, self._readings.make(np.arange(count)), strict=True))

    def _reading(self, now_ns: int) -> bytes:
        """Return the payload of an advertisement: the latest reading, the last one in the end."""
        elapsed_ns = self._beginning.elapsed_ns(now_ns)
        if self._readings is None:
            return b""
        number = self._readings.times.latest(elapsed_ns, repeat=self._repeat)
        if number != self._advertised[0]:
            (payload,) = self._readings.make(np.array([number]))
            self._advertised = number, payload
        return self._advertised[1]

    def _require(self, channel: str, uses: str, done: str) -> None:
        known = [name for name, one in self.spec.gatt.items() if one.use in uses.split()]
        if channel not in known:
            problem = f"channel {channel} cannot be {done}; those that can: {', '.join(known)}"
            raise LinkError(self.role, problem)
