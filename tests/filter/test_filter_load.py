"""Total and heel load by the short way are those of the long one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from insole import tables
from insole.filter.feature import side_features
from insole.filter.load import FootLoads

REGIONS = ("heel", "heel", "midfoot", "forefoot", "hallux")
CELLS = [f"cell_{k:02d}_n" for k in range(1, 6)]


def sole(regions=REGIONS):
    places = enumerate(zip(CELLS, regions, strict=True))
    return tables.sensor_map((name, region, 0.0, float(k), 100.0) for k, (name, region) in places)


def rows(values, total=None):
    table = pd.DataFrame(np.asarray(values, dtype=np.float64), columns=CELLS)
    return table if total is None else table.assign(total_n=total)


@given(
    st.lists(
        st.lists(st.one_of(st.just(np.nan), st.floats(-5.0, 400.0)), min_size=5, max_size=5),
        min_size=1,
        max_size=6,
    ),
    st.booleans(),
    st.sampled_from([REGIONS, ("",) * 5, ("midfoot",) * 5]),
)
def test_both_ways_give_the_same(values, has_total, regions):
    total = np.arange(len(values), dtype=np.float64) if has_total else None
    table = rows(values, total)
    loads = FootLoads(sole(regions), "n").of(table)
    features = side_features(table.assign(time_s=0.0), sole(regions))
    assert loads[:, 0] == pytest.approx(features["total_n"].to_numpy(), nan_ok=True)
    heel = features["heel_n"].to_numpy() if "heel_n" in features else np.full(len(values), np.nan)
    assert loads[:, 1] == pytest.approx(heel, nan_ok=True)


def test_a_lost_total_loses_the_heel_too():
    loads = FootLoads(sole(), "n").of(rows(np.ones((2, 5)), total=[np.nan, 7.0]))
    assert np.isnan(loads[0]).all()
    assert loads[1].tolist() == [7.0, 2.0]


def test_a_plate_has_a_total_and_no_heel():
    table = pd.DataFrame({"total_n": [700.0, 701.0]})
    loads = FootLoads(tables.sensor_map(), "n").of(table)
    assert loads[:, 0].tolist() == [700.0, 701.0]
    assert np.isnan(loads[:, 1]).all()
