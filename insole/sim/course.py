"""A simulated person over weeks: who trains most days, gets stronger, hurts now and then.

What is due is told to the person from outside, day by day; nothing here knows a programme's rules.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from insole.sim.blocks import Faults, Rise, Scenario, Spell

if TYPE_CHECKING:
    from insole.sim.blocks import Block, Feet, Mistake

Side: TypeAlias = Literal["both", "left", "right"]
Pain: TypeAlias = "dict[str, int | None]"
"""A rating, 0 to 10, for each moment it is asked for; None if it was not answered."""

NAME = "heel_pain_course"
DAYS = 42
WAKES_H, TRAINS_H, AGAIN_H = 6.5, 7.0, 18.0
SETTLED = Spell("stand", 4.0)
REST = Spell("stand", 12.0)
"""Between sets: shorter than people rest, so that six weeks can be played in a minute."""

HOLD_S, HOLD_GROWTH_S = 36.0, 1.6
"""How long the person can stay up on both feet at first, and what each training adds, s."""
REPS, REPS_GROWTH = 9.0, 0.5
"""How many slow raises the person can do in a set at first, and what each training adds."""
ONE_LEG = 0.9
"""What one leg can do of what both can."""
MOST_REPS = 17
MOST_SPARE = 1.08
"""Whoever can stay up longer than asked stops a little after the time is over."""
TRAINS, AGAIN, FORGETS = 0.75, 0.08, 0.06
"""How likely the person trains on a day, does it again in the evening, and forgets a rating."""
CALM, SORE = 2, 7
FLARE_DAYS = (8, 13)
"""The first flare of pain begins on one of these days, the second some two weeks later."""


@dataclass(frozen=True, slots=True)
class Dose:
    """What one leg, or both, is asked to do: rounds of so many seconds, or sets to fatigue."""

    side: Side
    exercise: str
    variant: str
    rounds: int
    seconds: float | None


@dataclass(frozen=True, slots=True)
class Outing:
    """One session of the person: what is played, how it hurts, and what is ticked after it.

    Parameters
    ----------
    after_midnight : timedelta
        When on its day it begins.
    scenario : Scenario
        What is done.
    pain : mapping
        Of each side.
    next_morning : mapping
        Pain with the first steps of the next day, 0 to 10, of each side.
    ticks : tuple
        Exercise, side and sets of what is done without insoles.
    """

    after_midnight: timedelta
    scenario: Scenario
    pain: dict[str, Pain]
    next_morning: dict[str, int]
    ticks: tuple[tuple[str, str, int], ...]


class CoursePerson:
    """Somebody who goes through weeks of training.

    Parameters
    ----------
    seed : int
        Draws everything about them; the same seed does the same, if asked for the same.
    cheats : bool
        Whether they make it easier than asked: holds too short, toes of the other foot helping,
        raises that only begin.
    """

    def __init__(self, seed: int, *, cheats: bool = False) -> None:
        self._rng = np.random.default_rng([seed, 20_260_302])
        self._cheats = cheats
        self._trained = 0
        first = int(self._rng.integers(FLARE_DAYS[0], FLARE_DAYS[1] + 1))
        self._flares = [first, first + int(self._rng.integers(13, 18))]

    def outings(self, day: int, doses: tuple[Dose, ...]) -> tuple[Outing, ...]:
        """Return the sessions of a day, none on a day off.

        Parameters
        ----------
        day : int
            Days since the start.
        doses : tuple of Dose
            What is due; the person does it from the first to the last.
        """
        trains, again = self._rng.random(2)
        if trains > TRAINS:
            return ()
        hours = [TRAINS_H, AGAIN_H] if again < AGAIN else [TRAINS_H]
        return tuple(self._outing(day, hour, doses) for hour in hours)

    def _outing(self, day: int, hour: float, doses: tuple[Dose, ...]) -> Outing:
        self._trained += 1
        begins = timedelta(hours=hour + float(self._rng.uniform(0.0, 0.5)))
        blocks: list[Block] = [SETTLED]
        for dose in doses:
            blocks += [*self._blocks(dose), REST]
        scenario = Scenario("heel_pain_course", f"day {day + 1}", (*blocks[:-1], SETTLED), Faults())
        pain = {"left": self._pain(day, hour), "right": self._healthy()}
        morning = {"left": CALM + (day in self._flares), "right": 0}
        return Outing(timedelta(seconds=round(begins.total_seconds())), scenario, pain, morning,
                      self._ticks())  # fmt: skip

    def _pain(self, day: int, hour: float) -> Pain:
        """Return the ratings of the sore foot: calm, or in a flare; some are forgotten."""
        if day in self._flares and hour == TRAINS_H:
            return {"before": CALM, "worst": SORE, "after": SORE - 1, "later": CALM + 2}
        later = None if self._rng.random() < FORGETS else CALM
        return {"before": CALM, "worst": CALM + 1, "after": CALM, "later": later}

    def _healthy(self) -> Pain:
        return {"before": 0, "worst": 0, "after": 0, "later": 0}

    def _ticks(self) -> tuple[tuple[str, str, int], ...]:
        yoga = int(self._rng.integers(1, 4))
        ticks = [("ankle_pumps", "both", 1), ("toe_yoga", "left", yoga), ("toe_yoga", "right", 1)]
        return (*ticks, ("soft_tissue", "left", 1)) if self._rng.random() < 0.7 else tuple(ticks)

    def _blocks(self, dose: Dose) -> list[Block]:
        if dose.seconds is not None:
            return [self._hold(dose, dose.seconds) for _ in range(dose.rounds)]
        return [self._raises(dose)]  # one set, to be quick: the best one counts

    def _hold(self, dose: Dose, seconds: float) -> Block:
        able_s = HOLD_S + HOLD_GROWTH_S * self._trained
        able_s *= (ONE_LEG if dose.side != "both" else 1.0) * float(self._rng.normal(1.0, 0.04))
        length_s = min(able_s, seconds * MOST_SPARE + 1.0)
        rise = Rise("hold", 1.5, length_s, 2.0, reps=1, pause_s=6.0, side=dose.side)
        if not self._cheats:
            return rise
        if dose.side == "both":
            return replace(rise, top_s=0.8 * seconds)
        return replace(rise, assist=0.35)

    def _raises(self, dose: Dose) -> Block:
        able = REPS + REPS_GROWTH * self._trained * float(self._rng.normal(1.0, 0.05))
        reps = int(min(MOST_REPS, able))
        side: Feet = "both" if dose.variant == "two_up_one_down" else dose.side
        lower_on = dose.side if side == "both" and dose.side != "both" else ""
        rise = Rise("raise", 1.2, 0.8, 5.0, reps, pause_s=2.0, side=side, lower_on=lower_on)
        if not self._cheats:
            return rise
        begun: tuple[Mistake, ...] = ("none", "partial", "partial")
        return replace(rise, reps=MOST_REPS, mistakes=begun)
