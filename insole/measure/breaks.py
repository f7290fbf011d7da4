"""How often a hold broke: a heel that bore load, or sank below half of its height, for a moment."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from insole.filter.stretch import joined

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from insole.measure.finding import Findings, HeelUpTime
    from insole.measure.kind import Hold

    Bools: TypeAlias = NDArray[np.bool_]
    Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class BreakParams:
    """What breaks a hold; `loaded_z` is heel load between empty (0) and standing (1).

    References
    ----------
    Load above 0.3 for 0.3 s, or less than half of the height for 0.5 s: the project's measurement
    notes, hold duration. A heel that brushes the floor for less long has not rested.
    """

    loaded_z: float = 0.3
    loaded_s: float = 0.3
    low_part: float = 0.5
    low_s: float = 0.5


def breaks(hold: Hold, findings: Findings, params: BreakParams) -> int:
    """Return how often a hold broke: between its pieces, and within them by height alone.

    Parameters
    ----------
    hold : Hold
        In one piece, or in several with a touch between each and the next.
    findings : Findings
        What `hold` is part of; heel loads in its unit, heights in mm.
    params : BreakParams
        Thresholds.

    Notes
    -----
    A touch of either foot breaks a hold of both.
    """
    between = [_is_broken(a, b, findings, params) for a, b in pairwise(hold.pieces)]
    return sum(between) + sum(_sunk(piece, findings, params) for piece in hold.pieces)


def _is_broken(before: HeelUpTime, after: HeelUpTime, found: Findings, p: BreakParams) -> bool:
    loaded_s, low_s = (p.loaded_s * found.rate_hz, p.low_s * found.rate_hz)
    return any(
        _longest(_loaded(side, before, after, found, p)) >= loaded_s
        or _longest(_low_between(side, before, after, found, p)) >= low_s
        for side in before.sides()
    )


def _loaded(
    side: str, before: HeelUpTime, after: HeelUpTime, found: Findings, p: BreakParams
) -> Bools:
    """Return where the heel of a foot bore load between two pieces of a hold."""
    span = slice(before.pair.end, after.pair.start)
    up = before.feet.get(side)
    if up is None or side not in found.heels or not up.base > up.floor:
        return np.ones(span.stop - span.start, dtype=bool)  # set by hand: nothing else is known
    heel = found.heels[side][span]
    return np.asarray(heel - up.floor > p.loaded_z * (up.base - up.floor))


def _low_between(
    side: str, before: HeelUpTime, after: HeelUpTime, found: Findings, p: BreakParams
) -> Bools:
    """Return where the heel of a foot was low between the tops of two pieces of a hold."""
    level = _level_mm(side, before, found)
    if level is None or before.onset is None or after.top is None:
        return np.zeros(0, dtype=bool)
    height = found.heights[side].height_mm[round(before.onset) : round(after.top)]
    # height is known about heel-ups alone: where it is not, the heel was on the floor
    return np.asarray(~(height >= p.low_part * level))


def _sunk(piece: HeelUpTime, found: Findings, p: BreakParams) -> int:
    """Return how often the heels sank in a piece and rose again, without touching the floor."""
    low = np.zeros(0, dtype=bool)
    for side in piece.sides():
        level = _level_mm(side, piece, found)
        if level is not None:
            there = _top_mm(side, piece, found) < p.low_part * level
            low = there if not len(low) else low | there
    return sum(end - start >= p.low_s * found.rate_hz for start, end in joined(low, 0))


def _level_mm(side: str, piece: HeelUpTime, found: Findings) -> float | None:
    """Return the height that a foot held, mm; None if it is not known."""
    held = _top_mm(side, piece, found)
    known = held[np.isfinite(held)]
    return float(np.median(known)) if len(known) else None


def _top_mm(side: str, piece: HeelUpTime, found: Findings) -> Floats:
    if piece.top is None or piece.onset is None or side not in found.heights:
        return np.empty(0)
    return found.heights[side].height_mm[round(piece.top) : round(piece.onset)]


def _longest(mask: Bools) -> int:
    return max((end - start for start, end in joined(mask, 0)), default=0)
