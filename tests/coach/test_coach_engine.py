"""The coach's rules: what is said, when, and what of it counts."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

import pytest
from acting import ALL, Up, act, facts, holds, kinds, plan, raises
from hypothesis import given, settings
from hypothesis import strategies as st

from insole.coach import engine, hold
from insole.coach.model import Cue, Rig
from insole.coach.view import view_of
from insole.programme.pain import pain_mark

HEEL_ONLY = Rig(heel=True, height=False)
BLIND = Rig(heel=False, height=False, share=False)


def times(cues, kind):
    return [cue.time_s for cue in cues if cue.kind == kind]


def texts(cues, kind):
    return [cue.text for cue in cues if cue.kind == kind]


# Holds ------------------------------------------------------------------------------------------


def test_a_set_of_holds_runs_by_itself():
    ups = [Up(13.0, 10.4), Up(38.0, 10.6)]
    state, cues = act(plan(holds()), ups, until_s=60)
    said = [kind for kind in kinds(cues) if kind not in {"count_down", "seconds_left"}]
    assert said == [
        "pain_question", "pain", "ready", "up", "hold", "half", "round_done", "rest", "up", "hold",
        "half", "round_done", "set_done", "pain_question", "pain", "pain_question", "pain",
        "settle",
    ]  # fmt: skip
    (result,) = state.results
    assert [one.held_s for one in result.rounds] == pytest.approx([10.4, 10.6])
    assert all(one.met and one.final for one in result.rounds)


def test_the_last_seconds_are_counted_down_and_the_end_comes_in_time():
    _, cues = act(plan(holds(rounds=1)), [Up(13.0, 12.0)], until_s=30)
    assert [cue.speech for cue in cues if cue.kind == "seconds_left"] == ["4", "3", "2", "1"]
    assert times(cues, "round_done") == pytest.approx([24.0], abs=0.11)


def test_rest_begins_when_the_heel_came_down_and_ends_by_itself():
    _, cues = act(plan(holds()), [Up(13.0, 10.0)], until_s=60)
    contact_s = Up(13.0, 10.0).contact_s
    assert times(cues, "up")[1] == pytest.approx(contact_s + 10.0, abs=0.11)


def test_who_begins_early_is_followed():
    _, cues = act(plan(holds()), [Up(5.0, 10.5), Up(22.0, 10.5)], until_s=60)
    assert "up" not in kinds(cues)
    assert kinds(cues).count("round_done") == 2


def test_a_touch_under_one_second_is_not_spoken_of_and_costs_nothing():
    up = Up(13.0, 10.5, touches=((18.0, 18.8),))
    state, cues = act(plan(holds(rounds=1)), [up], until_s=40)
    assert "touch" not in kinds(cues)
    assert [one.held_s for one in state.results[0].rounds] == pytest.approx([10.5])


def test_a_longer_touch_is_spoken_of_while_the_hold_can_still_go_on():
    up = Up(13.0, 10.5, touches=((18.0, 19.4),))
    _, cues = act(plan(holds(rounds=1)), [up], until_s=40)
    assert times(cues, "touch") == pytest.approx([19.1], abs=0.11)


def test_a_hold_that_is_too_short_says_so_and_is_not_met():
    state, cues = act(plan(holds()), [Up(13.0, 6.0)], until_s=30)
    assert texts(cues, "hold_lost") == ["round 1 of 2: only 6 s. Rest 10 s"]
    assert [one.met for one in state.results[0].rounds] == [False]


def test_a_false_start_uses_up_no_round():
    state, _ = act(plan(holds()), [Up(13.0, 0.5)], until_s=30)
    assert state.results[0].rounds == ()
    assert state.phase == "up"


def test_a_sag_is_amber_and_spoken_of_once_each_time():
    up = Up(13.0, 10.5, sags=((16.0, 17.0), (20.0, 21.0)))
    the_plan = plan(holds(rounds=1))
    _, cues = act(the_plan, [up], until_s=40)
    assert times(cues, "higher") == pytest.approx([16.0, 20.0], abs=0.11)
    state, _ = act(the_plan, [up], until_s=16.5)
    assert view_of(state, the_plan, facts([up], 16.5), 16.5).mood == "amber"


def test_the_wrong_leg_does_not_count():
    ups = [Up(13.0, 10.5, side="right")]
    state, cues = act(plan(holds("left", 1)), ups, until_s=40)
    assert texts(cues, "wrong_side") == ["that was the right leg; now the left leg"]
    assert state.results[0].rounds == ()


def test_the_resting_foot_and_a_leaning_load_are_spoken_of():
    _, cues = act(plan(holds("left", 1)), [Up(13.0, 10.5, side="left", resting=0.2)], until_s=30)
    assert kinds(cues).count("resting_foot") == 1
    _, cues = act(plan(holds(rounds=1)), [Up(13.0, 10.5, share=0.7)], until_s=30)
    assert texts(cues, "balance") == ["more on the right foot"]


def test_without_a_motion_sensor_the_clock_runs_from_the_heel_off():
    the_plan = plan(holds(rounds=1), rig=HEEL_ONLY)
    state, cues = act(the_plan, [Up(13.0, 10.5)], until_s=40)
    assert times(cues, "round_done") == pytest.approx([23.0], abs=0.11)
    assert not any(cue.paced for cue in cues)
    assert state.results[0].rounds[0].held_s == pytest.approx(12.5)


def test_where_no_heel_is_seen_the_clock_leads_and_says_so():
    _, cues = act(plan(holds(), rig=BLIND), until_s=100)
    assert kinds(cues).count("round_done") == 2
    assert all(cue.paced for cue in cues if cue.kind in {"up", "round_done", "rest", "half"})


# Raises -----------------------------------------------------------------------------------------


def reps(*lowered_s, **more):
    return [Up(13.0 + 12.0 * n, 1.5, seconds, **more) for n, seconds in enumerate(lowered_s)]


def raised(ups, the_plan=None, **more):
    return act(the_plan or plan(raises()), ups, kind="eccentric_raise", **more)


def test_a_set_of_raises_counts_and_ends_after_a_pause():
    state, cues = raised(reps(5.0, 5.2, 4.8), until_s=80)
    assert [cue.speech for cue in cues if cue.kind == "count"] == ["1", "2", "3"]
    assert kinds(cues).count("lower") == 3
    last_s = reps(5.0, 5.2, 4.8)[-1].contact_s
    assert times(cues, "set_done") == pytest.approx([last_s + 10.0], abs=0.21)
    assert (state.results[0].reps, state.results[0].at_tempo) == (3, 3)


def test_the_lowering_is_ticked_second_by_second():
    _, cues = raised(reps(5.6), until_s=25)
    assert kinds(cues).count("tick") == 5


def test_too_fast_is_said_while_the_heel_is_still_on_its_way():
    up = reps(2.0)[0]
    _, cues = raised([up], until_s=30)
    (said_s,) = times(cues, "slower")
    assert up.onset_s < said_s < up.contact_s - 0.5
    assert texts(cues, "count") == ["1: 2.0 s down, too fast"]


@pytest.mark.parametrize("lower_s", [4.2, 5.0, 6.0])
def test_a_good_tempo_is_never_called_wrong(lower_s):
    _, cues = raised(reps(lower_s), until_s=40)
    assert not {"slower", "faster"} & set(kinds(cues))


def test_too_slow_is_said_while_the_heel_is_still_on_its_way():
    up = reps(12.0)[0]
    _, cues = raised([up], until_s=35)
    (said_s,) = times(cues, "faster")
    assert said_s < up.contact_s


def test_a_repetition_that_does_not_count_says_why():
    ups = [*reps(5.0), replace(reps(5.0, 5.0)[1], counted=False, reasons=("partial",))]
    state, cues = raised(ups, until_s=50)
    assert texts(cues, "no_count") == ["not counted: not high enough"]
    assert (state.results[0].reps, state.results[0].not_counted) == (1, 1)


def test_two_up_one_down_names_the_foot_at_the_top():
    up = replace(reps(5.0)[0], side="left", variant="two_up_one_down")
    the_plan = plan(raises("left", "two_up_one_down"))
    _, cues = raised([up], the_plan, until_s=30)
    (said,) = [cue for cue in cues if cue.kind == "lower"]
    assert (said.text, said.side, said.paced) == ("onto the left foot, 5 s down", "left", False)
    assert said.time_s < up.onset_s


def test_without_a_motion_sensor_lowering_is_told_and_judged_on_the_cue():
    up = Up(13.0, 1.0, 5.0)
    state, cues = raised([up], plan(raises(), rig=HEEL_ONLY), until_s=60)
    (said,) = [cue for cue in cues if cue.kind == "lower"]
    assert said.paced
    assert said.time_s == pytest.approx(15.0, abs=0.11)
    assert said.mark() == (
        "cue",
        {"cue": "lower", "text": "5 s down", "by": "coach", "set": 1, "round": 1, "side": "both",
         "paced": True},
    )  # fmt: skip
    assert state.results[0].at_tempo == 1


def test_where_no_heel_is_seen_raises_are_led_and_called_so():
    state, cues = act(plan(raises(), rig=BLIND), until_s=60, keys=[(45.0, "s")])
    assert texts(cues, "count")[0] == "1 by the clock"
    assert state.results[0].told == 4
    assert state.results[0].reps == 0


# Pain -------------------------------------------------------------------------------------------


def test_silence_is_not_recorded_and_keeps_nobody_waiting():
    _, cues = act(plan(holds()), until_s=30, score="")
    assert times(cues, "not_recorded") == pytest.approx([20.0], abs=0.11)
    assert "pain" not in kinds(cues)
    assert "ready" in kinds(cues)


def test_an_answer_is_a_mark_that_the_programme_reads():
    _, cues = act(plan(holds()), until_s=3, score="4")
    (mark,) = [cue.mark() for cue in cues if cue.kind == "pain"]
    assert mark[0] == "pain"
    read = pain_mark(json.loads(json.dumps(mark[1])))
    assert (read.when, read.side, read.score) == ("before", "left", 4)


def test_six_ends_the_set_and_all_of_its_kind_at_once():
    the_plan = plan(holds("left"), holds("right"), asked=("left", "right"))
    keys = [(18.0, "p"), (19.0, "6")]
    state, cues = act(the_plan, [Up(13.0, 30.0, side="left")], until_s=120, keys=keys)
    (limit_s,) = times(cues, "pain_limit")
    assert limit_s == pytest.approx(19.0, abs=0.11)
    later = {cue.kind for cue in cues if cue.time_s > limit_s}
    assert not later & {"up", "hold", "half", "seconds_left", "round_done", "ready", "redo"}
    assert state.stopped == {"isometric_hold"}


def test_pain_over_the_limit_before_it_lets_nothing_begin():
    state, cues = act(plan(holds()), until_s=60, score="7")
    assert not {"ready", "up"} & set(kinds(cues))
    assert state.phase == "done"


def test_five_asks_for_care_and_goes_on():
    _, cues = act(plan(holds()), until_s=30, score="5")
    assert kinds(cues).count("pain_caution") == 1
    assert "up" in kinds(cues)


def test_the_last_question_comes_five_minutes_later_then_all_is_done():
    state, cues = act(plan(holds(rounds=1)), [Up(13.0, 10.5)], until_s=500, look_s=0.2)
    asked = [(cue.when, cue.time_s) for cue in cues if cue.kind == "pain_question"]
    assert [when for when, _ in asked] == ["before", "worst", "after", "later"]
    (end_s,) = times(cues, "set_done")
    assert asked[-1][1] == pytest.approx(end_s + 300.0, abs=0.2)
    assert state.phase == "done"


def test_a_digit_that_was_meant_for_another_question_is_no_answer():
    _, cues = act(plan(holds(), asked=("left", "right")), until_s=3, keys=[(1.0, "333")], score="")
    assert [cue.side for cue in cues if cue.kind == "pain"] == ["left"]


# Keys -------------------------------------------------------------------------------------------


def test_a_pause_stands_still_until_it_ends():
    keys = [(15.0, " "), (40.0, " ")]
    _, cues = act(plan(holds()), [], until_s=60, keys=keys)
    between = [cue.kind for cue in cues if 15.2 < cue.time_s < 39.9]
    assert between == []
    assert "up" in [cue.kind for cue in cues if cue.time_s > 40.0]


def test_redo_throws_the_last_set_away():
    ups = [Up(13.0, 10.5), Up(60.0, 10.2)]
    the_plan = plan(holds("left", 1), holds("right", 1), asked=())
    ups = [replace(up, side="left") for up in ups]
    state, cues = act(the_plan, ups, until_s=80, keys=[(30.0, "r")])
    assert kinds(cues).count("redo") == 1
    assert [one.index for one in state.results if one.rounds] == [0]
    assert [one.held_s for one in state.results[0].rounds] == pytest.approx([10.2])


def test_skip_leaves_out_what_is_going_on():
    _, cues = act(plan(holds()), until_s=20, keys=[(0.5, "s"), (2.0, "s")], score="")
    assert kinds(cues)[:4] == ["pain_question", "not_recorded", "ready", "up"]


def test_stop_ends_the_exercise_and_a_second_one_everything():
    state, cues = act(plan(holds()), [Up(13.0, 20.0)], until_s=60, keys=[(20.0, "q"), (24.0, "q")])
    assert state.phase == "done"
    exercise = {"up", "hold", "half", "rest", "ready", "higher", "count"}
    assert not exercise & {cue.kind for cue in cues if cue.time_s > 20.1}


def test_a_mark_is_the_users():
    _, cues = act(plan(holds()), until_s=5, keys=[(3.0, "m")])
    assert [cue.mark() for cue in cues if cue.kind == "mark"] == [("user", {})]


def test_nothing_to_do_ends_at_once():
    state, cues = engine.start(plan(), 0.0)
    assert (state.phase, kinds(cues)) == ("done", ["done"])


def test_a_lost_signal_is_said_and_the_coach_waits():
    the_plan = plan(holds(rounds=1))
    state, _ = act(the_plan, [Up(13.0, 30.0)], until_s=16.0)
    said = []
    for n in range(1, 50):
        state, cues = engine.advance(state, the_plan, None, 16.0 + 0.1 * n)
        said += cues
    assert kinds(said) == ["no_signal"]
    assert view_of(state, the_plan, None, 21.0).word == "no signal"


# Properties -------------------------------------------------------------------------------------

ups_drawn = st.lists(
    st.tuples(
        st.floats(0.5, 30.0),  # pause before
        st.floats(0.3, 14.0),  # at the top
        st.floats(0.5, 8.0),  # lowering
        st.sampled_from(["both", "left"]),
        st.booleans(),
    ),
    max_size=6,
)
keys_drawn = st.lists(
    st.tuples(st.floats(0.0, 120.0), st.sampled_from(" srpmq0369t~x")), max_size=8
)
sets_drawn = st.lists(
    st.sampled_from([holds(), holds("left", 1), raises(), raises("left", "two_up_one_down")]),
    min_size=1, max_size=3,
)  # fmt: skip
rigs_drawn = st.sampled_from([ALL, HEEL_ONLY, BLIND])


def scripted(drawn):
    ups, at_s = [], 3.0
    for pause_s, top_s, lower_s, side, counted in drawn:
        reasons = () if counted else ("partial",)
        ups.append(Up(at_s + pause_s, top_s, lower_s, side, counted=counted, reasons=reasons))
        at_s = ups[-1].contact_s
    return ups


@settings(max_examples=12)
@given(ups_drawn, keys_drawn, sets_drawn, rigs_drawn, st.sampled_from(["", "0", "5"]))
def test_whatever_happens(drawn, keys, sets, rig, score):
    """Cue times grow, nothing counts twice, and nothing is said after the end."""
    ups, the_plan = scripted(drawn), plan(*sets, rig=rig)
    kind = sets[0].exercise
    more = {"until_s": 120.0, "keys": keys, "kind": kind, "score": score, "look_s": 0.25}
    state, cues = act(the_plan, ups, **more)
    said_s = [cue.time_s for cue in cues]
    assert said_s == sorted(said_s)
    done = [cue.time_s for cue in cues if cue.kind == "done"]
    assert len(done) <= 1
    assert not done or cues[-1].kind == "done"
    begun = [one.heel_off_s for result in state.results for one in result.rounds]
    if rig.heel:
        assert len(begun) == len(set(begun))
        assert sum(result.reps for result in state.results) <= sum(up.counted for up in ups)
    for result in state.results:
        assert len(result.rounds) <= the_plan.sets[result.index].rounds
    stops = [cue.time_s for cue in cues if cue.kind == "pain_limit"]
    if stops and len({one.exercise for one in sets}) == 1:
        after = {cue.kind for cue in cues if cue.time_s > stops[0]}
        assert not after & {"up", "hold", "round_done", "lower", "count", "ready"}
    again = act(the_plan, ups, **more)
    assert [asdict(cue) for cue in again[1]] == [asdict(cue) for cue in cues]
    view = view_of(state, the_plan, facts(ups, 120.0, kind=kind), 120.0)
    assert len(view.big) <= 6


def test_time_that_goes_back_is_the_same_moment():
    the_plan = plan(holds())
    state, _ = engine.start(the_plan, 10.0)
    state, cues = engine.advance(state, the_plan, None, 5.0, "m")
    assert [cue.time_s for cue in cues] == [10.0]


def test_the_clock_runs_on_for_a_second_without_news():
    up = Up(13.0, 30.0)
    the_plan = plan(holds(rounds=1))
    state, _ = act(the_plan, [up], until_s=16.0)
    seen = facts([up], 16.0)
    assert hold.clock_s(state, seen, 16.5) == pytest.approx(2.5)
    assert hold.clock_s(state, seen, 26.0) == pytest.approx(3.0)


def test_a_cue_without_a_set_stores_only_what_it_has():
    assert Cue(1.0, "done", "end").mark() == ("cue", {"cue": "done", "text": "end", "by": "coach"})
