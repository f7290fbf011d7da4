"""What a link has to give and nobody has taken yet."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from insole.transport.rig import Item


class Outbox:
    """A queue without an end in its length, so that nothing that arrives has to wait or is lost."""

    def __init__(self) -> None:
        self._items: deque[Item] = deque()
        self._news = asyncio.Event()
        self._error: Exception | None = None
        self._closed = False

    def put(self, item: Item) -> None:
        """Add an item; quick, since it is called as packets arrive."""
        self._items.append(item)
        self._news.set()

    def fail(self, error: Exception) -> None:
        """Let whoever listens get an error, after all that came before."""
        self._error = error
        self._news.set()

    def close(self) -> None:
        """Give nothing more to those who listen."""
        self._closed = True
        self._news.set()

    def take(self) -> list[Item]:
        """Return at once what nobody has taken yet."""
        items, self._items = list(self._items), deque()
        return items

    def rename(self, role: str) -> None:
        """Give all that waits another role."""
        self._items = deque(replace(item, role=role) for item in self._items)

    async def items(self) -> AsyncIterator[Item]:
        """Yield what is put in, in order, until closed.

        Raises
        ------
        Exception
            Whatever the link failed with.
        """
        while not self._closed:
            self._news.clear()
            while self._items and not self._closed:
                yield self._items.popleft()
            if self._error and not self._closed:
                raise self._error
            await self._news.wait()
