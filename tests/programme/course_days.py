"""Days of a person in a programme, for the tests of its rules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from insole.programme.load import load_programme
from insole.programme.model import DoneSession, DoneSet, Place, Ratings

PROGRAMME = load_programme()
START = datetime(2026, 4, 1, 6, 0, tzinfo=UTC)
CALM = Ratings(before=2, worst=3, after=2, later=2)


def held(*rounds_s: float, side: str = "both", judged_on: str = "phases") -> DoneSet:
    """A set of holds; on both feet unless a side is named."""
    variant = "double" if side == "both" else "single"
    return DoneSet(1, "isometric_hold", variant, side, judged_on, rounds_s=rounds_s)


def raised(
    reps: int, *, at_tempo: int | None = -1, variant: str = "double", side: str = "both",
    judged_on: str = "phases",
) -> DoneSet:  # fmt: skip
    """A set of raises, all of them at tempo unless said otherwise."""
    at_tempo = reps if at_tempo == -1 else at_tempo
    return DoneSet(1, "eccentric_raise", variant, side, judged_on, reps=reps, at_tempo=at_tempo)


def session(number: int, *sets: DoneSet, pain: Ratings = CALM, **sides: Ratings) -> DoneSession:
    """The session of day `number`, 1 being the first; the same pain on both sides."""
    at = START + timedelta(days=number - 1, hours=1)
    ratings = {"left": pain, "right": pain} | sides
    return DoneSession(f"day {number}", at, at.date(), sets, ratings)


def at(stage: str, step: str = "") -> Place:
    """A place in the shipped programme, taken before the first session."""
    found = PROGRAMME.stage(stage)
    return Place(stage, step or found.steps[0].id, START)
