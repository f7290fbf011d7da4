"""What goes wrong between a device and the computer: loss, delay, clocks that differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from insole.sim.blocks import Faults
    from insole.sim.curve import Array

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


def jumbled(count: int, faults: Faults, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return which packet arrives in which place: some twice, some after the next one.

    Parameters
    ----------
    count : int
        Packets that arrive.
    faults : Faults
        Parts of them that are duplicated or reordered.
    rng : Generator
        Source of randomness.

    Returns
    -------
    ndarray of int64, (count or more,)
        Index of the packet in each place.
    """
    order = np.arange(count)
    later = np.flatnonzero(rng.random(max(count - 1, 0)) < faults.reordered_fraction)
    for place in later.tolist():
        order[[place, place + 1]] = order[[place + 1, place]]
    twice = rng.random(count) < faults.duplicate_fraction
    return np.asarray(np.repeat(order, 1 + twice))


def silent(time_s: Array, faults: Faults) -> NDArray[np.bool_]:
    """Return which packets fall into a stretch of silence.

    Parameters
    ----------
    time_s : ndarray, (p,)
        When each is sent, s.
    faults : Faults
        The stretches.
    """
    starts, lengths = np.array(faults.silences[::2]), np.array(faults.silences[1::2])
    within = (time_s[:, None] >= starts) & (time_s[:, None] < starts + lengths)
    return np.asarray(within.any(axis=1))
