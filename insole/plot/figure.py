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
    place_labels,
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


def timeline(
    session: Drawable, *, width_in: float = WIDTH_IN, dpi: float = DPI, titled: bool = True
) -> Timeline:
    """Draw a session over time: loads, heel height, share, what was found, what was lost.

    Parameters
    ----------
    session : Session
        Anything with a ForceTable ``forces`` and a ``report()``.
    width_in : float
        Width of the figure, inches of 72 points; its height follows from what there is to see.
    dpi : float
        Dots to an inch; long series are drawn as fine as that lets one see.
    titled : bool
        False where what stands around the figure says what it is.

    Returns
    -------
    Timeline
        Not shown and not stored; ``figure.savefig(path)`` does that.
    """
    force, report = session.forces, session.report()
    sides = tables.sides_of(force)
    panels = [*sides, *(name for name in ("height", "share") if _has_panel(force, name))]
    ratios = [2.0 if name in sides else 1.1 for name in panels]
    handles = _phase_handles(force, report)
    figure = Timeline(figsize=(width_in, 1.0), dpi=dpi)
    above_in = TOP_IN if titled else TOP_IN - TITLE_IN
    axes = _stacked(figure, ratios, above_in, _legend_rows(handles, width_in))
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
    time_axis(axes[-1], force)
    if titled:
        _title(figure, report)
    if handles:
        figure.legend(
            handles=handles,
            loc="lower center",
            ncols=-(-len(handles) // _legend_rows(handles, width_in)),
            fontsize=SMALL,
            frameon=False,
        )
    for ax in axes:
        place_labels(ax, LABEL_IN)
    return figure


TITLE_IN = 0.28
LEFT_IN, RIGHT_IN, TOP_IN, BOTTOM_IN, BETWEEN_IN = 0.66, 1.34, 0.68, 0.52, 0.16
LABEL_IN = 0.21
"""What the words around the panels need; measured by eye, since having it computed at each drawing
takes as long as the drawing itself."""
PANEL_IN, LEGEND_ROW_IN, HANDLE_IN = 0.93, 0.2, 1.05


def _stacked(
    figure: Timeline, ratios: Sequence[float], above_in: float, legend_rows: int
) -> list[Axes]:
    """Return panels under each other, and make the figure as high as they need."""
    bottom_in = BOTTOM_IN + LEGEND_ROW_IN * legend_rows
    panels_in = PANEL_IN * sum(ratios) + BETWEEN_IN * (len(ratios) - 1)
    width_in, height_in = figure.get_figwidth(), above_in + panels_in + bottom_in
    figure.set_figheight(height_in)
    grid = figure.subplots(len(ratios), 1, sharex=True, squeeze=False, height_ratios=ratios)
    figure.subplots_adjust(
        left=LEFT_IN / width_in,
        right=1 - RIGHT_IN / width_in,
        top=1 - above_in / height_in,
        bottom=bottom_in / height_in,
        hspace=BETWEEN_IN * len(ratios) / max(panels_in, 1e-9),
    )
    return list(grid[:, 0])


def _legend_rows(handles: Sequence[Artist], width_in: float) -> int:
    return -(-len(handles) // max(int(width_in / HANDLE_IN), 1))


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
    above = 1 - 0.12 / figure.get_figheight()
    figure.suptitle(title, x=0.01, y=above, ha="left", va="top", fontsize=SMALL + 3, color=INK)


def _phase_handles(force: pd.DataFrame, report: SessionReport) -> list[Artist]:
    """Return what the legend explains: only what is there."""
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
    return handles


def _marker_handle(marker: str, label: str) -> Line2D:
    return Line2D([], [], linestyle="", marker=marker, color=INK, markersize=4, label=label)


STEPS_S = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200)
TICKS_AN_INCH = 1.2
"""Of the figure's width, at most: so that times do not touch (our choice)."""


def time_axis(ax: Axes, force: pd.DataFrame) -> None:
    """Tell the time as the report does, however long the session: minutes and seconds.

    Parameters
    ----------
    ax : Axes
        The lowest panel.
    force : ForceTable, (n,) rows
        Its index, in s, says from when to when.
    """
    start_s = float(force.index[0]) if len(force) else 0.0
    shown_s = length_s(force)
    ax.set_xlim(start_s, start_s + max(shown_s, 0.01))
    most = TICKS_AN_INCH * ax.figure.bbox.width / ax.figure.dpi
    step_s = next((step for step in STEPS_S if shown_s / step <= most), STEPS_S[-1])
    tell = clock if step_s < 1 else whole_clock
    ax.xaxis.set_major_locator(MultipleLocator(step_s))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda time_s, _: tell(time_s)))
    ax.set_xlabel("time [min:s]", fontsize=SMALL + 1, color=INK)
