"""Where a running recording is shown: a few lines of the terminal that are written over.

They are written by a thread of their own: a terminal that takes nothing for a while (a slow
connection to another computer, somebody selecting text) must not hold up the recording.
"""

from __future__ import annotations

import os
import sys
import time
from contextlib import contextmanager, suppress
from queue import SimpleQueue
from shutil import get_terminal_size
from threading import Thread
from typing import TYPE_CHECKING, Protocol, Self

from insole.cli.talk import one_line, write_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from rich.console import Console
    from rich.live import Live

    from insole.cli.status import Line

PLAIN_EVERY_S = 5.0
"""How often a line is written where none can be written over (our choice)."""
LEAVE_AFTER_S = 2.0
"""How long a terminal that takes nothing is waited for at the end."""


class Display(Protocol):
    """Something that shows lines and says sentences."""

    def show(self, lines: Sequence[Line], summary: str) -> None:
        """Show lines in place of those before, or a summary."""

    def tell(self, sentence: str) -> None:
        """Say something that stays."""


class Screen:
    """Shows what a recording does, on standard error, from any thread, without ever blocking.

    Parameters
    ----------
    draw : callable, optional
        Returns what draws on a terminal; by default a few lines of it.
    """

    def __init__(self, draw: Callable[[], AbstractContextManager[Display]] | None = None) -> None:
        self._draw = draw or _drawn
        self.is_terminal = is_terminal()
        self._items: SimpleQueue[str | tuple[Sequence[Line], str] | None] = SimpleQueue()
        self._thread = Thread(target=self._run, name="insole-screen", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._items.put(None)
        self._thread.join(LEAVE_AFTER_S)

    @property
    def width(self) -> int:
        """Columns of the terminal."""
        return get_terminal_size().columns

    def show(self, lines: Sequence[Line], summary: str) -> bool:
        """Show lines in place of those before; return False while the terminal takes nothing."""
        if not self._items.empty():
            return False
        self._items.put((lines, summary))
        return True

    def tell(self, sentence: str) -> None:
        """Say something that stays, above the lines."""
        self._items.put(sentence)

    def _run(self) -> None:
        """Write until the end; when the terminal is gone, only take what comes."""
        make = self._draw if self.is_terminal else _Plain.opened
        with suppress(OSError, ValueError), make() as display:
            while (item := self._items.get()) is not None:
                if isinstance(item, str):
                    display.tell(item)
                else:
                    display.show(*item)
            return
        while self._items.get() is not None:
            pass


def is_terminal() -> bool:
    """Return whether standard error is a terminal that can be drawn on."""
    return sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


@contextmanager
def _drawn() -> Iterator[Display]:
    from rich.console import Console  # noqa: PLC0415 - only where there is a terminal
    from rich.live import Live  # noqa: PLC0415 - likewise

    console = Console(stderr=True, highlight=False, markup=False, emoji=False)
    with Live(
        console=console, auto_refresh=False, transient=True,
        redirect_stdout=False, redirect_stderr=False,
    ) as live:  # fmt: skip
        yield _Lines(console, live)


class _Lines:
    """Lines of a terminal that are written over."""

    def __init__(self, console: Console, live: Live) -> None:
        self._console = console
        self._live = live

    def show(self, lines: Sequence[Line], _: str) -> None:
        from rich.text import Text  # noqa: PLC0415 - with the console

        text = Text("\n", overflow="crop", no_wrap=True).join(Text(*line) for line in lines)
        self._live.update(text, refresh=True)

    def tell(self, sentence: str) -> None:
        self._console.print(one_line(sentence))


class _Plain:
    """One line now and then."""

    @classmethod
    @contextmanager
    def opened(cls) -> Iterator[Display]:
        yield cls()

    def __init__(self) -> None:
        self._next_s = time.monotonic() + PLAIN_EVERY_S

    def show(self, _: Sequence[Line], summary: str) -> None:
        if time.monotonic() >= self._next_s:
            self._next_s = time.monotonic() + PLAIN_EVERY_S
            write_line(summary)

    def tell(self, sentence: str) -> None:
        write_line(sentence)
