"""What was done on a day against what is prescribed; measured and ticked are kept apart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from insole.programme.model import DayLimits, DoneSession, Extra, Programme


@dataclass(frozen=True, slots=True)
class Tick:
    """What the person says to have done, by hand: sets of an exercise, on one side or both."""

    at: datetime
    exercise: str
    side: str
    sets: int

    @property
    def day(self) -> date:
        """Calendar day, by the clock of the place where it was ticked."""
        return self.at.date()


@dataclass(frozen=True, slots=True)
class Due:
    """One exercise beside the strength part, of one side: sets planned a day, and done so far.

    `measured` is None where no sensor sees the exercise.
    """

    exercise: str
    side: str
    planned: int
    ticked: int
    measured: int | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """One calendar day: bouts of strength, and the rest."""

    day: date
    bouts: int
    bouts_min: int
    bouts_max: int
    extras: tuple[Due, ...]

    @property
    def word(self) -> str:
        """Return how the bouts compare with the plan; more is said, and not praised."""
        if self.bouts < self.bouts_min:
            return "missed"
        return "more than planned" if self.bouts > self.bouts_max else "as planned"


def day_of(
    programme: Programme, day: date, sessions: Iterable[DoneSession], ticks: Iterable[Tick]
) -> Day:
    """Return what was done on a day.

    Parameters
    ----------
    programme : Programme
        The prescription.
    day : date
        Local calendar day.
    sessions : iterable of DoneSession
        All that was measured; a session belongs to the day on which it started, where it was.
    ticks : iterable of Tick
        All that was ticked.
    """
    today = [session for session in sessions if session.day == day]
    starts = [session.started_at for session in today if session.sets]
    mine = [tick for tick in ticks if tick.day == day]
    extras = tuple(
        Due(
            extra.id, side, extra.sets, _ticked(mine, extra.id, side), _measured(today, extra, side)
        )
        for extra in programme.extras
        for side in sides_of(extra)
    )
    limits = programme.day
    return Day(day, bouts(starts, limits), limits.bouts_min, limits.bouts_max, extras)


def sides_of(extra: Extra) -> tuple[str, ...]:
    """Return the sides that an exercise is counted for."""
    return ("left", "right") if extra.per_side else ("both",)


def bouts(starts: Sequence[datetime], limits: DayLimits) -> int:
    """Return how many bouts some sessions make: a long pause parts one from the next.

    Parameters
    ----------
    starts : sequence of datetime
        When sessions began, in any order.
    limits : DayLimits
        The pause that parts bouts, min.
    """
    ordered = sorted(starts)
    pause = timedelta(minutes=limits.bout_pause_min)
    parted = sum(now - last >= pause for last, now in pairwise(ordered))
    return parted + bool(ordered)


def _measured(sessions: Iterable[DoneSession], extra: Extra, side: str) -> int | None:
    """Return the sets that sensors saw; None for an exercise that none sees."""
    if not extra.measured:
        return None
    done = [one for session in sessions for one in session.extras if one.exercise == extra.id]
    return sum(one.side in {side, "both"} for one in done)


def _ticked(ticks: Iterable[Tick], exercise: str, side: str) -> int:
    return sum(
        tick.sets for tick in ticks if tick.exercise == exercise and tick.side in {side, "both"}
    )
