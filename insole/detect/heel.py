"""Find when the heel of one foot is up: two learned levels, hysteresis, dwell times."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from insole.detect.base import FootChunk, HeelUp
from insole.detect.levels import BLOCK_S, Block, LevelParams, Levels, blocks_of
from insole.filter import lowpass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class HeelParams:
    """When a heel counts as up; ``z`` is heel load between floor (0) and base (1).

    References
    ----------
    Hysteresis 0.25 / 0.40 at 8 Hz, dwell 0.3 s: the project's measurement notes, heel-off and
    contact. Down from 0.06 s on: a heel that touches and goes at once bears more than 0.40 of its
    standing load for 0.05 to 0.2 s (simulated), and what is left of noise does not last so long.
    The slow way back (a real person reloads the heel only to 0.2 of its standing load): above
    0.18 for 2 s, our choice; a residual of 15 % after a raise, the worst of a poor cell, stays
    below it. The floor follows in those 2 s, so that it takes about 0.27 of the standing load.
    """

    leave_z: float = 0.25
    return_z: float = 0.40
    cutoff_hz: float = 8.0
    min_up_s: float = 0.3
    min_down_s: float = 0.06
    slow_return_z: float = 0.18
    slow_return_s: float = 2.0
    levels: LevelParams = field(default_factory=LevelParams)


@dataclass(frozen=True, slots=True)
class _Signal:
    """Filter states, and the samples that do not yet fill a block."""

    filter_heel: Floats | None = None
    filter_total: Floats | None = None
    last_heel: float = float("nan")
    last_total: float = float("nan")
    rest_heel: Floats = field(default_factory=lambda: np.empty(0))
    rest_total: Floats = field(default_factory=lambda: np.empty(0))
    past: Floats = field(default_factory=lambda: np.empty((2, 0)))
    """Means of heel and total of the last blocks, (2, b)."""


@dataclass(slots=True)
class HeelState:
    """Everything known between two chunks; `HeelDetector.step` works on a copy."""

    levels: Levels
    signal: _Signal = field(default_factory=_Signal)
    sample: int = 0
    up: bool = False
    since: int = 0
    flat_s: float = 0.0
    slow_since: int = -1
    """First sample of a slow return that may become a contact; −1 if none is under way."""
    partly_down: bool = False
    """After a slow return, until the heel bears more than `return_z`: it must not leave at once."""
    pending: HeelUp | None = None
    """An ended heel-up that a very short touch may yet extend."""
    found: list[HeelUp] = field(default_factory=list)


class HeelDetector:
    """Finds `HeelUp` regions in the total and heel load of one foot.

    Parameters
    ----------
    rate_hz : float
        Rate of the samples, Hz.
    newton : bool
        False for raw counts or body weights, where a smallest load in newton means nothing.
    params : HeelParams
        Thresholds.
    """

    def __init__(self, rate_hz: float, *, newton: bool, params: HeelParams | None = None) -> None:
        self._p = params or HeelParams()
        self._newton = newton
        self._sos = lowpass.design(self._p.cutoff_hz, rate_hz)
        self._block = max(1, round(BLOCK_S * rate_hz))
        self._block_s = self._block / rate_hz
        self._min_up = round(self._p.min_up_s * rate_hz)
        self._min_down = round(self._p.min_down_s * rate_hz)
        self._slow = round(self._p.slow_return_s * rate_hz)

    def start(self) -> HeelState:
        """Return the state before the first sample."""
        levels = Levels(self._p.levels, newton=self._newton, block_s=self._block_s)
        unknown = np.full((2, levels.quiet_blocks - 1), np.nan)
        return HeelState(levels, _Signal(past=unknown))

    def step(self, state: HeelState, chunk: FootChunk) -> tuple[HeelState, list[HeelUp]]:
        """Return the state after `chunk`, and the heel-ups that ended for certain."""
        if not len(chunk.total):
            return state, []
        state = replace(state, levels=state.levels.copy(), found=[])
        heel, total = self._whole_blocks(state, chunk)
        blocks = self._with_past(state, heel.mean(axis=1), total.mean(axis=1))
        extremes = heel.min(axis=1).tolist(), heel.max(axis=1).tolist()
        at_once = zip(blocks, *extremes, strict=True)
        for number, (block, lowest, highest) in enumerate(at_once):
            if self._may_change(state, lowest, highest):
                self._walk(state, heel[number])
            state.sample += self._block
            state.levels.feed(block, up=state.up)
        return state, state.found

    def finish(self, state: HeelState) -> list[HeelUp]:
        """Return what is still open; a heel-up that the recording cut off says so."""
        state = replace(state, levels=state.levels.copy(), found=[])
        rest = state.signal.rest_heel
        self._walk(state, rest)
        state.sample += len(rest)
        if state.up and state.sample - state.since >= self._min_up:
            state.found.append(self._region(state, state.sample, closed=False))
        elif state.pending:
            state.found.append(state.pending)
        return state.found

    def _whole_blocks(self, state: HeelState, chunk: FootChunk) -> tuple[Floats, Floats]:
        """Filter the chunk and return the blocks that are now whole, (b, samples)."""
        s = state.signal
        heel, last_heel = _hold_last(chunk.heel, s.last_heel)
        total, last_total = _hold_last(chunk.total, s.last_total)
        heel, filter_heel = lowpass.causal(self._sos, heel, s.filter_heel)
        total, filter_total = lowpass.causal(self._sos, total, s.filter_total)
        heel = np.concatenate([s.rest_heel, heel])
        total = np.concatenate([s.rest_total, total])
        whole = len(heel) // self._block * self._block
        state.signal = _Signal(
            filter_heel, filter_total, last_heel, last_total, heel[whole:], total[whole:], s.past
        )
        return heel[:whole].reshape(-1, self._block), total[:whole].reshape(-1, self._block)

    def _with_past(self, state: HeelState, heel: Floats, total: Floats) -> Iterator[Block]:
        """Return the blocks of a chunk, each with what it must know of those before it."""
        count = state.levels.quiet_blocks
        means = np.hstack([state.signal.past, np.vstack([heel, total])])
        state.signal = replace(state.signal, past=means[:, means.shape[1] - count + 1 :])
        return blocks_of(means[0], means[1], count)

    def _may_change(self, state: HeelState, lowest: float, highest: float) -> bool:
        """Tell without looking at each sample that nothing happens in a block."""
        if state.pending or state.partly_down:
            return True
        levels = state.levels
        if state.up:
            return state.slow_since >= 0 or highest > levels.level(self._p.slow_return_z)
        return lowest < levels.level(self._p.leave_z) and levels.usable

    def _walk(self, state: HeelState, block: Floats) -> None:
        p, levels = self._p, state.levels
        leave, back = levels.level(p.leave_z), levels.level(p.return_z)
        slow = levels.level(p.slow_return_z)
        for i, heel in enumerate(block.tolist(), state.sample):
            if state.up:
                self._while_up(state, i, heel, back, slow)
            elif levels.usable and heel < (slow if state.partly_down else leave):
                self._leave(state, i)
            elif heel > back:
                state.partly_down = False
            if state.pending and not state.up and i - state.pending.end >= self._min_down:
                state.found.append(state.pending)
                state.pending = None

    def _leave(self, state: HeelState, i: int) -> None:
        state.up, state.since, state.flat_s = True, i, state.levels.flat_s
        state.slow_since, state.partly_down = -1, False
        if state.pending:
            # the touch was too short to be one: the heel-up goes on
            state.since, state.flat_s = state.pending.start, state.pending.flat_s
            state.pending = None

    def _while_up(self, state: HeelState, i: int, heel: float, back: float, slow: float) -> None:
        if heel <= slow:
            state.slow_since = -1
        elif state.slow_since < 0:
            state.slow_since = i
        if heel > back:
            self._return(state, i)
        elif state.slow_since >= 0 and i - state.slow_since >= self._slow:
            self._return(state, state.slow_since)
            state.partly_down = True

    def _return(self, state: HeelState, end: int) -> None:
        if end - state.since >= self._min_up:
            state.pending = self._region(state, end, closed=True)
        state.up, state.since, state.slow_since = False, end, -1

    @staticmethod
    def _region(state: HeelState, end: int, *, closed: bool) -> HeelUp:
        levels = state.levels
        return HeelUp(state.since, end, levels.base, levels.floor, state.flat_s, closed)


def _hold_last(values: Floats, last: float) -> tuple[Floats, float]:
    """Replace NaN by the last valid value (0 before the first), so that filters stay finite."""
    valid = np.isfinite(values)
    if valid.all():
        return values, float(values[-1])
    index = np.where(valid, np.arange(len(values)), -1)
    np.maximum.accumulate(index, out=index)
    before = last if np.isfinite(last) else 0.0
    held = np.where(index >= 0, values[index], before)
    return held, float(held[-1]) if valid.any() or np.isfinite(last) else float("nan")
