"""What a raise is said to have been: times, tempo, variant, shares, and whether it counts."""

from types import SimpleNamespace

import numpy as np
import pytest
from feet import feet, heel_up, lost, report_of, stand

from insole import measured
from insole.measure.calf_raise import best_heights

SLOW = (1.0, 2.0, 5.0)


def raises(*acts, exercise=None, sync=None, **rig):
    options = {} if sync is None else {"sync": sync}
    return report_of(feet(*acts, **rig), exercise, **options).raises


# Times and tempo ---------------------------------------------------------------------------------


def test_times_of_a_raise_are_those_of_its_edges():
    (row,) = raises(stand(6), heel_up(*SLOW), stand(4))
    assert row.heel_off_s == pytest.approx(6.0, abs=0.05)
    assert row.top_s == pytest.approx(7.0, abs=0.15)
    assert row.lowering_onset_s == pytest.approx(9.0, abs=0.25)
    assert row.heel_contact_s == pytest.approx(14.0, abs=0.05)
    assert row.heel_up_s.value == pytest.approx(8.0, abs=0.1)
    parts = (row.raising_s, row.top_hold_s, row.lowering_s)
    assert sum(part.value for part in parts) == pytest.approx(row.heel_up_s.value)


def test_tempo_of_5_s_down_1_s_up_and_2_s_at_the_top():
    first, last = raises(stand(6), heel_up(*SLOW), stand(3), heel_up(*SLOW), stand(4))
    assert first.tempo == "5-3-1-2"
    assert last.tempo == "5-0-1-2"


@pytest.mark.parametrize(
    ("down", "met", "reasons"),
    [(2.5, False, ("too_fast",)), (5.0, True, ()), (9.0, False, ("too_slow",))],
)
def test_tempo_is_judged_when_a_slow_raise_was_asked_for(down, met, reasons):
    (row,) = raises(stand(6), heel_up(1.0, 2.0, down), stand(4), exercise="eccentric_raise")
    assert row.tempo_met is met
    assert row.counted  # the range counts, never the tempo
    assert row.reasons == reasons


def test_tempo_is_not_judged_when_nobody_asked_for_one():
    (row,) = raises(stand(6), heel_up(1.0, 2.0, 2.5), stand(4))
    assert row.tempo_met is None
    assert row.reasons == ()


def test_heel_height_is_the_peak_and_its_scale_is_an_average_foot():
    (row,) = raises(stand(6), heel_up(*SLOW, height=60.0), stand(4))
    assert row.heel_height_mm.value == pytest.approx(60.0, abs=1.5)
    assert row.heel_height_mm.reasons == ("uncalibrated",)


# What counts -------------------------------------------------------------------------------------


def test_a_whole_raise_counts_without_a_remark():
    (row,) = raises(stand(6), heel_up(*SLOW), stand(4))
    assert row.counted
    assert row.reasons == ()


def test_less_than_half_of_the_best_height_is_partial():
    acts = stand(6), heel_up(*SLOW), stand(3), heel_up(*SLOW, height=36), stand(3)
    full, low, fair = raises(*acts, heel_up(*SLOW, height=44), stand(4))
    assert [row.counted for row in (full, low, fair)] == [True, False, True]
    assert low.reasons == ("partial",)


def test_less_than_10_mm_is_a_lean_and_no_raise():
    (row,) = raises(stand(6), heel_up(*SLOW), stand(3), heel_up(*SLOW, height=8), stand(4))
    assert row.heel_off_s == pytest.approx(6.0, abs=0.05)


def test_a_raise_that_the_recording_cuts_off_is_aborted():
    table = feet(stand(6), heel_up(*SLOW), stand(4)).loc[:11.0]
    (row,) = report_of(table).raises
    assert not row.counted
    assert row.reasons == ("aborted",)
    assert row.lowering_s.quality == "not_observable"
    assert row.lowering_s.reasons == ("aborted",)
    assert row.tempo is None


@pytest.mark.parametrize(
    ("gap_s", "counted", "quality", "reasons"),
    [(0.08, True, "ok", ()), (0.3, True, "low", ("gap",)), (0.8, False, "low", ("gap",))],
)
def test_a_gap_lowers_the_quality_and_a_long_one_the_count(gap_s, counted, quality, reasons):
    table = lost(feet(stand(6), heel_up(*SLOW), stand(4)), 10.0, 10.0 + gap_s)
    if gap_s < 0.1:
        table["left_ok"] = True  # so short a hole is bridged when the grid is made
        table = table.interpolate()
    (row,) = report_of(table).raises
    assert row.counted is counted
    assert row.reasons == reasons
    for value in (row.heel_up_s, row.lowering_s, row.raising_s):
        assert value.quality == quality
    for value in (row.left_share, row.heel_height_mm):
        assert set(reasons) <= set(value.reasons)


def test_a_gap_over_an_edge_is_counted_whole():
    table = lost(feet(stand(6), heel_up(*SLOW), stand(4)), 13.8, 14.5)
    (row,) = report_of(table).raises
    assert not row.counted
    assert "gap" in row.reasons


# Which feet --------------------------------------------------------------------------------------


@pytest.mark.parametrize("share", [0.5, 0.6, 0.75])
def test_both_feet_are_double_however_they_share(share):
    (row,) = raises(stand(6), heel_up(*SLOW, load=share), stand(4))
    assert (row.variant, row.side) == ("double", "both")
    assert row.left_share.value == pytest.approx(share, abs=0.01)
    assert row.resting_foot_share.reasons == ("both_feet_work",)
    assert row.transfer_s.reasons == ("both_feet_work",)


@pytest.mark.parametrize("side", ["left", "right"])
def test_one_foot_alone_is_single(side):
    (row,) = raises(stand(6), heel_up(*SLOW, side=side), stand(4))
    assert (row.variant, row.side) == (f"single_{side}", side)
    assert row.left_share.value == pytest.approx(1.0 if side == "left" else 0.0, abs=0.01)
    assert row.resting_foot_share.value == pytest.approx(0.0, abs=0.01)


def test_toes_of_the_other_foot_show_as_resting_share():
    (row,) = raises(stand(6), heel_up(*SLOW, side="left", assist=0.08), stand(4))
    assert row.variant == "single_left"
    assert row.resting_foot_share.value == pytest.approx(0.08, abs=0.01)
    assert row.resting_foot_peak_share.value >= row.resting_foot_share.value


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("top", [1.5, 5.5])
def test_up_on_both_and_down_on_one_takes_the_side_that_lowers(side, top):
    (row,) = raises(
        stand(6), heel_up(1.0, top, 5.0, lowers=side), stand(4), exercise="eccentric_raise"
    )
    assert (row.variant, row.side) == ("two_up_one_down", side)
    assert row.left_share_raising.value == pytest.approx(0.5, abs=0.02)
    assert row.left_share_lowering.value == pytest.approx(1.0 if side == "left" else 0.0, abs=0.02)


def test_the_resting_foot_of_two_up_one_down_rests_only_while_lowering():
    (row,) = raises(stand(6), heel_up(*SLOW, lowers="left", assist=0.06), stand(4))
    assert row.variant == "two_up_one_down"
    assert row.resting_foot_share.value == pytest.approx(0.06, abs=0.01)
    assert row.resting_foot_peak_share.value == pytest.approx(0.06, abs=0.02)


def test_transfer_time_is_10_to_90_percent_of_the_change():
    (row,) = raises(stand(6), heel_up(1.0, 3.0, 5.0, lowers="right", transfer=1.0), stand(4))
    # a minimum-jerk move spends 0.486 of its time between 10 and 90 %; the filter adds a little
    assert row.transfer_s.value == pytest.approx(0.49, abs=0.06)
    assert row.transfer_s.quality == "ok"


@pytest.mark.parametrize("assist", [0.15, 0.18])
def test_a_foot_that_helps_makes_it_unclear_and_never_single(assist):
    (row,) = raises(stand(6), heel_up(*SLOW, lowers="left", assist=assist), stand(4))
    assert row.variant == "unclear"
    assert row.reasons == ("assisted",)
    assert row.counted


@pytest.mark.parametrize("apart_ms", [80.0, None])
def test_shares_of_a_moment_need_one_clock(apart_ms):
    sync = measured.not_observable("ms", "test", "sync")
    if apart_ms is not None:
        sync = measured.ok(apart_ms, "ms", "test")
    (row,) = raises(stand(6), heel_up(*SLOW, lowers="left"), stand(4), sync=sync)
    assert row.transfer_s.reasons == ("sync",)
    assert "sync" in row.resting_foot_share.reasons
    assert "sync" not in row.left_share.reasons


def test_path_of_the_centre_of_pressure_is_of_the_working_foot_alone():
    (row,) = raises(stand(6), heel_up(*SLOW, side="left"), stand(4))
    # 5 mm at 0.5 Hz for 8 s: four times 20 mm, a little less after smoothing
    assert row.cop_ml_path_mm.value == pytest.approx(80.0, rel=0.05)
    assert row.cop_ml_path_mm.reasons == ("hysteresis",)
    (row,) = raises(stand(6), heel_up(*SLOW), stand(4))
    assert row.cop_ml_path_mm.reasons == ("both_feet_work",)


def test_a_dead_motion_sensor_is_none():
    table = feet(stand(6), heel_up(*SLOW), stand(4))
    names = [c for c in table.columns if "_acc_" in c or "_gyro_" in c]
    for dead in (0.0, np.nan):
        (row,) = report_of(table.assign(**dict.fromkeys(names, dead))).raises
        assert row.lowering_s.reasons == ("no_imu",)
        assert row.heel_height_mm.reasons == ("no_imu",)


def test_one_foot_is_measured_against_the_best_of_one_foot():
    """A raise on both feet that only the left one lowers is one of both feet."""
    times = [
        SimpleNamespace(phases=SimpleNamespace(peak_mm=mm)) for mm in (101.0, 45.0, 44.0, 99.0)
    ]
    times.append(SimpleNamespace(phases=None))
    best = best_heights(times, ["both", "left", "left", "both", "right"])
    assert best == {"both": 101.0, "left": 45.0}
