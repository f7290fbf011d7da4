"""What the analysis works with from a few samples at once, without the cost of a whole table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pandas as pd

from insole import tables
from insole.filter.feature import COP_FROM, side_features

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]
    Rows: TypeAlias = Mapping[str, NDArray[Any]]

FORCE = ("total", *tables.REGIONS, *tables.COP)
"""What is read of the loads, in this order; the total is the first."""
MOTION = (*tables.ACC, *tables.GYRO)
"""What is read of an inertial sensor, in this order."""
COLUMNS = (*FORCE, *MOTION)
TOTAL, HEEL = COLUMNS.index("total"), COLUMNS.index("heel")
ACC = slice(len(FORCE), len(FORCE) + len(tables.ACC))


class Reader:
    """Reads one device's rows as `side_features` does.

    Parameters
    ----------
    sensors : SensorMap, (k,) rows
        Where the force columns lie.
    unit : {"n", "bw", "adc"}
        Unit of the loads.
    names : sequence of str
        The columns of the rows.

    Attributes
    ----------
    known : frozenset of str
        Which of `COLUMNS` these rows tell.
    """

    def __init__(self, sensors: pd.DataFrame, unit: str, names: tuple[str, ...]) -> None:
        self._sensors, self._unit = sensors, unit
        self._cells: list[str] = sensors["column"].tolist()
        regions = sensors["region"].to_numpy()
        self._at = {
            COLUMNS.index(region): np.flatnonzero(regions == region)
            for region in tables.REGIONS
            if (regions == region).any()
        }
        self._own_total = f"total_{unit}" if f"total_{unit}" in names else ""
        copied = [name for name in (*tables.COP, *MOTION) if name in names]
        self._copied = {COLUMNS.index(name): name for name in copied}
        self._places_mm = None
        if not set(copied) & set(tables.COP) and tables.tell_cop(sensors):
            self._places_mm = sensors[["y_mm", "x_mm"]].to_numpy(dtype=np.float64)
        told = [*self._at, *self._copied]
        if self._own_total or self._cells:
            told.append(TOTAL)
        if self._places_mm is not None:
            told += [COLUMNS.index(name) for name in tables.COP]
        self.known = frozenset(COLUMNS[k] for k in told)

    def of(self, rows: Rows) -> Floats:
        """Return what each row tells.

        Parameters
        ----------
        rows : mapping of column to (n,) array
            Sensors in N, body weights or raw counts; IMU in g and dps.

        Returns
        -------
        (n, 16) array
            In the order of `COLUMNS`, NaN where missing.
        """
        count = len(next(iter(rows.values())))
        cells = np.empty((len(self._cells), count))
        for cell, name in zip(cells, self._cells, strict=True):
            cell[:] = rows[name]
        values = np.full((len(COLUMNS), count), np.nan)
        if np.isnan(cells).any():
            return self._with_missing(rows, values)
        for column, name in self._copied.items():
            values[column] = rows[name]
        if self._own_total:
            values[TOTAL] = rows[self._own_total]
        elif self._cells:
            values[TOTAL] = cells.sum(axis=0)
        for region, of_region in self._at.items():
            values[region] = np.where(np.isnan(values[TOTAL]), np.nan, cells[of_region].sum(axis=0))
        if self._places_mm is not None:
            pressed = cells.clip(0.0)
            whole = pressed.sum(axis=0)
            loaded = (values[TOTAL] > COP_FROM[self._unit]) & (whole > 0.0)
            first = COLUMNS.index(tables.COP[0])
            values[first : first + 2] = self._places_mm.T @ pressed
            values[first : first + 2] /= np.where(loaded, whole, np.nan)
        return values.T

    def _with_missing(self, rows: Rows, values: Floats) -> Floats:
        table = pd.DataFrame({**rows, "time_s": 0.0}, copy=False)
        features = side_features(table, self._sensors)
        suffix = f"_{self._unit}"
        for column, name in enumerate(COLUMNS):
            in_table = name if name in {*tables.COP, *MOTION} else f"{name}{suffix}"
            if name in self.known and in_table in features:
                values[column] = features[in_table].to_numpy()
        return values.T
