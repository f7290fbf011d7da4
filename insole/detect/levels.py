"""The two levels a heel is judged between: loaded in quiet standing, and empty on tiptoe."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

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


Block: TypeAlias = tuple[float, float, float, float, float, float]
"""Mean loads of heel and foot in one block, then the means and the ranges of those of the last
`quiet_s`, again of heel and foot. The ranges are infinite as long as less than `quiet_s` was seen.

A plain tuple, since an hour has 36,000 of each foot.
"""


def blocks_of(heel: Floats, total: Floats, count: int) -> Iterator[Block]:
    """Yield a `Block` for each pair of means but the first `count` − 1, which are its past.

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
    return zip(*(column.tolist() for column in (*columns, *ranges)), strict=True)


class Levels:
    """Running base, floor and standing total of one foot; a private, mutable part of a state.

    Fed with each block of `block_s`, loads in one unit of force.
    """

    __slots__ = (
        "_ago", "_block_s", "_flat", "_flat_before", "_full", "_hold_back", "_moves", "_newton",
        "_p", "_sway_back", "_waiting", "base", "floor", "quiet_blocks", "seen", "stand",
    )  # fmt: skip

    def __init__(self, params: LevelParams, *, newton: bool, block_s: float = BLOCK_S) -> None:
        self._p = params
        self._block_s = block_s
        self._newton = newton
        self.quiet_blocks, self._hold_back, self._sway_back = (
            max(1, round(time_s / block_s))
            for time_s in (params.quiet_s, params.hold_back_s, params.sway_back_s)
        )
        self._moves = tuple(
            min(1.0, block_s / time_s) for time_s in (params.floor_down_s, params.floor_up_s)
        )
        self._full = params.base_s / block_s
        self._waiting: tuple[tuple[float, float], ...] = ()
        self._flat = self._flat_before = self._ago = 0
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
        span, p = self.base - self.floor, self._p
        return (
            span > p.span_fraction * self.stand
            and (span > p.span_n or not self._newton)
            and self.seen > 0
        )

    @property
    def flat_s(self) -> float:
        """How long the foot stood flat and quiet until now or shortly before, s.

        Just before a raise people sway back over the heel, so the last moment is never quiet.
        """
        return (self._flat or self._flat_before) * self._block_s

    def level(self, z: float) -> float:
        """Return the heel load at which the normalised load is `z`."""
        return self.floor + z * (self.base - self.floor)

    def feed(self, block: Block, *, up: bool) -> None:
        """Take one block."""
        if up:
            self._end_flat()
            self._waiting = ()
            self._track_floor(block[0], block[1])
        elif self._is_quiet(block):
            self._flat += 1
            self._stay(block)
        else:
            self._end_flat()

    def _is_quiet(self, block: Block) -> bool:
        _, _, heel_mean, total_mean, heel_range, total_range = block
        p = self._p
        return (
            total_range < p.quiet_fraction * total_mean
            and heel_range < p.quiet_fraction * max(self.base, heel_mean)
            and total_mean > max(30.0 if self._newton else 0.0, p.floor_loaded * self.stand)
        )

    def _stay(self, block: Block) -> None:
        """Learn from one more block of quiet standing."""
        # what follows shortly before a raise must not enter the base: hold it back
        self._waiting = (*self._waiting, block[:2])
        if not self.usable:
            self._restart(block)
            self._waiting = self._waiting[-1:]
        elif len(self._waiting) > self._hold_back:
            self._average(*self._waiting[0])
            self._waiting = self._waiting[1:]

    def _end_flat(self) -> None:
        if self._flat:
            self._flat_before, self._flat, self._ago = self._flat, 0, 0
            return
        if self._ago >= self._sway_back:
            self._flat_before = 0
        self._ago += 1

    def _restart(self, block: Block) -> None:
        """Take the last second as it is: until the heel has been seen loaded nothing is known."""
        self.base, self.stand = block[2:4]
        self.seen = self.quiet_blocks

    def _average(self, heel: float, total: float) -> None:
        self.seen += 1
        weight = 1.0 / min(self.seen, self._full)
        self.base += weight * (heel - self.base)
        self.stand += weight * (total - self.stand)

    def _track_floor(self, heel: float, total: float) -> None:
        p = self._p
        loaded = total > p.floor_loaded * self.stand
        if not loaded or heel > p.floor_below * self.base:
            return
        moved = self.floor + self._moves[heel >= self.floor] * (heel - self.floor)
        self.floor = min(moved, p.floor_limit * self.base)
