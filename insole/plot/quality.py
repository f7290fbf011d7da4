"""How good a recording is: what was lost when, and whether quiet standing kept its weight."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from insole import tables
from insole.filter.stretch import block_means
from insole.plot.series import bridged, column, missing
from insole.plot.style import GREY, INK, ROLE_NAME, SIDE_COLOUR, SMALL, UNIT_NAME, dress

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from insole.plot.series import Floats

BLOCKS = 60
"""Losses are counted in so many pieces of the session at most, each of 1 s or more (our choice)."""
STANDING = 0.5
"""Below this part of the largest load nobody stands there (our choice)."""


def panel_loss(ax: Axes, force: pd.DataFrame) -> Axes:
    """Draw which part of its samples each device lost, over time; bridged ones count as lost.

    Parameters
    ----------
    ax : Axes
        Where to draw; x in s.
    force : ForceTable, (n,) rows
        With the masks ``left_ok`` and, if short gaps were bridged, ``left_lost``; index in s.
    """
    time_s = force.index.to_numpy(dtype=np.float64)
    largest = 0.0
    for side in tables.sides_of(force):
        starts = _block_starts(time_s)
        if not len(starts):
            continue
        lost = (missing(force, side) | bridged(force, side)).astype(np.float64)
        counts = np.diff([*starts, len(lost)])
        percent = 100 * np.add.reduceat(lost, starts) / counts
        largest = max(largest, float(percent.max()))
        edges_s = [*time_s[starts], time_s[-1]]
        ax.stairs(percent, edges_s, color=SIDE_COLOUR.get(side, INK), label=ROLE_NAME[side],
                  linewidth=2.2 if side == "left" else 1.0)  # fmt: skip
    ax.set_ylim(0.0, max(1.0, 1.1 * largest))
    dress(ax, "lost samples [%]")
    if ax.get_legend_handles_labels()[0]:
        ax.legend(loc="upper right", fontsize=SMALL - 1, frameon=False, ncols=2)
    return ax


def panel_standing(ax: Axes, force: pd.DataFrame, body_weight_n: float | None = None) -> Axes:
    """Draw the load of all feet together, second by second: in standing, it should not wander.

    Parameters
    ----------
    ax : Axes
        Where to draw; x in s.
    force : ForceTable, (n,) rows
        Loads in N, body weights or raw counts; index in s.
    body_weight_n : float, optional
        In N; drawn as a line to compare with, where loads are in N.
    """
    unit = tables.force_suffix(force)
    time_s = force.index.to_numpy(dtype=np.float64)
    whole = np.sum([column(force, f"{side}_{unit}") for side in tables.sides_of(force)], axis=0)
    x, y = _each_second(time_s, np.asarray(whole, dtype=np.float64))
    top = float(np.nanmax(y, initial=0.0, where=np.isfinite(y)))
    ax.plot(x, np.where(y > STANDING * top, y, np.nan), color=INK, linewidth=1.0)
    if unit == "n" and body_weight_n is not None:
        ax.axhline(body_weight_n, color=GREY, linewidth=1.2, linestyle="--", label="body weight")
        ax.legend(loc="lower right", fontsize=SMALL - 1, frameon=False)
    ax.set_ylim(0.0, max(1.2 * top, 1e-9))
    dress(ax, f"load of all [{UNIT_NAME[unit]}]")
    return ax


def _block_starts(time_s: Floats) -> np.ndarray:
    """Return the first sample of each block, (b,) samples."""
    if len(time_s) < 2:
        return np.array([], dtype=np.int64)
    period_s = time_s[1] - time_s[0]
    block = max(round(1.0 / period_s), -(-len(time_s) // BLOCKS), 1)
    return np.arange(0, len(time_s), block)


def _each_second(time_s: Floats, values: Floats) -> tuple[Floats, Floats]:
    """Return the mean of each second; NaN where a sample is missing."""
    if len(time_s) < 2:
        return time_s, values
    width = max(round(1.0 / (time_s[1] - time_s[0])), 1)
    means = block_means(values, width)
    return time_s[: len(means) * width : width], means
