"""What one session did for one step: whether its target was met, and how its pain went."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from insole.programme import pain
from insole.programme.model import Ratings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from insole.programme.model import (
        DoneSession,
        DoneSet,
        PainLimits,
        ProgressLimits,
        Stage,
        Step,
    )


@dataclass(frozen=True, slots=True)
class Attempt:
    """One session at one step. ``met`` is None where nothing could tell, and ``figure`` says why.

    ``ratings`` are those of the sides that the step asks about.
    """

    session: str
    day: date
    met: bool | None
    figure: str
    ratings: tuple[Ratings, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """Return which ratings were not given for some side, each once."""
        lacking = [when for given in self.ratings for when in pain.missing(given)]
        return tuple(dict.fromkeys(lacking))

    def over_limit(self, limits: PainLimits) -> str:
        """Return how the pain broke the rule; "" if it did not."""
        return next(filter(None, (pain.over_limit(given, limits) for given in self.ratings)), "")

    def increased(self, last: Attempt) -> str:
        """Return how the pain grew since an earlier attempt; "" if it did not."""
        pairs = zip(self.ratings, last.ratings, strict=True)
        return next(filter(None, (pain.increased(now, before) for now, before in pairs)), "")


def attempts(
    stage: Stage,
    step: Step,
    side: str,
    sessions: Sequence[DoneSession],
    *,
    limits: ProgressLimits,
    asked: Sequence[str],
) -> list[Attempt]:
    """Return what each session did for a step; those without a set of its kind are left out.

    Parameters
    ----------
    stage, step : Stage, Step
        What was to be done.
    side : {"both", "left", "right"}
        Which leg's way it is.
    sessions : sequence of DoneSession
        In order of time.
    limits : ProgressLimits
        What counts as met.
    asked : sequence of str
        The sides whose pain is asked for.
    """
    sides = [name for name in asked if side in {"both", name}] or list(asked)
    found = []
    for session in sessions:
        mine = sets_of(session, stage, side)
        if mine:
            met, figure = _judge(mine, step, limits)
            given = tuple(session.pain.get(name, Ratings()) for name in sides)
            found.append(Attempt(session.id, session.day, met, figure, given))
    return found


def sets_of(session: DoneSession, stage: Stage, side: str) -> list[DoneSet]:
    """Return the sets of a session that are of a stage, and of this leg if each goes its own way.

    Parameters
    ----------
    session : DoneSession
        What was done.
    stage : Stage
        What was to be done.
    side : {"both", "left", "right"}
        Which leg's way it is.
    """
    return [one for one in session.sets if _belongs(one, stage, side)]


def _belongs(one: DoneSet, stage: Stage, side: str) -> bool:
    """Tell whether a set is of a stage, and of this leg where each leg goes its own way."""
    of_stage = one.exercise == stage.exercise and one.variant == stage.variant
    return of_stage and (not stage.per_side or side in {"both", one.side})


def _judge(sets: Sequence[DoneSet], step: Step, limits: ProgressLimits) -> tuple[bool | None, str]:
    if step.seconds is not None:
        return _judge_holds(sets, step, step.seconds, limits)
    return _judge_raises(sets, limits)


def _judge_holds(
    sets: Sequence[DoneSet], step: Step, seconds: float, limits: ProgressLimits
) -> tuple[bool, str]:
    rounds = [length for one in sets for length in one.rounds_s]
    long_enough = sum(length >= seconds - limits.short_by_s for length in rounds)
    shown = ", ".join(f"{length:.0f}" for length in rounds) or "none"
    how = ", judged on heel-up time" if any(o.judged_on == "heel_up" for o in sets) else ""
    figure = f"{long_enough} of {step.rounds} rounds of {seconds:.0f} s ({shown} s{how})"
    return long_enough >= step.rounds, figure


def _judge_raises(sets: Sequence[DoneSet], limits: ProgressLimits) -> tuple[bool | None, str]:
    seen = [one for one in sets if one.at_tempo is not None]
    if not seen:
        reps = max(one.reps for one in sets)
        return None, f"{reps} repetitions in a set, how slowly they were lowered could not be seen"
    best = max(seen, key=lambda one: one.at_tempo or 0)
    how = ", judged on the cue" if best.judged_on == "cue" else ""
    figure = (
        f"{best.at_tempo} repetitions at tempo in a set, more than {limits.reps_more_than} "
        f"needed ({best.reps} in all{how})"
    )
    return (best.at_tempo or 0) > limits.reps_more_than, figure
