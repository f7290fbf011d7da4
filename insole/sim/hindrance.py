"""What helps or disturbs, and work of the toes: hands, bent knees, stumbles, presses, rocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from insole.sim import curve
from insole.sim.stage import between, plateau
from insole.units import G0

if TYPE_CHECKING:
    from insole.sim.acts import Dip, Hands, Rock, Stumble, ToeGrip, ToePress, Touch
    from insole.sim.curve import Array
    from insole.sim.stage import Stage

SINK_S = 0.35
"""For so long a heel sinks before it touches, and rises after it: our choice."""
STUMBLE_SHARE, STUMBLE_SUPPORT = 0.97, 0.35
"""Load on one foot in a stumble, and how far both together leave body weight: our choice."""
OTHER_TOES = 0.8
"""How much of their load the other toes lose while some press: our choice."""
HEEL_STAYS = 0.12
"""Least part of the heel's standing load in a rock: the heel stays down."""


def hands(act: Hands, stage: Stage) -> None:
    """Let the hands carry a part of body weight."""
    weight_n = stage.person.mass_kg * G0
    stage.hand_n += act.part * weight_n * plateau(stage, act.start_s, act.end_s, 0.3)


def dip(act: Dip, stage: Stage) -> None:
    """Let the knees bend and stretch."""
    bent = curve.bump((stage.time_s - act.start_s) / (act.end_s - act.start_s))
    stage.sunk_mm += act.depth_mm * bent


def toe_grip(act: ToeGrip, stage: Stage) -> None:
    """Let the toes grip."""
    gripping = plateau(stage, act.start_s, act.end_s, 0.3)[:, None]
    stage.toe_grip *= 1.0 + (act.factor - 1.0) * gripping


def touch(act: Touch, stage: Stage) -> None:
    """Let a heel sink to the floor, carry load there, and rise again."""
    start_s, end_s = act.start_s - SINK_S, act.end_s + SINK_S
    down = curve.min_jerk((stage.time_s - start_s) / SINK_S)
    down -= curve.min_jerk((stage.time_s - end_s) / SINK_S + 1.0)
    stage.height_mm[:, act.side] *= 1.0 - down
    here = between(stage, act.start_s, act.end_s)
    into = (stage.time_s[here] - act.start_s) / (act.end_s - act.start_s)
    loaded = act.load * np.sqrt(np.sin(np.pi * into))
    for load in (stage.heel_load, stage.midfoot_load):
        load[here, act.side] = np.maximum(load[here, act.side], loaded)


def stumble(act: Stumble, stage: Stage) -> None:
    """Let nearly all load go to one foot and back, with a jolt."""
    into = (stage.time_s - act.start_s) / (act.end_s - act.start_s)
    away = np.sqrt(curve.bump(into))
    target = STUMBLE_SHARE if act.side == 0 else 1.0 - STUMBLE_SHARE
    stage.left_share += away * (target - stage.left_share)
    jolt = np.sin(2.0 * np.pi * np.clip(into, 0.0, 1.0)) * away
    stage.support -= STUMBLE_SUPPORT * jolt


def toe_press(act: ToePress, stage: Stage) -> None:
    """Let the big toe, or the little ones, press, and the others let go."""
    share = stage.left_share if act.side == 0 else 1.0 - stage.left_share
    foot_n = np.maximum(stage.person.mass_kg * G0 * share, act.force_n)
    pressing = plateau(stage, act.start_s, act.end_s, 0.25)
    press: Array = pressing * act.force_n / foot_n
    pressed, idle = stage.big_toe, stage.little_toes
    if act.toe == "little":
        pressed, idle = idle, pressed
    pressed[:, act.side] += press
    idle[:, act.side] -= OTHER_TOES * pressing


def rock(act: Rock, stage: Stage) -> None:
    """Let the load of a foot move forward and to one edge while the heel stays down."""
    forward = curve.bump((stage.time_s - act.start_s) / (act.end_s - act.start_s))
    left = 1.0 - act.depth * forward
    stage.heel_load[:, act.side] *= np.maximum(left, HEEL_STAYS)
    stage.midfoot_load[:, act.side] *= 1.0 - 0.5 * act.depth * forward
    stage.across_mm[:, act.side] += act.across_mm * forward
