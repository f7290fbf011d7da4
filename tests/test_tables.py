"""Tables keep their promises, or say which one they break."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from insole import tables
from insole.errors import TableError


def samples(device_time_s=(0.0, 0.01, 0.02), segment=(0, 0, 0)):
    return pd.DataFrame(
        {"host_time_s": np.nan, "device_time_s": device_time_s, "segment": segment, "total_n": 1.0}
    )


def force(n=11, rate_hz=100.0, **columns):
    columns = columns or {"left_n": 1.0, "left_ok": True}
    return pd.DataFrame(columns, index=pd.Index(np.arange(n) / rate_hz, name="time_s"))


def test_a_sample_table_is_returned_as_it_is():
    table = samples()
    assert tables.check_samples(table) is table
    assert len(tables.check_samples(table.iloc[:0])) == 0


@pytest.mark.parametrize("column", tables.SAMPLE_COLUMNS)
def test_a_sample_table_needs_each_of_its_columns(column):
    with pytest.raises(TableError, match="is missing") as raised:
        tables.check_samples(samples().drop(columns=column))
    assert raised.value.column == column


def test_a_device_clock_that_runs_backwards_is_named_with_its_row():
    with pytest.raises(TableError, match="backwards at row 2"):
        tables.check_samples(samples((0.0, 0.02, 0.01)))


def test_a_device_clock_may_start_anew_with_a_new_connection():
    tables.check_samples(samples((5.0, 5.01, 0.0), (0, 0, 1)))


def test_a_force_table_is_returned_as_it_is():
    table = force()
    assert tables.check_force(table) is table
    assert len(tables.check_force(force(1))) == 1


def test_a_force_table_is_indexed_by_time():
    with pytest.raises(TableError, match="must be the index"):
        tables.check_force(force().reset_index())


def test_a_force_table_is_uniform():
    with pytest.raises(TableError, match="must be uniform"):
        tables.check_force(force().drop(index=0.05))


@pytest.mark.parametrize("columns", [{"left_n": 1.0}, {"left_ok": True}, {"left_heel_n": 1.0}])
def test_a_force_table_has_a_total_and_a_mask_of_some_side(columns):
    with pytest.raises(TableError, match="total and an ok mask"):
        tables.check_force(force(**columns))


@pytest.mark.parametrize("rate_hz", [25.0, 100.0, 66.666667, 1000.0])
def test_the_rate_is_read_from_the_index(rate_hz):
    assert tables.rate_hz(force(1001, rate_hz)) == pytest.approx(rate_hz, abs=1e-5)


@pytest.mark.parametrize("n", [0, 1])
def test_fewer_than_two_rows_have_no_rate(n):
    with pytest.raises(TableError, match="no rate"):
        tables.rate_hz(force(n))


@pytest.mark.parametrize("suffix", tables.FORCE_SUFFIXES)
@pytest.mark.parametrize("role", tables.ROLES)
def test_unit_and_roles_are_read_from_the_names(suffix, role):
    table = force(**{f"{role}_{suffix}": 1.0, f"{role}_ok": True, "pain_n": 3.0})
    assert tables.force_suffix(table) == suffix
    assert tables.sides_of(table) == (role,)


def test_roles_come_in_their_own_order_and_only_with_a_mask():
    table = force(plate_n=1.0, plate_ok=True, right_n=1.0, right_ok=True, left_n=1.0)
    assert tables.sides_of(table) == ("right", "plate")


def test_without_a_total_there_is_no_unit():
    with pytest.raises(TableError, match="no total"):
        tables.force_suffix(force(left_heel_n=1.0))


def test_a_sensor_map_is_built_from_rows():
    sensors = tables.sensor_map([("cell_01_n", "heel", 0.0, 20.0, 100.0)])
    assert list(sensors.columns) == list(tables.SENSOR_MAP_COLUMNS)
    assert sensors.loc[0, "region"] == "heel"


def test_a_sensor_map_may_be_empty_and_regions_unknown():
    assert tables.sensor_map().empty
    assert len(tables.sensor_map([("cell_01_n", "", np.nan, np.nan, np.nan)])) == 1


def test_a_region_that_nobody_knows_is_named():
    with pytest.raises(TableError, match="arch"):
        tables.sensor_map([("cell_01_n", "arch", 0.0, 0.0, 0.0)])


@pytest.mark.parametrize("column", tables.SENSOR_MAP_COLUMNS)
def test_a_sensor_map_needs_each_of_its_columns(column):
    with pytest.raises(TableError) as raised:
        tables.check_sensor_map(tables.sensor_map().drop(columns=column))
    assert raised.value.column == column
