"""The tables of a session file, and how a file is recognised before SQLite touches it."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from insole.errors import StoreError

if TYPE_CHECKING:
    from pathlib import Path

APPLICATION_ID = 0x494E534C
"""``INSL``, at byte 68 of the file."""
SCHEMA_VERSION = 1

TABLES = {
    "meta": "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL)",
    "device": """CREATE TABLE device (
  role TEXT PRIMARY KEY,            -- which place in the rig
  spec_id TEXT NOT NULL,            -- of an import: who read it
  spec_toml TEXT NOT NULL,          -- its text, so that packets decode for ever
  spec_hash TEXT NOT NULL,
  name TEXT NOT NULL,
  address_hash TEXT NOT NULL,       -- HMAC under a key that stays at home
  firmware TEXT NOT NULL,
  info_json TEXT NOT NULL)""",
    "packet": """CREATE TABLE packet (
  id INTEGER PRIMARY KEY,           -- one sequence with link_event
  device TEXT NOT NULL REFERENCES device(role),
  channel TEXT NOT NULL,
  host_time_ns INTEGER NOT NULL,    -- zero is the start of recording
  payload BLOB NOT NULL             -- bytes as they came
)""",
    "link_event": """CREATE TABLE link_event (
  id INTEGER PRIMARY KEY,           -- one sequence with packet
  device TEXT NOT NULL,
  host_time_ns INTEGER NOT NULL,
  kind TEXT NOT NULL,
  reason TEXT NOT NULL)""",
    "mark": """CREATE TABLE mark (
  id INTEGER PRIMARY KEY,
  host_time_ns INTEGER NOT NULL,
  kind TEXT NOT NULL,
  json TEXT NOT NULL)""",
    "attachment": """CREATE TABLE attachment (
  name TEXT PRIMARY KEY,
  sha256 TEXT NOT NULL,
  bytes BLOB NOT NULL)""",
    "seal": """CREATE TABLE seal (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,               -- name of the table whose rows are sealed
  subject TEXT NOT NULL,            -- role, or name of the attachment, or key of the meta row
  channel TEXT NOT NULL,            -- for packets, else empty
  first_id INTEGER NOT NULL,        -- ids sealed, both ends included; 0 where rows have no id
  last_id INTEGER NOT NULL,
  start_ns INTEGER NOT NULL,        -- host times of the first and the last row sealed
  end_ns INTEGER NOT NULL,
  sha256 BLOB NOT NULL)""",
}
"""Every table of version 1, as stored in the file."""

RECORDED_HERE: WeakValueDictionary[Path, object] = WeakValueDictionary()
"""Files that this very program records. None of them may be opened besides: POSIX takes all locks
of a program from a file as soon as it closes one handle of it, and then others could write."""

_HEADER_LENGTH = 100
_WAL_FORMAT = 2
_PAGE_LENGTHS = {2**power for power in range(9, 17)}
_NEXT_STEP = "give an .insole file, or bring a vendor's export in with `insole import`"


@dataclass(frozen=True, slots=True)
class Header:
    """What the first 100 bytes of a session file tell.

    ``expected_length`` is in bytes, 0 when the file does not say; ``page_length`` and ``reserved``
    are in bytes, the latter unused at the end of each page; ``open_for_writing`` is True from the
    start of a recording until it is closed.
    """

    length: int
    expected_length: int
    page_length: int
    reserved: int
    open_for_writing: bool

    @property
    def cut_off(self) -> bool:
        """True when the end of the file is missing."""
        return self.length < self.expected_length


def read_header(path: Path) -> Header:
    """Return the header of a session file, or raise StoreError if it is something else."""
    head, length = _read_head(path)
    if length == 0:
        raise StoreError(str(path), "is empty and holds no session; record or import it again")
    if len(head) < _HEADER_LENGTH or not head.startswith(b"SQLite format 3\x00"):
        raise StoreError(str(path), f"is not a session file; {_NEXT_STEP}")
    if _number(head, 68) != APPLICATION_ID:
        raise StoreError(str(path), f"is a database of another program; {_NEXT_STEP}")
    if (version := _number(head, 60)) != SCHEMA_VERSION:
        raise StoreError(
            str(path),
            f"has schema version {version}, this program reads version {SCHEMA_VERSION}; "
            "open it with the version of insole that wrote it, or a later one",
        )
    page_length = int.from_bytes(head[16:18], "big")
    page_length = 65536 if page_length == 1 else page_length
    if page_length not in _PAGE_LENGTHS:
        raise StoreError(str(path), "has a damaged header; take it from a backup")
    # The number of pages holds only while two counters agree.
    pages = _number(head, 28) if _number(head, 24) == _number(head, 92) else 0
    return Header(length, pages * page_length, page_length, head[20], head[18] == _WAL_FORMAT)


def _read_head(path: Path) -> tuple[bytes, int]:
    try:
        if path.resolve() in RECORDED_HERE:
            raise StoreError(str(path), "is still being recorded; end that first")
        if path.is_dir():
            raise StoreError(str(path), "is a folder; name a session file in it")
        if not path.exists():
            raise StoreError(str(path), "does not exist; check the name and the folder")
        if not path.is_file():
            raise StoreError(str(path), f"is not a regular file; {_NEXT_STEP}")
        with path.open("rb") as file:
            return file.read(_HEADER_LENGTH), path.stat().st_size
    except OSError as error:
        raise StoreError(str(path), f"cannot be read: {error.strerror}; check its rights") from None


def _number(head: bytes, at: int) -> int:
    return int.from_bytes(head[at : at + 4], "big")


def companion(path: Path, suffix: str) -> Path:
    """Return the file that SQLite keeps beside `path`: ``-wal``, ``-shm`` or ``-journal``."""
    return path.with_name(path.name + suffix)


def check_closed(path: Path, header: Header) -> None:
    """Raise StoreError if somebody is writing to the file, or was cut off doing so."""
    if header.open_for_writing:
        raise StoreError(
            str(path),
            "is being recorded, or its recording was cut off; if nothing records any more, "
            "`insole report` finishes the file",
        )
    refuse_stray_wal(path)
    if companion(path, "-journal").exists():
        raise StoreError(
            str(path),
            "is being changed, or a change was cut off; if nothing else uses the file, "
            "`insole report` undoes the change",
        )


def refuse_stray_wal(path: Path) -> None:
    """Raise StoreError if a closed file has a ``-wal`` beside it: SQLite would write it in."""
    if (stray := companion(path, "-wal")).exists():
        raise StoreError(
            str(path), f"is closed, so {stray.name} beside it belongs to another file; move it away"
        )


def connect(path: Path, mode: str) -> sqlite3.Connection:
    """Return a connection that trusts nothing the file says; `mode` is ``ro`` or ``rw``."""
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        isolation_level=None,  # transactions are begun and ended by hand
        timeout=0.2,
        check_same_thread=False,  # the recorder writes from one thread of its own
    )
    try:
        connection.execute("PRAGMA trusted_schema=OFF")
        connection.execute("PRAGMA cell_size_check=ON")
        connection.execute("PRAGMA fullfsync=ON")  # else macOS leaves it in the disk's own memory
        connection.execute("PRAGMA checkpoint_fullfsync=ON")
    except BaseException:
        connection.close()
        raise
    return connection


def has_our_tables(connection: sqlite3.Connection) -> bool:
    """Return True if each table is as written, and nothing is there that could run by itself."""
    query = "SELECT CAST(type AS BLOB), CAST(name AS BLOB), CAST(sql AS BLOB) FROM sqlite_schema"
    found = {
        tuple(part and part.decode(errors="replace") for part in row)
        for row in connection.execute(query)
    }
    ours = {("table", name, sql) for name, sql in TABLES.items()}
    return ours <= found and not {"view", "trigger"} & {kind for kind, _, _ in found}


def check_tables(path: Path, connection: sqlite3.Connection) -> None:
    """Raise StoreError unless the tables are ours; to be asked before anything is written."""
    if not has_our_tables(connection):
        raise StoreError(
            str(path),
            "has other tables than a session, and is not written to; take it from a backup",
        )
