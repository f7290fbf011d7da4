"""Cells of a sole: how far they are from ideal, by kind, and what may be wrong with one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from insole.sim.blocks import SensorKind, Sensors
    from insole.sim.curve import Array


@dataclass(frozen=True, slots=True)
class CellModel:
    """How far cells are from ideal; what is random is drawn for each foot or cell.

    Parameters
    ----------
    hysteresis : float
        Width of the play at a cell's highest load, as a fraction of that.
    creep : float
        Slow rise of gain under load with a time constant of 40 s.
    drift_per_decade : float
        Further rise for each factor of ten in time from 1 to 100 s.
    gain_sd : float
        Spread of gain between cells.
    tiptoe_gain : float
        Reading of the forefoot at full heel height, against the true load.
    tiptoe_gain_sd : float
        How far a foot's own tiptoe gain lies from that.
    warming : float
        Gain that 15 minutes of body heat add.
    preload_n : float
        Most that the shoe's upper presses on a region, N.
    dead_n : float
        Below this a cell reads nothing, N.
    saturation_n : float
        Highest load of a cell, N, for a sole of 16 cells; fewer cells are larger and bear more.
    noise_n : float
        SD of white noise, N.
    tilt_gain : tuple of (float, float)
        Tilt of the foot in degrees and what the whole sole reads there, against the true load;
        empty for a gain of the forefoot that follows the heel's height.
    tilt_gain_sd : tuple of (float, float)
        Likewise how far feet differ.
    sag : float
        Part of the over-reading on tiptoe that is lost with a time constant of 8 s.
    settling : tuple of float
        Least and most of the flat reading that is lost for good in the first raise.
    step_n : float
        Steps of the electronics before the wire's own, N.

    References
    ----------
    Tiptoe gain: a real pair over-reads alike, since its left share is within 1.1 to 1.7 points (SD)
    at any tilt. Preload: up to 17 N in the shoe on the same sensor. Hysteresis: between capacitive
    taxels (2 to 3 %) and resistive cells (10 %). The rest: our choice, within what data sheets say.
    """

    hysteresis: float = 0.03
    creep: float = 0.05
    drift_per_decade: float = 0.02
    gain_sd: float = 0.08
    tiptoe_gain: float = 1.33
    tiptoe_gain_sd: float = 0.05
    warming: float = 0.012
    preload_n: float = 4.0
    dead_n: float = 0.5
    saturation_n: float = 250.0
    noise_n: float = 0.6
    tilt_gain: tuple[tuple[float, float], ...] = ()
    tilt_gain_sd: tuple[tuple[float, float], ...] = ()
    sag: float = 0.0
    settling: tuple[float, float] = (0.0, 0.0)
    step_n: float = 0.0


KINDS: dict[SensorKind, CellModel] = {
    "usual": CellModel(),
    "loadsol": CellModel(
        hysteresis=0.02,
        creep=0.01,
        drift_per_decade=0.005,
        gain_sd=0.03,
        warming=0.0,
        preload_n=4.0,
        saturation_n=2500.0,
        noise_n=1.3,
        tilt_gain=(
            (1.0, 0.92), (3.5, 0.96), (7.5, 0.97), (12.5, 1.03), (17.5, 1.11), (22.5, 1.19),
            (27.5, 1.32), (32.5, 1.38), (37.5, 1.56), (45.0, 1.71),
        ),
        tilt_gain_sd=((1.0, 0.055), (12.5, 0.053), (22.5, 0.1), (32.5, 0.12), (45.0, 0.135)),
        sag=0.6,
        settling=(-0.01, 0.13),
        step_n=2.5,
    ),
    "resistive": CellModel(
        hysteresis=0.08, creep=0.02, drift_per_decade=0.26, gain_sd=0.35, noise_n=1.0
    ),
    "poor": CellModel(hysteresis=0.08, creep=0.15, drift_per_decade=0.05, gain_sd=0.2),
}  # fmt: skip
"""By kind of sensor.

References
----------
Loadsol: public recordings of one pair beside force plates (200 Hz, 3,983 pairs of readings): gain
by tilt of the foot, loss of 1.8 to 4.5 % a second in a hold at 44 degrees, -13 to +1 % after one
raise, 1.1 to 1.5 N of noise a zone, steps of 2.3 to 2.7 N. Resistive: a loaded sheet of velostat,
whose resistance fell by 27 % from 1 to 45 s; cells of one insole read 3 to 4 times apart. Poor:
the worst cells that this project reckons with.
"""
SPIKE_N = 60.0
"""How far off a spike is, N: our choice."""


def model_for(sensors: Sensors, side: int, tiptoe_gain: float) -> CellModel:
    """Return the cells of one insole.

    Parameters
    ----------
    sensors : Sensors
        Of the scenario.
    side : int
        0 for the left insole, 1 for the right one.
    tiptoe_gain : float
        What the person's insoles read at full heel height, against the true load.
    """
    model = KINDS[sensors.kind]
    if sensors.tiptoe_gains:
        return replace(model, tiptoe_gain=sensors.tiptoe_gains[side], tiptoe_gain_sd=0.0)
    return replace(model, tiptoe_gain=tiptoe_gain)


def with_faults(reading_n: Array, sensors: Sensors, rng: np.random.Generator) -> Array:
    """Return readings, (n, k) in N, as broken and exchanged cells give them.

    Parameters
    ----------
    reading_n : ndarray, (n, k)
        Of whole cells, N.
    sensors : Sensors
        What is wrong; cells that a device does not have are left out.
    rng : Generator
        Draws spikes.
    """
    faulty = reading_n.copy()
    cells = faulty.shape[1]
    pairs = zip(sensors.swapped[::2], sensors.swapped[1::2], strict=True)
    for one, other in pairs:
        if max(one, other) <= cells:
            faulty[:, [one - 1, other - 1]] = faulty[:, [other - 1, one - 1]]
    for cell in sensors.stuck:
        faulty[:, cell - 1 : cell] = faulty[:1, cell - 1 : cell]
    for cell in sensors.dead:
        faulty[:, cell - 1 : cell] = 0.0
    if sensors.spikes_per_1000:
        off = rng.random(faulty.shape) < sensors.spikes_per_1000 / 1000.0
        faulty[off] = np.abs(faulty[off] + SPIKE_N * rng.choice([-1.0, 1.0], int(off.sum())))
    return faulty
