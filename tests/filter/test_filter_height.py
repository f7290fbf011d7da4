"""Heel height from an inertial sensor that nobody knows the mounting of.

The sensor is simulated: the foot turns about the ball by a known angle, 0.11 m in front of the
sensor; what the sensor feels of it is seen in a frame turned at random against the foot, with bias
and noise.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from insole.filter.height import FootHeight, HeightParams, heel_height

RATE_HZ = 100.0
LEVER_MM = 0.72 * 260.0
TOP_MM = 80.0
ACCURACY_MM = 2.0


def raised(length_s: float, *raises, rate_hz: float = RATE_HZ):
    """Heel height in mm; each raise is (off, top, onset, contact) in s, min-jerk both ways."""
    t = np.arange(0.0, length_s, 1.0 / rate_hz)
    height = np.zeros(len(t))
    for off, top, onset, contact in raises:
        up = np.clip((t - off) / (top - off), 0.0, 1.0)
        down = np.clip((t - onset) / (contact - onset), 0.0, 1.0)
        ease = [10 * u**3 - 15 * u**4 + 6 * u**5 for u in (up, down)]
        height += TOP_MM * (ease[0] - ease[1])
    return height


def sensor(height, seed=0, rate_hz: float = RATE_HZ, gyro_bias_dps=0.5, acc_bias_g=0.015):
    """Specific force in g and angular rate in dps of a foot with that heel height."""
    rng = np.random.default_rng(seed)
    pitch = np.arcsin(height / LEVER_MM)
    turn = np.gradient(pitch) * rate_hz
    tangential, centripetal = 0.11 / 9.81 * np.gradient(turn) * rate_hz, 0.11 / 9.81 * turn**2
    acc = np.column_stack(
        [centripetal - np.sin(pitch), np.zeros(len(pitch)), np.cos(pitch) + tangential]
    )
    gyro = np.zeros((len(pitch), 3))
    gyro[:, 1] = np.degrees(turn)
    mounting = Rotation.random(random_state=seed)
    bias = rng.normal(size=(2, 3))
    bias /= np.linalg.norm(bias, axis=1)[:, None]
    acc = mounting.apply(acc) + acc_bias_g * bias[0] + rng.normal(0.0, 0.003, acc.shape)
    gyro = mounting.apply(gyro) + gyro_bias_dps * bias[1] + rng.normal(0.0, 0.07, gyro.shape)
    return acc, gyro


def found(acc, gyro, *raises, rate_hz: float = RATE_HZ) -> FootHeight:
    ups = [(off * rate_hz, contact * rate_hz) for off, _, _, contact in raises]
    return heel_height(acc, gyro, ups, rate_hz, HeightParams())


def error_mm(foot: FootHeight, height) -> float:
    known = np.isfinite(foot.height_mm)
    assert known.mean() > 0.3
    return float(np.abs(foot.height_mm - height)[known].max())


SLOW = (5.0, 6.5, 8.5, 13.5)
FAST = (5.0, 5.6, 5.8, 6.3)


@pytest.mark.parametrize("seed", range(8))
def test_however_it_is_mounted_height_is_right_within_two_millimetres(seed):
    height = raised(20.0, SLOW)
    foot = found(*sensor(height, seed), SLOW)
    assert error_mm(foot, height) < ACCURACY_MM
    assert foot.method == "imu_pitch_fused"
    assert foot.axis_explains > 0.99


@pytest.mark.parametrize("rate_hz", [25.0, 50.0, 100.0, 200.0])
def test_the_rate_does_not_matter(rate_hz):
    height = raised(20.0, SLOW, rate_hz=rate_hz)
    foot = found(*sensor(height, rate_hz=rate_hz), SLOW, rate_hz=rate_hz)
    assert error_mm(foot, height) < ACCURACY_MM


def test_a_fast_raise_needs_the_gyroscope_and_uses_it():
    height = raised(12.0, FAST)
    acc, gyro = sensor(height, seed=3)
    assert error_mm(found(acc, gyro, FAST), height) < 2 * ACCURACY_MM
    assert error_mm(found(acc, 0.0 * gyro, FAST), height) > 4 * ACCURACY_MM


def test_pitch_is_positive_with_the_heel_up_and_zero_when_flat():
    foot = found(*sensor(raised(20.0, SLOW), seed=5), SLOW)
    assert np.nanmax(foot.pitch_deg) == pytest.approx(
        np.degrees(np.arcsin(TOP_MM / LEVER_MM)), abs=1
    )
    assert foot.pitch_deg[450] == pytest.approx(0.0, abs=0.5)
    assert foot.height_mm == pytest.approx(
        LEVER_MM * np.sin(np.radians(foot.pitch_deg)), nan_ok=True
    )


@pytest.mark.parametrize("broken", [lambda g: -g, lambda g: 0 * g, lambda g: np.nan * g,
                                    lambda g: 2.0 * g, lambda g: g[:, ::-1]])  # fmt: skip
def test_a_gyroscope_that_does_not_follow_gravity_is_left_out(broken):
    height = raised(20.0, SLOW)
    acc, gyro = sensor(height)
    foot = found(acc, broken(gyro), SLOW)
    assert foot.method == "imu_pitch_gravity"
    assert error_mm(foot, height) < 2 * ACCURACY_MM


def test_one_heel_up_without_gyroscope_makes_the_whole_gravity():
    """One word stands for all heel-ups, so it must not promise more than the worst of them."""
    later = tuple(s + 15.0 for s in SLOW)
    height = raised(35.0, SLOW, later)
    acc, gyro = sensor(height)
    gyro[:1700] = 0.0
    assert found(acc, gyro, SLOW, later).method == "imu_pitch_gravity"


def test_a_foot_that_never_tilts_stays_low_and_has_no_axis():
    """A lean: the heel is unloaded and does not rise."""
    flat = np.zeros(2000)
    foot = found(*sensor(flat), SLOW)
    assert np.isnan(foot.axis_explains)
    assert np.nanmax(foot.height_mm) < ACCURACY_MM


def test_away_from_heel_ups_nothing_is_claimed():
    height = raised(40.0, SLOW)
    foot = found(*sensor(height), SLOW)
    assert np.isnan(foot.height_mm[:195]).all()
    assert np.isnan(foot.height_mm[1655:]).all()
    assert np.isfinite(foot.height_mm[205:1645]).all()


def test_a_recording_that_ends_at_the_top_ends_high():
    """Nobody saw the heel come down, so nothing may pull the last samples to zero."""
    height = raised(20.0, SLOW)[:800]
    acc, gyro = (part[:800] for part in sensor(raised(20.0, SLOW)))
    foot = heel_height(acc, gyro, [(500.0, 800.0)], RATE_HZ, HeightParams())
    assert error_mm(foot, height) < 2 * ACCURACY_MM


@pytest.mark.parametrize("after_s", [0.02, 0.1, 0.5])
def test_a_recording_that_ends_soon_after_contact_is_fine(after_s):
    end = int((SLOW[3] + after_s) * RATE_HZ)
    height = raised(20.0, SLOW)
    acc, gyro = sensor(height)
    assert error_mm(found(acc[:end], gyro[:end], SLOW), height[:end]) < 2 * ACCURACY_MM


def test_a_recording_that_begins_with_the_raise_is_fine():
    height = raised(20.0, SLOW)[490:]
    acc, gyro = (part[490:] for part in sensor(raised(20.0, SLOW)))
    foot = heel_height(acc, gyro, [(10.0, 860.0)], RATE_HZ, HeightParams())
    assert error_mm(foot, height) < 2 * ACCURACY_MM


@pytest.mark.parametrize("pause_s", [0.0, 0.005, 0.05, 0.3, 1.0, 5.0])
def test_repetitions_may_follow_at_once(pause_s):
    second = tuple(s - 5.0 + 13.5 + pause_s for s in SLOW)
    height = raised(30.0, SLOW, second)
    foot = found(*sensor(height), SLOW, second)
    assert error_mm(foot, height) < 2 * ACCURACY_MM


@pytest.mark.parametrize("ups", [[(-7.4, 850.0)], [(500.0, 2007.3)], [(500.0, 500.2)],
                                 [(1999.0, 2000.0)], [(0.0, 1.0), (1.0, 2.0)]])  # fmt: skip
def test_edges_outside_or_very_near_give_numbers_and_no_error(ups):
    acc, gyro = sensor(raised(20.0, SLOW))
    foot = heel_height(acc, gyro, ups, RATE_HZ, HeightParams())
    assert np.isfinite(foot.height_mm).any()


def test_missing_acceleration_is_missing_height():
    height = raised(20.0, SLOW)
    acc, gyro = sensor(height)
    acc[700:750] = np.nan
    gyro[700:750] = np.nan
    foot = found(acc, gyro, SLOW)
    assert np.isnan(foot.height_mm[700:750]).all()
    assert error_mm(foot, height) < 2 * ACCURACY_MM


@pytest.mark.parametrize("ups", [[], [(500.0, 1350.0)]])
def test_a_sensor_that_was_off_has_no_height(ups):
    nothing = np.full((2000, 3), np.nan)
    foot = heel_height(nothing, nothing, ups, RATE_HZ, HeightParams())
    assert np.isnan(foot.height_mm).all()


def test_without_heel_ups_there_is_nothing_to_find():
    foot = found(*sensor(np.zeros(500)))
    assert np.isnan(foot.height_mm).all()
    assert np.isnan(foot.axis_explains)


@pytest.mark.parametrize("n", [0, 1, 2, 5])
def test_very_short_recordings_are_no_error(n):
    ups = [(0.0, float(n))] if n else []
    foot = heel_height(np.full((n, 3), 0.5), np.zeros((n, 3)), ups, RATE_HZ, HeightParams())
    assert len(foot.height_mm) == n


def test_samples_passed_in_are_not_changed():
    acc, gyro = sensor(raised(20.0, SLOW))
    acc[100:120] = np.nan
    before = acc.copy(), gyro.copy()
    found(acc, gyro, SLOW)
    assert np.array_equal(acc, before[0], equal_nan=True)
    assert np.array_equal(gyro, before[1])


def test_a_longer_foot_rises_higher():
    acc, gyro = sensor(raised(20.0, SLOW))
    ups = [(500.0, 1350.0)]
    usual = heel_height(acc, gyro, ups, RATE_HZ, HeightParams())
    long = heel_height(acc, gyro, ups, RATE_HZ, HeightParams(foot_length_mm=286.0))
    assert np.nanmax(long.height_mm) == pytest.approx(1.1 * np.nanmax(usual.height_mm))
