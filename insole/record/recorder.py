"""The one loop that writes: what links send is taken first, and shown to listeners afterwards."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import TYPE_CHECKING, TypeAlias

from insole.errors import StoreError
from insole.record.committing import Committing
from insole.transport import rig
from insole.transport.base import LinkEvent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from insole.record.writer import Store
    from insole.transport.base import Link

Tap: TypeAlias = "Callable[[rig.Item], None]"
"""Somebody who wants to see what arrives while it is recorded."""

_log = logging.getLogger(__name__)


async def record(links: Sequence[Link], store: Store, *, taps: Sequence[Tap] = ()) -> None:
    """Write what links send until all have ended, or until cancelled.

    A thread brings it to disk at least every quarter second: a slow disk does not hold up what
    arrives, and a tap that hangs does not hold up what goes to disk.

    Parameters
    ----------
    links : sequence of Link
        Not yet open; opened in turn, closed at the end.
    store : Store
        Has a device for the role of each link. It is committed at the end and left open, so that
        marks and attachments may follow. Marks may come from any thread meanwhile.
    taps : sequence of callable
        Each gets every item after it has been taken for writing. One that raises is logged and
        gets no more.

    Raises
    ------
    LinkError
        If a link cannot be opened, or all were lost.
    StoreError
        If the file cannot be written any more: the disk is nearly full or gone, or has refused for
        `PATIENCE_S`. What was committed before is kept; the rest waits in `store` for its closing,
        together with a link event for each link that gives the reason.
    """
    listeners = list(taps)

    async def deliver(batch: list[rig.Item]) -> None:
        for item in batch:
            store.take(item)
        for item in batch:
            _tee(item, listeners)
        await committing.room()

    try:
        with Committing(store) as committing:
            async with asyncio.TaskGroup() as tasks:
                watching = tasks.create_task(committing.watch())
                await rig.run(links, deliver)
                watching.cancel()
    except StoreError as error:
        _note_end(store, links, error.problem)
        raise
    except BaseExceptionGroup as group:
        first = first_error(group)
        if isinstance(first, StoreError):
            _note_end(store, links, first.problem)
        raise first from group


def _note_end(store: Store, links: Sequence[Link], reason: str) -> None:
    """Leave the reason in the file, in case it can still be written when it is closed."""
    for link in links:
        with suppress(StoreError):
            store.take(LinkEvent(link.role, store.last_time_ns, "closed", reason))


def _tee(item: rig.Item, listeners: list[Tap]) -> None:
    for listener in tuple(listeners):
        try:
            listener(item)
        except Exception:  # noqa: BLE001 - whatever a listener does wrong, the recording goes on
            _log.exception("a listener failed and gets nothing more of this recording")
            listeners.remove(listener)


def first_error(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """Return the first error inside nested groups; that of the disk if there is one."""
    errors = list(_errors(group))
    return next((error for error in errors if isinstance(error, StoreError)), errors[0])


def _errors(group: BaseExceptionGroup[BaseException]) -> Iterator[BaseException]:
    for error in group.exceptions:
        if isinstance(error, BaseExceptionGroup):
            yield from _errors(error)
        else:
            yield error
