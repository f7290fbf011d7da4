"""How load moves between the feet over a set: flat, at the top, and the difference."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from insole import measured
from insole.measure.model import WeightShiftRow
from insole.measure.share import mean_share

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from insole.measure.finding import HeelUpTime
    from insole.measure.params import ShareParams
    from insole.measure.share import Doubts, ShareCurve
    from insole.measured import Measured

    Floats: TypeAlias = NDArray[np.float64]


def weight_shift_row(
    number: int,
    times: Sequence[HeelUpTime],
    curve: ShareCurve,
    rate_hz: float,
    *,
    doubts: Doubts,
    params: ShareParams,
) -> WeightShiftRow:
    """Return the weight shift of one set.

    Parameters
    ----------
    number : int
        Number of the set.
    times : sequence of HeelUpTime
        Its repetitions or rounds, in samples.
    curve : ShareCurve
        Left share, (n,).
    rate_hz : float
        Rate of the curve, Hz.
    doubts : Doubts
        What lowers the quality of shares on this rig.
    params : ShareParams
        Settings.

    Notes
    -----
    ``left_share_flat`` is the mean of the heel-down time before the first and between the
    repetitions; ``shift`` is top minus flat. ``robinson_si_pct`` = 100 (L − R) / (½ (L + R)) at
    the top, which is 200 (2 s − 1) for a left share s.

    References
    ----------
    Symmetry index: Robinson 1987, with the sign turned so that left is positive.
    """
    flat = _flat_share(times, curve, rate_hz, params, doubts)
    tops = [mean_share(curve, *_top_span(time), *doubts.tiptoe) for time in times]
    top = _mean(tops)
    return WeightShiftRow(
        set=number,
        left_share_flat=flat,
        left_share_top=top,
        shift=_derived(top, flat, lambda t, f: t - f, "1", "top_minus_flat"),
        peak_shift=_peak_shift(times, curve, flat, doubts),
        robinson_si_pct=_derived(
            top, top, lambda t, _: 200.0 * (2.0 * t - 1.0), "%", "robinson_at_top"
        ),
    )


def _top_span(time: HeelUpTime) -> tuple[float, float]:
    """Return the top phase, or the middle half of the heel-up where phases are unseen."""
    start, end = time.pair.start, time.pair.end
    if time.top is not None and time.onset is not None and time.onset > time.top:
        return time.top, time.onset
    quarter = (end - start) / 4.0
    return start + quarter, end - quarter


def _flat_share(
    times: Sequence[HeelUpTime],
    curve: ShareCurve,
    rate_hz: float,
    p: ShareParams,
    doubts: Doubts,
) -> Measured:
    if curve.left_share is None:
        return measured.not_observable("1", "left_over_total", curve.reason)
    before = round(p.flat_before_s * rate_hz)
    spans = [(max(0, times[0].lead - before), times[0].lead)]
    spans += [(a.pair.end, b.lead) for a, b in pairwise(times)]
    parts = [curve.left_share[a:b] for a, b in spans if b > a]
    flat = np.concatenate(parts) if parts else np.empty(0)
    flat = flat[np.isfinite(flat)]
    if not len(flat):
        return measured.not_observable("1", "left_over_total", "gap")
    return measured.of(float(flat.mean()), "1", "left_over_total", *doubts.flat)


def _mean(shares: Sequence[Measured]) -> Measured:
    seen = [share for share in shares if share.value is not None]
    if not seen:
        return shares[0]
    value = float(np.mean([share.value for share in seen]))
    return measured.of(value, "1", seen[0].method, *seen[0].reasons)


def _peak_shift(
    times: Sequence[HeelUpTime], curve: ShareCurve, flat: Measured, doubts: Doubts
) -> Measured:
    method = "largest_difference_to_flat"
    if curve.left_share is None or flat.value is None:
        return measured.not_observable("1", method, *flat.reasons)
    raised = np.concatenate([curve.left_share[t.pair.start : t.pair.end] for t in times])
    raised = raised[np.isfinite(raised)]
    if not len(raised):
        return measured.not_observable("1", method, "gap")
    return measured.of(float(np.max(np.abs(raised - flat.value))), "1", method, *doubts.tiptoe)


def _derived(
    first: Measured,
    second: Measured,
    formula: Callable[[float, float], float],
    unit: str,
    method: str,
) -> Measured:
    reasons = tuple(dict.fromkeys((*first.reasons, *second.reasons)))
    if first.value is None or second.value is None:
        return measured.not_observable(unit, method, *reasons)
    return measured.of(formula(first.value, second.value), unit, method, *reasons)
