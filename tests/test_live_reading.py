"""A few rows read at once, and kept on the grid: the numbers are those of a whole session."""

import numpy as np
import pandas as pd
import pytest

from insole import tables
from insole.filter.feature import side_features
from insole.filter.height import HeightParams
from insole.live.history import ROOM, History
from insole.live.reading import COLUMNS, FORCE, Reader
from insole.live.tilt import Tilt

REGIONS = ("hallux", "forefoot_medial", "forefoot_lateral", "midfoot", "heel", "heel")


def sole(regions=REGIONS):
    return tables.sensor_map(
        (f"cell_{k + 1:02d}_n", region, 10.0 * (k % 3), 40.0 * k, np.nan)
        for k, region in enumerate(regions)
    )


def rows(cells, **others):
    columns = {f"cell_{k + 1:02d}_n": column for k, column in enumerate(np.asarray(cells).T)}
    return pd.DataFrame(columns | others)


def arrays(table):
    return {name: table[name].to_numpy() for name in table}


def expected(table, sensors, unit="n"):
    features = side_features(table.assign(time_s=0.0), sensors)
    names = [n if n in {*tables.COP, *COLUMNS[len(FORCE) :]} else f"{n}_{unit}" for n in COLUMNS]
    return np.column_stack(
        [features[n] if n in features else np.full(len(table), np.nan) for n in names]
    )


def some_cells(n=40, seed=0):
    rng = np.random.default_rng(seed)
    cells = rng.uniform(-5.0, 120.0, (n, len(REGIONS)))
    cells[:5] = rng.uniform(-3.0, 6.0, (5, len(REGIONS)))  # too little for a centre of pressure
    return cells


@pytest.mark.parametrize("lost", ["nothing", "a cell", "a sample", "the total"])
@pytest.mark.parametrize("own_total", [False, True])
@pytest.mark.parametrize("imu", [False, True])
def test_rows_tell_what_the_features_of_a_session_tell(lost, own_total, imu):
    cells = some_cells()
    others = {"total_n": cells.sum(axis=1) + 3.0} if own_total else {}
    if imu:
        motion = np.random.default_rng(1).normal(size=(6, len(cells)))
        others |= dict(zip((*tables.ACC, *tables.GYRO), motion, strict=True))
        others["acc_x_g"][7] = np.nan
    if lost == "a cell":
        cells[10:14, 2] = np.nan
    if lost == "a sample":
        cells[20:22] = np.nan
    if lost == "the total" and own_total:
        others["total_n"][5] = np.nan
    table = rows(cells, **others)
    reader = Reader(sole(), "n", tuple(table.columns))
    np.testing.assert_allclose(reader.of(arrays(table)), expected(table, sole()), rtol=1e-12)


def test_what_a_device_does_not_tell_is_not_known():
    table = rows(some_cells())
    known = Reader(sole(), "n", tuple(table.columns)).known
    assert known == {"total", *REGIONS, *tables.COP}
    plate = pd.DataFrame({"total_n": [7.0, np.nan]})
    reader = Reader(tables.sensor_map(), "n", ("total_n",))
    assert reader.known == {"total"}
    np.testing.assert_array_equal(reader.of(arrays(plate))[:, 0], [7.0, np.nan])
    assert np.isnan(reader.of(arrays(plate))[:, 1:]).all()


def test_soles_without_a_heel_tell_none():
    regions = ("hallux", "midfoot", "midfoot")
    table = rows(np.ones((4, 3)))
    values = Reader(sole(regions), "n", tuple(table.columns)).of(arrays(table))
    assert np.isnan(values[:, COLUMNS.index("heel")]).all()
    np.testing.assert_array_equal(values[:, 0], 3.0)


# What is kept -----------------------------------------------------------------------------------


@pytest.mark.parametrize("step", [1, 7, 990, 2 * ROOM])
def test_what_is_kept_is_a_force_table_however_it_came(step):
    n = 2 * ROOM + 123
    values = np.random.default_rng(0).normal(size=(n, 3))
    ok = np.arange(n) % 10 > 0
    history = History(["left"], ("total", "heel", "cop_ml_mm"), "bw", 50.0)
    for a in range(0, n if step > 1 else 200, step):
        part = slice(a, min(a + step, n))
        history.append({"left": values[part]}, {"left": ok[part]})
    end = history.end
    table = tables.check_force(history.table(100, end, {"left": {"total", "heel"}}))
    assert list(table.columns) == ["left_bw", "left_heel_bw", "left_ok"]
    assert tables.rate_hz(table) == pytest.approx(50.0)
    np.testing.assert_array_equal(table["left_heel_bw"], values[100:end, 1])
    np.testing.assert_array_equal(table["left_ok"], ok[100:end])


def test_what_is_forgotten_gives_its_room_back():
    history = History(["left"], ("total",), "n", 100.0)
    for k in range(50):
        count = np.full((ROOM // 2, 1), float(k))
        history.append({"left": count}, {"left": np.ones(ROOM // 2, dtype=bool)})
        history.drop_before(history.end - 1000)
    assert history.end - history.start == 1000
    assert len(history.part("left", history.start, history.end).base[0]) <= 4 * ROOM
    assert (history.part("left", history.start, history.end) == 49.0).all()


# Height as it goes ------------------------------------------------------------------------------


def turned(pitch_deg):
    """Return gravity as a sensor sees it, mounted askew and turned about its own axis, (3, n)."""
    angle = np.radians(pitch_deg)
    gravity = np.vstack([np.sin(angle), np.zeros_like(angle), np.cos(angle)])
    askew, _ = np.linalg.qr(np.random.default_rng(3).normal(size=(3, 3)))
    return askew @ gravity


def test_the_height_of_a_heel_follows_its_tilt_whatever_way_the_sensor_lies():
    params = HeightParams()
    tilt = Tilt(100.0, params)
    pitch = np.concatenate([np.zeros(200), np.linspace(0, 30, 100), np.full(200, 30.0)])
    heights = [tilt.feed(turned(pitch[a : a + 10]), flat=a < 200) for a in range(0, len(pitch), 10)]
    assert heights[10] == pytest.approx(0.0, abs=0.1)
    lever_mm = params.lever_fraction * params.foot_length_mm
    assert heights[-1] == pytest.approx(lever_mm * np.sin(np.radians(30.0)), rel=0.01)
    at_once_mm = lever_mm * np.sin(np.radians(pitch[259]))
    tenth_before_mm = lever_mm * np.sin(np.radians(pitch[245]))
    assert tenth_before_mm < heights[25] < at_once_mm


def test_without_flat_standing_or_samples_there_is_no_height():
    tilt = Tilt(100.0, HeightParams())
    assert tilt.feed(turned(np.zeros(10)), flat=False) is None
    assert tilt.feed(np.full((3, 10), np.nan), flat=True) is None
    assert tilt.feed(turned(np.zeros(10)), flat=True) == pytest.approx(0.0, abs=1e-6)
