"""Where the top of a raise begins and ends: boundaries read from heel height, after the fact."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from insole.filter import lowpass, rank

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class BoundaryParams:
    """How top and lowering onset are found.

    References
    ----------
    Top by speed and 85 % of the level, shortest hold 0.3 s, held heights that wobble by 1.5 mm,
    lowering speeds that vary by a third: the project's measurement notes, top and lowering onset,
    and simulator. The onset is the median of all origins of power laws, powers 1.75 to 3, that
    explain the fall to half height, each as likely as it explains it well: our choice. On 583
    simulated raises and holds of all shapes and speeds (seeds 100 to 113 and 200 to 215) it errs
    by a median of 0.18 s and a 95th percentile of 0.60 s before lowerings of 3 to 5 s; the one best
    power law, all samples weighing the same, by 0.21 and 0.71 s; leaving a band and going back
    along a line by 0.4 and 0.9 s and half a second late. A slope of the hold is taken from 4 s of
    it on: in a shorter one the start of the lowering passes for sagging.
    """

    smooth_hz: float = 3.0
    peak_percentile: float = 95.0
    level_fraction: float = 0.88
    powers: tuple[float, ...] = (1.75, 2.0, 2.5, 3.0)
    fit_step_s: float = 0.04
    fit_reach: float = 4.5
    fit_reach_s: float = 1.0
    """The onset is looked for from so much before half height: so many times what the height took
    from 80 % to there (1.6 to 2.8 times for the powers tried), and so many seconds more. Further
    back, slow changes of a long hold pass for its lowering."""
    wobble_mm: float = 1.5
    misfit: float = 0.3
    """What a height differs by from a power law: a hold wobbles, and speeds vary with the fall."""
    correlated_s: float = 0.12
    """Samples closer than this err together and count as one."""
    fit_most: int = 1000
    """Most places at which the onset is looked for; the work grows with the square of it."""
    level_s: float = 3.0
    left_fraction: float = 0.9
    sag_from_s: float = 4.0
    sag_over_s: float = 10.0
    """A hold's level and sag are those of its last seconds: it may have been another before."""
    top_fraction: float = 0.85
    top_speed: float = 0.20
    min_hold_s: float = 0.3


@dataclass(frozen=True, slots=True)
class Phases:
    """Boundaries of one raise, in samples (fractions allowed), and its heights in mm."""

    top: float
    onset: float
    level_mm: float
    peak_mm: float


def find_phases(height_mm: Floats, rate_hz: float, params: BoundaryParams) -> Phases:
    """Return where the top was reached and where the lowering began.

    Parameters
    ----------
    height_mm : (n,) array
        Heel height from heel-off to heel contact, mm, without NaN.
    rate_hz : float
        Rate, Hz.
    params : BoundaryParams
        Settings.

    Returns
    -------
    Phases
        In samples from the start of `height_mm`. Without a hold of `min_hold_s` both boundaries
        are the moment of greatest height; so they are if the heel never rose.
    """
    peak = float(np.max(height_mm))
    smooth = lowpass.zero_lag(height_mm, params.smooth_hz, rate_hz)
    high = rank.percentile(smooth, params.peak_percentile)
    if high <= 0.0 or len(height_mm) < 2:
        highest = float(np.argmax(smooth))
        return Phases(highest, highest, high, peak)
    above = np.flatnonzero(smooth > 0.5 * high)
    first, last = int(above[0]), int(above[-1])
    near_top = smooth[first : last + 1] > params.level_fraction * high
    level = rank.median(smooth[first : last + 1][near_top])
    top = _top(height_mm, first, level, rate_hz, params)
    onset = _lowering_onset(smooth, int(top), last, rate_hz, params)
    if onset - top < params.min_hold_s * rate_hz:
        highest = float(np.argmax(smooth))
        return Phases(highest, highest, level, peak)
    return Phases(top, onset, level, peak)


def fall_time_s(
    time_s: Floats, height_mm: Floats, *, start_s: float, end_s: float,
    upper: float = 0.9, lower: float = 0.1, after_s: float = 2.0,
) -> float | None:  # fmt: skip
    """Return how long a height takes from 90 % to 10 % of its peak above the level after.

    Parameters
    ----------
    time_s : (n,) array
        Times, s.
    height_mm : (n,) array
        Heel height (or pitch: any measure of tilt), mm; NaN where unknown.
    start_s, end_s : float
        One heel-up, heel-off to heel contact, s. The level after is looked for until `after_s`
        later, since a heel that touches is not yet flat.
    upper, lower : float
        The two fractions.
    after_s : float
        How long after heel contact the foot may take to lie flat, s.

    Returns
    -------
    float or None
        Seconds; None if the height does not fall through both fractions.

    Notes
    -----
    This is a description of the curve, not `lowering_s`: it leaves out the gentle start and end
    of the movement and so reads shorter than the lowering a therapist counts.

    References
    ----------
    90 % to 10 %: the usual fall time of signal practice. 2 s: our choice; in public recordings of
    slow raises the foot lies flat up to 1.1 s after the heel first bears load.
    """
    inside = (time_s >= start_s) & (time_s <= end_s + after_s) & np.isfinite(height_mm)
    time, height = time_s[inside], height_mm[inside]
    if len(height) < 2:
        return None
    peak = int(np.argmax(height))
    after = float(np.min(height[peak:]))
    rise = height - after
    high = np.flatnonzero(rise[peak:] >= upper * rise[peak]) + peak
    low = np.flatnonzero(rise[high[-1] :] <= lower * rise[peak]) + high[-1]
    return float(time[low[0]] - time[high[-1]]) if rise[peak] > 0 and len(low) else None


def _lowering_onset(
    smooth: Floats, top: int, last: int, rate_hz: float, p: BoundaryParams
) -> float:
    """Return where the fall to half height began: the middle of all origins that explain it.

    A foot that starts from rest falls with t² at first, whatever it does later, so the powers
    tried start below 2; a straight line is late for everyone who starts gently.
    """
    level = rank.percentile(smooth[max(top, last - round(p.level_s * rate_hz)) : last + 1], 90.0)
    half, nearly, left = (
        int(np.flatnonzero(smooth > fraction * level)[-1])
        for fraction in (0.5, 0.8, p.left_fraction)
    )
    reach = p.fit_reach * (half - nearly) + p.fit_reach_s * rate_hz
    earliest = max(top, half - round(reach))
    step = max(1, round(p.fit_step_s * rate_hz), (half - earliest) // p.fit_most)
    index = np.arange(earliest, half + 1, step)
    if len(index) < 3:
        return float(half)
    start = max(top, min(left - round(p.sag_over_s * rate_hz), earliest))
    drop = _hold_line(smooth[start : left + 1], index - start, level, rate_hz, p) - smooth[index]
    together = max(1.0, p.correlated_s * rate_hz / step)
    return float(index[_middle_origin(drop, together, p)])


def _middle_origin(drop: Floats, together: float, p: BoundaryParams) -> int:
    """Return the median of the samples from which c (i − origin)^power may explain `drop`.

    `together` samples count as one. For one origin and power the best c > 0 explains
    (w shape · drop)² / (w shape · shape) of the weighted sum of squares.
    """
    count = len(drop)
    # one row an origin; a shape depends on how far a sample is behind it alone
    behind = np.arange(count)[None, :] - np.arange(count)[:, None]
    since = np.arange(count) / count
    weight = 1.0 / (p.wobble_mm**2 + (p.misfit * drop.clip(0.0)) ** 2)
    explained = []
    for power in p.powers:
        shape = np.where(behind > 0, (since**power)[behind], 0.0)
        norm = shape**2 @ weight
        product = (shape @ (weight * drop)).clip(0.0)
        explained.append(np.divide(product**2, norm, out=np.zeros(len(drop)), where=norm > 0.0))
    better = np.array(explained) - np.max(explained)
    likely = np.exp(better / (2.0 * together)).sum(axis=0).cumsum()
    return int(np.searchsorted(likely, 0.5 * likely[-1]))


def _hold_line(
    hold: Floats, index: NDArray[np.int64], level: float, rate_hz: float, p: BoundaryParams
) -> Floats:
    """Return the line that a held height follows (it sags), at samples from the hold's first.

    The line has the slope between the first and the last third of the hold and goes through the
    middle of it; a hold shorter than `sag_from_s` has no slope worth the name.
    """
    if len(hold) < p.sag_from_s * rate_hz:
        return np.full(len(index), rank.median(hold) if len(hold) > 1 else level)
    third = len(hold) // 3
    slope = rank.median(hold[-third:] - hold[:third]) / (len(hold) - third)
    middle = rank.median(hold - slope * np.arange(len(hold)))
    return np.asarray(middle + slope * index)


def _top(height_mm: Floats, half: int, level: float, rate_hz: float, p: BoundaryParams) -> float:
    """Return where the rise from half height slows down, close enough to the hold level."""
    raise_s = max(half / rate_hz * 2.0, 0.2)
    cutoff = float(np.clip(4.0 / raise_s, 0.8, 5.0))
    smooth = lowpass.zero_lag(height_mm, cutoff, rate_hz)
    speed = np.gradient(smooth) * rate_hz
    slow = p.top_speed * level / raise_s
    there = np.flatnonzero((speed[half:] < slow) & (smooth[half:] >= p.top_fraction * level))
    return float(half + there[0]) if len(there) else float(np.argmax(smooth))
