"""Acts between exercises: standing on one foot, shifting, leaning, walking, sitting, fidgeting."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.interpolate import PchipInterpolator

from insole.sim import curve
from insole.sim.stage import plateau, since

if TYPE_CHECKING:
    from insole.sim.acts import Lean, OneFoot, Restless, Shift, Sit, Talk, Walk
    from insole.sim.curve import Array
    from insole.sim.stage import Stage

HANG_DEG = 20.0
"""Pitch of a foot that hangs in the air: our choice."""


def one_foot(act: OneFoot, stage: Stage) -> None:
    """Move the load to one foot, lift the other unless its toes help, and come back."""
    there = (stage.time_s - act.start_s) / act.transfer_s
    back = (stage.time_s - act.end_s) / act.transfer_s + 1.0
    off = curve.min_jerk(there) - curve.min_jerk(back)
    target = 1.0 - act.resting_share if act.side == 0 else act.resting_share
    stage.left_share += off * (target - stage.left_share)
    stage.one_foot += off
    if act.resting_share:
        return
    lift = curve.min_jerk(there - 1.0) - curve.min_jerk(back + 1.0)
    stage.air_pitch_deg[:, 1 - act.side] += HANG_DEG * lift


def shift(act: Shift, stage: Stage) -> None:
    """Move weight between the feet, for good."""
    here = since(stage, act.start_s)
    moved = curve.min_jerk((stage.time_s[here] - act.start_s) / act.duration_s)
    before = stage.left_share[here.start] if here.start < len(stage.time_s) else act.left_share
    stage.left_share[here] = before + moved * (act.left_share - before)


def lean(act: Lean, stage: Stage) -> None:
    """Take the load off the heels, which stay down."""
    forward = act.depth * plateau(stage, act.start_s, act.end_s, 0.8)[:, None]
    stage.heel_load *= 1.0 - forward
    stage.midfoot_load *= 1.0 - 0.5 * forward


def sit(act: Sit, stage: Stage) -> None:
    """Take weight off both feet, which hang."""
    seated = plateau(stage, act.start_s, act.end_s, 1.0)
    stage.support *= 1.0 - seated
    stage.air_pitch_deg += HANG_DEG * seated[:, None]


def restless(act: Restless, stage: Stage) -> None:
    """Sway more."""
    stage.restless += (act.gain - 1.0) * plateau(stage, act.start_s, act.end_s, 0.5)


# One foot through a stride on the spot, from heel contact: load in body weights, load on heel and
# midfoot against standing, pitch in degrees. Shapes after common gait curves; our choice.
_STRIDE = (0.00, 0.10, 0.17, 0.30, 0.45, 0.54, 0.60, 0.64, 0.75, 0.90, 1.00)
_STRIDE_LOAD = (0.0, 0.8, 1.1, 0.85, 1.08, 0.8, 0.15, 0.0, 0.0, 0.0, 0.0)
_STRIDE_HEEL = (2.0, 2.0, 1.3, 0.8, 0.05, 0.0, 0.0, 0.0, 1.0, 2.0, 2.0)
_STRIDE_MIDFOOT = (0.2, 0.8, 1.5, 1.2, 0.3, 0.0, 0.0, 0.0, 0.2, 0.2, 0.2)
_STRIDE_PITCH = (-8.0, -1.0, 0.0, 0.0, 8.0, 22.0, 35.0, 38.0, 20.0, -6.0, -8.0)


def walk(act: Walk, stage: Stage) -> None:
    """Walk on the spot."""
    stride = (stage.time_s - act.start_s) / act.stride_s
    phase = np.stack([stride, stride + 0.5], axis=1) % 1.0
    walking = plateau(stage, act.start_s, act.end_s, 0.4)
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


def talk(act: Talk, stage: Stage) -> None:
    """Move some of the load to one foot and back, as an arm moves."""
    gesture = curve.bump((stage.time_s - act.start_s) / (act.end_s - act.start_s))
    stage.left_share += act.size * gesture * 4.0 * stage.left_share * (1.0 - stage.left_share)
