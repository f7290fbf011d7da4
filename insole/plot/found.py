"""What was found, drawn over the panels: shaded phases, names of rows, events."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from insole.plot.series import length_s
from insole.plot.style import CROWD, EVENT_MARKER, INK, PHASE_COLOUR, SMALL

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pandas as pd
    from matplotlib.axes import Axes

    from insole.measure.model import Event, HoldRow, RaiseRow
    from insole.report.model import SessionReport

    Span: TypeAlias = tuple[str, float, float]


def shade_phases(ax: Axes, report: SessionReport) -> Axes:
    """Shade holds, and the raising, top and lowering of raises; without them the heel-up time.

    Parameters
    ----------
    ax : Axes
        A panel with time in s.
    report : SessionReport
        Whose rows to shade.
    """
    places: dict[str, list[tuple[float, float]]] = {}
    for phase, start_s, end_s in spans(report):
        places.setdefault(phase, []).append((start_s, end_s - start_s))
    for phase, runs in places.items():  # one artist for all of a phase: many are slow to draw
        colour, alpha = PHASE_COLOUR[phase]
        ax.broken_barh(
            runs, (0.0, 1.0), transform=ax.get_xaxis_transform(), label="_" + phase,
            facecolor=colour, alpha=alpha, linewidth=0, zorder=0,
        )  # fmt: skip
    return ax


def name_rows(ax: Axes, report: SessionReport, force: pd.DataFrame) -> Axes:
    """Write the name of each hold and raise above its place, where there is room for it.

    Parameters
    ----------
    ax : Axes
        The uppermost panel, time in s.
    report : SessionReport
        Whose rows to name.
    force : ForceTable, (n,) rows
        Its length says how much room a second takes; index in s.
    """
    inches_a_second = 0.8 * ax.figure.bbox.width / ax.figure.dpi / max(length_s(force), 1e-9)
    rows: list[tuple[str, bool, HoldRow | RaiseRow]] = [
        *((f"hold {i}", True, row) for i, row in enumerate(report.holds, 1)),
        *((f"raise {i}", row.counted, row) for i, row in enumerate(report.raises, 1)),
    ]
    for name, is_counted, row in rows:
        text = name if is_counted else f"{name}\nnot counted"
        room_in = (row.heel_contact_s - row.heel_off_s) * inches_a_second
        if room_in > 0.055 * max(map(len, text.split("\n"))):
            middle = (row.heel_off_s + row.heel_contact_s) / 2
            colour = INK if is_counted else "#888888"
            ax.annotate(
                text, (middle, 1.01), xycoords=("data", "axes fraction"),
                ha="center", va="bottom", fontsize=SMALL, color=colour,
            )  # fmt: skip
    return ax


def mark_events(ax: Axes, events: Iterable[Event], side: str) -> Axes:
    """Mark the events of one foot along the upper edge: triangles up and down, ticks for others.

    Parameters
    ----------
    ax : Axes
        The panel of that foot, time in s.
    events : iterable of Event
        Of both feet; times in s.
    side : {"left", "right"}
        Which foot.
    """
    times_of: dict[str, list[float]] = {}
    for event in events:
        if event.side == side:
            times_of.setdefault(EVENT_MARKER.get(event.event, "|"), []).append(event.time_s)
    for marker, times_s in times_of.items():
        size = 4.0 if len(times_s) < CROWD else 2.0
        ax.plot(
            times_s, [0.96] * len(times_s), transform=ax.get_xaxis_transform(),
            linestyle="", marker=marker, color=INK, markersize=size, label="_",
        )  # fmt: skip
    return ax


def spans(report: SessionReport) -> Iterator[Span]:
    """Yield what to shade: name of the phase, start and end in s."""
    for hold in report.holds:
        yield from row_spans(hold, hold.onset_s, hold.end_s, "hold")
    for row in report.raises:
        yield from row_spans(row, row.top_s, row.lowering_onset_s, "top")


def row_spans(
    row: HoldRow | RaiseRow, top_s: float | None, onset_s: float | None, name: str
) -> list[Span]:
    """Return the phases of a row: name, start and end in s; without them its heel-up time.

    Parameters
    ----------
    row : HoldRow or RaiseRow
        Whose phases.
    top_s, onset_s : float or None
        From when to when the heel was on top, s.
    name : str
        What that is called: ``hold`` or ``top``.
    """
    if top_s is None or onset_s is None:
        return [("heel up", row.heel_off_s, row.heel_contact_s)]
    return [
        ("raising", row.heel_off_s, top_s),
        (name, top_s, onset_s),
        ("lowering", onset_s, row.heel_contact_s),
    ]
