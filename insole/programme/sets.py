"""Rows of a report → what a set was, and what it is to the programme's rules."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING, TypeAlias

from insole.programme.model import DoneSet, JudgedOn

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from insole.measure.model import HoldRow, RaiseRow, SetRow
    from insole.measured import Measured
    from insole.programme.model import ProgressLimits

Timed: TypeAlias = tuple[float, JudgedOn]
"""How long something took, s, and what that was read from."""

_VARIANTS = {
    "double": "double", "two_up_one_down": "two_up_one_down", "single_left": "single",
    "single_right": "single",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SetFacts:
    """One set in figures that no programme has judged yet; None where nothing could tell.

    Parameters
    ----------
    set, exercise, variant, side
        As `DoneSet` has them.
    held : tuple of Timed
        Each round of a hold, s.
    reps : int
        Raises that count.
    lowered : tuple of Timed
        The lowering of each of them that could be timed, s.
    height_mm : float or None
        Mean heel height, mm.
    left_share : float or None
        Mean share of the left foot while the heels were up, 0 to 1.
    """

    set: int
    exercise: str
    variant: str
    side: str
    held: tuple[Timed, ...] = ()
    reps: int = 0
    lowered: tuple[Timed, ...] = ()
    height_mm: float | None = None
    left_share: float | None = None


def set_facts(
    sets: Sequence[SetRow],
    holds: Sequence[HoldRow],
    raises: Sequence[RaiseRow],
    lower_cues_s: Sequence[float] = (),
) -> tuple[SetFacts, ...]:
    """Return the sets of a session in figures; one of an unclear kind is left out.

    Parameters
    ----------
    sets, holds, raises : sequence of rows
        Of one report.
    lower_cues_s : sequence of float
        When the person was told to lower, s on the session grid; they stand in for the lowering
        onset where that cannot be seen.
    """
    found = []
    for one in sets:
        if one.exercise == "isometric_hold":
            found.append(_hold_facts(one, [hold for hold in holds if hold.set == one.set]))
        elif one.exercise == "eccentric_raise":
            reps = [each for each in raises if each.set == one.set and each.counted]
            found.append(_raise_facts(one, reps, lower_cues_s))
    return tuple(each for each in found if each is not None)


def judged(facts: SetFacts, limits: ProgressLimits) -> DoneSet:
    """Return a set as the rules of a programme see it.

    Parameters
    ----------
    facts : SetFacts
        The set in figures.
    limits : ProgressLimits
        What counts as lowered slowly, s.
    """
    kind = facts.set, facts.exercise, facts.variant, facts.side
    if facts.exercise == "isometric_hold":
        how: JudgedOn = "heel_up" if any(by == "heel_up" for _, by in facts.held) else "phases"
        return DoneSet(*kind, how, rounds_s=tuple(seconds for seconds, _ in facts.held))
    if not facts.lowered:
        return DoneSet(*kind, "nothing", reps=facts.reps)
    how = "cue" if any(by == "cue" for _, by in facts.lowered) else "phases"
    low_s, high_s = limits.lowering_min_s, limits.lowering_max_s
    slow = sum(low_s <= seconds <= high_s for seconds, _ in facts.lowered)
    return DoneSet(*kind, how, reps=facts.reps, at_tempo=slow)


def done_sets(
    sets: Sequence[SetRow],
    holds: Sequence[HoldRow],
    raises: Sequence[RaiseRow],
    limits: ProgressLimits,
    lower_cues_s: Sequence[float] = (),
) -> tuple[DoneSet, ...]:
    """Return the sets of a session as the rules see them; see `set_facts` and `judged`.

    Parameters
    ----------
    sets, holds, raises : sequence of rows
        Of one report.
    limits : ProgressLimits
        What counts as lowered slowly, s.
    lower_cues_s : sequence of float
        When the person was told to lower, s on the session grid.
    """
    facts = set_facts(sets, holds, raises, lower_cues_s)
    return tuple(judged(each, limits) for each in facts)


def _hold_facts(one: SetRow, rows: Sequence[HoldRow]) -> SetFacts | None:
    """Return a set of holds; without their own bounds they are judged on the heel-up time."""
    if one.side not in {"both", "left", "right"}:
        return None
    held = tuple(timed for row in rows if (timed := _held(row)) is not None)
    return SetFacts(
        one.set,
        one.exercise,
        "double" if one.side == "both" else "single",
        one.side,
        held=held,
        height_mm=_mean(row.hold_height_mm for row in rows),
        left_share=_mean(row.left_share for row in rows),
    )


def _held(row: HoldRow) -> Timed | None:
    if row.duration_s.value is not None:
        return row.duration_s.value, "phases"
    return None if row.heel_up_s.value is None else (row.heel_up_s.value, "heel_up")


def _raise_facts(
    one: SetRow, counted: Sequence[RaiseRow], cues_s: Sequence[float]
) -> SetFacts | None:
    if one.variant not in _VARIANTS:
        return None
    return SetFacts(
        one.set,
        one.exercise,
        _VARIANTS[one.variant],
        one.side,
        reps=len(counted),
        lowered=tuple(timed for rep in counted if (timed := _lowered(rep, cues_s)) is not None),
        height_mm=_mean(rep.heel_height_mm for rep in counted),
        left_share=_mean(rep.left_share for rep in counted),
    )


def _lowered(rep: RaiseRow, cues_s: Sequence[float]) -> Timed | None:
    """Return how long a lowering took, s, and what tells: its phases, or else the last cue."""
    if rep.lowering_s.quality == "ok" and rep.lowering_s.value is not None:
        return rep.lowering_s.value, "phases"
    told = [cue_s for cue_s in cues_s if rep.heel_off_s < cue_s < rep.heel_contact_s]
    return (rep.heel_contact_s - told[-1], "cue") if told else None


def _mean(figures: Iterable[Measured]) -> float | None:
    values = [one.value for one in figures if one.value is not None]
    return fmean(values) if values else None
