"""Raises, repetition by repetition: when to lower, how slowly, and which of them counted."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from insole.coach import legs, sets
from insole.coach.turn import RISE_S
from insole.coach.wording import REASONS

if TYPE_CHECKING:
    from insole.coach.model import SetResult, State
    from insole.coach.turn import Turn
    from insole.measure.following import Following, Repetition
    from insole.measure.model import RaiseRow

DROPPED = 0.1
"""Part of the height lost from which on the heel is on its way down (our choice)."""
JUDGED_FROM = 0.3
"""Part of the height lost from which on the speed of the lowering is judged (our choice)."""
TOO_FAST_PER_S = 1.0 / 2.4
"""A smooth lowering of 4 s (minimum jerk) gets from 0.1 to 0.6 of its height at this mean speed."""
LATE_AT_S, LATE_SAG = 5.0, 0.5
"""After so long, s, more than this part of the way should be behind the heel (our choice)."""
SET_OVER_S = 10.0
"""So long without a repetition ends a set, s: as in the report."""
LAST_CALL_S = 7.0
"""When that is announced, s (our choice)."""
BOTTOM_S = 1.0
"""How long the heels stay down between repetitions led by the clock, s (our choice)."""


def wait(turn: Turn) -> None:
    """Wait for the first repetition."""
    if turn.is_blind:
        turn.go("work")
        return
    if turn.facts is not None and sets.is_new_rise(turn, turn.facts):
        turn.go("work")
        _begin(turn, turn.facts)
    elif turn.time_s - turn.state.since_s >= sets.REMIND_S:
        turn.say_once("up", "go up when you are ready", "up", key="reminder")


def work(turn: Turn) -> None:
    """Follow the repetitions until there are no more of them."""
    if turn.is_blind:
        _lead(turn)
        return
    facts = turn.facts
    if facts is None:
        legs.no_signal(turn)
        return
    if sets.is_new_rise(turn, facts):
        _begin(turn, facts)
    _count(turn, facts)
    if facts.heel_up:
        _pace(turn, facts)
        legs.watch(turn, facts)
        return
    down_s = turn.time_s - (facts.heel_contact_s or turn.state.since_s)
    if turn.state.rise_s is not None:
        sets.forget_rise(turn)
    if down_s >= SET_OVER_S:
        sets.end_set(turn)
    elif down_s >= LAST_CALL_S:
        turn.say_once("last_call", "one more, or the set ends", "one more?")


def settle(turn: Turn) -> None:
    """Take over what the rows of a set that has ended say once more is known."""
    facts, results = turn.facts, turn.state.results
    if facts is None or not results or turn.is_in_set:
        return
    if turn.plan.sets[results[-1].index].hold_s is not None:
        return
    updated = tally(turn, results[-1], facts)
    if updated != results[-1]:
        turn.change(results=(*results[:-1], updated))


def tally(turn: Turn, result: SetResult, facts: Following) -> SetResult:
    """Return a set with the repetitions that the measured rows hold by now."""
    side = turn.plan.sets[result.index].side
    rows = [one.row for one in _of_set(result, facts) if _fits(one.row, side)]
    counted = [row for row in rows if row.counted]
    lowered = [lowered_s(row, result.cues_s) for row in counted]
    known = [seconds for seconds in lowered if seconds is not None]
    low, high = turn.plan.lowering_min_s, turn.plan.lowering_max_s
    return replace(
        result,
        reps=len(counted),
        not_counted=len(rows) - len(counted),
        at_tempo=sum(low <= seconds <= high for seconds in known) if known else None,
    )


def lowered_s(row: RaiseRow, cues_s: tuple[float, ...]) -> float | None:
    """Return how long a lowering took, s, or from the cue on where its beginning is not seen.

    Parameters
    ----------
    row : RaiseRow
        What was measured.
    cues_s : tuple of float
        When lowering was asked for, s since the start of the recording.
    """
    if row.lowering_s.quality == "ok":
        return row.lowering_s.value
    told = [cue_s for cue_s in cues_s if row.heel_off_s < cue_s < row.heel_contact_s]
    return row.heel_contact_s - told[-1] if told else None


def lowering_s(state: State, facts: Following | None, time_s: float) -> float | None:
    """Return for how long the heel has been on its way down, s; None if it is not.

    Parameters
    ----------
    state : State
        Of the coach.
    facts : Following or None
        What is measured.
    time_s : float
        Now, s since the start of the recording.
    """
    if facts is None or not facts.heel_up:
        blind = facts is None and state.cue_s is not None
        return time_s - state.cue_s if blind and state.cue_s is not None else None
    begun_s = facts.lowering_onset_s or state.drop_s
    if facts.height_mm is None:
        begun_s = state.cue_s
    return None if begun_s is None else max(0.0, time_s - begun_s)


def _begin(turn: Turn, facts: Following) -> None:
    turn.change(rise_s=facts.heel_up_since_s, ended_s=facts.heel_up_since_s or turn.time_s)
    turn.change(cue_s=None, drop_s=None, said=frozenset(), since=())


def _pace(turn: Turn, facts: Following) -> None:
    """Say when to lower, count the seconds down, and say in time if it goes wrongly."""
    if not turn.plan.rig.height:
        if turn.time_s - (facts.heel_up_since_s or turn.time_s) >= RISE_S:
            _ask_to_lower(turn, paced=True)
    else:
        _see_drop(turn, facts)
        is_down = turn.state.drop_s is not None or facts.lowering_onset_s is not None
        if facts.top_reached_s is not None and not is_down:
            _ask_to_lower(turn, paced=False)
        _judge_speed(turn, facts)
    _tick(turn, lowering_s(turn.state, facts, turn.time_s))


def _see_drop(turn: Turn, facts: Following) -> None:
    dropped = facts.top_reached_s is not None and (facts.sag or 0.0) >= DROPPED
    if not dropped:
        turn.change(drop_s=None)
    elif turn.state.drop_s is None:
        turn.change(drop_s=facts.time_s)


def _ask_to_lower(turn: Turn, *, paced: bool) -> None:
    planned = turn.planned
    slowly = f"{planned.lower_s:g} s down"
    if turn.state.cue_s is None:
        turn.change(cue_s=turn.time_s)
        if paced:
            turn.note_result(cues_s=(*turn.result.cues_s, turn.time_s))
    text, speech = slowly, "down"
    if planned.variant == "two_up_one_down":
        text, speech = f"onto the {planned.side} foot, {slowly}", f"{planned.side}, down"
    number = turn.result.reps + turn.result.told + 1
    turn.say_once("lower", text, speech, round=number, side=planned.side, paced=paced)


def _judge_speed(turn: Turn, facts: Following) -> None:
    drop_s, sag = turn.state.drop_s, facts.sag or 0.0
    if drop_s is None:
        return
    passed_s = facts.time_s - drop_s
    if sag >= JUDGED_FROM and sag - DROPPED > TOO_FAST_PER_S * passed_s:
        turn.say_once("slower", "too fast: slower", "slower", round=turn.result.reps + 1)
    begun_s = facts.lowering_onset_s or drop_s
    late_s = facts.time_s - begun_s
    is_late = late_s > turn.plan.lowering_max_s or (late_s > LATE_AT_S and sag < LATE_SAG)
    if is_late:
        turn.say_once("faster", "too slow: come down", "down now", round=turn.result.reps + 1)


def _tick(turn: Turn, elapsed_s: float | None) -> None:
    whole = int(elapsed_s or 0.0)
    if 1 <= whole <= (turn.planned.lower_s or 0.0):
        turn.say_once(
            "tick", "", key=f"tick {whole}", round=turn.result.reps + turn.result.told + 1,
            paced=not turn.plan.rig.height,
        )  # fmt: skip


def _count(turn: Turn, facts: Following) -> None:
    """Say the number of a repetition that counted, or why one did not."""
    before, now = turn.result, tally(turn, turn.result, facts)
    if now == before:
        return
    turn.note_result(reps=now.reps, at_tempo=now.at_tempo, not_counted=now.not_counted)
    rows = [one.row for one in _of_set(now, facts)]
    if now.reps > turn.state.counted:
        turn.change(counted=now.reps)
        row = [each for each in rows if each.counted][-1]
        turn.say("count", f"{now.reps}{_remark(turn, row)}", str(now.reps), round=now.reps)
        if now.at_tempo == turn.plan.reps_enough and now.at_tempo != before.at_tempo:
            turn.say("count", f"{now.at_tempo} slow ones: that is enough", "that is enough")
    if now.not_counted > turn.state.refused:
        turn.change(refused=now.not_counted)
        row = [each for each in rows if not each.counted][-1]
        why = next((REASONS[word] for word in row.reasons if word in REASONS), "not whole")
        turn.say("no_count", f"not counted: {why}", why, round=now.reps + 1)


def _remark(turn: Turn, row: RaiseRow) -> str:
    """Return what was not as planned in a repetition that counted."""
    seconds = lowered_s(row, turn.result.cues_s)
    planned = turn.planned
    if planned.variant == "two_up_one_down" and row.variant == "double":
        return ": both feet came down"
    if seconds is None:
        return ""
    if seconds < turn.plan.lowering_min_s:
        return f": {seconds:.1f} s down, too fast"
    if seconds > turn.plan.lowering_max_s:
        return f": {seconds:.1f} s down, too slow"
    return f": {seconds:.1f} s down"


def _of_set(result: SetResult, facts: Following) -> list[Repetition]:
    end_s = result.to_s if result.to_s is not None else facts.time_s
    return [one for one in facts.reps if result.from_s <= one.row.heel_off_s <= end_s]


def _fits(row: RaiseRow, side: str) -> bool:
    """Tell whether a repetition may belong to a leg's set: it was not the other leg's alone."""
    other = {"left": "right", "right": "left"}.get(side)
    return other is None or row.side != other


def _lead(turn: Turn) -> None:
    """Lead by the clock: up, down in so many seconds, a moment on the floor."""
    lower_s = turn.planned.lower_s or 0.0
    whole_s = RISE_S + lower_s + BOTTOM_S
    done, at_s = divmod(turn.time_s - turn.state.since_s, whole_s)
    if int(done) > turn.result.told:
        turn.note_result(told=int(done))
        turn.change(cue_s=None, said=frozenset())
        turn.say("count", f"{int(done)} by the clock", str(int(done)), round=int(done), paced=True)
        if turn.result.told >= turn.plan.reps_enough:
            sets.end_set(turn)
            return
    turn.say_once("up", "up", "up", round=turn.result.told + 1, paced=True)
    if at_s >= RISE_S:
        _ask_to_lower(turn, paced=True)
        _tick(turn, at_s - RISE_S if at_s < RISE_S + lower_s else None)
