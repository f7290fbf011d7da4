"""Lean or raise: what the middle of the foot tells where no sensor sees the heel's height."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from insole.detect.loading import PairUp

    Bools: TypeAlias = NDArray[np.bool_]
    Floats: TypeAlias = NDArray[np.float64]

LEAST_PART = 0.04
"""Least part of a foot's standing load that a midfoot must bear to tell anything (our choice; it
bears 8 to 24 % in people and soles of all kinds, a high arch nothing)."""


@dataclass(frozen=True, slots=True)
class LeanParams:
    """When an empty heel means that the person only leans.

    References
    ----------
    The middle of the foot leaves the ground with the heel: in public recordings of ten people on
    the floor it bears less than 20 N (a fifth of its standing load) before the ankle turns.
    0.15 of its standing part of the foot's load, on the mean of the feet: our choice. In raises of
    simulated people it keeps at most 0.07, in their leans, rocks and restless standing from 0.25 on
    (pressure only, sensors good and poor, seeds 7000 to 7011).
    """

    midfoot_keeps: float = 0.15


def standing_part(region: Floats, total: Floats, standing: Bools) -> float:
    """Return which part of a foot's load a region bears in quiet standing; NaN if nobody stood.

    Parameters
    ----------
    region, total : (n,) arrays
        Loads in one unit of force, without NaN.
    standing : (n,) bool array
        Where the person stands quietly on this foot, too.
    """
    if not standing.any():
        return float("nan")
    return float(np.median(region[standing] / total[standing]))


def without_leans(
    pairs: Sequence[PairUp],
    midfoot: Mapping[str, Floats],
    totals: Mapping[str, Floats],
    standing: Mapping[str, Bools],
    params: LeanParams,
) -> list[PairUp]:
    """Return the heel-ups in which the middle of the working feet leaves the ground, too.

    Parameters
    ----------
    pairs : sequence of PairUp
        Heel-ups in samples.
    midfoot, totals : mapping of side to (n,) array
        Load of the middle and of all of each foot, one unit of force, without NaN. A side without
        a midfoot has no say.
    standing : mapping of side to (n,) bool array
        Where the person stands quietly on each foot.
    params : LeanParams
        Threshold.
    """
    usual = {
        side: standing_part(load, totals[side], standing[side]) for side, load in midfoot.items()
    }
    telling = {side for side, part in usual.items() if part >= LEAST_PART}

    def keeps(pair: PairUp, side: str) -> float:
        span = slice(pair.start, pair.end)
        foot = max(float(np.median(totals[side][span])), 1e-9)
        return float(np.median(midfoot[side][span])) / foot / usual[side]

    def leans(pair: PairUp) -> bool:
        sides = [side for side in telling if pair.side in {"both", side}]
        kept = [keeps(pair, side) for side in sides]
        return bool(kept) and float(np.mean(kept)) > params.midfoot_keeps

    return [pair for pair in pairs if not leans(pair)]
