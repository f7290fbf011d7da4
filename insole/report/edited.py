"""Corrections by hand, and what they can be made to, as lines for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from insole.measure.model import HoldRow, RaiseRow, SetRow
from insole.report.phrase import TO, clock
from insole.report.words import EXERCISES, SIDES, VARIANTS, because

if TYPE_CHECKING:
    from collections.abc import Mapping

    from insole.measure.model import EditRow

_TIMES = {
    "start_s": "heel-off at",
    "end_s": "heel contact at",
    "top_s": "top at",
    "lowering_onset_s": "lowering from",
}
_OPS = {"remove": "taken out"}


def row_line(kind: str, number: int, row: RaiseRow | HoldRow | SetRow) -> str:
    """Return one line that names a raise, a hold or a set: number, place, times, what it was.

    Parameters
    ----------
    kind : {"raise", "hold", "set"}
        What it is.
    number : int
        Its number in the session.
    row : RaiseRow, HoldRow or SetRow
        From the report.
    """
    what = VARIANTS.get(getattr(row, "variant", "")) or SIDES.get(row.side, row.side)
    if isinstance(row, SetRow):
        name = EXERCISES.get(row.exercise, row.exercise)
        return f"set {row.set:<7}{_span(row.start_s, row.end_s)}  {name}, {what}"
    place = f"set {row.set}"
    if isinstance(row, RaiseRow):
        place += f", rep {row.rep}"
        what += ", counted" if row.counted else ", not counted"
    remark = f" ({because(row.reasons)})" if row.reasons else ""
    span = _span(row.heel_off_s, row.heel_contact_s)
    return f"{kind + ' ' + str(number):<11}{span}  {place}: {what}{remark}"


def edit_line(edit: EditRow) -> str:
    """Return one line that tells a correction, when it was made, and with what.

    Parameters
    ----------
    edit : EditRow
        From the report.
    """
    what = f"{edit.kind} {_span(edit.start_s, edit.end_s).strip()} {_done(edit)}"
    day = edit.made_at_utc[:10]
    made = ", ".join(filter(None, (day, f"with insole {edit.made_with}" if edit.made_with else "")))
    ending = f"; not applied: {edit.problem}" if edit.problem else ""
    return f"correction {edit.edit}: {what}" + (f" ({made})" if made else "") + ending


def _done(edit: EditRow) -> str:
    if edit.op == "retime":
        return f"moved: {_moves(edit.change)}"
    if edit.op == "relabel":
        return f"is called {str(edit.change.get('label', '')).replace('_', ' ')}"
    if edit.op == "add":
        return f"added, {SIDES.get(edit.change.get('side', 'both'), 'both feet')}"
    return _OPS.get(edit.op, "changed in a way this version does not know")


def _moves(change: Mapping[str, Any]) -> str:
    parts = (f"{word} {clock(change[name])}" for name, word in _TIMES.items() if name in change)
    return ", ".join(parts)


def _span(start_s: float, end_s: float) -> str:
    return f"{clock(start_s):>7}{TO}{clock(end_s):<7}"
