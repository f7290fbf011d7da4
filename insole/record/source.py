"""Where rows come from: from SQLite, or from the pages of a damaged file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, cast

import numpy as np

from insole.record.model import Packets

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from insole.record.seal import Row

_ROWS_AT_ONCE = 500
"""Few enough not to wake Python's garbage collector (measured: it cost 15 % of the time)."""

EVERY_ID = (-(2**63), 2**63 - 1)
"""The least and the greatest id that SQLite has."""


class Source(Protocol):
    """Something that yields rows as they were found, text as bytes, not yet compared with seals."""

    def rows(self, table: str) -> Sequence[Row]:
        """Return all rows of a table, all columns."""

    def packets(self, device: str, channel: str, ids: tuple[int, int] = EVERY_ID) -> Packets:
        """Return the packets of a device on a channel, from the first to the last of two ids."""

    def number_of_packets(self) -> int:
        """Return how many packets there are, of whatever device and channel."""


class SqlSource:
    """Rows as SQLite gives them; any of its errors passes."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        connection.text_factory = bytes  # damaged text need not be UTF-8
        self._connection = connection

    def rows(self, table: str) -> Sequence[Row]:
        """Return all rows of a table, all columns."""
        query = f"SELECT * FROM {table} ORDER BY rowid"  # noqa: S608 - names of our own schema
        return self._connection.execute(query).fetchall()

    def packets(self, device: str, channel: str, ids: tuple[int, int] = EVERY_ID) -> Packets:
        """Return the packets of a device on a channel, from the first to the last of two ids."""
        return _columns(self._chunks(device, channel, ids))

    def number_of_packets(self) -> int:
        """Return how many packets there are, of whatever device and channel."""
        number: int = self._connection.execute("SELECT count(*) FROM packet").fetchone()[0]
        return number

    def _chunks(self, device: str, channel: str, ids: tuple[int, int]) -> Iterator[list[Row]]:
        cursor = self._connection.execute(
            "SELECT id, host_time_ns, payload FROM packet WHERE device = ? AND channel = ? "
            "AND typeof(host_time_ns) = 'integer' AND typeof(payload) = 'blob' "
            "AND id BETWEEN ? AND ? ORDER BY id",
            (device, channel, *ids),
        )
        while rows := cursor.fetchmany(_ROWS_AT_ONCE):
            yield rows


class PageSource:
    """Rows as `insole.record.pages` finds them."""

    def __init__(self, found: Mapping[str, Sequence[Row]]) -> None:
        self._found = found

    def rows(self, table: str) -> Sequence[Row]:
        """Return all rows of a table, all columns."""
        return self._found[table]

    def packets(self, device: str, channel: str, ids: tuple[int, int] = EVERY_ID) -> Packets:
        """Return the packets of a device on a channel, from the first to the last of two ids."""
        wanted, (first, last) = (device.encode(), channel.encode()), ids
        rows = [
            (row[0], *row[3:])
            for row in self._found["packet"]
            if row[1:3] == wanted and first <= cast("int", row[0]) <= last
        ]
        return _columns([rows] if rows else [])

    def number_of_packets(self) -> int:
        """Return how many packets there are, of whatever device and channel."""
        return len(self._found["packet"])


def _columns(chunks: Iterable[list[Row]]) -> Packets:
    """Return rows of id, host time and payload as columns; no chunk is empty."""
    ids: list[int] = []
    times_ns: list[int] = []
    lengths: list[int] = []
    joined: list[bytes] = []
    for chunk in chunks:
        chunk_ids, chunk_times_ns, payloads = zip(*chunk, strict=True)
        ids += chunk_ids
        times_ns += chunk_times_ns
        lengths += map(len, payloads)
        joined.append(b"".join(payloads))
    columns = (ids, times_ns, lengths)
    id_, time_ns, length = (np.fromiter(column, np.int64, len(column)) for column in columns)
    return Packets(id_, time_ns, length, b"".join(joined))
