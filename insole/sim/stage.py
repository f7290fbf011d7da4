"""The stage: everything about a person that acts change, on a fine grid of time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from insole.sim import curve

if TYPE_CHECKING:
    from insole.sim.acts import Timeline
    from insole.sim.blocks import Habits
    from insole.sim.curve import Array
    from insole.sim.person import Person

RATE_HZ = 200.0
"""Rate of the truth: twice the usual device, so that its samples fall between."""


@dataclass(slots=True)
class Stage:
    """The arrays that acts work on: (n,) for the body, (n, 2) for left and right foot.

    `heel_load` and `midfoot_load` are factors on the standing load of that region, `landing` one on
    the foot's force; `support` is the part of body weight that the feet carry, `restless` a factor
    on sway, `one_foot` is 1 while only one foot stands, `wobble` noise of RMS 1. `hand_n` is what
    the hands carry, `sunk_mm` how far the knees let the body sink, `across_mm` how far the load
    moves to a foot's outer edge. `big_toe` and `little_toes` are parts of a foot's load that move
    there from the ball, or away from there where they are below 0. `rng` draws what every scenario
    has, `extra` the rest.
    """

    person: Person
    time_s: Array
    height_mm: Array
    air_pitch_deg: Array
    heel_load: Array
    midfoot_load: Array
    landing: Array
    left_share: Array
    support: Array
    restless: Array
    one_foot: Array
    wobble: Array
    rng: np.random.Generator
    extra: np.random.Generator
    habits: Habits
    hand_n: Array
    sunk_mm: Array
    across_mm: Array
    toe_grip: Array
    big_toe: Array
    little_toes: Array


def pair_noise(
    rng: np.random.Generator, count: int, spectrum: curve.Spectrum, *, common: float
) -> Array:
    """Return noise of RMS 1 for each foot, (count, 2).

    Parameters
    ----------
    rng : Generator
        Source of randomness.
    count : int
        Samples wanted, at `RATE_HZ`.
    spectrum : callable
        Relative amplitude at frequencies in Hz.
    common : float
        Correlation between the feet, 0 to 1.
    """
    left, right, both = (curve.noise(rng, count, RATE_HZ, spectrum) for _ in range(3))
    own = np.stack([left, right], axis=1)
    pair: Array = np.sqrt(common) * both[:, None] + np.sqrt(1.0 - common) * own
    return pair


def empty_stage(timeline: Timeline, person: Person, rng: np.random.Generator) -> Stage:
    """Return the stage before any act: somebody who stands, as they are used to."""
    time_s = np.arange(round(timeline.duration_s * RATE_HZ) + 1) / RATE_HZ
    count = len(time_s)
    return Stage(
        person=person,
        time_s=time_s,
        height_mm=np.zeros((count, 2)),
        air_pitch_deg=np.zeros((count, 2)),
        heel_load=np.ones((count, 2)),
        midfoot_load=np.ones((count, 2)),
        landing=np.ones((count, 2)),
        left_share=np.full(count, person.left_share),
        support=np.ones(count),
        restless=np.ones(count),
        one_foot=np.zeros(count),
        wobble=pair_noise(rng, count, curve.band(0.2, 3.0), common=0.0),
        rng=rng,
        extra=rng.spawn(1)[0],
        habits=timeline.habits,
        hand_n=np.zeros(count),
        sunk_mm=np.zeros(count),
        across_mm=np.zeros((count, 2)),
        toe_grip=np.ones((count, 2)),
        big_toe=np.zeros((count, 2)),
        little_toes=np.zeros((count, 2)),
    )


def plateau(stage: Stage, start_s: float, end_s: float, edge_s: float) -> Array:
    """Return 0, a smooth way up to 1, and the same way down, (n,)."""
    edge_s = min(edge_s, 0.4 * (end_s - start_s))
    up = curve.min_jerk((stage.time_s - start_s) / edge_s)
    return up - curve.min_jerk((stage.time_s - end_s) / edge_s + 1.0)


def between(stage: Stage, start_s: float, end_s: float) -> slice:
    """Return the samples from one time until before another, s."""
    return slice(*np.searchsorted(stage.time_s, [start_s, end_s]).tolist())


def since(stage: Stage, start_s: float) -> slice:
    """Return the samples from a time in s on."""
    return slice(int(np.searchsorted(stage.time_s, start_s)), len(stage.time_s))
