"""The house style: colours, sizes and marks of every figure, in one place.

Colours: Okabe & Ito, "Color Universal Design" (2008), told apart by colour-blind readers too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matplotlib.ticker import AutoLocator, MaxNLocator
from matplotlib.transforms import blended_transform_factory as blended

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis

INK, GREY, PALE = "#222222", "#888888", "#BBBBBB"
SIDE_COLOUR = {"left": "#0072B2", "right": "#E69F00"}
REGION_STYLE = {
    "hallux": ("#0072B2", "-"),
    "toes": ("#56B4E9", "-"),
    "forefoot": ("#009E73", "-"),
    "forefoot_medial": ("#009E73", "-"),
    "forefoot_lateral": ("#009E73", (0, (4, 1.5))),
    "midfoot": ("#CC79A7", "-"),
    "heel": ("#D55E00", "-"),
}
PHASE_COLOUR = {
    "hold": ("#009E73", 0.22),
    "raising": ("#56B4E9", 0.40),
    "top": ("#F0E442", 0.65),
    "lowering": ("#E69F00", 0.40),
    "heel up": ("#D55E00", 0.30),
}
"""Colour of each phase, and how densely it shades a panel: of what was tried, what lies furthest
apart to readers who see no red or no green, on white and on a dark page."""
EVENT_MARKER = {"heel_off": "^", "heel_contact": "v"}
ROLE_NAME = {"left": "left foot", "right": "right foot", "plate": "both feet"}
UNIT_NAME = {"n": "N", "bw": "body weights", "adc": "raw counts"}
WIDTH_IN, DPI = 12.0, 130
SMALL = 8.0
SHARE_CAVEAT = 0.03
"""Insoles tell the share to about ±3 points; the band around one half says so."""

MISSING_STYLE: dict[str, Any] = {
    "facecolor": "#EEEEEE",
    "edgecolor": "#999999",
    "hatch": "////",
    "linewidth": 0.5,
    "zorder": 0.5,
}
BRIDGED_STYLE: dict[str, Any] = {
    "facecolor": "#777777",
    "edgecolor": "#777777",
    "linewidth": 0.5,
    "zorder": 2.5,
}
STRIP = 0.03
"""Height of the strip of bridged gaps, as a part of its panel."""

TICKS_ACROSS, TICKS_UP = 6, 4
"""About so many ticks an axis gets at most: each takes as long to draw as a short curve, and half
of matplotlib's own number reads as well in panels of this size (our choice)."""

CROWD = 30
"""From so many events of a kind on, their marks are drawn smaller."""

BESIDE: dict[str, Any] = {
    "loc": "upper left",
    "bbox_to_anchor": (1.0, 1.0),
    "fontsize": SMALL,
    "frameon": False,
    "handlelength": 1.8,
}
"""How a legend stands to the right of its panel."""


def dress(ax: Axes, label: str) -> None:
    """Give a panel its label, quiet axes and a faint grid."""
    ax.set_ylabel(label, fontsize=SMALL + 1, color=INK)
    ax.tick_params(labelsize=SMALL, colors=INK, length=3)
    ax.grid(axis="y", color="#E4E4E4", linewidth=0.6)
    ax.set_axisbelow(True)
    _thin(ax.xaxis, TICKS_ACROSS)
    _thin(ax.yaxis, TICKS_UP)
    for name in ("top", "right"):
        ax.spines[name].set_visible(False)
    for name in ("left", "bottom"):
        ax.spines[name].set_color(PALE)


def place_labels(ax: Axes, side_in: float | None = None, below_in: float | None = None) -> None:
    """Put the labels of a panel where its figure has room for them.

    Left to itself, matplotlib measures all words of all panels to find such a place.

    Parameters
    ----------
    ax : Axes
        A panel of a figure that has its size already.
    side_in : float, optional
        Where the label of the upward axis ends, inches from the left edge of the figure.
    below_in : float, optional
        Where that of the axis across ends, inches from the lower edge.
    """
    figure = ax.figure
    width_in, height_in = (size / figure.dpi for size in (figure.bbox.width, figure.bbox.height))
    if side_in is not None:
        up = blended(figure.transFigure, ax.transAxes)
        ax.yaxis.set_label_coords(side_in / width_in, 0.5, transform=up)
    if below_in is not None:
        across = blended(ax.transAxes, figure.transFigure)
        ax.xaxis.set_label_coords(0.5, below_in / height_in, transform=across)


def _thin(axis: Axis, most: int) -> None:
    """Let an axis whose ticks nobody has chosen have few of them."""
    if isinstance(axis.get_major_locator(), AutoLocator):
        axis.set_major_locator(MaxNLocator(most, steps=[1, 2, 2.5, 5, 10]))
