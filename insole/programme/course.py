"""The whole way of a person through a programme, worked out anew from what was done and said."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

from insole.programme.model import Decision, Place
from insole.programme.progress import decide_on, tried_at

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from insole.programme.attempt import Attempt
    from insole.programme.model import DoneSession, Programme

ChoiceKind: TypeAlias = Literal["set", "confirm"]
LEGS = ("left", "right")


@dataclass(frozen=True, slots=True)
class Choice:
    """What the person or the therapist said: a place to go to, or a confirmation.

    For ``set`` `word` is a stage and `step` one of its steps ("" for the first), of `side`; for
    ``confirm`` `word` is what was confirmed.
    """

    at: datetime
    kind: ChoiceKind
    word: str
    step: str = ""
    side: str = "both"


@dataclass(frozen=True, slots=True)
class Turn:
    """A decision for a leg or for both, after a session; after a choice `session` is ""."""

    session: str
    side: str
    decision: Decision


@dataclass(frozen=True, slots=True)
class Course:
    """Where each leg stands now, and every decision on the way; ``both`` while they go together."""

    places: Mapping[str, Place]
    turns: tuple[Turn, ...] = field(default=())

    def last(self, side: str) -> Decision | None:
        """Return the last decision for a leg; None if there was none."""
        return next((t.decision for t in reversed(self.turns) if t.side in {side, "both"}), None)


def walk(
    programme: Programme,
    sessions: Sequence[DoneSession],
    choices: Sequence[Choice] = (),
    *,
    start: datetime,
    asked: Sequence[str] = LEGS,
) -> Course:
    """Return how a person came through a programme.

    Parameters
    ----------
    programme : Programme
        The prescription.
    sessions : sequence of DoneSession
        All that was done, in order of time.
    choices : sequence of Choice
        All that was chosen, in order of time; one that names no stage of this programme is passed
        over, since it was made for another.
    start : datetime
        When the programme began.
    asked : sequence of str
        The sides whose pain is asked for.
    """
    first = programme.stages[0]
    places = _split({"both": Place(first.id, first.steps[0].id, start)}, programme)
    confirmed: set[str] = set()
    turns: list[Turn] = []
    tried: dict[tuple[str, Place], list[Attempt]] = {}
    passed: set[str] = set()
    waiting = list(choices)
    for session in sessions:
        while waiting and waiting[0].at <= session.started_at:
            choice = waiting.pop(0)
            places = _chosen(places, choice, confirmed, programme)
            turns += _turns_of(choice, places, programme)
        for side, place in tuple(places.items()):
            passed.add(place.stage)
            attempt = tried_at(programme, place, side, [session], asked=asked)
            if not attempt:
                continue
            so_far = tried.setdefault((side, place), [])
            so_far += attempt
            decision = decide_on(
                programme, place, so_far, confirmed=confirmed, passed=passed - {place.stage}
            )
            turns.append(Turn(session.id, side, decision))
            if (decision.stage, decision.step) != (place.stage, place.step):
                places = {**places, side: _at(decision, session)}
        places = _joined(_split(places, programme), programme)
    for choice in waiting:
        places = _chosen(places, choice, confirmed, programme)
        turns += _turns_of(choice, places, programme)
    return Course(places, tuple(turns))


def _at(decision: Decision, session: DoneSession) -> Place:
    return Place(decision.stage, decision.step, session.started_at)


def _turns_of(choice: Choice, places: Mapping[str, Place], programme: Programme) -> list[Turn]:
    """Return a choice as what it decides for each leg that it is about."""
    day = choice.at.date().isoformat()
    if choice.kind == "set" and choice.word not in {stage.id for stage in programme.stages}:
        return []
    said = f"{choice.word} confirmed" if choice.kind == "confirm" else "chosen by hand"
    return [
        Turn("", side, Decision(choice.kind, place.stage, place.step, f"{said} on {day}", (), (),
                                programme.hash))
        for side, place in places.items()
        if "both" in {choice.side, side} or choice.side == side
    ]  # fmt: skip


def _chosen(
    places: dict[str, Place], choice: Choice, confirmed: set[str], programme: Programme
) -> dict[str, Place]:
    """Return the places after a choice; a confirmation is added to those before."""
    if choice.kind == "confirm":
        confirmed.add(choice.word)
        return places
    stage = next((stage for stage in programme.stages if stage.id == choice.word), None)
    if stage is None:
        return places
    step = choice.step if choice.step in {s.id for s in stage.steps} else stage.steps[0].id
    there = Place(stage.id, step, choice.at)
    if choice.side == "both":
        return _split({"both": there}, programme)
    apart = {leg: places.get(leg) or places["both"] for leg in LEGS}
    return _joined({**apart, choice.side: there}, programme)


def _split(places: dict[str, Place], programme: Programme) -> dict[str, Place]:
    """Let each leg go its own way where the stage is one of single legs."""
    both = places.get("both")
    if both is None or not programme.stage(both.stage).per_side:
        return places
    return dict.fromkeys(LEGS, both)


def _joined(places: dict[str, Place], programme: Programme) -> dict[str, Place]:
    """Let both legs go together once they have come to the same step of a stage for both."""
    if "both" in places:
        return places
    left, right = (places[leg] for leg in LEGS)
    same = (left.stage, left.step) == (right.stage, right.step)
    if not same or programme.stage(left.stage).per_side:
        return places
    return {"both": max(left, right, key=lambda place: place.since)}
