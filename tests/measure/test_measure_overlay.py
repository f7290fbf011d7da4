"""Corrections by hand: what each does to a report, what it keeps, and what it refuses."""

import json
from dataclasses import asdict

import pytest
from feet import ONE_CLOCK, capabilities_of, feet, heel_up, lost, stand
from hypothesis import given, settings
from hypothesis import strategies as st

from insole.measure.edits import LABELS, Edit, edits_of
from insole.measure.finding import find
from insole.measure.params import Params
from insole.report import build, export, text
from insole.report.model import SessionFacts

SLOW = heel_up(1.0, 2.0, 5.0)
ACTS = (stand(6), heel_up(1, 22, 2), stand(5), SLOW, stand(3), SLOW, stand(3), SLOW, stand(5))
"""A hold from 6 to 31 s, raises from 36, 47 and 58 s, 8 s each."""
FORCE = feet(*ACTS)


FOUND = find(FORCE, Params())


def report_with(*edits, force=FORCE):
    facts = SessionFacts("test", None, None, float(force.index[-1]), {})
    known = build.Known(facts, capabilities_of(force), {}, ONE_CLOCK, {}, edits=edits)
    return build.summarise(force, known, Params(), FOUND if force is FORCE else None)


PLAIN = report_with()


def of(row, op, kind, **change):
    return Edit(op, kind, row.heel_off_s, row.heel_contact_s, change, "0.1.0", "2026-04-12")


def values(row):
    return {name: value for name, value in asdict(row).items() if name not in {"rep", "reasons"}}


def test_what_is_removed_is_gone_and_kept_as_original():
    second = PLAIN.raises[1]
    report = report_with(of(second, "remove", "raise"))
    assert [row.heel_off_s for row in report.raises] == [
        PLAIN.raises[0].heel_off_s, PLAIN.raises[2].heel_off_s
    ]  # fmt: skip
    (edit,) = report.edits
    assert edit.applied
    assert edit.original["raises"][0]["heel_off_s"] == second.heel_off_s
    assert edit.original["raises"][0]["lowering_s"]["value"] == second.lowering_s.value
    assert all("by_hand" not in row.reasons for row in (*report.raises, *report.holds))
    events = [e for e in report.events if 46 < e.time_s < 56]
    assert not events


def test_nothing_else_changes():
    report = report_with(of(PLAIN.raises[1], "remove", "raise"))
    assert report.holds == PLAIN.holds
    assert values(report.raises[1])["lowering_s"] == values(PLAIN.raises[2])["lowering_s"]
    assert report.quality == PLAIN.quality


def test_what_is_retimed_is_measured_anew_and_says_so():
    first = PLAIN.raises[0]
    report = report_with(of(first, "retime", "raise", end_s=first.heel_contact_s - 0.5))
    row = report.raises[0]
    assert row.heel_contact_s == pytest.approx(first.heel_contact_s - 0.5, abs=0.011)
    assert row.lowering_s.value == pytest.approx(first.lowering_s.value - 0.5, abs=0.02)
    assert row.raising_s.value == pytest.approx(first.raising_s.value, abs=1e-9)
    assert "by_hand" in row.reasons
    assert row.lowering_s.quality == "low"
    assert "by_hand" in row.lowering_s.reasons
    assert "by_hand" in report.sets[1].reasons
    assert "by_hand" not in report.sets[0].reasons
    assert report.edits[0].original["raises"][0]["heel_contact_s"] == first.heel_contact_s
    moved = [e for e in report.events if e.method == "by_hand"]
    assert {(e.event, e.side) for e in moved} == {("heel_contact", s) for s in ("left", "right")}


def test_top_and_lowering_can_be_told():
    hold = PLAIN.holds[0]
    report = report_with(of(hold, "retime", "hold", top_s=8.0, lowering_onset_s=28.0))
    row = report.holds[0]
    assert (row.onset_s, row.end_s) == (8.0, 28.0)
    assert row.duration_s.value == pytest.approx(20.0)
    assert (row.heel_off_s, row.heel_contact_s) == (hold.heel_off_s, hold.heel_contact_s)


def test_later_corrections_see_the_earlier_ones():
    first = PLAIN.raises[0]
    moved = of(first, "retime", "raise", start_s=first.heel_off_s + 1.0)
    then = Edit("relabel", "raise", first.heel_off_s + 1.0, first.heel_contact_s,
                {"label": "not_counted"})  # fmt: skip
    report = report_with(moved, then)
    assert not report.raises[0].counted
    assert report.edits[1].original["raises"][0]["heel_off_s"] == first.heel_off_s
    assert [edit.applied for edit in report.edits] == [True, True]
    again = report_with(then, moved)  # whatever was said of it goes with it
    assert not again.raises[0].counted


@pytest.mark.parametrize("kind", ["raise", "hold"])
def test_what_is_added_is_measured_like_the_rest(kind):
    third = PLAIN.raises[2]
    removed = of(third, "remove", "raise")
    added = Edit("add", kind, third.heel_off_s, third.heel_contact_s, {"side": "both"})
    report = report_with(removed, added)
    row = (*report.holds, *report.raises)[1 if kind == "hold" else -1]
    assert row.heel_off_s == pytest.approx(third.heel_off_s, abs=0.011)
    height = row.hold_height_mm if kind == "hold" else row.heel_height_mm
    assert height.value == pytest.approx(third.heel_height_mm.value, abs=8.0)
    assert "by_hand" in row.reasons
    assert report.edits[1].original == {}


def test_an_added_stretch_of_standing_has_heights_of_its_own():
    report = report_with(Edit("add", "raise", 1.0, 4.0, {"side": "both"}))
    row = report.raises[0]
    assert abs(row.heel_height_mm.value) < 3.0
    assert PLAIN.raises[0].heel_height_mm.value == report.raises[1].heel_height_mm.value


def test_the_hand_wins_over_what_is_found_in_its_place():
    report = report_with(Edit("add", "hold", 35.0, 68.0, {"side": "both"}))
    assert len(report.holds) == 2
    assert report.raises == ()
    assert len(report.edits[0].original["raises"]) == 3


@pytest.mark.parametrize(
    ("label", "seen"),
    [
        ("single_left", {"variant": "single_left", "side": "left", "counted": True}),
        ("two_up_one_down", {"variant": "two_up_one_down", "side": "both"}),
        ("not_counted", {"variant": "double", "counted": False}),
        ("counted", {"variant": "double", "counted": True}),
    ],
)
def test_what_is_relabelled(label, seen):
    report = report_with(of(PLAIN.raises[0], "relabel", "raise", label=label))
    row = min(report.raises, key=lambda r: r.heel_off_s)
    assert {name: getattr(row, name) for name in seen} == seen
    assert "by_hand" in row.reasons
    assert row.lowering_s.quality == "ok"
    assert report.edits[0].original["raises"][0]["variant"] == "double"


def test_a_raise_becomes_a_hold_and_back():
    report = report_with(of(PLAIN.raises[0], "relabel", "raise", label="hold"))
    assert len(report.holds) == 2
    assert "by_hand" in report.holds[1].reasons
    back = report_with(of(PLAIN.holds[0], "relabel", "hold", label="raise"))
    assert len(back.raises) == 4
    assert "by_hand" in back.raises[0].reasons


def test_a_whole_set_is_relabelled_or_removed():
    spans = (PLAIN.sets[1].start_s, PLAIN.sets[1].end_s)
    report = report_with(Edit("relabel", "set", *spans, {"label": "single_right"}))
    assert {row.variant for row in report.raises} == {"single_right"}
    assert report.sets[1].side == "right"
    assert len(report.edits[0].original["raises"]) == 3
    assert report.edits[0].original["sets"][0]["variant"] == "double"
    assert not report_with(Edit("remove", "set", *spans)).raises


def test_a_hold_in_one_foot_only():
    report = report_with(of(PLAIN.holds[0], "relabel", "hold", label="single_left"))
    assert (report.holds[0].side, report.sets[0].variant) == ("left", "single_left")
    refused = report_with(of(PLAIN.holds[0], "relabel", "hold", label="two_up_one_down"))
    assert refused.holds == PLAIN.holds
    assert not refused.edits[0].applied


REFUSED = [
    (Edit("remove", "raise", 0.5, 4.0), "finds nothing there"),
    (Edit("remove", "raise", 36.0, 70.0), "finds nothing there"),
    (Edit("paint", "raise", 36.0, 44.0), "does not know"),
    (Edit("remove", "song", 36.0, 44.0), "does not know"),
    (Edit("remove", "raise", 44.0, 36.0), "does not know"),
    (Edit("retime", "raise", 36.0, 44.0, {"end_s": 30.0}), "before it begins"),
    (Edit("retime", "raise", 36.0, 44.0, {"end_s": 3000.0}), "outside"),
    (Edit("retime", "raise", 36.0, 44.0, {"top_s": 43.0, "lowering_onset_s": 40.0}), "top"),
    (Edit("relabel", "raise", 36.0, 44.0, {"label": "triple"}), "triple"),
    (Edit("relabel", "hold", 6.0, 31.0, {"label": "counted"}), "counted"),
    (Edit("add", "raise", 5000.0, 6000.0), "outside"),
    (Edit("add", "set", 1.0, 4.0), "outside"),
    (Edit("add", "raise", 1.0, 4.0, {"side": "third"}), "third"),
]


@pytest.mark.parametrize(("edit", "problem"), REFUSED, ids=str)
def test_what_makes_no_sense_changes_nothing_and_says_so(edit, problem):
    report = report_with(edit)
    (row,) = report.edits
    assert not row.applied
    assert problem in row.problem
    assert (report.raises, report.holds) == (PLAIN.raises, PLAIN.holds)


def test_without_a_motion_sensor_there_is_no_top_to_move():
    force = feet(*ACTS, imu=False)
    plain = report_with(force=force)
    edit = of(plain.raises[0], "retime", "raise", top_s=38.0)
    assert "motion sensor" in report_with(edit, force=force).edits[0].problem


def test_data_lost_in_what_was_added_is_said():
    force = lost(FORCE, 38.0, 38.3)
    report = report_with(Edit("add", "raise", 36.0, 44.0, {"side": "both"}), force=force)
    row = next(r for r in report.raises if r.heel_off_s == 36.0)
    assert "gap" in row.reasons


def test_marks_become_corrections_and_undo_takes_back():
    one, two = Edit("remove", "raise", 1.0, 2.0, {}, "0.1.0"), Edit("add", "hold", 3.0, 9.0)
    undo = '{"op": "undo"}'
    assert edits_of([one.to_json(), two.to_json()]) == (one, two)
    assert edits_of([one.to_json(), undo, two.to_json()]) == (two,)
    assert edits_of([undo, one.to_json(), two.to_json(), undo, undo]) == ()


@pytest.mark.parametrize("note", ["", "[]", "{", "{}", "null", '{"op": 3, "start_s": "x"}'])
def test_a_mark_that_cannot_be_read_is_named_and_does_nothing(note):
    report = report_with(*edits_of([note]))
    assert not report.edits[0].applied
    assert report.raises == PLAIN.raises


def test_a_report_with_corrections_survives_json_and_is_told():
    edits = (of(PLAIN.raises[1], "remove", "raise"), REFUSED[0][0])
    report = report_with(*edits)
    again = export.from_json(export.to_json(report))
    assert again.edits == report.edits
    assert export.to_dict(again) == export.to_dict(report)
    shown = " ".join(text.render(report).split())
    assert "taken out" in shown
    assert "not applied: this analysis finds nothing there" in shown


TIMES = st.floats(allow_nan=True, allow_infinity=True) | st.floats(0.0, 80.0)
CHANGES = st.dictionaries(
    st.sampled_from(["start_s", "end_s", "top_s", "lowering_onset_s", "label", "side", "x"]),
    TIMES | st.sampled_from([*LABELS, "left", "both", ""]) | st.none() | st.lists(st.none()),
)
OBJECTS = st.fixed_dictionaries({
    "op": st.sampled_from(["add", "remove", "retime", "relabel", "undo", "x"]),
    "kind": st.sampled_from(["raise", "hold", "set", "x"]),
    "start_s": st.sampled_from([6.0, 36.0, 47.0]) | TIMES,
    "end_s": st.sampled_from([31.0, 44.0, 55.0]) | TIMES,
    "change": CHANGES,
})  # fmt: skip


@settings(max_examples=30)
@given(st.lists(OBJECTS, max_size=4))
def test_whatever_the_marks_say_there_is_a_report(notes):
    report = report_with(*edits_of(map(json.dumps, notes)))
    assert export.to_dict(export.from_json(export.to_json(report))) == export.to_dict(report)
