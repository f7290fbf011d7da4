"""What an inertial sensor behind the ball of the foot says about the foot's attitude."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial.transform import Rotation

from insole.units import G0

if TYPE_CHECKING:
    from insole.sim.curve import Array


@dataclass(frozen=True, slots=True)
class ImuModel:
    """Errors of the sensor, and its distance from the axis that the foot turns about.

    Parameters
    ----------
    lever_m : float
        Distance behind the ball of the foot, m.
    gyro_bias_dps, gyro_walk_dps, gyro_noise_dps : float
        SD of the bias, of its walk in one second, and of the noise, dps.
    acc_bias_g, acc_noise_g : float
        SD of bias and noise, g.
    """

    lever_m: float = 0.11
    gyro_bias_dps: float = 0.5
    gyro_walk_dps: float = 0.01
    gyro_noise_dps: float = 0.07
    acc_bias_g: float = 0.15 / G0
    acc_noise_g: float = 0.03 / G0


def draw_mounting(rng: np.random.Generator) -> Array:
    """Return a random rotation, (3, 3), from the foot's axes to the sensor's: any is as likely.

    Parameters
    ----------
    rng : Generator
        Source of randomness.
    """
    return np.asarray(Rotation.from_quat(rng.normal(size=4)).as_matrix())


def foot_acc_g(
    pitch_rad: Array,
    roll_rad: Array,
    rate_hz: float,
    lever_m: float,
) -> Array:
    """Return the specific force in the foot's axes: gravity's reaction and the turning's share.

    Parameters
    ----------
    pitch_rad, roll_rad : ndarray, (n,)
        Attitude of the foot, rad; pitch is positive heel up.
    rate_hz : float
        Rate of both, Hz.
    lever_m : float
        Distance of the sensor behind the axis of pitch, m.

    Returns
    -------
    ndarray, (n, 3)
        Along the foot (to the toes), across (to its left), up through it; g.
    """
    turn = np.gradient(pitch_rad, 1.0 / rate_hz)
    spin_up = np.gradient(turn, 1.0 / rate_hz)
    along = -np.sin(pitch_rad) + lever_m * turn**2 / G0
    across = np.cos(pitch_rad) * np.sin(roll_rad)
    up = np.cos(pitch_rad) * np.cos(roll_rad) + lever_m * spin_up / G0
    return np.stack([along, across, up], axis=1)


def foot_gyro_dps(pitch_rad: Array, roll_rad: Array, rate_hz: float) -> Array:
    """Return the angular rate in the foot's axes.

    Parameters
    ----------
    pitch_rad, roll_rad : ndarray, (n,)
        Attitude of the foot, rad; pitch is positive heel up.
    rate_hz : float
        Rate of both, Hz.

    Returns
    -------
    ndarray, (n, 3)
        About the foot's length, about its width (heel up is positive), about up; dps.
    """
    turn = np.degrees(np.gradient(pitch_rad, 1.0 / rate_hz))
    tilt = np.degrees(np.gradient(roll_rad, 1.0 / rate_hz))
    return np.stack([tilt, turn * np.cos(roll_rad), -turn * np.sin(roll_rad)], axis=1)


def sensed_acc_g(
    foot_g: Array,
    mounting: Array,
    rng: np.random.Generator,
    model: ImuModel,
) -> Array:
    """Return what the accelerometer says, (n, 3) in g of its own axes.

    Parameters
    ----------
    foot_g : ndarray, (n, 3)
        Specific force in the foot's axes, g.
    mounting : ndarray, (3, 3)
        Rotation from the foot's axes to the sensor's, unitless.
    rng : Generator
        Draws bias and noise.
    model : ImuModel
        Their sizes.
    """
    bias_g = rng.normal(0.0, model.acc_bias_g, 3)
    return foot_g @ mounting.T + bias_g + rng.normal(0.0, model.acc_noise_g, foot_g.shape)


def sensed_gyro_dps(
    foot_dps: Array,
    mounting: Array,
    period_s: float,
    rng: np.random.Generator,
    model: ImuModel,
) -> Array:
    """Return what the gyroscope says, (n, 3) in dps of its own axes.

    Parameters
    ----------
    foot_dps : ndarray, (n, 3)
        Angular rate in the foot's axes, dps.
    mounting : ndarray, (3, 3)
        Rotation from the foot's axes to the sensor's, unitless.
    period_s : float
        Time between samples, s.
    rng : Generator
        Draws bias, its walk, and noise.
    model : ImuModel
        Their sizes.
    """
    bias_dps = np.clip(rng.normal(0.0, model.gyro_bias_dps, 3), -2.0, 2.0)
    step_dps = model.gyro_walk_dps * np.sqrt(period_s)
    walk_dps = np.cumsum(rng.normal(0.0, step_dps, foot_dps.shape), axis=0)
    noise_dps = rng.normal(0.0, model.gyro_noise_dps, foot_dps.shape)
    return foot_dps @ mounting.T + bias_dps + walk_dps + noise_dps
