"""Measure calf raises: phases, height, variant, share; whether each counts, and if not, why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from insole import measured
from insole.measure import effort, tempo
from insole.measure.edits import VARIANTS
from insole.measure.model import RaiseRow
from insole.measure.share import (
    lowering_span,
    mean_share,
    resting_share,
    transfer_time_s,
    variant_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from insole.measure.finding import Findings, HeelUpTime
    from insole.measure.kind import Exercise
    from insole.measure.params import Params
    from insole.measure.share import Doubts, ShareCurve
    from insole.measured import Measured

    Floats: TypeAlias = NDArray[np.float64]

SHORTEST_PHASE_S = 0.05
"""Shortest phase of which a mean share is given, s (our choice: five samples at 100 Hz)."""


@dataclass(frozen=True, slots=True)
class RaisePlace:
    """Where a repetition stands: set and number from 1, and the pause that follows it, s."""

    set: int
    rep: int
    bottom_s: float


def raise_row(
    time: HeelUpTime,
    place: RaisePlace,
    *,
    findings: Findings,
    curve: ShareCurve,
    best_mm: float | None,
    weight: Measured,
    exercise: Exercise | None,
    doubts: Doubts,
    params: Params,
    told: str = "",
) -> RaiseRow:
    """Return the row of one repetition.

    Parameters
    ----------
    time : HeelUpTime
        What was found.
    place : RaisePlace
        Its set and number.
    findings : Findings
        What `time` is part of.
    curve : ShareCurve
        Left share, (n,).
    best_mm : float or None
        Greatest height in the session of what raised here, one foot or both, mm.
    weight : Measured
        Body weight, N.
    exercise : str or None
        What was prescribed; tempo is judged only against a prescription.
    doubts : Doubts
        What lowers the quality of shares on this rig.
    params : Params
        Settings.
    told : str
        The variant, if somebody said which; it decides.
    """
    rate_hz, pair = findings.rate_hz, time.pair
    start_s, end_s = pair.start / rate_hz, pair.end / rate_hz
    variant, side = variant_of(curve, time, rate_hz, params.share)
    if told:
        variant, side = told, VARIANTS[told] or side
    flaws = _flaws(time, params)
    faults = _faults(time, best_mm, params)
    raising_s = tempo.raising(time, rate_hz, flaws)
    top_s = tempo.top_hold(time, rate_hz, flaws)
    lowering_s = tempo.lowering(time, rate_hz, flaws)
    height_mm = _height(time, findings, params, flaws)
    met, judged = _tempo_met(lowering_s, exercise, params)
    unsure = (*doubts.tiptoe, *flaws)
    resting = _resting_span(time, variant, params)
    assisted = ("assisted",) if variant == "unclear" and curve.left_share is not None else ()
    return RaiseRow(
        set=place.set,
        rep=place.rep,
        side=side,
        variant=variant,
        heel_off_s=start_s,
        top_s=None if time.top is None else time.top / rate_hz,
        lowering_onset_s=None if time.onset is None else time.onset / rate_hz,
        heel_contact_s=end_s,
        raising_s=raising_s,
        top_hold_s=top_s,
        lowering_s=lowering_s,
        heel_up_s=measured.of(end_s - start_s, "s", "heel_load_two_levels", *flaws),
        left_share=mean_share(curve, pair.start, pair.end, *unsure),
        left_share_raising=_phase_share(curve, pair.start, time.top, rate_hz, unsure),
        left_share_top=_phase_share(curve, time.top, time.onset, rate_hz, unsure),
        left_share_lowering=_phase_share(curve, time.onset, pair.end, rate_hz, unsure),
        resting_foot_share=_resting(
            curve, side, np.mean, resting, *unsure, *doubts.sync, *assisted
        ),
        resting_foot_peak_share=_resting(
            curve, side, np.max, resting, *unsure, *doubts.sync, *assisted
        ),
        cop_ml_path_mm=_cop_path(findings, time, flaws),
        transfer_s=_transfer(curve, time, variant, rate_hz, (*doubts.sync, *flaws)),
        heel_height_mm=height_mm,
        work_j=effort.work(height_mm, weight),
        tempo=tempo.tempo_string(lowering_s, place.bottom_s, raising_s, top_s),
        tempo_met=met,
        counted=not faults,
        reasons=tuple(dict.fromkeys((*faults, *flaws, *time.faults, *assisted, *judged))),
    )


def best_heights(times: Sequence[HeelUpTime], sides: Sequence[str]) -> dict[str, float]:
    """Return the greatest heel height that each side, or both together, reached, mm.

    Parameters
    ----------
    times : sequence of HeelUpTime
        All heel-ups, heights in mm.
    sides : sequence of str
        What raised each of them: people rise less high on one foot than on both.
    """
    best: dict[str, float] = {}
    for time, side in zip(times, sides, strict=True):
        if time.phases is not None:
            best[side] = max(best.get(side, 0.0), time.phases.peak_mm)
    return best


def _flaws(time: HeelUpTime, params: Params) -> tuple[str, ...]:
    gap = ("gap",) if time.missing_s > params.exercise.gap_low_s else ()
    return (*gap, *time.doubts)


def _faults(time: HeelUpTime, best_mm: float | None, params: Params) -> tuple[str, ...]:
    """Return why a repetition does not count; nothing about tempo."""
    p = params.exercise
    faults = ["stumble"] if "stumble" in time.faults else []
    if not time.contact_seen:
        faults.append("aborted")
    if time.missing_s > p.gap_drop_s:
        faults.append("gap")
    if time.phases is not None and best_mm and time.phases.peak_mm < p.partial_fraction * best_mm:
        faults.append("partial")
    return tuple(faults)


def _tempo_met(
    lowering_s: Measured, exercise: Exercise | None, params: Params
) -> tuple[bool | None, tuple[str, ...]]:
    if exercise != "eccentric_raise" or lowering_s.value is None:
        return None, ()
    if lowering_s.value < params.exercise.lowering_min_s:
        return False, ("too_fast",)
    if lowering_s.value > params.exercise.lowering_max_s:
        return False, ("too_slow",)
    return True, ()


def _phase_share(
    curve: ShareCurve,
    start: float | None,
    end: float | None,
    rate_hz: float,
    reasons: tuple[str, ...],
) -> Measured:
    method = "left_over_total"
    if curve.left_share is None:
        return measured.not_observable("1", method, curve.reason)
    if start is None or end is None:
        return measured.not_observable("1", method, "no_imu")
    if (end - start) / rate_hz < SHORTEST_PHASE_S:
        return measured.not_observable("1", method, "too_short")
    return mean_share(curve, start, end, *reasons)


def _resting_span(time: HeelUpTime, variant: str, params: Params) -> tuple[float, float]:
    """Return when the other foot should be unloaded, in samples.

    In a single-leg raise that is all the time; of one that goes up on both feet it is the lowering.
    """
    if variant != "two_up_one_down":
        return time.pair.start, time.pair.end
    start, end = lowering_span(time, params.share)
    return max(start, time.onset or start), end


def _resting(
    curve: ShareCurve,
    side: str,
    of: Callable[[Floats], np.float64],
    span: tuple[float, float],
    *reasons: str,
) -> Measured:
    if curve.left_share is None:
        return measured.not_observable("1", "resting_over_total", curve.reason)
    if side == "both":
        return measured.not_observable("1", "resting_over_total", "both_feet_work")
    return resting_share(curve, "right" if side == "left" else "left", of, span, *reasons)


def _cop_path(findings: Findings, time: HeelUpTime, flaws: tuple[str, ...]) -> Measured:
    """Return how far the centre of pressure went from side to side under the working foot."""
    method = "sum_of_steps_5_hz"
    if findings.unit == "adc":
        return measured.not_observable("mm", method, "uncalibrated")
    if time.pair.side == "both":
        return measured.not_observable("mm", method, "both_feet_work")
    path = findings.cop_ml_path.get(time.pair.side)
    if path is None:
        return measured.not_observable("mm", method, "no_cop")
    start, end = time.pair.start, min(time.pair.end, len(path)) - 1
    return measured.low(float(path[end] - path[start]), "mm", method, "hysteresis", *flaws)


def _transfer(
    curve: ShareCurve, time: HeelUpTime, variant: str, rate_hz: float, reasons: tuple[str, ...]
) -> Measured:
    """Return how long the load took to get over to the foot that lowers."""
    method = "share_10_to_90"
    if curve.left_share is None:
        return measured.not_observable("s", method, curve.reason)
    if variant != "two_up_one_down":
        word = "one_side" if variant.startswith("single") else "both_feet_work"
        return measured.not_observable("s", method, word)
    seconds = transfer_time_s(curve, time, rate_hz)
    if seconds is None:
        return measured.not_observable("s", method, "gap" if "gap" in reasons else "too_short")
    return measured.of(seconds, "s", method, *reasons)


def _height(
    time: HeelUpTime, findings: Findings, params: Params, flaws: tuple[str, ...]
) -> Measured:
    if time.phases is None:
        return measured.not_observable("mm", "imu_pitch", "no_imu")
    side = next(s for s in time.sides() if s in findings.heights)
    doubts = () if params.height.foot_length_known else ("uncalibrated",)
    return measured.of(time.phases.peak_mm, "mm", findings.heights[side].method, *doubts, *flaws)
