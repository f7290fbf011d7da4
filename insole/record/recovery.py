"""What may be done to a session file after its recording: finishing it, and adding a mark."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from insole.errors import StoreError
from insole.record.disk import is_of_the_disk, is_of_use, sql_errors, sync_folder
from insole.record.reader import open_session
from insole.record.rows import insert, repeat_seals, sealed_link_event, sealed_mark, settle
from insole.record.schema import (
    check_closed,
    check_tables,
    companion,
    connect,
    read_header,
    refuse_stray_wal,
)
from insole.transport.base import LinkEvent

if TYPE_CHECKING:
    from insole.record.model import Mark
    from insole.record.reader import SessionFile

CUT_OFF = "the recording was cut off"
"""Reason of the link events that `recover` adds."""


def open_whole(path: str | Path) -> tuple[SessionFile, str | None]:
    """Read a session file; one whose recording was cut off is finished first.

    Where the file cannot be written to, a copy is finished and read, and the file stays as it is.

    Parameters
    ----------
    path : str or Path
        The session file; its ``-wal`` or ``-journal`` lies beside it if it has one.

    Returns
    -------
    session : SessionFile
        As from `open_session`.
    done : str or None
        A sentence that says what was done to the file first; None if nothing was.

    Raises
    ------
    StoreError
        If the file cannot be read as a session, or is being recorded at this moment.
    """
    path = Path(path)
    if not (read_header(path).open_for_writing or companion(path, "-journal").exists()):
        return open_session(path), None
    if not _may_be_written(path):
        return _finished_copy(path)
    try:
        done = recover(path)
    except StoreError as error:
        if not is_of_the_disk(error.__cause__) or is_of_use(error.__cause__):
            raise
        return _finished_copy(path)
    return open_session(path), done


def _may_be_written(path: Path) -> bool:
    return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)


def _finished_copy(path: Path) -> tuple[SessionFile, str]:
    """Return the session as `recover` makes it of a copy, which is gone afterwards."""
    _refuse_in_use(path)
    try:
        with TemporaryDirectory(prefix="insole-") as folder:
            copy = _copied(path, Path(folder))
            done = recover(copy)
            session = open_session(copy)
    except OSError as error:
        problem = f"cannot be finished where it lies, nor copied: {error.strerror}; copy it"
        raise StoreError(
            str(path), f"{problem} with what lies beside it to another folder"
        ) from None
    told = f"{done}; the file cannot be written where it lies, so this was done to a copy of it"
    return replace(session, path=path), told


def _refuse_in_use(path: Path) -> None:
    """Raise StoreError if another program has locked the file; nothing is made beside it."""
    try:
        with closing(connect(path, "ro")) as connection:
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")  # wants no -shm file
            connection.execute("SELECT 1 FROM sqlite_schema").fetchone()
    except sqlite3.Error as error:
        if is_of_use(error):
            raise StoreError(str(path), "is still being recorded; end that first") from error


def _copied(path: Path, folder: Path) -> Path:
    """Copy a file and what lies beside it, as they are at one moment."""
    files = [path, *(companion(path, suffix) for suffix in ("-wal", "-journal"))]
    files = [file for file in files if file.exists()]
    before = [file.stat() for file in files]
    for file in files:
        shutil.copyfile(file, folder / file.name)
    for file, then in zip(files, before, strict=True):
        now = file.stat()
        if (now.st_size, now.st_mtime_ns) != (then.st_size, then.st_mtime_ns):
            raise StoreError(str(path), "changes while it is read; wait until nobody records")
    return folder / path.name


def recover(path: str | Path) -> str | None:
    """Finish a session file whose recording was cut off.

    What had been committed is moved into the one file; it was sealed when it was committed. A link
    event for each device says that the recording was cut off. The time of the end stays unknown,
    which is the sign that the recording did not end by itself.

    Parameters
    ----------
    path : str or Path
        The session file; its ``-wal`` or ``-journal`` lies beside it if it has one.

    Returns
    -------
    str or None
        A sentence that says what was done; None if there was nothing to do.

    Raises
    ------
    StoreError
        If the file is no session file, is being recorded at this moment, or cannot be written.
    """
    path = Path(path)
    if read_header(path).open_for_writing:
        return _finish(path)
    refuse_stray_wal(path)
    if not companion(path, "-journal").exists():
        return None
    done = _undo(path)
    return _finish(path) if read_header(path).open_for_writing else done


def _finish(path: Path) -> str:
    with (
        sql_errors(path, "cannot be finished"),
        closing(connect(path, "rw")) as connection,
    ):
        connection.execute("PRAGMA locking_mode=EXCLUSIVE")  # fails while somebody records
        check_tables(path, connection)
        try:
            done = _complete(connection)
        except sqlite3.DatabaseError as error:
            if is_of_the_disk(error):
                raise
            done = f"{CUT_OFF}, and its file is damaged; what is whole is kept"
        settle(connection)
    sync_folder(path.parent)
    return done


def _complete(connection: sqlite3.Connection) -> str:
    """Write that the recording was cut off, if it was, and the seals once more; say what was."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        done = _note_cut(connection)
        repeat_seals(connection)
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise
    return done


def _note_cut(connection: sqlite3.Connection) -> str:
    (ended,) = connection.execute("SELECT count(*) FROM meta WHERE key = 'ended_at_utc'").fetchone()
    if ended:
        return "the recording had ended, but not its file; it is finished now, and nothing is lost"
    last_id, end_ns = connection.execute(
        "SELECT coalesce(max(id), 0), coalesce(max(host_time_ns), 0) FROM "
        "(SELECT id, host_time_ns FROM packet UNION ALL SELECT id, host_time_ns FROM link_event)"
    ).fetchone()
    (number,) = connection.execute("SELECT count(*) FROM packet").fetchone()
    roles = connection.execute("SELECT role FROM device ORDER BY rowid").fetchall()
    events = (
        sealed_link_event(id_, LinkEvent(role, end_ns, "closed", CUT_OFF))
        for id_, (role,) in enumerate(roles, last_id + 1)
    )
    insert(connection, events)
    return (
        f"{CUT_OFF}; its {number} packets up to {end_ns / 1e9:.2f} s are kept, "
        "and what came in at most half a second after that is lost"
    )


def _undo(path: Path) -> str:
    with (
        sql_errors(path, "cannot be put right"),
        closing(connect(path, "rw")) as connection,
    ):
        connection.execute("BEGIN IMMEDIATE")  # SQLite rolls back what the journal holds
        connection.execute("ROLLBACK")
    with suppress(OSError):
        companion(path, "-journal").unlink()  # one that held nothing stays otherwise
    return "a change of the closed session had been cut off; the file is as it was before"


def add_mark(path: str | Path, mark: Mark) -> None:
    """Add a mark to a closed session: a later pain rating, a correction by hand.

    Parameters
    ----------
    path : str or Path
        A closed session file.
    mark : Mark
        What to add, with its own seal; nothing else in the file changes.

    Raises
    ------
    StoreError
        If the file is no closed session file, or cannot be written.
    """
    path = Path(path)
    check_closed(path, read_header(path))
    with (
        sql_errors(path, "cannot take a mark"),
        closing(connect(path, "rw")) as connection,
    ):
        check_tables(path, connection)
        connection.execute("BEGIN IMMEDIATE")
        last_id = connection.execute("SELECT coalesce(max(id), 0) FROM mark").fetchone()[0]
        insert(connection, [sealed_mark(last_id + 1, mark)])
        connection.execute("COMMIT")
