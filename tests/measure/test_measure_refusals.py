"""What each class of devices must refuse to say, by the table of the measurement notes."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from feet import (
    COUNTS_PER_N,
    ONE_CLOCK,
    capabilities_of,
    feet,
    heel_up,
    report_of,
    stand,
)

from insole.measure.params import Params
from insole.report import build, text
from insole.report.model import SessionFacts

FORCE = feet(
    stand(6), heel_up(1.0, 2.0, 5.0), stand(5), heel_up(1.0, 2.0, 5.0, lowers="left"), stand(5),
    heel_up(1.0, 1.0, 5.0, side="right"), stand(8), heel_up(1.0, 22.0, 2.0), stand(6),
)  # fmt: skip
PHASES = ("raising_s", "top_hold_s", "lowering_s", "heel_height_mm", "work_j")
SHARES = (
    "left_share", "left_share_raising", "left_share_top", "left_share_lowering",
    "resting_foot_share", "resting_foot_peak_share", "transfer_s",
)  # fmt: skip
HEIGHTS = ("duration_s", "total_s", "hold_height_mm", "height_retention")


def without(*words, force=FORCE):
    return force[[c for c in force.columns if not any(word in c for word in words)]]


def in_counts(force):
    loads = [c for c in force.columns if c.endswith("_n")]
    counts = force.assign(**{c: force[c] * COUNTS_PER_N for c in loads})
    return counts.rename(columns={c: f"{c[:-2]}_adc" for c in loads})


def on_plate(*, cop):
    loads = [c for c in FORCE.columns if c.endswith("_n")]
    total = FORCE["left_n"] + FORCE["right_n"]
    heels = (FORCE["left_heel_n"] + FORCE["right_heel_n"]) / total
    columns = {"plate_n": total, "plate_ok": True}
    if cop:
        columns |= {"plate_cop_ap_mm": 100.0 - 180.0 * heels, "plate_cop_ml_mm": 0.0}
    return FORCE[loads[:1]].assign(**columns).drop(columns=loads[:1])


IMU = ("acc", "gyro")
REGIONS = ("heel", "midfoot", "forefoot", "hallux", "toes", "cop")
CLASSES = {
    "A insoles with motion sensors": (FORCE, 3, 1, {}),
    "B insoles without": (
        without(*IMU), 3, 1, dict.fromkeys((*PHASES, *HEIGHTS), "no_imu"),
    ),
    "C one foot only": (
        without("left"), 3, 1, {**dict.fromkeys(SHARES, "one_side"), "weight": "one_side"},
    ),
    "C one foot without motion sensor": (
        without("left", *IMU), 3, 1,
        {**dict.fromkeys(SHARES, "one_side"), **dict.fromkeys((*PHASES, *HEIGHTS), "no_imu")},
    ),
    "D raw counts": (
        in_counts(without(*IMU)), 3, 1,
        {**dict.fromkeys(SHARES, "uncalibrated"), **dict.fromkeys(PHASES, "no_imu"),
         "weight": "uncalibrated", "force_slope_n_per_s": "uncalibrated"},
    ),
    "E, G totals of both feet": (without(*IMU, *REGIONS), 0, 0, {}),
    "F plate with corners": (
        on_plate(cop=True), 3, 1,
        {**dict.fromkeys(SHARES, "merged_sides"), **dict.fromkeys((*PHASES, *HEIGHTS), "no_imu")},
    ),
    "H scale under both feet": (on_plate(cop=False), 0, 0, {}),
    "I one number under one foot": (
        without("left", *IMU, *REGIONS), 0, 0, {"weight": "one_side"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CLASSES)
def test_a_class_of_devices_refuses_what_it_cannot_see(name):
    force, raises, holds, refused = CLASSES[name]
    report = report_of(force)
    assert (len(report.raises), len(report.holds)) == (raises, holds)
    for row in (*report.raises, *report.holds):
        for field, word in refused.items():
            value = getattr(row, field, None)
            if value is not None:
                assert value.value is None, field
                assert word in value.reasons, field
        if "tempo" in row.__slots__ and "lowering_s" in refused:
            assert row.tempo is None
            assert row.tempo_met is None
            assert row.top_s is None
            assert row.lowering_onset_s is None
    if "weight" in refused:
        assert report.body_weight_n.value is None
        assert report.body_weight_n.reasons == (refused["weight"],)


def test_without_comparable_sides_no_variant_is_named():
    for name in ("C one foot only", "D raw counts", "F plate with corners"):
        rows = report_of(CLASSES[name][0]).raises
        assert {row.variant for row in rows} == {"unclear"}


def test_phase_events_are_those_of_motion_sensors():
    for name, (force, *_) in CLASSES.items():
        seen = {event.event for event in report_of(force).events}
        if not any("acc" in c for c in force.columns):
            assert not seen & {"top_reached", "lowering_onset"}, name


def test_a_dead_heel_is_refused_and_not_guessed():
    force = without(*IMU).copy()
    for side in ("left", "right"):
        force[f"{side}_heel_n"] = np.nan
    assert report_of(force).raises == report_of(force).holds == ()


HEELLESS = {
    "E, G totals of both feet": ("low", "uncalibrated"),
    "H scale under both feet": ("ok", None),
    "I one number under one foot": ("not_observable", "one_side"),
}


@pytest.mark.parametrize("name", HEELLESS)
def test_devices_that_know_no_heel_give_a_weight_at_most(name):
    """Nor would they in fast raises: 1.5 s could be timed by force, but nothing does so."""
    fast = feet(stand(6), *[heel_up(0.6, 0.3, 0.6), stand(2)] * 5, stand(4))
    for force in (CLASSES[name][0], like(name, fast)):
        report = report_of(force)
        assert report.sets == report.holds == report.raises == report.events == ()
        assert report.weight_shift == report.toe_yoga == report.rocking == ()
        assert all(row.path_mm.reasons == row.rms_mm.reasons == ("no_cop",) for row in report.sway)
        assert {row.activity for row in report.activities} <= {"standing", "nothing"}
        quality, word = HEELLESS[name]
        assert report.body_weight_n.quality == quality
        assert report.body_weight_n.reasons == ((word,) if word else ())
        assert "not observable (one load for the whole foot)" in text.render(report)


def like(name, force):
    """Return the loads of `force` as that class of devices gives them."""
    if name.startswith("H"):
        total = force["left_n"] + force["right_n"]
        return pd.DataFrame({"plate_n": total, "plate_ok": True})
    sides = ("left",) if name.startswith("I") else ()
    return without(*sides, *IMU, *REGIONS, force=force)


def test_a_pull_tells_neither_a_weight_nor_what_somebody_does():
    force = on_plate(cop=False)
    rig = replace(capabilities_of(force), sides="pull")
    facts = SessionFacts("test", None, None, float(force.index[-1]), {})
    report = build.summarise(force, build.Known(facts, rig, {}, ONE_CLOCK, {}), Params())
    assert report.body_weight_n.reasons == ("no_body_weight",)
    assert report.holds == report.raises == report.activities == report.sway == ()
