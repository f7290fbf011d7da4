"""The rhythm in which a link delivers, read from arrivals, and the wait that it hides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]

WINDOW_S, EVERY_S, MOST_WINDOWS = 5.0, 60.0, 12
"""The rhythm is read from the first 5 s of each minute, at most twelve times (our choice: so short
that no clock drifts by as much as 1 ms, and early, so that a live reading soon has them all)."""

BLOCK_S = 2.0
"""Only the earliest arrival of each such stretch tells anything of a clock, s (our choice)."""

LEAST_PACKETS = 25
"""Fewer packets in a window show a rhythm by chance."""

UNIT_S = 0.00125
"""Connection intervals are whole multiples of this (Bluetooth Core 5.4, vol. 6, part B, 4.5.1)."""

INTERVALS_S = np.arange(6, 161) * UNIT_S
"""7.5 ms, the shortest there is, to 200 ms; devices that stream choose no longer ones."""

COHERENT = 0.75
"""Mean of the unit vectors of arrival phases from which on they have a rhythm (our choice: a rhythm
of 7.5 ms with 0.8 ms of jitter reaches it, random arrivals stay under 0.4)."""

PLACES = 0.55
"""Largest part of an interval that may be free of packets. A device whose packets all fall on one
place of the interval shows its own rhythm, which says nothing of the link's."""


@dataclass(frozen=True, slots=True)
class Window:
    """Packets from which the rhythm is read: device times, (n,) in s, and what arrivals show.

    ``coherent`` is, for each of `INTERVALS_S`, the length of the mean of the unit vectors that
    point at the arrivals' phases: 1 if all keep that beat.
    """

    device_s: Floats
    coherent: Floats

    @classmethod
    def of(cls, device_s: Floats, host_s: Floats) -> Window:
        """Return the window of some packets; (n,) arrays of device times and arrivals, s."""
        turns = np.outer(1.0 / INTERVALS_S, host_s - host_s[0])
        return cls(device_s, np.abs(np.exp(2j * np.pi * turns).mean(axis=1)))


def window_of(since_s: float) -> int | None:
    """Return in which window a time since the first packet lies, s; None between windows."""
    number, within_s = divmod(since_s, EVERY_S)
    return int(number) if within_s < WINDOW_S and 0 <= number < MOST_WINDOWS else None


def windows(device_time_s: Floats, host_time_s: Floats) -> list[Window]:
    """Return all windows of a connection.

    Parameters
    ----------
    device_time_s : (n,) array
        Device time of each packet, s.
    host_time_s : (n,) array
        Its arrival, s.
    """
    number, within_s = np.divmod(device_time_s - device_time_s.min(), EVERY_S)
    early = number < MOST_WINDOWS
    early &= within_s < WINDOW_S
    every = [np.flatnonzero(early & (number == k)) for k in np.unique(number[early])]
    return [Window.of(device_time_s[each], host_time_s[each]) for each in every]


def longest_wait_s(windows: Sequence[Window]) -> float:
    """Return for how long even the luckiest packets may have waited for the link, s.

    Parameters
    ----------
    windows : sequence of Window
        What is known of the link; times in s.

    Returns
    -------
    float
        0 where no rhythm shows.

    Notes
    -----
    A link delivers at connection events, an even beat. Where between two of them a device's packets
    fall differs from packet to packet by the difference of both rhythms, which takes few values if
    one is nearly a multiple of the other: a packet every 40 ms and an event every 60 ms make places
    20 ms apart on the circle of the interval. That comb may have any position. So the earliest
    packet of a block waits for up to the widest gap between its teeth, and how long it really waits
    no arrival tells; only the drift of both clocks, over many minutes, moves the comb along.
    """
    enough = [window for window in windows if len(window.device_s) >= LEAST_PACKETS]
    if not enough:
        return 0.0
    typical = np.median([window.coherent for window in enough], axis=0)
    best = int(np.argmax(typical))
    if typical[best] < COHERENT:
        return 0.0
    interval_s = float(INTERVALS_S[best])
    gaps_s = [_widest_gap_s(part, interval_s) for each in enough for part in _blocks(each.device_s)]
    widest_s = float(np.median(gaps_s))
    return widest_s if widest_s <= PLACES * interval_s else 0.0


def _blocks(device_s: Floats) -> list[Floats]:
    number = np.floor((device_s - device_s.min()) / BLOCK_S)
    parts = [device_s[number == k] for k in range(int(WINDOW_S / BLOCK_S))]
    return [part for part in parts if len(part)]


def _widest_gap_s(time_s: Floats, interval_s: float) -> float:
    """Return the widest gap between times on the circle of the interval, s."""
    phase_s = np.sort(np.mod(time_s, interval_s))
    return float(np.diff(phase_s, append=phase_s[0] + interval_s).max())
