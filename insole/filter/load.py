"""Total and heel load of a few samples at once, without the cost of all other features."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from insole.filter.feature import side_features

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]


class FootLoads:
    """Reads total and heel load of one device from its rows, as `side_features` has them.

    Parameters
    ----------
    sensors : SensorMap, (k,) rows
        Where the force columns lie.
    unit : {"n", "bw", "adc"}
        Unit of the loads.
    """

    def __init__(self, sensors: pd.DataFrame, unit: str) -> None:
        self._sensors = sensors
        self._names: list[str] = sensors["column"].tolist()
        self._at_heel = (sensors["region"] == "heel").to_numpy()
        self._total, self._heel = f"total_{unit}", f"heel_{unit}"

    def of(self, rows: pd.DataFrame) -> Floats:
        """Return total and heel load of each row.

        Parameters
        ----------
        rows : DataFrame, (n,) rows
            Sensor columns in N, body weights or raw counts, all that the map names among them.

        Returns
        -------
        (n, 2) array
            In the unit of the rows, NaN where missing; heel loads are NaN where no sensor lies at
            the heel.
        """
        cells = np.empty((len(self._names), len(rows)))
        for cell, name in zip(cells, self._names, strict=True):
            cell[:] = rows[name].to_numpy()
        if not (self._names or self._total in rows.columns):
            return np.full((len(rows), 2), np.nan)
        if np.isnan(cells).any():
            return self._with_missing(rows)
        whole = rows[self._total].to_numpy() if self._total in rows.columns else cells.sum(axis=0)
        heel = (
            cells[self._at_heel].sum(axis=0) if self._at_heel.any() else np.full(len(rows), np.nan)
        )
        return np.column_stack([whole, np.where(np.isnan(whole), np.nan, heel)])

    def _with_missing(self, rows: pd.DataFrame) -> Floats:
        features = side_features(rows.assign(time_s=0.0), self._sensors)
        whole = features[self._total].to_numpy()
        heel = (
            features[self._heel].to_numpy() if self._at_heel.any() else np.full(len(rows), np.nan)
        )
        return np.column_stack([whole, heel])
