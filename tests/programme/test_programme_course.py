"""The whole way through the programme: together, leg by leg, and together again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from course_days import CALM, PROGRAMME, START, held, raised, session
from hypothesis import given
from hypothesis import strategies as st

from insole.programme.course import Choice, walk
from insole.programme.model import Ratings
from insole.programme.progress import decide

LONG = held(*[46.0] * 5)


def places(course) -> dict[str, str]:
    return {side: f"{place.stage} {place.step}" for side, place in course.places.items()}


def walked(*sessions, choices=()):
    return walk(PROGRAMME, sessions, choices, start=START)


def on(day: int, kind: str, word: str, **more: str) -> Choice:
    """What was said on the morning of a day, before its session."""
    return Choice(START + timedelta(days=day - 1), kind, word, **more)


def test_the_programme_begins_with_the_smallest_step_on_both_feet():
    assert places(walked()) == {"both": "hold_double 30x3"}


def test_two_good_sessions_a_step_and_each_step_begins_anew():
    course = walked(*(session(n, LONG) for n in range(1, 6)))
    assert [t.decision.rule for t in course.turns] == ["stay", "step_up", "stay", "step_up", "stay"]
    assert places(course) == {"both": "hold_double 45x3"}


def test_from_full_holds_straight_to_raises_without_confidence():
    course = walked(*(session(n, LONG) for n in range(1, 9)))
    assert places(course) == {"both": "raise_double to_fatigue"}


def test_each_leg_goes_its_own_way_through_single_holds():
    confident = [on(2, "confirm", "single_leg")]
    both = [session(n, LONG) for n in range(1, 9)]
    left = [session(n, held(*[46.0] * 5, side="left")) for n in range(9, 13)]
    course = walked(*both, *left, choices=confident)
    assert places(course) == {"left": "hold_single 45x3", "right": "hold_single 30x3"}


def test_the_legs_meet_again_at_the_raises():
    single = [on(1, "set", "hold_single", step="45x5")]
    days = [
        session(n, held(*[46.0] * 5, side="left"), held(*[46.0] * 5, side="right")) for n in (1, 2)
    ]
    assert places(walked(*days, choices=single)) == {"both": "raise_double to_fatigue"}


def test_a_leg_that_hurts_goes_back_alone():
    sore = Ratings(3, 7, 5, 5)
    day = session(1, raised(16, variant="single", side="left"), left=sore)
    course = walked(day, choices=[on(1, "set", "raise_single")])
    assert places(course) == {
        "left": "raise_two_up_one_down to_fatigue",
        "right": "raise_single to_fatigue",
    }


def test_the_therapist_sends_one_leg_somewhere():
    course = walked(choices=[on(1, "set", "raise_single", side="left")])
    assert places(course) == {"left": "raise_single to_fatigue", "right": "hold_double 30x3"}


def test_a_choice_after_the_last_session_counts():
    course = walked(session(1, LONG), choices=[on(5, "set", "hold_double", step="45x5")])
    assert places(course) == {"both": "hold_double 45x5"}


def test_a_choice_that_names_no_stage_of_this_programme_changes_nothing():
    assert places(walked(choices=[on(1, "set", "handstand")])) == {"both": "hold_double 30x3"}


def test_somebody_who_cheats_does_not_advance():
    days = [session(n, held(12.0, 8.0, 46.0)) for n in range(1, 11)]
    course = walked(*days)
    assert places(course) == {"both": "hold_double 30x3"}
    assert {turn.decision.rule for turn in course.turns} == {"stay"}


def test_a_flare_steps_back_and_calm_days_lead_on_again():
    flare = Ratings(3, 8, 6, 5)
    days = [session(1, LONG), session(2, LONG), session(3, LONG, pain=flare)]
    assert places(walked(*days)) == {"both": "hold_double 30x3"}
    calm = [session(n, LONG) for n in (4, 5)]
    assert places(walked(*days, *calm)) == {"both": "hold_double 30x5"}


@pytest.mark.parametrize("cut", range(6))
def test_the_way_so_far_does_not_depend_on_what_comes_later(cut):
    days = [session(n, LONG, pain=CALM) for n in range(1, 7)]
    part, whole = walked(*days[:cut]), walked(*days)
    assert whole.turns[: len(part.turns)] == part.turns


@given(st.lists(st.tuples(st.sampled_from([20.0, 31.0, 46.0]), st.integers(0, 7)), min_size=1,
                max_size=12))  # fmt: skip
def test_what_is_worked_out_session_by_session_is_what_the_rules_say_of_all(days):
    sessions = [
        session(n, held(*[length_s] * 5), pain=Ratings(2, worst, 2, 2))
        for n, (length_s, worst) in enumerate(days, start=1)
    ]
    before = walked(*sessions[:-1]).places["both"]
    assert walked(*sessions).last("both") == decide(PROGRAMME, before, "both", sessions) or (
        before.stage != "hold_double"  # holds are no attempt at raises
    )


def test_the_way_back_leads_through_the_stage_that_the_leg_came_from():
    confident = [on(1, "confirm", "single_leg")]
    both = [session(n, LONG) for n in range(1, 9)]
    legs = [
        session(n, held(*[46.0] * 5, side="left"), held(*[46.0] * 5, side="right"))
        for n in range(9, 17)
    ]
    sore = session(17, raised(16), pain=Ratings(3, 7, 5, 5))
    course = walked(*both, *legs, sore, choices=confident)
    assert places(course) == {"left": "hold_single 45x5", "right": "hold_single 45x5"}
    alone = walked(*both, session(9, raised(16), pain=Ratings(3, 7, 5, 5)))
    assert places(alone) == {"both": "hold_double 45x5"}


def test_choices_are_decisions_too():
    choices = [on(1, "confirm", "single_leg"), on(2, "set", "raise_single", side="left"),
               on(3, "set", "handstand")]  # fmt: skip
    turns = walked(choices=choices).turns
    assert [(t.session, t.side, t.decision.rule, t.decision.stage) for t in turns] == [
        ("", "both", "confirm", "hold_double"), ("", "left", "set", "raise_single")
    ]  # fmt: skip
    assert "2026-04-02" in turns[1].decision.reason
