"""From a scenario to acts with their times: who does what, from when to when, how well."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from insole.sim.scenario import Rise, Scenario, Spell

if TYPE_CHECKING:
    from insole.sim.curve import Array
    from insole.sim.person import Person
    from insole.sim.scenario import Block, RiseKind, SpellKind

LEAD_S = 1.5
"""From the start of a set to its first heel-off: room for the overload and the unloading."""
TRANSFER_S = (0.4, 1.5)
"""Shortest and longest weight transfer to one foot, s."""
FAST_RAISE_S = 0.6
"""Faster raises unload the heel faster too."""
PHASE_CV = 0.04
"""How closely a person keeps the times aimed at: our choice."""


@dataclass(frozen=True, slots=True)
class FootRise:
    """One foot on tiptoe once: times in s, heights in mm. `side` is 0 for left, 1 for right.

    The heel pad is soft: the heel is empty a little before it leaves the floor, and carries load
    from `heel_touch_s`, a little before it is down.
    """

    side: int
    unload_start_s: float
    heel_empty_s: float
    heel_off_s: float
    top_reached_s: float
    lowering_onset_s: float
    heel_touch_s: float
    heel_contact_s: float
    settled_s: float
    height_mm: float
    sag_fraction: float
    wobble_mm: float
    overload: float
    overload_s: float


@dataclass(frozen=True, slots=True)
class Repetition:
    """One hold or raise on one foot or both.

    `ramp_fraction` is the part of the lowering that starts it, and the part that ends it.
    """

    kind: RiseKind
    feet: tuple[FootRise, ...]
    ramp_fraction: float


@dataclass(frozen=True, slots=True)
class OneFoot:
    """Standing on one foot (0 left, 1 right): transfers take `transfer_s` at either end."""

    start_s: float
    end_s: float
    transfer_s: float
    side: int


@dataclass(frozen=True, slots=True)
class Shift:
    """A move of weight between the feet to another share of the left foot, which stays."""

    start_s: float
    duration_s: float
    left_share: float


@dataclass(frozen=True, slots=True)
class Lean:
    """A lean forward and back: at full depth 1 the heels carry nothing, but do not rise."""

    start_s: float
    end_s: float
    depth: float


@dataclass(frozen=True, slots=True)
class Walk:
    """Walking on the spot with strides of `stride_s`."""

    start_s: float
    end_s: float
    stride_s: float


@dataclass(frozen=True, slots=True)
class Sit:
    """Sitting with the feet hanging."""

    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Restless:
    """Sway and share noise times `gain`."""

    start_s: float
    end_s: float
    gain: float


_FIDGETS: tuple[SpellKind, ...] = ("rest", "walk", "lean", "step_off")

Act: TypeAlias = Repetition | OneFoot | Shift | Lean | Walk | Sit | Restless


@dataclass(frozen=True, slots=True)
class Timeline:
    """All acts of a scenario in order, and its length in s."""

    acts: tuple[Act, ...]
    duration_s: float


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
    acts: list[Act] = []
    now_s = 0.0
    for block in scenario.blocks:
        placed, now_s = _place(block, now_s, person, rng)
        acts += placed
    return Timeline(tuple(acts), now_s)


def _place(
    block: Block, start_s: float, person: Person, rng: np.random.Generator
) -> tuple[list[Act], float]:
    if isinstance(block, Rise):
        return _rise(block, start_s, person, rng)
    end_s = start_s + block.duration_s
    return _spell(block, start_s, end_s, person, rng), end_s


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
        case "stand":
            pass
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


def _rise(
    block: Rise, start_s: float, person: Person, rng: np.random.Generator
) -> tuple[list[Act], float]:
    transfer_s = 0.0 if block.side == "both" else rng.uniform(*TRANSFER_S)
    now_s = start_s + transfer_s + LEAD_S
    acts: list[Act] = []
    for _ in range(block.reps):
        repetition, contact_s = _repetition(block, now_s, person, rng)
        acts.append(repetition)
        now_s = contact_s + block.pause_s
    end_s = now_s + transfer_s
    if block.side == "both":
        return acts, end_s
    side = 0 if block.side == "left" else 1
    return [OneFoot(start_s, end_s, transfer_s, side), *acts], end_s


def _repetition(
    block: Rise, heel_off_s: float, person: Person, rng: np.random.Generator
) -> tuple[Repetition, float]:
    """Return one repetition and when its heels meet the floor."""
    phases_s = np.array([block.up_s, block.top_s, block.down_s]) * rng.normal(1.0, PHASE_CV, 3)
    edges_s = heel_off_s + np.concatenate([[0.0], np.cumsum(phases_s)])
    peak_mm = person.peak_double_mm if block.side == "both" else person.peak_single_mm
    height_mm = peak_mm * block.height * rng.normal(1.0, 0.03)
    sides = {"left": (0,), "right": (1,), "both": (0, 1)}[block.side]
    feet = tuple(_foot_rise(side, edges_s, height_mm, block, rng) for side in sides)
    return Repetition(block.kind, feet, rng.uniform(0.05, 0.5)), float(edges_s[-1])


def _foot_rise(
    side: int,
    edges_s: Array,
    height_mm: float,
    block: Rise,
    rng: np.random.Generator,
) -> FootRise:
    """Draw how one foot follows the repetition; the feet differ by some 20 ms.

    References
    ----------
    Overload of the heel 1.8 ± 0.4 before unloading, and a heel load under 20 N from 50 to 130 ms
    before the heel rises: public recordings of ten people on three-zone insoles (fast raises). Sag,
    wobble, ramps: our choice.
    """
    heel_off_s, top_s, lowering_s, contact_s = edges_s + rng.normal(0.0, 0.02, 4)
    heel_empty_s = heel_off_s - rng.uniform(0.01, 0.09)
    return FootRise(
        side=side,
        unload_start_s=min(heel_off_s - _unload_s(block.up_s, rng), heel_empty_s - 0.15),
        heel_empty_s=heel_empty_s,
        heel_off_s=heel_off_s,
        top_reached_s=top_s,
        lowering_onset_s=max(lowering_s, top_s),
        heel_contact_s=contact_s,
        heel_touch_s=contact_s - rng.uniform(0.03, 0.09),
        settled_s=contact_s + rng.uniform(0.1, 0.4),
        height_mm=height_mm * rng.normal(1.0, 0.03),
        sag_fraction=rng.uniform(0.0, 0.3) * min(1.0, block.top_s / 45.0),
        wobble_mm=1.5 * float(np.clip(np.exp(rng.normal(0.0, 0.35)), 0.5, 3.0)),
        overload=float(np.clip(rng.normal(1.8, 0.3), 1.2, 2.6)),
        overload_s=rng.uniform(0.2, 0.3),
    )


def _unload_s(up_s: float, rng: np.random.Generator) -> float:
    """Return the time from the start of unloading to heel-off, s."""
    if up_s < FAST_RAISE_S:
        return float(rng.uniform(0.25, 0.35))
    return float(min(0.4 * np.exp(rng.normal(0.0, 0.3)), LEAD_S - 0.4))
