"""`insole edit`, as it is typed."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from insole.cli.main import main
from insole.record.store import open_session

DEMO = Path(__file__).parents[2] / "fixtures" / "sessions" / "demo.insole"


@pytest.fixture
def edit(tmp_path, monkeypatch):
    """Return a function that runs `insole edit` on a copy of the demo."""
    monkeypatch.chdir(tmp_path)
    shutil.copy(DEMO, "demo.insole")
    return lambda *words: CliRunner().invoke(main, ["edit", "demo.insole", *map(str, words)])


def test_list_shows_numbers_and_changes_nothing(edit):
    before = Path("demo.insole").read_bytes()
    result = edit("--list")
    assert result.exit_code == 0
    assert "set 2       0:48.0 – 1:17.4   calf raises, both feet" in result.stdout
    assert "raise 3     1:08.9 – 1:17.4   set 2, rep 3: both feet, counted" in result.stdout
    assert Path("demo.insole").read_bytes() == before


def test_corrections_one_after_the_other_and_back(edit):
    assert "raise 3 " not in edit("--remove", "raise", 2).stdout
    assert "0:28.4 – 0:45.2" in edit("--retime", "hold", 2, "--end", "45.2").stdout
    assert "left foot only, counted (corrected" in edit("--relabel", "set", 2, "single_left").stdout
    added = edit("--add", "raise", "--from", "0:01", "--to", "3.1", "--side", "right")
    assert added.exit_code == 0
    assert "correction 4: raise 0:01.0 – 0:03.1 added, right foot" in added.stdout
    for left in (3, 2, 1, 0):
        result = edit("--undo")
        assert result.stdout.startswith("the last correction is taken back\n")
        assert result.stdout.count("\ncorrection ") == left
    refused = edit("--undo")
    assert refused.exit_code == 4
    assert "no correction" in refused.stderr
    assert len(open_session("demo.insole").marks) == 8


def test_a_report_says_what_was_corrected(edit):
    edit("--retime", "raise", "2.1", "--from", "48.4", "--top", "49.6")
    report = CliRunner().invoke(main, ["report", "demo.insole"]).stdout
    assert "Corrected by hand" in report
    assert "heel-off at 0:48.4, top at 0:49.6" in " ".join(report.split())
    assert "corrected by hand: Somebody corrected this by hand" in report


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ((), "give one of"),
        (("--list", "--undo"), "give one of"),
        (("--remove", "raise", "1", "--undo"), "give one of"),
        (("--add", "raise", "--from", "3"), "--add needs"),
        (("--add", "raise", "--from", "3", "--to", "5", "--top", "4"), "no other time"),
        (("--remove", "raise", "1", "--to", "5"), "go with"),
        (("--remove", "raise", "1", "--side", "left"), "--side goes"),
        (("--retime", "raise", "1", "--to", "-5"), "is no time"),
        (("--retime", "set", "1", "--to", "5"), "not one of"),
        (("--remove", "raise"), "requires 2 arguments"),
    ],
)
def test_half_a_correction_is_a_question_of_usage(edit, words, problem):
    result = edit(*words)
    assert result.exit_code == 2
    assert problem in result.stderr


def test_what_is_not_there_is_a_sentence(edit):
    result = edit("--remove", "raise", "7")
    assert result.exit_code == 4
    assert result.stderr == (
        "insole: demo.insole: has no raise '7', only 3; `insole edit FILE --list` shows what "
        "there is\n"
    )


def test_a_file_that_cannot_be_written_is_a_sentence(edit, monkeypatch):
    def refuse(*_):
        raise OSError(30, "Read-only file system", "demo.insole")

    monkeypatch.setattr("insole.editing.add_mark", refuse)
    result = edit("--remove", "raise", "1")
    assert result.exit_code == 4
    assert "cannot be written" in result.stderr
