"""Rows of a report → the sets that the programme's rules look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from insole.programme.model import DoneSet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from insole.measure.model import HoldRow, RaiseRow, SetRow
    from insole.programme.model import JudgedOn, ProgressLimits


def done_sets(
    sets: Sequence[SetRow],
    holds: Sequence[HoldRow],
    raises: Sequence[RaiseRow],
    limits: ProgressLimits,
    lower_cues_s: Sequence[float] = (),
) -> tuple[DoneSet, ...]:
    """Return the sets of a session as the rules see them; one of an unclear kind is left out.

    Parameters
    ----------
    sets, holds, raises : sequence of rows
        Of one report.
    limits : ProgressLimits
        What counts as lowered slowly, s.
    lower_cues_s : sequence of float
        When the person was told to lower, s on the session grid; they stand in for the lowering
        onset where that cannot be seen.
    """
    found = []
    for one in sets:
        if one.exercise == "isometric_hold":
            rows = [hold for hold in holds if hold.set == one.set]
            found.append(_hold_set(one, rows))
        elif one.exercise == "eccentric_raise":
            reps = [each for each in raises if each.set == one.set]
            found.append(_raise_set(one, reps, limits, lower_cues_s))
    return tuple(each for each in found if each is not None)


def _hold_set(one: SetRow, rows: Sequence[HoldRow]) -> DoneSet | None:
    """Return a set of holds; without their own bounds they are judged on the heel-up time."""
    variant = "double" if one.side == "both" else "single"
    lengths = [
        (row.duration_s.value, "phases")
        if row.duration_s.value is not None
        else (row.heel_up_s.value, "heel_up")
        for row in rows
    ]
    seconds = tuple(length for length, _ in lengths if length is not None)
    judged: JudgedOn = "heel_up" if any(how == "heel_up" for _, how in lengths) else "phases"
    if one.side not in {"both", "left", "right"}:
        return None
    return DoneSet(one.set, one.exercise, variant, one.side, judged, rounds_s=seconds)


def _raise_set(
    one: SetRow, reps: Sequence[RaiseRow], limits: ProgressLimits, cues_s: Sequence[float]
) -> DoneSet | None:
    variant = {"single_left": "single", "single_right": "single"}.get(one.variant, one.variant)
    if variant not in {"double", "single", "two_up_one_down"}:
        return None
    counted = [rep for rep in reps if rep.counted]
    lowered = [_lowering(rep, cues_s) for rep in counted]
    known = [(seconds, how) for seconds, how in lowered if seconds is not None]
    slow = sum(limits.lowering_min_s <= seconds <= limits.lowering_max_s for seconds, _ in known)
    by_cue = any(how == "cue" for _, how in known)
    judged: JudgedOn = "nothing" if not known else "cue" if by_cue else "phases"
    at_tempo = slow if known else None
    return DoneSet(
        one.set, one.exercise, variant, one.side, judged, reps=len(counted), at_tempo=at_tempo
    )


def _lowering(rep: RaiseRow, cues_s: Sequence[float]) -> tuple[float | None, JudgedOn]:
    """Return how long a lowering took, s, and what tells: its phases, or else the last cue."""
    if rep.lowering_s.quality == "ok":
        return rep.lowering_s.value, "phases"
    told = [cue_s for cue_s in cues_s if rep.heel_off_s < cue_s < rep.heel_contact_s]
    if not told:
        return None, "nothing"
    return rep.heel_contact_s - told[-1], "cue"
