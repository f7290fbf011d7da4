"""One repetition, and one hold, from close by: how the heel rose, stayed and came down."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from insole import tables
from insole.plot.found import row_spans
from insole.plot.panel import mark_lost
from insole.plot.series import column, columns_of, envelope
from insole.plot.style import INK, PHASE_COLOUR, SIDE_COLOUR, SMALL, UNIT_NAME, dress

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd
    from matplotlib.axes import Axes

    from insole.measure.model import Event, HoldRow, RaiseRow
    from insole.plot.series import Floats

AROUND_S = 1.0
"""So much before heel-off and after heel contact is shown, s (our choice)."""
LEVEL_S = 5.0
"""The level of a hold is that of its first seconds, as the report has it."""
SAG_COLOUR, SAG_ALPHA = "#D55E00", 0.35


def panel_repetition(ax: Axes, force: pd.DataFrame, row: RaiseRow) -> Axes:
    """Draw one calf raise: heel height, or the load on the heel where no height is known.

    Parameters
    ----------
    ax : Axes
        Where to draw; x in s from heel-off.
    force : ForceTable, (n,) rows
        With heel heights in mm or heel loads; index in s.
    row : RaiseRow
        Which one; its phases are shaded and named with their lengths.
    """
    _heel(ax, force, row)
    spans = row_spans(row, row.top_s, row.lowering_onset_s, "top")
    for phase, start_s, end_s in spans:
        colour, alpha = PHASE_COLOUR[phase]
        ax.axvspan(
            start_s - row.heel_off_s, end_s - row.heel_off_s, color=colour, alpha=alpha, lw=0
        )
        ax.annotate(
            f"{phase}\n{end_s - start_s:.1f} s",
            ((start_s + end_s) / 2 - row.heel_off_s, 0.98),
            xycoords=("data", "axes fraction"), ha="center", va="top",
            fontsize=SMALL - 1, color=INK,
        )  # fmt: skip
    low, high = ax.get_ylim()
    ax.set_ylim(low, high + 0.22 * (high - low))  # room for the names of the phases
    ax.set_xlabel("time since heel-off [s]", fontsize=SMALL + 1, color=INK)
    return ax


def panel_hold(ax: Axes, force: pd.DataFrame, row: HoldRow, events: Iterable[Event] = ()) -> Axes:
    """Draw one hold: heel height, how far it sagged, and where a heel touched the floor.

    Parameters
    ----------
    ax : Axes
        Where to draw; x in s from heel-off.
    force : ForceTable, (n,) rows
        With heel heights in mm or heel loads; index in s.
    row : HoldRow
        Which one.
    events : iterable of Event
        Of the session; a heel contact within the hold is a touch.
    """
    heights = _heel(ax, force, row)
    if row.onset_s is not None and row.end_s is not None:
        colour, alpha = PHASE_COLOUR["hold"]
        ax.axvspan(
            row.onset_s - row.heel_off_s, row.end_s - row.heel_off_s,
            color=colour, alpha=alpha, lw=0, zorder=0,
        )  # fmt: skip
        _sag(ax, heights, row.onset_s - row.heel_off_s, row.end_s - row.heel_off_s)
    _touches(ax, _inside(events, row), row.heel_off_s)
    ax.set_xlabel("time since heel-off [s]", fontsize=SMALL + 1, color=INK)
    if ax.get_legend_handles_labels()[0]:
        ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), fontsize=SMALL - 1, ncols=5,
                  frameon=False, handlelength=1.4, columnspacing=1.0)  # fmt: skip
    return ax


def _heel(
    ax: Axes, force: pd.DataFrame, row: HoldRow | RaiseRow
) -> Mapping[str, tuple[Floats, Floats]]:
    """Draw each heel that is seen, from just before heel-off to just after heel contact."""
    shown = force.loc[row.heel_off_s - AROUND_S : row.heel_contact_s + AROUND_S]
    time_s = shown.index.to_numpy(dtype=np.float64) - row.heel_off_s
    names, label = heel_columns(force)
    drawn = {}
    for side, name in names.items():
        x, y = envelope(time_s, column(shown, name), columns_of(ax))
        # the wide line stays visible under the narrow one when both heels move alike
        width = 2.2 if side == "left" else 1.0
        ax.plot(x, y, color=SIDE_COLOUR.get(side, INK), linewidth=width, label=side)
        drawn[side] = (x, y)
    for side in set(names) & set(tables.sides_of(force)):
        since = shown.set_axis(shown.index - row.heel_off_s)
        mark_lost(ax, since, side)
    ax.set_xlim(-AROUND_S, row.heel_contact_s - row.heel_off_s + AROUND_S)
    dress(ax, label)
    return drawn


def heel_columns(force: pd.DataFrame) -> tuple[dict[str, str], str]:
    """Return the columns that show the heels best, by side, and the label of their axis.

    Parameters
    ----------
    force : ForceTable, (n,) rows
        Heights in mm come first, then the loads of the heels, then those of the feet.
    """
    unit = tables.force_suffix(force)
    sides = [role for role in tables.ROLES if f"{role}_{unit}" in force.columns]
    choices: Sequence[tuple[str, str]] = (
        ("heel_height_mm", "heel height [mm]"),
        (f"heel_{unit}", f"load on the heel [{UNIT_NAME[unit]}]"),
        (unit, f"load [{UNIT_NAME[unit]}]"),
    )
    for name, label in choices:
        found = {side: f"{side}_{name}" for side in sides if f"{side}_{name}" in force.columns}
        if found:
            return found, label
    return {}, "load"


def _sag(
    ax: Axes, heights: Mapping[str, tuple[Floats, Floats]], onset_s: float, end_s: float
) -> None:
    """Fill what is missing to the level of the first seconds, for the heel that is higher."""
    levels = {
        side: float(np.nanmean(y[early]))
        for side, (x, y) in heights.items()
        if np.isfinite(y[early := (x >= onset_s) & (x <= onset_s + LEVEL_S)]).any()
    }
    if not levels:
        return
    side = max(levels, key=lambda one: levels[one])
    x, y = heights[side]
    inside = (x >= onset_s) & (x <= end_s)
    ax.plot([onset_s, end_s], [levels[side]] * 2, color=INK, linewidth=0.8, linestyle="--",
            label="level")  # fmt: skip
    ax.fill_between(x[inside], y[inside], levels[side], where=y[inside] < levels[side],
                    color=SAG_COLOUR, alpha=SAG_ALPHA, lw=0, label="sag")  # fmt: skip


def _inside(events: Iterable[Event], row: HoldRow) -> list[float]:
    """Return the times of touches: heel contacts after which the hold went on."""
    sides = tables.SIDES if row.side == "both" else (row.side,)
    return [
        event.time_s
        for event in events
        if event.event == "heel_contact"
        and event.side in sides
        and row.heel_off_s < event.time_s < row.heel_contact_s - AROUND_S
    ]


def _touches(ax: Axes, times_s: Sequence[float], zero_s: float) -> None:
    if times_s:
        ax.plot(
            [time_s - zero_s for time_s in times_s], [0.04] * len(times_s),
            transform=ax.get_xaxis_transform(), linestyle="", marker="v", color=INK, markersize=5,
            label="touch",
        )  # fmt: skip
