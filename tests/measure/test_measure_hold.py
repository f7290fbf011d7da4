"""What stands under holds and what under raises, what a touch does, and what is said of a hold."""

import numpy as np
import pytest
from feet import LEVER_MM, feet, heel_up, lost, report_of, scaled, stand


def report(*acts, exercise=None, **rig):
    return report_of(feet(*acts, **rig), exercise)


# Hold or raise -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("up", "top", "down", "is_hold"),
    [
        (1.0, 10.0, 2.0, True),
        (1.0, 4.5, 1.0, False),  # mostly top, but shorter than 5 s
        (1.0, 6.0, 1.0, True),
        (4.0, 6.0, 7.0, False),  # longer than 5 s, but only a third of the time
        (1.0, 2.0, 5.0, False),
    ],
)
def test_5_s_and_45_percent_at_the_top_make_a_hold(up, top, down, is_hold):
    found = report(stand(6), heel_up(up, top, down), stand(4))
    assert (len(found.holds), len(found.raises)) == ((1, 0) if is_hold else (0, 1))


@pytest.mark.parametrize(("exercise", "holds"), [("isometric_hold", 1), ("eccentric_raise", 0)])
@pytest.mark.parametrize("top", [1.0, 12.0])
def test_what_was_asked_for_decides(exercise, holds, top):
    found = report(stand(6), heel_up(1.0, top, 3.0), stand(4), exercise=exercise)
    assert (len(found.holds), len(found.raises)) == (holds, 1 - holds)


@pytest.mark.parametrize(("heel_up_s", "is_hold"), [(19.0, False), (21.0, True)])
def test_without_motion_sensor_20_s_make_a_hold_that_is_a_guess(heel_up_s, is_hold):
    found = report(stand(6), heel_up(1.0, heel_up_s - 3.0, 2.0), stand(4), imu=False)
    assert bool(found.holds) is is_hold
    for row in found.holds:
        assert row.heel_up_s.value == pytest.approx(heel_up_s, abs=0.1)
        assert row.heel_up_s.quality == "low"
        assert row.reasons == row.heel_up_s.reasons == ("no_imu",)
        assert row.duration_s.reasons == ("no_imu",)
        assert row.onset_s is row.end_s is None


def test_told_that_it_is_a_hold_its_heel_up_time_is_no_guess():
    found = report(stand(6), heel_up(1.0, 7.0, 2.0), stand(4), imu=False, exercise="isometric_hold")
    (row,) = found.holds
    assert row.heel_up_s.quality == "ok"
    assert row.reasons == ()


# Touches -----------------------------------------------------------------------------------------


def test_a_touch_of_half_a_second_is_a_break_of_one_hold():
    (row,) = report(
        stand(6), heel_up(1.0, 20.0, 0.5), stand(0.5), heel_up(0.5, 22.5, 2.0), stand(4)
    ).holds
    assert row.breaks == 1
    assert row.duration_s.value == pytest.approx(44.0, abs=0.5)
    assert row.total_s.value == pytest.approx(42.5, abs=0.5)
    assert row.heel_up_s.value == pytest.approx(46.5, abs=0.2)
    assert row.hold_height_mm.value == pytest.approx(80.0, abs=2.0)  # of the top, not of the touch


@pytest.mark.parametrize(("way_s", "broken"), [(0.1, 0), (0.5, 1)])
def test_a_heel_that_brushes_the_floor_is_a_break_if_it_was_low_for_long(way_s, broken):
    (row,) = report(
        stand(6), heel_up(1.0, 20.0, way_s), stand(0.1), heel_up(way_s, 20.0, 2.0), stand(4)
    ).holds
    assert row.breaks == broken
    assert row.total_s.value < row.duration_s.value


@pytest.mark.parametrize(("low_s", "broken"), [(0.4, 0), (0.7, 1)])
def test_less_than_half_of_the_height_for_half_a_second_is_a_break_too(low_s, broken):
    """The heels sink to a fifth of their height and bear nothing."""
    table = feet(stand(6), heel_up(1.0, 20.0, 2.0), stand(4))
    time_s = table.index.to_numpy()
    ends = 15.0, 15.0 + low_s
    sunk = np.interp(time_s, [ends[0] - 0.1, ends[0], ends[1], ends[1] + 0.1], [0, 1, 1, 0])
    height = 80.0 - 64.0 * sunk
    inside = (time_s > 14.0) & (time_s < 17.0)
    pitch = np.arcsin(height / LEVER_MM)
    for side in ("left", "right"):
        table.loc[inside, f"{side}_acc_x_g"] = -np.sin(pitch[inside])
        table.loc[inside, f"{side}_acc_z_g"] = np.cos(pitch[inside])
        rate = np.degrees(np.gradient(pitch) * 100.0)
        table.loc[inside, f"{side}_gyro_y_dps"] = rate[inside]
    (row,) = report_of(table).holds
    assert row.breaks == broken
    assert row.duration_s.value == pytest.approx(20.0, abs=0.5)


def test_without_motion_sensor_only_load_breaks_a_hold():
    (row,) = report(
        stand(6), heel_up(1.0, 20.0, 0.5), stand(0.5), heel_up(0.5, 22.5, 2.0), stand(4), imu=False
    ).holds
    assert row.breaks == 1


def test_a_touch_of_two_seconds_makes_two_holds_of_one_set():
    found = report(stand(6), heel_up(1.0, 20.0, 1.0), stand(2), heel_up(1.0, 20.0, 2.0), stand(4))
    assert [row.breaks for row in found.holds] == [0, 0]
    assert [row.rounds for row in found.sets] == [2]


@pytest.mark.parametrize("short_first", [True, False])
def test_a_short_piece_beside_a_hold_belongs_to_it(short_first):
    pieces = [heel_up(0.6, 3.5, 0.6), heel_up(1.0, 30.0, 1.5)]
    first, last = pieces if short_first else pieces[::-1]
    found = report(stand(6), first, stand(0.6), last, stand(4))
    (row,) = found.holds
    assert row.breaks == 1
    assert not found.raises


def test_several_short_pieces_belong_to_the_hold_they_lead_to():
    short = heel_up(0.6, 3.0, 0.6)
    found = report(
        stand(6), short, stand(0.6), short, stand(0.6), heel_up(1.0, 20.0, 2.0), stand(4)
    )
    (row,) = found.holds
    assert row.breaks == 2


def test_a_slow_raise_right_behind_a_hold_stays_a_raise():
    found = report(stand(6), heel_up(1.0, 20.0, 1.0), stand(1.0), heel_up(1.0, 2.0, 5.0), stand(4))
    assert len(found.holds) == len(found.raises) == 1


def test_raises_with_short_pauses_do_not_add_up_to_a_hold():
    acts = [act for _ in range(4) for act in (heel_up(1.0, 2.0, 5.0), stand(1.0))]
    found = report(stand(6), *acts, stand(4))
    assert len(found.raises) == 4
    assert not found.holds


def test_while_one_foot_touches_the_other_s_events_stand_once():
    table = feet(stand(6), heel_up(1.0, 10.0, 0.5), stand(0.5), heel_up(0.5, 10.0, 1.0), stand(4))
    whole = feet(stand(6), heel_up(1.0, 21.5, 1.0), stand(4))
    right = [c for c in table.columns if c.startswith("right_")]
    found = report_of(table.assign(**{c: whole[c] for c in right}))
    (row,) = found.holds
    assert row.breaks == 1
    assert row.total_s.value < row.duration_s.value
    off = [e.side for e in found.events if e.event == "heel_off"]
    assert sorted(off) == ["left", "left", "right"]


# What is said of a hold --------------------------------------------------------------------------


def test_height_and_how_much_of_it_was_kept():
    (row,) = report(stand(6), heel_up(1.0, 20.0, 2.0, sag=0.2), stand(4)).holds
    assert row.hold_height_mm.value == pytest.approx(72.0, abs=1.5)
    # means of the first and the last 5 s of 20 s that sag evenly by a fifth
    assert row.height_retention.value == pytest.approx(0.825 / 0.975, abs=0.01)


def test_retention_needs_10_s():
    (row,) = report(stand(6), heel_up(1.0, 8.0, 2.0), stand(4)).holds
    assert row.height_retention.reasons == ("too_short",)
    assert row.hold_height_mm.quality == "low"


def test_steadiness_is_the_spread_about_a_straight_line():
    table = feet(stand(6), heel_up(1.0, 20.0, 2.0), stand(4))
    time_s = table.index.to_numpy()
    wave = 1.0 + 0.05 * np.sin(2 * np.pi * 1.0 * time_s) + 0.004 * (time_s - 16.0)
    (row,) = report_of(
        table.assign(left_n=table["left_n"] * wave, right_n=table["right_n"] * wave)
    ).holds
    assert row.force_cv.value == pytest.approx(0.05 / np.sqrt(2), rel=0.03)
    assert row.force_slope_n_per_s.value == pytest.approx(0.004 * 700.0, abs=0.25)
    assert row.force_slope_n_per_s.reasons == ("drift",)


def test_steadiness_says_when_it_saw_too_little():
    (row,) = report(stand(6), heel_up(0.5, 3.0, 0.5), stand(4), exercise="isometric_hold").holds
    assert row.force_cv.reasons == ("too_short",)
    table = lost(feet(stand(6), heel_up(1.0, 12.0, 1.0), stand(4)), 9.0, 12.0)
    (row,) = report_of(table, "isometric_hold").holds
    assert row.force_cv.reasons == ("gap",)
    assert row.duration_s.reasons == ("gap",)
    assert row.reasons == ("gap",)


def test_a_hold_that_the_recording_cuts_off_says_so():
    table = feet(stand(6), heel_up(1.0, 20.0, 1.0), stand(4)).loc[:22.0]
    (row,) = report_of(table).holds
    assert row.reasons == ("aborted",)
    assert row.duration_s.quality == "low"


def test_steadiness_is_free_of_the_unit():
    table = feet(stand(6), heel_up(1.0, 12.0, 1.0), stand(4), noise_n=3.0)
    once, twice = (report_of(t).holds[0] for t in (table, scaled(table, 1.5)))
    assert once.force_cv.value == pytest.approx(twice.force_cv.value)
