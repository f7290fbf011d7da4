"""What the page of many sessions says, for a visit to the therapist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from insole.plot.page import WIDE_IN
from insole.plot.svg import to_svg
from insole.plot.trend import trend_figure
from insole.report.html import Card, Picture, history_page
from insole.report.phrase import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any, TypeAlias

    from insole.history.standing import Standing
    from insole.history.trend import TrendRow
    from insole.programme.model import Ratings

    Table: TypeAlias = tuple[str, Sequence[str], Sequence[Sequence[object]]]
    Group: TypeAlias = tuple[str, Sequence[TrendRow]]

ABSENT = "–"
_MOMENTS = (
    ("before", "before"), ("worst", "at worst"), ("after", "right after"),
    ("later", "minutes later"), ("next_morning", "next morning"),
)  # fmt: skip


def visit_page(
    rows: Sequence[TrendRow],
    plain: Sequence[Mapping[str, Any]],
    groups: Sequence[Group],
    ways: Sequence[str],
    standing: Standing | None = None,
) -> str:
    """Return how things went as one page.

    Parameters
    ----------
    rows : sequence of TrendRow
        One for each session, exercise and foot, in order of time.
    plain : sequence of mapping
        The same rows as plain values, as ``insole history --json`` prints them.
    groups : sequence of (name, rows)
        The same rows by exercise and foot.
    ways : sequence of str
        From where to where each group went; "" if nothing is to be said.
    standing : Standing, optional
        Where the programme has brought the person.
    """
    return history_page(
        _when(rows),
        cards=list(_cards(rows)),
        sentences=[*_where(standing), *_sentences(groups, ways)],
        programme={"decision": list(_decisions(standing))},
        tables=[*(_table(name, mine) for name, mine in groups), _pain_table(rows)],
        pictures=[_trend(rows, plain, standing)] if rows else [],
    )


def _when(rows: Sequence[TrendRow]) -> str:
    if not rows:
        return "nothing was done yet, as far as sessions here show"
    return f"{rows[0].started_at:%Y-%m-%d} to {rows[-1].started_at:%Y-%m-%d}"


def _trend(
    rows: Sequence[TrendRow], plain: Sequence[Mapping[str, Any]], standing: Standing | None
) -> Picture:
    limit = standing.programme.pain.limit if standing else None
    figure = trend_figure(plain, limit, width_in=WIDE_IN, titled=False)
    described = (
        f"Lines over the days from {_when(rows)}, one for each exercise and foot: hold, lowering, "
        "repetitions, heel height and left share where they are known, and pain. "
        "The tables below hold the same numbers."
    )
    title = "How things went, session by session"
    return Picture("trend", title, described, to_svg(figure, "trend"), "session", wide=True)


# ---------------------------------------------------------------------------------- for the person


def _cards(rows: Sequence[TrendRow]) -> Iterator[Card]:
    """Tell how much was done, how it goes now beside how it began, and the pain."""
    if not rows:
        return
    days = {row.started_at.date() for row in rows}
    sessions = {row.session for row in rows}
    on_days = counted(len(days), "day")
    yield Card(
        str(len(sessions)), f"{'session' if len(sessions) == 1 else 'sessions'} on {on_days}"
    )
    last = rows[-1]
    alike = [row for row in rows if _kind(row) == _kind(last)]
    name, unit, digits = ("reps", "", 0) if last.hold_s is None else ("hold_s", " s", 1)
    seen = [value for row in alike if (value := getattr(row, name)) is not None]
    if seen:
        what = "repetitions in a set" if name == "reps" else "mean hold"
        first = f"{number(seen[0], digits)}{unit} in the first" if len(seen) > 1 else ""
        yield Card(f"{number(seen[-1], digits)}{unit}", f"{what}, last session", first)
    if hurt := list(_worst(rows)):
        first = f"{hurt[0]} in the first that told" if len(hurt) > 1 else ""
        yield Card(f"{hurt[-1]} of 10", "pain at worst of either foot, told last", first)


def _worst(rows: Sequence[TrendRow]) -> Iterator[int]:
    """Yield the highest pain of each session that told one, whichever foot worked."""
    for row in {row.session: row for row in rows}.values():
        told = [one.worst for one in (row.left, row.right) if one.worst is not None]
        if told:
            yield max(told)


def _kind(row: TrendRow) -> tuple[str, str, str]:
    return row.exercise, row.variant, row.side


def _sentences(groups: Sequence[Group], ways: Sequence[str]) -> list[str]:
    return [
        f"{name[:1].upper()}{name[1:]}, {counted(len(mine), 'session')}{': ' if way else ''}{way}."
        for (name, mine), way in zip(groups, ways, strict=True)
    ]


def _where(standing: Standing | None) -> Iterator[str]:
    if standing is None:
        return
    for due in standing.prescribed:
        legs = "both legs" if due.side == "both" else f"{due.side} leg"
        step = due.step.id.replace("_", " ")
        yield f"{standing.programme.title}, {legs}: {due.stage.title} ({step})."


def _decisions(standing: Standing | None) -> Iterator[dict[str, Any]]:
    if standing is None:
        return
    for due in standing.prescribed:
        last = standing.course.last(due.side)
        reason = last.reason if last else "Nothing done yet since the programme began."
        yield {
            "side": due.side, "reason": due.stop or reason,
            "evidence": last.evidence if last else (),
        }  # fmt: skip


# ------------------------------------------------------------------------------- for the therapist


def _table(name: str, rows: Sequence[TrendRow]) -> Table:
    holds = rows[0].exercise == "isometric_hold"
    done, timed = ("rounds", "held [s]") if holds else ("repetitions", "lowered [s]")
    head = ("session", "sets", done, timed, "heel height [mm]", "left share [%]",
            "worst pain, left", "worst pain, right")  # fmt: skip
    lines = [
        (
            f"{row.started_at:%Y-%m-%d %H:%M}", row.sets,
            number(row.rounds if holds else row.reps),
            number(row.hold_s if holds else row.lowering_s, 1), number(row.height_mm),
            number(None if row.left_share is None else 100 * row.left_share),
            number(row.left.worst), number(row.right.worst),
        )
        for row in rows
    ]  # fmt: skip
    return f"{name[:1].upper()}{name[1:]}", head, lines


def _pain_table(rows: Sequence[TrendRow]) -> Table:
    """Return each rating of each session once; nothing without ratings."""
    sessions = {row.session: row for row in rows}.values()
    lines = [
        (f"{row.started_at:%Y-%m-%d %H:%M}, {foot}", *_scores(given))
        for row in sessions
        for foot, given in (("left", row.left), ("right", row.right))
        if any(getattr(given, moment) is not None for moment, _ in _MOMENTS)
    ]
    return "Pain, 0 to 10", ("session, foot", *(name for _, name in _MOMENTS)), lines


def _scores(given: Ratings) -> list[str]:
    return [number(getattr(given, moment)) for moment, _ in _MOMENTS]


def number(value: float | None, digits: int = 0) -> str:
    """Return a number, or a dash where there is none."""
    return ABSENT if value is None else f"{value:z.{digits}f}"
