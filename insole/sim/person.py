"""The simulated person's build and habits, drawn once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

LEVER_FRACTION = 0.72
"""Heel to ball of the foot, as a fraction of foot length: common anthropometry, not measured."""
ALIKE = 0.8
"""Correlation of the heights that a person reaches on both feet and on one: our choice."""


@dataclass(frozen=True, slots=True)
class Person:
    """One person.

    Parameters
    ----------
    mass_kg : float
        Body mass, kg.
    foot_length_mm : float
        Foot length, mm.
    com_factor : float
        Rise of the centre of mass per rise of the heels.
    peak_double_mm, peak_single_mm : float
        Greatest heel height on both feet and on one, mm.
    left_share : float
        Preferred share of the load on the left foot, 0 to 1.
    heel_fraction, midfoot_fraction : float
        Parts of a foot's load on heel and midfoot in quiet standing.
    cop_travel_mm : float
        How far the centre of pressure moves towards the toes from low to full height, mm.
    tiptoe_gain : float
        What an insole in this person's shoes reads at full heel height, against the true load.
    """

    mass_kg: float
    foot_length_mm: float
    com_factor: float
    peak_double_mm: float
    peak_single_mm: float
    left_share: float
    heel_fraction: float
    midfoot_fraction: float
    cop_travel_mm: float
    tiptoe_gain: float

    @property
    def lever_mm(self) -> float:
        """Distance from heel to ball of the foot, mm."""
        return LEVER_FRACTION * self.foot_length_mm


def draw_person(rng: np.random.Generator) -> Person:
    """Return a random person.

    Parameters
    ----------
    rng : Generator
        Source of randomness.

    References
    ----------
    Centre of mass against heel rise: Andreasen 2021, KSSTA 29:1604. Heel heights: Sleeswijk Visser
    2025 (medians 9.3 and 9.6 cm at the ankle). Load on the parts of the foot: between three-zone
    insoles (27, 23, 50 %) and plantar pressure in barefoot standing. Tiptoe gain: 1.33 ± 0.13 in
    public recordings of ten people on three-zone insoles. Other spreads: our choice.
    """
    mass_kg = _draw(rng, 75.0, 13.0, 50.0, 110.0)
    foot_length_mm = _draw(rng, 255.0, 15.0, 220.0, 290.0)
    com_factor = _draw(rng, 0.82, 0.03, 0.7, 0.95)
    both, own = rng.normal(0.0, 1.0, 2)
    one = ALIKE * both + np.sqrt(1.0 - ALIKE**2) * own
    return Person(
        mass_kg=mass_kg,
        foot_length_mm=foot_length_mm,
        com_factor=com_factor,
        peak_double_mm=float(np.clip(85.0 + 15.0 * both, 55.0, 130.0)),
        peak_single_mm=float(np.clip(75.0 + 15.0 * one, 45.0, 120.0)),
        left_share=_draw(rng, 0.5, 0.03, 0.4, 0.6),
        heel_fraction=float(rng.uniform(0.27, 0.45)),
        midfoot_fraction=float(rng.uniform(0.10, 0.23)),
        cop_travel_mm=float(rng.uniform(0.0, 20.0)),
        tiptoe_gain=_draw(rng, 1.33, 0.13, 1.0, 1.7),
    )


def _draw(rng: np.random.Generator, mean: float, sd: float, low: float, high: float) -> float:
    return float(min(max(rng.normal(mean, sd), low), high))
