"""What goes into the tables, each row with its seal."""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from dataclasses import asdict, astuple
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from insole.record.schema import APPLICATION_ID, SCHEMA_VERSION, TABLES
from insole.record.seal import Seal, seal_blocks, seal_row

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from insole.record.model import Device, Mark, SessionMeta
    from insole.record.seal import PacketRow, Row, Value
    from insole.transport.base import LinkEvent


BLOCK_PACKETS = 1000
"""Largest block of packets, so that one damaged byte costs little (our choice)."""


class SealedRow(NamedTuple):
    """A row of a table, and its seal."""

    table: str
    row: Row
    seal: Seal


def sealed_meta(key: str, value: str) -> SealedRow:
    """Return a fact of the session."""
    return _sealed("meta", (key, value))


def sealed_device(device: Device) -> SealedRow:
    """Return a device."""
    return _sealed("device", astuple(device))


def sealed_attachment(name: str, content: bytes) -> SealedRow:
    """Return a file under a name."""
    return _sealed("attachment", (name, sha256(content).hexdigest(), content))


def sealed_link_event(id_: int, event: LinkEvent) -> SealedRow:
    """Return a link event under an id."""
    row = (id_, event.role, int(event.host_time_ns), event.kind, event.reason)
    return _sealed("link_event", row)


def sealed_mark(id_: int, mark: Mark) -> SealedRow:
    """Return a mark under an id."""
    return _sealed("mark", (id_, int(mark.host_time_ns), mark.kind, mark.json))


def _sealed(table: str, row: Row) -> SealedRow:
    row = tuple(_storable(value) for value in row)
    return SealedRow(table, row, seal_row(table, row))


def _storable(value: Value) -> Value:
    """Return text without what UTF-8 cannot say: an error of the system may come with that."""
    return value.encode(errors="replace").decode() if isinstance(value, str) else value


def insert(
    connection: sqlite3.Connection, rows: Iterable[SealedRow], packets: Sequence[PacketRow] = ()
) -> None:
    """Insert rows, and packets in blocks, one seal for each device and channel in them."""
    for table, row, seal in rows:
        _insert_all(connection, table, [row])
        _insert_all(connection, "seal", [(None, *seal)])
    for start in range(0, len(packets), BLOCK_PACKETS):
        block = packets[start : start + BLOCK_PACKETS]
        _insert_all(connection, "packet", block)
        _insert_all(connection, "seal", [(None, *seal) for seal in seal_blocks(block)])


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
    connection.execute("BEGIN IMMEDIATE")
    connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
    for sql in TABLES.values():
        connection.execute(sql)
    for key, value in asdict(meta).items():
        if value not in ("", None) and key != "ended_at_utc":
            insert(connection, [sealed_meta(key, str(value))])
    connection.execute("COMMIT")
    # Nobody else may write, and so nothing but the -wal file has to lie beside it.
    connection.execute("PRAGMA locking_mode=EXCLUSIVE")
    _set_journal(connection, "wal")
    connection.execute("SELECT 1 FROM meta").fetchone()  # opens the -wal file, while all is well


def finish(connection: sqlite3.Connection, path: Path) -> None:
    """Bring the file into its last form: everything in one file, and nothing beside it.

    If its name was taken from it meanwhile, by a cleaner or a mover, it is written anew: closing it
    would lose what a deleted file holds, and part of what one that was moved to a stick should.
    """
    repeat_seals(connection)
    try:
        path.touch(exist_ok=False)
    except OSError:  # the name is taken: by the file itself, as it should be
        settle(connection)
    else:
        _write_anew(connection, path)


def _write_anew(connection: sqlite3.Connection, path: Path) -> None:
    """Write all there is into an empty file of ours, or leave none."""
    try:
        connection.execute("VACUUM INTO ?", (str(path),))
    except sqlite3.Error:
        with suppress(OSError):
            path.unlink()
        raise


def repeat_seals(connection: sqlite3.Connection) -> None:
    """Write the seals of all rows but packets once more, at the end of their table.

    Else one damaged page of seals could cost a whole session, since packets without a sealed
    device cannot be decoded.
    """
    columns = ", ".join(Seal._fields)
    connection.execute(
        f"INSERT INTO seal ({columns}) SELECT {columns} FROM seal WHERE kind <> 'packet'"  # noqa: S608 - names of our own schema
    )


def settle(connection: sqlite3.Connection) -> None:
    """Move what was written ahead into the file, and leave nothing beside it."""
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    _set_journal(connection, "delete")


def _set_journal(connection: sqlite3.Connection, mode: str) -> None:
    """Change how SQLite keeps a file safe; it says nothing if it cannot, so that is asked."""
    found = connection.execute(f"PRAGMA journal_mode={mode}").fetchone()[0]
    if found != mode:
        raise sqlite3.OperationalError(f"journal mode stays {found} where {mode} is needed")
