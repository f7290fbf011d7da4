"""A hold, round by round: its clock runs on the measured heel, or on time where none is seen."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from insole.coach import legs, sets
from insole.coach.model import RoundResult
from insole.coach.turn import RISE_S

if TYPE_CHECKING:
    from insole.coach.model import CueKind, State
    from insole.coach.turn import Turn
    from insole.measure.following import Following
    from insole.measure.model import HoldRow

SAG = 0.25
"""Part of the height that may be lost before the clock turns amber (our choice)."""
SAG_OVER = 0.15
"""Where it is well again: lower, so that the colour does not flicker (our choice)."""
FORGIVEN_S = 1.0
"""A touch of the heel is not spoken of before it has lasted so long, s: the programme."""
FALSE_START_S = 2.0
"""A shorter stay at the top uses up no round, s (our choice)."""
AHEAD_S = 1.0
"""The clock on the screen runs on without news for so long, s (our choice)."""


def clock_s(state: State, facts: Following | None, time_s: float) -> float:
    """Return what the hold clock shows, s.

    Parameters
    ----------
    state : State
        Of the coach.
    facts : Following or None
        What is measured.
    time_s : float
        Now, s since the start of the recording.
    """
    if facts is None:
        return max(0.0, time_s - state.since_s - RISE_S) if state.phase == "work" else 0.0
    runs = facts.heel_up and facts.hold_clock_s > 0.0 and facts.lowering_onset_s is None
    ahead_s = min(max(time_s - facts.time_s, 0.0), AHEAD_S) if runs else 0.0
    return facts.hold_clock_s + ahead_s


def wait(turn: Turn) -> None:
    """Wait for the heel to leave the floor; the round begins by itself then."""
    facts = turn.facts
    if turn.is_blind:
        turn.go("work")
        return
    if facts is not None and sets.is_new_rise(turn, facts):
        turn.change(rise_s=facts.heel_up_since_s)
        turn.go("work")
        turn.say("hold", "hold", "hold", round=len(turn.result.rounds) + 1)
    elif turn.time_s - turn.state.since_s >= sets.REMIND_S:
        turn.say_once("up", "go up when you are ready", "up", key="reminder")


def work(turn: Turn) -> None:
    """Follow the hold until the heel is down."""
    facts, hold_s = turn.facts, turn.planned.hold_s or 0.0
    held_s = clock_s(turn.state, None if turn.is_blind else facts, turn.time_s)
    if not turn.is_blind:
        if facts is None:
            legs.no_signal(turn)
            return
        if not facts.heel_up and not facts.paused:
            _over(turn, facts)
            return
        _look(turn, facts, hold_s)
    if turn.state.phase == "work":
        _say_time(turn, held_s, hold_s)
    elif turn.is_blind and turn.time_s - turn.state.since_s >= RISE_S:
        _end_round(turn, RoundResult(turn.state.since_s, hold_s, met=True, final=True))


def settle(turn: Turn) -> None:
    """Take over what the rows of finished holds say, once they are there."""
    if turn.facts is None or not turn.state.results:
        return
    last = turn.state.results[-1]
    if last.index >= len(turn.plan.sets) or turn.plan.sets[last.index].hold_s is None:
        return
    least_s = (turn.plan.sets[last.index].hold_s or 0.0) - turn.plan.short_by_s
    rounds = tuple(_settled(one, turn.facts, least_s) for one in last.rounds)
    if rounds != last.rounds:
        turn.change(results=(*turn.state.results[:-1], replace(last, rounds=rounds)))


def _look(turn: Turn, facts: Following, hold_s: float) -> None:
    """Say what is wrong with the hold just now."""
    if turn.state.phase != "work":
        return
    if turn.lasts("touch", now=facts.paused) >= FORGIVEN_S:
        turn.say_once("touch", "heel down: up again", "up again", key=_nth(turn, "touch"))
    if facts.paused or facts.hold_clock_s >= hold_s:
        return
    if is_sagging(turn.state, facts):
        turn.lasts("sag", now=True)
        turn.say_once("higher", "higher", "higher", key=_nth(turn, "sag"))
    else:
        turn.lasts("sag", now=False)
    legs.watch(turn, facts)


def _nth(turn: Turn, name: str) -> str:
    """Return a name for what began at a certain moment, so that each such is spoken of once."""
    return f"{name} {dict(turn.state.since).get(name)}"


def is_sagging(state: State, facts: Following) -> bool:
    """Return whether the heels are clearly below their own top.

    Parameters
    ----------
    state : State
        Of the coach; a sag that has begun is over only well above its threshold.
    facts : Following
        What is measured.
    """
    if facts.sag is None or facts.top_reached_s is None:
        return False
    return facts.sag > (SAG_OVER if "sag" in dict(state.since) else SAG)


def _say_time(turn: Turn, held_s: float, hold_s: float) -> None:
    """Say how far the clock is: half of it, the last seconds, and the end."""
    number, paced = len(turn.result.rounds) + 1, turn.is_blind
    if held_s >= hold_s:
        turn.go("down")
        turn.say("round_done", "done: come down slowly", "down slowly", round=number, paced=paced)
        return
    if held_s >= hold_s / 2:
        turn.say_once("half", "half of it", "half", round=number, paced=paced)
    left = -int(-(hold_s - held_s) // 1)
    if left in {10, 5, 4, 3, 2, 1} and left < hold_s / 2:
        turn.say_once(
            "seconds_left", "", str(left), key=f"left {left}", round=number, paced=paced
        )  # fmt: skip


def _over(turn: Turn, facts: Following) -> None:
    """End the round: the heel is down for good."""
    held_s = facts.hold_clock_s
    off_s = turn.state.rise_s if turn.state.rise_s is not None else turn.state.since_s
    side = turn.planned.side
    if turn.plan.rig.share and facts.side is not None and facts.side != side:
        turn.say("wrong_side", f"that was {_leg(facts.side)}; now {_leg(side)}", "other leg")
        _again(turn)
    elif held_s < FALSE_START_S and turn.state.phase == "work":
        _again(turn)
    else:
        _end_round(turn, RoundResult(off_s, held_s, met=held_s >= _least_s(turn)))


def _leg(side: str) -> str:
    return "both feet" if side == "both" else f"the {side} leg"


def _again(turn: Turn) -> None:
    """Wait for the round once more; this one was none."""
    sets.forget_rise(turn)
    turn.go("up")


def give_up(turn: Turn) -> None:
    """End the round that goes on, or waits, as it is."""
    facts = turn.facts
    held_s = facts.hold_clock_s if facts is not None and turn.state.rise_s is not None else 0.0
    off_s = turn.state.rise_s if turn.state.rise_s is not None else turn.time_s
    _end_round(turn, RoundResult(off_s, held_s, met=held_s >= _least_s(turn)))


def _least_s(turn: Turn) -> float:
    return (turn.planned.hold_s or 0.0) - turn.plan.short_by_s


def _end_round(turn: Turn, result: RoundResult) -> None:
    turn.note_result(rounds=(*turn.result.rounds, result))
    sets.forget_rise(turn)
    done, wanted = len(turn.result.rounds), turn.planned.rounds
    # rest for as long as the hold: no source names one, and shorter ones tire too soon
    rest_s = turn.planned.hold_s or 0.0
    turn.go("rest", sets.down_since(turn) + rest_s)
    held = f"{result.held_s:.0f} s" if result.met else f"only {result.held_s:.0f} s"
    text = f"round {done} of {wanted}: {held}" + (f". Rest {rest_s:.0f} s" if done < wanted else "")
    speech = "rest" if result.met else f"{result.held_s:.0f} seconds. rest"
    kind: CueKind = "rest" if result.met else "hold_lost"
    if done < wanted:
        turn.say(kind, text, speech, round=done, paced=turn.is_blind)
        return
    if not result.met:
        turn.say(kind, text, round=done, paced=turn.is_blind)
    sets.end_set(turn)


def _settled(one: RoundResult, facts: Following, least_s: float) -> RoundResult:
    if one.final:
        return one
    for each in reversed(facts.rounds):
        if abs(each.row.heel_off_s - one.heel_off_s) <= sets.SAME_S:
            held_s = row_held_s(each.row)
            return replace(
                one, held_s=held_s, met=held_s >= least_s, final=not each.provisional
            )  # fmt: skip
    return one


def row_held_s(row: HoldRow) -> float:
    """Return how long a hold was, s: at the top, or where that is not seen with the heel up."""
    length_s = row.duration_s.value if row.duration_s.value is not None else row.heel_up_s.value
    return length_s or 0.0
