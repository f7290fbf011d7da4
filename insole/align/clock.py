"""From a device's clock to session time: the line under the earliest arrivals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from insole.errors import AlignError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]

SKEW_FROM_S = 120.0
"""Length from which skew is fitted, s (measured crystals drift about 1.2 ms a minute, so that a
shorter stretch says more about jitter than about skew)."""

BLOCK_S = 2.0
"""Only the earliest arrival of each such stretch enters the fit, s (our choice)."""


@dataclass(frozen=True, slots=True)
class ClockFit:
    """Session time = ``offset_s + (1 + skew) * device_time_s`` for one link segment."""

    offset_s: float
    skew: float
    residual_ms: float
    """Median distance from the line of the earliest arrival of each block, ms.

    It says how sharp the edge is that the line rests on. A delay that every packet of a link has
    in common cannot be seen by anybody who has only arrivals.
    """

    @property
    def drift_ppm(self) -> float:
        """Skew of the device's clock against this computer's, parts per million."""
        return -self.skew * 1e6

    def to_session_time(self, device_time_s: Floats) -> Floats:
        """Return session times in s for device times in s, (n,)."""
        return self.offset_s + (1.0 + self.skew) * device_time_s


def fit_clock(device_time_s: Floats, host_time_s: Floats) -> ClockFit:
    """Return the line under the earliest arrivals of one link segment.

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
    segment minimises the summed delay among all lines below every point.

    References
    ----------
    Lower envelope rather than least squares: the project's measurement notes, time base; block
    length and shortest span: our choice.
    """
    if not len(device_time_s):
        raise AlignError("a link segment without packets has no clock; leave it out")
    delay_s = host_time_s - device_time_s
    time_s, earliest_s = _earliest(device_time_s, delay_s)
    if float(np.ptp(device_time_s)) < SKEW_FROM_S:
        offset_s, skew = float(earliest_s.min()), 0.0
    else:
        offset_s, skew = _hull_edge(time_s, earliest_s)
    residual = earliest_s - (offset_s + skew * time_s)
    return ClockFit(offset_s, skew, float(np.median(residual) * 1000.0))


def _earliest(time_s: Floats, delay_s: Floats) -> tuple[Floats, Floats]:
    """Keep the packet with the least delay of each block."""
    block = np.floor((time_s - time_s.min()) / BLOCK_S).astype(np.int64)
    order = np.lexsort((delay_s, block))
    first = order[np.r_[True, np.diff(block[order]) > 0]]
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
