"""The two levels a heel is judged between: loaded in quiet standing, and empty on tiptoe."""

from __future__ import annotations

from dataclasses import dataclass

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


class Levels:
    """Running base, floor and standing total of one foot; a private, mutable part of a state.

    Fed with the mean heel and total load of each block of `block_s`, in one unit of force.
    """

    __slots__ = (
        "_block_s", "_flat", "_flat_before", "_history", "_newton", "_p", "_waiting",
        "base", "floor", "seen", "stand",
    )  # fmt: skip

    def __init__(self, params: LevelParams, *, newton: bool, block_s: float = BLOCK_S) -> None:
        self._p = params
        self._block_s = block_s
        self._newton = newton
        self._history: tuple[tuple[float, float], ...] = ()
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

    def feed(self, heel: float, total: float, *, up: bool) -> None:
        """Take the means of one block."""
        self._history = (*self._history, (heel, total))[-self._blocks(self._p.quiet_s) :]
        quiet = self._is_quiet() and not up
        self._count_flat(quiet=quiet)
        if up:
            self._waiting = ()
            self._track_floor(heel, total)
        if quiet:
            # what follows shortly before a raise must not enter the base: hold it back
            self._waiting = (*self._waiting, (heel, total))
            if not self.usable:
                self._restart()
                self._waiting = self._waiting[-1:]
            elif len(self._waiting) > self._blocks(self._p.hold_back_s):
                self._average(*self._waiting[0])
                self._waiting = self._waiting[1:]

    def _blocks(self, time_s: float) -> int:
        return max(1, round(time_s / self._block_s))

    def _count_flat(self, *, quiet: bool) -> None:
        if quiet:
            self._flat += 1
            return
        length, ago = self._flat_before
        recent = ago < self._blocks(self._p.sway_back_s)
        self._flat_before = (self._flat, 0) if self._flat else (length * recent, ago + 1)
        self._flat = 0

    def _is_quiet(self) -> bool:
        if len(self._history) < self._blocks(self._p.quiet_s):
            return False
        heels = [h for h, _ in self._history]
        totals = [t for _, t in self._history]
        total = sum(totals) / len(totals)
        limit = self._p.quiet_fraction
        loaded = total > max(30.0 if self._newton else 0.0, self._p.floor_loaded * self.stand)
        return (
            loaded
            and max(totals) - min(totals) < limit * total
            and max(heels) - min(heels) < limit * max(self.base, sum(heels) / len(heels))
        )

    def _restart(self) -> None:
        """Take the last second as it is: until the heel has been seen loaded nothing is known."""
        count = len(self._history)
        self.base = sum(h for h, _ in self._history) / count
        self.stand = sum(t for _, t in self._history) / count
        self.seen = count

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
