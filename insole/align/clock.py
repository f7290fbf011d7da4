"""From a device's clock to session time: by the earliest arrivals, and the beat of the link."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from insole.align.interval import BLOCK_S, longest_wait_s, windows
from insole.errors import AlignError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]

SKEW_FROM_S = 120.0
"""Length from which skew is fitted, s (measured crystals drift about 1.2 ms a minute, so that a
shorter stretch says more about jitter than about skew)."""

NOISE_S = 0.001
"""How sharply arrivals keep the link's beat, s (our choice)."""

CRYSTAL = 50e-6
"""How far a radio's clock may be off (Bluetooth Core 5.4, vol. 6, part B, 4.2.1)."""

SLOPES = 161
"""How many slopes are tried between the steepest and the flattest that may be (our choice)."""

LATEST = 98.0
"""Percentile of the delays that stands for the greatest, so that one late block says nothing."""


@dataclass(frozen=True, slots=True)
class ClockFit:
    """Session time = ``offset_s + (1 + skew) * device_time_s`` for one link segment."""

    offset_s: float
    skew: float
    residual_ms: float
    """Median distance from the line of the earliest arrival of each block, ms.

    It says how sharp the edge is that the line goes by, and where the link's beat leaves a choice,
    about half of that. A delay that every packet of a link has in common cannot be seen by anybody
    who has only arrivals. Where the number of turns of the device's clock is not sure, one turn is
    added.
    """

    @property
    def drift_ppm(self) -> float:
        """Skew of the device's clock against this computer's, parts per million."""
        return -self.skew * 1e6

    def to_session_time(self, device_time_s: Floats) -> Floats:
        """Return session times in s for device times in s, (n,)."""
        return self.offset_s + (1.0 + self.skew) * device_time_s


def fit_clock(device_time_s: Floats, host_time_s: Floats) -> ClockFit:
    """Return the clock of one link segment by its earliest arrivals.

    Parameters
    ----------
    device_time_s : (n,) array
        Unwrapped device time of each packet, s.
    host_time_s : (n,) array
        Arrival of each packet on the recording computer, s.

    Returns
    -------
    ClockFit
        Offset in s and skew; a segment shorter than `SKEW_FROM_S` gets no skew.

    Raises
    ------
    AlignError
        If there is no packet at all.

    Notes
    -----
    A packet can be late but never early, so the delays have a sharp lower edge that does not care
    about bursts; the line through that edge of the convex hull which spans the middle of the
    segment minimises the summed delay among all lines below every point. Where the link's beat is
    known, so is how long even the earliest packets may have waited for it (`longest_wait_s`). Then
    any line will do from which all of them are between 0 and that wait late, and the middle of all
    such lines is taken: a slope weighted by the room that it leaves and by what crystals do, and
    the middle of that room.

    References
    ----------
    Lower envelope rather than least squares: the project's measurement notes, time base. The middle
    of what the beat leaves open, block length and shortest span: our choice. Left against right
    over 15 min in a model of two links, 100 sessions each, median and worst: line alone 5.1 and
    9.6 ms, middle 2.7 and 4.8 ms with intervals of 30 ms; 7.0 and 26, 3.5 and 12.6 ms with 30 and
    60 ms (`tests/align/test_align_sync.py`).
    """
    if not len(device_time_s):
        raise AlignError("a link segment without packets has no clock; leave it out")
    time_s, delay_s = _earliest(device_time_s, host_time_s - device_time_s)
    wait_s = longest_wait_s(windows(device_time_s, host_time_s))
    return fit_earliest(time_s, delay_s, float(np.ptp(device_time_s)), wait_s)


def fit_earliest(time_s: Floats, delay_s: Floats, span_s: float, wait_s: float) -> ClockFit:
    """Return the clock by the arrivals that `fit_clock` looks at alone.

    Parameters
    ----------
    time_s : (b,) array
        Device time of the packet with the least delay in each block of `BLOCK_S`, s.
    delay_s : (b,) array
        Its arrival less its device time, s.
    span_s : float
        Device time from the first packet to the last, s.
    wait_s : float
        For how long the link may have held back even those, s.
    """
    if span_s < SKEW_FROM_S:
        offset_s, skew = float(delay_s.min()), 0.0
    else:
        offset_s, skew = _hull_edge(time_s, delay_s)
    if wait_s > 0.0:
        offset_s, skew = _middle(time_s, delay_s, wait_s, ClockFit(offset_s, skew, 0.0), span_s)
    residual = delay_s - (offset_s + skew * time_s)
    return ClockFit(offset_s, skew, float(np.median(residual) * 1000.0))


def _middle(
    time_s: Floats, delay_s: Floats, wait_s: float, lowest: ClockFit, span_s: float
) -> tuple[float, float]:
    """Return offset and slope in the middle of all lines from which no delay is a longer wait."""
    # a block in which every packet was late says nothing; slopes that may be differ by two waits
    late = delay_s - (lowest.offset_s + lowest.skew * time_s) > 2.0 * wait_s + NOISE_S
    time_s, delay_s = time_s[~late], delay_s[~late]
    slopes = np.zeros(1)
    if span_s >= SKEW_FROM_S:
        slopes = lowest.skew + np.linspace(-2.0, 2.0, SLOPES) * wait_s / span_s
    middle_s = float(time_s.mean())
    over = delay_s[:, np.newaxis] - np.outer(time_s - middle_s, slopes)
    least, most = over.min(axis=0), np.percentile(over, LATEST, axis=0)
    room = (wait_s + NOISE_S - (most - least)).clip(0.0)
    if not room.any():
        return lowest.offset_s, lowest.skew
    weight = room * np.exp(-0.5 * (slopes / CRYSTAL) ** 2)
    if not weight.any():
        weight = room
    skew = float(weight @ slopes / weight.sum())
    over_s = delay_s - skew * (time_s - middle_s)
    least_s, most_s = float(over_s.min()), float(np.percentile(over_s, LATEST))
    offset_s = least_s - 0.5 * max(0.0, wait_s - (most_s - least_s))
    return offset_s - skew * middle_s, skew


def _earliest(time_s: Floats, delay_s: Floats) -> tuple[Floats, Floats]:
    """Keep the packet with the least delay of each block."""
    block = np.floor((time_s - time_s.min()) / BLOCK_S).astype(np.int64)
    order = np.argsort(block, kind="stable")
    start = np.flatnonzero(np.diff(block[order], prepend=-1))
    sorted_s = delay_s[order]
    least_s = np.repeat(np.minimum.reduceat(sorted_s, start), np.diff(start, append=len(order)))
    least = np.flatnonzero(sorted_s == least_s)
    first = order[least[np.searchsorted(least, start)]]
    first = first[np.argsort(time_s[first], kind="stable")]
    return time_s[first], delay_s[first]


def _hull_edge(x: Floats, y: Floats) -> tuple[float, float]:
    """Return offset and slope of the lower hull's edge that spans the mean of x."""
    hull: list[int] = []
    for i in range(len(x)):
        while len(hull) > 1 and _turns_down(x, y, hull[-2], hull[-1], i):
            hull.pop()
        hull.append(i)
    middle = float(x.mean())
    right = next(k for k in range(1, len(hull)) if x[hull[k]] >= middle or k == len(hull) - 1)
    left, right = hull[right - 1], hull[right]
    slope = float((y[right] - y[left]) / (x[right] - x[left]))
    return float(y[left] - slope * x[left]), slope


def _turns_down(x: Floats, y: Floats, a: int, b: int, c: int) -> bool:
    """Return True if b lies on or above the line from a to c, so that it is not on the hull."""
    return bool((x[b] - x[a]) * (y[c] - y[a]) <= (y[b] - y[a]) * (x[c] - x[a]))
