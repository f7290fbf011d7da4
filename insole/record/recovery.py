"""What may be done to a session file after its recording: finishing it, and adding a mark."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from insole.record.rows import finish, insert, sealed_mark
from insole.record.schema import (
    check_closed,
    check_tables,
    companion,
    connect,
    read_header,
    refuse_stray_wal,
    sql_errors,
)

if TYPE_CHECKING:
    from insole.record.model import Mark


def recover(path: str | Path) -> str | None:
    """Finish a session file whose recording was cut off.

    What had been committed is moved into the one file; it was sealed when it was committed. The
    time of the end stays unknown, which is the sign that the recording did not end by itself.

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
    return _undo(path) if companion(path, "-journal").exists() else None


def _finish(path: Path) -> str:
    with (
        sql_errors(path, "cannot be finished: it is still being recorded, or cannot be written"),
        closing(connect(path, "rw")) as connection,
    ):
        connection.execute("PRAGMA locking_mode=EXCLUSIVE")  # fails while somebody records
        check_tables(path, connection)
        number, end_ns, ended = connection.execute(
            "SELECT count(*), coalesce(max(host_time_ns), 0), "
            "(SELECT count(*) FROM meta WHERE key = 'ended_at_utc') FROM packet"
        ).fetchone()
        finish(connection)
    if ended:
        return "the recording had ended, but not its file; it is finished now, and nothing is lost"
    return (
        f"the recording was cut off; its {number} packets up to {end_ns / 1e9:.2f} s are kept, "
        "and at most the last quarter of a second is lost"
    )


def _undo(path: Path) -> str:
    with (
        sql_errors(path, "cannot be put right: it is in use, or cannot be written"),
        closing(connect(path, "rw")) as connection,
    ):
        connection.execute("BEGIN IMMEDIATE")  # SQLite rolls back what the journal holds
        connection.execute("ROLLBACK")
    companion(path, "-journal").unlink(missing_ok=True)  # one that held nothing stays otherwise
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
        sql_errors(path, "cannot take a mark: it is in use, write-protected or damaged"),
        closing(connect(path, "rw")) as connection,
    ):
        check_tables(path, connection)
        connection.execute("BEGIN IMMEDIATE")
        last_id = connection.execute("SELECT coalesce(max(id), 0) FROM mark").fetchone()[0]
        insert(connection, [sealed_mark(last_id + 1, mark)])
        connection.execute("COMMIT")
