"""What a programme asks for now, as sets in the order in which they are to be done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from insole.coach.model import Plan, PlannedSet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from insole.coach.model import Rig
    from insole.programme.model import Programme, Stage, Step

LOWER_S = 5.0
"""How long a lowering shall take, s: the programme, for all its raises."""


def plan_of(
    programme: Programme,
    due: Sequence[tuple[str, Stage, Step]],
    rig: Rig,
    *,
    asked: Sequence[str] = ("left", "right"),
) -> Plan:
    """Return what is to be done now.

    Parameters
    ----------
    programme : Programme
        The prescription.
    due : sequence of (side, Stage, Step)
        Where each leg stands, or ``both`` while they go together.
    rig : Rig
        What the devices can see.
    asked : sequence of str
        The sides whose pain is asked for.

    Notes
    -----
    Where each leg goes its own way, the sets of the legs are done in turn (our choice).
    """
    per_leg = [_sets(stage, step, side) for side, stage, step in due]
    longest = max(map(len, per_leg), default=0)
    in_turn = tuple(sets[k] for k in range(longest) for sets in per_leg if k < len(sets))
    progress = programme.progress
    return Plan(
        in_turn, rig, programme.pain, tuple(asked), progress.short_by_s, progress.lowering_min_s,
        progress.lowering_max_s, progress.reps_more_than + 1,
    )  # fmt: skip


def _sets(stage: Stage, step: Step, side: str) -> list[PlannedSet]:
    """Return the sets of one leg, or of both: the rounds of a hold are one set."""
    if step.seconds is not None:
        return [PlannedSet(stage.exercise, stage.variant, side, step.rounds, step.seconds, None)]
    one = PlannedSet(stage.exercise, stage.variant, side, 1, None, LOWER_S)
    return [one] * step.rounds
