"""Rows of a report as corrected by hand, and the list of what was corrected."""

from __future__ import annotations

from dataclasses import asdict, fields, replace
from typing import TYPE_CHECKING, TypeVar

from insole.measure.model import EditRow, HoldRow, RaiseRow, SetRow
from insole.measured import Measured, low

if TYPE_CHECKING:
    from collections.abc import Sequence

    from insole.measure.edits import Edit
    from insole.measure.overlay import Key, Outcome, Overlay
    from insole.report.model import SessionReport

BY_HAND = "by_hand"
Row = TypeVar("Row", HoldRow, RaiseRow)


def marked(row: Row, key: Key, over: Overlay) -> Row:
    """Return a row that says what of it somebody corrected: the row, and each time that was given.

    Parameters
    ----------
    row : HoldRow or RaiseRow
        As measured between the corrected bounds.
    key : (int, int)
        Those bounds, in samples.
    over : Overlay
        The corrections.
    """
    if key not in over.touched:
        return row
    changes: dict[str, object] = {"reasons": _with(row.reasons)}
    if key in over.moved:
        timed = [(f.name, getattr(row, f.name)) for f in fields(row)]
        changes |= {name: _by_hand(one) for name, one in timed if _is_time(one)}
    if isinstance(row, RaiseRow) and key in over.counted:
        changes["counted"] = over.counted[key]
    return replace(row, **changes)  # type: ignore[arg-type]  # names and types of its own fields


def marked_set(row: SetRow, keys: Sequence[Key], over: Overlay, rate_hz: float) -> SetRow:
    """Return the row of a set that says whether anything in it was corrected, or taken out.

    Parameters
    ----------
    row : SetRow
        Of the corrected holds or raises.
    keys : sequence of (int, int)
        The bounds of those, in samples.
    over : Overlay
        The corrections.
    rate_hz : float
        Rate, Hz.
    """
    start, end = row.start_s * rate_hz, row.end_s * rate_hz
    taken = any(first < end and last > start for first, last in over.removed)
    if not taken and not over.touched & {*keys}:
        return row
    return replace(row, reasons=_with(row.reasons))


def edit_rows(
    edits: Sequence[Edit], outcomes: Sequence[Outcome], plain: SessionReport, rate_hz: float
) -> tuple[EditRow, ...]:
    """Return what was corrected, with what the analysis had found there.

    Parameters
    ----------
    edits, outcomes : sequences
        The corrections and what became of each.
    plain : SessionReport
        The report without them.
    rate_hz : float
        Rate, Hz.
    """
    return tuple(
        EditRow(
            edit=number,
            op=edit.op,
            kind=edit.kind,
            start_s=edit.start_s,
            end_s=edit.end_s,
            change=dict(edit.change),
            made_with=edit.made_with,
            made_at_utc=edit.made_at_utc,
            applied=not outcome.problem,
            problem=outcome.problem,
            original=_original(edit, outcome, plain, rate_hz),
        )
        for number, (edit, outcome) in enumerate(zip(edits, outcomes, strict=True), 1)
    )


def _original(
    edit: Edit, outcome: Outcome, plain: SessionReport, rate_hz: float
) -> dict[str, object]:
    """Return the uncorrected rows that a correction changed, by the table they stand in."""
    keys = {*outcome.originals}
    found: dict[str, list[dict[str, object]]] = {}
    for table in ("holds", "raises"):
        rows = [row for row in getattr(plain, table) if _key(row, rate_hz) in keys]
        if rows:
            found[table] = [_plain(row) for row in rows]
    if edit.kind == "set" and found:
        numbers = {row["set"] for rows in found.values() for row in rows}
        found["sets"] = [_plain(row) for row in plain.sets if row.set in numbers]
    return {**found}


def _plain(row: object) -> dict[str, object]:
    """Return a row as JSON has it: lists for tuples."""
    tree: dict[str, object] = asdict(row)  # type: ignore[call-overload]  # a dataclass
    return {name: _listed(value) for name, value in tree.items()}


def _listed(value: object) -> object:
    if isinstance(value, dict):
        return {name: _listed(inner) for name, inner in value.items()}
    return [*map(_listed, value)] if isinstance(value, tuple) else value


def _key(row: HoldRow | RaiseRow, rate_hz: float) -> Key:
    return round(row.heel_off_s * rate_hz), round(row.heel_contact_s * rate_hz)


def _is_time(value: object) -> bool:
    return isinstance(value, Measured) and value.unit == "s" and value.value is not None


def _by_hand(one: Measured) -> Measured:
    return low(one.value or 0.0, one.unit, one.method, *_with(one.reasons))


def _with(reasons: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*reasons, BY_HAND)))
