"""From single cells to total, regions and centre of pressure, with cells missing or not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from insole import tables
from insole.errors import TableError
from insole.filter.feature import COP_FROM_N, ONE_THREAD, side_features

NAN = float("nan")
CELLS = tables.sensor_map(
    [
        ("cell_01_n", "heel", -10.0, 20.0, 100.0),
        ("cell_02_n", "heel", 10.0, 20.0, 100.0),
        ("cell_03_n", "heel", 0.0, 40.0, 100.0),
        ("cell_04_n", "midfoot", 0.0, 100.0, 100.0),
        ("cell_05_n", "forefoot", -20.0, 180.0, 100.0),
        ("cell_06_n", "forefoot", 0.0, 190.0, 100.0),
        ("cell_07_n", "forefoot", 20.0, 180.0, 100.0),
        ("cell_08_n", "hallux", -20.0, 240.0, 100.0),
    ]
)
ZONES = tables.sensor_map([(f"{region}_n", region, NAN, NAN, NAN)
                           for region in ("forefoot", "midfoot", "heel")])  # fmt: skip


def cells(*rows, **more):
    table = pd.DataFrame(np.array(rows, dtype=float), columns=CELLS["column"])
    return table.assign(time_s=np.arange(len(rows)) * 0.01, **more)


def one(features: pd.DataFrame) -> pd.Series:
    return features.iloc[0]


def test_total_and_regions_are_sums_of_cells():
    row = one(side_features(cells([10, 20, 30, 40, 50, 60, 70, 80]), CELLS))
    assert row["total_n"] == 360.0
    assert row[["heel_n", "midfoot_n", "forefoot_n", "hallux_n"]].tolist() == [60, 40, 180, 80]
    assert "toes_n" not in row.index


def test_a_total_that_the_device_sends_is_taken_as_it_is():
    row = one(side_features(cells([10] * 8, total_n=500.0), CELLS))
    assert row["total_n"] == 500.0
    assert row["heel_n"] == 30.0


def test_a_total_beside_zones_that_are_all_missing_is_a_lost_packet():
    samples = pd.DataFrame(
        {"time_s": [0.0], "total_n": [0.0], **{c: [NAN] for c in ZONES["column"]}}
    )
    assert np.isnan(one(side_features(samples, ZONES))["total_n"])


def test_a_zone_may_be_missing_beside_a_total_that_the_device_sends():
    samples = pd.DataFrame(
        {
            "time_s": [0.0],
            "total_n": [300.0],
            "heel_n": [NAN],
            "midfoot_n": [50.0],
            "forefoot_n": 90.0,
        }
    )
    row = one(side_features(samples, ZONES))
    assert row["total_n"] == 300.0
    assert row["forefoot_n"] == 90.0
    assert np.isnan(row["heel_n"])


def test_a_missing_cell_counts_as_the_mean_of_its_region():
    """One of three heel cells is out for good: neither the heel nor the sole is lost."""
    row = one(side_features(cells([10, NAN, 30, 40, 50, 60, 70, 80]), CELLS))
    assert row["heel_n"] == 60.0
    assert row["total_n"] == 360.0


def test_regions_sum_to_the_total_even_if_cells_are_missing():
    row = one(side_features(cells([10, NAN, 30, 40, NAN, 60, 70, 80]), CELLS))
    regions = [f"{region}_n" for region in ("heel", "midfoot", "forefoot", "hallux")]
    assert row[regions].sum() == pytest.approx(row["total_n"])


def test_a_region_without_any_cell_has_no_load_and_costs_no_sample():
    row = one(side_features(cells([10, 20, 30, NAN, 50, 60, 70, 80]), CELLS))
    assert np.isnan(row["midfoot_n"])
    assert row["total_n"] == pytest.approx(320.0 + 320.0 / 7)


def test_most_of_a_region_missing_is_no_load():
    row = one(side_features(cells([10, NAN, NAN, 40, 50, 60, 70, 80]), CELLS))
    assert np.isnan(row["heel_n"])
    assert np.isfinite(row["total_n"])


@pytest.mark.parametrize(("missing", "lost"), [(2, False), (3, True), (8, True)])
def test_more_than_a_quarter_of_the_cells_missing_lose_the_row(missing, lost):
    loads = np.full(8, 50.0)
    loads[[0, 4, 7, 1, 2, 3, 5, 6][:missing]] = NAN
    row = one(side_features(cells(loads), CELLS))
    assert np.isnan(row["total_n"]) == lost
    assert np.isnan(row["heel_n"]) == lost
    assert np.isnan(row["cop_ap_mm"]) == lost


def test_a_side_without_sensors_has_no_load_rather_than_none():
    """A missing value is NaN, never 0: 0 N would be a foot in the air."""
    features = side_features(pd.DataFrame({"time_s": [0.0, 0.01]}), tables.sensor_map())
    assert features["total_n"].isna().all()


def test_a_total_alone_is_enough():
    samples = pd.DataFrame({"time_s": [0.0], "total_n": [400.0]})
    assert one(side_features(samples, tables.sensor_map()))["total_n"] == 400.0


def test_a_mapped_sensor_without_column_is_an_error():
    with pytest.raises(TableError, match="cell_01_n"):
        side_features(pd.DataFrame({"time_s": [0.0]}), CELLS)


def test_centre_of_pressure_of_a_known_load():
    row = one(side_features(cells([0, 0, 100, 0, 0, 100, 0, 0]), CELLS))
    assert row["cop_ap_mm"] == pytest.approx((40 + 190) / 2)
    assert row["cop_ml_mm"] == pytest.approx(0.0)
    row = one(side_features(cells([0, 300, 0, 0, 0, 0, 0, 100]), CELLS))
    assert row["cop_ap_mm"] == pytest.approx((3 * 20 + 240) / 4)
    assert row["cop_ml_mm"] == pytest.approx((3 * 10 - 20) / 4)


def test_cells_that_read_below_zero_do_not_pull_the_centre_out_of_the_sole():
    row = one(side_features(cells([0, 0, 0, 0, 0, 200, 0, -60]), CELLS))
    assert row["cop_ap_mm"] == pytest.approx(190.0)


@pytest.mark.parametrize(("load", "known"), [(COP_FROM_N + 1, True), (COP_FROM_N - 1, False)])
def test_a_foot_in_the_air_has_no_centre_of_pressure(load, known):
    row = one(side_features(cells([load, 0, 0, 0, 0, 0, 0, 0]), CELLS))
    assert np.isfinite(row["cop_ap_mm"]) == known


def test_a_total_beside_cells_that_feel_nothing_has_no_centre_of_pressure():
    row = one(side_features(cells([0] * 8, total_n=400.0), CELLS))
    assert np.isnan(row["cop_ap_mm"])


def test_body_weights_and_counts_have_a_centre_of_pressure_too():
    for unit, load in (("bw", 0.1), ("adc", 900.0)):
        mapped = CELLS.assign(column=CELLS["column"].str.replace("_n", f"_{unit}"))
        samples = cells([load] * 8).rename(columns=lambda c, unit=unit: c.replace("_n", f"_{unit}"))
        row = one(side_features(samples, mapped))
        assert row[f"total_{unit}"] == pytest.approx(8 * load)
        assert row["cop_ap_mm"] == pytest.approx(CELLS["y_mm"].mean())


def test_a_centre_of_pressure_that_the_device_sends_is_taken_as_it_is():
    row = one(side_features(cells([50] * 8, cop_ap_mm=123.0), CELLS))
    assert row["cop_ap_mm"] == 123.0
    assert "cop_ml_mm" not in row.index


def test_sensors_without_a_place_give_no_centre_of_pressure():
    zones = pd.DataFrame({"time_s": [0.0], **{c: [99.0] for c in ZONES["column"]}})
    features = side_features(zones, ZONES)
    assert not {*tables.COP} & {*features.columns}


def test_inertial_columns_pass_unchanged():
    motion = {name: [0.5] for name in (*tables.ACC, *tables.GYRO)}
    row = one(side_features(cells([50] * 8, **motion), CELLS))
    assert row[[*motion]].tolist() == [0.5] * 6


def test_no_rows_stay_no_rows():
    assert len(side_features(cells([1] * 8).iloc[:0], CELLS)) == 0


def test_the_centre_of_pressure_of_many_rows_is_that_of_each():
    """It is worked out in parts, of which the last is shorter."""
    rows = np.random.default_rng(1).uniform(5.0, 60.0, (2 * ONE_THREAD // 8 + 3, 8))
    places = CELLS[["y_mm", "x_mm"]].to_numpy()
    many = side_features(cells(*rows), CELLS)[["cop_ap_mm", "cop_ml_mm"]].to_numpy()
    assert many == pytest.approx(rows @ places / rows.sum(axis=1, keepdims=True))
