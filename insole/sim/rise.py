"""Heels that rise, stay up and come down, and how that moves the load of a foot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from insole.sim import curve
from insole.sim.stage import RATE_HZ, between

if TYPE_CHECKING:
    from collections.abc import Callable

    from insole.sim.acts import FootRise, Repetition
    from insole.sim.curve import Array
    from insole.sim.stage import Stage

MIDFOOT_LAG_S = 0.1
"""The midfoot starts to empty this much later than the heel, so that 20 N come 75 ms later."""
MIDFOOT_LEAD_S = 0.045
"""The midfoot loads this much earlier than the heel on the way down (public recordings)."""
COMMON_IRREGULARITY = 0.9
"""How far both feet share the changes of speed while lowering: our choice."""
STOPPED = 0.01
"""Speed of a lowering that stands still, against its usual one: our choice."""
STOPPING_S = 0.25
"""Time in which it stops, and goes on: our choice."""
TREMOR_HZ = (8.0, 12.0)
"""Band of a tired calf's tremor."""
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


def play_repetition(act: Repetition, stage: Stage) -> None:
    """Let a hold or raise change height, load and landing of its feet."""
    pace = _irregular(stage.rng)
    for foot in act.feet:
        own = np.sqrt(1.0 - COMMON_IRREGULARITY**2) * _irregular(stage.rng)
        uneven = np.exp(act.uneven * (COMMON_IRREGULARITY * pace + own))
        _raise_heel(foot, act.ramp_fraction, uneven, stage)
        _move_load(foot, stage)
        _land(foot, stage)


def _raise_heel(foot: FootRise, ramp_fraction: float, pace: Array, stage: Stage) -> None:
    """Raise, hold with wobble and sag, lower at an uneven pace: from heel-off to contact."""
    here = between(stage, foot.heel_off_s, foot.heel_contact_s)
    time_s = stage.time_s[here]
    rising = curve.min_jerk(_progress(time_s, foot.heel_off_s, foot.top_reached_s))
    sagging = curve.min_jerk(_progress(time_s, foot.top_reached_s, foot.lowering_onset_s))
    lowered = _lowered(foot, ramp_fraction, _with_stop(foot, pace))(time_s)
    relative = rising * ((1.0 - foot.sag_fraction * sagging) * (1.0 - lowered))
    wobble_mm = foot.wobble_mm * stage.wobble[here, foot.side] * relative**2
    if foot.tremor_mm:
        tremor = curve.noise(stage.extra, len(time_s), RATE_HZ, curve.band(*TREMOR_HZ))
        wobble_mm += foot.tremor_mm * tremor * relative**2
    stage.height_mm[here, foot.side] = np.maximum(foot.height_mm * relative + wobble_mm, 0.0)


def _with_stop(foot: FootRise, pace: Array) -> Array:
    """Return the speed of a lowering, (n,), that stands still for a while if it does."""
    start_s, end_s = foot.stop_s
    if end_s <= start_s:
        return pace
    time_s = foot.lowering_onset_s + np.arange(len(pace)) / RATE_HZ
    stopping = curve.min_jerk((time_s - start_s) / STOPPING_S)
    stopping -= curve.min_jerk((time_s - end_s) / STOPPING_S + 1.0)
    return np.asarray(pace * (1.0 - (1.0 - STOPPED) * stopping))


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
    here = between(stage, foot.unload_start_s - foot.overload_s, foot.settled_s)
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
    here = between(stage, foot.lowering_onset_s, foot.heel_contact_s)
    near = np.flatnonzero(stage.height_mm[here, foot.side] < LANDING_MM)
    if not len(near):
        return
    speed_mm_s = LANDING_MM / (len(near) / RATE_HZ)
    above = foot.landing * min(LANDING_PER_MM_S * speed_mm_s, HIGHEST_LANDING - 1.0)
    after = between(stage, foot.heel_contact_s, foot.heel_contact_s + LANDING_S)
    pulse = curve.bump((stage.time_s[after] - foot.heel_contact_s) / LANDING_S)
    stage.landing[after, foot.side] += above * pulse


def _progress(time_s: Array, start_s: float, end_s: float) -> Array:
    """Return time as a fraction of a stretch; a stretch of no length is a step."""
    if end_s <= start_s:
        return (time_s >= end_s).astype(np.float64)
    return (time_s - start_s) / (end_s - start_s)
