"""Plates, scales and pull cells: one force in truth, and what the electronics make of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.signal import lfilter

from insole.sim.device import at, load_elements
from insole.sim.pull import pull_n
from insole.units import G0

if TYPE_CHECKING:
    from insole.sim.curve import Array
    from insole.sim.device import Sampling
    from insole.sim.truth import Truth
    from insole.spec.model import DeviceSpec, Kind, Role

FEET_APART_MM = 200.0
"""Distance of the middles of the feet on a plate: our choice."""
HEEL_BEHIND_MM = 110.0
"""The heels are this far behind the plate's centre: our choice."""
PLACE_ALONG_MM = (35.0, 105.0, 180.0, 235.0, 225.0)
"""Where the parts of a foot carry load, from the back of the heel, in order of `LOAD_REGIONS`."""
FROM_CENTRE_MM = 170.0
"""Distance of a plate's four cells from both of its axes, as on a plate of 40 cm: our choice."""
CORNERS = ((-1, 1), (1, 1), (-1, -1), (1, -1))
"""Front left, front right, back left, back right: to the right and forward."""
LEAST_N = 15.0 * G0
"""Below this a plate has no centre of pressure (15 kg, as a home-made one has it)."""


@dataclass(frozen=True, slots=True)
class ForceModel:
    """Errors of a device with strain gauges.

    Parameters
    ----------
    noise_n : float
        SD of white noise, N.
    gain_sd : float
        SD of the gain between devices.
    offset_n : float
        SD of the zero, N.
    drift_n_per_s : float
        SD of a straight drift of the zero, N/s.
    lag_s : float
        Time constant of the electronics' own filter, s.
    """

    noise_n: float
    gain_sd: float
    offset_n: float
    drift_n_per_s: float
    lag_s: float


MODELS: dict[Kind, ForceModel] = {
    "force_plate": ForceModel(0.35, 0.0013, 0.7, 0.005, 0.01),
    "scale": ForceModel(0.03 * G0, 0.002, 0.3, 0.002 * G0, 0.15),
    "dynamometer": ForceModel(0.2, 0.002, 0.3, 0.002, 0.005),
}
"""By kind of device.

References
----------
Plates: 0.35 N above 5 Hz on laboratory ones; zero -0.1 to +2.2 N and 0.13 % of body mass on
commercial ones. Scales: 0.063 kg of noise and 5 g/s of drift on a balance board; 0.03 kg and
0.02 kg in 10 s are common in bathrooms, 0.1 to 0.5 s of delay too. Pull cells: our choice.
"""


def sense_force(
    truth: Truth, spec: DeviceSpec, sampling: Sampling, rng: np.random.Generator
) -> dict[Role, Array]:
    """Return what a plate or scale under both feet, or a pull cell, says.

    Parameters
    ----------
    truth : Truth
        What really happens.
    spec : DeviceSpec
        A device that is no insole.
    sampling : Sampling
        When it samples.
    rng : Generator
        Draws the errors of its sensors, and the pull.

    Returns
    -------
    dict of role to ndarray, (n, components)
        `total` and `load` (each cell) in N; `cop` (along, across), `cop_ap`, `cop_ml` in mm from
        the plate's centre, forward and to the right; NaN where nobody stands.
    """
    time_s = sampling.true_s(sampling.count_until(truth.duration_s))
    model = MODELS[spec.kind]
    if spec.kind == "dynamometer":
        cells_n = at(pull_n(truth, rng), time_s, truth.rate_hz)[:, None]
        return {"total": _told_n(cells_n, sampling.period_s, model, rng)}
    corner_n = at(_corners_n(truth), time_s, truth.rate_hz)
    load_n = _told_n(corner_n, sampling.period_s, model, rng)
    told_n = load_n.sum(axis=1, keepdims=True)
    standing = told_n[:, 0] >= LEAST_N
    right_forward = np.full((len(told_n), 2), np.nan)
    places_mm = np.array(CORNERS) * FROM_CENTRE_MM
    right_forward[standing] = load_n[standing] @ places_mm / told_n[standing]
    right, forward = right_forward[:, :1], right_forward[:, 1:]
    cells = len(load_elements(spec))
    if cells != len(CORNERS):  # nothing is known of where they lie
        load_n = np.repeat(told_n / cells, cells, axis=1)
    return {
        "load": load_n,
        "total": told_n,
        "cop": right_forward[:, ::-1],
        "cop_ap": forward,
        "cop_ml": right,
    }


def plate_cop_mm(truth: Truth) -> Array:
    """Return where the load of both feet acts on a plate, (n, 2) in mm right and forward of centre.

    Parameters
    ----------
    truth : Truth
        What really happens.
    """
    along_mm = truth.region_fraction @ np.array(PLACE_ALONG_MM) + truth.cop_ap_mm
    forward_mm = along_mm - HEEL_BEHIND_MM
    outward_mm = 0.5 * FEET_APART_MM + truth.cop_ml_mm
    right_mm = outward_mm * np.array([-1.0, 1.0])
    total_n = truth.force_n.sum(axis=1)
    moment = [(truth.force_n * arm_mm).sum(axis=1) for arm_mm in (right_mm, forward_mm)]
    none = np.zeros_like(total_n)
    return np.stack(
        [np.divide(m, total_n, out=none.copy(), where=total_n > 1.0) for m in moment], 1
    )


def _corners_n(truth: Truth) -> Array:
    """Return the force on each corner of a plate, (n, 4) in N: what the place of the load asks."""
    part = plate_cop_mm(truth) / FROM_CENTRE_MM
    lean = 1.0 + part @ np.array(CORNERS, np.float64).T
    corner_n: Array = 0.25 * truth.force_n.sum(axis=1)[:, None] * lean
    return corner_n


def _told_n(true_n: Array, period_s: float, model: ForceModel, rng: np.random.Generator) -> Array:
    """Return what cells tell of their forces, (n, k) in N; together they have these errors."""
    count, cells = true_n.shape
    keep = np.exp(-period_s / model.lag_s)
    told_n, _ = lfilter([1.0 - keep], [1.0, -keep], true_n, axis=0, zi=keep * true_n[:1])
    told_n *= rng.normal(1.0, model.gain_sd)
    share = 1.0 / np.sqrt(cells)
    since_s = np.arange(count)[:, None] * period_s
    told_n += rng.normal(0.0, model.offset_n * share, cells)
    told_n += rng.normal(0.0, model.drift_n_per_s * share, cells) * since_s
    told_n += rng.normal(0.0, model.noise_n * share, (count, cells))
    return np.asarray(told_n)
