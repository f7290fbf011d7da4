"""The guided calibration on the command line: led, judged, kept, and what is refused."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from insole import profile
from insole.cli.main import main
from insole.record.store import Mark, SessionMeta, add_mark, open_session
from insole.recording.guide import READY_S, TASKS, Guide, Task

FIXTURE = Path(__file__).resolve().parents[2] / "fixtures" / "sessions" / "demo.insole"


@pytest.fixture
def insole(tmp_path, monkeypatch):
    """Return a function that runs a command with folders of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("INSOLE_SESSIONS", str(tmp_path / "sessions"))
    monkeypatch.setattr(profile, "user_config_path", lambda _: tmp_path / "config")
    return lambda *words: CliRunner().invoke(main, ["calibrate", *map(str, words)])


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """A session in which a simulated person did the guided minute, and what was said of it."""
    path = tmp_path_factory.mktemp("done") / "done.insole"
    words = ["calibrate", "--simulate", "calibration", "--mass", "75", "-o", str(path)]
    return path, CliRunner().invoke(main, words)


def test_a_person_who_does_it_well_is_calibrated(done):
    path, result = done
    assert result.exit_code == 0
    *lines, last = result.stdout.splitlines()
    assert last == str(path)
    assert len(lines) == len(TASKS)
    assert all(line.endswith(" accepted") for line in lines)
    with open_session(path) as file:
        assert file.meta.body_mass_kg == 75.0
        assert len([mark for mark in file.marks if mark.kind == "calibration"]) == 10


def test_a_simulated_person_s_calibration_is_not_kept(done, insole, tmp_path):
    result = insole(done[0])
    assert result.exit_code == 0
    assert "this session only" in result.stderr
    assert not (tmp_path / "config").exists()


def test_a_person_s_calibration_is_kept_for_the_soles(done, insole, tmp_path, monkeypatch):
    copy = shutil.copy(done[0], tmp_path / "s.insole")
    monkeypatch.setattr("insole.record.store.open_session", nobodys)
    result = insole(copy)
    assert result.exit_code == 0
    assert "kept for later sessions" in result.stderr
    (kept,) = (tmp_path / "config" / "calibrations").iterdir()
    assert json.loads(kept.read_text())["calibration"]["body_weight_given"]
    assert kept.stat().st_mode & 0o077 == 0


def nobodys(path):
    """Return a session that does not say it was simulated."""
    file = open_session(path)
    return replace(file, meta=SessionMeta(file.meta.started_at_utc))


def test_who_only_stands_is_told_what_to_repeat(insole, tmp_path):
    result = insole("--simulate", "quiet_stance", "-o", tmp_path / "s.insole")
    assert result.exit_code == 4
    assert "your mass is not known" in result.stderr
    assert "not kept" in result.stderr
    assert result.stdout.count("not accepted: ") == 3
    assert "shifts on tiptoe    not done" in result.stdout
    assert "quiet stand         accepted" in result.stdout


def test_a_step_that_was_not_done_is_named(insole, tmp_path):
    path = tmp_path / "s.insole"
    shutil.copy(FIXTURE, path)
    for event, time_s in (("start", 0.5), ("end", 7.5)):
        note = json.dumps({"step": "quiet_stand", "event": event})
        add_mark(path, Mark(round(time_s * 1e9), "calibration", note))
    result = insole(path)
    assert result.exit_code == 4
    assert result.stdout.splitlines() == [
        "quiet stand         accepted",
        "left heel pressed   not done",
        "unloaded            not done",
        "shifts, heels down  not done",
        "shifts on tiptoe    not done",
    ]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--simulate", "calibration", "--mass", "7"], "between 20 and 300"),
        (["--simulate", "calibration", "--mass", "nan"], "between 20 and 300"),
        (["x.insole", "--simulate", "demo"], "leave out all other options"),
        (["x.insole", "--mass", "70"], "leave out all other options"),
    ],
)
def test_words_that_do_not_go_together_are_a_usage_error(insole, words, says):
    result = insole(*words)
    assert result.exit_code == 2
    assert says in result.stderr


def test_a_session_without_calibration_says_how_to_get_one(insole):
    result = insole(FIXTURE)
    assert result.exit_code == 4
    assert "calibrate anew with `insole calibrate`" in result.stderr


# The guide ---------------------------------------------------------------------------------------


def test_each_task_is_told_before_it_starts_when_it_starts_and_once():
    guide = Guide((Task("a", "sit", 3.0), Task("b", "stand", 10.0)))
    assert guide.tell(0.0) == ["step 1 of 2, in 5 s: sit"]
    assert guide.tell(4.9) == []
    assert guide.tell(READY_S) == ["now, for 3 s"]
    assert guide.tell(13.0) == ["step 2 of 2, in 5 s: stand", "now, for 10 s"]
    assert guide.tell(99.0) == ["done"]
    assert guide.tell(99.0) == []


def test_only_tasks_that_were_over_are_marked():
    guide = Guide((Task("a", "sit", 3.0), Task("b", "stand", 10.0)))
    marks = guide.marks(2 * 10**9, round(24.9e9))
    assert [(m.host_time_ns / 1e9, json.loads(m.json)["event"]) for m in marks] == [
        (7.0, "start"),
        (10.0, "end"),
    ]
    assert len(guide.marks(2 * 10**9, 25 * 10**9)) == 4
