"""All acts of a timeline, played in order on the stage."""

from __future__ import annotations

from functools import singledispatch
from typing import TYPE_CHECKING

import numpy as np

from insole.sim import acts, curve, hindrance, rise, spell
from insole.sim.stage import RATE_HZ, Stage, empty_stage
from insole.units import G0

if TYPE_CHECKING:
    from insole.sim.acts import Act, Timeline
    from insole.sim.person import Person

STEP_DROP_MM = 30.0
"""How far the heels hang below the edge of a step: 9 degrees, as public recordings have it."""
HANDS_HZ = (0.05, 1.0)
"""Band of slow changes of the hands' force."""


@singledispatch
def play(act: Act, stage: Stage) -> None:
    """Let an act change the arrays of the stage."""
    raise NotImplementedError(act, stage)


play.register(acts.Repetition, rise.play_repetition)
play.register(acts.OneFoot, spell.one_foot)
play.register(acts.Shift, spell.shift)
play.register(acts.Lean, spell.lean)
play.register(acts.Walk, spell.walk)
play.register(acts.Sit, spell.sit)
play.register(acts.Restless, spell.restless)
play.register(acts.Talk, spell.talk)
play.register(acts.Hands, hindrance.hands)
play.register(acts.Dip, hindrance.dip)
play.register(acts.ToeGrip, hindrance.toe_grip)
play.register(acts.Touch, hindrance.touch)
play.register(acts.Stumble, hindrance.stumble)
play.register(acts.ToePress, hindrance.toe_press)
play.register(acts.Rock, hindrance.rock)


def act_out(timeline: Timeline, person: Person, rng: np.random.Generator) -> Stage:
    """Return the stage after all acts of a timeline have been played, in order.

    Parameters
    ----------
    timeline : Timeline
        Acts with their times, and the person's habits.
    person : Person
        Who acts.
    rng : Generator
        Draws wobble and uneven speed.
    """
    stage = empty_stage(timeline, person, rng)
    for act in timeline.acts:
        play(act, stage)
    _get_used_to(stage)
    return stage


def _get_used_to(stage: Stage) -> None:
    """Let the habits change the stage that are there all the time."""
    habits, person = stage.habits, stage.person
    if habits.hand_support or habits.hand_sway_n:
        slow = curve.noise(stage.extra, len(stage.time_s), RATE_HZ, curve.band(*HANDS_HZ))
        steady_n = habits.hand_support * person.mass_kg * G0
        stage.hand_n += np.maximum(steady_n + habits.hand_sway_n * slow, 0.0)
    on_tiptoe = np.clip(stage.height_mm / person.peak_double_mm, 0.0, 1.0)
    if habits.toe_grip != 1.0:
        stage.toe_grip *= 1.0 + (habits.toe_grip - 1.0) * on_tiptoe
    if habits.roll_mm:
        stage.across_mm += habits.roll_mm * on_tiptoe
    if habits.step:
        stage.height_mm *= 1.0 + STEP_DROP_MM / person.peak_double_mm
        stage.height_mm -= STEP_DROP_MM
