"""The rate read from stamps: rounding, repeats, holes and broken stamps."""

from __future__ import annotations

import numpy as np
import pytest

from insole.importers.clock import estimate_rate_hz, is_moment


def test_repeats_and_jumps_of_a_rounded_clock():
    time_s = np.arange(1000) * 0.005
    time_s[50::60] -= 0.005
    assert estimate_rate_hz(time_s) == 200.0


def test_stamps_rounded_to_milliseconds_give_the_mean_rate():
    assert estimate_rate_hz(np.round(np.arange(600) / 60, 3)) == 60.0
    assert estimate_rate_hz(np.round(np.arange(6000) / 48.7, 3)) == pytest.approx(48.7, abs=0.02)


def test_holes_and_broken_stamps_stay_out():
    time_s = np.arange(400) * 0.01
    time_s[200:] += 30.0
    time_s[[100, 300]] = [np.nan, 1e18]
    assert estimate_rate_hz(time_s) == 100.0


def test_two_steps_far_apart_still_have_a_usual_one():
    assert estimate_rate_hz(np.array([0.0, 1.0, 101.0])) == 1.0


@pytest.mark.parametrize("time_s", [[], [1.0], [1.0, 1.0], [0.0, 5e-324], [np.nan, np.nan, 2.0]])
def test_stamps_that_never_advance_have_no_rate(time_s):
    assert np.isnan(estimate_rate_hz(np.array(time_s)))


def test_a_moment_must_exist():
    assert is_moment("2024-02-29T23:59:59.999")
    assert not is_moment("2023-02-29T00:00:00.000")
    assert not is_moment("2023-99-99T99:99:99.999")
