"""Heels that touch the floor and go: what only height tells."""

import numpy as np
import pytest

from insole.detect.loading import PairUp
from insole.measure.edge import FootUp
from insole.measure.touch import TouchParams, split_touches

RATE_HZ = 100.0
START = 200
PAIR = PairUp(START, START + 600, "both", 3.0)


def up(start, end):
    return FootUp(start, start, end, end, 150.0, 0.0, 3.0, "edge_line", "edge_line")


def split(low_mm, *, low_s=0.3, load_n=20.0, pair=PAIR, feet=None):
    """Two raises of 2.5 s with `low_mm` between them; the heels bear `load_n` 0.1 s into that."""
    height = np.full(600, 60.0)
    height[:20] = height[-20:] = 0.0
    height[300 : 300 + round(low_s * RATE_HZ)] = low_mm
    heel = np.full(1000, 1.0)
    heel[START + 310] += load_n
    return split_touches(
        [pair],
        feet or {"left": [up(200.5, 801.0)], "right": [up(199.0, 800.0)]},
        [height],
        {"left": heel, "right": heel},
        rate_hz=RATE_HZ,
        params=TouchParams(),
    )


def test_a_touch_makes_two_of_one_heel_up_at_the_moment_of_most_load():
    pairs, feet = split(1.0)
    assert [(p.start, p.end, p.side) for p in pairs] == [(200, 510, "both"), (510, 800, "both")]
    assert [(u.off, u.contact) for u in feet["left"]] == [(200.5, 510.0), (510.0, 801.0)]
    first, second = feet["right"]
    assert (first.contact_method, second.off_method) == ("imu_touch", "imu_touch")
    assert (first.off_method, second.contact_method) == ("edge_line", "edge_line")


@pytest.mark.parametrize(("low_mm", "low_s"), [(5.0, 0.3), (30.0, 1.0), (1.0, 2.1)])
def test_what_stays_above_the_floor_or_stands_on_it_for_long_is_no_touch(low_mm, low_s):
    pairs, feet = split(low_mm, low_s=low_s)
    assert pairs == [PAIR]
    assert len(feet["left"]) == len(feet["right"]) == 1


def test_only_the_feet_that_were_up_then_are_cut():
    _, feet = split(1.0, feet={"left": [up(200.0, 800.0)], "right": [up(50.0, 90.0)]})
    assert [len(feet[side]) for side in ("left", "right")] == [2, 1]


def test_without_heights_nothing_is_cut():
    for heights in ([None], [np.full(600, np.nan)]):
        pairs, _ = split_touches(
            [PAIR], {}, heights, {"left": np.zeros(1000)}, rate_hz=RATE_HZ, params=TouchParams()
        )
        assert pairs == [PAIR]
