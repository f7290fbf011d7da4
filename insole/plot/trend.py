"""How things went over weeks: a panel for each figure, a line for each exercise and foot."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure

from insole.plot.style import BESIDE, INK, PALE, SIDE_COLOUR, SMALL, WIDTH_IN, dress

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes

    Row = Mapping[str, Any]

PANEL_IN = 1.7
EDGES_IN = 1.1
BOTH_COLOUR = "#009E73"
"""Of what both feet did together: green of Okabe & Ito."""
MARKER = {
    ("isometric_hold", "double"): "o", ("isometric_hold", "single"): "s",
    ("eccentric_raise", "double"): "^", ("eccentric_raise", "two_up_one_down"): "D",
    ("eccentric_raise", "single"): "v",
}  # fmt: skip
NAME = {
    ("isometric_hold", "double"): "holds", ("isometric_hold", "single"): "holds",
    ("eccentric_raise", "double"): "raises",
    ("eccentric_raise", "two_up_one_down"): "two up, one down",
    ("eccentric_raise", "single"): "raises",
}  # fmt: skip
FOOT = {"both": "both feet", "left": "left", "right": "right"}


class Panel(NamedTuple):
    """A figure that is followed: its column, its label, a factor, and the scale it is drawn on."""

    column: str
    label: str
    factor: float = 1.0
    limits: tuple[float, float] | None = None


PANELS = (
    Panel("hold_s", "hold [s]"),
    Panel("lowering_s", "lowering [s]"),
    Panel("reps", "repetitions\nin a set"),
    Panel("height_mm", "heel height\n[mm]"),
    Panel("left_share", "left share [%]", 100.0),
)
PAIN = Panel("pain_worst", "pain at worst\n[0 to 10]", limits=(-0.5, 10.5))


def trend_figure(
    rows: Sequence[Row],
    limit: int | None = None,
    *,
    width_in: float = WIDTH_IN,
    titled: bool = True,
) -> Figure:
    """Draw how things went over time.

    Parameters
    ----------
    rows : sequence of mapping
        As ``insole history --json`` prints them: one for each session, exercise and foot.
    limit : int, optional
        Pain below which the programme wants to stay, 0 to 10; drawn as a line.
    width_in : float
        Width of the figure, inches of 72 points.
    titled : bool
        False where what stands around the figure says what it is.

    Returns
    -------
    Figure
        A panel for each figure that any row has.
    """
    panels = [panel for panel in PANELS if any(row[panel.column] is not None for row in rows)]
    count = max(1, len(panels) + 1)
    figure = Figure(figsize=(width_in, PANEL_IN * count + EDGES_IN), layout="constrained")
    axes = list(figure.subplots(count, 1, sharex=True, squeeze=False)[:, 0])
    for ax, panel in zip(axes, panels, strict=False):
        _draw(ax, rows, panel)
    _draw_pain(axes[-1], rows, limit)
    if titled:
        figure.suptitle(_title(rows), fontsize=SMALL + 3, color=INK)
    locator = AutoDateLocator()  # type: ignore[no-untyped-call]  # matplotlib's stubs lack it
    axes[-1].xaxis.set_major_locator(locator)
    form = ConciseDateFormatter(locator)  # type: ignore[no-untyped-call]  # likewise
    axes[-1].xaxis.set_major_formatter(form)
    axes[-1].xaxis.get_offset_text().set(fontsize=SMALL, color=INK)
    _name_lines(axes)
    return figure


def _title(rows: Sequence[Row]) -> str:
    if not rows:
        return "nothing was done yet"
    days = sorted(row["started_at"][:10] for row in rows)
    sessions = len({row["session"] for row in rows})
    return f"{sessions} sessions from {days[0]} to {days[-1]}"


def _draw(ax: Axes, rows: Sequence[Row], panel: Panel) -> None:
    dress(ax, panel.label)
    for (exercise, variant, side), mine in _grouped(rows).items():
        seen = [row for row in mine if row[panel.column] is not None]
        if seen:
            colour = SIDE_COLOUR.get(side, BOTH_COLOUR)
            ax.plot(
                [_when(row) for row in seen],  # type: ignore[arg-type]  # matplotlib takes times
                [panel.factor * row[panel.column] for row in seen],
                color=colour, marker=MARKER.get((exercise, variant), "."), markersize=4,
                linewidth=1.0, label=f"{NAME.get((exercise, variant), exercise)}, {FOOT[side]}",
            )  # fmt: skip
    if panel.column == "left_share":
        ax.axhline(50.0, color=PALE, linewidth=0.8, zorder=0.5)
        ax.set_ylim(-4.0, 104.0)  # marks of one foot alone lie on 0 and 100
    else:
        values = [row[panel.column] for row in rows if row[panel.column] is not None]
        # from 0 on, so that what is small looks small
        ax.set_ylim(0.0, 1.1 * panel.factor * max([*values, 1e-9]))


def _draw_pain(ax: Axes, rows: Sequence[Row], limit: int | None) -> None:
    """Draw the pain of each foot, once for each session."""
    dress(ax, PAIN.label)
    sessions = {row["session"]: row for row in rows}.values()
    for foot, marker in (("left", "<"), ("right", ">")):
        seen = [row for row in sessions if row[f"{PAIN.column}_{foot}"] is not None]
        ax.plot(
            [_when(row) for row in seen],  # type: ignore[arg-type]  # matplotlib takes times
            [row[f"{PAIN.column}_{foot}"] for row in seen],
            color=SIDE_COLOUR[foot], marker=marker, markersize=4, linewidth=1.0,
            label=f"pain, {foot}",
        )  # fmt: skip
    if limit is not None:
        ax.axhline(limit, color="#D55E00", linewidth=0.9, linestyle="--", label="limit")
    ax.set_ylim(*PAIN.limits or (0, 10))


def _name_lines(axes: Sequence[Axes]) -> None:
    """Name each line once, beside the first panel that it stands in."""
    named: set[str] = set()
    for ax in axes:
        handles, labels = ax.get_legend_handles_labels()
        fresh = [(h, label) for h, label in zip(handles, labels, strict=True) if label not in named]
        named |= {label for _, label in fresh}
        if fresh:
            ax.legend(*zip(*fresh, strict=True), **BESIDE)


def _grouped(rows: Sequence[Row]) -> dict[tuple[str, str, str], list[Row]]:
    groups: dict[tuple[str, str, str], list[Row]] = {}
    for row in rows:
        groups.setdefault((row["exercise"], row["variant"], row["side"]), []).append(row)
    return groups


def _when(row: Row) -> datetime:
    """Return when a session began, by the clock of the place: days are what is compared."""
    return datetime.fromisoformat(row["started_at"]).replace(tzinfo=None)
