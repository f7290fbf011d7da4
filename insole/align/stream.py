"""Samples of several devices on one grid while they come, a fixed time behind what arrives."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import ceil, floor, inf
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from insole.align.grid import SAME_TIME_S, neighbours

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]
    Bools: TypeAlias = NDArray[np.bool_]

LATENCY_S = 0.15
"""How far the grid stays behind the arrivals, s: a packet of 40 ms that misses one connection event
of 60 ms is still in time (our choice)."""

ROOM_S = 0.06
"""How much of that the samples of one packet may take, s."""

KEPT_S = 0.5
"""How long a sample is kept for the grid points after it, s; longer than what is bridged."""

HELD_FROM_S = 0.1
"""Between samples further apart than this nothing is interpolated, since the later one comes too
late: the earlier one holds, s (our choice)."""

HELD_S = 3.0
"""How long a reading of a device without a steady rhythm holds, s (our choice)."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Consecutive points of the grid.

    ``start`` is the number of the first one since session time 0; ``samples`` holds (n, k) of each
    role in the order of its columns, NaN where ``ok`` (n,) is False.
    """

    start: int
    samples: Mapping[str, Floats]
    ok: Mapping[str, Bools]


def joined(chunks: Sequence[Chunk]) -> Chunk:
    """Return consecutive chunks as one; there must be one at least."""
    roles = chunks[0].ok
    return Chunk(
        chunks[0].start,
        {role: np.concatenate([chunk.samples[role] for chunk in chunks]) for role in roles},
        {role: np.concatenate([chunk.ok[role] for chunk in chunks]) for role in roles},
    )


@dataclass(slots=True)
class _Side:
    period_s: float
    values: Floats
    time_s: Floats = field(default_factory=lambda: np.empty(0))

    @property
    def kept_s(self) -> float:
        """How long its samples matter."""
        if 0.0 < self.period_s <= HELD_FROM_S:
            return KEPT_S
        return 2.0 * self.period_s or HELD_S


class Stream:
    """A grid that grows; what it holds depends on the packets alone, not on how they are fed.

    Parameters
    ----------
    periods_s : mapping of role to float
        Nominal spacing of each device's samples, s.
    columns : int
        Values in each sample.
    rate_hz : float
        Rate of the grid, Hz.
    latency_s : float
        How far it stays behind, s. A point is settled when so much time has passed since; what
        arrives for it later is left out.
    """

    def __init__(
        self,
        periods_s: Mapping[str, float],
        columns: int,
        rate_hz: float,
        latency_s: float = LATENCY_S,
    ) -> None:
        self._sides = {
            role: _Side(period_s, values=np.empty((0, columns)))
            for role, period_s in periods_s.items()
        }
        self._rate_hz = rate_hz
        self._latency_s = latency_s
        self._next: int | None = None
        self._now_s = -inf

    def feed(self, role: str, host_s: float, time_s: Floats, values: Floats) -> list[Chunk]:
        """Take the samples of a packet; return the points that were settled before it came.

        Parameters
        ----------
        role : str
            Which device.
        host_s : float
            Arrival, s.
        time_s : (n,) array
            Session times, s, ascending.
        values : (n, k) array
            The samples, without NaN in the first column.
        """
        settled = self.advance(host_s)
        if not len(time_s):
            return settled
        if self._next is None:
            self._next = ceil((float(time_s[0]) - SAME_TIME_S) * self._rate_hz)
        side = self._sides[role]
        in_order = not len(side.time_s) or time_s[0] > side.time_s[-1]
        times = np.concatenate([side.time_s, time_s])
        samples = np.concatenate([side.values, values])
        if not in_order:
            times, first = np.unique(times, return_index=True)
            samples = samples[first]
        side.time_s, side.values = times, samples
        return settled

    def advance(self, host_s: float) -> list[Chunk]:
        """Return the points that are settled at a time of arrival, s."""
        self._now_s = max(self._now_s, host_s)
        if self._next is None:
            return []
        end = floor((self._now_s - self._latency_s + SAME_TIME_S) * self._rate_hz) + 1
        return self._settle(end) if end > self._next else []

    def finish(self) -> list[Chunk]:
        """Return the points up to the last sample."""
        if self._next is None:
            return []
        last_s = max(float(side.time_s[-1]) for side in self._sides.values() if len(side.time_s))
        end = floor((last_s + SAME_TIME_S) * self._rate_hz) + 1
        return self._settle(end) if end > self._next else []

    def _settle(self, end: int) -> list[Chunk]:
        start = self._next or 0
        self._next = end
        grid_s = np.arange(start, end) / self._rate_hz
        found = {role: _on_grid(side, grid_s) for role, side in self._sides.items()}
        for side in self._sides.values():
            first = int(np.searchsorted(side.time_s, grid_s[-1] - side.kept_s))
            if first:
                side.time_s, side.values = side.time_s[first:], side.values[first:]
        values = {role: each for role, (each, _) in found.items()}
        return [Chunk(start, values, {role: ok for role, (_, ok) in found.items()})]


def _on_grid(side: _Side, grid_s: Floats) -> tuple[Floats, Bools]:
    """Return the values at some points, (n, k), and where they are ok, (n,)."""
    if not len(side.time_s):
        return np.full((len(grid_s), side.values.shape[1]), np.nan), np.zeros(len(grid_s), np.bool_)
    if not 0.0 < side.period_s <= HELD_FROM_S:
        return _held(side, grid_s)
    at = neighbours(side.time_s, grid_s, side.period_s)
    before = side.values[at.earlier]
    values = before + at.weight[:, np.newaxis] * (side.values[at.later] - before)
    values[~at.ok] = np.nan
    return values, at.ok


def _held(side: _Side, grid_s: Floats) -> tuple[Floats, Bools]:
    """Return at each point the last sample before it, if that is not too old."""
    last = np.searchsorted(side.time_s, grid_s + SAME_TIME_S) - 1
    values = side.values[last]
    ok = (last >= 0) & (grid_s - side.time_s[last] <= side.kept_s)
    values[~ok] = np.nan
    return values, ok


def latency_s(packets_s: Sequence[float | None]) -> float:
    """Return how far a grid must stay behind devices with packets so far apart, s.

    `LATENCY_S`, unless a packet holds more than the `ROOM_S` of samples that it has room for.
    """
    longest_s = max((packet_s or 0.0 for packet_s in packets_s), default=0.0)
    return LATENCY_S + max(0.0, longest_s - ROOM_S)
