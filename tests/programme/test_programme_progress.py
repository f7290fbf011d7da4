"""The progress rules: a table of cases, each with its rule, where it leads and what it says."""

from __future__ import annotations

from dataclasses import replace

import pytest
from course_days import CALM, PROGRAMME, at, held, raised, session
from hypothesis import given
from hypothesis import strategies as st

from insole.programme.model import Decision, Ratings
from insole.programme.progress import decide

FULL = held(45.0, 45.0, 45.0, 45.0, 45.0)
SIXTEEN = raised(16)


def decided(place, *sessions, side="both", **said) -> Decision:
    return decide(PROGRAMME, place, side, sessions, **said)


# place, sessions, what was said, rule, where it leads, a word of the reason
CASES = {
    "nothing done": (at("hold_double"), [], {}, "stay", "hold_double 30x3", "nothing done yet"),
    "two sessions met": (
        at("hold_double"), [session(1, held(30, 30, 30)), session(2, held(30, 31, 30))], {},
        "step_up", "hold_double 30x5", "targets met in 2 sessions in a row",
    ),
    "one second short still counts": (
        at("hold_double"), [session(1, held(29, 29, 29)), session(2, held(29, 30, 29.5))], {},
        "step_up", "hold_double 30x5", "next step: 30x5",
    ),
    "more than a second short": (
        at("hold_double"), [session(1, held(30, 30, 30)), session(2, held(28.9, 30, 30))], {},
        "stay", "hold_double 30x3", "2 of 3 rounds of 30 s",
    ),
    "one session only": (
        at("hold_double"), [session(1, held(30, 30, 30))], {},
        "stay", "hold_double 30x3", "1 of 2 sessions",
    ),
    "met, missed, met": (
        at("hold_double"),
        [session(1, held(30, 30, 30)), session(2, held(30)), session(3, held(30, 30, 30))], {},
        "stay", "hold_double 30x3", "target not met on 2026-04-02",
    ),
    "another exercise in between is no break": (
        at("hold_double"),
        [session(1, held(30, 30, 30)), session(2, SIXTEEN), session(3, held(30, 30, 30))], {},
        "step_up", "hold_double 30x5", "in a row",
    ),
    "full holds, not confident": (
        at("hold_double", "45x5"), [session(1, FULL), session(2, FULL)], {},
        "stage_up_hold", "raise_double to_fatigue", "insole programme confirm single_leg",
    ),
    "full holds, confident": (
        at("hold_double", "45x5"), [session(1, FULL), session(2, FULL)],
        {"confirmed": {"single_leg"}},
        "stage_up_hold", "hold_single 30x3", "insole programme set raise_double",
    ),
    "more than fifteen at tempo": (
        at("raise_double"), [session(1, SIXTEEN), session(2, SIXTEEN)], {},
        "stage_up_raise", "raise_two_up_one_down to_fatigue", "next stage",
    ),
    "fifteen is not more than fifteen": (
        at("raise_double"), [session(1, SIXTEEN), session(2, raised(15))], {},
        "stay", "raise_double to_fatigue", "15 repetitions at tempo",
    ),
    "twenty, but dropped": (
        at("raise_double"), [session(1, SIXTEEN), session(2, raised(20, at_tempo=3))], {},
        "stay", "raise_double to_fatigue", "3 repetitions at tempo in a set",
    ),
    "tempo not seen": (
        at("raise_double"), [session(1, SIXTEEN), session(2, raised(20, at_tempo=None))], {},
        "stay", "raise_double to_fatigue", "could not be seen",
    ),
    "tempo judged on the cue": (
        at("raise_double"), [session(n, raised(16, judged_on="cue")) for n in (1, 2)], {},
        "stage_up_raise", "raise_two_up_one_down to_fatigue", "next stage",
    ),
    "last stage passed": (
        at("raise_single"),
        [session(n, raised(16, variant="single", side="left")) for n in (1, 2)], {"side": "left"},
        "done", "raise_single to_fatigue", "make it harder with your therapist",
    ),
    "the other leg's work does not count": (
        at("raise_single"),
        [session(n, raised(16, variant="single", side="right")) for n in (1, 2)],
        {"side": "left"},
        "stay", "raise_single to_fatigue", "nothing done yet",
    ),
    "a rating is missing": (
        at("hold_double"),
        [session(1, held(30, 30, 30)), session(2, held(30, 30, 30), pain=Ratings(2, 3, 2))],
        {},
        "stay", "hold_double 30x3", "no rating of pain on 2026-04-02 (later)",
    ),
    "no pain was asked at all": (
        at("hold_double"), [session(n, held(30, 30, 30), pain=Ratings()) for n in (1, 2)], {},
        "stay", "hold_double 30x3", "(before, worst, later)",
    ),
    "pain of six": (
        at("hold_double", "30x5"), [session(1, held(30), pain=replace(CALM, worst=6))], {},
        "back_off", "hold_double 30x3", "must stay below 6",
    ),
    "pain of five is watched, not punished": (
        at("hold_double"), [session(n, held(30, 30, 30), pain=Ratings(4, 5, 4, 4)) for n in (1, 2)],
        {}, "step_up", "hold_double 30x5", "next step",
    ),
    "pain that does not settle": (
        at("hold_double", "45x3"), [session(1, held(45), pain=Ratings(2, 4, 4, 3))], {},
        "back_off", "hold_double 30x5", "it must settle",
    ),
    "pain grew once": (
        at("hold_double"),
        [session(1, held(30, 30, 30)), session(2, held(30, 30, 30), pain=Ratings(2, 4, 2, 2))], {},
        "stay", "hold_double 30x3", "pain at worst 4 of 10, 3 the last time",
    ),
    "pain grew twice in a row": (
        at("hold_double", "30x5"),
        [session(n, held(30), pain=Ratings(2, 2 + n, 2, 2)) for n in (1, 2, 3)], {},
        "back_off", "hold_double 30x3", "grew twice in a row",
    ),
    "already at the smallest step": (
        at("hold_double"), [session(1, held(30), pain=replace(CALM, worst=8))], {},
        "back_off", "hold_double 30x3", "smallest step already, and ask a qualified therapist",
    ),
    "from the first step of a stage back to the one before": (
        at("raise_two_up_one_down"),
        [session(1, raised(5, variant="two_up_one_down", side="left"),
                 pain=replace(CALM, worst=7))],
        {"side": "left"}, "back_off", "raise_double to_fatigue", "one step smaller",
    ),
    "only the sore side is asked for": (
        at("hold_double"),
        [session(n, held(30, 30, 30), right=Ratings()) for n in (1, 2)], {"asked": ("left",)},
        "step_up", "hold_double 30x5", "next step",
    ),
    "fourteen days of training without a step": (
        at("hold_double"), [session(n, held(20, 20, 20)) for n in range(1, 15)], {},
        "stalled", "hold_double 30x3", "see a professional",
    ),
    "thirteen days": (
        at("hold_double"), [session(n, held(20, 20, 20)) for n in range(1, 14)], {},
        "stay", "hold_double 30x3", "0 of 3 rounds",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_case(name):
    place, sessions, said, rule, leads_to, words = CASES[name]
    decision = decided(place, *sessions, **said)
    assert (decision.rule, f"{decision.stage} {decision.step}") == (rule, leads_to)
    assert words in decision.reason


def test_a_decision_names_the_sessions_the_figures_and_the_programme():
    decision = decided(
        at("hold_double"), session(1, held(30, 30, 30)), session(2, held(31, 30, 30))
    )
    assert decision.sessions == ("day 1", "day 2")
    assert decision.evidence[1] == "2026-04-02: 3 of 3 rounds of 30 s (31, 30, 30 s)"
    assert decision.programme_hash == PROGRAMME.hash


def test_holds_judged_on_heel_up_time_say_so():
    sets = held(30, 30, 30, judged_on="heel_up")
    decision = decided(at("hold_double"), session(1, sets), session(2, sets))
    assert "judged on heel-up time" in decision.evidence[0]


def test_sessions_from_before_the_step_began_do_not_count():
    place = replace(at("hold_double"), since=session(1).started_at)
    decision = decided(place, session(1, held(30, 30, 30)), session(2, held(30, 30, 30)))
    assert decision.rule == "stay"


SCORES = st.none() | st.integers(0, 10)
RATINGS = st.builds(Ratings, SCORES, SCORES, SCORES, SCORES)
ROUNDS = st.lists(st.floats(0.0, 60.0), max_size=6).map(lambda rounds: held(*rounds))
HISTORY = st.lists(st.tuples(ROUNDS, RATINGS), max_size=20).map(
    lambda days: [session(n, done, pain=pain) for n, (done, pain) in enumerate(days, 1)]
)
STEPS = [step.id for step in PROGRAMME.stage("hold_double").steps]
PLACES = st.sampled_from([at("hold_double", step) for step in STEPS])
UP = ("step_up", "stage_up_hold", "stage_up_raise", "done")


@given(PLACES, HISTORY)
def test_never_up_when_pain_is_over_the_limit_missing_or_increased(place, history):
    decision = decided(place, *history)
    if decision.rule in UP:
        last, before = history[-1].pain["left"], history[-2].pain["left"]
        for pain in (last, before):
            assert None not in (pain.before, pain.worst, pain.later)
            assert max(pain.worst, pain.later, pain.after or 0) < PROGRAMME.pain.limit
            assert pain.later <= pain.before
        assert last.worst <= before.worst
        assert last.later <= before.later


@given(PLACES, HISTORY)
def test_never_down_without_pain_as_the_reason(place, history):
    decision = decided(place, *history)
    if decision.rule == "back_off":
        assert "pain" in decision.reason
        assert history
    else:
        assert STEPS.index(place.step) <= (
            STEPS.index(decision.step) if decision.stage == "hold_double" else len(STEPS)
        )


@given(PLACES, HISTORY)
def test_the_same_history_gives_the_same_decision(place, history):
    assert decided(place, *history) == decided(place, *history)


@given(PLACES, HISTORY, st.integers(1, 5))
def test_more_work_in_the_last_session_never_turns_up_into_stay(place, history, more):
    decision = decided(place, *history)
    if decision.rule in UP:
        last = history[-1]
        longer = held(*(60.0 for _ in range(more)), *last.sets[0].rounds_s)
        after = decided(place, *history[:-1], replace(last, sets=(longer,)))
        assert after.rule == decision.rule
        assert (after.stage, after.step) == (decision.stage, decision.step)


@given(PLACES, HISTORY)
def test_less_pain_in_the_last_session_never_makes_the_step_smaller(place, history):
    if not history or decided(place, *history).rule == "back_off":
        return
    last = history[-1]
    calmer = Ratings(*(0 if score is not None else None for score in (
        last.pain["left"].before, last.pain["left"].worst,
        last.pain["left"].after, last.pain["left"].later,
    )))  # fmt: skip
    eased = replace(last, pain={"left": calmer, "right": calmer})
    assert decided(place, *history[:-1], eased).rule != "back_off"
