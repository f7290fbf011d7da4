"""The ground truth: how a person moves, and the forces and centres of pressure that follow."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from insole.sim import curve
from insole.sim.acting import act_out
from insole.sim.person import Person, draw_person
from insole.sim.stage import RATE_HZ, Stage, pair_noise
from insole.sim.timeline import plan
from insole.sim.truth import Truth, event_table
from insole.units import G0

if TYPE_CHECKING:
    from insole.sim.acts import Timeline
    from insole.sim.blocks import Habits, Scenario
    from insole.sim.curve import Array

__all__ = ["Person", "draw_person", "simulate"]

FORE_SPLIT = (0.80, 0.12, 0.08)
"""How ball, big toe and little toes share the load in front of the arch: our choice."""
MOST_ON_HEEL = 0.75
"""Most of a foot's load that an overload puts on the heel: our choice."""
SHARE_SD = 0.03
"""Wander of the left share while standing (plates show 0.013 to 0.036)."""
SWAY_AP_MM, SWAY_ML_PER_AP = 4.0, 0.7
"""RMS of the centre of pressure along the foot on both feet, and across it against along it."""
UNSTEADY_SWAY = 2.0
"""Sway on tiptoe or on one foot against that on both feet, flat."""
STEP_HEEL, STEP_MIDFOOT = (0.02, 0.01), (0.24, 0.1)
"""Mean and SD of the load on heel and midfoot on a step (public recordings: 2 ± 2, 24 ± 16 %)."""
MOST_ON_TOES = 0.9
"""Most of the load in front of the arch that the toes can take: our choice."""
ROLL_DEG = 0.7
"""RMS of the foot's sideways tilt at full height: our choice; pitch explains 97 to 100 %."""


def simulate(scenario: Scenario, person: Person, seed: int) -> Truth:
    """Return what the person does in truth.

    Parameters
    ----------
    scenario : Scenario
        What to do.
    person : Person
        Who does it.
    seed : int
        The same seed gives the same truth.
    """
    rng = np.random.default_rng(seed)
    person = _used_to(scenario.person, person, rng)
    timeline = plan(scenario, person, rng)
    return _truth(act_out(timeline, person, rng), timeline)


def _used_to(habits: Habits, person: Person, rng: np.random.Generator) -> Person:
    """Return a person who stands as habits say."""
    (own,) = rng.spawn(1)
    if habits.left_share:
        person = replace(person, left_share=habits.left_share)
    if habits.step:
        heel = max(own.normal(*STEP_HEEL), 0.0)
        midfoot = float(np.clip(own.normal(*STEP_MIDFOOT), 0.05, 0.5))
        person = replace(person, heel_fraction=heel, midfoot_fraction=midfoot)
    return person


def _truth(stage: Stage, timeline: Timeline) -> Truth:
    person, count = stage.person, len(stage.time_s)
    share = _wandering_share(stage)
    force_n = _force_n(stage, share)
    total_n = force_n.sum(axis=1)
    known = total_n > 0.05 * person.mass_kg * G0
    tilt = np.clip(stage.height_mm / person.lever_mm, -0.5, 1.0)
    on_tiptoe = np.clip(stage.height_mm / person.peak_double_mm, 0.0, 1.0)
    roll = pair_noise(stage.rng, count, curve.band(0.2, 3.0), common=0.0)
    cop_ap_mm, cop_ml_mm = _sway_mm(stage, on_tiptoe)
    return Truth(
        person=person,
        rate_hz=RATE_HZ,
        force_n=force_n,
        left_share=np.divide(force_n[:, 0], total_n, out=np.full(count, np.nan), where=known),
        heel_height_mm=stage.height_mm,
        pitch_deg=np.degrees(np.arcsin(tilt)) + stage.air_pitch_deg,
        roll_deg=ROLL_DEG * roll * on_tiptoe,
        region_fraction=_region_fraction(stage),
        cop_ap_mm=cop_ap_mm + person.cop_travel_mm * on_tiptoe,
        cop_ml_mm=cop_ml_mm + stage.across_mm,
        events=event_table(timeline),
    )


def _wandering_share(stage: Stage) -> Array:
    """Return the left share with its slow wander, which dies out towards 0 and 1."""
    wander = curve.noise(stage.rng, len(stage.time_s), RATE_HZ, curve.below(0.1, 0.3))
    room = 4.0 * stage.left_share * (1.0 - stage.left_share)
    return np.clip(stage.left_share + SHARE_SD * stage.restless * room * wander, 0.0, 1.0)


def _force_n(stage: Stage, left_share: Array) -> Array:
    """Return the force under each foot: weight, inertia and the body's own noise."""
    person = stage.person
    share = np.stack([left_share, 1.0 - left_share], axis=1)
    com_mm = person.com_factor * (share * stage.height_mm).sum(axis=1) - stage.sunk_mm
    com_m = com_mm / 1000.0
    inertia_n = person.mass_kg * np.gradient(np.gradient(com_m, 1.0 / RATE_HZ), 1.0 / RATE_HZ)
    weight_n = person.mass_kg * G0 + _physiological_n(stage)
    total_n = stage.support * weight_n + inertia_n - stage.hand_n
    force_n: Array = np.maximum(total_n[:, None] * share * stage.landing, 0.0)
    return force_n


def _physiological_n(stage: Stage) -> Array:
    """Return heart, breath and postural activity in the vertical force, (n,) in N.

    References
    ----------
    Heart 1.1 Hz with harmonics, breath 0.25 Hz; a postural part most active at 4 to 5 Hz (Sozzi
    2022, Front Neurol). Amplitudes: our choice.
    """
    rng, time_s = stage.rng, stage.time_s
    beats = 1.1 * time_s + 0.05 * curve.noise(rng, len(time_s), RATE_HZ, curve.below(0.05, 0.2))
    phases = rng.uniform(0.0, 2 * np.pi, 4)
    own_n: Array = 0.7 * np.sin(2 * np.pi * 0.25 * time_s + phases[3])
    for harmonic, amplitude_n in enumerate((1.2, 0.9, 0.5)):
        own_n += amplitude_n * np.sin(2 * np.pi * (harmonic + 1) * beats + phases[harmonic])
    postural = rng.uniform(1.0, 2.5) * curve.noise(rng, len(time_s), RATE_HZ, _postural)
    own_n += stage.restless * postural
    return own_n


def _postural(frequency_hz: Array) -> Array:
    broad = curve.below(2.0, 12.0)(frequency_hz)
    return broad * (0.5 + np.exp(-0.5 * ((frequency_hz - 4.5) / 1.0) ** 2))


def _region_fraction(stage: Stage) -> Array:
    person = stage.person
    heel = np.minimum(person.heel_fraction * stage.heel_load, MOST_ON_HEEL)
    midfoot = np.minimum(person.midfoot_fraction * stage.midfoot_load, 1.0 - MOST_ON_HEEL)
    fore = 1.0 - heel - midfoot
    ball, big_toe, toes = (part * fore for part in FORE_SPLIT)
    gripped = big_toe * stage.toe_grip, toes * stage.toe_grip
    pressed = (stage.big_toe, stage.little_toes)
    big_toe, toes = (_pressed(load, press) for load, press in zip(gripped, pressed, strict=True))
    most = np.minimum(1.0, MOST_ON_TOES * fore / np.maximum(big_toe + toes, 1e-9))
    big_toe, toes = big_toe * most, toes * most
    if np.any(stage.toe_grip != 1.0) or np.any(stage.big_toe) or np.any(stage.little_toes):
        ball = fore - big_toe - toes
    return np.stack([heel, midfoot, ball, big_toe, toes], axis=2)


def _pressed(load: Array, press: Array) -> Array:
    """Return a toe's part of the load: more where it presses, less where it lets go."""
    return load * (1.0 + np.minimum(press, 0.0)) + np.maximum(press, 0.0)


def _sway_mm(stage: Stage, on_tiptoe: Array) -> tuple[Array, Array]:
    """Return sway along and across each foot, (n, 2) in mm; along, the feet go together."""
    count, spectrum = len(stage.time_s), curve.below(0.35, 2.0)
    unsteady = np.maximum(on_tiptoe, stage.one_foot[:, None])
    grown = stage.restless[:, None] * (1.0 + (UNSTEADY_SWAY - 1.0) * unsteady)
    along = SWAY_AP_MM * grown * pair_noise(stage.rng, count, spectrum, common=0.8)
    across = SWAY_ML_PER_AP * SWAY_AP_MM * grown
    return along, across * pair_noise(stage.rng, count, spectrum, common=0.0)
