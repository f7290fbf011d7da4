"""What goes wrong between a device and the computer: loss, delay, clocks that differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from insole.sim.curve import Array
    from insole.sim.scenario import Faults

STALL_S = (0.05, 0.3)
"""Shortest and longest retransmission burst, s."""
FASTEST_S = 0.002
"""Shortest time from a connection event to the arrival, s."""


def lost(faults: Faults, count: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Return which packets never arrive.

    Parameters
    ----------
    faults : Faults
        `loss_fraction` counts.
    count : int
        Packets sent.
    rng : Generator
        Source of randomness.

    Returns
    -------
    ndarray of bool, (count,)
        True where lost.
    """
    return rng.random(count) < faults.loss_fraction


def arrival_ns(ready_s: Array, faults: Faults, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return when packets arrive, in the order they were sent.

    Parameters
    ----------
    ready_s : ndarray, (p,)
        When each packet is complete in the device, in s of true time, ascending.
    faults : Faults
        Interval, jitter and stalls.
    rng : Generator
        Source of randomness.

    Returns
    -------
    ndarray of int64, (p,)
        Arrival in ns of true time, never descending.
    """
    interval_s = faults.interval_ms / 1000.0
    phase_s = rng.uniform(0.0, interval_s)
    waiting = np.ceil((ready_s + _stall_s(len(ready_s), faults, rng) - phase_s) / interval_s)
    delay_s = FASTEST_S + np.abs(rng.normal(0.0, faults.jitter_ms / 1000.0, len(ready_s)))
    arrival_s = np.maximum.accumulate(waiting * interval_s + phase_s + delay_s)
    return np.round(arrival_s * 1e9).astype(np.int64)


def _stall_s(count: int, faults: Faults, rng: np.random.Generator) -> Array:
    """Return the extra wait of packets that must be sent again, (count,) in s."""
    stalls = rng.random(count) < faults.stall_fraction
    return np.where(stalls, rng.uniform(*STALL_S, count), 0.0)
