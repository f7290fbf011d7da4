"""What went wrong in a repetition, as far as loads and heights show it: words for each."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from insole.filter import lowpass, rank
from insole.filter.stretch import joined

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from insole.measure.finding import HeelUpTime

    Bools: TypeAlias = NDArray[np.bool_]
    Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FaultParams:
    """When a repetition has a fault.

    References
    ----------
    The project's measurement notes, error sources: stumble under 35 % of a foot's own standing
    load; landing above 1.25 of standing load, or a lowering under 0.6 s; hands under 90 % of the
    last five repetitions; toes above their own mean by two standard deviations; a lowering slower
    than 3 mm/s for 0.5 s; a touch between two heel-ups that are 0.5 s apart; what stays on a
    lifted heel above 20 % of its standing load.
    Our choice: a stumble takes 0.1 to 0.7 s, and 60 % of the load is there before and after (a
    transfer to one foot lasts); a landing is looked for 0.4 s long; toes press half as much again
    at least; the middle of a lowering lies between 15 and 85 % of the height; a dip moves 10 % of
    the load down and up within 0.8 s before the heel leaves (a raise within a second moves 6 %); a
    foot rolls by 10 mm against its own other repetitions, a quarter of the forefoot's width; hands
    are not looked for below 70 % of the usual height, where soles read less on tiptoe; three other
    repetitions are needed to compare with.
    """

    cutoff_hz: float = 8.0
    stumble_part: float = 0.35
    stumble_s: tuple[float, float] = (0.1, 0.7)
    stumble_back: float = 0.6
    landing_part: float = 1.25
    landing_s: float = 0.4
    dropped_s: float = 0.6
    hands_part: float = 0.9
    hands_over: int = 5
    hands_height: float = 0.7
    toes_sd: float = 2.0
    toes_part: float = 1.5
    paused_mm_per_s: float = 3.0
    paused_s: float = 0.5
    paused_range: tuple[float, float] = (0.15, 0.85)
    dip_part: float = 0.10
    dip_s: float = 0.8
    roll_mm: float = 10.0
    bounce_s: float = 0.5
    residual: float = 0.2
    others: int = 3


@dataclass(frozen=True, slots=True)
class Loads:
    """What the faults are read from; arrays (n,) without NaN, loads in one unit of force.

    ``standing`` is the load of each foot in quiet standing, ``toes`` the part of each foot's load
    that its toes bear, ``cop_ml_mm`` where its load lies across the foot.
    """

    totals: Mapping[str, Floats]
    standing: Mapping[str, float]
    toes: Mapping[str, Floats]
    cop_ml_mm: Mapping[str, Floats]
    rate_hz: float


def fault_words(
    times: Sequence[HeelUpTime],
    heights: Sequence[Floats | None],
    loads: Loads,
    params: FaultParams,
) -> list[tuple[str, ...]]:
    """Return for each heel-up the words for what went wrong.

    Parameters
    ----------
    times : sequence of HeelUpTime
        All of a session, in order of time, in samples.
    heights : sequence of (n,) array or None
        For each, the height of its heels from its lead to its end, mm.
    loads : Loads
        Loads of the feet.
    params : FaultParams
        Thresholds.

    Returns
    -------
    list of tuple of str
        Words of `measured.REASONS`; `stumble` is the one that makes a repetition not count.
    """
    smooth = {
        side: lowpass.zero_lag(load, params.cutoff_hz, loads.rate_hz)
        for side, load in loads.totals.items()
    }
    whole = np.sum(list(smooth.values()), axis=0)
    stands = sum(loads.standing.values())
    own = [
        [*_alone(time, height, smooth, whole, stands, loads=loads, p=params)]
        for time, height in zip(times, heights, strict=True)
    ]
    compared = _against_others(times, whole, loads, params)
    bounced = [
        (after.pair.start - before.pair.end) / loads.rate_hz <= params.bounce_s
        and before.pair.side == after.pair.side
        for before, after in pairwise(times)
    ]
    bounces = [["bounce"] if bounce else [] for bounce in (*bounced, False)[: len(times)]]
    return [
        tuple(dict.fromkeys([*first, *second, *third]))
        for first, second, third in zip(own, compared, bounces, strict=True)
    ]


def _alone(
    time: HeelUpTime,
    height: Floats | None,
    smooth: Mapping[str, Floats],
    whole: Floats,
    stands: float,
    *,
    loads: Loads,
    p: FaultParams,
) -> Iterator[str]:
    """Yield what shows in one repetition by itself."""
    rate_hz = loads.rate_hz
    if any(_stumbles(smooth[side], loads.standing[side], time, rate_hz, p) for side in time.feet):
        yield "stumble"
    end = time.pair.end
    landing = whole[end : end + round(p.landing_s * rate_hz)].max(initial=0.0)
    lowering_s = np.inf if time.onset is None else (end - time.onset) / rate_hz
    if time.contact_seen and (landing > p.landing_part * stands or lowering_s < p.dropped_s):
        yield "dropped"
    if height is not None and time.phases is not None:
        falling = height[round(time.phases.onset) :]
        if _pauses(falling, time.phases.level_mm, rate_hz, p):
            yield "paused"
    if _dips(whole[max(0, time.lead - round(p.dip_s * rate_hz)) : time.lead], p):
        yield "dip"
    if any(up.floor > p.residual * up.base for up in time.feet.values()):
        yield "high_residual"


def _stumbles(
    load: Floats, stands: float, time: HeelUpTime, rate_hz: float, p: FaultParams
) -> bool:
    """Tell whether a foot lost most of its load for a moment, between the edges or about them."""
    around = round(p.stumble_s[1] * rate_hz)
    first = max(0, time.pair.start - around)
    part = load[first : time.pair.end + 2 * around] / max(stands, 1e-9)
    shortest, longest = (seconds * rate_hz for seconds in p.stumble_s)
    for start, end in joined(part < p.stumble_part, 0):
        inside = first + end > time.pair.start and first + start < time.pair.end
        before = part[max(0, start - around) : start].max(initial=0.0)
        after = part[end : end + around].max(initial=0.0)
        if inside and shortest <= end - start <= longest and min(before, after) > p.stumble_back:
            return True
    return False


def _pauses(falling: Floats, level_mm: float, rate_hz: float, p: FaultParams) -> bool:
    """Tell whether a lowering stands still on its way."""
    if len(falling) < p.paused_s * rate_hz or not np.isfinite(falling).any():
        return False
    height = lowpass.zero_lag(lowpass.bridge(falling), 1.5, rate_hz)
    speed = np.gradient(height) * rate_hz
    low, high = (part * level_mm for part in p.paused_range)
    still = (speed > -p.paused_mm_per_s) & (height > low) & (height < high)
    return any(end - start > p.paused_s * rate_hz for start, end in joined(still, 0))


def _dips(before: Floats, p: FaultParams) -> bool:
    """Tell whether the load goes down and up again, or up and down, fast and by much."""
    if not len(before):
        return False
    usual = rank.median(before)
    return bool(
        before.min() < (1.0 - p.dip_part) * usual and before.max() > (1.0 + p.dip_part) * usual
    )


def _against_others(
    times: Sequence[HeelUpTime], whole: Floats, loads: Loads, p: FaultParams
) -> list[list[str]]:
    """Return what shows only beside the same person's other repetitions on the same foot."""
    words: list[list[str]] = [[] for _ in times]
    for side in {time.pair.side for time in times}:
        mine = [k for k, time in enumerate(times) if time.pair.side == side]
        high = _as_high_as_usual([times[k] for k in mine], p)
        for k in _with_hands([_median(whole, times[k]) for k in mine], high, p):
            words[mine[k]].append("hand_support")
        for foot in {foot for k in mine for foot in times[k].feet}:
            there = [k for k in mine if foot in times[k].feet]
            if foot in loads.toes:
                parts = np.array([_median(loads.toes[foot], times[k]) for k in there])
                for k in _gripping(parts, p):
                    words[there[k]].append("toe_grip")
            if foot in loads.cop_ml_mm:
                places = np.array([_median(loads.cop_ml_mm[foot], times[k]) for k in there])
                for k in _rolling(places, p):
                    words[there[k]].append("roll")
    return words


def _median(curve: Floats, time: HeelUpTime) -> float:
    """Return the median over the middle half of a heel-up."""
    quarter = (time.pair.end - time.pair.start) // 4
    return rank.median(curve[time.pair.start + quarter : time.pair.end - quarter + 1])


def _as_high_as_usual(times: Sequence[HeelUpTime], p: FaultParams) -> list[bool]:
    """Tell of each heel-up whether its height is near the usual one; unseen heights are."""
    heights = [time.phases.level_mm for time in times if time.phases is not None]
    usual = float(np.median(heights)) if heights else 0.0
    return [t.phases is None or t.phases.level_mm >= p.hands_height * usual for t in times]


def _with_hands(loads: Sequence[float], high: Sequence[bool], p: FaultParams) -> Iterator[int]:
    """Yield the repetitions in which less was borne than in the ones before."""
    usual: list[float] = []
    for k, load in enumerate(loads):
        if not high[k]:
            continue
        if usual and load < p.hands_part * rank.median(np.array(usual[-p.hands_over :])):
            yield k
        else:
            usual.append(load)


def _gripping(parts: Floats, p: FaultParams) -> Iterator[int]:
    for k, part in enumerate(parts):
        others = _others(parts, k)
        if len(others) < p.others:
            continue
        usual = rank.median(others)
        if part > max(usual + p.toes_sd * _spread(others), p.toes_part * usual):
            yield k


def _rolling(places_mm: Floats, p: FaultParams) -> Iterator[int]:
    for k, place in enumerate(places_mm):
        others = _others(places_mm, k)
        if len(others) >= p.others and abs(place - rank.median(others)) > p.roll_mm:
            yield k


def _spread(values: Floats) -> float:
    """Return a standard deviation that a few odd values do not move (1.4826 times the MAD)."""
    return 1.4826 * rank.median(np.abs(values - rank.median(values)))


def _others(values: Floats, k: int) -> Floats:
    return np.concatenate([values[:k], values[k + 1 :]])
