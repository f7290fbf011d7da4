"""What the coach shows just now: one big thing, and little beside it; no screen yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from insole.coach import asking, hold, raising
from insole.coach.turn import words

if TYPE_CHECKING:
    from insole.coach.model import Plan, SetResult, State
    from insole.measure.following import Following

Mood: TypeAlias = Literal["calm", "good", "amber", "still", "ask"]
"""How it goes: waiting, well, not quite, the clock stands, an answer is wanted."""

_GOOD: Mood = "good"
_AMBER: Mood = "amber"
_STILL: Mood = "still"
NOTE_S = 8.0
"""How long the last sentence stays, s (our choice)."""
KEYS = "space pause  s skip  r redo  p pain  m mark  n note  q end"


@dataclass(frozen=True, slots=True)
class Bar:
    """How far something is, 0 to 1, and what it is of."""

    name: str
    done: float


@dataclass(frozen=True, slots=True)
class View:
    """One moment of the coach.

    ``big`` is readable from afar, at most six characters; ``word`` says what it is; ``title`` what
    is being done; ``bar`` how far it is; ``left_share`` what the left foot bears, None where that
    does not matter or is not known; ``note`` the last thing said; ``keys`` what may be pressed.
    """

    title: str
    big: str
    word: str
    mood: Mood
    bar: Bar | None
    left_share: float | None
    note: str
    keys: str


def view_of(state: State, plan: Plan, facts: Following | None, time_s: float) -> View:
    """Return what to show.

    Parameters
    ----------
    state : State
        Of the coach.
    plan : Plan
        What is to be done.
    facts : Following or None
        What is measured just now.
    time_s : float
        Now, s since the start of the recording.
    """
    big, word, mood, bar = _main(state, plan, facts, time_s)
    note = state.note if time_s - state.note_s <= NOTE_S else ""
    if state.questions:
        note = asking.question_text(state.questions[0])
    shows_share = state.phase in {"up", "work", "down"} and plan.rig.share
    return View(
        title=_title(state, plan),
        big=big,
        word=word,
        mood=mood,
        bar=bar,
        left_share=facts.left_share if facts is not None and shows_share else None,
        note=note,
        keys="0-9, t for ten  s leave out" if state.questions else KEYS,
    )


_Main: TypeAlias = tuple[str, str, Mood, Bar | None]


def _main(state: State, plan: Plan, facts: Following | None, time_s: float) -> _Main:
    """Return big text, its word, the mood and the bar."""
    if state.phase == "work":
        return _work(state, plan, facts, time_s)
    if state.questions:
        first = state.questions[0]
        asked_s = time_s if state.asked_s is None else state.asked_s
        left_s = asking.SILENCE_S - (time_s - asked_s)
        bar = Bar("answer", max(0.0, left_s / asking.SILENCE_S))
        return "0-9", f"pain, {first.side} foot", "ask", bar
    left_s = max(0.0, (state.until_s or time_s) - time_s)
    if state.phase == "settling":
        return _clock(left_s), "until the last question", "calm", None
    if state.phase in _COUNTING:
        return _left(left_s), _COUNTING[state.phase], "calm", None
    return (*_STANDING.get(state.phase, ("END", "that was all", "calm")), None)


_COUNTING = {"ready": "get ready", "rest": "rest"}
_STANDING: dict[str, tuple[str, str, Mood]] = {
    "up": ("UP", "go up", "good"),
    "down": ("DOWN", "slowly", "good"),
    "paused": ("||", "paused", "still"),
}


def _work(state: State, plan: Plan, facts: Following | None, time_s: float) -> _Main:
    seen = facts if plan.rig.heel else None
    if plan.rig.heel and seen is None:
        return "?", "no signal", "amber", None
    if plan.sets[state.index].hold_s is not None:
        return _holding(state, plan.sets[state.index].hold_s or 1.0, seen, time_s)
    return _raising(state, plan.sets[state.index].lower_s or 1.0, seen, time_s)


def _holding(state: State, hold_s: float, seen: Following | None, time_s: float) -> _Main:
    held_s = hold.clock_s(state, seen, time_s)
    bar = Bar("hold", min(1.0, held_s / hold_s))
    word, mood = f"of {hold_s:g} s", _GOOD
    if seen is not None and seen.paused:
        word, mood = "heel down: up again", _STILL
    elif seen is not None and hold.is_sagging(state, seen):
        word, mood = "higher", _AMBER
    return str(int(held_s)), word, mood, bar


def _raising(state: State, lower_s: float, seen: Following | None, time_s: float) -> _Main:
    done = _current(state)
    count = str(done.reps + done.told if done else 0)
    lowered_s = raising.lowering_s(state, seen, time_s)
    if lowered_s is None:
        return count, "raise" if seen is not None and seen.heel_up else "counted", "good", None
    bar = Bar("down", min(1.0, lowered_s / lower_s))
    for key, word in (("slower", "slower"), ("faster", "come down")):
        if key in state.said:
            return count, word, "amber", bar
    return count, f"down {min(lowered_s, 99.0):.0f} of {lower_s:g} s", "good", bar


def _title(state: State, plan: Plan) -> str:
    if not plan.sets or state.phase in {"asking", "settling", "done"}:
        return "pain" if state.questions else ""
    planned = plan.sets[state.index]
    many = len(plan.sets)
    parts = [f"set {state.index + 1} of {many}"] if many > 1 else []
    if planned.rounds > 1:
        result = _current(state)
        done = len(result.rounds) if result else 0
        at = min(done + (state.phase in {"up", "work", "down"}), planned.rounds)
        parts.append(f"round {max(at, 1)} of {planned.rounds}")
    return ", ".join([words(planned), *parts])


def _current(state: State) -> SetResult | None:
    results = state.results
    return results[-1] if results and results[-1].to_s is None else None


def _left(seconds: float) -> str:
    return str(-int(-seconds // 1))


def _clock(seconds: float) -> str:
    minutes, rest = divmod(-int(-seconds // 1), 60)
    return f"{minutes}:{rest:02d}"
