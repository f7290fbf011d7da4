"""An isometric pull, for devices that nobody stands on: what the hands, or the foot, pull with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from insole.sim import curve
from insole.units import G0

if TYPE_CHECKING:
    from insole.sim.curve import Array
    from insole.sim.truth import Truth

STRONGEST_PER_WEIGHT = (0.8, 1.6)
"""Range of a person's greatest pull, in body weights: our choice."""
LEVEL = 0.7
"""Pull of a hold or a raise at full height, as a part of the greatest: our choice."""
STEADINESS_CV = 0.02
"""SD of a steady pull as a part of it: 1.2 to 2.6 % in plantarflexors at low force."""


def pull_n(truth: Truth, rng: np.random.Generator) -> Array:
    """Return the pull of somebody who pulls where the scenario has tiptoe, (n,) in N.

    The heel's height, as a part of the highest possible, gives its course: it rises while they
    would rise, holds where they hold, and the less high they would stand the weaker it is.

    Parameters
    ----------
    truth : Truth
        What the scenario has.
    rng : Generator
        Draws strength and unsteadiness.

    References
    ----------
    Unsteadiness is slow: mostly below 2 Hz (studies of plantarflexor steadiness).
    """
    person = truth.person
    strongest_n = rng.uniform(*STRONGEST_PER_WEIGHT) * person.mass_kg * G0
    part = np.clip(truth.heel_height_mm.max(axis=1) / person.peak_double_mm, 0.0, 1.2)
    tremble = curve.noise(rng, len(part), truth.rate_hz, curve.below(1.0, 4.0))
    return np.asarray(strongest_n * LEVEL * part * (1.0 + STEADINESS_CV * tremble))
