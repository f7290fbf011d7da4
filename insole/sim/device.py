"""A simulated insole: when it samples, and what its sensors say at those times."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from insole.codec.columns import load_fields
from insole.sim import cell, foot, inertial
from insole.sim.blocks import Sensors
from insole.spec.model import SensorSpec
from insole.tables import SIDES

if TYPE_CHECKING:
    from insole.sim.curve import Array
    from insole.sim.truth import Truth
    from insole.spec.model import DeviceSpec, Role

USUAL = Sensors()
UNPLACED = 8
"""Cells of a device that does not say how many it has: our choice."""
ALL_LOAD = SensorSpec("", 0, "")
"""The one cell of a device that only knows the total."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """When a device samples.

    Parameters
    ----------
    start_s : float
        True time of its first sample, s.
    period_s : float
        Time between samples on its own clock, s.
    skew_ppm : float
        How much faster than true time its clock runs, ppm.
    """

    start_s: float
    period_s: float
    skew_ppm: float

    def true_s(self, count: int) -> Array:
        """Return the true times of the first samples, (count,) in s."""
        true_period_s = self.period_s / (1.0 + self.skew_ppm * 1e-6)
        return self.start_s + true_period_s * np.arange(count, dtype=np.float64)

    def count_until(self, end_s: float) -> int:
        """Return how many samples lie before a true time in s."""
        return int((end_s - self.start_s) * (1.0 + self.skew_ppm * 1e-6) / self.period_s)


def load_elements(spec: DeviceSpec) -> list[SensorSpec]:
    """Return the cells of a device in the order of its load fields; one without a place has none.

    A device that knows only the total has one cell, which carries everything.

    Parameters
    ----------
    spec : DeviceSpec
        The device.
    """
    known = {(sensor.field, sensor.index): sensor for sensor in spec.sensors}
    elements = [
        known.get((field.name, index), SensorSpec(field.name, index, ""))
        for field in load_fields(spec)
        for index in range(field.shape or _placed(spec, field.name) or UNPLACED)
    ]
    return elements or [ALL_LOAD]


def _placed(spec: DeviceSpec, field: str) -> int:
    return sum(sensor.field == field for sensor in spec.sensors)


def sense(
    truth: Truth,
    side: str,
    spec: DeviceSpec,
    sampling: Sampling,
    rng: np.random.Generator,
    *,
    sensors: Sensors = USUAL,
) -> dict[Role, Array]:
    """Return what each kind of sensor of an insole says, in N, g, dps and mm.

    Parameters
    ----------
    truth : Truth
        What really happens.
    side : {"left", "right"}
        Which foot.
    spec : DeviceSpec
        Which cells it has.
    sampling : Sampling
        When it samples.
    rng : Generator
        Draws the errors of the sensors.
    sensors : Sensors
        What they are like.

    Returns
    -------
    dict of role to ndarray, (n, components)
        `load` (one column a cell), `total`, `cop` (along, across), `acc`, `gyro`.
    """
    time_s = sampling.true_s(sampling.count_until(truth.duration_s))
    foot_index = SIDES.index(side)
    if sensors.swapped_feet:
        foot_index = 1 - foot_index
    load_n, place_mm = _load(truth, foot_index, spec, sampling, rng, sensors=sensors)
    total_n = load_n.sum(axis=1, keepdims=True)
    across_along = np.divide(
        load_n @ place_mm, total_n, out=np.full((len(load_n), 2), np.nan), where=total_n > 0
    )
    acc_g, gyro_dps = _attitude(truth, foot_index, time_s, sampling, rng, sensors=sensors)
    return {
        "load": load_n,
        "total": total_n,
        "cop": across_along[:, ::-1],
        "acc": acc_g,
        "gyro": gyro_dps,
    }


def _load(
    truth: Truth,
    foot_index: int,
    spec: DeviceSpec,
    sampling: Sampling,
    rng: np.random.Generator,
    *,
    sensors: Sensors,
) -> tuple[Array, Array]:
    """Return the cells' readings, (n, k) in N, and their places, (k, 2) in mm."""
    time_s = sampling.true_s(sampling.count_until(truth.duration_s))
    cop_mm = np.stack([truth.cop_ml_mm[:, foot_index], truth.cop_ap_mm[:, foot_index]], axis=1)
    sole = foot.make_sole(load_elements(spec), rng)
    load_n = foot.cell_load_n(
        sole,
        at(truth.force_n[:, foot_index], time_s, truth.rate_hz),
        at(truth.region_fraction[:, foot_index], time_s, truth.rate_hz),
        at(cop_mm, time_s, truth.rate_hz),
    )
    height_mm = at(truth.heel_height_mm[:, foot_index], time_s, truth.rate_hz)
    height_fraction = height_mm / truth.person.peak_double_mm
    reading = foot.reading_n(
        load_n,
        height_fraction,
        sole,
        sampling.period_s,
        rng=rng,
        model=cell.model_for(sensors, foot_index, truth.person.tiptoe_gain),
        tilt_deg=at(truth.pitch_deg[:, foot_index], time_s, truth.rate_hz),
        relace_s=sensors.relace_s,
    )
    if sensors != USUAL:
        reading = cell.with_faults(reading, sensors, rng.spawn(1)[0])
    return reading, sole.place_mm


def _attitude(
    truth: Truth,
    foot_index: int,
    time_s: Array,
    sampling: Sampling,
    rng: np.random.Generator,
    *,
    sensors: Sensors,
) -> tuple[Array, Array]:
    """Return acceleration in g and angular rate in dps, (n, 3) each, in the sensor's axes."""
    model = inertial.ImuModel()
    pitch_rad = np.radians(truth.pitch_deg[:, foot_index]) * (1.0 - sensors.arch_flex)
    roll_rad = np.radians(truth.roll_deg[:, foot_index])
    acc_g = inertial.foot_acc_g(pitch_rad, roll_rad, truth.rate_hz, model.lever_m)
    gyro_dps = inertial.foot_gyro_dps(pitch_rad, roll_rad, truth.rate_hz)
    mounting = inertial.draw_mounting(rng)
    return (
        inertial.sensed_acc_g(at(acc_g, time_s, truth.rate_hz), mounting, rng, model),
        inertial.sensed_gyro_dps(
            at(gyro_dps, time_s, truth.rate_hz), mounting, sampling.period_s, rng, model
        ),
    )


def at(values: Array, time_s: Array, rate_hz: float) -> Array:
    """Return values on a uniform grid at other times, by straight lines.

    Parameters
    ----------
    values : ndarray, (n,) or (n, m)
        Any unit, from time 0.
    time_s : ndarray, (p,)
        Times wanted, s; those outside get the first or last value.
    rate_hz : float
        Rate of `values`, Hz.
    """
    place = np.clip(time_s * rate_hz, 0.0, len(values) - 1.0)
    before = np.minimum(place.astype(np.int64), len(values) - 2)
    part = place - before
    if values.ndim > 1:
        part = part[:, None]
    low = values[before]
    return np.asarray(low + part * (values[before + 1] - low))
