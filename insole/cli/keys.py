"""Keys during a recording, where standard input is a terminal: m marks, n notes."""

from __future__ import annotations

import asyncio
import importlib
import os
import sys
from codecs import getincrementaldecoder
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Protocol, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MARK, NOTE = "m", "n"
LONGEST_NOTE = 500
"""Characters; whoever leans on a key shall not fill the file (our choice)."""

_ENTER, _BACK, _ESCAPE = "\r\n", "\b\x7f", "\x1b"


LOOK_EVERY_S = 0.05
"""How often a Windows console is asked for keys, s (our choice)."""
_FUNCTION = "\x00\xe0"
"""What Windows puts before the second code of a key that types nothing (documentation of
``_getwch``); the second is also that of the letter a with grave accent, which then is not typed."""


class Console(Protocol):
    """What the module msvcrt has of a console."""

    def kbhit(self) -> bool:
        """Return whether a key waits."""

    def getwch(self) -> str:
        """Return the next character, without showing it."""


class Typing:
    """What keys mean, one after the other; `draft` is the note that is being typed, or None."""

    def __init__(self) -> None:
        self.draft: str | None = None

    def press(self, keys: str) -> list[str]:
        """Take what was typed at once; return the marks that it makes, "" for one without text.

        Parameters
        ----------
        keys : str
            Characters. A key that sends several beginning with ESC, like an arrow, means nothing.
        """
        if keys.startswith(_ESCAPE) and len(keys) > 1:
            return []
        return [mark for key in keys for mark in self._press(key)]

    def _press(self, key: str) -> list[str]:
        if self.draft is None:
            if key == NOTE:
                self.draft = ""
            return [""] if key == MARK else []
        if key in _ENTER:
            text, self.draft = self.draft.strip(), None
            return [text] if text else []
        if key == _ESCAPE:
            self.draft = None
        elif key in _BACK:
            self.draft = self.draft[:-1]
        elif key.isprintable() and len(self.draft) < LONGEST_NOTE:
            self.draft += key
        return []


@contextmanager
def listening(press: Callable[[str], None]) -> Iterator[bool]:
    """Give each key to `press`, inside a running event loop; yield whether keys can be typed.

    They cannot where standard input is no terminal, or is another program's at the moment. Ctrl-C
    still does what it did. Ctrl-S and Ctrl-Z do nothing, since either would hold up the recording.
    On Windows it was never tried.
    """
    if console := _windows_console():
        with _polled(console, press):
            yield True
        return
    terminal = _own_terminal()
    if terminal is None:
        yield False
        return
    termios, fd, before = terminal
    loop = asyncio.get_running_loop()
    decoder = getincrementaldecoder("utf-8")("replace")

    def read() -> None:
        try:
            octets = os.read(fd, 1024)
        except OSError:
            octets = b""
        if octets:
            press(decoder.decode(octets))
        else:
            loop.remove_reader(fd)  # the terminal is gone

    try:
        termios.tcsetattr(fd, termios.TCSANOW, _key_by_key(termios, before, fd))
        loop.add_reader(fd, read)
        yield True
    finally:
        loop.remove_reader(fd)
        with suppress(termios.error):
            termios.tcsetattr(fd, termios.TCSANOW, before)


def _windows_console() -> Console | None:
    """Return what gives the keys of a Windows console; None elsewhere, or without one."""
    with suppress(ImportError, OSError, ValueError, AttributeError):
        console = importlib.import_module("msvcrt")
        if sys.stdin.isatty():
            return cast("Console", console)
    return None


@contextmanager
def _polled(console: Console, press: Callable[[str], None]) -> Iterator[None]:
    """Look again and again for keys, since a Windows console wakes up no event loop."""

    async def look() -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            if keys := waiting_keys(console):
                press(keys)

    looking = asyncio.create_task(look())
    try:
        yield
    finally:
        looking.cancel()


def waiting_keys(console: Console) -> str:
    """Return what was typed since the last call, without keys that type nothing.

    Parameters
    ----------
    console : Console
        Gives one character at a time. A key such as an arrow or F1 gives two, of which the first is
        NUL or 0xE0.
    """
    keys = ""
    while console.kbhit():
        key = console.getwch()
        if key in _FUNCTION and console.kbhit():
            console.getwch()
        elif key not in _FUNCTION:
            keys += key
    return keys


def _own_terminal() -> tuple[Any, int, list[Any]] | None:
    """Return the module termios, the terminal we may read, and its settings; None without one."""
    with suppress(ImportError, OSError, ValueError, AttributeError):
        import termios  # noqa: PLC0415 - Windows has none

        fd = sys.stdin.fileno()
        if os.isatty(fd) and os.tcgetpgrp(fd) == os.getpgrp():
            with suppress(termios.error):
                return termios, fd, termios.tcgetattr(fd)
    return None


def _key_by_key(termios: Any, before: list[Any], fd: int) -> list[Any]:
    """Return the settings of a terminal that gives each key at once and never stands still."""
    settings = [*before[:6], list(before[6])]
    settings[0] &= ~(termios.IXON | termios.ICRNL)
    settings[3] &= ~(termios.ICANON | termios.ECHO)
    settings[6][termios.VMIN], settings[6][termios.VTIME] = 1, 0
    settings[6][termios.VSUSP] = bytes([os.fpathconf(fd, "PC_VDISABLE")])
    return settings
