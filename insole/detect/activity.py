"""What a person is doing just now, block by block: standing quietly, working, or neither."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

BLOCK_S = 0.1
"""Length of the stretches that are judged one by one, s."""


@dataclass(frozen=True, slots=True)
class ActivityParams:
    """When somebody counts as standing, and when as working.

    References
    ----------
    Quiet within 15 % for 1 s: as in `measure.finding`. Both heels up for 0.8 s (walking and turning
    keep them up for at most 0.69 s), a foot with less than 15 % of the load has no vote, half of
    the standing load: the project's measurement notes, pair rule. 100 N and half a body weight:
    below it nobody stands on the sensors. Raw counts, whose worth nobody knows: above the middle of
    the range seen, once the highest was half as much again as the lowest. 20 N of pull and gaps of
    0.5 s: our choice.
    """

    quiet_s: float = 1.0
    quiet_fraction: float = 0.15
    least_n: float = 100.0
    least_bw: float = 0.5
    range_adc: float = 1.5
    up_s: float = 0.8
    vote_share: float = 0.15
    standing_share: float = 0.5
    pull_n: float = 20.0
    bridge_s: float = 0.5


@dataclass(frozen=True, slots=True)
class FootBlock:
    """Mean load of one device in one block, NaN if nothing came; whether its heel is up.

    ``heel_up`` is None where that cannot be seen.
    """

    load: float
    heel_up: bool | None


class Activity:
    """Follows one session, block by block.

    Parameters
    ----------
    unit : {"n", "bw", "adc"}
        Unit of the loads.
    pulls : bool
        True for a device that is pulled, and not stood on: any pull is exercise.
    params : ActivityParams
        Thresholds.

    Attributes
    ----------
    standing_since, first_standing, worked_until : int or None
        Blocks: where the present stretch of quiet standing began, and the first one; the end of
        the last block of exercise.
    working : bool
        True while exercise goes on.
    """

    def __init__(self, unit: str, *, pulls: bool, params: ActivityParams | None = None) -> None:
        self._p = params or ActivityParams()
        self.unit = unit
        self._pulls = pulls
        self._recent: deque[float] = deque(maxlen=round(self._p.quiet_s / BLOCK_S))
        self._lowest, self._highest = float("inf"), 0.0
        self._standing_load = 0.0
        self._up = self._blind = 0
        self.standing_since: int | None = None
        self.first_standing: int | None = None
        self.worked_until: int | None = None
        self.working = False

    @property
    def heels_up(self) -> bool:
        """True while every foot that bears load has its heel up (or the device is pulled)."""
        return self._up > 0

    def feed(self, block: int, feet: Sequence[FootBlock]) -> None:
        """Take one block of all devices that the person stands on.

        Parameters
        ----------
        block : int
            Its number since session time 0.
        feet : sequence of FootBlock
            One for each device.
        """
        whole = sum(foot.load for foot in feet)
        if whole != whole:  # noqa: PLR0124 - NaN: some device was silent
            self._blind += 1
            if self._blind * BLOCK_S > self._p.bridge_s:
                self._forget()
            return
        self._blind = 0
        self._lowest, self._highest = min(self._lowest, whole), max(self._highest, whole)
        up = whole > self._p.pull_n if self._pulls else self._heels_up(feet, whole)
        self._work(block, up=up)
        self._stand(block, whole, up=up or any(foot.heel_up for foot in feet))

    def _forget(self) -> None:
        self._recent.clear()
        self._up = 0
        self.working, self.standing_since = False, None

    def _heels_up(self, feet: Sequence[FootBlock], whole: float) -> bool:
        """Tell whether every foot that bears load has its heel up."""
        if not whole > self._p.standing_share * self._standing_load > 0.0:
            return False
        voting = [foot for foot in feet if foot.load >= self._p.vote_share * whole]
        return bool(voting) and all(foot.heel_up for foot in voting)

    def _work(self, block: int, *, up: bool) -> None:
        self._up = self._up + 1 if up else 0
        self.working = self._up * BLOCK_S >= self._p.up_s - 1e-9
        if self.working:
            self.worked_until = block + 1

    def _stand(self, block: int, whole: float, *, up: bool) -> None:
        if up:
            self._recent.clear()
        else:
            self._recent.append(whole)
        if len(self._recent) < (self._recent.maxlen or 0) or not self._is_quiet():
            self.standing_since = None
            return
        if self.standing_since is None:
            self.standing_since = block + 1 - len(self._recent)
        if self.first_standing is None:
            self.first_standing = self.standing_since
        self._standing_load = sum(self._recent) / len(self._recent)

    def _is_quiet(self) -> bool:
        if self._pulls:
            return False
        mean = sum(self._recent) / len(self._recent)
        calm = max(self._recent) - min(self._recent) < self._p.quiet_fraction * mean
        return calm and min(self._recent) > self._least()

    def _least(self) -> float:
        """Return the least load of somebody who stands."""
        if self.unit == "n":
            return self._p.least_n
        if self.unit == "bw":
            return self._p.least_bw
        seen = self._highest > self._p.range_adc * max(self._lowest, 0.0)
        return 0.5 * (self._lowest + self._highest) if seen else float("inf")
