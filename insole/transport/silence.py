"""A device that is connected and says nothing: no system tells of it, so somebody has to watch."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


async def until_silent(
    heard_ns: Callable[[], int], clock_ns: Callable[[], int], limit_s: float
) -> None:
    """Return once nothing has been heard for so long.

    A computer that slept, or had something better to do than to look at what arrived, starts to
    count anew: the device may have been sending all the time.

    Parameters
    ----------
    heard_ns : callable, returns ns
        When something was heard last.
    clock_ns : callable, returns ns
        The present time on the same clock.
    limit_s : float
        How long the silence may last, s.
    """
    since_ns = clock_ns()
    while True:
        left_s = limit_s - (clock_ns() - max(since_ns, heard_ns())) / 1e9
        if left_s <= 0:
            return
        asleep_ns = clock_ns()
        await asyncio.sleep(left_s)
        late_s = (clock_ns() - asleep_ns) / 1e9 - left_s
        if late_s > limit_s / 4:
            since_ns = clock_ns()
