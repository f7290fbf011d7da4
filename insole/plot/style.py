"""The house style: colours, sizes and marks of every figure, in one place.

Colours: Okabe & Ito, "Color Universal Design" (2008), told apart by colour-blind readers too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes

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
    "raising": ("#56B4E9", 0.30),
    "top": ("#F0E442", 0.45),
    "lowering": ("#E69F00", 0.32),
    "heel up": ("#56B4E9", 0.18),
}
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
    for name in ("top", "right"):
        ax.spines[name].set_visible(False)
    for name in ("left", "bottom"):
        ax.spines[name].set_color(PALE)
