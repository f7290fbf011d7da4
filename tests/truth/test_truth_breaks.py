"""Holds of simulated people in which a heel touches the floor, for half a second or for two."""

import numpy as np
import pytest
from simulated import simulated

from insole.sim import slip

HOLD = """
name = "touched_for_{touch_s}_s"
description = "A hold of 45 s in which a heel touches the floor for {touch_s} s"
[[block]]
kind = "stand"
duration_s = 8.0
[[block]]
kind = "hold"
up_s = 1.5
top_s = 45.0
down_s = 2.0
mistakes = ["touch"]
[[block]]
kind = "stand"
duration_s = 6.0
"""


SEEDS = range(2100, 2110)


def touched(touch_s, seed):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(slip, "TOUCH_S", (touch_s, touch_s))
        return simulated(HOLD.format(touch_s=touch_s), seed)


def error_s(row, truth):
    both = truth.events[truth.events["side"] == "both"].set_index("event")["t_true_s"]
    return row.duration_s.value - (both["lowering_onset"] - both["top_reached"])


@pytest.mark.parametrize(
    "seeds", [SEEDS[:1], pytest.param(SEEDS, marks=pytest.mark.slow)], ids=["one", "ten"]
)
def test_a_touch_of_half_a_second_leaves_one_hold_with_one_break(seeds):
    away_s = []
    for seed in seeds:
        one = touched(0.5, seed)
        (row,) = one.report.holds
        assert not one.report.raises
        assert row.breaks == 1
        assert 1.0 < row.duration_s.value - row.total_s.value < 1.5
        away_s.append(abs(error_s(row, one.truth)))
    assert np.percentile(away_s, 90) <= 0.3
    assert max(away_s) <= 0.35


@pytest.mark.parametrize(
    "seed", [SEEDS[0], *(pytest.param(s, marks=pytest.mark.slow) for s in SEEDS[1:5])]
)
def test_a_touch_of_two_seconds_makes_two_holds(seed):
    found = touched(2.0, seed).report
    assert [row.breaks for row in found.holds] == [0, 0]
    assert not found.raises
    assert [row.rounds for row in found.sets] == [2]
