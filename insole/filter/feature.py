"""Loads of the regions, total load and centre of pressure, from the sensors of one side."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pandas as pd

from insole import tables
from insole.errors import TableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]
    Bools: TypeAlias = NDArray[np.bool_]

COP_FROM_N = 50.0
"""Total below which a centre of pressure is noise, N (our choice; published insole figures degrade
below about 250 N, so sway asks for more than a picture does)."""

COP_FROM = MappingProxyType({"n": COP_FROM_N, "bw": 0.07, "adc": 0.0})
"""The same in each unit of force: 0.07 body weights are 50 N of 700; what a count is worth nobody
knows."""

ONE_THREAD = 8192
"""Elements of a matrix that OpenBLAS multiplies by a vector in one thread; the limit is 9216."""

MISSING_CELLS = 0.25
"""Share of a side's cells that may be missing in a row before the whole row counts as lost (our
choice: one lost cell must not cost the sample, half a sole must)."""

MISSING_IN_REGION = 0.5
"""Share of a region's cells that may be missing before the region's load is (our choice)."""


def side_features(samples: pd.DataFrame, sensors: pd.DataFrame) -> pd.DataFrame:
    """Reduce the sensors of one side to what the analysis works with.

    Parameters
    ----------
    samples : SampleTable, (n,) rows
        Sensor columns in N, body weights or raw counts; ``time_s`` in s; IMU in g and dps.
    sensors : SensorMap, (k,) rows
        Where the force columns lie, positions in mm.

    Returns
    -------
    DataFrame, (n,) rows
        ``time_s``; the total; a load per region that the map names; ``cop_ap_mm``,
        ``cop_ml_mm`` where positions are known; IMU columns as they were. A row without valid
        force is NaN.

    Notes
    -----
    Centre of pressure = Σ F_i r_i / Σ F_i. The total is the device's own if it sends one, else the
    sum over the map's columns; a missing cell counts as the mean of the others of its region, or of
    the sole where the whole region is missing. A region with more than `MISSING_IN_REGION` of its
    cells missing has no load of its own.
    """
    unit = _unit(samples, sensors)
    loads = _loads(samples, list(sensors["column"]))
    missing = np.isnan(loads)
    filled = _filled(loads, missing, sensors["region"].to_numpy())
    columns: dict[str, Floats] = {"time_s": samples["time_s"].to_numpy()}
    total = summed = _sum(filled, missing, MISSING_CELLS)
    if f"total_{unit}" in samples.columns:
        total = samples[f"total_{unit}"].to_numpy(dtype=np.float64)
        # zones that are all missing while the total says 0: the packet was lost
        if len(sensors):
            total = np.where(missing.all(axis=1), np.nan, total)
    columns[f"total_{unit}"] = total
    for region in tables.REGIONS:
        of_region = (sensors["region"] == region).to_numpy()
        if of_region.any():
            load = _sum(filled[:, of_region], missing[:, of_region], MISSING_IN_REGION)
            columns[f"{region}_{unit}"] = np.where(np.isnan(total), np.nan, load)
    loaded = (total > COP_FROM[unit]) & np.isfinite(summed)
    columns |= _cop(samples, sensors, filled, loaded)
    for name in (*tables.ACC, *tables.GYRO):
        if name in samples.columns:
            columns[name] = samples[name].to_numpy(dtype=np.float64)
    return pd.DataFrame(columns, copy=False)


def _unit(samples: pd.DataFrame, sensors: pd.DataFrame) -> str:
    columns = {*(f"total_{unit}" for unit in tables.FORCE_SUFFIXES), *sensors["column"]}
    suffixes = {name.rpartition("_")[2] for name in columns & {*samples.columns}}
    return next((unit for unit in tables.FORCE_SUFFIXES if unit in suffixes), "n")


def _loads(samples: pd.DataFrame, names: Sequence[str]) -> Floats:
    if absent := [name for name in names if name not in samples.columns]:
        raise TableError("SampleTable", absent[0], "is missing, yet the SensorMap places it")
    if not names:
        return np.empty((len(samples), 0))
    return samples[list(names)].to_numpy(dtype=np.float64)


def _filled(loads: Floats, missing: Bools, regions: NDArray[np.object_]) -> Floats:
    """Replace missing cells by the mean of their region, else by that of the whole sole."""
    if not missing.any():
        return loads
    filled = loads.copy()
    for region in set(regions):
        filled[:, regions == region] = _with_row_means(loads[:, regions == region])
    return _with_row_means(filled)


def _with_row_means(loads: Floats) -> Floats:
    there = ~np.isnan(loads)
    count = there.sum(axis=1)
    mean = np.full(len(loads), np.nan)
    np.divide(np.nansum(loads, axis=1), count, out=mean, where=count > 0)
    return np.where(there, loads, mean[:, None])


def _sum(filled: Floats, missing: Bools, may_miss: float) -> Floats:
    """Sum each row; NaN if more than a share of `may_miss` was missing before it was filled."""
    if not missing.shape[1]:
        return np.full(len(missing), np.nan)
    total: Floats = filled.sum(axis=1)
    if missing.any():
        total[missing.mean(axis=1) > may_miss] = np.nan
    return total


def _cop(
    samples: pd.DataFrame, sensors: pd.DataFrame, filled: Floats, loaded: Bools
) -> dict[str, Floats]:
    there = {c: samples[c].to_numpy(dtype=np.float64) for c in tables.COP if c in samples.columns}
    if there or not tables.tell_cop(sensors):
        return there
    # an hour of cells is large: it is copied only where a cell really pulls
    pressed = filled.clip(0.0) if np.nanmin(filled, initial=0.0) < 0.0 else filled
    whole = pressed.sum(axis=1)
    weight = np.where(loaded & (whole > 0.0), whole, np.nan)
    return {
        "cop_ap_mm": _moment(pressed, sensors["y_mm"].to_numpy()) / weight,
        "cop_ml_mm": _moment(pressed, sensors["x_mm"].to_numpy()) / weight,
    }


def _moment(loads: Floats, place_mm: Floats) -> Floats:
    """Return Σ F_i r_i of each row of loads, (n,) in their unit times mm.

    Row by row the same as one product, in parts too small for OpenBLAS to share among threads:
    those would go on turning for 0.1 s afterwards, which for an hour is 20 times the work.
    """
    rows = max(1, ONE_THREAD // loads.shape[1])
    parts = [loads[at : at + rows] @ place_mm for at in range(0, max(1, len(loads)), rows)]
    return np.concatenate(parts)
