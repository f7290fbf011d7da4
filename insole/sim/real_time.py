"""When a simulated device speaks: real time for what has none of its own."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from insole.sim.peripheral import Peripheral


class RealTime:
    """Lets one device live: its clock, and its notifications as they fall due.

    Parameters
    ----------
    peripheral : Peripheral
        The device.
    speed : float
        Seconds of device time in each real second.
    """

    def __init__(self, peripheral: Peripheral, speed: float = 1.0) -> None:
        self.peripheral = peripheral
        self._speed = speed
        self._start_ns = time.monotonic_ns()
        self._news = asyncio.Event()

    @property
    def now_ns(self) -> int:
        """The device's time, ns."""
        return self._start_ns + int((time.monotonic_ns() - self._start_ns) * self._speed)

    def look_again(self) -> None:
        """Say that something may have become due: a write, a subscription."""
        self._news.set()

    async def play(self, send: Callable[[list[tuple[str, bytes]]], Awaitable[None]]) -> None:
        """Hand over what the device sends, until cancelled.

        Parameters
        ----------
        send : coroutine function
            Gets all that is due, in order; while it has not returned, nothing more is asked for.
        """
        while True:
            self._news.clear()
            if due := self.peripheral.due(self.now_ns):
                await send(due)
            await self._until_next()

    async def _until_next(self) -> None:
        next_ns = self.peripheral.next_ns()
        left_s = None if next_ns is None else (next_ns - self.now_ns) / 1e9 / self._speed
        if left_s is not None and left_s <= 0:
            await asyncio.sleep(0)
            return
        try:
            async with asyncio.timeout(left_s):
                await self._news.wait()
        except TimeoutError:
            pass
