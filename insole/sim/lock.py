"""A scale that settles on one reading and keeps it until somebody has stepped off and on again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from insole.units import G0

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from insole.sim.curve import Array

INSIDE_HZ = 10.0
"""Rate at which such a scale weighs, though it tells less: common in bathrooms."""
SETTLE_S = 2.0
"""A load that has kept within `STILL_N` for so long is taken: our choice."""
STILL_N = 8.0
"""Range of a load that counts as still, N: our choice."""
ON_N = 5.0 * G0
"""More than this is somebody; less is nobody, or a ghost."""


@dataclass(frozen=True, slots=True)
class Weighing:
    """What the scale shows, at `INSIDE_HZ`.

    Parameters
    ----------
    shown_n : ndarray, (n,)
        The reading, N.
    stable, removed : ndarray of bool, (n,)
        Whether it has settled; whether nobody stands there any more.
    since : ndarray of int64, (n,)
        Sample at which the reading became what it is.
    taken : ndarray of int64, (k,)
        Samples at which it settled.
    """

    shown_n: Array
    stable: NDArray[np.bool_]
    removed: NDArray[np.bool_]
    since: NDArray[np.int64]
    taken: NDArray[np.int64]


def weigh(total_n: Array) -> Weighing:
    """Return what a scale makes of a load.

    Parameters
    ----------
    total_n : ndarray, (n,)
        What its cells tell at `INSIDE_HZ`, N.
    """
    window = round(SETTLE_S * INSIDE_HZ)
    shown_n = np.empty_like(total_n)
    stable, removed = np.zeros((2, len(total_n)), np.bool_)
    taken: list[int] = []
    locked_n = 0.0
    begun = 0
    gone = True
    for index, now_n in enumerate(total_n.tolist()):
        if now_n < ON_N:
            gone, begun = True, index + 1
        elif gone:
            gone, locked_n, begun = False, 0.0, index
        recent = total_n[index + 1 - window : index + 1]
        if not gone and not locked_n and index - begun >= window and np.ptp(recent) < STILL_N:
            locked_n = float(recent.mean())
            taken.append(index)
        shown_n[index] = locked_n or now_n
        stable[index] = bool(locked_n)
        removed[index] = gone and bool(locked_n)
    new = ~stable
    new[1:] |= removed[1:] != removed[:-1]
    new[taken] = True
    since = np.maximum.accumulate(np.where(new, np.arange(len(new)), 0))
    return Weighing(shown_n, stable, removed, since, np.array(taken, np.int64))
