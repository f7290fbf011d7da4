"""How the centre of pressure of a foot, or of a plate, wanders in a hold or a quiet stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from insole import measured, tables
from insole.filter import lowpass
from insole.measure.model import SwayRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from insole.measured import Measured

    Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SwayParams:
    """Window and filter of sway measures.

    References
    ----------
    Nothing below 20 s, first and last second cut, 5 Hz for insoles (their noise stretches the path
    above that) and 10 Hz for plates, 50 Hz at least for length and speed of the path: the project's
    measurement notes, definitions and simulated limits. At most a tenth missing: our choice.
    """

    shortest_s: float = 20.0
    cut_s: float = 1.0
    sole_hz: float = 5.0
    plate_hz: float = 10.0
    least_rate_hz: float = 50.0
    most_missing: float = 0.1


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch in which somebody stood or held still, s; ``sides`` are the feet that worked."""

    activity: str
    set: int | None
    sides: tuple[str, ...]
    start_s: float
    end_s: float


def sway_rows(
    force: pd.DataFrame, windows: Sequence[Window], params: SwayParams
) -> tuple[SwayRow, ...]:
    """Return the sway of each foot in each window that is long enough.

    Parameters
    ----------
    force : ForceTable, (n,) rows
        Centres of pressure in mm, where there are any.
    windows : sequence of Window
        Holds and quiet stands.
    params : SwayParams
        Settings.
    """
    long_enough = [
        one for one in windows if one.end_s - one.start_s - 2.0 * params.cut_s >= params.shortest_s
    ]
    return tuple(_row(force, one, side, params) for one in long_enough for side in one.sides)


def path_mm(across: Floats, along: Floats) -> float:
    """Return the length of a path, mm: the sum of its steps.

    Parameters
    ----------
    across, along : (n,) arrays
        Places in mm.
    """
    return float(np.hypot(np.diff(across), np.diff(along)).sum())


def ellipse_mm2(across: Floats, along: Floats) -> float:
    """Return the area of the 95 % prediction ellipse of a cloud of places, mm².

    Parameters
    ----------
    across, along : (n,) arrays
        Places in mm; n is at least 3.

    References
    ----------
    Prieto 1996 with the factor of Quijoux 2021 (Physiol Rep 9:e15067): the ellipse in which the
    next place would lie 95 times of 100. F quantile for two and n − 2 degrees of freedom, which
    has a closed form: (n − 2) / 2 · (0.05^(−2 / (n − 2)) − 1).
    """
    n = len(across)
    quantile = 0.5 * (n - 2) * (0.05 ** (-2.0 / (n - 2)) - 1.0)
    factor = (n + 1) * (n - 1) / (n * (n - 2))
    spread = float(np.linalg.det(np.cov(across, along)))
    return float(2.0 * np.pi * factor * quantile * np.sqrt(max(spread, 0.0)))


def _row(force: pd.DataFrame, window: Window, side: str, p: SwayParams) -> SwayRow:
    place = _place(force, window, side, p)
    seconds = window.end_s - window.start_s - 2.0 * p.cut_s

    def of(value: float, unit: str, method: str, *reasons: str) -> Measured:
        doubts = ("hysteresis",) if _is_sole(force, side) else ()
        return measured.of(value, unit, method, *doubts, *reasons)

    values: dict[str, Measured]
    if isinstance(place, str):
        values = {
            name: measured.not_observable(unit, method, place) for name, unit, method in _FIELDS
        }
    else:
        across, along = place
        length_mm = path_mm(across, along)
        found = (
            float(np.sqrt(np.mean(across**2 + along**2))),
            float(np.std(along)), float(np.std(across)),
            float(np.ptp(along)), float(np.ptp(across)),
            length_mm, length_mm / seconds, ellipse_mm2(across, along),
        )  # fmt: skip
        slow = tables.rate_hz(force) < p.least_rate_hz
        values = {
            name: measured.not_observable(unit, method, "slow_rate")
            if slow and method == _PATH
            else of(value, unit, method)
            for (name, unit, method), value in zip(_FIELDS, found, strict=True)
        }
    bounds = window.start_s + p.cut_s, window.end_s - p.cut_s
    return SwayRow(
        window.activity, window.set, side, *bounds, *(values[name] for name, *_ in _FIELDS)
    )


_PATH = "sum_of_steps"
_FIELDS = (
    ("rms_mm", "mm", "rms_distance"),
    ("rms_ap_mm", "mm", "rms_distance"),
    ("rms_ml_mm", "mm", "rms_distance"),
    ("range_ap_mm", "mm", "range"),
    ("range_ml_mm", "mm", "range"),
    ("path_mm", "mm", _PATH),
    ("mean_velocity_mm_per_s", "mm/s", _PATH),
    ("ellipse_mm2", "mm²", "prediction_ellipse_95"),
)


def _place(
    force: pd.DataFrame, window: Window, side: str, p: SwayParams
) -> tuple[Floats, Floats] | str:
    """Return the smoothed place around its mean, across and along, mm; or the word why not."""
    names = [f"{side}_{name}" for name in ("cop_ml_mm", "cop_ap_mm")]
    if any(name not in force for name in names):
        return "no_cop"
    rate_hz, first_s = tables.rate_hz(force), float(force.index[0])
    start, end = (
        round((t - first_s) * rate_hz) for t in (window.start_s + p.cut_s, window.end_s - p.cut_s)
    )
    raw = np.column_stack([force[name].to_numpy()[start:end] for name in names])
    # of an hour, only a window that holds nothing is reason to look for places anywhere else
    empty = np.isnan(raw).all(axis=0)
    if any(none and not force[n].notna().any() for n, none in zip(names, empty, strict=True)):
        return "no_cop"
    if tables.force_suffix(force) == "adc":
        return "uncalibrated"
    if len(raw) < 3 or np.isnan(raw).any(axis=1).mean() > p.most_missing:
        return "gap"
    cutoff_hz = p.sole_hz if _is_sole(force, side) else p.plate_hz
    smooth = [lowpass.zero_lag(lowpass.bridge(column), cutoff_hz, rate_hz) for column in raw.T]
    across, along = (np.asarray(column - column.mean()) for column in smooth)
    return across, along


def _is_sole(force: pd.DataFrame, side: str) -> bool:
    """Return True for a sensor that knows regions of the foot: it lies in a shoe."""
    unit = tables.force_suffix(force)
    return any(f"{side}_{region}_{unit}" in force for region in tables.REGIONS)
