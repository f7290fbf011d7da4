"""Which signal stands for the heel: heel, midfoot on a step, the place of the load on a plate."""

import numpy as np
import pandas as pd
import pytest
from feet import feet, heel_up, report_of, stand

from insole.measure.channel import ChannelParams, heel_signal

ACTS = (stand(6), heel_up(1.0, 2.0, 5.0), stand(5), heel_up(1.0, 2.0, 5.0), stand(6))


def on_a_step(*, imu):
    """Return the table of somebody whose heels hang over an edge: midfeet bear what they bore."""
    force = feet(*ACTS)
    for side in ("left", "right"):
        force[f"{side}_midfoot_n"] += force[f"{side}_heel_n"]
        force[f"{side}_heel_n"] = 3.0
    keep = [c for c in force.columns if imu or ("acc" not in c and "gyro" not in c)]
    return force[keep]


def plate(back_mm=20.0, front_mm=95.0, *, sway_mm=5.0):
    """Return the table of a plate on which somebody rises twice for 8 s, at 50 Hz."""
    time_s = np.arange(0.0, 33.0, 0.02)
    up = ((time_s >= 6.0) & (time_s < 14.0)) | ((time_s >= 19.0) & (time_s < 27.0))
    place = np.where(up, front_mm, back_mm) + sway_mm * np.sin(time_s * 2.0)
    data = {"plate_n": 700.0, "plate_ok": True, "plate_cop_ap_mm": place, "plate_cop_ml_mm": 0.0}
    return pd.DataFrame(data, index=pd.Index(time_s, name="time_s"))


@pytest.mark.parametrize("imu", [True, False])
def test_on_a_step_the_midfoot_tells_and_says_so_unless_height_is_seen(imu):
    report = report_of(on_a_step(imu=imu))
    assert [row.counted for row in report.raises] == [True, True]
    for row, start_s in zip(report.raises, (6.0, 19.0), strict=True):
        assert row.heel_off_s == pytest.approx(start_s, abs=0.25)
        assert row.heel_contact_s == pytest.approx(start_s + 8.0, abs=0.25)
        assert ("step_mode" in row.heel_up_s.reasons) == (not imu)
        assert row.heel_up_s.quality == ("ok" if imu else "low")
        assert (row.lowering_s.value is None) == (not imu)


def test_a_heel_that_bears_load_for_a_tenth_of_the_time_stands_on_the_floor():
    force = feet(*ACTS)
    bearing = np.ones(len(force), dtype=bool)
    assert heel_signal(force, "left", bearing, ChannelParams()).source == "heel"
    step = on_a_step(imu=False)
    assert heel_signal(step, "left", bearing, ChannelParams()).source == "midfoot"
    nothing = heel_signal(step * np.nan, "left", bearing, ChannelParams())
    assert nothing.source == "heel"


@pytest.mark.parametrize("turned", [False, True])
def test_a_plate_times_heel_ups_by_the_jump_of_its_centre_of_pressure(turned):
    force = plate()
    if turned:
        force["plate_cop_ap_mm"] *= -1.0
    report = report_of(force)
    assert [(row.side, row.counted) for row in report.raises] == [("both", True)] * 2
    for row, start_s in zip(report.raises, (6.0, 19.0), strict=True):
        assert row.heel_off_s == pytest.approx(start_s, abs=0.15)
        assert row.heel_contact_s == pytest.approx(start_s + 8.0, abs=0.15)
        assert row.lowering_s.reasons == row.raising_s.reasons == ("no_imu",)
        assert row.left_share.reasons == ("merged_sides",)
    assert {event.side for event in report.events} == {"both"}


@pytest.mark.parametrize("front_mm", [20.0, 65.0])
def test_a_small_jump_on_a_plate_is_a_lean(front_mm):
    assert report_of(plate(front_mm=front_mm)).raises == ()


def test_a_plate_nobody_stands_on_finds_nothing():
    force = plate()
    force["plate_n"] = 3.0
    force["plate_cop_ap_mm"] = np.nan
    assert report_of(force).raises == ()
