"""Where a person stands: what is due, what today has seen, and what was said afterwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from insole import journal as file
from insole.history.sessions import Sessions
from insole.history.standing import asked_sides, decided, stand, standing
from insole.history.summary import Summary
from insole.profile import Profile, save_profile
from insole.programme import course
from insole.programme.adherence import Tick
from insole.programme.course import LEGS, Choice
from insole.programme.entry import Journal, Rating, Use
from insole.programme.load import load_programme, read_text
from insole.programme.pain import PainMark
from insole.programme.sets import SetFacts

PROGRAMME = load_programme()
ZONE = timezone(timedelta(hours=2))
DAY = datetime(2026, 4, 1, 0, 0, tzinfo=ZONE)
CALM = {"before": 2, "worst": 3, "after": 2}


def session(day: int, hour: float, *lengths_s: float, told=CALM, zone=ZONE) -> Summary:
    """One session of holds on both feet; the same pain on both."""
    at = DAY.replace(tzinfo=zone) + timedelta(days=day, hours=hour)
    held = tuple((length_s, "phases") for length_s in lengths_s)
    sets = (SetFacts(1, "isometric_hold", "double", "both", held),) if held else ()
    pain = tuple(PainMark(when, "both", score) for when, score in told.items())
    return Summary(f"{day} {hour}", at, sets, (), pain, 120.0)


def later(one: Summary, score: int | None = 2) -> Rating:
    return Rating(one.started_at + timedelta(minutes=8), "later", "both", score, one.id)


def stands(*found: Summary, entries=(), day: int = 0, hour: float = 20.0, asked=LEGS):
    now = DAY + timedelta(days=day, hours=hour)
    return stand(PROGRAMME, Sessions(found), Journal(tuple(entries)), now, asked=asked)


def places(found) -> list[tuple[str, str, str]]:
    return [(due.side, due.stage.id, due.step.id) for due in found.prescribed]


def test_two_good_sessions_with_ratings_told_afterwards_move_on():
    a, b = session(0, 7, 31, 31, 31), session(1, 7, 31, 31, 31)
    assert places(stands(a, b, day=1)) == [("both", "hold_double", "30x3")]
    found = stands(a, b, entries=[later(a), later(b)], day=1)
    assert places(found) == [("both", "hold_double", "30x5")]
    assert [turn.decision.rule for turn in decided(found, b.id)] == ["step_up"]
    assert [turn.decision.rule for turn in decided(found, a.id)] == ["stay"]


def test_an_unanswered_question_stays_missing():
    a, b = session(0, 7, 31, 31, 31), session(1, 7, 31, 31, 31)
    found = stands(a, b, entries=[later(a), later(b, None)], day=1)
    assert places(found) == [("both", "hold_double", "30x3")]
    assert "later" in found.course.last("both").reason


def test_a_rating_told_afterwards_can_send_back():
    a = session(0, 7, 46, 46, 46)
    entries = [Choice(DAY, "set", "hold_double", "45x3"), later(a, 7)]
    found = stands(a, entries=entries)
    assert places(found) == [("both", "hold_double", "30x5")]


def test_rounds_are_counted_bout_by_bout_and_only_those_long_enough():
    found = stands(
        session(0, 7, 31, 31), session(0, 7.5, 20, 31), session(0, 18, 31), session(-1, 7, 31)
    )
    assert found.prescribed[0].rounds_today == (3, 1)
    assert (found.day.bouts, found.day.word) == (2, "as planned")


def test_pain_at_the_limit_stops_this_exercise_for_today_only():
    bad = session(0, 7, 31, told={**CALM, "worst": 6})
    assert "reached 6 of 10 (left)" in stands(bad).prescribed[0].stop
    assert stands(bad, day=1).prescribed[0].stop == ""
    assert stands(session(0, 7, 31)).prescribed[0].stop == ""


def test_sessions_and_choices_from_before_the_programme_do_not_count():
    days = [session(n, 7, 31, 31, 31) for n in range(3)]
    said = [later(one) for one in days]
    early = Choice(DAY, "set", "raise_single")
    use = Use(DAY + timedelta(days=1), "heel_pain", "x")
    found = stands(*days, entries=sorted([*said, early, use], key=lambda e: e.at), day=2)
    assert [one.id for one in found.done] == [days[1].id, days[2].id]
    assert places(found) == [("both", "hold_double", "30x5")]


def test_only_the_sore_side_is_asked_about():
    one_sided = tuple(PainMark(w, "left", s) for w, s in CALM.items())
    days = [replace(session(n, 7, 31, 31, 31), pain=one_sided) for n in (0, 1)]
    said = [replace(later(one), side="left") for one in days]
    assert places(stands(*days, entries=said, day=1)) == [("both", "hold_double", "30x3")]
    found = stands(*days, entries=said, day=1, asked=("left",))
    assert places(found) == [("both", "hold_double", "30x5")]


@pytest.mark.parametrize(
    ("sore", "asked"), [("left", ("left",)), ("both", LEGS), ("none", LEGS), (None, LEGS)]
)
def test_the_profile_says_which_side_hurts(sore, asked, tmp_path, monkeypatch):
    monkeypatch.setattr("insole.profile.user_config_path", lambda _: tmp_path)
    assert asked_sides() == LEGS
    save_profile(Profile(sore_side=sore))
    assert asked_sides() == asked


def test_a_session_belongs_to_the_day_of_the_place_where_it_was():
    """Recorded at half past eleven in the evening there, it is the next day here."""
    there = timezone(timedelta(hours=-6))
    found = stands(session(0, 23.5, 31, zone=there), day=0, hour=23.9)
    assert found.day.bouts == 1
    assert stands(session(0, 23.5, 31, zone=there), day=1, hour=9).day.bouts == 0


def test_a_set_that_runs_past_midnight_is_of_the_evening_and_one_bout_with_the_next():
    late, next_day = session(0, 23.9, 31), session(1, 0.2, 31)
    assert stands(late, next_day, day=0, hour=23.95).day.bouts == 1
    assert stands(late, next_day, day=1).day.bouts == 1


def test_what_the_clock_says_is_to_come_is_left_out_with_a_sentence(tmp_path):
    now = DAY + timedelta(hours=9)
    file.use_programme(tmp_path, read_text(), DAY)
    file.write_down(tmp_path, Choice(DAY + timedelta(days=400), "set", "raise_single"),
                    Tick(now + timedelta(seconds=20), "toe_yoga", "left", 2))  # fmt: skip
    found = standing(tmp_path, PROGRAMME, now)
    assert places(found) == [("both", "hold_double", "30x3")]
    assert found.problems == (
        "journal: 1 entry says it was written at a time to come; left out until then",
    )
    assert len(found.journal.ticks) == 1  # clocks that are compared differ by seconds


def test_each_session_is_looked_at_once_for_a_place_however_many_there_are(monkeypatch):
    looked = []
    really = course.tried_at

    def counted(*words, **named):
        looked.extend(words[3])
        return really(*words, **named)

    monkeypatch.setattr(course, "tried_at", counted)
    stands(*(session(n // 3, 8 + n % 3, 20.0) for n in range(90)), day=40)
    assert len(looked) == 90
