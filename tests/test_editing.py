"""Corrections in a session file: written as marks, read, taken back, refused in a sentence."""

import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

import insole
from insole import editing
from insole.errors import StoreError
from insole.record.store import Mark, add_mark, open_session
from insole.report import text

DEMO = Path(__file__).parents[1] / "fixtures" / "sessions" / "demo.insole"
NOON = datetime(2026, 4, 12, 12, 0, tzinfo=UTC)


@pytest.fixture
def demo(tmp_path):
    """Return a copy of the demo: two holds in set 1, three raises in set 2."""
    return shutil.copy(DEMO, tmp_path / "demo.insole")


def test_a_correction_is_a_sealed_mark_and_nothing_else_changes(demo):
    before = insole.load(demo).report()
    shown = editing.remove(demo, "raise", "2", now=NOON)
    session = open_session(demo)
    assert not session.damage
    (mark,) = session.marks
    assert mark.kind == "edit"
    note = json.loads(mark.json)
    assert note["made_at_utc"] == "2026-04-12T12:00:00Z"
    assert note["made_with"] == insole.__version__
    assert session.packets("left", "frames").payload == open_session(DEMO).packets(
        "left", "frames"
    ).payload  # fmt: skip
    after = insole.load(demo).report()
    assert after == shown.report()
    assert len(after.raises) == 2
    original = after.edits[0].original["raises"][0]
    assert original["heel_off_s"] == before.raises[1].heel_off_s
    assert editing.undo(demo).report() == before


def test_numbers_count_in_the_session_or_in_a_set(demo):
    by_session = editing.relabel(demo, "raise", "3", "not_counted").report()
    assert [row.counted for row in by_session.raises] == [True, True, False]
    editing.undo(demo)
    by_set = editing.relabel(demo, "raise", "2.3", "not_counted").report()
    assert by_set.raises == by_session.raises
    assert [row.set for row in editing.rows_of(by_set, "set")] == [1, 2]


def test_times_given_by_hand_stand_in_the_next_report(demo):
    hold = insole.load(demo).report().holds[1]
    editing.retime(demo, "hold", "2", end_s=45.2, lowering_onset_s=43.0)
    row = insole.load(demo).report().holds[1]
    assert row.heel_contact_s == pytest.approx(45.2)
    assert row.end_s == pytest.approx(43.0)
    assert row.duration_s.value == pytest.approx(43.0 - hold.onset_s)


def test_what_is_added_is_there(demo):
    report = editing.add(demo, "raise", 2.0, 5.0, side="left").report()
    assert (report.raises[0].side, report.raises[0].heel_off_s) == ("left", 2.0)


REFUSED = [
    (lambda f: editing.remove(f, "raise", "4"), "has no raise '4', only 3"),
    (lambda f: editing.remove(f, "raise", "1.1"), "has no raise"),
    (lambda f: editing.remove(f, "raise", "9" * 5000), "has no raise"),
    (lambda f: editing.remove(f, "song", "1"), "holds no 'song'"),
    (lambda f: editing.retime(f, "raise", "1"), "without a new time"),
    (lambda f: editing.retime(f, "set", "1", end_s=3.0), "what is in it"),
    (lambda f: editing.retime(f, "raise", "1", end_s=3.0), "before it begins"),
    (lambda f: editing.relabel(f, "raise", "1", "triple"), "choose from double"),
    (lambda f: editing.relabel(f, "hold", "1", "counted"), "counted"),
    (lambda f: editing.add(f, "raise", 5.0, 2.0), "the earlier one first"),
    (lambda f: editing.add(f, "raise", 5.0, 2000.0), "lasts from 0"),
    (lambda f: editing.add(f, "set", 5.0, 6.0), "a raise or a hold"),
    (editing.undo, "no correction"),
]


@pytest.mark.parametrize(("ask", "problem"), REFUSED, ids=range(len(REFUSED)))
def test_what_makes_no_sense_is_a_sentence_and_not_written(demo, ask, problem):
    before = Path(demo).read_bytes()
    with pytest.raises(StoreError, match=problem):
        ask(demo)
    assert Path(demo).read_bytes() == before


def test_a_newer_version_names_both(demo):
    old = editing.Edit("remove", "raise", 58.2, 66.9, {}, "0.0.7", "2026-01-01T00:00:00Z")
    add_mark(demo, Mark(0, "edit", old.to_json()))
    report = insole.load(demo).report()
    assert report.edits[0].applied
    shown = text.render(report)
    told = " ".join(shown.split())
    assert "corrected in reports of insole 0.0.7" in told
    assert f"analysed anew by insole {insole.__version__}" in told


def test_a_correction_of_something_no_longer_found_is_said(demo):
    gone = editing.Edit("remove", "raise", 1.0, 3.0, {}, "0.0.7", "")
    add_mark(demo, Mark(0, "edit", gone.to_json()))
    report = insole.load(demo).report()
    assert not report.edits[0].applied
    assert "finds nothing there" in " ".join(text.render(report).split())
    assert replace(report, edits=()) == insole.load(DEMO).report()
