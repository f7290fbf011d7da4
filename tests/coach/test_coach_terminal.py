"""The coach's view as lines: large, within the terminal, and readable without colour."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insole.coach import digits
from insole.coach.terminal import Row, lines, sentence
from insole.coach.view import KEYS, Bar, View

GOLDEN = Path(__file__).parent / "captures"
HOLDING = View(
    "hold 30 s, round 1 of 3", "23", "of 30 s", "good", Bar("hold", 23 / 30), 0.46,
    "half of it", KEYS,
)  # fmt: skip
SAGGING = View(
    "hold 30 s, round 1 of 3", "23", "higher", "amber", Bar("hold", 23 / 30), 0.66, "higher", KEYS
)
ASKING = View(
    "pain", "0-9", "pain, left foot", "ask", Bar("answer", 0.7), None,
    "Worst pain during it, left foot: 0 to 9, t for ten", "0-9, t for ten  s leave out",
)  # fmt: skip
TOUCHING = View(
    "hold 30 s, round 1 of 3", "9", "heel down: up again", "still", Bar("hold", 0.3), 0.5, "", KEYS
)
DOWN = View("hold 30 s, round 1 of 3", "DOWN", "slowly", "good", None, None, "come down", KEYS)
VIEWS = {
    "holding": HOLDING, "sagging": SAGGING, "asking": ASKING, "touching": TOUCHING, "down": DOWN
}  # fmt: skip
SIZES = {"80x24": (80, 24, False), "20x10": (20, 10, False), "ascii": (60, 16, True)}


@pytest.mark.parametrize("size", SIZES)
def test_every_view_looks_as_it_was_looked_at(size):
    width, height, plain = SIZES[size]
    shown = []
    for name, view in VIEWS.items():
        rows = lines(view, width, height, aside="rec 1:23", plain=plain)
        shown += [f"--- {name}", *(row.text for row in rows)]
    golden = (GOLDEN / f"{size}.txt").read_text(encoding="utf-8").splitlines()
    assert shown == golden


@given(
    st.sampled_from(list(VIEWS.values())),
    st.integers(1, 200), st.integers(1, 80), st.booleans(), st.text(max_size=30),
)  # fmt: skip
def test_it_fits_every_terminal(view, width, height, plain, trouble):
    rows = lines(view, width, height, aside="rec 1:23", trouble=trouble, plain=plain)
    assert len(rows) <= height
    assert all(len(row.text) <= width for row in rows)
    assert not plain or all(row.text.isascii() for row in rows)


def test_large_letters_stay_where_they_are():
    def first_large(view):
        texts = [row.text for row in lines(view, 80, 24)]
        return next(n for n, text in enumerate(texts) if "█" in text or "░" in text)

    quiet = View(HOLDING.title, "23", "of 30 s", "good", HOLDING.bar, None, "", KEYS)
    assert first_large(quiet) == first_large(HOLDING)


def test_moods_differ_without_colour():
    for plain in (False, True):
        drawn = set()
        for mood in ("good", "amber", "still", "ask"):
            view = View("", "8", "word", mood, None, None, "", "")
            drawn.add(tuple(row.text for row in lines(view, 40, 12, plain=plain)))
        assert len(drawn) == 4


def test_trouble_with_a_device_is_shown():
    rows = lines(HOLDING, 80, 24, trouble="left: lost")
    assert Row("left: lost", "bold red reverse") in rows


def test_the_pointer_leans_to_the_heavier_side():
    def pointer(share):
        view = View("", "1", "", "good", None, share, "", "")
        return next(r.text.index("●") for r in lines(view, 60, 20) if r.text.startswith("left"))

    assert pointer(0.9) < pointer(0.5) < pointer(0.1)


def test_every_digit_has_a_shape_of_its_own():
    assert len({tuple(digits.rows(str(n), 1, "#")) for n in range(10)}) == 10
    assert digits.rows("ß", 1, "#") == digits.rows("?", 1, "#")


def test_a_view_is_one_sentence_where_nothing_can_be_drawn():
    assert sentence(HOLDING) == "hold 30 s, round 1 of 3: 23 of 30 s"


# In a real terminal -----------------------------------------------------------------------------

SHOW = """
import sys, time
sys.path.insert(0, {tests!r})
from shutil import get_terminal_size
from insole.coach.terminal import full_terminal, lines
from test_coach_terminal import VIEWS
with full_terminal() as display:
    for _ in range(600):
        width, height = get_terminal_size()
        display.show(lines(VIEWS[{view!r}], width, height, aside="rec 1:23", plain={plain}), "")
        time.sleep(0.05)
"""


class Tmux:
    """A terminal of its own, on a server of its own."""

    def __init__(self, socket):
        self._socket = socket

    def __call__(self, *words):
        command = ["tmux", "-f", os.devnull, "-S", str(self._socket), *words]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    def shows(self, expected, patience_s=20.0):
        """Return what is on the terminal, once it is as expected or patience has ended."""
        until_s = time.monotonic() + patience_s
        while time.monotonic() < until_s:
            shown = [line.rstrip() for line in self("capture-pane", "-p").splitlines()]
            if shown == expected:
                break
            time.sleep(0.05)
        return shown


@pytest.fixture
def tmux():
    if shutil.which("tmux") is None:
        pytest.skip("needs tmux, the terminal that can be read; apt install tmux")
    # the path of a socket may be no longer than about a hundred characters
    with tempfile.TemporaryDirectory(prefix="tmux-", dir="/tmp") as folder:
        terminal = Tmux(Path(folder) / "s")
        yield terminal
        subprocess.run(
            ["tmux", "-S", str(Path(folder) / "s"), "kill-server"], capture_output=True, check=False
        )


def padded(view, width, height, *, plain=False):
    rows = [row.text for row in lines(view, width, height, aside="rec 1:23", plain=plain)]
    return [*rows, *[""] * (height - len(rows))]


def start(tmux, size, view, *, plain=False, **environment):
    script = SHOW.format(tests=str(Path(__file__).parent), view=view, plain=plain)
    variables = [f"{name}={value}" for name, value in environment.items()]
    width, height = size
    tmux(
        "-u", "new-session", "-d", "-x", str(width), "-y", str(height),
        "env", "-u", "COLUMNS", "-u", "LINES", *variables, sys.executable, "-c", script,
    )  # fmt: skip


@pytest.mark.slow
def test_a_real_terminal_shows_it_and_follows_its_size(tmux):
    start(tmux, (80, 24), "sagging", LANG="C.UTF-8")
    assert tmux.shows(padded(SAGGING, 80, 24)) == padded(SAGGING, 80, 24)
    for width, height in ((20, 10), (60, 16)):
        tmux("resize-window", "-x", str(width), "-y", str(height))
        assert tmux.shows(padded(SAGGING, width, height)) == padded(SAGGING, width, height)


@pytest.mark.slow
def test_a_terminal_without_utf8_and_colour_shows_it_too(tmux):
    more = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0", "NO_COLOR": "1"}
    start(tmux, (60, 16), "asking", plain=True, **more)
    expected = padded(ASKING, 60, 16, plain=True)
    assert tmux.shows(expected) == expected
