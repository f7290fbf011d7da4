"""When exactly a heel left the ground and came back: the edges of a detected heel-up."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from insole.filter import lowpass, rank
from insole.filter.stretch import joined

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from insole.detect.base import HeelUp

    Way: TypeAlias = Literal[-1, 1]
    Floats: TypeAlias = NDArray[np.float64]
    Bools: TypeAlias = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class EdgeParams:
    """How edges are refined; ``z`` is heel load between floor (0) and base (1).

    References
    ----------
    Line through the crossings of 0.6 and 0.2, slow edges walked outward to 0.05 for 0.3 s: the
    project's measurement notes, heel-off and contact. False starts (a heel that empties for less
    than 1 s and then bears load again for 0.3 s has not left the ground for good): our choice.
    """

    cutoff_hz: float = 6.0
    upper_z: float = 0.6
    lower_z: float = 0.2
    slow_edge_s: float = 0.5
    search_s: float = 3.0
    walk_z: float = 0.05
    walk_noise: float = 3.0
    stay_s: float = 0.3
    touch_z: float = 0.015
    touch_noise: float = 1.5
    """Of the unsmoothed noise; smoothing leaves about a quarter of it, so this is six times what
    remains."""
    touch_share: float = 0.01
    """Of the foot's usual load. Below it the slow wander of an empty heel that bears little even in
    standing passes for a touch (5 of 1008 edges of simulated people were more than 1 s off)."""
    touch_bridge_s: float = 0.3
    false_start_s: float = 1.0
    floor_percentile: float = 3.0


@dataclass(frozen=True, slots=True)
class FootUp:
    """One heel-up of one foot with its refined edges, in samples (fractions allowed).

    ``contact`` is None if the recording ended with the heel still up. ``method`` says how each
    edge was found.
    """

    start: float
    """Where the heel first emptied: before `off` if a false start came first."""
    off: float
    contact: float | None
    end: float
    """`contact`, or where the recording ended."""
    base: float
    floor: float
    flat_s: float
    off_method: str
    contact_method: str


def refine(
    heel: Floats, total: Floats, found: Sequence[HeelUp], rate_hz: float, params: EdgeParams
) -> list[FootUp]:
    """Return each heel-up with its edges moved to where the load left and came back.

    Parameters
    ----------
    heel : (n,) array
        Heel load in the unit of force; NaN where missing.
    total : (n,) array
        Load of the whole foot, likewise.
    found : sequence of HeelUp
        Regions from the detector, in samples of `heel`.
    rate_hz : float
        Rate, Hz.
    params : EdgeParams
        Thresholds.

    Returns
    -------
    list of FootUp
        In order; the edges of neighbours never cross.
    """
    if not found:
        return []
    smooth = lowpass.zero_lag(lowpass.bridge(heel), params.cutoff_hz, rate_hz)
    loaded = smooth > found[0].floor + 0.5 * (found[0].base - found[0].floor)
    noise = noise_of(heel, smooth, loaded)
    touch = max(params.touch_share * float(np.nanmedian(total)), params.touch_noise * noise)
    refined: list[FootUp] = []
    for k, region in enumerate(found):
        before = found[k - 1].end if k else 0
        after = found[k + 1].start if k + 1 < len(found) else len(heel)
        # only what lies between the neighbours is looked at, however long the recording
        here = replace(region, start=region.start - before, end=region.end - before)
        one = _refine_one(smooth[before:after], noise, touch, here, rate_hz=rate_hz, p=params)
        refined.append(_moved(one, before))
    return refined


def noise_of(values: Floats, smooth: Floats, loaded: Bools) -> float:
    """Return the standard deviation of the noise of a sensor under load, in its unit.

    Parameters
    ----------
    values : (n,) array
        Samples; NaN where missing.
    smooth : (n,) array
        The same after a zero-lag low-pass.
    loaded : (n,) bool array
        Where the sensor bears load; an empty one is often silent.

    Notes
    -----
    Root mean square of the nine tenths of residuals that are smallest, scaled to the standard
    deviation of a Gaussian cut at 90 % (factor 1 / 0.7888): steps do not count, and a coarse
    quantum does not make it vanish as a median would.
    """
    residual = np.abs(values - smooth)[loaded]
    residual = np.sort(residual[np.isfinite(residual)])
    kept = residual[: int(0.9 * len(residual))]
    return float(np.sqrt(np.mean(kept**2)) / 0.7888) if len(kept) else 0.0


def _refine_one(
    smooth: Floats, noise: float, touch: float, region: HeelUp, *, rate_hz: float, p: EdgeParams
) -> FootUp:
    """Refine one region; the edges are looked for in all of `smooth`."""
    inside = smooth[region.start : region.end]
    floor = rank.percentile(inside, p.floor_percentile)
    span = max(region.base - floor, 1e-9)
    trace = _Trace((smooth - floor) / span, noise / span, touch / span, rate_hz, p)
    start, end = _without_false_starts(trace, region)
    middle = (start + end) // 2
    off, off_method = float(start), "after_touch"
    if start == region.start:
        off, off_method = _edge(trace, start, middle, 0, -1)
    contact, contact_method = float(end), "before_touch"
    if end == region.end:
        contact, contact_method = _edge(trace, end, middle, len(smooth), +1)
    seen: float | None = contact
    if not region.closed and contact_method == "threshold":
        seen, contact, contact_method = None, float(region.end), "cut_off"
    return FootUp(
        start=min(off, region.start),
        off=off,
        contact=seen,
        end=contact,
        base=region.base,
        floor=floor,
        flat_s=region.flat_s,
        off_method=off_method,
        contact_method=contact_method,
    )


def _moved(up: FootUp, by: int) -> FootUp:
    """Return the heel-up so many samples later."""
    contact = None if up.contact is None else up.contact + by
    return replace(up, start=up.start + by, off=up.off + by, contact=contact, end=up.end + by)


@dataclass(frozen=True, slots=True)
class _Trace:
    """Normalised heel load around one heel-up, the noise in it, and the least that is a touch."""

    z: Floats
    noise_z: float
    touch_z: float
    rate_hz: float
    p: EdgeParams

    def samples(self, time_s: float) -> int:
        return round(time_s * self.rate_hz)


def _without_false_starts(t: _Trace, region: HeelUp) -> tuple[int, int]:
    """Cut off short fragments at either end that a touch separates from the rest."""
    level = max(t.p.touch_z, t.touch_z)
    loaded = t.z[region.start : region.end] > level
    runs = joined(loaded, t.samples(t.p.touch_bridge_s))
    touches = [(a, b) for a, b in runs if b - a >= t.samples(t.p.stay_s)]
    start, end, short = 0, len(loaded), t.samples(t.p.false_start_s)
    for a, b in touches:
        # the edges bear load themselves: what counts is how long the heel was empty beside them
        if a > 0 and b < end and np.sum(~loaded[start:a]) < short <= end - b:
            start = b
    for a, b in reversed(touches):
        if start < a and b < len(loaded) and np.sum(~loaded[b:end]) < short <= a - start:
            end = a
    return start + region.start, end + region.start


def _edge(t: _Trace, coarse: int, middle: int, limit: int, way: Way) -> tuple[float, str]:
    """Return where the load left (way −1) or came back (+1), and by which rule."""
    lower = _cross(t.z, middle, limit, way, t.p.lower_z)
    if lower is not None:
        far = lower + way * t.samples(t.p.search_s)
        reach = int(max(far, limit)) if way < 0 else int(min(far, limit))
        upper = _cross(t.z, int(lower), reach, way, t.p.upper_z)
        if upper is not None and abs(upper - lower) <= t.samples(t.p.slow_edge_s):
            slope = (upper - lower) / (t.p.upper_z - t.p.lower_z)
            return lower - slope * t.p.lower_z, "edge_line"
    walked = _walk(t, middle, limit, way)
    return (float(coarse), "threshold") if walked is None else (walked, "edge_walk")


def _cross(z: Floats, start: int, limit: int, way: Way, level: float) -> float | None:
    """Return where z, followed from `start`, first rises above `level`; between samples."""
    path = _path(z, start, limit, way)
    above = np.flatnonzero(path > level)
    if not len(above):
        return None
    k = int(above[0])
    if k == 0:
        return float(start)
    part = (level - path[k - 1]) / (path[k] - path[k - 1])
    return start + way * (k - 1 + float(part))


def _walk(t: _Trace, middle: int, limit: int, way: Way) -> float | None:
    """Return where z, followed outward from the middle, comes above the walk level to stay."""
    level = max(t.p.walk_z, t.p.walk_noise * t.noise_z)
    path = _path(t.z, middle, limit, way)
    for a, b in joined(path > level, t.samples(t.p.touch_bridge_s)):
        if b - a >= t.samples(t.p.stay_s):
            return float(middle + way * a)
    return None


def _path(z: Floats, start: int, limit: int, way: Way) -> Floats:
    """Return z in the order in which it is walked from `start` to `limit`."""
    return z[start:limit] if way > 0 else z[limit : start + 1][::-1]
