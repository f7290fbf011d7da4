"""The person's acts on a fine grid of time: what each does to feet, loads and weight.

One array a quantity; each act changes the arrays in its own stretch of time.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import singledispatch
from typing import TYPE_CHECKING

import numpy as np
from scipy.interpolate import PchipInterpolator

from insole.sim import curve
from insole.sim.timeline import Lean, OneFoot, Repetition, Restless, Shift, Sit, Walk

if TYPE_CHECKING:
    from collections.abc import Callable

    from insole.sim.curve import Array
    from insole.sim.person import Person
    from insole.sim.timeline import Act, FootRise, Timeline

RATE_HZ = 200.0
"""Rate of the truth: twice the usual device, so that its samples fall between."""
MIDFOOT_LAG_S = 0.1
"""The midfoot starts to empty this much later than the heel, so that 20 N come 75 ms later."""
MIDFOOT_LEAD_S = 0.045
"""The midfoot loads this much earlier than the heel on the way down (public recordings)."""
HANG_DEG = 20.0
"""Pitch of a foot that hangs in the air: our choice."""
IRREGULARITY, COMMON_IRREGULARITY = 0.35, 0.9
"""Size of the changes of speed while lowering, and how far both feet share them: our choice."""
LONGEST_LOWERING_S = 60.0
"""Noise drawn for each lowering, s; a longer one stretches it."""
LANDING_MM = 10.0
"""The speed over this last stretch decides how hard the heel lands, mm."""
LANDING_PER_MM_S = 0.004
"""Landing peak above standing, per mm/s: a drop of 0.4 s gives about 1.5 x standing."""
HIGHEST_LANDING = 1.9
"""Highest landing peak, in standing loads (public recordings: up to 1.87)."""
LANDING_S = 0.15
"""Length of the landing peak, s: our choice."""


@dataclass(slots=True)
class Stage:
    """The arrays that acts work on: (n,) for the body, (n, 2) for left and right foot.

    `heel_load` and `midfoot_load` are factors on the standing load of that region, `landing` one on
    the foot's force; `support` is the part of body weight that the feet carry, `restless` a factor
    on sway, `one_foot` is 1 while only one foot stands, `wobble` noise of RMS 1.
    """

    person: Person
    time_s: Array
    height_mm: Array
    air_pitch_deg: Array
    heel_load: Array
    midfoot_load: Array
    landing: Array
    left_share: Array
    support: Array
    restless: Array
    one_foot: Array
    wobble: Array
    rng: np.random.Generator


def act_out(timeline: Timeline, person: Person, rng: np.random.Generator) -> Stage:
    """Return the arrays after all acts of a timeline have been played, in order.

    Parameters
    ----------
    timeline : Timeline
        Acts with their times.
    person : Person
        Who acts.
    rng : Generator
        Draws wobble and uneven speed.
    """
    stage = _empty_stage(timeline, person, rng)
    for act in timeline.acts:
        _play(act, stage)
    return stage


def pair_noise(
    rng: np.random.Generator, count: int, spectrum: curve.Spectrum, *, common: float
) -> Array:
    """Return noise of RMS 1 for each foot, (count, 2).

    Parameters
    ----------
    rng : Generator
        Source of randomness.
    count : int
        Samples wanted, at `RATE_HZ`.
    spectrum : callable
        Relative amplitude at frequencies in Hz.
    common : float
        Correlation between the feet, 0 to 1.
    """
    left, right, both = (curve.noise(rng, count, RATE_HZ, spectrum) for _ in range(3))
    own = np.stack([left, right], axis=1)
    pair: Array = np.sqrt(common) * both[:, None] + np.sqrt(1.0 - common) * own
    return pair


def _empty_stage(timeline: Timeline, person: Person, rng: np.random.Generator) -> Stage:
    time_s = np.arange(round(timeline.duration_s * RATE_HZ) + 1) / RATE_HZ
    count = len(time_s)
    return Stage(
        person=person,
        time_s=time_s,
        height_mm=np.zeros((count, 2)),
        air_pitch_deg=np.zeros((count, 2)),
        heel_load=np.ones((count, 2)),
        midfoot_load=np.ones((count, 2)),
        landing=np.ones((count, 2)),
        left_share=np.full(count, person.left_share),
        support=np.ones(count),
        restless=np.ones(count),
        one_foot=np.zeros(count),
        wobble=pair_noise(rng, count, curve.band(0.2, 3.0), common=0.0),
        rng=rng,
    )


@singledispatch
def _play(act: Act, stage: Stage) -> None:
    """Let an act change the arrays of the stage."""
    raise NotImplementedError(act)


@_play.register
def _(act: Repetition, stage: Stage) -> None:
    pace = _irregular(stage.rng)
    for foot in act.feet:
        own = np.sqrt(1.0 - COMMON_IRREGULARITY**2) * _irregular(stage.rng)
        uneven = np.exp(IRREGULARITY * (COMMON_IRREGULARITY * pace + own))
        _raise_heel(foot, act.ramp_fraction, uneven, stage)
        _move_load(foot, stage)
        _land(foot, stage)


@_play.register
def _(act: OneFoot, stage: Stage) -> None:
    there = (stage.time_s - act.start_s) / act.transfer_s
    back = (stage.time_s - act.end_s) / act.transfer_s + 1.0
    off = curve.min_jerk(there) - curve.min_jerk(back)
    target = 1.0 - act.side
    stage.left_share += off * (target - stage.left_share)
    stage.one_foot += off
    lift = curve.min_jerk(there - 1.0) - curve.min_jerk(back + 1.0)
    stage.air_pitch_deg[:, 1 - act.side] += HANG_DEG * lift


@_play.register
def _(act: Shift, stage: Stage) -> None:
    here = _from(stage, act.start_s)
    moved = curve.min_jerk((stage.time_s[here] - act.start_s) / act.duration_s)
    before = stage.left_share[here.start] if here.start < len(stage.time_s) else act.left_share
    stage.left_share[here] = before + moved * (act.left_share - before)


@_play.register
def _(act: Lean, stage: Stage) -> None:
    forward = act.depth * _plateau(stage, act.start_s, act.end_s, 0.8)[:, None]
    stage.heel_load *= 1.0 - forward
    stage.midfoot_load *= 1.0 - 0.5 * forward


@_play.register
def _(act: Sit, stage: Stage) -> None:
    seated = _plateau(stage, act.start_s, act.end_s, 1.0)
    stage.support *= 1.0 - seated
    stage.air_pitch_deg += HANG_DEG * seated[:, None]


@_play.register
def _(act: Restless, stage: Stage) -> None:
    stage.restless += (act.gain - 1.0) * _plateau(stage, act.start_s, act.end_s, 0.5)


# One foot through a stride on the spot, from heel contact: load in body weights, load on heel and
# midfoot against standing, pitch in degrees. Shapes after common gait curves; our choice.
_STRIDE = (0.00, 0.10, 0.17, 0.30, 0.45, 0.54, 0.60, 0.64, 0.75, 0.90, 1.00)
_STRIDE_LOAD = (0.0, 0.8, 1.1, 0.85, 1.08, 0.8, 0.15, 0.0, 0.0, 0.0, 0.0)
_STRIDE_HEEL = (2.0, 2.0, 1.3, 0.8, 0.05, 0.0, 0.0, 0.0, 1.0, 2.0, 2.0)
_STRIDE_MIDFOOT = (0.2, 0.8, 1.5, 1.2, 0.3, 0.0, 0.0, 0.0, 0.2, 0.2, 0.2)
_STRIDE_PITCH = (-8.0, -1.0, 0.0, 0.0, 8.0, 22.0, 35.0, 38.0, 20.0, -6.0, -8.0)


@_play.register
def _(act: Walk, stage: Stage) -> None:
    stride = (stage.time_s - act.start_s) / act.stride_s
    phase = np.stack([stride, stride + 0.5], axis=1) % 1.0
    walking = _plateau(stage, act.start_s, act.end_s, 0.4)
    load = _stride_curve(_STRIDE_LOAD, phase)
    total = load.sum(axis=1)
    stage.support += walking * (total - stage.support)
    stage.left_share += walking * (load[:, 0] / total - stage.left_share)
    both = walking[:, None]
    stage.heel_load += both * (_stride_curve(_STRIDE_HEEL, phase) - stage.heel_load)
    stage.midfoot_load += both * (_stride_curve(_STRIDE_MIDFOOT, phase) - stage.midfoot_load)
    stage.air_pitch_deg += both * _stride_curve(_STRIDE_PITCH, phase)


def _stride_curve(values: tuple[float, ...], phase: Array) -> Array:
    return np.asarray(PchipInterpolator(_STRIDE, values)(phase))


def _raise_heel(foot: FootRise, ramp_fraction: float, pace: Array, stage: Stage) -> None:
    """Raise, hold with wobble and sag, lower at an uneven pace: from heel-off to contact."""
    here = _between(stage, foot.heel_off_s, foot.heel_contact_s)
    time_s = stage.time_s[here]
    rising = curve.min_jerk(_progress(time_s, foot.heel_off_s, foot.top_reached_s))
    sagging = curve.min_jerk(_progress(time_s, foot.top_reached_s, foot.lowering_onset_s))
    left = (1.0 - foot.sag_fraction * sagging) * (1.0 - _lowered(foot, ramp_fraction, pace)(time_s))
    relative = rising * left
    wobble_mm = foot.wobble_mm * stage.wobble[here, foot.side] * relative**2
    stage.height_mm[here, foot.side] = np.maximum(foot.height_mm * relative + wobble_mm, 0.0)


def _lowered(foot: FootRise, ramp_fraction: float, pace: Array) -> Callable[[Array], Array]:
    """Return a function of time in s that says how much of the lowering is done, 0 to 1."""
    duration_s = foot.heel_contact_s - foot.lowering_onset_s
    pace = pace[: max(2, round(duration_s * RATE_HZ))]
    course = curve.ramp_cruise_ramp(duration_s, ramp_fraction, pace)
    own_s = np.linspace(foot.lowering_onset_s, foot.heel_contact_s, len(course))
    return lambda time_s: np.interp(time_s, own_s, course)


def _irregular(rng: np.random.Generator) -> Array:
    """Return slow noise of RMS 1, (n,), longer than any lowering."""
    return curve.noise(rng, round(LONGEST_LOWERING_S * RATE_HZ), RATE_HZ, curve.band(0.15, 1.0))


def _move_load(foot: FootRise, stage: Stage) -> None:
    """Load the heel, empty it before it rises, and fill it again after contact."""
    here = _between(stage, foot.unload_start_s - foot.overload_s, foot.settled_s)
    time_s = stage.time_s[here]
    overload = curve.bump((time_s - foot.unload_start_s) / foot.overload_s + 1.0)
    heel = _loaded(time_s - foot.unload_start_s, foot.heel_empty_s - foot.unload_start_s)
    heel += _refilled(time_s - foot.heel_touch_s, foot.settled_s - foot.heel_touch_s)
    stage.heel_load[here, foot.side] *= heel * (1.0 + (foot.overload - 1.0) * overload)
    later_s, earlier_s = time_s - MIDFOOT_LAG_S, time_s + MIDFOOT_LEAD_S
    midfoot = _loaded(later_s - foot.unload_start_s, foot.heel_empty_s - foot.unload_start_s)
    midfoot += _refilled(earlier_s - foot.heel_touch_s, foot.settled_s - foot.heel_touch_s)
    stage.midfoot_load[here, foot.side] *= midfoot


def _loaded(since_s: Array, duration_s: float) -> Array:
    """Return 1 and a course to 0 that begins gently and ends at once, as a heel lets go."""
    return np.cos(0.5 * np.pi * np.clip(since_s / duration_s, 0.0, 1.0))


def _refilled(since_s: Array, duration_s: float) -> Array:
    """Return 0 and a course to 1 that begins at once and ends gently, as a heel settles."""
    return np.sin(0.5 * np.pi * np.clip(since_s / duration_s, 0.0, 1.0))


def _land(foot: FootRise, stage: Stage) -> None:
    """Add the landing peak: the faster the last millimetres, the higher."""
    here = _between(stage, foot.lowering_onset_s, foot.heel_contact_s)
    near = np.flatnonzero(stage.height_mm[here, foot.side] < LANDING_MM)
    if not len(near):
        return
    speed_mm_s = LANDING_MM / (len(near) / RATE_HZ)
    above = min(LANDING_PER_MM_S * speed_mm_s, HIGHEST_LANDING - 1.0)
    after = _between(stage, foot.heel_contact_s, foot.heel_contact_s + LANDING_S)
    pulse = curve.bump((stage.time_s[after] - foot.heel_contact_s) / LANDING_S)
    stage.landing[after, foot.side] += above * pulse


def _plateau(stage: Stage, start_s: float, end_s: float, edge_s: float) -> Array:
    """Return 0, a smooth way up to 1, and the same way down, (n,)."""
    edge_s = min(edge_s, 0.4 * (end_s - start_s))
    up = curve.min_jerk((stage.time_s - start_s) / edge_s)
    return up - curve.min_jerk((stage.time_s - end_s) / edge_s + 1.0)


def _progress(time_s: Array, start_s: float, end_s: float) -> Array:
    """Return time as a fraction of a stretch; a stretch of no length is a step."""
    if end_s <= start_s:
        return (time_s >= end_s).astype(np.float64)
    return (time_s - start_s) / (end_s - start_s)


def _between(stage: Stage, start_s: float, end_s: float) -> slice:
    return slice(*np.searchsorted(stage.time_s, [start_s, end_s]).tolist())


def _from(stage: Stage, start_s: float) -> slice:
    return slice(int(np.searchsorted(stage.time_s, start_s)), len(stage.time_s))
