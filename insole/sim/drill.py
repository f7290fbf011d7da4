"""Exercises without raised heels: toe yoga, and rocking over the toes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from insole.sim.acts import Act, Rock, ToePress

if TYPE_CHECKING:
    import numpy as np

    from insole.sim.blocks import Feet, Rocking, ToeYoga

SIDES_OF: dict[Feet, tuple[int, ...]] = {"left": (0,), "right": (1,), "both": (0, 1)}
LEAD_S = 1.0
"""Quiet standing before and after: our choice."""
ACROSS = {"big": -1.0, "middle": 0.0, "little": 1.0}
ACROSS_SD_MM = 4.0
"""Scatter of the place that a rock reaches, across the foot, mm."""


def toe_yoga(block: ToeYoga, start_s: float, rng: np.random.Generator) -> tuple[list[Act], float]:
    """Return presses of the big toe and the little toes in turn, and when they end in s.

    Parameters
    ----------
    block : ToeYoga
        How many and how long.
    start_s : float
        When, s.
    rng : Generator
        Draws times and loads.
    """
    acts: list[Act] = []
    now_s = start_s + LEAD_S
    for _ in range(block.reps):
        for toe in ("big", "little"):
            end_s = now_s + block.press_s * rng.normal(1.0, 0.08)
            force_n = block.force_n * rng.normal(1.0, 0.15)
            acts += [ToePress(side, now_s, end_s, toe, force_n) for side in SIDES_OF[block.side]]
            now_s = end_s + rng.uniform(0.1, 0.4)
    return acts, now_s + LEAD_S


def rocking(block: Rocking, start_s: float, rng: np.random.Generator) -> tuple[list[Act], float]:
    """Return rocks over the big, the middle and the little toe, and when they end in s.

    Parameters
    ----------
    block : Rocking
        How many and how far.
    start_s : float
        When, s.
    rng : Generator
        Draws times and places.
    """
    acts: list[Act] = []
    now_s = start_s + LEAD_S
    for _ in range(block.reps):
        for toe, outward in ACROSS.items():
            end_s = now_s + block.rock_s * rng.normal(1.0, 0.08)
            depth = rng.uniform(0.55, 0.85)
            across_mm = outward * block.excursion_mm + rng.normal(0.0, ACROSS_SD_MM)
            acts += [
                Rock(side, now_s, end_s, toe, depth, across_mm)  # type: ignore[arg-type]  # a key
                for side in SIDES_OF[block.side]
            ]
            now_s = end_s + rng.uniform(0.3, 0.8)
    return acts, now_s + LEAD_S
