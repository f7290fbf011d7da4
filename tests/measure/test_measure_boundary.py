"""Top and lowering onset from a height, and the fall time."""

import numpy as np
import pytest

from insole.measure.boundary import BoundaryParams, fall_time_s, find_phases

RATE_HZ = 100.0


def course(up, top, down, *, power=2.0, height=80.0, sag=0.0, rate_hz=RATE_HZ):
    """Return a height that rises evenly, sags, and falls as time to a power until half-way."""
    time_s = np.arange(round((up + top + down) * rate_hz) + 1) / rate_hz
    rise = np.clip(time_s / up, 0.0, 1.0)
    fall = np.clip((time_s - up - top) / down, 0.0, 1.0)
    half = 0.5 * (2.0 * fall) ** power, 1.0 - 0.5 * (2.0 * (1.0 - fall)) ** power
    fall = np.where(fall < 0.5, *half)
    held = 1.0 - sag * np.clip((time_s - up) / max(top, 1e-9), 0.0, 1.0)
    return height * rise * held * (1.0 - fall)


@pytest.mark.parametrize("rate_hz", [25.0, 50.0, 100.0, 200.0])
@pytest.mark.parametrize("power", [1.75, 2.0, 2.5])
@pytest.mark.parametrize("top", [1.0, 2.0, 10.0])
def test_onset_of_a_fall_that_follows_a_power_of_time(top, power, rate_hz):
    height = course(1.0, top, 5.0, power=power, rate_hz=rate_hz)
    found = find_phases(height, rate_hz, BoundaryParams())
    assert found.onset / rate_hz == pytest.approx(1.0 + top, abs=0.3)
    assert found.top / rate_hz == pytest.approx(1.0, abs=0.2)
    assert found.peak_mm == pytest.approx(80.0, abs=0.5)


def test_a_hold_that_sags_has_not_begun_to_lower():
    found = find_phases(course(1.0, 30.0, 2.0, sag=0.3), RATE_HZ, BoundaryParams())
    assert found.onset / RATE_HZ == pytest.approx(31.0, abs=0.3)


@pytest.mark.parametrize("power", [1.75, 2.5])
def test_a_long_hold_that_sinks_unevenly_and_wavers_has_not_begun_to_lower(power):
    height = course(1.0, 45.0, 2.0, power=power)
    time_s = np.arange(len(height)) / RATE_HZ
    sunk = 1.0 - 0.12 * (1.0 - np.exp(-np.clip(time_s - 1.0, 0.0, None) / 12.0))
    wave = 1.0 + 0.04 * np.sin(2.0 * np.pi * time_s / 23.0)
    found = find_phases(height * sunk * wave, RATE_HZ, BoundaryParams())
    assert found.onset / RATE_HZ == pytest.approx(46.0, abs=0.4)


def test_without_a_hold_both_boundaries_are_the_highest_moment():
    found = find_phases(course(1.0, 0.0, 1.0), RATE_HZ, BoundaryParams())
    assert found.top == found.onset == pytest.approx(100, abs=10)


@pytest.mark.parametrize("height", [0.0, -5.0])
def test_a_heel_that_never_rose_has_no_phases(height):
    found = find_phases(np.full(300, height), RATE_HZ, BoundaryParams())
    assert found.top == found.onset
    assert found.peak_mm == height


@pytest.mark.parametrize("count", [1, 2, 3, 10])
def test_a_height_of_a_few_samples_has_some_boundaries(count):
    found = find_phases(np.linspace(10.0, 20.0, count), RATE_HZ, BoundaryParams())
    assert 0 <= found.top <= found.onset <= count


def test_a_very_long_hold_costs_no_square_of_its_length():
    found = find_phases(course(1.0, 1200.0, 4.0), RATE_HZ, BoundaryParams())
    assert found.onset / RATE_HZ == pytest.approx(1201.0, abs=0.3)


def test_fall_time_is_from_90_to_10_percent():
    height = np.r_[np.full(100, 80.0), np.linspace(80.0, 0.0, 501), np.zeros(100)]
    time_s = np.arange(len(height)) / RATE_HZ
    assert fall_time_s(time_s, height, start_s=0.0, end_s=7.0) == pytest.approx(4.0, abs=0.02)
    half = fall_time_s(time_s, height, start_s=0.0, end_s=7.0, upper=0.75, lower=0.25)
    assert half == pytest.approx(2.5, abs=0.02)


@pytest.mark.parametrize(
    "height", [np.full(100, np.nan), np.full(100, 5.0), np.linspace(0, 1, 100), np.zeros(1)]
)
def test_what_does_not_fall_has_no_fall_time(height):
    time_s = np.arange(len(height)) / RATE_HZ
    assert fall_time_s(time_s, height, start_s=0.0, end_s=1.0) is None
