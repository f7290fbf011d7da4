"""What the commands say beside their result: one line each, on standard error."""

from __future__ import annotations

import logging
import os
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TextIO

DEVICE_ERROR = 3
"""Exit code of a device that cannot be reached."""
DATA_ERROR = 4
"""Exit code of a file that cannot be read or written, or is damaged."""


_speakers: list[Callable[[str], None]] = []


def say(text: str) -> None:
    """Write a sentence to standard error, on one line, under the program's name."""
    speak = _speakers[-1] if _speakers else write_line
    speak(text)


def write_line(text: str) -> None:
    """Do so at once, whoever else is writing there.

    A terminal that is gone, or a pipe that nobody reads, is no reason to stop anything.
    """
    try:
        click.echo(f"insole: {one_line(text)}", err=True)
    except OSError:
        drop(sys.stderr)


@contextmanager
def said_by(tell: Callable[[str], None]) -> Iterator[None]:
    """Let another say what is said meanwhile: a screen whose lines must not be torn apart."""
    _speakers.append(tell)
    try:
        yield
    finally:
        _speakers.pop()


def drop(stream: TextIO) -> None:
    """Send the rest of an output that nobody takes any more nowhere.

    Otherwise Python complains of what is left in it when it ends.
    """
    with suppress(OSError), open(os.devnull, "w") as nowhere:  # noqa: PTH123 - no file of a path
        os.dup2(nowhere.fileno(), stream.fileno())


def one_line(text: str) -> str:
    """Return a text on one line, without anything that would steer a terminal."""
    return printable(" ".join(text.split()))


def printable(text: str) -> str:
    """Return a text with ``?`` for whatever would steer a terminal instead of being read.

    Devices and files of other people choose their own names.
    """
    return "".join(c if c.isprintable() or c == "\n" else "?" for c in text)


class Sentences(logging.Handler):
    """Logged warnings of ours as sentences, without the traceback that may come with them."""

    def emit(self, record: logging.LogRecord) -> None:
        """Say what was logged."""
        say(record.getMessage())


def tell_our_warnings() -> None:
    """Let warnings that the package logs be said, and whatever other packages log be dropped."""
    ours = logging.getLogger("insole")
    if not any(isinstance(handler, Sentences) for handler in ours.handlers):
        ours.addHandler(Sentences(logging.WARNING))
    logging.lastResort = None
