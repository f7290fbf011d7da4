"""Two feet drawn by hand: loads, heel heights and motion of a person whose every act is known.

    force = feet(stand(6), heel_up(1.0, 2.0, 5.0), stand(4))

is a ForceTable of somebody who stands for 6 s, raises both heels in 1 s, stays up for 2 s, lowers
for 5 s and stands again. Nothing sways and no sensor errs, so that a test can say what must come
out. The truth of simulated people, who do sway, is tested in ``tests/truth``.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from insole import measured
from insole.capabilities import Capabilities
from insole.measure.params import Params
from insole.report import build
from insole.report.model import SessionFacts

WEIGHT_N = 700.0
LEVER_MM = 0.72 * 260.0
UNLOAD_S = 0.2
"""The heel gives up its load in a straight line so long before it rises, and takes it so after."""
SHIFT_S = 0.5
"""How long the load takes to move to one foot before a single-leg raise, and back."""
HEEL, MIDFOOT = 0.45, 0.15
"""Shares of a foot's load in flat standing; the forefoot has the rest."""
COUNTS_PER_N = 3.7
SIDES = ("left", "right")


@dataclass(frozen=True)
class Act:
    """A stretch of time: standing, or a heel-up of `side` with `up`, `top` and `down` in s.

    `load` is the left share during it (None: as in standing); with `lowers`, that foot alone
    lowers, and the load moves over to it within `transfer` in the middle of the top, except for
    `assist`.
    """

    duration: float
    side: str = ""
    up: float = 0.0
    top: float = 0.0
    height: float = 80.0
    sag: float = 0.0
    load: float | None = None
    lowers: str = ""
    transfer: float = 0.5
    assist: float = 0.0


def stand(duration, load=None):
    return Act(duration, load=load)


def heel_up(up, top, down, *, side="both", **more):
    return Act(up + top + down, side=side, up=up, top=top, **more)


def feet(
    *acts,
    rate_hz=100.0,
    left_share=0.5,
    imu=True,
    regions=True,
    sides="both",
    unit="n",
    noise_n=0.2,
):
    """Return the ForceTable of these acts, for a rig that senses what is asked for."""
    count = round(sum(act.duration for act in acts) * rate_hz) + 1
    time_s = np.arange(count) / rate_hz
    share = _share(acts, time_s, left_share)
    height_mm, heel_z = _heels(acts, time_s)
    rng = np.random.default_rng(0)
    columns = {}
    for k, side in enumerate(SIDES):
        load = WEIGHT_N * (share if side == "left" else 1.0 - share)
        heel = HEEL * heel_z[k] * load
        midfoot = MIDFOOT * heel_z[k] * load
        parts = {"heel": heel, "midfoot": midfoot, "forefoot": load - heel - midfoot}
        parts = {name: part + rng.normal(0.0, noise_n, count) for name, part in parts.items()}
        columns[f"{side}_n"] = sum(parts.values())
        columns[f"{side}_ok"] = np.ones(count, dtype=bool)
        if regions:
            columns |= {f"{side}_{name}_n": part for name, part in parts.items()}
            columns[f"{side}_cop_ml_mm"] = 5.0 * np.sin(2.0 * np.pi * 0.5 * time_s)
        if imu:
            columns |= _motion(side, height_mm[k], rate_hz)
    force = pd.DataFrame(columns, index=pd.Index(time_s, name="time_s"))
    return _in_unit(_of_sides(force, sides), unit)


def lost(force, start_s, end_s, side="left"):
    """Return the table with nothing of one foot between two times, as a dropped link leaves it."""
    force = force.copy()
    hole = (force.index >= start_s) & (force.index < end_s)
    for name in force.columns:
        if name == f"{side}_ok":
            force.loc[hole, name] = False
        elif name.startswith(f"{side}_"):
            force.loc[hole, name] = np.nan
    return force


def mirrored(force):
    """Return the table of the same person with left and right foot swapped."""
    swap = {"left": "right", "right": "left"}
    names = {c: f"{swap[c.split('_')[0]]}_{c.split('_', 1)[1]}" for c in force.columns}
    return force.rename(columns=names)[list(force.columns)]


def scaled(force, factor):
    """Return the table with every load multiplied by a factor."""
    return force.assign(**{c: force[c] * factor for c in force.columns if c.endswith("_n")})


def capabilities_of(force):
    sides = {c.split("_")[0] for c in force.columns}
    unit = next(u for u in ("n", "bw", "adc") if any(c.endswith(f"_{u}") for c in force.columns))
    regions = ("forefoot", "midfoot", "heel") if f"left_heel_{unit}" in force.columns else ()
    if sides == {"right"} and f"right_heel_{unit}" in force.columns:
        regions = ("forefoot", "midfoot", "heel")
    return Capabilities(
        regions=regions,
        imu=any(c.endswith("acc_x_g") for c in force.columns),
        cop=any(c.endswith("cop_ml_mm") for c in force.columns),
        rate_hz=round(1.0 / float(force.index[1]), 3),
        sides="both" if sides == {*SIDES} else "merged" if sides == {"plate"} else sides.pop(),
        unit={"n": "N"}.get(unit, unit),
    )


ONE_CLOCK = measured.ok(0.0, "ms", "one_file_one_clock")


def report_of(force, exercise=None, *, sync=ONE_CLOCK, params=None):
    """Return the report of a ForceTable alone, without any file."""
    facts = SessionFacts("test", None, None, float(force.index[-1]), {})
    known = build.Known(facts, capabilities_of(force), {}, sync, {}, exercise)
    return build.summarise(force, known, params or Params())


def _spans(acts):
    end = 0.0
    for act in acts:
        start, end = end, end + act.duration
        yield act, start, end


def _share(acts, time_s, standing):
    """Return the left share: constant in each act, with smooth ways between."""
    share = np.full(len(time_s), standing)

    def move(target, start, end):
        done = np.clip((time_s - start) / (end - start), 0.0, 1.0)
        done = done**3 * (10.0 - 15.0 * done + 6.0 * done**2)
        share[:] = share + done * (target - share)

    for act, start, end in _spans(acts):
        if act.load is not None:
            move(act.load, start - SHIFT_S, start)
            move(standing, end, end + SHIFT_S)
        if act.side in SIDES:
            move(_alone(act.side, act.assist), start - UNLOAD_S - SHIFT_S, start - UNLOAD_S)
            move(standing, end + UNLOAD_S, end + UNLOAD_S + SHIFT_S)
        if act.lowers:
            middle = start + act.up + 0.5 * act.top
            half = 0.5 * act.transfer
            move(_alone(act.lowers, act.assist), middle - half, middle + half)
            move(standing, end + UNLOAD_S, end + UNLOAD_S + SHIFT_S)
    return share


def _alone(side, assist):
    return 1.0 - assist if side == "left" else assist


def _heels(acts, time_s):
    """Return heel heights (mm) and how loaded each heel is (1 as in standing), (2, n) each."""
    height = np.zeros((2, len(time_s)))
    loaded = np.ones((2, len(time_s)))
    for act, start, end in _spans(acts):
        working = [k for k, side in enumerate(SIDES) if act.side in {side, "both"}]
        top, onset = start + act.up, start + act.up + act.top
        held = 1.0 - act.sag * np.clip((time_s - top) / max(onset - top, 1e-9), 0.0, 1.0)
        course = _ease(time_s, start, top) * held * (1.0 - _ease(time_s, onset, end))
        if act.side:
            empty = np.interp(
                time_s, [start - UNLOAD_S, start, end, end + UNLOAD_S], [1.0, 0.0, 0.0, 1.0]
            )
            height[working] += act.height * course
            loaded[working] *= empty
    return height, loaded


def _ease(time_s, start, end):
    """Return a move from 0 to 1 that speeds up evenly to the middle and slows down evenly."""
    t = np.clip((time_s - start) / max(end - start, 1e-9), 0.0, 1.0)
    return np.where(t < 0.5, 2.0 * t**2, 1.0 - 2.0 * (1.0 - t) ** 2)


def _motion(side, height_mm, rate_hz):
    """Return what an inertial sensor under the arch feels: x to the toes, z up, as it lies flat."""
    pitch = np.arcsin(height_mm / LEVER_MM)
    zero = np.zeros(len(pitch))
    return {
        f"{side}_acc_x_g": -np.sin(pitch),
        f"{side}_acc_y_g": zero,
        f"{side}_acc_z_g": np.cos(pitch),
        f"{side}_gyro_x_dps": zero,
        f"{side}_gyro_y_dps": np.degrees(np.gradient(pitch) * rate_hz),
        f"{side}_gyro_z_dps": zero,
    }


def _of_sides(force, sides):
    if sides == "both":
        return force
    if sides == "merged":
        columns = {"plate_n": force["left_n"] + force["right_n"], "plate_ok": force["left_ok"]}
        return pd.DataFrame(columns, index=force.index)
    return force[[c for c in force.columns if c.startswith(f"{sides}_")]]


def _in_unit(force, unit):
    factor = {"n": 1.0, "adc": COUNTS_PER_N, "bw": 1.0 / WEIGHT_N}[unit]
    return scaled(force, factor).rename(
        columns={c: f"{c[:-2]}_{unit}" for c in force.columns if c.endswith("_n")}
    )
