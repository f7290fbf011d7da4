"""`insole record` as installed, in a real terminal, over bleak's own BlueZ backend.

The rig of `tests/radio/bluez_rig.py` runs beside it; what the terminal shows is read from its other
end. Here time is real, so these are slow.
"""

import json
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import private_bus
import pytest

from insole.errors import StoreError
from insole.record.store import open_session, open_whole

termios = pytest.importorskip("termios")
import fcntl  # noqa: E402 - Windows has none, as it has no termios
import pty  # noqa: E402 - likewise
import struct  # noqa: E402 - with them

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(private_bus.missing()), reason=private_bus.missing() or "runs"),
]

RIG = Path(private_bus.__file__).with_name("bluez_rig.py")
ORDERS = RIG.with_name("orders.py")
LONGEST_S = 60.0


@pytest.fixture(scope="module")
def air(tmp_path_factory):
    """Put two insoles in reach of programs with the environment that this returns."""
    folder = tmp_path_factory.mktemp("air")
    tell = (
        "import json, os, sys, time; from pathlib import Path;"
        "names = ('DBUS_SYSTEM_BUS_ADDRESS', 'INSOLE_RIG_ORDERS');"
        "Path('half').write_text(json.dumps({n: os.environ[n] for n in names}));"
        "os.rename('half', 'environment'); sys.stdin.read()"
    )
    rig = [sys.executable, str(RIG), "demo", "sim_insole", "--repeat"]
    program = subprocess.Popen(
        [*rig, "--", sys.executable, "-c", tell], cwd=folder, stdin=subprocess.PIPE
    )
    until((folder / "environment").exists)
    yield json.loads((folder / "environment").read_text())
    program.stdin.close()
    program.wait(LONGEST_S)


def until(is_so, limit_s=LONGEST_S):
    end_s = time.monotonic() + limit_s
    while not is_so():
        assert time.monotonic() < end_s, "this takes too long"
        time.sleep(0.02)


class Terminal:
    """A program in a terminal of so many columns; `shown` is all that it has written so far."""

    def __init__(self, words, environment, columns=80):
        self.ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        self.theirs = theirs
        self.before = termios.tcgetattr(theirs)
        self.program = subprocess.Popen(
            [sys.executable, "-m", "insole", *words],
            stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509 - no threads
            env=os.environ | environment | {"TERM": "xterm", "COLUMNS": str(columns)},
        )  # fmt: skip
        os.set_blocking(self.ours, False)
        self.shown = ""

    def read(self):
        with suppress(OSError):
            self.shown += os.read(self.ours, 65536).decode(errors="replace")
        return self.shown

    def until(self, pattern):
        until(lambda: re.search(pattern, self.read()))

    def type(self, keys):
        os.write(self.ours, keys.encode())

    def end(self):
        """Wait for the end; return the exit code, with all that was shown as plain text."""
        until(lambda: self.read() is None or self.program.poll() is not None)
        self.read()
        return self.program.returncode, re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\r", "", self.shown)


@pytest.fixture
def record(air, tmp_path):
    """Return a function that starts `insole record` in a terminal, once it records."""
    environment = air | {"INSOLE_SESSIONS": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / "c")}
    started = []

    def start(*words, columns=80):
        path = tmp_path / "s.insole"
        terminal = Terminal(["record", "--no-setup", "-o", str(path), *words], environment, columns)
        started.append(terminal)
        terminal.until(r"recording 0:0[2-9]")
        return terminal, path

    yield start
    for terminal in started:
        terminal.program.kill()
        os.close(terminal.theirs)


def test_the_first_time_it_asks_who_stands_there(air, tmp_path):
    environment = air | {"INSOLE_SESSIONS": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / "c")}
    terminal = Terminal(["record", "-o", str(tmp_path / "s.insole")], environment)
    try:
        terminal.until(r"Answer four questions now\? \[Y/n\]")
        terminal.type("\n")
        for question, answer in (
            ("mass", "75"), ("shoe", "42"), ("heel hurts", "left"), ("step", "")
        ):  # fmt: skip
            terminal.until(question)
            terminal.type(f"{answer}\n")
        for offered in (r"calibrates the soles\? \[Y/n\]", r"Follow it\? \[Y/n\]"):
            terminal.until(offered)
            terminal.type("n\n")
        terminal.until(r"recording 0:0[2-9]")
        terminal.type("\x03")
        assert terminal.end()[0] == 0
    finally:
        terminal.program.kill()
        terminal.program.wait()
        os.close(terminal.theirs)
    kept = json.loads((tmp_path / "c" / "insole" / "profile.json").read_text())
    assert (kept["body_mass_kg"], kept["sore_side"]) == (75.0, "left")


def order(air, *words):
    told = subprocess.run(
        [sys.executable, str(ORDERS), *words], env=os.environ | air, capture_output=True, check=True
    )
    return json.loads(told.stdout)


@pytest.mark.parametrize("columns", [80, 40])
def test_lines_keys_and_ctrl_c(record, columns):
    terminal, path = record(columns=columns)
    terminal.type("m")
    terminal.until("marked at 0:0")
    terminal.type("nknee\x7fE: äöü")
    terminal.until("note: kneE: äöü_")
    terminal.type("\r")
    terminal.until("noted at 0:0.: kneE: äöü")
    terminal.type("\x1a\x13")  # Ctrl-Z and Ctrl-S hold nothing up
    seen = len(terminal.shown)
    until(lambda: re.search(r"recording 0:0[6-9]", terminal.read()[seen:]))
    terminal.type("\x03")
    code, shown = terminal.end()
    assert code == 0
    assert "Traceback" not in shown
    assert "you stand still; what you do" in shown
    assert "Session report" in shown
    assert shown.rstrip().endswith(str(path))
    assert termios.tcgetattr(terminal.theirs) == terminal.before
    marks = [json.loads(mark.json) for mark in open_session(path).marks if mark.kind == "user"]
    assert marks == [{}, {"text": "kneE: äöü"}]
    wide, narrow = r"packets/s +lost +battery +last packet +load", "pkt/s lost batt  last"
    assert re.search(wide if columns == 80 else narrow, shown)


def test_a_link_that_is_lost_and_one_that_is_silent_are_said_and_found_again(record, air):
    terminal, path = record("--no-analyse")
    order(air, "lose", "left")
    terminal.until(r"left: lost at \d+ s")
    terminal.until(r"left: reconnected at \d+ s")
    order(air, "silence", "right")
    terminal.until(r"right: stalled at \d+ s")
    order(air, "speak", "right")
    terminal.until(r"right: reconnected at \d+ s")
    terminal.type("\x03")
    assert terminal.end()[0] == 0
    session = open_session(path)
    kinds = [[event.kind for event in session.link_events(role)] for role in ("left", "right")]
    assert kinds == [
        ["connected", "lost", "reconnected", "closed"],
        ["connected", "stalled", "reconnected", "closed"],
    ]


def test_ctrl_c_twice_at_once_keeps_the_file(record):
    terminal, path = record("--no-analyse")
    terminal.type("\x03\x03")
    assert terminal.end()[0] == 0
    session = open_session(path)
    assert session.meta.ended_at_utc
    assert session.damage == ()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_told_to_end_it_ends_well(record, number):
    terminal, path = record()
    terminal.program.send_signal(number)
    code, shown = terminal.end()
    assert code == 0
    assert "Traceback" not in shown
    assert ("Session report" in shown) == (number == signal.SIGTERM)
    assert open_session(path).meta.ended_at_utc


def test_a_terminal_that_is_closed_ends_it_well(record):
    terminal, path = record()
    os.close(terminal.ours)
    assert terminal.program.wait(LONGEST_S) == 0
    assert open_session(path).link_events("left")[-1].reason == "the terminal was closed"


def test_killed_it_has_lost_half_a_second_at_most(record, air):
    before = order(air, "sent")
    terminal, path = record()
    sent = order(air, "sent")
    terminal.program.kill()
    terminal.program.wait()
    session, done = open_whole(path)
    assert "was cut off" in done
    for role, count in sent.items():
        assert len(session.packets(role, "frames")) >= count - before[role] - 0.5 * 25


def is_closed(path):
    try:
        return open_session(path).meta.ended_at_utc
    except StoreError:
        return False


def test_a_terminal_that_takes_nothing_does_not_hold_it_up(record):
    terminal, path = record("--duration", "8", "--no-analyse")
    os.set_blocking(terminal.theirs, False)
    with suppress(BlockingIOError):
        while os.write(terminal.theirs, bytes(1024)):
            pass
    os.set_blocking(terminal.theirs, True)
    until(lambda: is_closed(path))
    assert terminal.program.poll() is None  # it wants to print where the file is
    times = open_session(path).packets("left", "frames").host_time_ns.tolist()
    assert (times[-1] - times[0]) / 1e9 == pytest.approx(8, abs=0.5)
    assert max(later - earlier for earlier, later in pairwise(times)) < 1e9
    assert terminal.end()[0] == 0
