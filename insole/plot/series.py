"""Long series as few points, and masks as runs, for drawing."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from insole.filter.stretch import joined

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]
    Mask: TypeAlias = NDArray[np.bool_]
    Run: TypeAlias = tuple[float, float]

COLUMNS = 2400
"""A longer series is drawn as the envelope of so many columns, if nobody says how many."""
COLUMNS_A_PIXEL = 1.5
"""So many columns fall on each pixel of a figure's width."""


def columns_of(ax: Axes) -> int:
    """Return into how many columns a long series is put in a panel of its figure's width."""
    return max(round(COLUMNS_A_PIXEL * ax.figure.bbox.width), 1)


def column(force: pd.DataFrame, name: str) -> Floats:
    """Return a column of a ForceTable, (n,) in its own unit."""
    return force[name].to_numpy(dtype=np.float64)


def missing(force: pd.DataFrame, side: str) -> Mask:
    """Return where a foot has no value, (n,) bool."""
    return ~force[f"{side}_ok"].to_numpy(dtype=np.bool_)


def bridged(force: pd.DataFrame, side: str) -> Mask:
    """Return where a foot's sample was lost and the short gap was bridged, (n,) bool."""
    if f"{side}_lost" not in force.columns:
        return np.zeros(len(force), dtype=np.bool_)
    return force[f"{side}_lost"].to_numpy(dtype=np.bool_) & ~missing(force, side)


def runs(time_s: Floats, mask: Mask) -> Iterator[Run]:
    """Yield start and length in s of each run of True; runs that would touch are merged."""
    period_s = float(time_s[1] - time_s[0]) if len(time_s) > 1 else 0.0
    for start, end in joined(mask, len(mask) // COLUMNS):
        yield float(time_s[start]), (end - start) * period_s


def envelope(time_s: Floats, values: Floats, columns: int = COLUMNS) -> tuple[Floats, Floats]:
    """Return a long series as the smallest and largest value of each drawn column.

    Parameters
    ----------
    time_s : (n,) array
        Times, s.
    values : (n,) array
        What is drawn, in any unit; NaN where missing.
    columns : int
        How many.
    """
    width = len(values) // columns
    if width < 4:
        return time_s, values
    starts = np.arange(0, len(values), width)
    extremes = np.empty(2 * len(starts))
    extremes[0::2] = np.fmin.reduceat(values, starts)
    extremes[1::2] = np.fmax.reduceat(values, starts)
    return np.repeat(time_s[starts], 2), extremes


def length_s(force: pd.DataFrame) -> float:
    """Return the length of a ForceTable in s; 0 for an empty one."""
    return float(force.index[-1] - force.index[0]) if len(force) else 0.0
