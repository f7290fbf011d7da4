"""What a rig cannot see it does not say: each field, for each rig, with the reason.

The table is that of the project's measurement notes (section 8), for what this version measures.
"""

from dataclasses import fields

import pytest
from feet import feet, heel_up, report_of, stand

from insole.measured import Measured

HOLD, RAISE = heel_up(1.0, 22.0, 2.0), heel_up(1.0, 2.0, 5.0)
DOUBLE = (stand(6), HOLD, stand(5), RAISE, stand(5))
SINGLE = (stand(6), heel_up(1.0, 2.0, 5.0, side="left"), stand(5))
DOWN_ON_ONE = (stand(6), heel_up(1.0, 2.0, 5.0, lowers="left"), stand(5))

SHARES = {
    "holds.left_share", "raises.left_share", "raises.left_share_raising", "raises.left_share_top",
    "raises.left_share_lowering", "weight_shift.left_share_flat", "weight_shift.left_share_top",
    "weight_shift.shift", "weight_shift.peak_shift", "weight_shift.robinson_si_pct",
}  # fmt: skip
PHASE_SHARES = {
    "raises.left_share_raising", "raises.left_share_top", "raises.left_share_lowering",
}  # fmt: skip
OTHER_FOOT = {"raises.resting_foot_share", "raises.resting_foot_peak_share", "raises.transfer_s"}
PHASES = {
    "holds.duration_s", "holds.total_s", "holds.hold_height_mm", "holds.height_retention",
    "raises.raising_s", "raises.top_hold_s", "raises.lowering_s", "raises.heel_height_mm",
}  # fmt: skip


OF_MANY = {
    "sets.cadence_per_min", "sets.height_trend_mm_per_rep", "sets.lowering_trend_s_per_rep",
    "sets.fatigue_pct", "sets.work_j",
}  # fmt: skip
"""What takes a set of repetitions; tested with its measures."""
WORK = {"raises.work_j"}


def unseen(report):
    """Return the reasons of every field that no row of the report can give."""
    cells = {"body_weight_n": [report.body_weight_n]}
    for kind in ("sets", "holds", "raises", "weight_shift"):
        for row in getattr(report, kind):
            for field in fields(row):
                value = getattr(row, field.name)
                if isinstance(value, Measured) and f"{kind}.{field.name}" not in OF_MANY:
                    cells.setdefault(f"{kind}.{field.name}", []).append(value)
    return {
        name: values[0].reasons
        for name, values in cells.items()
        if all(value.quality == "not_observable" for value in values)
    }


def because(word, *groups):
    return {name: (word,) for group in groups for name in group}


ALWAYS = because("ask", {"sets.rest_before_s"})
"""In a session of one set: nobody recorded what was before."""
NO_SHIFT = because("both_feet_work", OTHER_FOOT)
"""In a double-leg raise no foot should be unloaded."""
BOTH_ON_COP = because("both_feet_work", {"raises.cop_ml_path_mm"})

RIGS = {
    "insoles with motion sensor": ({}, NO_SHIFT | BOTH_ON_COP),
    "insoles without": (
        {"imu": False},
        NO_SHIFT | BOTH_ON_COP | because("no_imu", PHASES, PHASE_SHARES, WORK),
    ),
    "one insole with motion sensor": (
        {"sides": "left"},
        because("one_side", SHARES, OTHER_FOOT, {"body_weight_n"}, WORK),
    ),
    "one insole without": (
        {"sides": "left", "imu": False},
        because("no_imu", PHASES)
        | because("one_side", SHARES, OTHER_FOOT, {"body_weight_n"})
        | dict.fromkeys(WORK, ("no_imu", "one_side")),
    ),
    "insoles in counts with motion sensor": (
        {"unit": "adc"},
        because(
            "uncalibrated", SHARES, OTHER_FOOT, WORK,
            {"body_weight_n", "raises.cop_ml_path_mm", "holds.force_slope_n_per_s"},
        ),
    ),
    "insoles in counts without": (
        {"unit": "adc", "imu": False},
        because("no_imu", PHASES)
        | because(
            "uncalibrated", SHARES, OTHER_FOOT,
            {"body_weight_n", "raises.cop_ml_path_mm", "holds.force_slope_n_per_s"},
        )
        | dict.fromkeys(WORK, ("no_imu", "uncalibrated")),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", RIGS)
def test_exactly_what_the_rig_cannot_see_is_not_said(name):
    rig, expected = RIGS[name]
    report = report_of(feet(*DOUBLE, **rig))
    assert len(report.holds) == len(report.raises) == 1
    assert unseen(report) == expected


@pytest.mark.parametrize(
    ("acts", "expected"),
    [
        (SINGLE, ALWAYS | because("one_side", {"raises.transfer_s"})),
        (DOWN_ON_ONE, ALWAYS),
    ],
)
def test_with_one_foot_lowering_nearly_everything_is_seen(acts, expected):
    assert unseen(report_of(feet(*acts))) == expected


@pytest.mark.parametrize(
    ("rig", "weight"),
    [
        ({"regions": False}, ("uncalibrated",)),
        ({"regions": False, "imu": False}, ("uncalibrated",)),
        ({"sides": "merged"}, ()),
    ],
)
def test_without_regions_no_heel_is_seen_and_nothing_is_claimed(rig, weight):
    report = report_of(feet(*DOUBLE, **rig), "isometric_hold")
    assert report.sets == report.holds == report.raises == report.weight_shift == ()
    assert report.events == ()
    assert report.body_weight_n.value == pytest.approx(700.0, rel=0.01)
    assert report.body_weight_n.reasons == weight


def test_one_insole_without_regions_does_not_even_know_the_weight():
    report = report_of(feet(*DOUBLE, regions=False, sides="right"))
    assert report.body_weight_n.reasons == ("one_side",)
    assert report.holds == report.raises == ()


@pytest.mark.parametrize("rig", [{}, {"imu": False}, {"unit": "adc"}, {"sides": "left"}])
def test_heel_up_time_is_seen_by_all_that_know_a_heel(rig):
    report = report_of(feet(*DOUBLE, **rig))
    assert report.holds[0].heel_up_s.value == pytest.approx(25.0, abs=0.2)
    assert report.raises[0].heel_up_s.value == pytest.approx(8.0, abs=0.2)
    assert report.raises[0].heel_up_s.quality == "ok"


@pytest.mark.parametrize("rig", [{"imu": False}, {"sides": "left"}, {"unit": "adc"}])
def test_what_is_not_seen_is_no_time_and_no_tempo_either(rig):
    report = report_of(feet(*DOUBLE, **rig))
    (row,) = report.raises
    seen = "imu" not in rig
    assert (row.top_s is not None) is seen
    assert (row.lowering_onset_s is not None) is seen
    assert (row.tempo is not None) is seen
    assert row.variant == "unclear" or rig == {"imu": False}


def test_load_steadiness_in_counts_is_low_and_in_newton_ok():
    assert report_of(feet(*DOUBLE)).holds[0].force_cv.quality == "ok"
    counts = report_of(feet(*DOUBLE, unit="adc")).holds[0].force_cv
    assert counts.reasons == ("uncalibrated",)
