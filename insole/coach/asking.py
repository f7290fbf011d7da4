"""Pain: asked, answered with one digit, never guessed; its limits act at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from insole.coach.model import Question

if TYPE_CHECKING:
    from insole.coach.turn import Turn
    from insole.programme.model import When

SILENCE_S = 20.0
"""An answer is waited for that long, s; then it is not recorded: the programme."""
SETTLE_S = 0.5
"""A digit that comes sooner after a question was meant for another one, s (our choice)."""
DIGITS = {**{str(score): score for score in range(10)}, "t": 10}
"""Keys that answer; t is ten."""

_ASKED: dict[When, str] = {
    "before": "Pain now, before you begin",
    "worst": "Worst pain during it",
    "after": "Pain right after",
    "later": "Pain now, some minutes later",
}


def ask(turn: Turn, when: When, side: str, number: int = 0) -> None:
    """Ask for a rating of each side that worked and is asked for."""
    sides = [name for name in turn.plan.asked if side in {"both", name}]
    asked = tuple(Question(when, name, number) for name in sides)
    open_already = {(one.when, one.side) for one in turn.state.questions}
    fresh = tuple(one for one in asked if (one.when, one.side) not in open_already)
    turn.change(questions=(*turn.state.questions, *fresh))
    pose(turn)


def pose(turn: Turn) -> None:
    """Ask the first open question, if it was not asked yet; drop it after a long silence."""
    while turn.state.questions:
        first = turn.state.questions[0]
        if turn.state.asked_s is None:
            turn.change(asked_s=turn.time_s)
            text = question_text(first)
            speech = f"{_ASKED[first.when]}, {first.side} foot?"
            turn.say("pain_question", text, speech, side=first.side, when=first.when, set=first.set)
            return
        if turn.time_s - turn.state.asked_s < SILENCE_S:
            return
        drop(turn)


def question_text(question: Question) -> str:
    """Return a question as it stands on the screen."""
    return f"{_ASKED[question.when]}, {question.side} foot: 0 to 9, t for ten"


def is_readable(turn: Turn) -> bool:
    """Return whether the first open question has been there long enough to be answered."""
    asked_s = turn.state.asked_s
    return asked_s is not None and turn.time_s - asked_s >= SETTLE_S


def drop(turn: Turn) -> None:
    """Take the first open question back: its answer is not recorded."""
    first = turn.state.questions[0]
    text = f"{first.side} foot: not recorded"
    turn.say("not_recorded", text, side=first.side, when=first.when, set=first.set)
    turn.change(questions=turn.state.questions[1:], asked_s=None)


def answer(turn: Turn, score: int) -> bool:
    """Note the answer to the first open question; return True if it ends the exercise."""
    first = turn.state.questions[0]
    turn.change(questions=turn.state.questions[1:], asked_s=None)
    text = f"{first.side} foot: {score} of 10"
    turn.say("pain", text, side=first.side, when=first.when, score=score, set=first.set)
    limits = turn.plan.pain
    if first.when == "later":
        return False
    if score >= limits.limit:
        text = f"{score} of 10: no more of this today. Ask a qualified therapist"
        turn.say("pain_limit", text, f"{score} of 10. Stop. No more of this today.")
        return True
    if score >= limits.caution:
        text = f"{score} of 10: take care, stop at {limits.limit}"
        turn.say("pain_caution", text, f"{score} of 10. Take care.")
    return False
