"""How the load lay on the sole, sensor by sensor, and the way of the centre of pressure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib import colormaps
from matplotlib.cm import ScalarMappable
from matplotlib.collections import PolyCollection
from matplotlib.colors import Normalize

from insole.plot.sole import OUTLINE, UNKNOWN_AREA_MM2, draw_outline
from insole.plot.style import INK, PALE, SMALL

if TYPE_CHECKING:
    from typing import TypeAlias

    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]

HEAT = "cividis_r"
"""Looks alike with and without colour vision, and darkens evenly (Nuñez et al. 2018)."""
LEVELS = 24
"""So many colours; with more, matplotlib would draw the bar beside them as a bitmap."""
COP_POINTS = 400
"""A longer way is drawn from so many points."""
COP_COLOUR = "#D55E00"
CORNERS = 25
"""Of each disc: at its size, no eye tells it from a circle."""


def panel_sole_load(
    ax: Axes,
    sensors: pd.DataFrame,
    loads: Floats,
    cop_mm: Floats | None = None,
    *,
    side: str = "left",
    unit: str = "N",
    top: float | None = None,
    bar: bool = True,
) -> Axes:
    """Draw the load of each sensor at its place on the sole, and the centre of pressure's way.

    Parameters
    ----------
    ax : Axes
        Where to draw; mm on both axes.
    sensors : SensorMap, (k,) rows
        Places in mm; a sensor without one is left out.
    loads : (k,) array
        Mean load of each sensor, in `unit`; NaN where it gave none.
    cop_mm : (n, 2) array, optional
        Centre of pressure, from medial to lateral and from heel to toe, mm; NaN where unknown.
    side : {"left", "right"}
        Which foot, seen from above.
    unit : str
        Of the loads, for the label of the colours.
    top : float, optional
        Load of the darkest colour, in `unit`; by default the largest of `loads`.
    bar : bool
        True to explain the colours beside the sole.
    """
    loads = np.asarray(loads, dtype=np.float64)
    to_page = -1.0 if side == "left" else 1.0
    placed = sensors[["x_mm", "y_mm"]].notna().all(axis=1).to_numpy()
    draw_outline(ax, sensors[placed], to_page)
    largest = float(np.nanmax(loads, initial=0.0, where=np.isfinite(loads))) if top is None else top
    colours = ScalarMappable(Normalize(0.0, max(largest, 1e-9)), colormaps[HEAT].resampled(LEVELS))
    _discs(ax, sensors[placed], to_page, colours, loads[placed])
    if cop_mm is not None and np.isfinite(cop_mm).any():
        _way(ax, cop_mm, to_page)
    _dress(ax, side)
    if bar:
        _colour_bar(ax, colours, unit)
    return ax


def _colour_bar(ax: Axes, colours: ScalarMappable, unit: str) -> None:
    """Explain the colours in an inset, so that the panel keeps its size."""
    inset = ax.inset_axes((1.02, 0.1, 0.05, 0.8))
    bar = ax.figure.colorbar(colours, cax=inset)
    bar.set_label(f"mean load [{unit}]", fontsize=SMALL, color=INK)
    inset.tick_params(labelsize=SMALL - 1, colors=INK, length=2)
    for spine in inset.spines.values():
        spine.set_visible(False)


def _discs(
    ax: Axes, sensors: pd.DataFrame, to_page: float, colours: ScalarMappable, loads: Floats
) -> None:
    """Draw a disc of each sensor's size, as one artist: many are slow to draw."""
    area_mm2 = sensors["area_mm2"].to_numpy(dtype=np.float64)
    radius_mm = np.sqrt(np.where(np.isfinite(area_mm2), area_mm2, UNKNOWN_AREA_MM2) / np.pi)
    centre_mm = sensors[["x_mm", "y_mm"]].to_numpy(dtype=np.float64) * (to_page, 1.0)
    angle = np.linspace(0.0, 2.0 * np.pi, CORNERS)
    edge = np.column_stack([np.cos(angle), np.sin(angle)])
    seen = np.isfinite(loads)
    fill = colours.to_rgba(np.where(seen, loads, 0.0))
    fill[~seen, 3] = 0.0
    corners_mm = centre_mm[:, None, :] + radius_mm[:, None, None] * edge
    discs = PolyCollection(
        list(corners_mm), facecolors=fill, edgecolors=PALE, linewidths=0.6,
        linestyles=["-" if one else ":" for one in seen],
    )  # fmt: skip
    ax.add_collection(discs)
    ax.autoscale_view()


def _way(ax: Axes, cop_mm: Floats, to_page: float) -> None:
    """Draw the way as a line, with its start and its end."""
    step = 1 + len(cop_mm) // COP_POINTS
    x, y = to_page * cop_mm[::step, 0], cop_mm[::step, 1]
    known = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    ax.plot(x, y, color="white", linewidth=2.4, zorder=3)
    ax.plot(x, y, color=COP_COLOUR, linewidth=1.2, zorder=4)
    for place, marker, name in ((known[0], "o", "start"), (known[-1], "s", "end")):
        ax.plot([x[place]], [y[place]], linestyle="", marker=marker, markersize=5, zorder=5,
                markerfacecolor=COP_COLOUR, markeredgecolor="white", label=name)  # fmt: skip


def _dress(ax: Axes, side: str) -> None:
    ax.set_aspect("equal")
    inner, outer = "medial", "lateral"
    across = f"{outer} [mm] {inner}" if side == "left" else f"{inner} [mm] {outer}"
    ax.set_xlabel(across, fontsize=SMALL, color=INK)  # the title names the foot
    ax.set_ylabel("from heel to toe [mm]", fontsize=SMALL, color=INK)
    ax.set_title(f"{side} foot", fontsize=SMALL + 1, color=INK, loc="left")
    ax.tick_params(labelsize=SMALL - 1, colors=INK, length=2)
    for name in ("top", "right", "left", "bottom"):
        ax.spines[name].set_visible(False)
    half_mm = 1.15 * np.abs(OUTLINE[:, 0]).max()
    low, high = ax.get_xlim()
    ax.set_xlim(min(low, -half_mm), max(high, half_mm))
