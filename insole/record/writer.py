"""Writing a session: everything goes in as it comes, and stays in memory until it is on disk."""

from __future__ import annotations

import time
from contextlib import contextmanager, suppress
from datetime import timedelta
from threading import RLock
from typing import TYPE_CHECKING, Self

from insole.errors import StoreError
from insole.record.disk import sql_errors, sync_folder, undisturbed
from insole.record.naming import names, parse_start
from insole.record.rows import (
    finish,
    insert,
    lay_out,
    sealed_attachment,
    sealed_device,
    sealed_link_event,
    sealed_mark,
    sealed_meta,
)
from insole.record.schema import RECORDED_HERE, companion, connect
from insole.transport.base import Notification

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path
    from types import TracebackType

    from insole.record.model import Device, Mark, SessionMeta
    from insole.record.rows import SealedRow
    from insole.record.seal import PacketRow
    from insole.transport.base import LinkEvent

COMMIT_AFTER_S = 0.25
"""From one commit to the next (our choice: what a dead battery may cost)."""
COMMIT_AFTER_PACKETS = 1000
"""Packets that are not left waiting for that time (our choice)."""

_BESIDE = ("-wal", "-journal", "-shm")
_LAST_TIME_NS = 2**63 - 1


class Store:
    """The writing end of a session file; made by `create`, readable by others once closed.

    As a context manager it closes the file on leaving, whatever happened inside: a recording that
    ends with an error is still a valid session. Calls may come from any thread. What cannot be
    written stays in memory, and the next commit tries again.
    """

    def __init__(
        self, path: Path, connection: sqlite3.Connection, started: datetime,
        clock: Callable[[], float],
    ) -> None:  # fmt: skip
        self.path = path
        self._connection = connection
        self._started = started
        self._clock = clock
        self._disk = RLock()  # held while SQLite writes, which may take long
        self._lock = RLock()  # held while something is taken, which never waits for the disk
        self._roles: set[str] = set()
        self._attached: set[str] = set()
        self._packets: list[PacketRow] = []
        self._rows: list[SealedRow] = []
        self._last_id = 0
        self._last_mark_id = 0
        self._last_time_ns = 0
        self._on_disk = (0, 0)
        self._committed_at_s = clock()
        self._closed = False
        self._place = path.resolve()
        RECORDED_HERE[self._place] = self

    @classmethod
    def create(
        cls, path: Path, meta: SessionMeta, *, clock: Callable[[], float] = time.monotonic
    ) -> Self:
        """Start a session file; an existing file is never touched.

        Parameters
        ----------
        path : Path
            Where the file shall be; its folder exists, the file does not.
        meta : SessionMeta
            What is known at the start.
        clock : callable, returns s
            A clock that never goes back; it says when a commit is due.

        Raises
        ------
        StoreError
            If `path` exists, its folder does not or cannot be written to, or the start time is
            not a UTC time.
        """
        started = parse_start(path, meta.started_at_utc)
        _reserve(path)
        try:
            with sql_errors(path, "cannot be made"):
                connection = connect(path, "rw")
                try:
                    lay_out(connection, meta)
                except BaseException:
                    connection.close()
                    raise
        except BaseException:
            _remove(path)
            raise
        return cls(path, connection, started, clock)

    @classmethod
    def create_in(
        cls, folder: Path, meta: SessionMeta, exercise: str, *,
        clock: Callable[[], float] = time.monotonic,
    ) -> Self:  # fmt: skip
        """Start a session file in `folder` under the first free name, as `session_path` gives."""
        for path in names(folder, meta.started_at_utc, exercise):
            try:
                return cls.create(path, meta, clock=clock)
            except StoreError:
                if not path.exists():
                    raise
        raise AssertionError  # the names never end

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        try:
            self.close()
        except StoreError:
            if not isinstance(error, StoreError):  # else the first of the two says why
                raise

    def add_device(self, device: Device) -> None:
        """Write a device; its packets may follow."""
        with self._lock:
            if device.role in self._roles:
                raise StoreError(
                    str(self.path), f"has a device {device.role} already; give each its own role"
                )
            self._add_row(sealed_device(device))
            self._roles.add(device.role)

    def append(self, item: Notification | LinkEvent) -> None:
        """Take what came over a link as it came, and commit if that is due.

        For callers without a recorder; nothing happens between two calls.
        """
        self.take(item)
        if self.commit_is_due:
            self.commit()

    def link_event(self, event: LinkEvent) -> None:
        """Write a change of the connection, as `append` does."""
        self.append(event)

    def take(self, item: Notification | LinkEvent) -> None:
        """Take what came over a link into memory, without waiting for the disk."""
        with self._lock:
            host_time_ns = self._checked(item.role, item.host_time_ns)
            self._last_id += 1
            self._last_time_ns = max(self._last_time_ns, host_time_ns)
            id_ = self._last_id
            if isinstance(item, Notification):
                payload = bytes(item.payload)
                self._packets.append((id_, item.role, item.channel, host_time_ns, payload))
            else:
                self._rows.append(sealed_link_event(id_, item))

    def mark(self, mark: Mark) -> None:
        """Write a mark; during a recording it is on disk with the next commit."""
        with self._lock:
            self._checked_time("mark", mark.host_time_ns)
            self._add_row(sealed_mark(self._last_mark_id + 1, mark))
            self._last_mark_id += 1

    def attach(self, name: str, content: bytes) -> None:
        """Keep a file byte for byte under a name of its own."""
        with self._lock:
            if name in self._attached:
                problem = f"has an attachment {name} already; name it otherwise"
                raise StoreError(str(self.path), problem)
            self._add_row(sealed_attachment(name, content))
            self._attached.add(name)

    @property
    def last_time_ns(self) -> int:
        """Latest host time of all that was taken, ns."""
        return self._last_time_ns

    @property
    def taken(self) -> int:
        """How many packets and link events were taken."""
        return self._last_id

    @property
    def committed(self) -> int:
        """How many of those are on disk: always the first ones."""
        return self._on_disk[0]

    @property
    def commit_is_due(self) -> bool:
        """True when enough has been taken, or waited long enough, to be brought to disk."""
        waited_s = self._clock() - self._committed_at_s
        return waited_s >= COMMIT_AFTER_S or len(self._packets) >= COMMIT_AFTER_PACKETS

    def commit(self) -> None:
        """Bring everything taken so far to the disk, and wait until it is there.

        Raises
        ------
        StoreError
            If the disk refuses; all that was taken stays in memory for the next try.
        """
        with self._disk:
            with self._lock:
                packets, self._packets = self._packets, []
                rows, self._rows = self._rows, []
                reached = (self._last_id, self._last_time_ns)
            try:
                if packets or rows:
                    with self._transaction():
                        insert(self._connection, rows, packets)
            except BaseException:
                with self._lock:
                    self._packets[:0] = packets
                    self._rows[:0] = rows
                raise
            self._on_disk = reached
            self._committed_at_s = self._clock()

    def close(self, ended_at_utc: str | None = None) -> None:
        """Write the end, and leave one sealed file with nothing beside it; a second call is idle.

        Ctrl-C does not interrupt this; it is raised when the file is closed.

        Parameters
        ----------
        ended_at_utc : str, optional
            End in UTC; by default the start and the last host time. The empty string says that
            the end is not known.

        Raises
        ------
        StoreError
            If the disk refuses. What was committed is valid then, and `recover` finishes the file.
        """
        with self._lock:
            if self._closed:
                return
            end = self._end() if ended_at_utc is None else ended_at_utc
            if end:
                self._add_row(sealed_meta("ended_at_utc", end))
            self._closed = True
        undisturbed(self._finish)

    def _finish(self) -> None:
        """Commit, and bring the file into its last form as far as the disk allows it."""
        with self._disk:
            try:
                refused = _error_of(self.commit)
                with sql_errors(self.path, "cannot be finished"):
                    finish(self._connection, self.path)
            except StoreError as error:
                raise refused or error from None
            finally:
                self._connection.close()
                RECORDED_HERE.pop(self._place, None)
            if refused:
                raise refused
            sync_folder(self.path.parent)

    def _end(self) -> str:
        """Return the time of the last packet, rounded up to a whole second."""
        end = self._started + timedelta(seconds=-(-self._last_time_ns // 10**9))
        return end.strftime("%Y-%m-%dT%H:%M:%SZ")

    def _checked(self, role: str, host_time_ns: int) -> int:
        """Return a host time that can be stored, as a plain integer."""
        self._require_open()
        if role not in self._roles:
            raise StoreError(str(self.path), f"has no device {role}; add it before its packets")
        return self._checked_time(role, host_time_ns)

    def _checked_time(self, what: str, host_time_ns: int) -> int:
        if not -_LAST_TIME_NS <= host_time_ns <= _LAST_TIME_NS:
            raise StoreError(str(self.path), f"{what}: {host_time_ns} ns is no time of a recording")
        return int(host_time_ns)

    def _require_open(self) -> None:
        if self._closed:
            raise StoreError(str(self.path), "is closed; record into a new file")

    def _add_row(self, row: SealedRow) -> None:
        with self._lock:
            self._require_open()
            self._rows.append(row)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """Commit what is done inside, or after an error keep what was committed before."""
        items, time_ns = self._on_disk
        kept = f", and is kept up to {time_ns / 1e9:.2f} s" if items else ""
        with sql_errors(self.path, f"cannot be written{kept}"):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise


def _reserve(path: Path) -> None:
    """Make an empty file under a name that nobody has, in one step."""
    for taken in (path, *(companion(path, suffix) for suffix in _BESIDE)):
        if taken.exists():
            raise StoreError(str(taken), "exists already and is left alone; choose another name")
    try:
        path.touch(exist_ok=False)
    except FileExistsError:
        raise StoreError(
            str(path), "exists already and is left alone; choose another name"
        ) from None
    except OSError as error:
        raise StoreError(
            str(path), f"cannot be made: {error.strerror}; choose a folder that can be written to"
        ) from None


def _remove(path: Path) -> None:
    """Remove a session file that was only just made, and what SQLite put beside it."""
    for ours in (path, *(companion(path, suffix) for suffix in _BESIDE)):
        with suppress(OSError):
            ours.unlink(missing_ok=True)


def _error_of(work: Callable[[], None]) -> StoreError | None:
    """Do `work`, and return its error, if any, for later."""
    try:
        work()
    except StoreError as error:
        return error
    return None
