import numpy as np
import pytest
from sim_rig import RAISE, STAND, truth

from insole.sim import inertial
from insole.sim.device import Sampling, sense
from insole.sim.truth import truth_table
from insole.spec import load_spec

RATE_HZ = 200.0


@pytest.fixture(scope="module")
def session():
    return truth(STAND.format(5), RAISE.format(1.5, 4.0, 5.0, 2), STAND.format(3))


@pytest.fixture(scope="module")
def attitude(session):
    return np.radians(session.pitch_deg[:, 0]), np.radians(session.roll_deg[:, 0])


def test_the_integral_of_the_gyro_is_the_change_of_pitch(session, attitude):
    gyro_dps = inertial.foot_gyro_dps(*attitude, RATE_HZ)
    pitch_deg = np.concatenate([[0.0], np.cumsum(gyro_dps[1:, 1] + gyro_dps[:-1, 1])]) / 2 / RATE_HZ
    assert pitch_deg == pytest.approx(session.pitch_deg[:, 0], abs=0.02)


def test_the_accelerometer_tilts_as_the_foot_in_a_quiet_hold(session, attitude):
    acc_g = inertial.foot_acc_g(*attitude, RATE_HZ, 0.11)
    tilt_deg = np.degrees(np.arctan2(-acc_g[:, 0], acc_g[:, 2]))
    hold = truth_table(session).query("side == 'left'").iloc[0]
    top = slice(int(hold.top_reached_s * RATE_HZ), int(hold.lowering_onset_s * RATE_HZ))
    assert session.pitch_deg[top, 0].mean() > 15
    assert tilt_deg[top].mean() == pytest.approx(session.pitch_deg[top, 0].mean(), abs=0.1)
    assert np.linalg.norm(acc_g[top], axis=1) == pytest.approx(1.0, abs=0.05)


def test_standing_still_it_feels_gravity_upwards(attitude):
    acc_g = inertial.foot_acc_g(*attitude, RATE_HZ, 0.11)
    assert acc_g[:200] == pytest.approx(np.tile([0.0, 0.0, 1.0], (200, 1)))


def test_turning_adds_centripetal_and_tangential_acceleration():
    time_s = np.arange(400) / RATE_HZ
    turn_rad_s, spin_rad_s2 = 0.3, 0.2
    pitch = turn_rad_s * time_s + 0.5 * spin_rad_s2 * time_s**2
    acc_g = inertial.foot_acc_g(pitch, np.zeros(400), RATE_HZ, 0.11)
    middle = 200
    turn = turn_rad_s + spin_rad_s2 * time_s[middle]
    along = -np.sin(pitch[middle]) + 0.11 * turn**2 / 9.80665
    up = np.cos(pitch[middle]) + 0.11 * spin_rad_s2 / 9.80665
    assert acc_g[middle] == pytest.approx([along, 0.0, up], abs=1e-6)


def test_roll_turns_gravity_sideways_and_shows_in_the_gyro():
    roll = np.radians(2.0) * np.sin(2 * np.pi * np.arange(400) / 400)
    pitch = np.full(400, np.radians(20.0))
    acc_g = inertial.foot_acc_g(pitch, roll, RATE_HZ, 0.11)
    gyro_dps = inertial.foot_gyro_dps(pitch, roll, RATE_HZ)
    assert np.degrees(np.arctan2(acc_g[:, 1], acc_g[:, 2])) == pytest.approx(np.degrees(roll))
    assert np.cumsum(gyro_dps[:, 0])[99] / RATE_HZ == pytest.approx(2.0, abs=0.05)


def test_mountings_are_rotations_in_any_direction():
    rng = np.random.default_rng(0)
    mountings = np.stack([inertial.draw_mounting(rng) for _ in range(500)])
    assert np.allclose(mountings @ mountings.transpose(0, 2, 1), np.eye(3), atol=1e-9)
    assert np.allclose(np.linalg.det(mountings), 1.0)
    assert np.abs(mountings.mean(axis=0)).max() < 0.1


def test_what_is_sensed_is_the_truth_turned_by_the_mounting_within_noise_and_bias(session):
    sensed = sense(session, "left", load_spec("sim_insole"), Sampling(0.0, 0.01, 0.0),
                   np.random.default_rng(0))  # fmt: skip
    still, hold = truth_table(session).query("side == 'left'").iloc[0], slice(0, 400)
    top = slice(int(still.top_reached_s * 100), int(still.lowering_onset_s * 100))
    flat_g, top_g = sensed["acc"][hold].mean(axis=0), sensed["acc"][top].mean(axis=0)
    cosine = flat_g @ top_g / np.linalg.norm(flat_g) / np.linalg.norm(top_g)
    expected_deg = at_top_deg(session, still)
    assert np.linalg.norm(flat_g) == pytest.approx(1.0, abs=0.06)
    assert np.degrees(np.arccos(cosine)) == pytest.approx(expected_deg, abs=2.5)
    assert sensed["acc"][hold].std(axis=0) == pytest.approx(0.03 / 9.80665, rel=0.2)
    assert sensed["gyro"][hold].std(axis=0) == pytest.approx(0.07, rel=0.3)
    assert np.abs(sensed["gyro"][hold].mean(axis=0)).max() < 2.1


def at_top_deg(session, hold):
    top = slice(int(hold.top_reached_s * RATE_HZ), int(hold.lowering_onset_s * RATE_HZ))
    return session.pitch_deg[top, 0].mean()
