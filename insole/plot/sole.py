"""Where the sensors of a device lie on the sole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from insole.plot.style import DPI, INK, PALE, REGION_STYLE, SMALL

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

OUTLINE = np.array(
    [(-18, 4), (0, 0), (18, 4), (29, 22), (31, 50), (31, 90), (38, 130), (46, 170), (46, 196),
     (38, 222), (22, 244), (-4, 259), (-24, 260), (-38, 248), (-44, 222), (-46, 190), (-40, 165),
     (-26, 130), (-20, 100), (-24, 70), (-29, 45), (-27, 18)],
    dtype=np.float64,
)  # fmt: skip
"""A sole of 260 mm, (n, 2): medial to lateral and heel to toe, mm (our choice; a backdrop only)."""
UNKNOWN_AREA_MM2 = 300.0
HEIGHT_IN = 6.0


def sole(sensors: pd.DataFrame, title: str, side: str = "left") -> Figure:
    """Draw where sensors lie on the sole or a plate, seen from above, toes or front up.

    Parameters
    ----------
    sensors : SensorMap, (k,) rows
        Places in mm; those without one are counted in the title.
    title : str
        What device this is.
    side : {"left", "right", "plate"}
        Which foot; of a left one the medial side is to the right. A plate is drawn as its places
        are: from left to right.

    Returns
    -------
    Figure
        Not shown and not stored; ``figure.savefig(path)`` does that.
    """
    figure = Figure(figsize=(HEIGHT_IN * 0.75, HEIGHT_IN), dpi=DPI, layout="constrained")
    ax = figure.subplots()
    has_place = sensors[["x_mm", "y_mm"]].notna().all(axis=1).to_numpy()
    placed, numbers = sensors[has_place], np.flatnonzero(has_place) + 1
    to_page = -1.0 if side == "left" else 1.0
    if side != "plate":
        draw_outline(ax, placed, to_page)
    for number, (_, sensor) in zip(numbers.tolist(), placed.iterrows(), strict=True):
        _sensor(ax, sensor, to_page, str(number))
    _legend(ax, placed)
    ax.set_aspect("equal")
    ax.set_xlabel(edges(side), fontsize=SMALL, color=INK)
    along = "from back to front [mm]" if side == "plate" else "from heel to toe [mm]"
    ax.set_ylabel(along, fontsize=SMALL, color=INK)
    ax.tick_params(labelsize=SMALL, colors=INK, length=3)
    for name in ("top", "right"):
        ax.spines[name].set_visible(False)
    ax.set_title(_title(title, sensors, placed), fontsize=SMALL + 1, color=INK, loc="left")
    return figure


def draw_outline(ax: Axes, placed: pd.DataFrame, to_page: float) -> None:
    """Draw a sole behind the sensors, as long as they need.

    Parameters
    ----------
    ax : Axes
        Where to draw, in mm.
    placed : SensorMap, (k,) rows
        Sensors with a place, mm.
    to_page : float
        -1 for a left foot, whose medial side is to the right; else 1.
    """
    longest_mm = max(placed["y_mm"].max() * 1.08, OUTLINE[:, 1].max()) if len(placed) else 260.0
    centre_mm = placed["x_mm"].median() if len(placed) and placed["x_mm"].min() >= 0 else 0.0
    scale = longest_mm / OUTLINE[:, 1].max()
    x_mm, y_mm = (OUTLINE * scale).T
    ax.fill((x_mm + centre_mm) * to_page, y_mm, facecolor="#F4F4F4", edgecolor=PALE, zorder=0)


def _sensor(ax: Axes, sensor: pd.Series, to_page: float, number: str) -> None:
    area_mm2 = sensor["area_mm2"] if np.isfinite(sensor["area_mm2"]) else UNKNOWN_AREA_MM2
    known = np.isfinite(sensor["area_mm2"])
    radius_mm = float(np.sqrt(area_mm2 / np.pi))
    x_mm, y_mm = to_page * sensor["x_mm"], sensor["y_mm"]
    angle = np.linspace(0.0, 2.0 * np.pi, 48)
    ax.fill(
        x_mm + radius_mm * np.cos(angle),
        y_mm + radius_mm * np.sin(angle),
        edgecolor=INK,
        linestyle="-" if known else ":",
        linewidth=0.7,
        **_filling(sensor["region"]),
    )
    ax.text(
        x_mm,
        y_mm,
        number,
        ha="center",
        va="center",
        fontsize=SMALL - 1,
        color=INK,
        bbox={"boxstyle": "circle,pad=0.15", "facecolor": "white", "edgecolor": "none"},
    )


def _filling(region: str) -> dict[str, Any]:
    """Return how a region is filled: hatched where its line in other figures is dashed."""
    colour, dashes = REGION_STYLE.get(region, (PALE, "-"))
    return {"facecolor": (*to_rgb(colour), 0.75), "hatch": None if dashes == "-" else "///"}


def _legend(ax: Axes, placed: pd.DataFrame) -> None:
    regions = [region for region in REGION_STYLE if region in set(placed["region"])]
    handles: list[Artist] = [
        Patch(edgecolor=INK, linewidth=0.7, label=region.replace("_", ", "), **_filling(region))
        for region in regions
    ]
    if handles:
        ax.legend(handles=handles, loc="upper left", bbox_to_anchor=(1.0, 1.0), fontsize=SMALL,
                  frameon=False)  # fmt: skip


def edges(side: str) -> str:
    """Return the label of the axis across a foot or plate: what lies left and right of it."""
    if side == "plate":
        return "left – plate from above [mm] – right"
    left, right = ("lateral", "medial") if side == "left" else ("medial", "lateral")
    return f"{left} – {side} foot from above [mm] – {right}"


def _title(title: str, sensors: pd.DataFrame, placed: pd.DataFrame) -> str:
    if not len(sensors):
        return f"{title}\nno sensor has a place"
    absent = len(sensors) - len(placed)
    return f"{title}\n{len(sensors)} sensors" + (f", {absent} of unknown place" if absent else "")
