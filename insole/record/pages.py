"""The rows on the pages of a damaged file, found without SQLite.

SQLite reaches a row by a path of pages, and one bad page on that path hides thousands of sound
rows; in a file that lacks its end, almost all. Here every page is looked at by itself. A row is
known by the types of its columns, which differ from table to table, and by its seal: what is
found need not be right, since all of it is compared with the seals afterwards.

Only what our own schema can contain is understood. Source of the layout: "Database File Format",
sqlite.org/fileformat2.html, sections 1.5, 1.6 and 2.1.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from insole.record.seal import Row, Value

_TABLES = {
    "nttib": "packet",
    "ntitt": "link_event",
    "nitt": "mark",
    "ntttiiiib": "seal",
    "tttttttt": "device",
    "ttb": "attachment",
    "tt": "meta",
}
"""Types of the columns as they lie in the file → table; n: the id, which is kept elsewhere."""

_TABLE_LEAF = 0x0D
_INTEGER_LENGTHS = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8, 8: 0, 9: 0}
_FIRST_BLOB = 12


class _NotARowError(Exception):
    """What was taken for a row is none; never leaves this module."""


def read_pages(file: bytes, page_length: int, reserved: int) -> dict[str, list[Row]]:
    """Return all rows that can be found, by table and in order of id, text as bytes.

    Parameters
    ----------
    file : bytes
        The whole file, or what is left of it.
    page_length : int
        Length of a page, bytes.
    reserved : int
        Bytes at the end of each page that SQLite does not use.
    """
    numbered: dict[str, set[tuple[int, Row]]] = {table: set() for table in _TABLES.values()}
    for start in range(page_length, len(file), page_length):  # the first page holds the schema
        for at in _cells(file[start : start + page_length]):
            with suppress(_NotARowError, IndexError):
                id_, record = _record(file, start + at, page_length, reserved)
                table, row = _row(id_, record)
                numbered[table].add((id_, row))
    return {table: [row for _, row in sorted(rows)] for table, rows in numbered.items()}


def _cells(page: bytes) -> list[int]:
    """Return where on a page rows begin, bytes from its start; none on pages of other kinds."""
    if page[0] != _TABLE_LEAF:
        return []
    pointers = page[8 : 8 + 2 * int.from_bytes(page[3:5], "big")]
    return [int.from_bytes(pointers[at : at + 2], "big") for at in range(0, len(pointers), 2)]


def _record(file: bytes, at: int, page_length: int, reserved: int) -> tuple[int, bytes]:
    """Return id and record of the row at a place in the file, in bytes from its start."""
    length, at = _varint(file, at)
    id_, at = _varint(file, at)
    usable = page_length - reserved
    local = _local_length(length, usable)
    record = file[at : at + local]
    if local < length:
        link = file[at + local : at + local + 4]
        record += _overflow(file, link, length - local, page_length, usable)
    return id_, record


def _local_length(length: int, usable: int) -> int:
    """Return how many bytes of a record of `length` bytes lie on its own page."""
    most, least = usable - 35, (usable - 12) * 32 // 255 - 23
    if length <= most:
        return length
    local = least + (length - least) % (usable - 4)
    return local if local <= most else least


def _overflow(file: bytes, link: bytes, length: int, page_length: int, usable: int) -> bytes:
    """Return the rest of a long record, which lies on a chain of pages."""
    parts = []
    while length > 0:
        start = (int.from_bytes(link, "big") - 1) * page_length
        page = file[start : start + usable] if start > 0 else b""
        if len(page) < usable:
            raise _NotARowError
        link, part = page[:4], page[4 : 4 + length]
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


def _row(id_: int, record: bytes) -> tuple[str, Row]:
    """Return the table that a record fits, and its columns."""
    kinds = _kinds(record)
    letters, lengths = zip(*(_column(kind) for kind in kinds), strict=True)
    table = _TABLES.get("".join(letters))
    if table is None:
        raise _NotARowError
    row = []
    at = _varint(record, 0)[0]
    for kind, letter, length in zip(kinds, letters, lengths, strict=True):
        content = record[at : at + length]
        if len(content) < length:
            raise _NotARowError
        row.append(_value(kind, letter, content, id_))
        at += length
    return table, tuple(row)


def _kinds(record: bytes) -> list[int]:
    """Return the serial type of each column, from the head of a record."""
    end, at = _varint(record, 0)
    kinds = []
    while at < end:
        kind, at = _varint(record, at)
        kinds.append(kind)
    if not kinds:
        raise _NotARowError
    return kinds


def _column(kind: int) -> tuple[str, int]:
    """Return letter and length in bytes of a column with a serial type."""
    if kind == 0:
        return "n", 0
    if kind >= _FIRST_BLOB:
        return "bt"[kind % 2], (kind - _FIRST_BLOB) // 2
    if kind not in _INTEGER_LENGTHS:
        raise _NotARowError
    return "i", _INTEGER_LENGTHS[kind]


def _value(kind: int, letter: str, content: bytes, id_: int) -> Value:
    if letter == "n":
        return id_
    if letter == "i":
        return kind - 8 if kind in (8, 9) else int.from_bytes(content, "big", signed=True)
    return content


def _varint(content: bytes, at: int) -> tuple[int, int]:
    """Return the number that begins at a place, and the place behind it."""
    value = 0
    for place in range(at, at + 8):
        byte = content[place]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, place + 1
    return value << 8 | content[at + 8], at + 9
