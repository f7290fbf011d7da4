"""Corrections by hand: what to change, written into a session file as a mark, and taken back.

>>> from insole import editing
>>> session = editing.remove("last", "raise", "3")  # doctest: +SKIP
>>> session = editing.undo("last")  # doctest: +SKIP

Nothing in the file is overwritten: each correction is a mark behind the recording, which reports
lay over what they find. What they had found stands beside it in ``report().edits``.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from insole.errors import StoreError
from insole.measure.edits import KINDS, LABELS, MARK, UNDO, Edit
from insole.record.store import Mark, add_mark
from insole.session import load
from insole.tables import SIDES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from insole.measure.model import HoldRow, RaiseRow, SetRow
    from insole.report.model import SessionReport
    from insole.session import Session

DIGITS = 6
"""Nothing has a longer number."""
LIST = "`insole edit FILE --list` shows what there is"


def remove(path: str | Path, kind: str, number: str, *, now: datetime | None = None) -> Session:
    """Say that a raise, a hold, or a whole set was none; return the session as it reads then.

    Parameters
    ----------
    path : str or Path
        The session file, or ``last``.
    kind : {"raise", "hold", "set"}
        What was none.
    number : str
        Which one: ``3`` for the third of the session, ``2.3`` for the third of set 2.
    now : datetime, optional
        When; by default now.

    Raises
    ------
    StoreError
        If there is no such thing, the correction makes no sense, or the file cannot be written.
    """
    session = load(path)
    return _write(session, "remove", kind, span_s=_span(session, kind, number), change={}, now=now)


def retime(
    path: str | Path,
    kind: str,
    number: str,
    *,
    start_s: float | None = None,
    end_s: float | None = None,
    top_s: float | None = None,
    lowering_onset_s: float | None = None,
    now: datetime | None = None,
) -> Session:
    """Give a raise or a hold other times; what is measured in it is measured anew.

    Parameters
    ----------
    path : str or Path
        The session file, or ``last``.
    kind : {"raise", "hold"}
        What was at other times.
    number : str
        Which one, as in `remove`.
    start_s, end_s : float, optional
        Heel-off and heel contact, s on the session's clock.
    top_s, lowering_onset_s : float, optional
        When the top was reached, and when the lowering began, s on the session's clock.
    now : datetime, optional
        When; by default now.

    Raises
    ------
    StoreError
        As in `remove`.
    """
    session = load(path)
    times = {
        "start_s": start_s, "end_s": end_s, "top_s": top_s, "lowering_onset_s": lowering_onset_s,
    }  # fmt: skip
    change = {name: value for name, value in times.items() if value is not None}
    if not change:
        raise StoreError(str(session.path), "stays as it is without a new time; give one")
    if kind == "set":
        raise StoreError(str(session.path), "a set begins and ends with what is in it; move that")
    return _write(
        session, "retime", kind, span_s=_span(session, kind, number), change=change, now=now
    )


def relabel(
    path: str | Path, kind: str, number: str, label: str, *, now: datetime | None = None
) -> Session:
    """Say what a raise, a hold, or all of a set was.

    Parameters
    ----------
    path : str or Path
        The session file, or ``last``.
    kind : {"raise", "hold", "set"}
        What is called wrongly.
    number : str
        Which one, as in `remove`.
    label : str
        One of `measure.edits.LABELS`: a variant, ``raise`` or ``hold``, ``counted`` or
        ``not_counted``.
    now : datetime, optional
        When; by default now.

    Raises
    ------
    StoreError
        As in `remove`.
    """
    session = load(path)
    if label not in LABELS:
        problem = f"nothing is called {label!r}; choose from {', '.join(LABELS)}"
        raise StoreError(str(session.path), problem)
    change = {"label": label}
    return _write(
        session, "relabel", kind, span_s=_span(session, kind, number), change=change, now=now
    )


def add(
    path: str | Path,
    kind: str,
    start_s: float,
    end_s: float,
    *,
    side: str = "both",
    now: datetime | None = None,
) -> Session:
    """Say that there was a raise or a hold where none was found, or another one.

    Parameters
    ----------
    path : str or Path
        The session file, or ``last``.
    kind : {"raise", "hold"}
        What there was.
    start_s, end_s : float
        Heel-off and heel contact, s on the session's clock.
    side : {"both", "left", "right"}
        The foot, or feet, that worked.
    now : datetime, optional
        When; by default now.

    Raises
    ------
    StoreError
        As in `remove`.
    """
    session = load(path)
    if kind not in {"raise", "hold"} or side not in {"both", *SIDES}:
        problem = "takes a raise or a hold of both feet, the left or the right one"
        raise StoreError(str(session.path), problem)
    length_s = session.report().session.duration_s
    if not 0.0 <= start_s < end_s <= length_s:
        problem = f"lasts from 0 to {length_s:.2f} s; give two times in it, the earlier one first"
        raise StoreError(str(session.path), problem)
    return _write(session, "add", kind, span_s=(start_s, end_s), change={"side": side}, now=now)


def undo(path: str | Path, *, now: datetime | None = None) -> Session:
    """Take back the last correction that is in force.

    Parameters
    ----------
    path : str or Path
        The session file, or ``last``.
    now : datetime, optional
        When; by default now.

    Raises
    ------
    StoreError
        If there is none, or the file cannot be written.
    """
    session = load(path)
    if not session.report().edits:
        raise StoreError(str(session.path), "has no correction that could be taken back")
    note = {"op": UNDO, "made_with": version("insole"), "made_at_utc": _utc(now)}
    add_mark(session.path, Mark(round(session.start_s * 1e9), MARK, json.dumps(note)))
    return load(session.path)


def rows_of(report: SessionReport, kind: str) -> Sequence[RaiseRow | HoldRow | SetRow]:
    """Return the raises, holds or sets of a report, in order of time; they count from 1.

    Parameters
    ----------
    report : SessionReport
        As it is with all corrections.
    kind : {"raise", "hold", "set"}
        What to list.
    """
    if kind == "set":
        return report.sets
    rows = report.raises if kind == "raise" else report.holds
    return sorted(rows, key=lambda row: row.heel_off_s)


def _span(session: Session, kind: str, number: str) -> tuple[float, float]:
    """Return when the one that is meant was, s."""
    if kind not in KINDS:
        raise StoreError(str(session.path), f"holds no {kind!r}; say raise, hold or set")
    rows = rows_of(session.report(), kind)
    row = _numbered(rows, number)
    if row is None:
        there = f"only {len(rows)}" if rows else "none"
        problem = f"has no {kind} {number!r}, {there}; {LIST}"
        raise StoreError(str(session.path), problem)
    if hasattr(row, "heel_off_s"):
        return row.heel_off_s, row.heel_contact_s
    return row.start_s, row.end_s


def _numbered(rows: Sequence[Any], number: str) -> Any:
    """Return the row of a number within the session, or of ``set.number``; None if none has it."""
    of_set, dot, place = number.rpartition(".")
    if not all(_is_count(part) for part in ([of_set, place] if dot else [place])):
        return None
    mine = [row for row in rows if not dot or row.set == int(of_set)]
    return mine[int(place) - 1] if 0 < int(place) <= len(mine) else None


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= DIGITS


def _write(
    session: Session,
    op: str,
    kind: str,
    *,
    span_s: tuple[float, float],
    change: Mapping[str, Any],
    now: datetime | None,
) -> Session:
    """Try a correction, and keep it if it works."""
    edit = Edit(op, kind, *span_s, change, version("insole"), _utc(now))
    mark = Mark(round((span_s[0] + session.start_s) * 1e9), MARK, edit.to_json())
    tried = session.with_marks(mark)
    if problem := tried.report().edits[-1].problem:
        raise StoreError(str(session.path), f"takes no such correction: {problem}; {LIST}")
    add_mark(session.path, mark)
    return tried


def _utc(now: datetime | None) -> str:
    return (now or datetime.now(UTC)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
