"""Load share of the feet: its curve, its means, and which kind of raise it shows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from insole import measured, tables
from insole.filter import lowpass

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from numpy.typing import NDArray

    from insole.measure.finding import HeelUpTime
    from insole.measure.params import ShareParams
    from insole.measured import Measured

    Floats: TypeAlias = NDArray[np.float64]

METHOD = "left_over_total"


@dataclass(frozen=True, slots=True)
class ShareCurve:
    """Left share over the whole session, (n,), NaN where unknown.

    ``quick`` is the same with less smoothing, for transfers. Both are None if this rig cannot
    tell, and ``reason`` says why.
    """

    left_share: Floats | None
    quick: Floats | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Doubts:
    """Words that lower the quality of every share on a rig.

    ``flat`` with the heels down, ``tiptoe`` with the heels up, ``sync`` for shares of a moment,
    which the clocks of two devices blur.
    """

    flat: tuple[str, ...] = ()
    tiptoe: tuple[str, ...] = ()
    sync: tuple[str, ...] = ()


def share_curve(force: pd.DataFrame, params: ShareParams) -> ShareCurve:
    """Return the left share of `force`, L / (L + R).

    Parameters
    ----------
    force : ForceTable, (n,) rows
        Totals of both feet in N or body weights.
    params : ShareParams
        Cut-off frequencies in Hz.

    Returns
    -------
    ShareCurve
        Not observable with one side, or with raw counts: two uncalibrated soles do not compare.
    """
    unit = tables.force_suffix(force)
    sides = tables.sides_of(force)
    if sides != tables.SIDES:
        return ShareCurve(None, None, "merged_sides" if "plate" in sides else "one_side")
    if unit == "adc":
        return ShareCurve(None, None, "uncalibrated")
    rate_hz = tables.rate_hz(force)
    missing = ~(force["left_ok"] & force["right_ok"]).to_numpy()

    def smoothed(cutoff_hz: float) -> Floats:
        left, right = (
            lowpass.zero_lag(lowpass.bridge(force[f"{s}_{unit}"].to_numpy()), cutoff_hz, rate_hz)
            for s in tables.SIDES
        )
        with np.errstate(invalid="ignore", divide="ignore"):
            share = left.clip(0.0) / (left.clip(0.0) + right.clip(0.0))
        share[missing] = np.nan
        return np.asarray(share)

    return ShareCurve(smoothed(params.cutoff_hz), smoothed(params.transfer_hz))


def mean_share(curve: ShareCurve, start: float, end: float, *reasons: str) -> Measured:
    """Return the mean left share between two samples, quality lowered by `reasons`.

    Parameters
    ----------
    curve : ShareCurve
        Left share, (n,), 0 to 1.
    start, end : float
        Samples, half-open.
    reasons : str
        Words that lower the quality.
    """
    return _statistic(curve, np.mean, start, end, reasons)


def resting_share(
    curve: ShareCurve,
    resting: str,
    of: Callable[[Floats], np.float64],
    span: tuple[float, float],
    *reasons: str,
) -> Measured:
    """Return the share of the foot that should be unloaded.

    Parameters
    ----------
    curve : ShareCurve
        Left share, (n,), 0 to 1.
    resting : {"left", "right"}
        That foot.
    of : callable
        What to take of its shares, (k,).
    span : (start, end)
        Samples, half-open.
    reasons : str
        Words that lower the quality.
    """
    own = of if resting == "left" else lambda left_share: of(1.0 - left_share)
    return replace(_statistic(curve, own, *span, reasons), method="resting_over_total")


def variant_of(
    curve: ShareCurve, time: HeelUpTime, rate_hz: float, params: ShareParams
) -> tuple[str, str]:
    """Return the variant of a raise and the side that lowered.

    Parameters
    ----------
    curve : ShareCurve
        Left share, (n,), 0 to 1.
    time : HeelUpTime
        The raise.
    rate_hz : float
        Rate of the curve, Hz.
    params : ShareParams
        Limits.

    Notes
    -----
    The smaller share while raising and while lowering decides: both small is single, both large
    is double, large then small is two up, one down; anything else is ``unclear``.
    """
    if curve.left_share is None:
        return ("unclear", time.pair.side)
    raising = _raising(curve.left_share, time, rate_hz, params)
    lowering = _part(curve.left_share, *lowering_span(time, params))
    if not len(raising) or not len(lowering):
        return ("unclear", time.pair.side)
    up, down = (_lighter(part) for part in (raising, lowering))
    heavier = "left" if float(np.median(lowering)) > 0.5 else "right"
    if down <= params.single_max:
        if up <= params.single_max:
            return (f"single_{heavier}", heavier)
        if up >= params.double_min:
            return ("two_up_one_down", heavier)
    if up >= params.double_min and down >= params.double_min:
        return ("double", "both")
    return ("unclear", time.pair.side)


def raised_on(curve: ShareCurve, time: HeelUpTime, rate_hz: float, params: ShareParams) -> str:
    """Return the side that raised the body: ``both`` too if only one foot lowers it.

    Parameters
    ----------
    curve : ShareCurve
        Left share, (n,), 0 to 1.
    time : HeelUpTime
        The raise.
    rate_hz : float
        Rate of the curve, Hz.
    params : ShareParams
        Limits.
    """
    if curve.left_share is None:
        return time.pair.side
    raising = _raising(curve.left_share, time, rate_hz, params)
    if len(raising) and _lighter(raising) >= params.double_min:
        return "both"
    return time.pair.side


def lowering_span(time: HeelUpTime, params: ShareParams) -> tuple[float, float]:
    """Return the part of a heel-up, in samples, in which the heel is lowered for certain.

    Parameters
    ----------
    time : HeelUpTime
        The raise.
    params : ShareParams
        Limits as fractions of the heel-up before contact.
    """
    start, end = time.pair.start, time.pair.end
    length = end - start
    return end - params.lowering_from * length, end - params.lowering_to * length


def transfer_time_s(curve: ShareCurve, time: HeelUpTime, rate_hz: float) -> float | None:
    """Return how long the load took to move to one foot: 10 % to 90 % of the change of share.

    Parameters
    ----------
    curve : ShareCurve
        Left share, (n,), 0 to 1.
    time : HeelUpTime
        A raise of the variant two up, one down.
    rate_hz : float
        Rate of the curve, Hz.
    """
    if curve.quick is None:
        return None
    share = curve.quick[time.pair.start : time.pair.end]
    if len(share) < rate_hz or np.isnan(share).any():
        return None
    tenth = max(1, len(share) // 10)
    before, after = float(np.median(share[:tenth])), float(np.median(share[-3 * tenth : -tenth]))
    done = (share - before) / (after - before) if after != before else np.zeros_like(share)
    late = np.flatnonzero(done >= 0.9)
    early = np.flatnonzero(done[: late[0]] <= 0.1) if len(late) else late
    return float(late[0] - early[-1]) / rate_hz if len(early) else None


def _lighter(left_share: Floats) -> float:
    """Return the median share of the foot that carries less at each moment."""
    return float(np.median(np.minimum(left_share, 1.0 - left_share)))


def _raising(left_share: Floats, time: HeelUpTime, rate_hz: float, params: ShareParams) -> Floats:
    """Return the shares while the heels rise; without a top, those of the first second."""
    start, end = time.pair.start, time.pair.end
    top = time.top if time.top is not None else start + params.raising_s * rate_hz
    return _part(left_share, start, min(top, end))


def _part(curve: Floats, start: float, end: float) -> Floats:
    part = curve[max(0, round(start)) : max(0, round(end))]
    return np.asarray(part[np.isfinite(part)])


def _statistic(
    curve: ShareCurve,
    of: Callable[[Floats], np.float64],
    start: float,
    end: float,
    reasons: tuple[str, ...],
) -> Measured:
    if curve.left_share is None:
        return measured.not_observable("1", METHOD, curve.reason)
    part = _part(curve.left_share, start, end)
    if not len(part):
        return measured.not_observable("1", METHOD, "gap")
    return measured.of(float(of(part)), "1", METHOD, *reasons)
