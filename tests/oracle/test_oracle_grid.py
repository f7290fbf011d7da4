"""The grid against a slow loop that looks at one point after the other."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from insole.align.gap import BRIDGE_S
from insole.align.grid import to_grid

RATE_HZ = 100.0
PERIOD_S = 1.0 / RATE_HZ


def plainly(time_s, total, point_s):
    """Return (value, ok, lost) of one grid point."""
    known = [(t, v) for t, v in zip(time_s, total, strict=True) if math.isfinite(v)]
    if not known:
        return math.nan, False, True
    nearest = min(abs(t - point_s) for t, _ in known)
    lost = nearest > 0.75 * PERIOD_S
    before = [(t, v) for t, v in known if t <= point_s + 1e-9]
    after = [(t, v) for t, v in known if t >= point_s - 1e-9]
    if not before or not after:
        value, outside = (after[0][1], after[0][0] - point_s) if after else (
            before[-1][1], point_s - before[-1][0]
        )  # fmt: skip
        near = outside <= 0.5 * PERIOD_S
        return (value, True, lost) if near else (math.nan, False, True)
    (t0, v0), (t1, v1) = before[-1], after[0]
    if t1 - t0 - PERIOD_S > BRIDGE_S + 1e-9:
        return math.nan, False, lost
    part = (point_s - t0) / (t1 - t0) if t1 > t0 else 0.0
    return v0 + part * (v1 - v0), True, lost


@given(
    steps=st.lists(st.sampled_from([1, 1, 1, 1, 2, 5, 10, 11, 12, 30]), min_size=1, max_size=40),
    shift=st.sampled_from([0.0, 0.1, 0.3, 0.4, 0.6, 0.8]),  # of a period; no ties
    lost=st.lists(st.integers(0, 40), max_size=8),
    seed=st.integers(0, 2**32 - 1),
)
def test_each_point_is_what_its_neighbours_say(steps, shift, lost, seed):
    rng = np.random.default_rng(seed)
    time_s = (np.cumsum([0, *steps]) + shift) * PERIOD_S
    total = rng.normal(400.0, 50.0, len(time_s))
    total[[k for k in lost if k < len(total)]] = np.nan
    # the other side makes the period known and starts the session
    clock = np.arange(round(time_s[-1] * RATE_HZ) + 3) * PERIOD_S
    force = to_grid(
        {
            "left": pd.DataFrame({"time_s": clock, "total_n": 0.0}),
            "right": pd.DataFrame({"time_s": _at_rate(time_s), "total_n": _between(time_s, total)}),
        },
        RATE_HZ,
    )
    for point_s, row in zip(force.index, force.itertuples(), strict=True):
        value, ok, missing = plainly(time_s, total, point_s)
        assert row.right_ok == ok
        assert row.right_lost == missing
        np.testing.assert_allclose(row.right_n, value, rtol=1e-6)


def _at_rate(time_s):
    """All times due from first to last, so that the side's own period is the grid's."""
    return time_s[0] + np.arange(round((time_s[-1] - time_s[0]) * RATE_HZ) + 1) * PERIOD_S


def _between(time_s, total):
    """Place each total at its time; the times without one are lost."""
    placed = np.full(len(_at_rate(time_s)), np.nan)
    placed[np.rint((time_s - time_s[0]) * RATE_HZ).astype(int)] = total
    return placed
