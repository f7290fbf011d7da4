"""Keys during a recording: what they mean, and that the terminal is as before afterwards."""

import asyncio
import os

import fast_loop
import pytest
from hypothesis import given
from hypothesis import strategies as st

from insole.cli import keys as keys_module
from insole.cli.keys import LONGEST_NOTE, Typing, listening, waiting_keys


@pytest.mark.parametrize(
    ("keys", "marks", "draft"),
    [
        ("m", [""], None),
        ("mm", ["", ""], None),
        ("x \r", [], None),
        ("n", [], ""),
        ("nmy knee\r", ["my knee"], None),
        ("nmy knee", [], "my knee"),
        ("nab\x7fc\n", ["ac"], None),
        ("n\x7f\x7f\r", [], None),
        ("n  \r", [], None),
        ("näöü 😀\r", ["äöü 😀"], None),
        ("nab\rm", ["ab", ""], None),
        ("na\x07b\r", ["ab"], None),
    ],
)
def test_m_marks_and_n_notes(keys, marks, draft):
    typing = Typing()
    assert typing.press(keys) == marks
    assert typing.draft == draft


def test_escape_leaves_a_note_and_arrows_mean_nothing():
    typing = Typing()
    typing.press("nab")
    assert typing.press("\x1b[A") == []
    assert typing.draft == "ab"
    typing.press("\x1b")
    assert typing.draft is None


def test_a_note_has_an_end():
    typing = Typing()
    [note] = typing.press(f"n{'a' * 2000}\r")
    assert len(note) == LONGEST_NOTE


@given(st.text())
def test_whatever_is_typed_makes_marks_of_readable_text(keys):
    assert all(mark.isprintable() for mark in Typing().press(keys))


class Console:
    """A console as Windows has it, with what was typed there."""

    def __init__(self, typed):
        self.typed = list(typed)

    def kbhit(self):
        return bool(self.typed)

    def getwch(self):
        return self.typed.pop(0)


@pytest.mark.parametrize(
    ("typed", "keys"),
    [("", ""), ("m", "m"), ("nä\r", "nä\r"), ("\xe0Hm", "m"), ("\x00;n", "n"), ("m\xe0", "m")],
)
def test_on_windows_keys_are_read_one_by_one_and_arrows_mean_nothing(typed, keys):
    assert waiting_keys(Console(typed)) == keys


def test_on_windows_the_console_is_asked_again_and_again(monkeypatch):
    console, pressed = Console("m"), []

    async def type_twice():
        with listening(pressed.append) as has_keys:
            assert has_keys
            await asyncio.sleep(1)
            console.typed += "nab"
            await asyncio.sleep(1)

    monkeypatch.setattr(keys_module, "_windows_console", lambda: console)
    fast_loop.run(type_twice())
    assert pressed == ["m", "nab"]


termios = pytest.importorskip("termios")


@pytest.fixture
def terminal(monkeypatch):
    """Make standard input a terminal; return its other end, and itself."""
    import pty

    ours, theirs = pty.openpty()
    with open(theirs, closefd=False) as stdin:
        monkeypatch.setattr("sys.stdin", stdin)
        monkeypatch.setattr("os.tcgetpgrp", lambda _: os.getpgrp())
        yield ours, theirs
    os.close(ours)
    os.close(theirs)


def test_each_key_comes_at_once_and_the_terminal_is_as_before(terminal):
    ours, theirs = terminal
    before = termios.tcgetattr(theirs)

    async def body():
        pressed = asyncio.Queue()
        with listening(pressed.put_nowait) as has_keys:
            assert has_keys
            settings = termios.tcgetattr(theirs)
            assert not settings[3] & (termios.ICANON | termios.ECHO)
            assert settings[3] & termios.ISIG  # Ctrl-C still is one
            assert not settings[0] & termios.IXON  # Ctrl-S holds nothing up
            os.write(ours, "ä".encode()[:1])
            os.write(ours, "ä".encode()[1:])
            typed = ""
            while typed != "ä":
                typed += await asyncio.wait_for(pressed.get(), 10)

    asyncio.run(body())
    assert termios.tcgetattr(theirs) == before


def test_without_a_terminal_there_are_no_keys(monkeypatch):
    async def body():
        with listening(print) as has_keys:
            return has_keys

    with open(os.devnull) as nothing:  # noqa: PTH123 - no file of a path
        monkeypatch.setattr("sys.stdin", nothing)
        assert asyncio.run(body()) is False
    assert asyncio.run(body()) is False  # closed by now
    monkeypatch.setattr("sys.stdin", None)
    assert asyncio.run(body()) is False


@pytest.mark.usefixtures("terminal")
def test_in_the_background_the_terminal_is_another_s(monkeypatch):
    async def body():
        with listening(print) as has_keys:
            return has_keys

    monkeypatch.setattr("os.tcgetpgrp", lambda _: os.getpgrp() + 1)
    assert asyncio.run(body()) is False
