"""Loads on the grid in, as they come; heel-ups and what the person is doing just now out."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from insole.detect.activity import BLOCK_S, Activity, FootBlock
from insole.detect.base import FootChunk, HeelUp
from insole.detect.heel import HeelDetector

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Watched:
    """A device to watch: unit of its loads, whether it has a heel, whether it bears the person.

    ``pulls`` is True for one that is pulled and not stood on.
    """

    unit: str
    heel: bool
    bears: bool
    pulls: bool = False


class Watch:
    """Follows all devices of a session, block by block; what it finds ignores how it was fed.

    Parameters
    ----------
    devices : mapping of role to Watched
        What to watch. Those that bear the person are judged together, if their units are one.
    rate_hz : float
        Rate of the grid, Hz.

    Attributes
    ----------
    loads, heels : dict of role to float or bool
        Mean load of the last block, None where nothing came; whether the heel is up in its end,
        None where that cannot be told.
    found : dict of role to list of HeelUp
        Heel-ups that have ended, in samples of the grid since session time 0.
    activity : Activity or None
        What the person is doing; None if the devices cannot be judged together.
    feet : list of str
        The devices that bear the person.
    sees_exercise : bool
        True if exercise shows in what the devices tell.
    """

    def __init__(self, devices: Mapping[str, Watched], rate_hz: float) -> None:
        self._width = max(1, round(BLOCK_S * rate_hz))
        self._rate_hz = rate_hz
        self._detectors = {
            role: HeelDetector(rate_hz, newton=device.unit == "n")
            for role, device in devices.items()
            if device.heel
        }
        self._states = {role: detector.start() for role, detector in self._detectors.items()}
        self.feet = [role for role, device in devices.items() if device.bears]
        self._rest = {role: np.empty((0, 2)) for role in devices}
        self._first: int | None = None
        self._at = 0
        self.loads: dict[str, float | None] = dict.fromkeys(devices)
        self.heels: dict[str, bool | None] = dict.fromkeys(devices)
        self.found: dict[str, list[HeelUp]] = {role: [] for role in self._detectors}
        self.activity = self._judged(devices)
        pulls = any(devices[role].pulls for role in self.feet)
        heels = all(role in self._detectors for role in self.feet)
        self.sees_exercise = self.activity is not None and (pulls or heels)

    def feed(self, start: int, values: Mapping[str, Floats]) -> None:
        """Take consecutive points of the grid.

        Parameters
        ----------
        start : int
            Number of the first point since session time 0.
        values : mapping of role to (n, 2) array
            Total and heel load in the device's unit; NaN where missing.
        """
        if self._first is None:
            self._first = self._at = start
        for role, rest in self._rest.items():
            self._rest[role] = np.concatenate([rest, values[role]])
        whole = min(map(len, self._rest.values()), default=0) // self._width
        for block in range(whole):
            part = slice(block * self._width, (block + 1) * self._width)
            self._block({role: rest[part] for role, rest in self._rest.items()})
            self._at += self._width
        for role, rest in self._rest.items():
            self._rest[role] = rest[whole * self._width :]

    def seconds(self, blocks: int | None) -> float | None:
        """Return the session time at which a block of `activity` begins, s."""
        if blocks is None or self._first is None:
            return None
        return (self._first + blocks * self._width) / self._rate_hz

    def _block(self, values: Mapping[str, Floats]) -> None:
        for role, each in values.items():
            there = np.isfinite(each[:, 0])
            self.loads[role] = float(each[there, 0].mean()) if there.any() else None
            if role in self._detectors:
                self._step(role, each)
        if self.activity is not None and self._first is not None:
            feet = [FootBlock(_or_nan(self.loads[role]), self.heels[role]) for role in self.feet]
            self.activity.feed((self._at - self._first) // self._width, feet)

    def _step(self, role: str, values: Floats) -> None:
        chunk = FootChunk(values[:, 0].copy(), values[:, 1].copy())
        state, found = self._detectors[role].step(self._states[role], chunk)
        self._states[role] = state
        self.heels[role] = state.up if state.levels.usable else None
        self.found[role] += [_shifted(up, self._first or 0) for up in found]

    def _judged(self, devices: Mapping[str, Watched]) -> Activity | None:
        feet = [devices[role] for role in self.feet]
        if len({foot.unit for foot in feet}) != 1:
            return None
        return Activity(feet[0].unit, pulls=any(foot.pulls for foot in feet))


def _or_nan(load: float | None) -> float:
    return nan if load is None else load


def _shifted(up: HeelUp, by: int) -> HeelUp:
    return HeelUp(up.start + by, up.end + by, up.base, up.floor, up.flat_s, up.closed)
