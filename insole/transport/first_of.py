"""Several things at once, until the first of them is over."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine

Outcome = TypeVar("Outcome")


async def first_of(*coroutines: Coroutine[Any, Any, Outcome]) -> Outcome:
    """Return what the first coroutine to end returns, or raise what it raises; cancel the others.

    Parameters
    ----------
    coroutines : coroutine
        Of several that end in the same turn of the loop, the one given first counts.
    """
    tasks = [asyncio.ensure_future(coroutine) for coroutine in coroutines]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        ended = next(task for task in tasks if task.done())
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return ended.result()
