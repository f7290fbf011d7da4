"""Where samples are missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]

BRIDGE_S = 0.1
"""Longest gap that interpolation may bridge, s: one or two lost packets of real insoles (55 ms
each), short against the 0.3 s that the detectors ask for."""


@dataclass(frozen=True, slots=True)
class Gaps:
    """Missing stretches of one device, half-open in s, and how much they make up.

    A stretch starts when the first missing sample was due and ends when the next one came.
    """

    start_s: tuple[float, ...]
    end_s: tuple[float, ...]
    loss_fraction: float
    longest_s: float


def find_gaps(
    time_s: Floats, period_s: float, end_s: float | None = None, *, start_s: float | None = None
) -> Gaps:
    """Return the stretches between samples that are longer than the period allows.

    Parameters
    ----------
    time_s : (n,) array
        Times of the samples that arrived, s, ascending.
    period_s : float
        Nominal spacing of samples, s.
    end_s : float, optional
        When the last sample was due, s; the last one that arrived if not given.
    start_s : float, optional
        When the first sample was due, s; the first one that arrived if not given.

    Returns
    -------
    Gaps
        ``loss_fraction`` is missing samples over samples due.
    """
    known = [t for t in (start_s, end_s) if t is not None]
    if len(time_s) == 0 and len(known) < 2:
        return Gaps((), (), 1.0, 0.0)
    # one period outside what was due stand bounds that are no samples
    first = min([*known, *time_s[:1]]) - period_s
    last = max([*known, *time_s[-1:]]) + period_s
    stamps = np.concatenate([[first], time_s, [last]])
    step = np.diff(stamps)
    hole = np.flatnonzero(step > 1.5 * period_s)
    missing = float(np.sum(np.rint(step[hole] / period_s) - 1))
    longest = float(step[hole].max() - period_s) if len(hole) else 0.0
    return Gaps(
        tuple(float(t) for t in stamps[hole] + period_s),
        tuple(float(t) for t in stamps[hole + 1]),
        missing / (missing + len(time_s)),
        longest,
    )
