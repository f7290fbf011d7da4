"""Which foot each sole is on: the left one is pressed, and the sole called left must bear it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from insole import tables
from insole.filter.taught import Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

SWAPPED = (
    "the sole called right bore your left foot, so the two are the other way round; change the "
    "soles, or name them by --left and --right, and repeat"
)
LEAST_N = 100.0
"""Below it nobody stands on the soles (our choice)."""
POINTS = 0.20
"""How far the left share of the load must go from that in quiet standing (our choice: sway and
sore heels move it by up to 10 points, standing on one foot by 50)."""
USUAL = (0.30, 0.70)
"""What is believed as a left share in quiet standing (our choice)."""


def press_verdict(part: pd.DataFrame, standing: Mapping[str, float]) -> Verdict:
    """Return whether the sole called left bears the left foot.

    Parameters
    ----------
    part : ForceTable, (m,) rows
        Loads in N while the person presses the left foot.
    standing : mapping of column to float
        Loads in quiet standing, N; empty if there was none.
    """
    sides = [f"{side}_n" for side in tables.SIDES]
    if any(side not in part for side in sides):
        return _refused("only one sole is there, so it cannot be told from the other; put on both")
    left_n, right_n = (float(part[side].median()) for side in sides)
    if not left_n + right_n > LEAST_N:
        return _refused("nobody stood on the soles; stand on the left foot alone and repeat")
    stood_n = sum(standing.get(side, 0.0) for side in sides)
    usual = standing["left_n"] / stood_n if stood_n > LEAST_N else 0.5
    moved = left_n / (left_n + right_n) - float(np.clip(usual, *USUAL))
    if moved <= -POINTS:
        return _refused(SWAPPED)
    if moved < POINTS:
        return _refused("your weight stayed on both feet; lift the right one, and repeat")
    return Verdict("press_left", accepted=True)


def _refused(advice: str) -> Verdict:
    return Verdict("press_left", accepted=False, advice=advice)
