"""Columns of numbers → SampleTables, SensorMaps and Capabilities of a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from insole import tables
from insole.capabilities import Capabilities
from insole.errors import FormatError
from insole.importers.base import Imported

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from insole.capabilities import Sides

TOTALS = ("total_n", "total_adc")
CUT_NOTE = "incomplete, left out"
"""What the fact ``last_row`` says when the file ends within a row."""


def sample_table(
    time_s: NDArray[np.float64], columns: Mapping[str, NDArray[np.float64]]
) -> pd.DataFrame:
    """Return a SampleTable of one side.

    Parameters
    ----------
    time_s : ndarray, (n,)
        The file's clock in s.
    columns : mapping of str to ndarray, (n,) each
        Sensor columns by their name in the table, in the unit of that name.

    Returns
    -------
    SampleTable, (n,) rows
        Columns without a single number are left out.
    """
    seen = {name: values for name, values in columns.items() if not np.isnan(values).all()}
    lead = {
        "host_time_s": np.full(len(time_s), np.nan),
        "device_time_s": time_s,
        "segment": np.zeros(len(time_s), dtype=np.int64),
    }
    return pd.DataFrame(lead | seen)


def assemble(
    importer: str,
    samples: Mapping[str, pd.DataFrame],
    regions: Mapping[str, Mapping[str, str]],
    facts: Mapping[str, str],
    rate_hz: float,
) -> Imported:
    """Return what a file holds, without the sides that have no force at all.

    Parameters
    ----------
    importer : str
        Name of the importer.
    samples : mapping of role to SampleTable
        Every side that the file has columns for.
    regions : mapping of role to mapping of str to str
        Force column → region of the sole, "" where the documents do not tell.
    facts : mapping of str to str
        What the file says of itself.
    rate_hz : float
        Rate of the rows in Hz.

    Raises
    ------
    FormatError
        If no side has a single force.
    """
    loaded = {role: table for role, table in samples.items() if _total_of(table)}
    if not loaded:
        raise FormatError(importer, 0, "has no force in any row; check what was exported")
    empty = {f"empty_{role}": "no force in any row" for role in samples if role not in loaded}
    sensors = {role: _sensor_map(table, regions[role]) for role, table in loaded.items()}
    capabilities = _capabilities(loaded, sensors, rate_hz)
    return Imported(importer, loaded, sensors, capabilities, {**facts, **empty})


def _total_of(table: pd.DataFrame) -> str:
    return next((name for name in TOTALS if name in table.columns), "")


def _sensor_map(table: pd.DataFrame, regions: Mapping[str, str]) -> pd.DataFrame:
    nan = float("nan")  # no export tells where on the sole a sensor lies
    return tables.sensor_map(
        (column, region, nan, nan, nan)
        for column, region in regions.items()
        if column in table.columns
    )


def _capabilities(
    samples: Mapping[str, pd.DataFrame], sensors: Mapping[str, pd.DataFrame], rate_hz: float
) -> Capabilities:
    regions = set.intersection(*(set(sensor_map["region"]) for sensor_map in sensors.values()))
    unit: Literal["N", "adc"]
    unit = "N" if all(_total_of(table) == "total_n" for table in samples.values()) else "adc"
    return Capabilities(
        regions=tuple(region for region in tables.REGIONS if region in regions),
        imu=_all_have(samples, (*tables.ACC, *tables.GYRO)),
        cop=_all_have(samples, tables.COP),
        rate_hz=rate_hz,
        sides=_sides(set(samples)),
        unit=unit,
    )


def _all_have(samples: Mapping[str, pd.DataFrame], columns: Iterable[str]) -> bool:
    return all(column in table.columns for column in columns for table in samples.values())


def _sides(roles: set[str]) -> Sides:
    if roles == {"left", "right"}:
        return "both"
    if roles == {"plate"}:
        return "merged"
    return "left" if "left" in roles else "right"
