"""How whole the recording of each device is, and how far apart the clocks of the feet may be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from insole import measured, tables
from insole.align.gap import find_gaps
from insole.filter.stretch import joined
from insole.measure.model import Quality

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from insole.align.clock import ClockFit
    from insole.measure.params import Params, QualityParams
    from insole.measured import Measured

    Floats: TypeAlias = NDArray[np.float64]
    Bools: TypeAlias = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Signal:
    """What of a device's samples tells of their quality.

    ``time_s`` and ``valid`` are (n,); ``flat_tops`` is the share of samples in which some sensor
    stays at its own greatest value.
    """

    time_s: Floats
    valid: Bools
    flat_tops: float


def signal_of(samples: pd.DataFrame, period_s: float, params: QualityParams) -> Signal:
    """Return what is needed of the samples to judge them.

    Parameters
    ----------
    samples : SampleTable, (n,) rows
        Samples on the session's clock, ``time_s`` in s; a lost value is NaN.
    period_s : float
        Nominal spacing of samples, s.
    params : QualityParams
        What a flat top is.
    """
    sensors = [c for c in samples.columns if c.startswith(("total_", "cell_", *tables.REGIONS))]
    return Signal(
        samples["time_s"].to_numpy(),
        _any_there(samples, sensors),
        _flat_tops(samples, sensors, period_s, params),
    )


def device_quality(
    signal: Signal,
    period_s: float,
    *,
    whole_s: tuple[float, float],
    fits: Sequence[ClockFit],
    errors: int,
    params: Params,
    doubts: Sequence[str] = (),
    steady: bool = True,
) -> Quality:
    """Return how whole the recording of one device is.

    Parameters
    ----------
    signal : Signal
        Its samples, (n,), as far as they matter here.
    period_s : float
        Nominal spacing of samples, s.
    whole_s : (start, end)
        When the first device of the session began and the last one stopped, s. A device that began
        much later or fell silent long before has lost the rest.
    fits : sequence of ClockFit
        The clock of each of its connections; empty if it has none of its own.
    errors : int
        Packets that did not fit its spec.
    params : Params
        Settings.
    doubts : sequence of str
        Flags that its samples do not show; ``gap`` if the device said that it had lost some itself,
        which nobody can count.
    steady : bool
        False for a device that sends on demand or at no known rate: nothing of it is missing.
    """
    if not signal.valid.any():
        return silent_quality(whole_s[1] - whole_s[0], errors)
    lost, longest_s = 0.0, 0.0
    if steady:
        lost, longest_s = _losses(signal, period_s, whole_s, params.exercise.gap_drop_s)
    known = [fit for fit in fits if np.isfinite(fit.residual_ms)]
    worst = max((fit.residual_ms for fit in known), default=None)
    drift = max((fit.drift_ppm for fit in known if fit.skew), key=abs, default=None)
    flags = {
        "gap": longest_s > params.exercise.gap_low_s,
        "saturated": signal.flat_tops > 0.0,
        **dict.fromkeys(doubts, True),
    }
    return Quality(
        loss_fraction=_missing(lost, "1", doubts, steady=steady),
        longest_gap_s=_missing(longest_s, "s", doubts, steady=steady),
        clock_residual_ms=_clock(worst, "ms", "earliest_above_line"),
        drift_ppm=_clock(drift, "ppm", "line_under_earliest"),
        saturated_fraction=measured.ok(signal.flat_tops, "1", "flat_tops"),
        decode_errors=errors,
        flags=tuple(word for word, raised in flags.items() if raised),
    )


def silent_quality(length_s: float, errors: int) -> Quality:
    """Return the quality of a device that gave not one valid sample.

    Parameters
    ----------
    length_s : float
        Length of the session, s.
    errors : int
        Packets that did not fit its spec.
    """
    return Quality(
        loss_fraction=measured.ok(1.0, "1", "missing_samples"),
        longest_gap_s=measured.ok(max(length_s, 0.0), "s", "missing_samples"),
        clock_residual_ms=measured.not_observable("ms", "earliest_above_line", "gap"),
        drift_ppm=measured.not_observable("ppm", "line_under_earliest", "gap"),
        saturated_fraction=measured.not_observable("1", "flat_tops", "gap"),
        decode_errors=errors,
        flags=("gap",),
    )


def clocks_apart(residuals_ms: Sequence[Measured], *, one_clock: bool) -> Measured:
    """Return how far apart the clocks of the devices may be, ms.

    Parameters
    ----------
    residuals_ms : sequence of Measured
        ``clock_residual_ms`` of each device that gave samples.
    one_clock : bool
        True if all times are those of one file.

    Notes
    -----
    The sum of the residuals: each says how sharp the edge is that its clock rests on, and the two
    may err in opposite directions.

    References
    ----------
    Our choice.
    """
    method = "sum_of_clock_residuals"
    if len(residuals_ms) < 2:
        return measured.not_observable("ms", method, "one_side")
    if one_clock:
        return measured.ok(0.0, "ms", "one_file_one_clock")
    known = [residual.value for residual in residuals_ms if residual.value is not None]
    if len(known) < len(residuals_ms):
        return measured.not_observable("ms", method, "sync")
    return measured.ok(sum(known), "ms", method)


def _losses(
    signal: Signal, period_s: float, whole_s: tuple[float, float], apart_s: float
) -> tuple[float, float]:
    """Return the share of samples that are missing, and the longest stretch without one, s."""
    time_s, valid = signal.time_s, signal.valid
    start_s, end_s = whole_s
    silent = end_s - float(time_s[-1]) > apart_s
    gaps = find_gaps(time_s[valid], period_s, end_s if silent else float(time_s[-1]))
    late_s = float(time_s[valid][0]) - start_s
    if late_s <= apart_s:
        return gaps.loss_fraction, gaps.longest_s
    there = int(valid.sum())
    due = there / (1.0 - gaps.loss_fraction) + round(late_s / period_s)
    return 1.0 - there / due, max(gaps.longest_s, late_s)


def _missing(value: float, unit: str, doubts: Sequence[str], *, steady: bool) -> Measured:
    """Return what is missing: uncertain after a loss that only the device knows of."""
    if not steady:
        return measured.not_observable(unit, "missing_samples", "no_rhythm")
    return measured.of(value, unit, "missing_samples", *(word for word in doubts if word == "gap"))


def _clock(value: float | None, unit: str, method: str) -> Measured:
    if value is None:
        return measured.not_observable(unit, method, "too_short" if unit == "ppm" else "sync")
    return measured.ok(value, unit, method)


def _any_there(samples: pd.DataFrame, sensors: Sequence[str]) -> Bools:
    """Tell in which rows any sensor has a value."""
    there = np.zeros(len(samples), dtype=np.bool_)
    for name in sensors:
        there |= samples[name].notna().to_numpy()
        if there.all():
            break
    return there


def _flat_tops(
    samples: pd.DataFrame, sensors: list[str], period_s: float, p: QualityParams
) -> float:
    """Return the share of samples in which some sensor stays at its own greatest value."""
    flat = np.zeros(len(samples), dtype=np.bool_)
    shortest = max(2, round(p.flat_top_s / period_s))
    for name in sensors:
        value = samples[name].to_numpy(dtype=np.float64)
        there = np.isfinite(value)
        seen = value if there.all() else value[there]
        top = seen.max(initial=0.0)
        if top <= 0.0:
            continue
        at_top = value == top
        if not shortest <= np.count_nonzero(at_top) <= p.flat_top_most * len(seen):
            continue
        stays = _in_runs(at_top, shortest)
        if stays.any() and len(np.unique(seen)) >= p.flat_top_levels:
            flat |= stays
    return float(flat.mean()) if len(flat) else 0.0


def _in_runs(mask: Bools, shortest: int) -> Bools:
    """Keep those runs of True that are at least `shortest` samples long."""
    kept = np.zeros(len(mask), dtype=np.bool_)
    for start, end in joined(mask, 0):
        kept[start:end] = end - start >= shortest
    return kept
