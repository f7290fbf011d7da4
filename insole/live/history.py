"""What has settled on the grid so far, kept so that it can be looked at as a ForceTable."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pandas as pd

from insole import tables

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]
    Bools: TypeAlias = NDArray[np.bool_]

ROOM = 6000
"""Samples for which there is room at first (our choice: a minute at 100 Hz)."""


class History:
    """The last samples of all devices; what is appended is numbered from 0.

    Parameters
    ----------
    roles : iterable of str
        The devices.
    columns : sequence of str
        What each device tells, in order: ``total``, regions, then names that need no unit.
    unit : {"n", "bw", "adc"}
        Unit of the loads.
    rate_hz : float
        Rate of the grid, Hz.

    Attributes
    ----------
    start, end : int
        The samples that are there, half-open.
    """

    def __init__(
        self, roles: Iterable[str], columns: tuple[str, ...], unit: str, rate_hz: float
    ) -> None:
        self._columns, self._unit, self._rate_hz = columns, unit, rate_hz
        self._values = {role: np.empty((len(columns), ROOM)) for role in roles}
        self._ok = {role: np.empty(ROOM, dtype=np.bool_) for role in self._values}
        self._room = ROOM
        self._origin = self.start = self.end = 0

    def append(self, values: Mapping[str, Floats], ok: Mapping[str, Bools]) -> None:
        """Take consecutive samples.

        Parameters
        ----------
        values : mapping of role to (n, k) array
            In the order of the columns, NaN where missing; loads in the unit.
        ok : mapping of role to (n,) bool array
            False where the loads are missing.
        """
        count = len(next(iter(ok.values()), ()))
        self._make_room(count)
        there = slice(self.end - self._origin, self.end - self._origin + count)
        for role in self._values:
            self._values[role][:, there] = values[role].T
            self._ok[role][there] = ok[role]
        self.end += count

    def drop_before(self, sample: int) -> None:
        """Forget what lies before a sample."""
        self.start = min(max(sample, self.start), self.end)

    def part(self, role: str, start: int, end: int) -> Floats:
        """Return some samples of a device, (k, end − start), as they lie; not to be written to."""
        return self._values[role][:, start - self._origin : end - self._origin]

    def table(self, start: int, end: int, known: Mapping[str, Collection[str]]) -> pd.DataFrame:
        """Return some samples as a ForceTable, which begins at 0 s.

        Parameters
        ----------
        start, end : int
            Samples, half-open.
        known : mapping of role to collection of str
            The columns that each device tells.
        """
        part = slice(start - self._origin, end - self._origin)
        columns: dict[str, NDArray[np.generic]] = {}
        for role, values in self._values.items():
            for row, name in zip(values, self._columns, strict=True):
                if name in known[role]:
                    columns[self._name(role, name)] = row[part]
            columns[f"{role}_ok"] = self._ok[role][part]
        index = pd.Index(np.arange(end - start) / self._rate_hz, name="time_s")
        return pd.DataFrame(columns, index=index, copy=False)

    def _name(self, role: str, column: str) -> str:
        if column == "total":
            return f"{role}_{self._unit}"
        return f"{role}_{column}_{self._unit}" if column in tables.REGIONS else f"{role}_{column}"

    def _make_room(self, count: int) -> None:
        if self.end - self._origin + count <= self._room:
            return
        kept = slice(self.start - self._origin, self.end - self._origin)
        self._room = max(ROOM, 2 * (kept.stop - kept.start + count))
        for role, old in self._values.items():
            values, ok = np.empty((len(old), self._room)), np.empty(self._room, dtype=np.bool_)
            values[:, : kept.stop - kept.start] = old[:, kept]
            ok[: kept.stop - kept.start] = self._ok[role][kept]
            self._values[role], self._ok[role] = values, ok
        self._origin = self.start
