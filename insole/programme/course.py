"""The whole way of a person through a programme, worked out anew from what was done and said."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

from insole.programme.model import Place
from insole.programme.progress import decide

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from insole.programme.model import Decision, DoneSession, Programme

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
    """A decision after a session, for a leg or for both."""

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
    waiting = list(choices)
    for count, session in enumerate(sessions, start=1):
        while waiting and waiting[0].at <= session.started_at:
            places = _chosen(places, waiting.pop(0), confirmed, programme)
        for side, place in tuple(places.items()):
            decision = decide(
                programme, place, side, sessions[:count], confirmed=confirmed, asked=asked
            )
            if session.id not in decision.sessions:
                continue
            turns.append(Turn(session.id, side, decision))
            if (decision.stage, decision.step) != (place.stage, place.step):
                places = {**places, side: _at(decision, session)}
        places = _joined(_split(places, programme), programme)
    for choice in waiting:
        places = _chosen(places, choice, confirmed, programme)
    return Course(places, tuple(turns))


def _at(decision: Decision, session: DoneSession) -> Place:
    return Place(decision.stage, decision.step, session.started_at)


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
