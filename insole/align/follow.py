"""The clock of a device while it sends: each packet placed by what has arrived so far."""

from __future__ import annotations

from collections import deque
from math import floor, inf
from typing import TYPE_CHECKING

import numpy as np

from insole.align.clock import ClockFit, fit_earliest
from insole.align.interval import BLOCK_S, Window, longest_wait_s, window_of
from insole.align.ticks import CONFIRM_S, RESTART_S, UNSURE

if TYPE_CHECKING:
    from insole.align.session_clock import TickClock

QUEUE_BACK_S = 0.3
"""How far back the earliest arrival of a device without a clock counts, s (our choice: the longest
stall of a link that is not lost; longer, and a lost packet would shift all that follow)."""

RESENT_S = 20.0
"""A packet whose clock lies further back than this was not sent again: the clock was set, s (our
choice; until then it takes `CONFIRM_S` to be sure)."""

REDRAW = 1.02
"""The line is drawn anew when there are so many times as many blocks as the last time (our choice:
after a minute every two seconds, after an hour every minute)."""


class Follower:
    """Places the packets of one connection in session time, each by those up to it alone.

    Parameters
    ----------
    clock : TickClock
        How to read the ticks.

    Attributes
    ----------
    restarts : int
        How often the device's clock has begun anew within the connection.
    device_s : float
        First sample of the last packet on the device's own clock, s.

    Notes
    -----
    The clock is that of `fit_clock` by the packets so far; drawn anew from time to time, and
    lowered at once under a packet that comes earlier than it allows. After the last packet `fit` is
    what `fit_clock` finds for the whole connection.
    """

    def __init__(self, clock: TickClock) -> None:
        self._clock = clock
        self.restarts = 0
        self.device_s = 0.0
        self._sent = 0
        self._ahead: deque[tuple[float, float]] = deque()
        self._begin_anew()

    @property
    def fit(self) -> ClockFit:
        """The clock by all packets since it last began; of a device without ticks, none."""
        if not self._seen.earliest:
            return ClockFit(0.0, 0.0, float("nan"))
        return self._seen.fit()

    def place(self, host_s: float, ticks: int | None, count: int) -> float:
        """Return the session time of the first sample of a packet, s.

        Parameters
        ----------
        host_s : float
            Arrival, s.
        ticks : int or None
            As sent; None if the device has no clock.
        count : int
            Samples in the packet.
        """
        length_s = (count - 1) * self._clock.sample_period_s
        if ticks is None:
            return self._by_arrival(host_s, count) - length_s
        stamp_s = self._unwrapped(ticks, host_s, length_s)
        self.device_s = stamp_s - (length_s if self._clock.stamps_last else 0.0)
        self._learn(self.device_s + length_s, host_s)
        return self._offset_s + (1.0 + self._skew) * self.device_s

    def _begin_anew(self) -> None:
        self._ticks: int | None = None
        self._offset_s, self._skew = inf, 0.0
        self._late_since_s: float | None = None
        self._seen = _Seen()
        self._drawn = 0

    def _unwrapped(self, ticks: int, host_s: float, length_s: float) -> float:
        """Return device time of a packet's ticks, s, with whole turns added by its arrival."""
        step = 0
        if self._ticks is not None:
            step = self._step(ticks, host_s, length_s)
            late_s = self._late_s(step, host_s, length_s)
            back_s = -step * self._clock.tick_s
            if late_s < -RESTART_S or back_s > RESENT_S or self._stays_late(late_s, host_s):
                self._begin_anew()
                self.restarts += 1
        self._ticks = ticks if self._ticks is None else self._ticks + step
        return self._ticks * self._clock.tick_s

    def _step(self, ticks: int, host_s: float, length_s: float) -> int:
        """Return how many ticks passed since the last packet."""
        modulus, step = self._clock.modulus, ticks - (self._ticks or 0)
        if not modulus:
            return step
        step = (step + modulus // 2) % modulus - modulus // 2
        turn_s = modulus * self._clock.tick_s
        late_s = self._late_s(step, host_s, length_s)
        # a packet may be late, but never early: a delay of less than a turn is no turn
        return step + floor(late_s / turn_s + UNSURE) * modulus if late_s > 0.5 * turn_s else step

    def _late_s(self, step: int, host_s: float, length_s: float) -> float:
        """Return how much later than possible a packet comes that is so many ticks on, s."""
        stamp_s = ((self._ticks or 0) + step) * self._clock.tick_s
        last_s = stamp_s if self._clock.stamps_last else stamp_s + length_s
        return host_s - self._offset_s - (1.0 + self._skew) * last_s

    def _stays_late(self, late_s: float, host_s: float) -> bool:
        """Tell whether no packet has come in time for so long that the clock must have been set."""
        if late_s < RESTART_S:
            self._late_since_s = None
        elif self._late_since_s is None:
            self._late_since_s = host_s
        return self._late_since_s is not None and host_s - self._late_since_s > CONFIRM_S

    def _learn(self, last_s: float, host_s: float) -> None:
        self._seen.add(last_s, host_s)
        blocks = len(self._seen.earliest)
        if blocks > self._drawn * REDRAW:
            self._drawn = blocks
            drawn = self._seen.fit()
            self._offset_s, self._skew = drawn.offset_s, drawn.skew
        self._offset_s = min(self._offset_s, host_s - (1.0 + self._skew) * last_s)

    def _by_arrival(self, host_s: float, count: int) -> float:
        """Return the latest time at which the last sample that arrives now can have been taken."""
        if not self._clock.sample_period_s:
            return host_s
        self._sent += count
        nominal_s = self._sent * self._clock.sample_period_s
        ahead_s = host_s - nominal_s
        while self._ahead and self._ahead[-1][1] >= ahead_s:
            self._ahead.pop()
        self._ahead.append((host_s, ahead_s))
        while self._ahead[0][0] < host_s - QUEUE_BACK_S:
            self._ahead.popleft()
        return nominal_s + self._ahead[0][1]


class _Seen:
    """What `fit_clock` would look at of the packets so far."""

    def __init__(self) -> None:
        self.earliest: list[tuple[float, float]] = []
        """Device time and delay of the earliest packet of each block, s."""
        self._block = -1
        self._origin_s = self._latest_s = 0.0
        self._window: int | None = None
        self._in_window: list[tuple[float, float]] = []
        self._windows: list[Window] = []

    def add(self, device_s: float, host_s: float) -> None:
        """Take a packet: device time of its last sample, and arrival, s."""
        if not self.earliest:
            self._origin_s = self._latest_s = device_s
        since_s = max(0.0, device_s - self._origin_s)
        self._latest_s = max(self._latest_s, device_s)
        block = floor(since_s / BLOCK_S)
        if block > self._block:
            self._block = block
            self.earliest.append((device_s, host_s - device_s))
        elif host_s - device_s < self.earliest[-1][1]:
            self.earliest[-1] = device_s, host_s - device_s
        window = window_of(since_s)
        if window != self._window:
            self._windows = self._every_window()
            self._window, self._in_window = window, []
        if window is not None:
            self._in_window.append((device_s, host_s))

    def fit(self) -> ClockFit:
        """Return the clock."""
        time_s, delay_s = np.array(self.earliest).T
        span_s = self._latest_s - self._origin_s
        return fit_earliest(time_s, delay_s, span_s, longest_wait_s(self._every_window()))

    def _every_window(self) -> list[Window]:
        if not self._in_window:
            return self._windows
        device_s, host_s = np.array(self._in_window).T
        return [*self._windows, Window.of(device_s, host_s)]
