"""Samples of both sides on one uniform grid: holes stay holes, short ones are bridged."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from insole import tables
from insole.align.gap import BRIDGE_S
from insole.align.grid import to_grid
from insole.errors import AlignError, TableError

RATE_HZ = 100.0


def side(time_s, **columns):
    time_s = np.asarray(time_s, dtype=np.float64)
    columns = columns or {"total_n": 100.0 * time_s}
    return pd.DataFrame({"time_s": time_s, **columns})


def grid_times(n: int, rate_hz: float = RATE_HZ):
    return np.arange(n) / rate_hz


def without(samples, *missing: range):
    return samples.drop(index=[i for part in missing for i in part])


def test_samples_on_the_grid_stay_as_they_are():
    force = to_grid({"left": side(grid_times(101))}, RATE_HZ)
    assert force["left_n"].to_numpy() == pytest.approx(100.0 * grid_times(101))
    assert force["left_ok"].all()
    assert not force["left_lost"].any()


def test_samples_between_grid_points_are_interpolated():
    force = to_grid(
        {"left": side(grid_times(101)), "right": side(grid_times(100) + 0.004)}, RATE_HZ
    )
    inner = force.iloc[1:100]
    assert inner["right_n"].to_numpy() == pytest.approx(100.0 * inner.index.to_numpy())


def test_the_earliest_sample_of_any_side_is_time_zero():
    force = to_grid({"left": side(5.0 + grid_times(300)), "right": side(6.0 + grid_times(300))},
                    RATE_HZ)  # fmt: skip
    assert force.index[0] == 0.0
    assert force.index[-1] == pytest.approx(3.99)
    assert not force["right_ok"].iloc[:99].any()
    assert force["right_ok"].iloc[100:].all()
    assert force["right_n"].iloc[:99].isna().all()
    assert not force["left_ok"].iloc[301:].any()
    assert force["left_lost"].iloc[301:].all()


@pytest.mark.parametrize(("lost", "bridged"), [(1, True), (5, True), (10, True), (11, False)])
@pytest.mark.parametrize("start_s", [0.0, 1.0, 7.3])
def test_a_tenth_of_a_second_is_bridged_and_no_more(lost, bridged, start_s):
    assert pytest.approx(0.1) == BRIDGE_S
    whole = side(start_s + grid_times(100))
    force = to_grid({"left": without(whole, range(40, 40 + lost))}, RATE_HZ)
    hole = force.iloc[40 : 40 + lost]
    assert hole["left_ok"].all() == bridged
    assert hole["left_n"].notna().all() == bridged
    assert hole["left_lost"].all()
    assert force["left_lost"].sum() == lost
    assert force["left_ok"].sum() == 100 - (0 if bridged else lost)
    if bridged:
        assert hole["left_n"].to_numpy() == pytest.approx(100.0 * (start_s + hole.index.to_numpy()))


def test_a_sample_without_a_total_is_lost_as_a_whole():
    total = np.ones(100)
    total[30:60] = np.nan
    force = to_grid({"left": side(grid_times(100), total_n=total, heel_n=np.ones(100))}, RATE_HZ)
    assert force["left_heel_n"].iloc[30:60].isna().all()
    assert force["left_heel_n"].drop(force.index[30:60]).notna().all()
    assert not force["left_ok"].iloc[30:60].any()


def test_a_region_may_be_missing_while_the_total_is_there():
    heel = np.ones(100)
    heel[50] = np.nan
    force = to_grid({"left": side(grid_times(100), total_n=np.ones(100), heel_n=heel)}, RATE_HZ)
    assert force["left_ok"].all()
    assert force["left_heel_n"].isna().sum() == 1


def test_an_inertial_sensor_loses_samples_of_its_own():
    columns = {name: np.ones(100) for name in (*tables.ACC, *tables.GYRO)}
    columns["acc_x_g"][20:40] = np.nan
    total = np.ones(100)
    total[60:80] = np.nan
    force = to_grid({"left": side(grid_times(100), total_n=total, **columns)}, RATE_HZ)
    assert force["left_gyro_z_dps"].iloc[20:40].isna().all()
    assert force["left_acc_x_g"].iloc[60:80].notna().all()
    assert force["left_ok"].iloc[20:40].all()
    assert not force["left_ok"].iloc[60:80].any()


def test_a_total_that_is_nowhere_valid_leaves_an_empty_side():
    force = to_grid(
        {"left": side(grid_times(50)), "right": side(grid_times(50), total_n=np.full(50, np.nan))},
        RATE_HZ,
    )
    assert force["right_n"].isna().all()
    assert not force["right_ok"].any()
    assert force["right_lost"].all()
    assert force["left_ok"].all()


def test_a_side_without_rows_stands_empty_beside_the_other():
    force = to_grid({"left": side(grid_times(50)), "right": side([])}, RATE_HZ)
    assert len(force) == 50
    assert force["right_n"].isna().all()


def test_one_side_alone_is_a_table():
    assert tables.sides_of(to_grid({"right": side(grid_times(50))}, RATE_HZ)) == ("right",)


def test_one_sample_is_a_table_of_one_row():
    force = to_grid({"left": side([3.0], total_n=[400.0])}, RATE_HZ)
    assert force["left_n"].tolist() == [400.0]
    assert force["left_ok"].tolist() == [True]


@pytest.mark.parametrize("unit", tables.FORCE_SUFFIXES)
def test_the_unit_of_force_stays_in_the_name(unit):
    samples = side(grid_times(10), **{f"total_{unit}": np.ones(10), f"heel_{unit}": np.ones(10)})
    force = to_grid({"left": samples}, RATE_HZ)
    assert {f"left_{unit}", f"left_heel_{unit}"} <= set(force.columns)


def test_a_thousand_samples_a_second_are_fine():
    force = to_grid({"plate": side(grid_times(5001, 1000.0))}, 1000.0)
    assert len(force) == 5001
    assert not force["plate_lost"].any()
    assert tables.rate_hz(force) == 1000.0


def test_a_side_slower_than_the_grid_is_not_thought_to_lose_samples():
    slow, fast = side(grid_times(26, 25.0)), side(grid_times(101))
    force = to_grid({"left": slow, "right": fast}, RATE_HZ)
    assert force["left_ok"].all()
    assert not force["left_lost"].any()
    assert force["left_n"].to_numpy() == pytest.approx(100.0 * force.index.to_numpy())


@pytest.mark.parametrize("sides", [{}, {"left": side([])}])
def test_no_sample_is_an_error(sides):
    with pytest.raises(AlignError, match="holds no samples"):
        to_grid(sides, RATE_HZ)


@pytest.mark.parametrize(
    ("time_s", "rate_hz"),
    [([0.0, 90_000.0], 1.0), ([0.0, 80_000.0], 1000.0), ([1.0, 0.9, 2.0], RATE_HZ),
     ([2.0, 1.0], RATE_HZ), ([0.0, np.nan], RATE_HZ), ([0.0, np.nan, 1.0], RATE_HZ)],
)  # fmt: skip
def test_times_that_no_session_has_are_an_error(time_s, rate_hz):
    with pytest.raises(AlignError, match="check the time column"):
        to_grid({"left": side(time_s)}, rate_hz)


def test_a_side_without_a_total_is_an_error():
    with pytest.raises(TableError, match="left has no total"):
        to_grid({"left": side(grid_times(5), heel_n=np.ones(5))}, RATE_HZ)


def test_feet_that_were_not_recorded_together_are_an_error():
    apart = {"left": side(grid_times(100)), "right": side(15.0 + grid_times(100))}
    with pytest.raises(AlignError, match=r"left ends 14 s before right begins"):
        to_grid(apart, RATE_HZ)


def test_feet_of_which_one_takes_over_from_the_other_are_a_table():
    force = to_grid({"left": side(grid_times(100)), "right": side(5.0 + grid_times(100))}, RATE_HZ)
    assert not (force["left_ok"] & force["right_ok"]).any()


def test_a_plate_may_end_before_the_feet_begin():
    force = to_grid({"plate": side(grid_times(100)), "left": side(5.0 + grid_times(100))}, RATE_HZ)
    assert len(force) == 600


def test_a_sensor_without_losses_of_its_own_stands_as_the_loads_do():
    values = np.arange(100.0)
    lossy = side(grid_times(100), total_n=values, acc_x_g=values).drop(index=range(40, 45))
    force = to_grid({"left": lossy}, RATE_HZ)
    assert force["left_acc_x_g"].to_numpy() == pytest.approx(force["left_n"].to_numpy())
