"""Names, units and validators of the tables that pass between the parts.

Three kinds of table carry everything:

*SampleTable*: what one device measured, one row a sample, in device units, uneven in time.
    ``host_time_s`` (arrival, NaN for imported files), ``device_time_s`` (the device's own clock,
    unwrapped, or the file's clock), ``segment`` (0, 1, … one for each connection), then sensor
    columns. A lost or invalid value is NaN, never 0. Rows stand in order of ``device_time_s``
    within a segment.
*SensorMap*: where the force columns of a SampleTable lie on the sole: ``column``, ``region``
    (or "" if unknown), ``x_mm`` (medial to lateral), ``y_mm`` (heel to toe), ``area_mm2`` (NaN if
    unknown).
*ForceTable*: all devices of a session on one uniform grid; the index is ``time_s`` (seconds since
    the session's first sample). For each side ``left_n`` (total), ``left_ok`` (False where the
    value is missing or was bridged over more than the gap rule allows), ``left_heel_n`` and so on
    for each region, ``left_cop_ap_mm``, ``left_cop_ml_mm``, ``left_acc_x_g`` …,
    ``left_gyro_x_dps`` …, and after analysis ``left_heel_height_mm``. Gaps are NaN.

Sensor columns of a SampleTable (``_n`` stands for the unit suffix: ``_n``, ``_bw``, ``_adc``,
``_ncm2``): ``total_n``; one ``<region>_n`` for a device whose sensors are whole regions;
``cell_01_n`` … for single cells (their regions are in the SensorMap); ``acc_x_g``, ``acc_y_g``,
``acc_z_g``; ``gyro_x_dps``, ``gyro_y_dps``, ``gyro_z_dps``; ``cop_ap_mm``, ``cop_ml_mm``;
``battery_pct``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from insole.errors import TableError

if TYPE_CHECKING:
    from collections.abc import Iterable

SIDES = ("left", "right")
ROLES = (*SIDES, "plate")
"""Devices that carry weight; ``plate`` is one number for both feet."""
REGIONS = (
    "hallux", "toes", "forefoot", "forefoot_medial", "forefoot_lateral", "midfoot", "heel",
)  # fmt: skip
ACC = ("acc_x_g", "acc_y_g", "acc_z_g")
GYRO = ("gyro_x_dps", "gyro_y_dps", "gyro_z_dps")
COP = ("cop_ap_mm", "cop_ml_mm")
FORCE_SUFFIXES = ("n", "bw", "adc")

ROW_MM = 5.0
"""Sensors whose mean distance (root mean square) from a straight line is no more than this are in
one row, mm (our choice: half the width of a small sensor)."""

SAMPLE_COLUMNS = ("host_time_s", "device_time_s", "segment")
SENSOR_MAP_COLUMNS = ("column", "region", "x_mm", "y_mm", "area_mm2")


def check_samples(samples: pd.DataFrame) -> pd.DataFrame:
    """Return `samples` if it is a SampleTable.

    Parameters
    ----------
    samples : DataFrame, (n,) rows
        Candidate table; times in s.

    Raises
    ------
    TableError
        If a column is missing or the device's clock runs backwards within a segment.
    """
    _require("SampleTable", samples, SAMPLE_COLUMNS)
    device_time = samples["device_time_s"].to_numpy()
    segment = samples["segment"].to_numpy()
    backwards = (np.diff(device_time) < 0) & (np.diff(segment) == 0)
    if backwards.any():
        row = int(np.argmax(backwards)) + 1
        raise TableError("SampleTable", "device_time_s", f"runs backwards at row {row}")
    return samples


def check_force(force: pd.DataFrame) -> pd.DataFrame:
    """Return `force` if it is a ForceTable.

    Parameters
    ----------
    force : DataFrame, (n,) rows
        Candidate table; index in s.

    Raises
    ------
    TableError
        If the index is not a uniform ``time_s``, or no side has both its total and its mask.
    """
    if force.index.name != "time_s":
        raise TableError("ForceTable", "time_s", "must be the index")
    time_s = force.index.to_numpy()
    if len(time_s) > 1 and not np.allclose(np.diff(time_s), time_s[1] - time_s[0], atol=1e-6):
        raise TableError("ForceTable", "time_s", "must be uniform; align the samples first")
    if not sides_of(force):
        raise TableError("ForceTable", "left_n", "no role has both a total and an ok mask")
    return force


def check_sensor_map(sensors: pd.DataFrame) -> pd.DataFrame:
    """Return `sensors` if it is a SensorMap; x and y in mm, area in mm².

    Parameters
    ----------
    sensors : DataFrame, (k,) rows
        Candidate table; positions in mm.

    Raises
    ------
    TableError
        If a column is missing or a region is not one of `REGIONS`.
    """
    _require("SensorMap", sensors, SENSOR_MAP_COLUMNS)
    unknown = set(sensors["region"]) - {*REGIONS, ""}
    if unknown:
        raise TableError("SensorMap", "region", f"{sorted(unknown)} not among {', '.join(REGIONS)}")
    return sensors


def sensor_map(rows: Iterable[tuple[str, str, float, float, float]] = ()) -> pd.DataFrame:
    """Return a SensorMap from rows of (column, region, x in mm, y in mm, area in mm²)."""
    return check_sensor_map(pd.DataFrame(list(rows), columns=list(SENSOR_MAP_COLUMNS)))


def tell_cop(sensors: pd.DataFrame) -> bool:
    """Return whether loads at these places tell a centre of pressure, along and across.

    Parameters
    ----------
    sensors : SensorMap, (k,) rows
        Places in mm.

    Notes
    -----
    The centre of pressure is Σ F_i r_i / Σ F_i over all sensors, so each needs its place; and it
    lies among those places, so that two of them, or any number in one row, leave the direction
    across that row unseen.
    """
    places_mm = sensors[["x_mm", "y_mm"]].to_numpy(dtype=np.float64)
    if len(places_mm) < 3 or not np.isfinite(places_mm).all():
        return False
    spread = np.linalg.svd(places_mm - places_mm.mean(axis=0), compute_uv=False)
    return bool(spread[1] / np.sqrt(len(places_mm)) > ROW_MM)


def rate_hz(force: pd.DataFrame) -> float:
    """Return the rate of a ForceTable in Hz, read from its index.

    Parameters
    ----------
    force : ForceTable, (n,) rows
        At least two rows; index in s.
    """
    time_s = force.index.to_numpy()
    if len(time_s) < 2:
        raise TableError("ForceTable", "time_s", "has fewer than two rows, so no rate")
    return float(round((len(time_s) - 1) / (time_s[-1] - time_s[0]), 6))


def force_suffix(force: pd.DataFrame) -> str:
    """Return the suffix of the force columns: ``n``, ``bw`` or ``adc``.

    Parameters
    ----------
    force : ForceTable, (n,) rows
        Table with a total in newton, body weights or raw counts.
    """
    for suffix in FORCE_SUFFIXES:
        if any(f"{role}_{suffix}" in force.columns for role in ROLES):
            return suffix
    raise TableError("ForceTable", "left_n", "no total of any side")


def sides_of(force: pd.DataFrame) -> tuple[str, ...]:
    """Return the roles that have a total and a mask in `force`.

    Parameters
    ----------
    force : ForceTable, (n,) rows
        Any unit of force.
    """
    return tuple(
        role
        for role in ROLES
        if f"{role}_ok" in force.columns
        and any(f"{role}_{suffix}" in force.columns for suffix in FORCE_SUFFIXES)
    )


def _require(table: str, frame: pd.DataFrame, columns: Iterable[str]) -> None:
    for column in columns:
        if column not in frame.columns:
            raise TableError(table, column, "is missing")
