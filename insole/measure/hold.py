"""Measure holds: how long, how high, how steady, with which share."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from insole import measured
from insole.filter import lowpass
from insole.measure.breaks import breaks
from insole.measure.finding import foot_height
from insole.measure.model import HoldRow
from insole.measure.share import mean_share

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from insole.measure.finding import Findings
    from insole.measure.kind import Hold
    from insole.measure.params import Params, SteadinessParams
    from insole.measure.share import Doubts, ShareCurve
    from insole.measured import Measured

    Floats: TypeAlias = NDArray[np.float64]


def hold_row(
    hold: Hold,
    number: int,
    *,
    force: pd.DataFrame,
    findings: Findings,
    curve: ShareCurve,
    doubts: Doubts,
    params: Params,
) -> HoldRow:
    """Return the row of one hold.

    Parameters
    ----------
    hold : Hold
        What was found.
    number : int
        Number of its set.
    force : ForceTable, (n,) rows
        Loads in N, body weights or counts.
    findings : Findings
        What `hold` is part of.
    curve : ShareCurve
        Left share, (n,).
    doubts : Doubts
        What lowers the quality of shares on this rig.
    params : Params
        Settings.

    Notes
    -----
    ``duration_s`` runs from the top of the first piece to the lowering onset of the last, short
    touches included; ``total_s`` leaves them out. Both need an inertial sensor: without one
    ``heel_up_s`` carries the time that was seen. Heights are of the time at the top only, shares
    and steadiness of all of it.
    """
    first, last = hold.pieces[0], hold.pieces[-1]
    rate_hz = findings.rate_hz
    start, end = first.pair.start, last.pair.end
    heel_up_s = sum(p.pair.end - p.pair.start for p in hold.pieces) / rate_hz
    flaws = _flaws(hold, params)
    remarks = (*flaws, "no_imu") if hold.guessed else flaws
    onset, finish = first.top, last.onset
    inner = (onset if onset is not None else start, finish if finish is not None else end)
    window = _window(force, findings, hold, inner, params.steadiness)
    return HoldRow(
        set=number,
        side=first.pair.side,
        heel_off_s=start / rate_hz,
        heel_contact_s=end / rate_hz,
        onset_s=None if onset is None else onset / rate_hz,
        end_s=None if finish is None else finish / rate_hz,
        duration_s=_duration(onset, finish, rate_hz, flaws),
        total_s=_total(hold, rate_hz, flaws),
        heel_up_s=measured.of(heel_up_s, "s", "heel_load_two_levels", *remarks),
        left_share=mean_share(curve, *inner, *doubts.tiptoe, *flaws),
        hold_height_mm=_mean_height(findings, hold, params, flaws),
        height_retention=_retention(findings, hold, params.steadiness, flaws),
        force_cv=_force_cv(window, findings.unit, flaws),
        force_slope_n_per_s=_force_slope(window, findings, flaws),
        breaks=breaks(hold, findings, params.breaks),
        target_s=None,
        met=None,
        reasons=remarks,
    )


def _flaws(hold: Hold, params: Params) -> tuple[str, ...]:
    missing = max(p.missing_s for p in hold.pieces)
    words = ["gap"] if missing > params.exercise.gap_low_s else []
    if not hold.pieces[-1].contact_seen:
        words.append("aborted")
    return (*words, *dict.fromkeys(word for piece in hold.pieces for word in piece.doubts))


def _duration(
    onset: float | None, finish: float | None, rate_hz: float, flaws: tuple[str, ...]
) -> Measured:
    if onset is None or finish is None:
        return measured.not_observable("s", "top_to_lowering_onset", "no_imu")
    return measured.of((finish - onset) / rate_hz, "s", "top_to_lowering_onset", *flaws)


def _total(hold: Hold, rate_hz: float, flaws: tuple[str, ...]) -> Measured:
    held = [p.phases.onset - p.phases.top for p in hold.pieces if p.phases is not None]
    if len(held) < len(hold.pieces):
        return measured.not_observable("s", "sum_of_holds", "no_imu")
    return measured.of(sum(held) / rate_hz, "s", "sum_of_holds", *flaws)


def _mean_height(
    findings: Findings, hold: Hold, params: Params, flaws: tuple[str, ...]
) -> Measured:
    held = _held_height(findings, hold)
    if not len(held):
        return measured.not_observable("mm", "imu_pitch", "no_imu")
    side = next(s for s in hold.pieces[0].sides() if s in findings.heights)
    # the angle is measured, the lever is an average foot's until somebody gives a shoe size
    doubts = () if params.height.foot_length_known else ("uncalibrated",)
    method = findings.heights[side].method
    return measured.of(float(np.mean(held)), "mm", method, *doubts, *flaws)


def _held_height(findings: Findings, hold: Hold) -> Floats:
    """Return the heights at the top of all pieces, one behind the other, mm; empty if unseen."""
    parts = [np.empty(0)]
    for piece in hold.pieces:
        if piece.top is not None and piece.onset is not None:
            span = round(piece.top), max(round(piece.onset), round(piece.top) + 1)
            height = foot_height(findings.heights, piece.sides(), *span)
            parts.append(height if height is not None else parts[0])
    held = np.concatenate(parts)
    return np.asarray(held[np.isfinite(held)])


def _retention(
    findings: Findings, hold: Hold, p: SteadinessParams, flaws: tuple[str, ...]
) -> Measured:
    method = "last_over_first_5_s"
    held = _held_height(findings, hold)
    if not len(held):
        return measured.not_observable("1", method, "no_imu")
    edge = round(p.retention_s * findings.rate_hz)
    if len(held) < 2 * edge:
        return measured.not_observable("1", method, "too_short")
    first, last = float(np.mean(held[:edge])), float(np.mean(held[-edge:]))
    if first <= 0.0:
        return measured.not_observable("1", method, "unsteady")
    return measured.of(last / first, "1", method, *flaws)


def _window(
    force: pd.DataFrame,
    findings: Findings,
    hold: Hold,
    span: tuple[float, float],
    p: SteadinessParams,
) -> Floats | str:
    """Return the smoothed load of the working feet, ends cut off; if none, the word why."""
    rate_hz = findings.rate_hz
    start, end = (round(span[0] + p.cut_s * rate_hz), round(span[1] - p.cut_s * rate_hz))
    if end - start < p.shortest_s * rate_hz:
        return "too_short"
    names = [f"{side}_{findings.unit}" for side in hold.pieces[0].sides()]
    load = force[names].iloc[start:end].to_numpy().sum(axis=1)
    if np.isnan(load).mean() > p.most_missing:
        return "gap"
    return lowpass.zero_lag(lowpass.bridge(load), p.cutoff_hz, rate_hz)


def _force_cv(window: Floats | str, unit: str, flaws: tuple[str, ...]) -> Measured:
    method = "sd_over_mean_detrended"
    if isinstance(window, str):
        return measured.not_observable("1", method, window)
    mean = float(np.mean(window))
    if mean <= 0.0:
        return measured.not_observable("1", method, "unsteady")
    index = np.arange(len(window))
    residual = window - np.polyval(np.polyfit(index, window, 1), index)
    doubts = ("uncalibrated",) if unit == "adc" else ()
    return measured.of(float(np.std(residual)) / mean, "1", method, *doubts, *flaws)


def _force_slope(window: Floats | str, findings: Findings, flaws: tuple[str, ...]) -> Measured:
    method = "least_squares_line"
    if findings.unit != "n":
        return measured.not_observable("N/s", method, "uncalibrated")
    if isinstance(window, str):
        return measured.not_observable("N/s", method, window)
    slope = float(np.polyfit(np.arange(len(window)) / findings.rate_hz, window, 1)[0])
    # a sensor under steady load sags by itself, more than a muscle does
    return measured.low(slope, "N/s", method, "drift", *flaws)
