"""Sets of holds and raises: each repetition's times and heights, and what goes wrong in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from insole.sim import slip
from insole.sim.acts import Act, FootRise, OneFoot, Repetition

if TYPE_CHECKING:
    from insole.sim.blocks import Feet, Habits, Mistake, Rise
    from insole.sim.curve import Array
    from insole.sim.person import Person

LEAD_S = 1.5
"""From the start of a set to its first heel-off: room for the overload and the unloading."""
TRANSFER_S = (0.4, 1.5)
"""Shortest and longest weight transfer to one foot, s."""
FAST_RAISE_S = 0.6
"""Faster raises unload the heel faster too."""
PHASE_CV = 0.04
"""How closely a person keeps the times aimed at: our choice."""
TIRED_HEIGHT, TIRED_SAG, TREMOR_MM = 0.33, 0.3, 0.05
"""Full fatigue: part of the height lost, sag added, trembling of the heels. Our choice."""
SETTLED_S = 0.6
"""From contact to the transfer back to both feet: our choice."""
LIFT_S = 0.8
"""From lifting a foot at the top to its hanging in the air: our choice."""
STEP_LANDING = 0.4
"""Landing peak on a step, against the floor's: 1.18 to 1.48 in public recordings."""


@dataclass(frozen=True, slots=True)
class Twist:
    """The person's habits, and what draws all that is not in every scenario."""

    habits: Habits
    rng: np.random.Generator


def bout(
    block: Rise, start_s: float, person: Person, rng: np.random.Generator, twist: Twist
) -> tuple[list[Act], float]:
    """Return the acts of a set, and when it ends in s.

    Parameters
    ----------
    block : Rise
        What is done.
    start_s : float
        When, s.
    person : Person
        Who does it.
    rng : Generator
        Draws each repetition.
    twist : Twist
        Habits, and what draws mistakes.
    """
    acts: list[Act] = []
    if "wrong_side" in block.mistakes[:1] and block.side != "both":
        other = replace(block, side=_other(block.side), reps=1, mistakes=())
        acts, start_s = bout(other, start_s, person, rng, twist)
    transfer_s = 0.0 if block.side == "both" else rng.uniform(*TRANSFER_S)
    now_s = start_s + transfer_s + LEAD_S
    touched_s: float | None = None
    for index in range(block.reps):
        mistake = block.mistakes[index % len(block.mistakes)] if block.mistakes else "none"
        tired = twist.habits.fatigue * index / max(block.reps - 1, 1)
        one, contact_s = _repetition(block, now_s, person, rng, twist, mistake=mistake, tired=tired)
        if touched_s is not None:
            one = slip.bounced(one, touched_s)
        pause_s = block.pause_s
        if block.lower_on:
            change = _one_lowers(block, one, twist.rng)
            one = _without_resting(one, change)
            acts.append(change)
            pause_s = max(pause_s, SETTLED_S + change.transfer_s + LEAD_S - 0.5)
        acts += [one, *slip.acts(one, twist.rng)]
        touched_s = None
        if mistake == "bounce" and index < block.reps - 1:
            touched_s = contact_s
            pause_s = twist.rng.uniform(0.15, 0.3)
        now_s = contact_s + pause_s
        if mistake == "early_end" and block.kind == "raise":
            break
    end_s = now_s + transfer_s
    if block.side == "both":
        return acts, end_s
    side = 0 if block.side == "left" else 1
    return [OneFoot(start_s, end_s, transfer_s, side, block.assist), *acts], end_s


def _other(side: Feet) -> Feet:
    return "right" if side == "left" else "left"


def _repetition(
    block: Rise,
    heel_off_s: float,
    person: Person,
    rng: np.random.Generator,
    twist: Twist,
    *,
    mistake: Mistake,
    tired: float,
) -> tuple[Repetition, float]:
    """Return one repetition and when its heels meet the floor."""
    phases_s = np.array([block.up_s, block.top_s, block.down_s]) * rng.normal(1.0, PHASE_CV, 3)
    phases_s = slip.phases(mistake, block.kind, phases_s, twist.rng)
    if block.lower_on:
        phases_s[1] = max(phases_s[1], TRANSFER_S[0] + 0.5)
    edges_s = heel_off_s + np.concatenate([[0.0], np.cumsum(phases_s)])
    peak_mm = person.peak_double_mm if block.side == "both" else person.peak_single_mm
    height_mm = peak_mm * block.height * rng.normal(1.0, 0.03)
    height_mm *= slip.height(mistake, twist.rng) * (1.0 - TIRED_HEIGHT * tired)
    sides = {"left": (0,), "right": (1,), "both": (0, 1)}[block.side]
    feet = tuple(_foot_rise(side, edges_s, height_mm, block, rng) for side in sides)
    feet = tuple(slip.foot(mistake, _tired(one, tired, twist.habits)) for one in feet)
    drawn = rng.uniform(0.05, 0.5)
    return Repetition(block.kind, feet, block.ramp or drawn, block.uneven, mistake), float(
        edges_s[-1]
    )


def _tired(foot: FootRise, tired: float, habits: Habits) -> FootRise:
    landing = STEP_LANDING if habits.step else 1.0
    if not tired:
        return replace(foot, landing=landing)
    sag = min(foot.sag_fraction + TIRED_SAG * tired, 0.5)
    return replace(foot, landing=landing, sag_fraction=sag, tremor_mm=TREMOR_MM * tired)


def _one_lowers(block: Rise, one: Repetition, rng: np.random.Generator) -> OneFoot:
    """Return the change to one foot at the top, which ends as the lowering begins."""
    side = 0 if block.lower_on == "left" else 1
    working = one.feet[side]
    room_s = working.lowering_onset_s - working.top_reached_s - 0.1
    transfer_s = float(np.clip(rng.uniform(*TRANSFER_S), 0.3, max(0.3, room_s)))
    end_s = working.heel_contact_s + SETTLED_S + transfer_s
    start_s = working.lowering_onset_s - transfer_s - 0.05
    return OneFoot(start_s, end_s, transfer_s, side, block.assist)


def _without_resting(one: Repetition, change: OneFoot) -> Repetition:
    """Return a repetition whose resting foot is lifted, unless its toes help to the end."""
    resting = one.feet[1 - change.side]
    if change.resting_share:
        return one
    lifted_s = change.start_s + change.transfer_s
    resting = replace(
        resting,
        lowering_onset_s=lifted_s,
        heel_touch_s=lifted_s + LIFT_S,
        heel_contact_s=lifted_s + LIFT_S,
        settled_s=lifted_s + LIFT_S + 0.2,
        in_air=True,
        landing=0.0,
    )
    feet = tuple(resting if foot.side == resting.side else foot for foot in one.feet)
    return replace(one, feet=feet)


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
