"""The journal and the programme beside the sessions: private, whole, and never in the way."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from insole.errors import SpecError, StoreError
from insole.journal import (
    JOURNAL,
    began_at,
    programme_in_use,
    read_journal,
    use_programme,
    write_down,
)
from insole.programme.adherence import Tick
from insole.programme.entry import Journal, Use
from insole.programme.load import load_programme, read_text
from insole.record.store import open_session

AT = datetime(2026, 4, 1, 7, 30, tzinfo=UTC)
TICK = Tick(AT, "toe_yoga", "left", 2)


def test_there_is_nothing_before_the_first_entry(tmp_path):
    assert read_journal(tmp_path / "new") == Journal()
    assert programme_in_use(tmp_path / "new") is None


def test_entries_are_added_for_the_user_alone(tmp_path):
    write_down(tmp_path / "new", TICK)
    write_down(tmp_path / "new", TICK, TICK)
    assert read_journal(tmp_path / "new").ticks == (TICK,) * 3
    if os.name == "posix":
        assert (tmp_path / "new" / JOURNAL).stat().st_mode & 0o777 == 0o600


def test_a_line_cut_off_by_a_power_failure_costs_only_itself(tmp_path):
    write_down(tmp_path, TICK, TICK)
    path = tmp_path / JOURNAL
    path.write_bytes(path.read_bytes()[:-30])
    write_down(tmp_path, TICK)
    journal = read_journal(tmp_path)
    assert len(journal.ticks) == 2
    assert journal.problems == ("line 2 is damaged and left out",)


def test_two_programs_may_write_at_once(tmp_path):
    code = (
        "import sys; from pathlib import Path; from datetime import datetime, UTC;"
        "from insole.journal import write_down; from insole.programme.adherence import Tick;"
        "[write_down(Path(sys.argv[1]), Tick(datetime.now(UTC), sys.argv[2], 'left', 1))"
        " for _ in range(100)]"
    )
    names = ("toe_yoga", "soft_tissue")
    runs = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path), n]) for n in names]
    assert [run.wait(timeout=60) for run in runs] == [0, 0]
    journal = read_journal(tmp_path)
    assert journal.problems == ()
    assert sorted(tick.exercise for tick in journal.ticks) == sorted(names * 100)


def test_what_cannot_be_written_or_read_is_one_sentence(tmp_path):
    (tmp_path / JOURNAL).mkdir()
    with pytest.raises(StoreError, match="cannot be written"):
        write_down(tmp_path, TICK)
    with pytest.raises(StoreError, match="cannot be read"):
        read_journal(tmp_path)


def test_a_full_disk_is_one_sentence():
    if not os.path.exists("/dev/full"):  # noqa: PTH110 - a device
        pytest.skip("needs a device that is always full")
    from insole import journal

    with pytest.raises(OSError, match="No space"):
        journal._append("/dev/full", b"x\n")


def test_a_programme_is_taken_up_with_a_copy_and_an_entry(tmp_path):
    mine = use_programme(tmp_path, read_text(), AT)
    assert programme_in_use(tmp_path).hash == mine.hash == load_programme().hash
    assert read_journal(tmp_path).uses == (Use(AT, "heel_pain", mine.hash),)


def test_a_programme_that_cannot_be_used_changes_nothing(tmp_path):
    use_programme(tmp_path, read_text(), AT)
    before = sorted((p.name, p.read_bytes()) for p in tmp_path.iterdir())
    with pytest.raises(SpecError):
        use_programme(tmp_path, "schema = 2", AT)
    assert sorted((p.name, p.read_bytes()) for p in tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    ("taken_up", "day"),
    [
        ([], None),
        (["heel_pain"], 0),
        (["heel_pain", "heel_pain"], 0),
        (["heel_pain", "other", "heel_pain"], 2),
        (["", "heel_pain"], 1),
        (["heel_pain", ""], 0),
    ],
)
def test_a_changed_file_goes_on_and_another_programme_begins_anew(taken_up, day):
    uses = tuple(Use(AT + timedelta(days=n), name, "x") for n, name in enumerate(taken_up))
    began = began_at(Journal(uses), load_programme())
    assert began == (None if day is None else AT + timedelta(days=day))


def test_a_recording_says_which_programme_was_followed(tmp_path, caplog):
    from insole.recording.file import keeper
    from insole.recording.source import Source

    live = Source((), now_ns=lambda: 0)
    mine = use_programme(tmp_path, read_text(), AT)
    with keeper(tmp_path / "a.insole")(live), keeper(tmp_path / "b.insole")(Source(())):
        pass
    with open_session(tmp_path / "a.insole") as a, open_session(tmp_path / "b.insole") as b:
        assert (a.meta.programme_id, a.meta.programme_hash) == ("heel_pain", mine.hash)
        assert b.meta.programme_hash == ""  # a simulated person follows nothing
    (tmp_path / "programme.toml").write_text("schema = 2")
    with keeper(tmp_path)(live):
        assert "the programme is left out" in caplog.text
