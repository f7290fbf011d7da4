"""Lines of plain text: headings, wrapped paragraphs, tables of measured rows with their notes."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from insole.report.phrase import MISSING, TO, number
from insole.report.words import because

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from insole.measured import Measured

WIDTH = 80
LOW = "~"
"""In a table: to be read with caution."""


@dataclass(frozen=True, slots=True)
class Plain:
    """A column of texts that are always there."""

    head: str
    unit: str
    get: Callable[[Any], str]
    align: str = ">"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of measured quantities; `label` names it in the notes under the table."""

    head: str
    unit: str
    get: Callable[[Any], Measured]
    label: str
    signed: bool = False
    digits: int | None = None


def heading(text: str, right: str = "", line: str = "-") -> list[str]:
    """Return a text with something at the right end of its last line, underlined.

    What does not fit there goes to the right end of a line of its own.
    """
    lines = wrap(text, WIDTH)
    if right and len(lines[-1]) + 1 + len(right) > WIDTH:
        lines.append("")
    lines[-1] += right.rjust(WIDTH - len(lines[-1]))
    return [*(each.rstrip() for each in lines), line * WIDTH]


def paragraph(text: str, first: str = "  ", rest: str | None = None) -> list[str]:
    """Return the text in lines of at most `WIDTH` characters, indented."""
    indent = " " * len(first) if rest is None else rest
    return wrap(text, WIDTH, initial_indent=first, subsequent_indent=indent)


def measured_table(
    names: Sequence[str], rows: Sequence[Any], columns: Sequence[Plain | Column]
) -> list[str]:
    """Return a table of rows, then a note for each mark in it and for each column left out.

    Parameters
    ----------
    names : sequence of str
        What a note calls each row: "round 1", …
    rows : sequence
        Rows of a report, one line each.
    columns : sequence of Plain or Column
        From left to right. A measured column without a single value is left out, with a note.
    """
    notes = notes_of(names, rows, columns)
    return [
        *_table(seen_columns(rows, columns), rows),
        *(line for mark, text in notes for line in paragraph(text, f"  {mark:<4}")),
    ]


def seen_columns(rows: Sequence[Any], columns: Sequence[Plain | Column]) -> list[Plain | Column]:
    """Return the columns without those measured ones that have not a single value."""
    return [c for c in columns if isinstance(c, Plain) or _has_value(c, rows)]


def notes_of(
    names: Sequence[str], rows: Sequence[Any], columns: Sequence[Plain | Column]
) -> list[tuple[str, str]]:
    """Return the mark and the text of each note under a table; see `measured_table`.

    Parameters
    ----------
    names : sequence of str
        What a note calls each row: "round 1", …
    rows : sequence
        Rows of a report.
    columns : sequence of Plain or Column
        From left to right; of those that `seen_columns` leaves out, the note says why.
    """
    seen = seen_columns(rows, columns)
    unseen = [c for c in columns if c not in seen and isinstance(c, Column)]
    measured = [c for c in seen if isinstance(c, Column)]
    return [*_cell_notes(names, rows, measured), *_column_notes(rows, unseen)]


def _has_value(column: Column, rows: Sequence[Any]) -> bool:
    return any(column.get(row).value is not None for row in rows)


def _table(columns: Sequence[Plain | Column], rows: Sequence[Any]) -> list[str]:
    texts = [[c.head, c.unit, *(_cell(c, row) for row in rows)] for c in columns]
    widths = [max(map(len, column)) for column in texts]
    aligns = [c.align if isinstance(c, Plain) else ">" for c in columns]
    return [
        "  " + "  ".join(map(format, line, map("{}{}".format, aligns, widths))).rstrip()
        for line in zip(*texts, strict=True)
    ]


def _cell(column: Plain | Column, row: Any) -> str:
    if isinstance(column, Plain):
        return column.get(row)
    measured = column.get(row)
    mark = "" if measured.quality != "low" else f"{LOW} " if column.signed else LOW
    return mark + number(measured, signed=column.signed, digits=column.digits)


def _cell_notes(
    names: Sequence[str], rows: Sequence[Any], columns: Sequence[Column]
) -> list[tuple[str, str]]:
    notes: dict[tuple[str, tuple[str, ...], tuple[str, ...]], list[str]] = {}
    for column in columns:
        where: dict[tuple[str, tuple[str, ...]], list[str]] = {}
        for name, measured in zip(names, map(column.get, rows), strict=True):
            if measured.reasons:
                mark = MISSING if measured.value is None else LOW
                where.setdefault((mark, measured.reasons), []).append(name)
        for (mark, reasons), marked in where.items():
            notes.setdefault((mark, reasons, tuple(marked)), []).append(column.label)
    return [
        (mark, f"{', '.join(labels)}{_in_rows(marked, names)}: {because(reasons)}")
        for (mark, reasons, marked), labels in notes.items()
    ]


def _in_rows(marked: Sequence[str], names: Sequence[str]) -> str:
    return "" if len(marked) == len(names) else f" in {', '.join(marked)}"


def _column_notes(rows: Sequence[Any], columns: Iterable[Column]) -> list[tuple[str, str]]:
    notes: dict[tuple[str, ...], list[str]] = {}
    for column in columns:
        reasons = tuple(dict.fromkeys(word for row in rows for word in column.get(row).reasons))
        notes.setdefault(reasons, []).append(column.label)
    return [
        (TO.strip(), f"{', '.join(labels)}: not observable ({because(reasons)})")
        for reasons, labels in notes.items()
    ]
