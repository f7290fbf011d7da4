"""From set to set: beginning one, ending one, and what comes when all are done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from insole.coach import asking
from insole.coach.model import SetResult
from insole.coach.turn import AGAIN_S, SET_REST_S, words

if TYPE_CHECKING:
    from insole.coach.turn import Turn
    from insole.measure.following import Following

SAME_S = 0.5
"""Heel-offs this near are one, s: what is seen live moves a little once more is known."""
REMIND_S = 20.0
"""After so long without a heel-off the person is told again, s (our choice)."""
LATE_S = 3.0
"""A contact longer ago than this does not begin a rest, s (our choice)."""


def begin_set(turn: Turn, ready_s: float) -> None:
    """Get ready for the set that is next; from here on what is done belongs to it."""
    facts = turn.facts
    up_s = facts.heel_up_since_s if facts is not None and facts.heel_up else None
    turn.change(counted=0, refused=0, rise_s=None, cue_s=None, drop_s=None)
    turn.change(ended_s=max(turn.state.ended_s, up_s or 0.0))
    turn.change(results=(*turn.state.results, SetResult(turn.state.index, turn.time_s)))
    turn.go("ready", turn.time_s + ready_s)
    many, planned = len(turn.plan.sets), turn.planned
    rounds = f", {planned.rounds} rounds" if planned.rounds > 1 else ""
    name = f"set {turn.state.index + 1} of {many}: " if many > 1 else ""
    text = f"{name}{words(planned)}{rounds}. Stand still, get ready"
    turn.say("ready", text, f"{words(planned)}. Get ready.", side=planned.side)


def end_set(turn: Turn) -> None:
    """End the set that is going on, ask for its pain, and rest before the next one."""
    turn.note_result(to_s=turn.time_s)
    result = turn.state.results[-1]
    forget_rise(turn)
    turn.say("set_done", _summary(turn, result), "set done", side=turn.planned.side)
    asking.ask(turn, "worst", turn.planned.side, turn.state.index + 1)
    _go_on(turn, down_since(turn) + (turn.planned.hold_s or SET_REST_S))


def _go_on(turn: Turn, rested_s: float) -> None:
    """Rest before the next set that may still be done, or finish."""
    following = [
        index
        for index, one in enumerate(turn.plan.sets)
        if index > turn.state.index and one.exercise not in turn.state.stopped
    ]
    if not following:
        finish(turn)
        return
    turn.change(index=following[0])
    turn.go("rest", rested_s)


def finish(turn: Turn) -> None:
    """Ask for the pain right after, and wait for the minutes after which it shall have settled."""
    turn.change(finished_s=turn.time_s)
    turn.go("settling", turn.time_s + 60.0 * turn.plan.pain.settles_within_min)
    if any(map(was_done, turn.state.results)):
        asking.ask(turn, "after", _worked(turn))


def settle(turn: Turn) -> None:
    """Ask the last question when its time has come, and end once it is answered."""
    state = turn.state
    if state.questions:
        return
    if state.last_asked or not any(map(was_done, state.results)):
        end(turn)
    elif state.until_s is not None and turn.time_s >= state.until_s:
        turn.change(last_asked=True)
        asking.ask(turn, "later", _worked(turn))
    else:
        minutes = turn.plan.pain.settles_within_min
        text = f"All done. One last question, {minutes:g} min after the end; q ends now"
        turn.say_once("settle", text, f"All done. One last question in {minutes:g} minutes.")


def end(turn: Turn) -> None:
    """Say the last word."""
    turn.change(questions=(), asked_s=None)
    turn.say("done", "That was all for now", "That was all for now.")
    turn.go("done")


def stop_kind(turn: Turn, number: int) -> None:
    """End the exercise that hurts for today: this set, and all others of its kind.

    Parameters
    ----------
    turn : Turn
        This turn.
    number : int
        The set that hurt, from 1; 0 if it hurts before the first, so that nothing is done.
    """
    hurts = turn.plan.sets if number == 0 else turn.plan.sets[number - 1 : number]
    turn.change(stopped=turn.state.stopped | {one.exercise for one in hurts})
    if turn.state.finished_s is not None or turn.planned.exercise not in turn.state.stopped:
        return
    _break_off(turn)
    _go_on(turn, turn.time_s + SET_REST_S)


def stop(turn: Turn) -> None:
    """End the exercise as the person wishes; what was done is asked about."""
    if turn.is_in_set and was_done(turn.result):
        asking.ask(turn, "worst", turn.planned.side, turn.state.index + 1)
    _break_off(turn)
    finish(turn)


def _break_off(turn: Turn) -> None:
    if turn.is_in_set:
        turn.note_result(to_s=turn.time_s)
    forget_rise(turn)


def redo(turn: Turn) -> None:
    """Do the set that is going on, or else the one before, once more."""
    state = turn.state
    begun = [one.index for one in state.results if was_done(one)]
    if state.phase in {"work", "down"}:
        begun.append(state.index)
    if not begun or turn.plan.sets[begun[-1]].exercise in state.stopped:
        return
    kept = tuple(one for one in state.results if one.index < begun[-1])
    turn.change(index=begun[-1], results=kept, questions=(), asked_s=None, finished_s=None)
    forget_rise(turn)
    turn.say("redo", "once more", "once more")
    begin_set(turn, AGAIN_S)


def is_new_rise(turn: Turn, facts: Following) -> bool:
    """Tell whether a heel has left the floor since what is over."""
    since_s = facts.heel_up_since_s
    return facts.heel_up and since_s is not None and since_s > turn.state.ended_s + SAME_S


def forget_rise(turn: Turn) -> None:
    """Let the heel-up that goes on, or was the last, be over."""
    since_s = turn.facts.heel_up_since_s if turn.facts is not None else None
    ended_s = turn.time_s if since_s is None else max(since_s, turn.state.ended_s)
    turn.change(rise_s=None, cue_s=None, drop_s=None, ended_s=ended_s)


def down_since(turn: Turn) -> float:
    """Return since when the heel has been down, s: rest counts from there."""
    contact_s = turn.facts.heel_contact_s if turn.facts is not None else None
    late = contact_s is None or turn.time_s - contact_s > LATE_S
    return turn.time_s if late or contact_s is None else min(contact_s, turn.time_s)


def was_done(result: SetResult) -> bool:
    """Return whether anything was done in a set."""
    return bool(result.rounds or result.reps or result.not_counted or result.told)


def _worked(turn: Turn) -> str:
    """Return which leg, or ``both``, did anything."""
    sides = {turn.plan.sets[one.index].side for one in turn.state.results if was_done(one)}
    return sides.pop() if len(sides) == 1 else "both"


def _summary(turn: Turn, result: SetResult) -> str:
    if turn.planned.hold_s is not None:
        held = ", ".join(f"{one.held_s:.0f}" for one in result.rounds) or "none"
        return f"set done: {held} s"
    if result.told:
        return f"set done: {result.told} by the clock"
    slow = "" if result.at_tempo is None else f", {result.at_tempo} slow enough"
    return f"set done: {result.reps} counted{slow}"
