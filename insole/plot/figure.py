"""Whole figures: returned, never shown, and without a trace in pyplot."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Protocol

from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MultipleLocator

from insole import tables
from insole.plot.found import mark_events, name_rows, shade_phases, spans
from insole.plot.panel import panel_heel_height, panel_loads, panel_share
from insole.plot.series import bridged, length_s, missing
from insole.plot.style import (
    BESIDE,
    BRIDGED_STYLE,
    DPI,
    EVENT_MARKER,
    INK,
    MISSING_STYLE,
    PHASE_COLOUR,
    SMALL,
    WIDTH_IN,
)
from insole.report.phrase import clock, counted, started, whole_clock

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

    from insole.report.model import SessionReport


class Drawable(Protocol):
    """What a figure needs of a session."""

    @property
    def forces(self) -> pd.DataFrame:
        """The ForceTable."""

    def report(self) -> SessionReport:
        """Return holds, raises and events."""


class Timeline(Figure):
    """A figure that a notebook shows by itself, without pyplot."""

    def _repr_png_(self) -> bytes:
        return to_png(self)


def to_png(figure: Figure) -> bytes:
    """Return a figure as the bytes of a PNG file.

    Parameters
    ----------
    figure : Figure
        What to draw; it is not changed.
    """
    buffer = BytesIO()
    figure.savefig(buffer, format="png", dpi=DPI)
    return buffer.getvalue()


def timeline(session: Drawable) -> Timeline:
    """Draw a session over time: loads, heel height, share, what was found, what was lost.

    Parameters
    ----------
    session : Session
        Anything with a ForceTable ``forces`` and a ``report()``.

    Returns
    -------
    Timeline
        Not shown and not stored; ``figure.savefig(path)`` does that.
    """
    force, report = session.forces, session.report()
    sides = tables.sides_of(force)
    panels = [*sides, *(name for name in ("height", "share") if _has_panel(force, name))]
    ratios = [2.0 if name in sides else 1.1 for name in panels]
    figure = Timeline(figsize=(WIDTH_IN, 0.9 + 1.05 * sum(ratios)), dpi=DPI)
    figure.set_layout_engine("constrained", h_pad=0.08, w_pad=0.08)
    grid = figure.subplots(len(panels), 1, sharex=True, squeeze=False, height_ratios=ratios)
    axes: list[Axes] = list(grid[:, 0])
    for name, ax in zip(panels, axes, strict=True):
        if name == "height":
            panel_heel_height(ax, force)
        elif name == "share":
            panel_share(ax, force, report.body_weight_n.value)
        else:
            panel_loads(ax, force, name)
            mark_events(ax, report.events, name)
        shade_phases(ax, report)
    _equal_scale(axes[: len(sides)])
    name_rows(axes[0], report, force)
    axes[0].legend(**BESIDE)
    _time_axis(axes[-1], force)
    _title(figure, report)
    _phase_legend(figure, force, report)
    figure.align_ylabels(axes)
    return figure


def _has_panel(force: pd.DataFrame, name: str) -> bool:
    if name == "height":
        return any(f"{side}_heel_height_mm" in force.columns for side in tables.SIDES)
    return set(tables.SIDES) <= set(tables.sides_of(force)) and tables.force_suffix(force) != "adc"


def _equal_scale(axes: Sequence[Axes]) -> None:
    top = max(ax.get_ylim()[1] for ax in axes)
    for ax in axes:
        ax.set_ylim(0.0, top)


def _title(figure: Figure, report: SessionReport) -> None:
    found = f"{counted(len(report.holds), 'hold')}, {counted(len(report.raises), 'calf raise')}"
    title = f"Recorded {started(report.session)}: {found}"
    figure.suptitle(title, x=0.01, ha="left", fontsize=SMALL + 3, color=INK)


def _phase_legend(figure: Figure, force: pd.DataFrame, report: SessionReport) -> None:
    used = {phase for phase, _, _ in spans(report)}
    handles: list[Artist] = [
        Patch(facecolor=colour, alpha=alpha, label=phase)
        for phase, (colour, alpha) in PHASE_COLOUR.items()
        if phase in used
    ]
    for name, marker in EVENT_MARKER.items():
        if any(event.event == name for event in report.events):
            handles.append(_marker_handle(marker, name.replace("_", " ")))
    sides = tables.sides_of(force)
    if any(missing(force, side).any() for side in sides):
        handles.append(Patch(**MISSING_STYLE, label="lost"))
    if any(bridged(force, side).any() for side in sides):
        handles.append(Patch(**BRIDGED_STYLE, label="lost, bridged"))
    if handles:
        figure.legend(
            handles=handles,
            loc="outside lower center",
            ncols=len(handles),
            fontsize=SMALL,
            frameon=False,
        )


def _marker_handle(marker: str, label: str) -> Line2D:
    return Line2D([], [], linestyle="", marker=marker, color=INK, markersize=4, label=label)


STEPS_S = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200)


def _time_axis(ax: Axes, force: pd.DataFrame) -> None:
    """Tell the time as the report does, however long the session: minutes and seconds."""
    start_s = float(force.index[0]) if len(force) else 0.0
    shown_s = length_s(force)
    ax.set_xlim(start_s, start_s + max(shown_s, 0.01))
    step_s = next((step for step in STEPS_S if shown_s / step <= 14), STEPS_S[-1])
    tell = clock if step_s < 1 else whole_clock
    ax.xaxis.set_major_locator(MultipleLocator(step_s))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda time_s, _: tell(time_s)))
    ax.set_xlabel("time [min:s]", fontsize=SMALL + 1, color=INK)
