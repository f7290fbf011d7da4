"""How a recording is brought to its end, by whoever asks for it."""

from __future__ import annotations

import asyncio
import signal
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator

Result = TypeVar("Result")

STOPPED_EARLY = "was stopped before all devices were connected; there is nothing to keep"
GOODBYE_S = 10.0
"""How long disconnecting may take, before a recording ends without it (our choice)."""
HURRIED_S = 0.5
"""The same after a second Ctrl-C."""


class Stop:
    """The wish that a recording shall end; asked for twice, it is urgent."""

    def __init__(self) -> None:
        self._asked, self._urged = asyncio.Event(), asyncio.Event()
        self.reason = ""

    @property
    def is_asked(self) -> bool:
        """True once somebody has asked."""
        return self._asked.is_set()

    def ask(self, reason: str) -> None:
        """Ask for the end; a second time, do not wait for devices any more."""
        if self.is_asked:
            self._urged.set()
        else:
            self.reason = reason
            self._asked.set()

    async def asked(self) -> None:
        """Wait until somebody asks."""
        await self._asked.wait()

    async def urged(self) -> None:
        """Wait until somebody asks again."""
        await self._urged.wait()


async def until_stopped(work: Coroutine[Any, Any, Result], stop: Stop) -> Result | None:
    """Return what the work gives, or None if somebody asks for its end before it is done.

    Parameters
    ----------
    work : coroutine
        Has time to disconnect when it is cancelled; if it takes too long, or somebody asks again,
        it is cancelled once more and leaves out what it was waiting for. So it is when this is
        cancelled itself.
    stop : Stop
        Who asks.
    """
    task = asyncio.ensure_future(work)
    try:
        await _first_of(task, stop.asked())
    finally:
        patience_s = GOODBYE_S
        while not task.done():
            task.cancel()
            await _first_of(task, stop.urged(), limit_s=patience_s)
            patience_s = HURRIED_S
    return None if task.cancelled() else task.result()


async def _first_of(
    task: asyncio.Future[Any], wish: Coroutine[Any, Any, None], *, limit_s: float | None = None
) -> None:
    """Wait until the task has ended or somebody wishes it."""
    wishing = asyncio.ensure_future(wish)
    try:
        await asyncio.wait({task, wishing}, timeout=limit_s, return_when=asyncio.FIRST_COMPLETED)
    finally:
        wishing.cancel()


TERMINAL_CLOSED = "the terminal was closed"
_SIGNALS = {
    "SIGINT": "Ctrl-C",
    "SIGTERM": "the system asked for it",
    "SIGHUP": TERMINAL_CLOSED,
    "SIGBREAK": "Ctrl-Break",
}


@contextmanager
def stopped_by_signals(stop: Stop) -> Iterator[None]:
    """Let Ctrl-C, the end of the terminal and the like end a recording, and not the program.

    To be used inside a running event loop. Outside of the main thread it does nothing, since only
    that gets signals. A recording that was started to outlive its terminal (``nohup``) does.
    """
    loop = asyncio.get_running_loop()
    before: dict[int, Any] = {}

    def ask(number: int, _: object) -> None:
        loop.call_soon_threadsafe(stop.ask, _SIGNALS[signal.Signals(number).name])

    with suppress(ValueError):
        for name in _SIGNALS:
            number = getattr(signal, name, None)
            if number and not (name == "SIGHUP" and signal.getsignal(number) is signal.SIG_IGN):
                before[number] = signal.signal(number, ask)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
