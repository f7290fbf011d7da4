"""Work, cadence and trends of a set, against sums that can be done in the head."""

import pytest
from feet import feet, heel_up, report_of, stand

from insole.measure.effort import theil_sen, work
from insole.measured import low, not_observable, ok


def test_work_is_weight_times_the_way_of_the_body():
    assert work(ok(100.0, "mm", "m"), ok(732.0, "N", "m")).value == pytest.approx(60.0, abs=0.1)
    rough = work(low(100.0, "mm", "m", "uncalibrated"), low(732.0, "N", "m", "drift"))
    assert rough.reasons == ("uncalibrated", "drift")


@pytest.mark.parametrize(
    ("height", "weight", "why"),
    [
        (not_observable("mm", "m", "no_imu"), low(700.0, "N", "m", "uncalibrated"), ("no_imu",)),
        (low(80.0, "mm", "m", "uncalibrated"), not_observable("N", "m", "one_side"), ("one_side",)),
        (
            not_observable("mm", "m", "no_imu"), not_observable("N", "m", "one_side"),
            ("no_imu", "one_side"),
        ),
    ],
)  # fmt: skip
def test_without_height_or_weight_there_is_no_work(height, weight, why):
    assert work(height, weight).reasons == why
    assert work(height, weight).value is None


def test_one_odd_repetition_hardly_moves_a_trend():
    tired = [80.0 - rep for rep in range(10)]
    assert theil_sen(tired) == pytest.approx(-1.0)
    tired[4] = 20.0
    assert theil_sen(tired) == pytest.approx(-1.0, abs=0.1)


def tiring(reps, **rig):
    """Return the set of a person whose raises get 2 mm lower and 0.1 s quicker each time."""
    acts = [stand(6.0)]
    for rep in range(reps):
        acts += [heel_up(1.0, 1.0, 3.0 - 0.1 * rep, height=80.0 - 2.0 * rep), stand(2.0)]
    report = report_of(feet(*acts, **rig))
    (row,) = report.sets
    return row, report


def test_a_set_that_tires():
    row, report = tiring(10)
    assert row.height_trend_mm_per_rep.value == pytest.approx(-2.0, abs=0.1)
    assert row.lowering_trend_s_per_rep.value == pytest.approx(-0.1, abs=0.02)
    assert row.fatigue_pct.value == pytest.approx(100.0 * 14.0 / 78.0, abs=0.5)
    assert row.cadence_per_min.value == pytest.approx(60.0 / 6.55, rel=0.02)
    assert row.work_j.value == pytest.approx(sum(r.work_j.value for r in report.raises))
    assert report.raises[0].work_j.value == pytest.approx(700.0 * 0.82 * 0.080, rel=0.03)


def test_seven_repetitions_are_no_trend():
    row, _ = tiring(7)
    assert row.height_trend_mm_per_rep.reasons == ("too_few",)
    assert row.fatigue_pct.reasons == ("too_few",)
    assert row.cadence_per_min.value is not None


def test_without_height_there_is_cadence_but_no_trend_and_no_work():
    row, _ = tiring(8, imu=False)
    assert row.height_trend_mm_per_rep.reasons == ("no_imu",)
    assert row.work_j.reasons == ("no_imu",)
    assert row.cadence_per_min.quality == "ok"


def test_a_hold_has_no_cadence():
    (row,) = report_of(feet(stand(6.0), heel_up(1.0, 22.0, 2.0), stand(5.0))).sets
    assert {row.cadence_per_min.reasons, row.work_j.reasons} == {("too_few",)}
