"""The two levels a heel is judged between: loaded in quiet standing, and empty on tiptoe."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]

BLOCK_S = 0.1
"""Levels move once in each such block, counted from the first sample, s; rounded to whole samples
(our choice: slow against sampling, fast against the 0.3 s of the fastest tracker)."""


@dataclass(frozen=True, slots=True)
class LevelParams:
    """How the levels are learnt; times in s, fractions without unit.

    References
    ----------
    20 s base, 0.3 s / 5 s floor, 45 % and 40 % gates: the project's measurement notes, levels.
    Quietness within 25 % over 1 s, 1 s of memory before a raise, 1 s of sway: our choice, set on
    the physics that sway moves the heel's share by ±10–15 % while a step or a raise moves all of
    it.
    """

    base_s: float = 20.0
    quiet_s: float = 1.0
    quiet_fraction: float = 0.25
    hold_back_s: float = 1.0
    sway_back_s: float = 1.0
    floor_down_s: float = 0.3
    floor_up_s: float = 5.0
    floor_below: float = 0.45
    floor_loaded: float = 0.40
    floor_limit: float = 0.30
    span_n: float = 25.0
    span_fraction: float = 0.04
    """Smallest useful base − floor: in newton, and as a share of the standing total (for raw
    counts, whose newton are unknown)."""


class Block(NamedTuple):
    """Mean loads of one block, and mean and range of those of the last `quiet_s`.

    The ranges are infinite as long as less than `quiet_s` has been seen.
    """

    heel: float
    total: float
    heel_mean: float
    total_mean: float
    heel_range: float
    total_range: float


def blocks_of(heel: Floats, total: Floats, count: int) -> list[Block]:
    """Return a `Block` for each pair of means but the first `count` − 1, which are its past.

    Parameters
    ----------
    heel, total : (n,) arrays
        Mean loads of consecutive blocks, in one unit of force; NaN before the recording began.
    count : int
        Blocks in `LevelParams.quiet_s`.
    """
    columns = [heel[count - 1 :], total[count - 1 :]]
    ranges = []
    for means in (heel, total):
        last = [means[k : len(means) - count + 1 + k] for k in range(count)]
        # added one by one, in order of time: the last bit may not depend on the chunk's length
        columns.append(sum(last[1:], last[0]) / count)
        spread = np.maximum.reduce(last) - np.minimum.reduce(last)
        ranges.append(np.where(np.isnan(spread), np.inf, spread))
    return list(map(Block, *(column.tolist() for column in (*columns, *ranges))))


class Levels:
    """Running base, floor and standing total of one foot; a private, mutable part of a state.

    Fed with each block of `block_s`, loads in one unit of force.
    """

    __slots__ = (
        "_block_s", "_flat", "_flat_before", "_hold_back", "_newton", "_p", "_sway_back",
        "_waiting", "base", "floor", "quiet_blocks", "seen", "stand",
    )  # fmt: skip

    def __init__(self, params: LevelParams, *, newton: bool, block_s: float = BLOCK_S) -> None:
        self._p = params
        self._block_s = block_s
        self._newton = newton
        self.quiet_blocks, self._hold_back, self._sway_back = (
            max(1, round(time_s / block_s))
            for time_s in (params.quiet_s, params.hold_back_s, params.sway_back_s)
        )
        self._waiting: tuple[tuple[float, float], ...] = ()
        self._flat = 0
        self._flat_before = (0, 0)
        self.base = 0.0
        self.floor = 0.0
        self.stand = 0.0
        self.seen = 0

    def copy(self) -> Levels:
        """Return an equal object; its tuples are shared, since they never change."""
        other = Levels(self._p, newton=self._newton, block_s=self._block_s)
        for name in self.__slots__:
            setattr(other, name, getattr(self, name))
        return other

    @property
    def usable(self) -> bool:
        """True once the two levels lie far enough apart to tell up from down."""
        span = self.base - self.floor
        enough = self._p.span_fraction * self.stand
        return self.seen > 0 and span > (max(self._p.span_n, enough) if self._newton else enough)

    @property
    def flat_s(self) -> float:
        """How long the foot stood flat and quiet until now or shortly before, s.

        Just before a raise people sway back over the heel, so the last moment is never quiet.
        """
        return (self._flat or self._flat_before[0]) * self._block_s

    def level(self, z: float) -> float:
        """Return the heel load at which the normalised load is `z`."""
        return self.floor + z * (self.base - self.floor)

    def feed(self, block: Block, *, up: bool) -> None:
        """Take one block."""
        quiet = not up and self._is_quiet(block)
        self._count_flat(quiet=quiet)
        if up:
            self._waiting = ()
            self._track_floor(block.heel, block.total)
        if quiet:
            # what follows shortly before a raise must not enter the base: hold it back
            self._waiting = (*self._waiting, (block.heel, block.total))
            if not self.usable:
                self._restart(block)
                self._waiting = self._waiting[-1:]
            elif len(self._waiting) > self._hold_back:
                self._average(*self._waiting[0])
                self._waiting = self._waiting[1:]

    def _count_flat(self, *, quiet: bool) -> None:
        if quiet:
            self._flat += 1
            return
        length, ago = self._flat_before
        recent = ago < self._sway_back
        self._flat_before = (self._flat, 0) if self._flat else (length * recent, ago + 1)
        self._flat = 0

    def _is_quiet(self, block: Block) -> bool:
        limit = self._p.quiet_fraction
        loaded = max(30.0 if self._newton else 0.0, self._p.floor_loaded * self.stand)
        return (
            block.total_mean > loaded
            and block.total_range < limit * block.total_mean
            and block.heel_range < limit * max(self.base, block.heel_mean)
        )

    def _restart(self, block: Block) -> None:
        """Take the last second as it is: until the heel has been seen loaded nothing is known."""
        self.base, self.stand = block.heel_mean, block.total_mean
        self.seen = self.quiet_blocks

    def _average(self, heel: float, total: float) -> None:
        self.seen += 1
        weight = 1.0 / min(self.seen, self._p.base_s / self._block_s)
        self.base += weight * (heel - self.base)
        self.stand += weight * (total - self.stand)

    def _track_floor(self, heel: float, total: float) -> None:
        loaded = total > self._p.floor_loaded * self.stand
        if not loaded or heel > self._p.floor_below * self.base:
            return
        time_s = self._p.floor_down_s if heel < self.floor else self._p.floor_up_s
        moved = self.floor + min(1.0, self._block_s / time_s) * (heel - self.floor)
        self.floor = min(moved, self._p.floor_limit * self.base)
