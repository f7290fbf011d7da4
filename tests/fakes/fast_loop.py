"""An event loop whose time jumps ahead when nobody has anything to do: no test waits for it."""

from __future__ import annotations

import asyncio
import selectors
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

LONGEST_WAIT_S = 3600.0
"""A loop that has nothing planned within this time waits for something that never comes."""


class FastLoop(asyncio.SelectorEventLoop):
    """Time stands still while something is done, and jumps to the next that is due.

    While a thread works, a commit say, time goes on as outside: what takes a while there is not
    made to take none here.
    """

    def __init__(self) -> None:
        self._now_s = 0.0
        self._in_threads = 0
        super().__init__(_Jumping(self))

    def time(self) -> float:
        return self._now_s

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> Any:
        self._in_threads += 1
        future = super().run_in_executor(executor, func, *args)
        future.add_done_callback(self._one_thread_less)
        return future

    def _one_thread_less(self, _: object) -> None:
        self._in_threads -= 1

    def pass_time(self, seconds: float) -> None:
        self._now_s += seconds

    @property
    def threads_work(self) -> bool:
        return self._in_threads > 0


class _Jumping(selectors.DefaultSelector):
    """Looks for input without waiting, and lets time pass instead."""

    def __init__(self, loop: FastLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[Any]:
        if self._loop.threads_work:
            began_s = time.monotonic()
            ready = super().select(timeout)
            self._loop.pass_time(time.monotonic() - began_s)
            return ready
        ready = super().select(0)
        if ready or (timeout is not None and timeout <= 0):
            return ready
        if timeout is None or timeout > LONGEST_WAIT_S:
            raise TimeoutError("everybody waits, and nothing is planned")
        self._loop.pass_time(timeout)
        return ready


def run(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Return what a coroutine returns, in time that jumps."""
    with asyncio.Runner(loop_factory=FastLoop) as runner:
        return runner.run(coroutine)


def clock_ns() -> int:
    """Return the time of the running loop, ns."""
    return round(asyncio.get_running_loop().time() * 1e9)
