"""The one loop that writes: what links send goes to disk first, and to listeners afterwards."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, TypeAlias

from insole.record.writer import COMMIT_AFTER_S
from insole.transport import rig

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from insole.record.writer import Store
    from insole.transport.base import Link

Tap: TypeAlias = "Callable[[rig.Item], None]"
"""Somebody who wants to see what arrives while it is recorded."""

_log = logging.getLogger(__name__)


async def record(links: Sequence[Link], store: Store, *, taps: Sequence[Tap] = ()) -> None:
    """Write what links send until all have ended, or until cancelled.

    Parameters
    ----------
    links : sequence of Link
        Not yet open; opened in turn, closed at the end.
    store : Store
        Has a device for the role of each link. It is committed at the end and left open, so that
        marks and attachments may follow.
    taps : sequence of callable
        Each gets every item after it has been taken for writing. One that raises is logged and
        gets no more.

    Raises
    ------
    LinkError
        If a link cannot be opened, or all were lost.
    StoreError
        If the file cannot be written; what was committed before is kept.
    """
    listeners = list(taps)

    async def deliver(batch: list[rig.Item]) -> None:
        for item in batch:
            store.take(item)
        if store.commit_is_due:
            await asyncio.to_thread(store.commit)  # the disk may be slow, arrivals must not wait
        for item in batch:
            _tee(item, listeners)

    try:
        async with asyncio.TaskGroup() as tasks:
            timer = tasks.create_task(_commit_regularly(store))
            await rig.run(links, deliver)
            timer.cancel()
    except BaseExceptionGroup as group:
        raise _first(group) from group
    finally:
        store.commit()


async def _commit_regularly(store: Store) -> None:
    """Bring the last packets to disk even when no others follow."""
    while True:
        await asyncio.sleep(COMMIT_AFTER_S)
        await asyncio.to_thread(store.commit)


def _tee(item: rig.Item, listeners: list[Tap]) -> None:
    for listener in tuple(listeners):
        try:
            listener(item)
        except Exception:  # noqa: BLE001 - whatever a listener does wrong, the recording goes on
            _log.exception("a listener failed and gets nothing more of this recording")
            listeners.remove(listener)


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """Return the first error inside nested groups."""
    error = group.exceptions[0]
    return _first(error) if isinstance(error, BaseExceptionGroup) else error
