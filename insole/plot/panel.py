"""Panels of a figure: each takes and returns an Axes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.ticker import MultipleLocator

from insole import tables
from insole.plot.series import bridged, column, columns_of, envelope, missing, runs
from insole.plot.style import (
    BESIDE,
    BRIDGED_STYLE,
    INK,
    MISSING_STYLE,
    PALE,
    REGION_STYLE,
    ROLE_NAME,
    SHARE_CAVEAT,
    SIDE_COLOUR,
    SMALL,
    STRIP,
    UNIT_NAME,
    dress,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd
    from matplotlib.axes import Axes

    from insole.plot.series import Run


def panel_loads(ax: Axes, force: pd.DataFrame, side: str) -> Axes:
    """Draw total and regions of one foot, with the stretches where its data are lost.

    Parameters
    ----------
    ax : Axes
        Where to draw; x in s.
    force : ForceTable, (n,) rows
        Loads in N, body weights or raw counts.
    side : {"left", "right", "plate"}
        Which foot, or both in one number.
    """
    unit = tables.force_suffix(force)
    time_s = force.index.to_numpy(dtype=np.float64)
    for region, (colour, dashes) in REGION_STYLE.items():
        if f"{side}_{region}_{unit}" in force.columns:
            x, y = envelope(time_s, column(force, f"{side}_{region}_{unit}"), columns_of(ax))
            label = region.replace("_", " ")
            ax.plot(x, y, color=colour, linestyle=dashes, linewidth=0.9, label=label)
    x, y = envelope(time_s, column(force, f"{side}_{unit}"), columns_of(ax))
    ax.plot(x, y, color=INK, linewidth=1.1, label="total")
    ax.set_ylim(0.0, 1.12 * max(1e-9, float(np.nanmax(y, initial=0.0, where=~np.isnan(y)))))
    mark_lost(ax, force, side)
    dress(ax, f"{ROLE_NAME[side]} [{UNIT_NAME[unit]}]")
    return ax


def panel_heel_height(ax: Axes, force: pd.DataFrame) -> Axes:
    """Draw the height of each heel above the floor.

    Parameters
    ----------
    ax : Axes
        Where to draw; x in s.
    force : ForceTable, (n,) rows
        With ``left_heel_height_mm`` or ``right_heel_height_mm``.
    """
    for side, colour in SIDE_COLOUR.items():
        if f"{side}_heel_height_mm" in force.columns:
            height_mm = column(force, f"{side}_heel_height_mm")
            x, y = envelope(force.index.to_numpy(dtype=np.float64), height_mm, columns_of(ax))
            # the wide line stays visible under the narrow one when both heels move alike
            ax.plot(x, y, color=colour, linewidth=2.4 if side == "left" else 1.0, label=side)
    dress(ax, "heel height [mm]")
    ax.legend(**BESIDE)
    return ax


def panel_share(ax: Axes, force: pd.DataFrame, body_weight_n: float | None = None) -> Axes:
    """Draw the left foot's share of the load, with the band that insoles cannot resolve.

    Parameters
    ----------
    ax : Axes
        Where to draw; x in s.
    force : ForceTable, (n,) rows
        With both feet, in N or body weights.
    body_weight_n : float, optional
        In N. Below 5 % of it (without it, of the largest total) a share means nothing and is
        not drawn.
    """
    unit = tables.force_suffix(force)
    left, right = (np.clip(column(force, f"{side}_{unit}"), 0.0, None) for side in tables.SIDES)
    total = left + right
    standing = float(np.nanmax(total, initial=0.0, where=~np.isnan(total)))
    if unit == "n" and body_weight_n is not None:
        standing = body_weight_n
    share = np.full(len(total), np.nan)
    np.divide(left, total, out=share, where=total > max(0.05 * standing, 1e-9))
    x, y = envelope(force.index.to_numpy(dtype=np.float64), 100 * share, columns_of(ax))
    ax.axhspan(*(100 * (0.5 + d) for d in (-SHARE_CAVEAT, SHARE_CAVEAT)), color="#DDDDDD", lw=0)
    ax.axhline(50.0, color=PALE, linewidth=0.8)
    ax.plot(x, y, color=INK, linewidth=1.0)
    largest = float(np.nanmax(np.abs(y - 50.0), initial=0.0, where=~np.isnan(y)))
    reach = 20.0 if largest < 18.0 else 50.0
    ax.set_ylim(50.0 - reach, 50.0 + reach)
    ax.yaxis.set_major_locator(MultipleLocator(reach / 2))
    ax.annotate(
        "grey band:\n±3 points, within\nwhat insoles can tell",
        (1.012, 0.5), xycoords="axes fraction", va="center", fontsize=SMALL - 1, color="#666666",
    )  # fmt: skip
    dress(ax, "left share [%]")
    return ax


def mark_lost(ax: Axes, force: pd.DataFrame, side: str) -> Axes:
    """Hatch the stretches without data; a strip along the bottom shows short gaps, bridged.

    Even a single lost packet of a long session stays visible.

    Parameters
    ----------
    ax : Axes
        The panel of that foot, time in s.
    force : ForceTable, (n,) rows
        With the mask ``left_ok`` or ``right_ok``, and ``left_lost`` if short gaps were bridged.
    side : {"left", "right", "plate"}
        Which foot.
    """
    time_s = force.index.to_numpy(dtype=np.float64)
    _strip(ax, runs(time_s, missing(force, side)), 1.0, MISSING_STYLE)
    _strip(ax, runs(time_s, bridged(force, side)), STRIP, BRIDGED_STYLE)
    return ax


def _strip(ax: Axes, stretches: Iterable[Run], height: float, style: dict[str, Any]) -> None:
    if stretches := list(stretches):
        ax.broken_barh(stretches, (0.0, height), transform=ax.get_xaxis_transform(), **style)
