"""What goes into the tables, each row with its seal."""

from __future__ import annotations

from dataclasses import asdict, astuple
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from insole.record.schema import APPLICATION_ID, SCHEMA_VERSION, TABLES
from insole.record.seal import Seal, row_digest, seal_blocks

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from insole.record.model import Device, Mark, SessionMeta
    from insole.record.seal import PacketRow, Row, Value
    from insole.transport.base import LinkEvent


class SealedRow(NamedTuple):
    """A row of a table, and its seal."""

    table: str
    row: Row
    seal: Seal


def sealed_meta(key: str, value: str) -> SealedRow:
    """Return a fact of the session."""
    return _named("meta", (key, value))


def sealed_device(device: Device) -> SealedRow:
    """Return a device."""
    return _named("device", astuple(device))


def sealed_attachment(name: str, content: bytes) -> SealedRow:
    """Return a file under a name."""
    return _named("attachment", (name, sha256(content).hexdigest(), content))


def sealed_link_event(id_: int, event: LinkEvent) -> SealedRow:
    """Return a link event under an id."""
    row = (id_, event.role, int(event.host_time_ns), event.kind, event.reason)
    return _numbered("link_event", row, event.role, int(event.host_time_ns))


def sealed_mark(id_: int, mark: Mark) -> SealedRow:
    """Return a mark under an id."""
    row = (id_, int(mark.host_time_ns), mark.kind, mark.json)
    return _numbered("mark", row, mark.kind, int(mark.host_time_ns))


def _named(table: str, row: Row) -> SealedRow:
    seal = Seal(table, str(row[0]), "", 0, 0, 0, 0, row_digest(table, row))
    return SealedRow(table, row, seal)


def _numbered(table: str, row: tuple[int, *Row], subject: str, time_ns: int) -> SealedRow:
    digest = row_digest(table, row)
    return SealedRow(table, row, Seal(table, subject, "", row[0], row[0], time_ns, time_ns, digest))


def insert(
    connection: sqlite3.Connection, rows: Iterable[SealedRow], packets: Sequence[PacketRow] = ()
) -> None:
    """Insert rows, and packets as one block for each device and channel."""
    for table, row, seal in rows:
        _insert_all(connection, table, [row])
        _insert_all(connection, "seal", [(None, *seal)])
    if packets:
        _insert_all(connection, "packet", packets)
        _insert_all(connection, "seal", [(None, *seal) for seal in seal_blocks(packets)])


def _insert_all(
    connection: sqlite3.Connection, table: str, rows: Sequence[Sequence[Value]]
) -> None:
    """Insert rows with a value for each column of `table`, one of ours."""
    places = ", ".join("?" * len(rows[0]))
    connection.executemany(f"INSERT INTO {table} VALUES ({places})", rows)  # noqa: S608 - the table's name is ours


def lay_out(connection: sqlite3.Connection, meta: SessionMeta) -> None:
    """Write the tables and `meta` into the file itself, then begin to write ahead.

    In that order, so that even a recording that dies at once leaves a file that can be recognised.
    """
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
    connection.execute("BEGIN IMMEDIATE")
    for sql in TABLES.values():
        connection.execute(sql)
    for key, value in asdict(meta).items():
        if value not in ("", None) and key != "ended_at_utc":
            insert(connection, [sealed_meta(key, str(value))])
    connection.execute("COMMIT")
    # Nobody else may write, and so nothing but the -wal file has to lie beside it.
    connection.execute("PRAGMA locking_mode=EXCLUSIVE")
    connection.execute("PRAGMA journal_mode=WAL")


def finish(connection: sqlite3.Connection) -> None:
    """Bring the file into its last form: everything in one file, and nothing beside it."""
    _repeat_seals(connection)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.execute("PRAGMA journal_mode=DELETE")


def _repeat_seals(connection: sqlite3.Connection) -> None:
    """Write the seals of all rows but packets once more, at the end of their table.

    Else one damaged page of seals could cost a whole session, since packets without a sealed
    device cannot be decoded.
    """
    columns = ", ".join(Seal._fields)
    connection.execute(
        f"INSERT INTO seal ({columns}) SELECT {columns} FROM seal WHERE kind <> 'packet'"  # noqa: S608 - names of our own schema
    )
