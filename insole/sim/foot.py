"""What the cells of a sole feel of one foot's load, and what they say about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.signal import lfilter

from insole.sim.truth import LOAD_REGIONS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from insole.sim.cell import CellModel
    from insole.sim.curve import Array
    from insole.spec.model import SensorSpec

FOREFOOT = ("forefoot", "forefoot_medial", "forefoot_lateral")
CARRIERS = {
    "heel": (("heel",), ("midfoot",)),
    "midfoot": (("midfoot",), FOREFOOT, ("heel",)),
    "forefoot": (FOREFOOT, ("toes", "hallux"), ("midfoot",)),
    "hallux": (("hallux",), ("toes",), FOREFOOT),
    "toes": (("toes",), ("hallux",), FOREFOOT),
}
"""Which regions of a device carry the load of a part of the foot: the first that it has."""
PLACE_MM = {
    "heel": (0.0, 35.0), "midfoot": (8.0, 105.0), "forefoot": (0.0, 180.0),
    "forefoot_medial": (-20.0, 185.0), "forefoot_lateral": (22.0, 172.0),
    "hallux": (-20.0, 235.0), "toes": (14.0, 225.0),
}  # fmt: skip
"""Where a region lies if the spec does not say: x from the long axis, y from the heel."""
FOOTPRINT_SPREAD = 0.25
"""How unevenly the cells of a region share its load (SD of the logarithm): our choice."""
LOADED_N = 5.0
"""A cell creeps in full when well above this load, N: our choice."""
RELACED_N = 20.0
"""Most that lacing anew adds to a region, N."""
RAISED_DEG, SAG_S = 15.0, 8.0
"""Tilt of a foot that is fully raised, and time constant of the sag: our choice."""
MEAN_TIPTOE_GAIN, SD_TIPTOE_GAIN = 1.33, 0.13
"""Over people (public recordings of ten)."""
SLACK_MM = 3.0
"""Added spread of the load, so that few cells or cells in a row do not move it without end."""


@dataclass(frozen=True, slots=True)
class Sole:
    """The cells under one foot.

    Parameters
    ----------
    parts : ndarray, (5, k)
        Part of each of `LOAD_REGIONS`' load on each cell; rows sum to 1.
    place_mm : ndarray, (k, 2)
        Cell positions in mm: x medial to lateral, y heel to toe.
    forefoot : ndarray of bool, (k,)
        True for cells in front of the arch.
    """

    parts: Array
    place_mm: Array
    forefoot: NDArray[np.bool_]


def make_sole(sensors: Sequence[SensorSpec], rng: np.random.Generator) -> Sole:
    """Return the cells of a device under one foot.

    Parameters
    ----------
    sensors : sequence of SensorSpec, k of them
        Region and place of each cell in mm.
    rng : Generator
        Draws how the cells of a region share its load.
    """
    weight = np.exp(rng.normal(0.0, FOOTPRINT_SPREAD, len(sensors)))
    regions = [sensor.region for sensor in sensors]
    parts = np.stack([_carried(part, regions, weight) for part in LOAD_REGIONS])
    return Sole(
        parts=parts,
        place_mm=np.array([_place_mm(sensor) for sensor in sensors]),
        forefoot=np.array([region in (*FOREFOOT, "hallux", "toes") for region in regions]),
    )


def cell_load_n(
    sole: Sole,
    force_n: Array,
    region_fraction: Array,
    cop_mm: Array,
) -> Array:
    """Return the true load on each cell; the cells of a row sum to the force.

    Parameters
    ----------
    sole : Sole
        k cells.
    force_n : ndarray, (n,)
        Force under the foot, N.
    region_fraction : ndarray, (n, 5)
        Parts of it on `LOAD_REGIONS`.
    cop_mm : ndarray, (n, 2)
        Movement of the centre of pressure across and along the foot, mm. It tilts the load over the
        loaded cells; a movement past the outermost of them stops there.

    Returns
    -------
    ndarray, (n, k)
        Load, N.
    """
    flat = region_fraction @ sole.parts
    tilted = np.maximum(flat * (1.0 + _tilt(flat, sole.place_mm, cop_mm)), 0.0)
    load_n: Array = tilted * (force_n / tilted.sum(axis=1))[:, None]
    return load_n


def reading_n(
    load_n: Array,
    height_fraction: Array,
    sole: Sole,
    period_s: float,
    *,
    rng: np.random.Generator,
    model: CellModel,
    tilt_deg: Array | None = None,
    relace_s: float = 0.0,
) -> Array:
    """Return what the cells say, before it is cut to the steps of the wire.

    Parameters
    ----------
    load_n : ndarray, (n, k)
        True load on each cell, N.
    height_fraction : ndarray, (n,)
        Heel height as a fraction of the person's peak.
    sole : Sole
        k cells.
    period_s : float
        Time between samples, s.
    rng : Generator
        Draws gains, preload and noise.
    model : CellModel
        Size of each error.
    tilt_deg : ndarray, (n,), optional
        Tilt of the foot, for cells whose gain goes by it.
    relace_s : float
        When the shoes are laced anew, s; 0 for never.
    """
    count, cells = load_n.shape
    (extra,) = rng.spawn(1)
    felt = _creep(_play(load_n, model.hysteresis), period_s, model)
    felt *= rng.normal(1.0, model.gain_sd, cells)
    over = max(rng.normal(model.tiptoe_gain, model.tiptoe_gain_sd), 1.0) - 1.0
    if model.tilt_gain and tilt_deg is not None:
        felt *= _gain_by_tilt(tilt_deg, period_s, model, extra)[:, None]
    else:
        felt *= 1.0 + over * np.minimum(height_fraction, 1.3)[:, None] * sole.forefoot
    felt *= (1.0 + model.warming * np.minimum(np.arange(count) * period_s / 900.0, 1.0))[:, None]
    felt += rng.uniform(0.0, model.preload_n, len(LOAD_REGIONS)) @ sole.parts
    if relace_s:
        anew = slice(round(relace_s / period_s), None)
        felt[anew] += extra.uniform(0.0, RELACED_N, len(LOAD_REGIONS)) @ sole.parts
    felt[felt < model.dead_n] = 0.0
    felt += model.noise_n * rng.standard_normal(felt.shape)
    # the electronics end last: no noise goes beyond their limit
    np.clip(felt, 0.0, model.saturation_n * max(1.0, 16.0 / cells), out=felt)
    return np.rint(felt / model.step_n) * model.step_n if model.step_n else felt


def _gain_by_tilt(
    tilt_deg: Array, period_s: float, model: CellModel, rng: np.random.Generator
) -> Array:
    """Return the gain of a whole sole, (n,): by tilt, with sag in holds, and settling.

    The feet of a pair differ by half of what feet in general do, as the left share shows.
    """
    tilt = np.abs(tilt_deg)
    gain = _at_tilt(tilt, model.tilt_gain)
    spread = _at_tilt(tilt, model.tilt_gain_sd)
    deviation = 0.7 * (model.tiptoe_gain - MEAN_TIPTOE_GAIN) / SD_TIPTOE_GAIN
    gain *= 1.0 + spread * (deviation + 0.5 * rng.normal())
    raised = np.clip(tilt / RAISED_DEG, 0.0, 1.0)
    keep = np.exp(-period_s / SAG_S)
    lasting, _ = lfilter([1.0 - keep], [1.0, -keep], raised, zi=[0.0])
    gain -= model.sag * lasting * np.maximum(gain - gain[0], 0.0)
    raised_s = np.cumsum(raised) * period_s
    return np.asarray(gain * (1.0 - rng.uniform(*model.settling) * (1.0 - np.exp(-raised_s / 2.0))))


def _at_tilt(tilt_deg: Array, table: tuple[tuple[float, float], ...]) -> Array:
    degrees, values = np.array(table).T
    return np.asarray(np.interp(tilt_deg, degrees, values))


def _carried(part: str, regions: list[str], weight: Array) -> Array:
    """Return each cell's part of one region's load, (k,), summing to 1."""
    carriers = next((c for c in CARRIERS[part] if set(c) & set(regions)), tuple(regions))
    chosen = np.where([region in carriers for region in regions], weight, 0.0)
    return np.asarray(chosen / chosen.sum())


def _place_mm(sensor: SensorSpec) -> tuple[float, float]:
    if np.isfinite([sensor.x_mm, sensor.y_mm]).all():
        return sensor.x_mm, sensor.y_mm
    return PLACE_MM.get(sensor.region, PLACE_MM["midfoot"])


def _tilt(part: Array, place_mm: Array, move_mm: Array) -> Array:
    """Return the relative change of each cell's load that moves the centre of pressure, (n, k).

    A change in proportion to ``(place - centre) @ inv(covariance) @ move`` moves it by ``move``.
    """
    x, y = place_mm.T
    centre_x, centre_y = part @ x, part @ y
    xx = part @ x**2 - centre_x**2 + SLACK_MM**2
    yy = part @ y**2 - centre_y**2 + SLACK_MM**2
    xy = part @ (x * y) - centre_x * centre_y
    det = xx * yy - xy**2
    along_x = (yy * move_mm[:, 0] - xy * move_mm[:, 1]) / det
    along_y = (xx * move_mm[:, 1] - xy * move_mm[:, 0]) / det
    offset = along_x * centre_x + along_y * centre_y
    change: Array = along_x[:, None] * x + along_y[:, None] * y - offset[:, None]
    return change


def _play(load_n: Array, width: float) -> Array:
    """Return the load through a play: the reading follows once the load has moved half a width.

    The play closes towards zero load, as the loops of bench tests do.
    """
    half_n = 0.5 * width * np.sqrt(load_n * load_n.max(axis=0))
    low, high = load_n - half_n, load_n + half_n
    felt = np.empty_like(load_n)
    last = load_n[0]
    for row, row_low, row_high in zip(felt, low, high, strict=True):
        np.maximum(last, row_low, out=row)
        np.minimum(row, row_high, out=row)
        last = row
    return np.maximum(felt, 0.0, out=felt)


def _creep(load_n: Array, period_s: float, model: CellModel) -> Array:
    """Return the load at a gain that rises under load: creep, and drift as one lag for each decade.

    The person has stood for a minute before the first sample. An empty cell reads its zero, as
    soles in shoes do (some newtons when unloaded); so creep is in the gain.
    """
    loaded = load_n / (load_n + LOADED_N)
    gain = np.ones_like(load_n)
    for rise, lag_s in (
        (model.creep, 40.0),
        *((model.drift_per_decade, lag_s) for lag_s in (1.0, 10.0, 100.0)),
    ):
        keep = np.exp(-period_s / lag_s)
        start = keep * (1.0 - np.exp(-60.0 / lag_s)) * loaded[:1]
        lagging, _ = lfilter([1.0 - keep], [1.0, -keep], loaded, axis=0, zi=start)
        gain += rise * lagging
    return load_n * gain
