"""Guided calibration: gains found, faults named, and loads that come out right."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from insole.filter import calibration as cal
from insole.filter import stand
from insole.filter.calibration import Calibration, Step
from insole.tables import SIDES

if TYPE_CHECKING:
    from numpy.typing import NDArray

RATE_HZ = 50.0
WEIGHT_N = 700.0
STEPS = (
    Step("unloaded", 0.0, 3.0),
    Step("quiet_stand", 3.0, 13.0),
    Step("shift_flat", 13.0, 25.0),
    Step("shift_tiptoe", 25.0, 35.0),
)
"""The guided minute; after it 10 s of quiet standing and 10 s on tiptoe, evenly loaded."""


@dataclass
class Soles:
    """How a pair of soles errs: gains flat and on tiptoe, and what laces press."""

    flat: tuple[float, float] = (1.0, 1.0)
    tiptoe: tuple[float, float] = (1.2, 1.45)
    lace_n: float = 0.0
    noise_n: float = 2.0


@dataclass
class Person:
    """What the person does, besides what was asked."""

    foot_down_n: float = 0.0
    fidget_n: float = 0.0
    shift: float = 0.35
    hand_n: float = 0.0
    hand_in_stand_n: float = 0.0
    sways: float = 0.0
    toes_down_n: float = 0.0


def record(soles: Soles | None = None, person: Person | None = None) -> pd.DataFrame:
    """Return what the soles say of the guided minute and the 20 s after it, N."""
    soles, person = soles or Soles(), person or Person()
    rng = np.random.default_rng(5)
    time_s = np.arange(0.0, 55.0, 1 / RATE_HZ)
    up = ((time_s >= 25.0) & (time_s < 35.0)) | (time_s >= 45.0)
    shifting = (time_s >= 13.0) & (time_s < 35.0)
    share = 0.5 + person.shift * np.sin(2 * np.pi * time_s / 5.0) * shifting
    hand_n = person.hand_n * (1 + np.sin(2 * np.pi * time_s / 3.7)) * shifting
    weight_n = np.where(time_s < 3.0, person.foot_down_n, WEIGHT_N - hand_n)
    weight_n += np.where((time_s >= 3.0) & (time_s < 13.0), person.fidget_n, 0.0) * np.sign(
        np.sin(time_s * 4)
    )
    quiet = (time_s >= 3.0) & (time_s < 13.0)
    weight_n -= person.hand_in_stand_n * quiet
    share += person.sways * np.sin(2 * np.pi * time_s / 5.0) * quiet
    columns: dict[str, NDArray[np.float64]] = {}
    for k, (side, part) in enumerate((("left", share), ("right", 1.0 - share))):
        gain = np.where(up, soles.tiptoe[k], soles.flat[k])
        heel = np.where(up, 0.02, 0.5)
        for region, fraction in (("heel", heel), ("forefoot", 1.0 - heel)):
            noise = rng.normal(0.0, soles.noise_n, len(time_s))
            columns[f"{side}_{region}_n"] = weight_n * part * fraction * gain + soles.lace_n + noise
        columns[f"{side}_forefoot_n"] += person.toes_down_n * (time_s < 3.0)
        columns[f"{side}_n"] = columns[f"{side}_heel_n"] + columns[f"{side}_forefoot_n"]
        columns[f"{side}_ok"] = np.ones(len(time_s), dtype=bool)
    return pd.DataFrame(columns, index=pd.Index(time_s, name="time_s"))


def robinson_pct(force: pd.DataFrame, start_s: float, end_s: float) -> float:
    part = force.loc[start_s:end_s]
    left, right = part["left_n"].mean(), part["right_n"].mean()
    return float(100 * (left - right) / (0.5 * (left + right)))


def advice_on(step: str, calibration: Calibration) -> str:
    return next(v.advice for v in calibration.verdicts if v.step == step)


def test_all_steps_of_a_good_minute_are_accepted():
    found = cal.calibrate(record(), STEPS, WEIGHT_N)
    assert [(v.step, v.accepted) for v in found.verdicts] == [(s.kind, True) for s in STEPS]


def test_even_load_on_tiptoe_reads_even_after_calibration_and_not_before():
    force = record(Soles(tiptoe=(1.2, 1.45)))
    assert abs(robinson_pct(force, 46.0, 54.0)) > 15.0
    corrected = cal.apply(force, cal.calibrate(force, STEPS, WEIGHT_N))
    assert abs(robinson_pct(corrected, 46.0, 54.0)) <= 5.0
    assert abs(robinson_pct(corrected, 36.0, 44.0)) <= 5.0


@pytest.mark.parametrize("flat", [(1.0, 1.0), (0.85, 1.1), (1.2, 0.9)])
def test_body_weight_comes_out_within_two_percent_in_both_postures(flat):
    force = record(Soles(flat=flat, lace_n=20.0))
    corrected = cal.apply(force, cal.calibrate(force, STEPS, WEIGHT_N))
    total = corrected["left_n"] + corrected["right_n"]
    assert total.loc[36.0:44.0].median() == pytest.approx(WEIGHT_N, rel=0.02)
    assert total.loc[46.0:54.0].median() == pytest.approx(WEIGHT_N, rel=0.02)


def test_without_a_weight_the_feet_become_comparable_on_the_soles_own_scale():
    force = record(Soles(flat=(0.8, 1.0)))
    found = cal.calibrate(force, STEPS)
    assert not found.body_weight_given
    corrected = cal.apply(force, found)
    assert abs(robinson_pct(corrected, 36.0, 44.0)) <= 5.0
    total = corrected["left_n"] + corrected["right_n"]
    assert total.loc[36.0:44.0].median() == pytest.approx(found.body_weight_n, rel=0.02)


def test_regions_still_add_up_to_the_total():
    force = record(Soles(lace_n=15.0))
    corrected = cal.apply(force, cal.calibrate(force, STEPS, WEIGHT_N))
    for side in ("left", "right"):
        parts = corrected[f"{side}_heel_n"] + corrected[f"{side}_forefoot_n"]
        assert np.allclose(parts, corrected[f"{side}_n"], atol=0.5)  # medians do not add up


@pytest.mark.parametrize(
    ("person", "step", "words"),
    [
        (Person(foot_down_n=150.0), "unloaded", "lift both feet"),
        (Person(toes_down_n=50.0), "unloaded", "left forefoot carries 50 N"),
        (Person(fidget_n=90.0), "quiet_stand", "stand still"),
        (Person(sways=0.1), "quiet_stand", "weight went from foot to foot"),
        (Person(hand_in_stand_n=400.0), "quiet_stand", "hold on to nothing"),
        (Person(hand_in_stand_n=250.0), "shift_flat", "hold on to nothing"),
        (Person(shift=0.08), "shift_flat", "lean slowly and further"),
        (Person(shift=0.08), "shift_tiptoe", "on tiptoe"),
        (Person(hand_n=90.0), "shift_flat", "hold on to nothing"),
        (Person(hand_n=90.0), "shift_tiptoe", "hold on to nothing"),
    ],
)
def test_a_step_done_wrong_is_refused_with_what_to_repeat(person, step, words):
    found = cal.calibrate(record(person=person), STEPS, WEIGHT_N)
    assert words in advice_on(step, found)
    assert "repeat" in advice_on(step, found)


def test_a_refused_step_teaches_nothing_and_leaves_the_others_alone():
    found = cal.calibrate(record(person=Person(foot_down_n=150.0)), STEPS, WEIGHT_N)
    assert not found.offset_n
    assert found.flat is not None
    assert found.tiptoe is not None


def test_heels_that_stay_down_on_tiptoe_are_noticed():
    force = record()
    flat_only = force.assign(left_heel_n=force["left_n"] / 2, right_heel_n=force["right_n"] / 2)
    found = cal.calibrate(flat_only, STEPS, WEIGHT_N)
    assert "did not stand on tiptoe" in advice_on("shift_tiptoe", found)
    assert found.tiptoe is None


def test_tiptoe_needs_heels_that_were_seen_in_a_quiet_stand():
    restless = cal.calibrate(record(person=Person(fidget_n=90.0)), STEPS, WEIGHT_N)
    assert "repeat that and this" in advice_on("shift_tiptoe", restless)
    whole = record().drop(columns=[f"{s}_{r}_n" for s in SIDES for r in ("heel", "forefoot")])
    found = cal.calibrate(whole, STEPS, WEIGHT_N)
    assert "do not tell heel from toe" in advice_on("shift_tiptoe", found)
    assert found.flat is not None


def test_a_weight_that_cannot_be_is_questioned():
    found = cal.calibrate(record(), STEPS, 70.0)
    assert "check the weight you gave" in advice_on("quiet_stand", found)


def test_one_sole_alone_learns_its_offset_and_no_gain():
    force = record(Soles(lace_n=10.0))[["left_n", "left_heel_n", "left_forefoot_n", "left_ok"]]
    found = cal.calibrate(force, STEPS)
    assert found.offset_n["left_n"] == pytest.approx(20.0, abs=1.0)
    assert "put on both" in advice_on("shift_flat", found)


def test_of_a_step_done_twice_the_later_counts():
    good = cal.calibrate(record(), STEPS, WEIGHT_N)
    twice = cal.calibrate(record(), [Step("shift_flat", 4.0, 12.0), *STEPS], WEIGHT_N)
    assert twice.flat == good.flat


def test_a_step_of_which_nothing_was_recorded_is_refused_and_teaches_nothing():
    force = record()
    late = [replace(step, start_s=step.start_s + 100, end_s=step.end_s + 100) for step in STEPS]
    found = cal.calibrate(force, late, WEIGHT_N)
    assert len(found.verdicts) == len(STEPS)
    assert all("not heard" in verdict.advice for verdict in found.verdicts)
    pd.testing.assert_frame_equal(cal.apply(force, found), force)
    deaf = force.assign(left_n=force["left_n"].where(force.index > 8.0))
    assert "not heard" in advice_on("unloaded", cal.calibrate(deaf, STEPS, WEIGHT_N))


def test_nothing_done_teaches_nothing_and_changes_nothing():
    force = record()
    found = cal.calibrate(force, [])
    assert found.verdicts == ()
    pd.testing.assert_frame_equal(cal.apply(force, found), force)


def test_a_calibration_survives_being_stored():
    found = cal.calibrate(record(), STEPS, WEIGHT_N)
    assert Calibration.from_dict(found.to_dict()) == found


def test_three_quiet_seconds_confirm_an_earlier_calibration():
    found = cal.calibrate(record(), STEPS, WEIGHT_N)
    assert stand.still_holds(record(), Step("quiet_stand", 36.0, 40.0), found) == ""


@pytest.mark.parametrize(
    ("force", "step", "words"),
    [
        (record(), Step("quiet_stand", 36.0, 37.0), "for 3 s"),
        (record(Soles(flat=(1.2, 1.2))), Step("quiet_stand", 36.0, 40.0), "full calibration again"),
        (record(person=Person(fidget_n=90.0)), Step("quiet_stand", 4.0, 12.0), "you moved"),
    ],
)
def test_an_earlier_calibration_that_no_longer_fits_says_why(force, step, words):
    found = cal.calibrate(record(), STEPS, WEIGHT_N)
    assert words in stand.still_holds(force, step, found)


def test_creep_between_two_quiet_stands_is_measured_and_taken_back():
    force = record()
    time_s = force.index.to_numpy()
    grown = 1.0 + 0.08 * np.interp(time_s, [8.0, 40.0], [0.0, 1.0])
    crept = force.assign(**{n: force[n] * grown for n in force if n.endswith("_n")})
    first, last = Step("quiet_stand", 3.0, 13.0), Step("quiet_stand", 36.0, 44.0)
    drift = stand.drift_between(crept, first, last)
    assert drift == pytest.approx(0.08, abs=0.01)
    mended = stand.without_creep(crept, [first, last], [0.0, drift])
    for start_s, end_s in ((4.0, 12.0), (36.0, 44.0)):
        total = (mended["left_n"] + mended["right_n"]).loc[start_s:end_s]
        assert total.median() == pytest.approx(WEIGHT_N, rel=0.02)


def test_drift_is_unknown_when_a_stand_was_not_quiet():
    force = record(person=Person(fidget_n=90.0))
    first, last = Step("quiet_stand", 3.0, 13.0), Step("quiet_stand", 36.0, 44.0)
    assert stand.drift_between(force, first, last) is None
