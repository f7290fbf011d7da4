"""What was done on a day against what is prescribed; measured and ticked are kept apart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from insole.programme.model import DayLimits, DoneSession, Programme


@dataclass(frozen=True, slots=True)
class Tick:
    """What the person says to have done, by hand: sets of an exercise, on one side or both."""

    day: date
    exercise: str
    side: str
    sets: int


@dataclass(frozen=True, slots=True)
class Due:
    """One exercise beside the strength part: sets planned a day, ticked so far; of one side."""

    exercise: str
    side: str
    planned: int
    ticked: int


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
    starts = [s.started_at for s in sessions if s.day == day and s.sets]
    mine = [tick for tick in ticks if tick.day == day]
    extras = tuple(
        Due(extra.id, side, extra.sets, _ticked(mine, extra.id, side))
        for extra in programme.extras
        for side in (("left", "right") if extra.per_side else ("both",))
    )
    limits = programme.day
    return Day(day, bouts(starts, limits), limits.bouts_min, limits.bouts_max, extras)


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


def _ticked(ticks: Iterable[Tick], exercise: str, side: str) -> int:
    return sum(
        tick.sets for tick in ticks if tick.exercise == exercise and tick.side in {side, "both"}
    )
