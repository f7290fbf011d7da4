"""Sections of the text report beside the sets: what was done when, toes, sway, corrections."""

from __future__ import annotations

from typing import TYPE_CHECKING

from insole.report.edited import edit_line
from insole.report.layout import Column, Plain, heading, measured_table, paragraph
from insole.report.phrase import TO, clock, counted, length
from insole.report.words import ACTIVITIES, SIDES, because

if TYPE_CHECKING:
    from collections.abc import Sequence

    from insole.measure.model import ActivityRow, RockRow, ToeYogaRow
    from insole.report.model import SessionReport

SWAY_COLUMNS: tuple[Plain | Column, ...] = (
    Plain("", "", lambda r: f"{ACTIVITIES.get(r.activity, r.activity)}, {r.side}", "<"),
    Plain(f"from{TO}to", "min:s", lambda r: f"{clock(r.start_s)}{TO}{clock(r.end_s)}"),
    Column("RMS", "mm", lambda r: r.rms_mm, "distance from the mean place (RMS)", digits=1),
    Column("along", "mm", lambda r: r.range_ap_mm, "range along the foot"),
    Column("across", "mm", lambda r: r.range_ml_mm, "range across the foot"),
    Column("speed", "mm/s", lambda r: r.mean_velocity_mm_per_s, "mean speed of the path"),
    Column("ellipse", "mm²", lambda r: r.ellipse_mm2, "95 % prediction ellipse", digits=0),
)
LIKELY = "Directions are likely, not certain: they compare with what the calibration taught."


def timetable(report: SessionReport) -> list[str]:
    """Return when what was done, from the first to the last moment of the session."""
    if not report.activities:
        return []
    lines = ["", f"  {'from' + TO + 'to':<18}what"]
    return lines + [f"  {_when(row):<18}{_what(row)}" for row in report.activities]


def toes(report: SessionReport) -> list[str]:
    """Return the bouts of toe yoga and the rocks over the toes, foot by foot."""
    if not report.toe_yoga and not report.rocking:
        return []
    lines = heading("Toes")
    for bout in report.toe_yoga:
        lines += paragraph(_bout(bout))
    for side in dict.fromkeys(row.side for row in report.rocking):
        lines += paragraph(_rocks(side, [row for row in report.rocking if row.side == side]))
    if any(row.direction for row in report.rocking):
        lines += paragraph(LIKELY)
    return lines


def sway(report: SessionReport) -> list[str]:
    """Return how the centres of pressure wandered in holds and quiet stands of 20 s or more."""
    if not report.sway:
        return []
    names = [f"{_name(row.activity)}, {row.side} {clock(row.start_s)}" for row in report.sway]
    return [
        *heading("Sway of the centre of pressure"),
        *measured_table(names, report.sway, SWAY_COLUMNS),
    ]


def _when(row: ActivityRow) -> str:
    return f"{clock(row.start_s):>7}{TO}{clock(row.end_s)}"


def _what(row: ActivityRow) -> str:
    told = _name(row.activity)
    if row.activity not in {"nothing", "walking", "calibration"}:
        told += f", {SIDES.get(row.side, row.side)}"
    return told + (f" (set {row.set})" if row.set is not None else "")


def _name(activity: str) -> str:
    return ACTIVITIES.get(activity, activity.replace("_", " "))


def _bout(bout: ToeYogaRow) -> str:
    told = f"Toe yoga, {SIDES[bout.side]}: {counted(bout.alternations, 'alternation')} in "
    told += length(bout.end_s - bout.start_s)
    if bout.grips:
        told += f", toes gripped {counted(bout.grips, 'time')}"
    return f"{told}{_doubt(bout.reasons)}."


def _rocks(side: str, rows: Sequence[RockRow]) -> str:
    told = f"Rocking, {SIDES[side]}: {counted(len(rows), 'rock')}"
    if lifted := sum(bool(row.heel_lift) for row in rows):
        told += f", heel lifted in {lifted}"
    ways = [row.direction for row in rows if row.direction]
    parts = [f"{ways.count(way)} {_TOES[way]}" for way in _TOES if way in ways]
    words = dict.fromkeys(w for row in rows for w in row.reasons if w != "heel_lift")
    return told + (f"; {', '.join(parts)}" if parts else "") + _doubt(tuple(words)) + "."


_TOES = {
    "big": "over the big toe",
    "middle": "over the middle",
    "little": "over the little toe",
    "unclear": "in an unclear direction",
}


def _doubt(reasons: tuple[str, ...]) -> str:
    return f" ({because(reasons)})" if reasons else ""


def corrections(report: SessionReport) -> list[str]:
    """Return what was corrected by hand, with the versions that found and that now report it."""
    if not report.edits:
        return []
    lines = heading("Corrected by hand")
    for edit in report.edits:
        lines += paragraph(edit_line(edit), rest="      ")
    now = str(report.software.get("insole", ""))
    others = dict.fromkeys(e.made_with for e in report.edits if e.made_with not in {"", now})
    if others and now:
        told = f"corrected in reports of insole {', '.join(others)}, analysed anew by insole {now}"
        lines += paragraph(f"These figures were {told}; the hand wins where they differ.")
    return lines
