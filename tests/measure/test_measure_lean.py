"""Leans: the heels are empty, and the middle of the feet is not."""

import numpy as np
import pytest
from feet import feet, heel_up, report_of, stand

from insole.detect.loading import PairUp
from insole.measure.lean import LeanParams, without_leans

N = 1000
QUIET = np.arange(N) < 500
PAIR = PairUp(600, 900, "both", 3.0)


def kept(left, right, *, pair=PAIR, quiet=QUIET, standing=100.0):
    """Return whether a heel-up stays in which the midfeet bear so many newtons."""
    totals = {side: np.full(N, 400.0) for side in ("left", "right")}
    midfoot = {"left": np.full(N, standing), "right": np.full(N, standing)}
    midfoot["left"][600:900], midfoot["right"][600:900] = left, right
    on = dict.fromkeys(totals, quiet)
    return without_leans([pair], midfoot, totals, on, LeanParams()) == [pair]


@pytest.mark.parametrize(
    ("left", "right", "raised"),
    [(0, 0, True), (14, 14, True), (16, 16, False), (60, 60, False), (5, 20, True)],
)
def test_the_mean_of_the_midfeet_tells_a_lean_from_a_raise(left, right, raised):
    assert kept(left, right) == raised


def test_only_the_foot_that_works_is_asked():
    assert kept(0, 100, pair=PairUp(600, 900, "left", 3.0))
    assert not kept(100, 0, pair=PairUp(600, 900, "left", 3.0))


def test_a_high_arch_and_a_person_who_never_stood_tell_nothing():
    assert kept(60, 60, standing=10.0)
    assert kept(60, 60, quiet=np.zeros(N, dtype=bool))


@pytest.mark.parametrize(("imu", "found"), [(False, 0), (True, 1)])
def test_a_heel_up_with_loaded_midfeet_counts_only_if_height_was_seen(imu, found):
    force = feet(stand(6), heel_up(1.0, 2.0, 5.0), stand(6))
    up = (force.index > 5.9) & (force.index < 14.1)
    for side in ("left", "right"):
        force.loc[up, f"{side}_midfoot_n"] = 80.0
    if not imu:
        force = force[[c for c in force.columns if "acc" not in c and "gyro" not in c]]
    assert len(report_of(force).raises) == found
