"""Keys during a recording, where standard input is a terminal: m marks, n notes."""

from __future__ import annotations

import asyncio
import os
import sys
from codecs import getincrementaldecoder
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MARK, NOTE = "m", "n"
LONGEST_NOTE = 500
"""Characters; whoever leans on a key shall not fill the file (our choice)."""

_ENTER, _BACK, _ESCAPE = "\r\n", "\b\x7f", "\x1b"


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

    They cannot where standard input is no terminal, is another program's at the moment, or on a
    system that has no termios. Ctrl-C still does what it did. Ctrl-S and Ctrl-Z do nothing, since
    either would hold up the recording.
    """
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
