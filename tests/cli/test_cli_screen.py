"""Where a recording is shown: over the same lines or line by line, and never holding it up."""

import errno
import io
import os
import sys
import threading

import pytest

from insole.cli import screen as screens
from insole.cli import talk
from insole.cli.screen import Screen
from insole.cli.status import Line


class Stream(io.StringIO):
    """A standard error that is a terminal or not."""

    def __init__(self, *, terminal):
        super().__init__()
        self.terminal = terminal

    def isatty(self):
        return self.terminal


@pytest.fixture
def stderr(monkeypatch):
    """Return a function that replaces standard error."""

    def replace(stream):
        monkeypatch.setattr("sys.stderr", stream)
        monkeypatch.setenv("TERM", "xterm")
        return stream

    return replace


def test_on_a_terminal_lines_are_written_over_and_sentences_stay(stderr):
    stream = stderr(Stream(terminal=True))
    with Screen() as screen:
        assert screen.is_terminal
        screen.tell("left: connected\nand well \x1b[31m")
        for _ in range(10**7):  # one that comes while another is written is left out
            screen.show([Line("left  99.8", "bold red"), Line("1:23")], "summary")
            if "99.8" in stream.getvalue():
                break
    written = stream.getvalue()
    assert "left: connected and well ?[31m\n" in written
    assert "summary" not in written
    assert written.endswith("\x1b[2K")  # the lines are gone at the end


def test_elsewhere_there_is_a_line_now_and_then(stderr, monkeypatch):
    now_s = [100.0]
    monkeypatch.setattr(screens.time, "monotonic", lambda: now_s[0])
    stream = stderr(Stream(terminal=False))
    with Screen() as screen:
        assert not screen.is_terminal
        for number in range(60):
            now_s[0] += 0.25
            screen.show([Line("x")], f"after {number}")
            while not screen._items.empty():
                pass
        screen.tell("left: lost")
    said = stream.getvalue().splitlines()
    assert said[-1] == "insole: left: lost"
    assert 2 <= len(said) - 1 <= 3
    assert said[0].startswith("insole: after ")


def test_a_dumb_terminal_is_none(stderr, monkeypatch):
    stderr(Stream(terminal=True))
    monkeypatch.setenv("TERM", "dumb")
    assert not Screen().is_terminal


def test_what_is_said_meanwhile_goes_through_it(stderr):
    stream = stderr(Stream(terminal=True))
    with Screen() as screen, talk.said_by(screen.tell):
        talk.say("left: lost at 3 s")
    talk.say("and afterwards")
    assert "left: lost at 3 s\n" in stream.getvalue()
    assert stream.getvalue().endswith("insole: and afterwards\n")


@pytest.mark.parametrize("terminal", [True, False])
def test_a_terminal_that_takes_nothing_holds_nothing_up(stderr, monkeypatch, terminal):
    monkeypatch.setattr(screens, "LEAVE_AFTER_S", 0.05)
    monkeypatch.setattr(screens, "PLAIN_EVERY_S", 0.0)
    stuck = threading.Event()

    class Stuck(Stream):
        def write(self, _):
            stuck.wait(30)

    stderr(Stuck(terminal=terminal))
    with Screen() as screen:
        for number in range(1000):
            screen.tell(f"sentence {number}") if number < 3 else None
            screen.show([Line("x")], "x")
        assert screen._items.qsize() <= 4  # nothing piles up
    stuck.set()
    screen._thread.join(10)


@pytest.mark.parametrize("terminal", [True, False])
def test_a_terminal_that_is_gone_holds_nothing_up(stderr, terminal):
    class Gone(Stream):
        def write(self, _):
            raise OSError(errno.EIO, os.strerror(errno.EIO))

    stderr(Gone(terminal=terminal))
    with Screen() as screen:
        for _ in range(5):
            screen.tell("anything")
            screen.show([Line("x")], "x")
    assert not screen._thread.is_alive()


def test_without_standard_error_nothing_is_shown(monkeypatch):
    monkeypatch.setattr(sys, "stderr", None)
    with Screen() as screen:
        screen.tell("anything")
        screen.show([Line("x")], "x")
    assert not screen._thread.is_alive()
