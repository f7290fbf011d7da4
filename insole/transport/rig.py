"""Several links as one: connect in turn, and one stream of what all of them send."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from heapq import heapify, heappop, heapreplace
from typing import TYPE_CHECKING, TypeAlias

from insole.errors import LinkError
from insole.transport.base import Hoarding, LinkEvent, Notification

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from insole.transport.base import Link

Item: TypeAlias = Notification | LinkEvent

_log = logging.getLogger(__name__)

_ITEMS_AHEAD = 64
"""How many items of a link may wait before the link has to (our choice)."""


async def run(links: Sequence[Link], deliver: Callable[[list[Item]], Awaitable[None]]) -> None:
    """Open links, deliver what they send until all have ended, and close them.

    Parameters
    ----------
    links : sequence of Link
        Opened one after the other, since two devices that connect at once disturb each other;
        closed in reverse order, also when cancelled.
    deliver : coroutine function
        Gets items in batches. The order within a link is kept; between links it is that of host
        times, as far as it can be had without waiting for a link that has nothing to send.

    Raises
    ------
    LinkError
        If a link cannot be opened, or all were lost. One that is lost, or fails in whatever way,
        ends with an event ``lost`` while the others go on.
    ExceptionGroup
        If `deliver` fails; the links are closed.
    """
    async with AsyncExitStack() as opened:
        for link in links:
            opened.push_async_callback(link.close)
            await link.open()
        await _merge(links, deliver)


@dataclass(slots=True)
class _Inbox:
    """What one link has sent and nobody has taken yet."""

    items: deque[Item] = field(default_factory=deque)
    room: asyncio.Event = field(default_factory=asyncio.Event)
    ended: bool = False
    error: LinkError | None = None


async def _merge(links: Sequence[Link], deliver: Callable[[list[Item]], Awaitable[None]]) -> None:
    inboxes = [_Inbox() for _ in links]
    news = asyncio.Event()
    try:
        async with asyncio.TaskGroup() as pumps:
            for link, inbox in zip(links, inboxes, strict=True):
                pumps.create_task(_pump(link, inbox, news))
            await _forward(inboxes, news, deliver)
    except asyncio.CancelledError:
        for link, inbox in zip(links, inboxes, strict=True):
            inbox.items += link.arrived() if isinstance(link, Hoarding) else ()
        await deliver(_whatever(inboxes))  # what has arrived is not thrown away
        raise
    errors = [inbox.error for inbox in inboxes if inbox.error]
    if errors and len(errors) == len(links):
        raise errors[0]


async def _pump(link: Link, inbox: _Inbox, news: asyncio.Event) -> None:
    """Fill an inbox until the link ends; a lost link leaves an event as its last word."""
    time_ns = 0
    try:
        async for item in link.notifications():
            time_ns = item.host_time_ns
            inbox.items.append(item)
            news.set()
            if len(inbox.items) >= _ITEMS_AHEAD:
                inbox.room.clear()
                await inbox.room.wait()
    except Exception as error:  # noqa: BLE001 - whatever one link does, the others go on
        inbox.error = _as_link_error(link.role, error)
        inbox.items.append(LinkEvent(link.role, time_ns, "lost", inbox.error.problem))
    inbox.ended = True
    news.set()


def _as_link_error(role: str, error: Exception) -> LinkError:
    """Return what ended a link as a sentence; what nobody foresaw is logged for who mends it."""
    if isinstance(error, LinkError):
        return error
    _log.debug("%s: failed unexpectedly", role, exc_info=error)
    text = " ".join(f"{type(error).__name__} {error}".split())
    return LinkError(role, f"a fault in the program itself ended this link ({text}); report it")


async def _forward(
    inboxes: Sequence[_Inbox],
    news: asyncio.Event,
    deliver: Callable[[list[Item]], Awaitable[None]],
) -> None:
    while True:
        await asyncio.sleep(0)  # a link that has more to send at once fills its inbox meanwhile
        news.clear()
        if batch := _in_order(inboxes) or _whatever(inboxes):
            await deliver(batch)
        elif all(inbox.ended for inbox in inboxes):
            return
        else:
            await news.wait()


def _in_order(inboxes: Sequence[_Inbox]) -> list[Item]:
    """Take items by host time for as long as no running link could have an earlier one."""
    if all(inbox.items or inbox.ended for inbox in inboxes):
        return _taken(inboxes, lambda inbox: inbox.ended)
    return []


def _whatever(inboxes: Sequence[_Inbox]) -> list[Item]:
    """Take all there is, by host time."""
    return _taken(inboxes, lambda _: True)


def _taken(inboxes: Sequence[_Inbox], may_be_empty: Callable[[_Inbox], bool]) -> list[Item]:
    """Take items by host time until one inbox is empty that may not be."""
    first = [(inbox.items[0].host_time_ns, n) for n, inbox in enumerate(inboxes) if inbox.items]
    heapify(first)
    batch = []
    while first:
        number = first[0][1]
        inbox = inboxes[number]
        batch.append(inbox.items.popleft())
        inbox.room.set()
        if inbox.items:
            heapreplace(first, (inbox.items[0].host_time_ns, number))
        elif may_be_empty(inbox):
            heappop(first)
        else:
            break
    return batch
