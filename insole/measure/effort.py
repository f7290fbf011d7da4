"""What a set of raises took, and how it wore on: work, cadence, trends from first to last."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, TypedDict

import numpy as np

from insole import measured

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from insole.measure.model import RaiseRow
    from insole.measured import Measured

COM_PER_HEEL = 0.82
"""How far the centre of mass rises for each mm that the heel does (heel encoders overestimate the
work of the centre of mass by 21 to 25 %: Andreasen 2021, KSSTA 29:1604)."""
TREND_REPS = 8
"""Fewest repetitions of which a trend is given (the project's measurement notes, definitions)."""
ENDS = 3
"""Repetitions at either end whose means the fatigue index compares (ibid.)."""


class Effort(TypedDict):
    """The fields of a set's row that are computed here."""

    cadence_per_min: Measured
    work_j: Measured
    height_trend_mm_per_rep: Measured
    lowering_trend_s_per_rep: Measured
    fatigue_pct: Measured


def work(height_mm: Measured, weight_n: Measured) -> Measured:
    """Return the work of one raise against gravity, J: weight × 0.82 × greatest heel height.

    Parameters
    ----------
    height_mm : Measured
        Greatest height of the heel, mm.
    weight_n : Measured
        Body weight, N.

    References
    ----------
    The project's measurement notes, definitions; published medians of 25 repetitions imply 55 J
    each at 7.7 cm.
    """
    method = "weight_times_082_height"
    reasons = tuple(dict.fromkeys((*height_mm.reasons, *weight_n.reasons)))
    if height_mm.value is None or weight_n.value is None:
        unseen = [one.reasons for one in (height_mm, weight_n) if one.value is None]
        return measured.not_observable("J", method, *dict.fromkeys(sum(unseen, ())))
    height_m = height_mm.value / 1000.0
    return measured.of(weight_n.value * COM_PER_HEEL * height_m, "J", method, *reasons)


def effort(raises: Sequence[RaiseRow]) -> Effort:
    """Return what a set of raises took and how it wore on.

    Parameters
    ----------
    raises : sequence of RaiseRow
        The repetitions of one set, in order; times in s, heights in mm.

    Notes
    -----
    A trend is the Theil–Sen slope, the median of the slopes between all pairs of repetitions, so
    that one odd repetition hardly moves it. ``fatigue_pct`` is 100 (a − b) / a, where a is the
    mean height of the first three repetitions and b that of the last three.
    """
    heights = [row.heel_height_mm for row in raises]
    return {
        "cadence_per_min": _cadence(raises),
        "work_j": _total(raises),
        "height_trend_mm_per_rep": _trend(heights, "mm/rep"),
        "lowering_trend_s_per_rep": _trend([row.lowering_s for row in raises], "s/rep"),
        "fatigue_pct": _over(heights, "%", "first_3_against_last_3", _fatigue),
    }


def theil_sen(values: Sequence[float]) -> float:
    """Return the median slope between all pairs of values, per step.

    Parameters
    ----------
    values : sequence of float
        Two or more, evenly spaced, in any unit.
    """
    pairs = combinations(enumerate(values), 2)
    return float(np.median([(b - a) / (j - i) for (i, a), (j, b) in pairs]))


def _cadence(raises: Sequence[RaiseRow]) -> Measured:
    method = "heel_off_to_heel_off"
    if len(raises) < 2:
        return measured.not_observable("1/min", method, "too_few")
    doubts = dict.fromkeys(word for row in raises for word in row.heel_up_s.reasons)
    between_s = raises[-1].heel_off_s - raises[0].heel_off_s
    return measured.of(60.0 * (len(raises) - 1) / between_s, "1/min", method, *doubts)


def _total(raises: Sequence[RaiseRow]) -> Measured:
    method = "sum_of_work"
    if not raises:
        return measured.not_observable("J", method, "too_few")
    parts = [row.work_j for row in raises]
    if unseen := [part for part in parts if part.value is None]:
        return measured.not_observable("J", method, *_reasons(unseen))
    return measured.of(sum(part.value or 0.0 for part in parts), "J", method, *_reasons(parts))


def _trend(values: Sequence[Measured], unit: str) -> Measured:
    return _over(values, unit, "theil_sen", theil_sen)


def _over(
    values: Sequence[Measured], unit: str, method: str, of: Callable[[Sequence[float]], float]
) -> Measured:
    """Return a statistic of those values that are seen, if they are enough."""
    seen = [one for one in values if one.value is not None]
    if values and not seen:
        return measured.not_observable(unit, method, *_reasons(values))
    if len(seen) < TREND_REPS:
        return measured.not_observable(unit, method, "too_few")
    return measured.of(of([one.value or 0.0 for one in seen]), unit, method, *_reasons(seen))


def _fatigue(heights: Sequence[float]) -> float:
    first = float(np.mean(heights[:ENDS]))
    return 100.0 * (first - float(np.mean(heights[-ENDS:]))) / first


def _reasons(values: Sequence[Measured]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for one in values for word in one.reasons))
