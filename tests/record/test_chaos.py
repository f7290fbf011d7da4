"""However a recording ends, its file opens and holds what came, in order, byte for byte."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from itertools import groupby

import chaos
import pytest
import stored

from insole.record.replay import numbered_items
from insole.record.store import open_whole

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes to be forked")

FAST = 0.02
"""How long a second is in these recordings, s; all that takes time is shortened alike."""

CODES = {
    "links end": {0},
    "all lost": {3},
    "killed at an item": {-signal.SIGKILL},
    "killed at a disk operation": {-signal.SIGKILL},
    "killed later": {-signal.SIGKILL},
    "ctrl-c": {130},
    "ctrl-c twice": {130},
    "disk hiccup": {0},
    "disk dies": {4},
    "disk full": {4},
    "file deleted": {4},
}
SENTENCES = {
    "all lost": r"(left|right|plate|scale): "
    r"(was lost for good; charge it|was lost and did not come back.*|.* does not answer; .*)",
    "disk dies": r".*a\.insole: cannot be written(, and is kept up to \d+\.\d\d s)?: the disk "
    r"fails, so check it and its plug \(disk I/O error\)",
    "disk full": r".*a\.insole: cannot be written(, and is kept up to \d+\.\d\d s)?: the disk is "
    r"full, so free some space \(database or disk is full\)",
    "file deleted": r".*a\.insole: was deleted or moved while it was written, or its disk was .*",
}
KEEPS_ALL = {"links end", "all lost", "ctrl-c", "disk hiccup", "file deleted"}
"""Endings that cost nothing of what the recorder was given."""
CUT_OFF = "the recording was cut off"
AFTER_A_KILL = (
    rf"{CUT_OFF}; its \d+ packets up to \d+\.\d\d s are kept",
    "the recording had ended, but not its file",
    "a change of the closed session had been cut off",  # in the last step of closing
)


class Nursery:
    """The program that makes recordings, and what became of the last one."""

    def __init__(self):
        self.program = subprocess.Popen(
            [sys.executable, chaos.__file__],
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},  # with the rigs of others
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def begin(self, folder, **order):
        folder.mkdir()
        self.program.stdin.write(json.dumps({"folder": str(folder), **order}) + "\n")
        self.program.stdin.flush()
        return int(self.program.stdout.readline())

    def end(self):
        return int(self.program.stdout.readline())


@pytest.fixture(scope="module")
def nursery():
    nursery = Nursery()
    with nursery.program:
        yield nursery
        nursery.program.stdin.close()


def check(folder, code, ending):
    """Check all that must hold of a recording."""
    sent, committed = log_of(folder)
    killed = code == -signal.SIGKILL
    said = "" if killed else (folder / "said").read_text()
    assert code in CODES[ending], said
    assert re.fullmatch(SENTENCES.get(ending, ""), said)

    session, done = open_whole(folder / "a.insole")
    assert session.damage == ()
    assert stored.beside(folder / "a.insole") == ["a.insole"] + ["said"] * (not killed) + ["sent"]
    if ending in KEEPS_ALL:
        assert done is None
    if killed:
        assert re.match("|".join(AFTER_A_KILL), done)

    numbers = [number for number, _ in numbered_items(session)]
    assert numbers == list(range(1, len(numbers) + 1))
    kept = without_last_words(stored.taken(session), said)
    assert len(kept) >= committed
    for role, of_role in by_role(kept).items():
        assert of_role == by_role(sent)[role][: len(of_role)]
    if ending in KEEPS_ALL:
        assert len(kept) == len(sent)
    if sent:  # else it may have died while its file was made
        assert bool(session.meta.ended_at_utc) != bool(done and done.startswith(CUT_OFF))


def log_of(folder):
    """Return the items that links gave, and how many the recorder last said were on disk."""
    text = (folder / "sent").read_text()
    whole = text[: text.rfind("\n") + 1]  # a kill may cut the last line, which nobody had then
    lines = [json.loads(line) for line in whole.splitlines()]
    sent = [chaos.as_item(line) for line in lines if isinstance(line, list)]
    return sent, max((line for line in lines if isinstance(line, int)), default=0)


def by_role(items):
    ordered = sorted(items, key=lambda item: item.role)
    return {role: list(of_role) for role, of_role in groupby(ordered, lambda item: item.role)}


def without_last_words(items, said):
    """Return what links sent, without the events by which recorder or recovery close a file."""
    reasons = {CUT_OFF, said.partition("a.insole: ")[2]} - {""}
    while items and getattr(items[-1], "reason", None) in reasons:
        items = items[:-1]
    return items


@pytest.mark.parametrize("ending", chaos.ENDINGS[:-1])
def test_whatever_happens(nursery, tmp_path, ending):
    nursery.begin(tmp_path / "a", seed=0, scale=FAST, ending=ending)
    check(tmp_path / "a", nursery.end(), ending)


@pytest.mark.slow
@pytest.mark.parametrize("ending", chaos.ENDINGS[:-1])
def test_whatever_happens_two_hundred_times(nursery, tmp_path, ending):
    for seed in range(1, 21):
        folder = tmp_path / str(seed)
        nursery.begin(folder, seed=seed, scale=FAST, ending=ending)
        check(folder, nursery.end(), ending)


def test_what_links_over_bleak_have_not_given_yet_is_kept_too(nursery, tmp_path):
    nursery.begin(tmp_path / "a", seed=0, scale=FAST, ending="ctrl-c", source="ble")
    check(tmp_path / "a", nursery.end(), "ctrl-c")


@pytest.mark.slow
@pytest.mark.parametrize(
    "ending", [e for e in chaos.ENDINGS[:-1] if e not in ("links end", "disk hiccup")]
)
def test_whatever_happens_to_links_over_bleak(nursery, tmp_path, ending):
    """They do not end by themselves."""
    for seed in range(1, 11):
        folder = tmp_path / str(seed)
        nursery.begin(folder, seed=seed, scale=FAST, ending=ending, source="ble")
        check(folder, nursery.end(), ending)


@pytest.mark.slow
def test_a_kill_from_outside_in_real_time(nursery, tmp_path):
    """Seconds are as long as they are, and the recording does not know when it comes."""
    for seed in range(10):
        folder = tmp_path / str(seed)
        pid = nursery.begin(folder, seed=seed, scale=1.0, ending="killed later")
        time.sleep(0.5 + seed / 10)
        os.kill(pid, signal.SIGKILL)
        check(folder, nursery.end(), "killed later")
