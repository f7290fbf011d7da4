"""What a disk may do to a recording, and the sentence for each of it."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from insole.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

RESERVE_BYTES = 16 * 2**20
"""Free space that a recording leaves, bytes. Finishing its file moves what was written ahead, some
4 MB and at most one commit more, into the file while both need room (our choice, threefold)."""

_WORDS = 120
_REASONS = {
    sqlite3.SQLITE_FULL: "the disk is full, so free some space",
    sqlite3.SQLITE_IOERR: "the disk fails, so check it and its plug",
    sqlite3.SQLITE_READONLY_DBMOVED: "it was moved while it was written, so look where it is now",
    sqlite3.SQLITE_READONLY: "it may not be written to, so check its rights",
    sqlite3.SQLITE_CANTOPEN: "its folder may not be written to, so check its rights",
    sqlite3.SQLITE_BUSY: "it is in use or still being recorded, so end that first",
}
_KIND = 0xFF

_ENDINGS = tuple(
    number
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
    if (number := getattr(signal, name, None))
)
_LEFT_ALONE = (signal.SIG_IGN, None)  # None: set by other than Python


def is_of_the_disk(error: BaseException | None) -> bool:
    """Return True if SQLite met trouble outside the file: its disk, its rights, other programs."""
    return getattr(error, "sqlite_errorcode", 0) & _KIND in _REASONS


def is_of_use(error: BaseException | None) -> bool:
    """Return True if SQLite met another program that uses the file."""
    return getattr(error, "sqlite_errorcode", 0) & _KIND == sqlite3.SQLITE_BUSY


@contextmanager
def sql_errors(path: Path, problem: str) -> Iterator[None]:
    """Turn any error of SQLite into a StoreError: `problem`, the reason, and SQLite's own words."""
    try:
        yield
    except (sqlite3.Error, OverflowError, UnicodeError) as error:
        words = " ".join(str(error).split())[:_WORDS]  # SQLite may quote whole tables
        code = getattr(error, "sqlite_errorcode", 0)
        reason = _REASONS.get(code) or _REASONS.get(code & _KIND)
        said = f"{problem}: {reason}" if reason else problem
        raise StoreError(str(path), f"{said} ({words})") from error


def check_place(path: Path) -> None:
    """Raise StoreError if a file that is being written is gone, or its disk nearly full.

    On Linux a file that was deleted can be written to for ever, and nothing of it is kept.
    """
    try:
        gone = not path.exists()
        room = shutil.disk_usage(path.parent)
    except OSError as error:
        problem = f"is out of reach: {error.strerror}; check its disk and its plug"
        raise StoreError(str(path), problem) from None
    if gone:
        problem = "was deleted or moved while it was written, or its disk was taken out"
        raise StoreError(str(path), problem)
    if room.total and room.free < RESERVE_BYTES:  # a total of 0 is how some network disks say
        free_mb, reserve_mb = room.free // 2**20, RESERVE_BYTES // 2**20  # that they do not know
        problem = (
            f"lies on a disk that is full: {free_mb} MB are left, and finishing a recording takes "
            f"up to {reserve_mb}; free some space, or record elsewhere"
        )
        raise StoreError(str(path), problem)


def sync_folder(folder: Path) -> None:
    """Bring the names of the files in a folder to the disk, where the system can do that."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def undisturbed(work: Callable[[], None]) -> None:
    """Do `work` to its end, though somebody presses Ctrl-C or closes the terminal meanwhile.

    What is sent to the program strikes when the work is done. Only in the main thread can it strike
    between any two steps, so elsewhere there is nothing to hold back.
    """
    if threading.current_thread() is not threading.main_thread():
        work()
        return
    struck: list[int] = []
    before = {number: signal.getsignal(number) for number in _ENDINGS}
    held = {number: handler for number, handler in before.items() if handler not in _LEFT_ALONE}
    for number in held:
        signal.signal(number, lambda number, _: struck.append(number))
    try:
        work()
    finally:
        for number, handler in held.items():
            signal.signal(number, handler)
    for number in dict.fromkeys(struck):
        signal.raise_signal(number)
