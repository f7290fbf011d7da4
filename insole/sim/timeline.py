"""From a scenario to acts with their times: who does what, from when to when, how well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from insole.sim import drill, repetition
from insole.sim.acts import (
    Act,
    Lean,
    OneFoot,
    Repetition,
    Restless,
    Shift,
    Sit,
    Talk,
    Timeline,
    Walk,
)
from insole.sim.blocks import Rise, Rocking, Spell, ToeYoga
from insole.sim.repetition import TRANSFER_S

if TYPE_CHECKING:
    import numpy as np

    from insole.sim.blocks import Block, Scenario, SpellKind
    from insole.sim.person import Person

_FIDGETS: tuple[SpellKind, ...] = ("rest", "walk", "lean", "step_off")
TALKING = 3.0
"""Sway of somebody who talks, against quiet standing: our choice."""
GESTURE_SHARE = 0.06
"""Part of the load that a gesture moves at most: our choice."""

SLOW_SHIFT_S = 2.4
"""Time of a slow shift from one foot to the other: our choice."""
SLOW_SHIFT_TO = (0.78, 0.86)
"""Part of the load that it brings to a foot: our choice."""


def plan(scenario: Scenario, person: Person, rng: np.random.Generator) -> Timeline:
    """Return what the person does when.

    Parameters
    ----------
    scenario : Scenario
        Blocks to play, one behind the other.
    person : Person
        Peak heights and preferred share.
    rng : Generator
        Source of randomness.
    """
    (extra,) = rng.spawn(1)
    acts: list[Act] = []
    now_s = 0.0
    for block in scenario.blocks:
        placed, now_s = _place(block, now_s, person, rng, repetition.Twist(scenario.person, extra))
        acts += placed
    if scenario.person.restless != 1.0:
        acts.append(Restless(-10.0, now_s + 10.0, scenario.person.restless))
    return Timeline(tuple(acts), now_s, scenario.person)


def _place(
    block: Block,
    start_s: float,
    person: Person,
    rng: np.random.Generator,
    twist: repetition.Twist,
) -> tuple[list[Act], float]:
    match block:
        case Rise():
            acts, end_s = repetition.bout(block, start_s, person, rng, twist)
            tops = [one.feet[0] for one in acts if block.shift and isinstance(one, Repetition)]
            for foot in tops:
                top_s = foot.top_reached_s, foot.lowering_onset_s
                acts += _slow_shifts(*top_s, person, twist.rng)
            return acts, end_s
        case ToeYoga():
            return drill.toe_yoga(block, start_s, twist.rng)
        case Rocking():
            return drill.rocking(block, start_s, twist.rng)
        case Spell():
            end_s = start_s + block.duration_s
            if block.kind == "talk":
                return _talk(start_s, end_s, twist.rng), end_s
            if block.kind == "shift":
                return _slow_shifts(start_s, end_s, person, twist.rng), end_s
            return _spell(block, start_s, end_s, person, rng), end_s


def _slow_shifts(
    start_s: float, end_s: float, person: Person, rng: np.random.Generator
) -> list[Act]:
    """Return slow shifts from foot to foot, with the preferred share again at the end."""
    acts: list[Act] = []
    now_s, left = start_s, True
    while now_s + 2 * SLOW_SHIFT_S <= end_s:
        share = rng.uniform(*SLOW_SHIFT_TO)
        acts.append(Shift(now_s, SLOW_SHIFT_S, share if left else 1.0 - share))
        now_s, left = now_s + SLOW_SHIFT_S, not left
    return [*acts, Shift(now_s, min(SLOW_SHIFT_S, end_s - now_s), person.left_share)]


def _spell(
    spell: Spell, start_s: float, end_s: float, person: Person, rng: np.random.Generator
) -> list[Act]:
    acts: list[Act] = []
    match spell.kind:
        case "rest":
            acts = _rest(start_s, end_s, person, rng)
        case "walk":
            acts = [Walk(start_s, end_s, rng.uniform(1.1, 1.4))]
        case "lean":
            acts = [Lean(start_s, end_s, rng.uniform(0.8, 1.0))]
        case "fidget":
            acts = _fidget(start_s, end_s, person, rng)
        case "step_off" if spell.side == "both":
            acts = [Sit(start_s, end_s)]
        case "step_off":
            transfer_s = min(rng.uniform(*TRANSFER_S), spell.duration_s / 3)
            acts = [OneFoot(start_s, end_s, transfer_s, 1 if spell.side == "left" else 0)]
    return acts


def _rest(start_s: float, end_s: float, person: Person, rng: np.random.Generator) -> list[Act]:
    """Return weight shifts every few seconds, with the preferred share again at the end."""
    acts: list[Act] = []
    now_s = start_s
    while (next_s := now_s + rng.uniform(3.0, 7.0)) < end_s - 3.0:
        acts.append(Shift(now_s, rng.uniform(0.6, 1.5), rng.uniform(0.3, 0.7)))
        now_s = next_s
    return [*acts, Shift(max(start_s, end_s - 2.0), min(1.0, end_s - start_s), person.left_share)]


def _fidget(start_s: float, end_s: float, person: Person, rng: np.random.Generator) -> list[Act]:
    """Return restless standing with a random spell every few seconds."""
    acts: list[Act] = [Restless(start_s, end_s, 3.0)]
    now_s = start_s + 1.0
    while (next_s := now_s + rng.uniform(4.0, 8.0)) < end_s:
        kind = _FIDGETS[rng.integers(len(_FIDGETS))]
        spell = Spell(kind, next_s - now_s - 1.0, "left" if rng.random() < 0.5 else "right")
        acts += _spell(spell, now_s, next_s - 1.0, person, rng)
        now_s = next_s
    return acts


def _talk(start_s: float, end_s: float, rng: np.random.Generator) -> list[Act]:
    """Return more sway, and a gesture every few seconds."""
    acts: list[Act] = [Restless(start_s, end_s, TALKING)]
    now_s = start_s + rng.uniform(0.5, 2.0)
    while (next_s := now_s + rng.uniform(0.8, 2.5)) < end_s:
        acts.append(Talk(now_s, next_s, rng.uniform(-GESTURE_SHARE, GESTURE_SHARE)))
        now_s = next_s + rng.exponential(2.0)
    return acts
