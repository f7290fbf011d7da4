"""What goes wrong in a repetition: changes to its times and heights, and acts beside it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from insole.sim.acts import Act, Dip, FootRise, Hands, Repetition, Stumble, ToeGrip, Touch

if TYPE_CHECKING:
    from insole.sim.blocks import Mistake, RiseKind
    from insole.sim.curve import Array

PARTIAL = (0.25, 0.6)
"""Part of the height that a partial repetition reaches."""
DROP_S = (0.25, 0.45)
"""Length of a lowering that is dropped; real uncontrolled ones take about 0.4 s."""
STOP_S = (0.8, 2.0)
"""Length of a pause in a lowering: our choice."""
EARLY = (0.3, 0.7)
"""Part of a hold that is held when it ends early: our choice."""
STUMBLE_S = 0.45
"""Length of a step to the side: our choice."""
TOUCH_S = (0.4, 0.8)
"""For how long a heel touches the floor in a hold: our choice."""
DIP_S, DIP_MM = 0.5, (20.0, 50.0)
"""Length and depth of a bend of the knees before a raise: our choice."""


def phases(mistake: Mistake, kind: RiseKind, phases_s: Array, rng: np.random.Generator) -> Array:
    """Return the lengths of raising, top and lowering as a mistake leaves them, (3,) in s.

    Parameters
    ----------
    mistake : str
        What goes wrong.
    kind : {"hold", "raise"}
        What is done.
    phases_s : ndarray, (3,)
        What they would be, s.
    rng : Generator
        Draws how wrong.
    """
    up_s, top_s, down_s = phases_s.tolist()
    match mistake:
        case "dropped":
            down_s = rng.uniform(*DROP_S)
        case "pause":
            down_s += rng.uniform(*STOP_S)
        case "stumble":
            top_s, down_s = rng.uniform(0.1, max(0.2, top_s)), 0.35
        case "early_end" if kind == "hold":
            top_s *= rng.uniform(*EARLY)
    return np.array([up_s, top_s, down_s])


def height(mistake: Mistake, rng: np.random.Generator) -> float:
    """Return the part of the height that is reached."""
    return float(rng.uniform(*PARTIAL)) if mistake == "partial" else 1.0


def foot(mistake: Mistake, rise: FootRise) -> FootRise:
    """Return one foot's repetition with a pause in the middle of its lowering, if that is wrong."""
    if mistake != "pause":
        return rise
    length_s = rise.heel_contact_s - rise.lowering_onset_s
    stop_s = min(STOP_S[1], 0.3 * length_s)
    start_s = rise.lowering_onset_s + 0.4 * length_s
    return replace(rise, stop_s=(start_s, start_s + stop_s))


def bounced(repetition: Repetition, touched_s: float) -> Repetition:
    """Return a repetition that begins as the heels touch: no overload, and hardly any load.

    Parameters
    ----------
    repetition : Repetition
        As it would be.
    touched_s : float
        Contact of the one before, s.
    """
    feet = []
    for one in repetition.feet:
        begun_s = min(touched_s, one.heel_empty_s - 0.12)
        feet.append(replace(one, unload_start_s=begun_s, overload=1.0))
    return replace(repetition, feet=tuple(feet))


def acts(repetition: Repetition, rng: np.random.Generator) -> list[Act]:
    """Return what a mistake lets the rest of the body do.

    Parameters
    ----------
    repetition : Repetition
        That goes wrong.
    rng : Generator
        Draws how.
    """
    first = min(one.heel_off_s for one in repetition.feet)
    last = max(one.heel_contact_s for one in repetition.feet)
    match repetition.mistake:
        case "dip":
            return [Dip(first - 0.1 - DIP_S, first - 0.1, rng.uniform(*DIP_MM))]
        case "hands":
            return [Hands(first - 0.3, last + 0.3, rng.uniform(0.1, 0.25))]
        case "toe_grip":
            return [ToeGrip(first, last, rng.uniform(1.5, 3.0))]
        case "touch":
            return _touches(repetition, rng)
        case "stumble":
            begun_s = max(one.lowering_onset_s for one in repetition.feet)
            return [Stumble(begun_s, begun_s + STUMBLE_S, int(rng.integers(2)))]
        case _:
            return []


def _touches(repetition: Repetition, rng: np.random.Generator) -> list[Act]:
    """Return the sinking of one heel in the middle of the top."""
    one = repetition.feet[int(rng.integers(len(repetition.feet)))]
    middle_s = 0.5 * (one.top_reached_s + one.lowering_onset_s)
    length_s = min(rng.uniform(*TOUCH_S), one.lowering_onset_s - one.top_reached_s)
    load = rng.uniform(0.5, 1.0)
    return [Touch(one.side, middle_s - 0.5 * length_s, middle_s + 0.5 * length_s, load)]
