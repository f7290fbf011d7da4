"""When the person stands quietly, and what the sensors bear then."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from insole.filter.stretch import block_means, in_windows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from insole.measure.edge import FootUp

    Bools: TypeAlias = NDArray[np.bool_]
    Floats: TypeAlias = NDArray[np.float64]

STEADY_FRACTION, STEADY_BLOCKS = 0.15, 10
"""Quiet standing is a second (ten blocks of 0.1 s) in which the load of all feet keeps within 15 %:
walking and jumping never do, people who sway and breathe stay within 5 % (our choice; plates)."""


def bearing(whole: Floats, rate_hz: float) -> Bools:
    """Tell where the sensors bear somebody and the load is steady, whatever the heels do, (n,).

    Parameters
    ----------
    whole : (n,) array
        Load of all feet, without NaN, any unit of force.
    rate_hz : float
        Rate, Hz.
    """
    return np.asarray(_steady(whole, rate_hz) & (whole > 0.5 * np.percentile(whole, 90)))


def standing_quietly(bearing: Bools, feet: Iterable[Iterable[FootUp]]) -> Bools:
    """Tell where the person stands quietly: weight on the feet, steady, and no heel up, (n,).

    Parameters
    ----------
    bearing : (n,) bool array
        Where the sensors bear somebody steadily.
    feet : iterable of iterable of FootUp
        The heel-ups of each foot, in samples.
    """
    down = bearing.copy()
    for ups in feet:
        for up in ups:
            down[round(up.start) : round(up.end)] = False
    return down


def standing_load(load: Floats, quiet: Bools) -> float:
    """Return the median load in quiet standing; NaN if nobody stood.

    Parameters
    ----------
    load : (n,) array
        Load of one foot or of all, without NaN, any unit of force.
    quiet : (n,) bool array
        Where the person stands quietly.
    """
    return float(np.median(load[quiet])) if quiet.any() else float("nan")


def _steady(whole: Floats, rate_hz: float) -> Bools:
    """Tell where the load stays within `STEADY_FRACTION` of itself for a second."""
    width = max(1, round(0.1 * rate_hz))
    blocks = block_means(whole, width)
    steady = np.zeros(len(whole), dtype=np.bool_)
    if len(blocks) < STEADY_BLOCKS:
        return steady
    seconds = np.lib.stride_tricks.sliding_window_view(blocks, STEADY_BLOCKS)
    quiet = np.ptp(seconds, axis=1) < STEADY_FRACTION * seconds.mean(axis=1)
    steady[: len(blocks) * width] = np.repeat(in_windows(quiet, STEADY_BLOCKS), width)
    return steady
