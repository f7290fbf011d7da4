"""A thread that brings to disk what a recording has taken, whatever the event loop is doing."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import Future
from threading import Event, Thread
from typing import TYPE_CHECKING, Self

from insole.errors import StoreError
from insole.record.disk import check_place
from insole.record.writer import COMMIT_AFTER_PACKETS, COMMIT_AFTER_S

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from insole.record.writer import Store

PATIENCE_S = 3.0
"""How long a disk that refuses is asked again before the recording ends (our choice: a network
disk out of reach for a moment; what comes meanwhile waits in memory)."""
MOST_WAITING = 20_000
"""Packets and link events that may wait for the disk before links have to: five seconds of twenty
devices that send 200 a second each, some 10 MB (our choice)."""

_LOOK_AGAIN_S = 0.01


class Committing:
    """Commits a store at least every quarter second, for as long as its context lasts.

    That is from the start of one commit to the start of the next. So whatever arrived longer ago
    than a quarter second and the time that one commit takes is on disk.

    Parameters
    ----------
    store : Store
        What to commit.
    clock : callable, returns s
        A clock that never goes back.
    """

    def __init__(self, store: Store, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._clock = clock
        self._wake = Event()
        self._ending = False
        self._failure: Future[None] = Future()
        self._failure.set_running_or_notify_cancel()  # a watcher that is cancelled leaves it alone
        self._thread = Thread(target=self._run, name="insole-commit", daemon=True)

    def __enter__(self) -> Self:
        check_place(self._store.path)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        """Commit once more and end; a disk that refused is the error that counts."""
        self._ending = True
        self._wake.set()
        self._thread.join()
        if self._failure.done() and not isinstance(error, StoreError):
            self._failure.result()

    async def watch(self) -> None:
        """Wait until the disk has refused for too long, and raise that; else for ever."""
        await asyncio.wrap_future(self._failure)

    async def room(self) -> None:
        """Wait while more is in memory than should be, and have a large block written soon."""
        if self._waiting >= COMMIT_AFTER_PACKETS:
            self._wake.set()
        while self._waiting >= MOST_WAITING and not self._failure.done():  # noqa: ASYNC110 - a thread sets no asyncio event, and this is rare
            await asyncio.sleep(_LOOK_AGAIN_S)

    @property
    def _waiting(self) -> int:
        return self._store.taken - self._store.committed

    def _run(self) -> None:
        try:
            self._commit_until_told()
        except BaseException as error:  # noqa: BLE001 - raised where the recorder waits
            self._failure.set_exception(error)

    def _commit_until_told(self) -> None:
        refused_s = None
        while True:
            began_s, ending = self._clock(), self._ending
            if not ending:
                check_place(self._store.path)
            refused_s = self._commit(refused_s)
            if ending and refused_s is None:
                return
            self._wake.wait(max(0.0, COMMIT_AFTER_S - (self._clock() - began_s)))
            self._wake.clear()

    def _commit(self, refused_s: float | None) -> float | None:
        """Commit; return since when the disk refuses, or raise if that is too long ago."""
        try:
            self._store.commit()
        except StoreError:
            now_s = self._clock()
            if refused_s is not None and now_s - refused_s >= PATIENCE_S:
                raise
            return now_s if refused_s is None else refused_s
        return None
