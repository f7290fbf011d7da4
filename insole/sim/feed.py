"""Packets of one channel in order of time, made a few hundred at once and only when needed."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

CHUNK = 256
"""Packets made at once."""


@dataclass(frozen=True, slots=True)
class PacketTimes:
    """When packets begin and are complete, from the first of a scenario to the last.

    Parameters
    ----------
    begin_ns, ready_ns : ndarray of int64, (p,)
        Of each packet, in ns since the person began; ascending.
    pass_ns : int
        Time after which all comes again, if it does.
    every : int
        Packets in that time, sent or not.
    number : ndarray of int64, (p,), optional
        Which of these they are, where some are never sent.
    """

    begin_ns: Ints
    ready_ns: Ints
    pass_ns: int
    every: int
    number: Ints | None = None

    def __len__(self) -> int:
        return len(self.ready_ns)

    def some(self, number: Ints) -> PacketTimes:
        """Return the times of those packets that are sent."""
        return PacketTimes(
            self.begin_ns[number], self.ready_ns[number], self.pass_ns, self.every, number
        )

    def place_at(self, elapsed_ns: int, *, repeat: bool) -> int:
        """Return the place of the first packet that begins at a time or later."""
        lap, into_ns = self._lap(elapsed_ns, repeat=repeat)
        return int(np.searchsorted(self.begin_ns, into_ns)) + lap * len(self)

    def latest(self, elapsed_ns: int, *, repeat: bool) -> int:
        """Return the number of the last packet that is complete; the first one before that."""
        lap, into_ns = self._lap(elapsed_ns, repeat=repeat)
        place = int(np.searchsorted(self.ready_ns, into_ns, side="right")) - 1 + lap * len(self)
        return int(self.numbers(np.array([max(place, 0)]))[0])

    def numbers(self, place: Ints) -> Ints:
        """Return the numbers of packets at some places, which go on in later passes."""
        lap, within = np.divmod(place, len(self))
        first = within if self.number is None else self.number[within]
        return np.asarray(first + lap * self.every)

    def times_ns(self, place: Ints) -> Ints:
        """Return when packets at some places are complete."""
        lap, within = np.divmod(place, len(self))
        return np.asarray(self.ready_ns[within] + lap * self.pass_ns)

    def _lap(self, elapsed_ns: int, *, repeat: bool) -> tuple[int, int]:
        lap = elapsed_ns // self.pass_ns if repeat else 0
        return lap, elapsed_ns - lap * self.pass_ns


class Feed:
    """What one channel sends, from when it is started until it is stopped.

    Parameters
    ----------
    channel : str
        Its name.
    times : PacketTimes
        When.
    make : callable
        From packet numbers, (q,), to payloads.
    repeat : bool
        Whether there are further passes.
    """

    def __init__(
        self,
        channel: str,
        times: PacketTimes,
        make: Callable[[Ints], list[bytes]],
        *,
        repeat: bool,
    ) -> None:
        self.channel = channel
        self.times = times
        self.running = False
        self.make = make
        self._repeat = repeat
        self._next = 0
        self._due_ns: list[int] = []
        self._bodies: list[bytes] = []
        self._at = 0

    def start(self, elapsed_ns: int) -> int:
        """Begin with the first packet that begins now or later; return its number, or 0."""
        self._forget()
        self._next = self.times.place_at(elapsed_ns, repeat=self._repeat)
        self.running = True
        return int(self.times.numbers(np.array([self._next]))[0]) if self._left() > 0 else 0

    def stop(self) -> None:
        """Send no more."""
        self.running = False

    def refresh(self) -> None:
        """Make anew what was made and not taken yet: the device was told to send other things."""
        self._next -= len(self._bodies) - self._at
        self._forget()

    @property
    def next_ns(self) -> int | None:
        """When the next packet is complete, in ns since the person began; None if none will be."""
        if not self.running or (self._at == len(self._due_ns) and not self._refill()):
            return None
        return self._due_ns[self._at]

    def take(self, elapsed_ns: int) -> list[tuple[int, str, bytes]]:
        """Return the packets complete by a time, with when they were."""
        taken: list[tuple[int, str, bytes]] = []
        while (next_ns := self.next_ns) is not None and next_ns <= elapsed_ns:
            end = bisect_right(self._due_ns, elapsed_ns)
            due = zip(self._due_ns[self._at : end], self._bodies[self._at : end], strict=True)
            taken += [(time_ns, self.channel, body) for time_ns, body in due]
            self._at = end
        return taken

    def _forget(self) -> None:
        self._due_ns, self._bodies, self._at = [], [], 0

    def _left(self) -> int:
        """Return how many packets can be made at once now."""
        if self._repeat and len(self.times):
            return CHUNK
        return min(CHUNK, len(self.times) - self._next)

    def _refill(self) -> bool:
        count = self._left()
        if count <= 0:
            return False
        place = np.arange(self._next, self._next + count)
        self._due_ns = self.times.times_ns(place).tolist()
        self._bodies = self.make(self.times.numbers(place))
        self._at = 0
        self._next += count
        return True
