"""The coach's rules, pure: what is measured, the plan, the time and keys in; cues out.

One call of `advance` is one look. It reads no clock, and the same calls give the same cues again.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from insole.coach import asking, hold, raising, sets
from insole.coach.model import State
from insole.coach.turn import AGAIN_S, READY_S, Turn

if TYPE_CHECKING:
    from collections.abc import Callable

    from insole.coach.model import Cue, Phase, Plan
    from insole.measure.following import Following

PAUSE, SKIP, REDO, PAIN, MARK, STOP = " ", "s", "r", "p", "m", "q"
KEYS = {PAUSE, SKIP, REDO, PAIN, MARK, STOP}
"""Keys that the coach takes, besides the digits while it asks."""


def start(plan: Plan, time_s: float) -> tuple[State, tuple[Cue, ...]]:
    """Return the first state, and the cues of the first moment.

    Parameters
    ----------
    plan : Plan
        What is to be done; without any set the coach has nothing to say.
    time_s : float
        Now, s since the start of the recording.
    """
    turn = Turn(State("asking", time_s, time_s=time_s), plan, None, time_s)
    if plan.sets:
        sides = {one.side for one in plan.sets}
        asking.ask(turn, "before", "both" if len(sides) > 1 else sides.pop())
    else:
        sets.end(turn)
    return replace(turn.state, time_s=turn.time_s), tuple(turn.cues)


def advance(
    state: State, plan: Plan, facts: Following | None, time_s: float, keys: str = ""
) -> tuple[State, tuple[Cue, ...]]:
    """Return the state after a look at the person and the keyboard, and what is said.

    Parameters
    ----------
    state : State
        Before.
    plan : Plan
        What is to be done; the same in all calls.
    facts : Following or None
        What is measured just now; None if nothing is.
    time_s : float
        Now, s since the start of the recording; an earlier time than before counts as the same.
    keys : str
        What was typed since the last call; keys that mean nothing are passed over.
    """
    turn = Turn(state, plan, facts, time_s)
    for key in keys:
        if turn.state.phase != "done":
            _press(turn, key)
    if turn.state.phase != "done":
        asking.pose(turn)
        raising.settle(turn)
        hold.settle(turn)
        _PHASES[turn.state.phase](turn)
    return replace(turn.state, time_s=turn.time_s), tuple(turn.cues)


def wants(state: State, key: str) -> bool:
    """Tell whether a key means something to the coach just now."""
    if state.phase == "done":
        return False
    return key in KEYS or (bool(state.questions) and key in asking.DIGITS)


def _open(turn: Turn) -> None:
    """Begin once the first questions are answered, or were met with silence."""
    if not turn.state.questions:
        sets.begin_set(turn, READY_S)


def _rest(turn: Turn) -> None:
    """Rest between rounds; between sets, get ready for the next one towards the end of it."""
    if turn.is_in_set:
        _wait(turn)
        return
    left_s = (turn.state.until_s or 0.0) - turn.time_s
    if left_s <= READY_S and not turn.state.questions:
        sets.begin_set(turn, max(left_s, AGAIN_S))


def _wait(turn: Turn) -> None:
    """Count down, until the time is over or the person begins by themselves."""
    turn.count_down()
    begins = turn.facts is not None and sets.is_new_rise(turn, turn.facts)
    if begins or (turn.state.until_s is not None and turn.time_s >= turn.state.until_s):
        _up(turn, begins=begins)


def _up(turn: Turn, *, begins: bool) -> None:
    """Send the person up, or go along with who has begun."""
    number = len(turn.result.rounds) + 1
    turn.go("up")
    if begins:
        _exercise(turn)
    elif not (turn.is_blind and turn.planned.hold_s is None):
        what = f"round {number} of {turn.planned.rounds}: up" if turn.planned.hold_s else "up"
        turn.say("up", what, "up", round=number, side=turn.planned.side, paced=turn.is_blind)


def _exercise(turn: Turn) -> None:
    part = raising if turn.planned.hold_s is None else hold
    (part.wait if turn.state.phase == "up" else part.work)(turn)


def _nothing(_: Turn) -> None:
    """Wait for a key."""


_PHASES: dict[Phase, Callable[[Turn], None]] = {
    "asking": _open, "ready": _wait, "rest": _rest, "up": _exercise, "work": _exercise,
    "down": _exercise, "settling": sets.settle, "paused": _nothing,
}  # fmt: skip


def _press(turn: Turn, key: str) -> None:
    if turn.state.questions and key in asking.DIGITS:
        number = turn.state.questions[0].set
        if asking.is_readable(turn) and asking.answer(turn, asking.DIGITS[key]):
            sets.stop_kind(turn, number)
    elif action := _ACTIONS.get(key):
        action(turn)


def _pause(turn: Turn) -> None:
    """Stand still, or go on; a hold that goes on is given up and done anew."""
    state = turn.state
    if state.phase == "paused":
        turn.go(state.resume, turn.time_s + AGAIN_S)
        turn.say("resumed", "on we go", "on we go")
    elif state.phase in {"ready", "rest", "up", "work", "down"}:
        resume: Phase = "ready" if turn.is_in_set else "rest"
        turn.change(resume=resume, rise_s=None, ended_s=turn.time_s)
        turn.go("paused")
        turn.say("paused", "paused: space goes on", "paused")


def _skip(turn: Turn) -> None:
    """Leave out what is going on: a question, a wait, a round, the rest of a set."""
    phase = turn.state.phase
    if turn.state.questions:
        asking.drop(turn)
    elif phase in {"ready", "rest"}:
        turn.change(until_s=turn.time_s)
    elif phase == "settling":
        sets.end(turn)
    elif phase in {"up", "work", "down"}:
        turn.say("skipped", "left out", "left out")
        hold.give_up(turn) if turn.planned.hold_s is not None else sets.end_set(turn)


def _redo(turn: Turn) -> None:
    if turn.state.phase not in {"asking", "paused"}:
        sets.redo(turn)


def _pain(turn: Turn) -> None:
    """Ask for the pain just now, whatever is going on."""
    if turn.state.finished_s is None and turn.state.phase != "asking":
        asking.ask(turn, "worst", turn.planned.side, turn.state.index + 1)


def _mark(turn: Turn) -> None:
    turn.say("mark", "marked")


def _stop(turn: Turn) -> None:
    """End the exercise and ask how it was; a second time, end at once."""
    if turn.state.finished_s is not None or turn.state.phase == "asking":
        sets.end(turn)
        return
    sets.stop(turn)


_ACTIONS: dict[str, Callable[[Turn], None]] = {
    PAUSE: _pause, SKIP: _skip, REDO: _redo, PAIN: _pain, MARK: _mark, STOP: _stop,
}  # fmt: skip
