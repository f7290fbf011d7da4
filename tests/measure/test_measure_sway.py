"""Sway against figures that can be worked out: circles, noise, and windows that are too short."""

import numpy as np
import pytest
from feet import feet, heel_up, lost, report_of, stand

from insole.measure.sway import SwayParams, Window, ellipse_mm2, path_mm, sway_rows

HOLD = (stand(6), heel_up(1.0, 30.0, 2.0), stand(5))
WHOLE = Window("standing", None, ("left",), 0.0, 32.0)


def moving(across, along, *, rate_hz=100.0):
    """Return 32 s of standing whose left centre of pressure goes as told, mm over s."""
    force = feet(stand(32), rate_hz=rate_hz)
    time_s = force.index.to_numpy()
    return force.assign(left_cop_ml_mm=across(time_s), left_cop_ap_mm=along(time_s))


def test_a_circle_has_the_length_and_speed_of_a_circle():
    turn = 2.0 * np.pi * 0.5
    force = moving(lambda t: 10.0 * np.cos(turn * t), lambda t: 100 + 10.0 * np.sin(turn * t))
    (row,) = sway_rows(force, [WHOLE], SwayParams())
    assert (row.start_s, row.end_s) == (1.0, 31.0)
    assert row.path_mm.value == pytest.approx(15 * 2 * np.pi * 10.0, rel=0.01)
    assert row.mean_velocity_mm_per_s.value == pytest.approx(10.0 * turn, rel=0.01)
    assert row.rms_mm.value == pytest.approx(10.0, rel=0.01)
    assert row.rms_ap_mm.value == pytest.approx(10.0 / np.sqrt(2), rel=0.01)
    assert row.range_ml_mm.value == pytest.approx(20.0, rel=0.01)
    assert row.path_mm.reasons == ("hysteresis",)


def test_the_ellipse_of_noise_is_18_8_times_its_spread():
    rng = np.random.default_rng(1)
    across, along = rng.normal(0.0, 2.0, 20_000), rng.normal(0.0, 5.0, 20_000)
    assert ellipse_mm2(across, along) == pytest.approx(18.8 * 2.0 * 5.0, rel=0.03)
    turned = (across + along) / np.sqrt(2), (across - along) / np.sqrt(2)
    assert ellipse_mm2(*turned) == pytest.approx(ellipse_mm2(across, along), rel=1e-9)


def test_the_ellipse_holds_95_of_100_further_places():
    rng = np.random.default_rng(2)
    inside = []
    for _ in range(200):
        places = rng.normal(0.0, 1.0, (2, 31))
        area = ellipse_mm2(*places[:, :30])
        spread = np.cov(places[:, :30])
        away = places[:, 30] - places[:, :30].mean(axis=1)
        size = away @ np.linalg.solve(spread, away)
        inside.append(size <= area / (np.pi * np.sqrt(np.linalg.det(spread))))
    assert np.mean(inside) == pytest.approx(0.95, abs=0.04)


def test_a_path_is_the_sum_of_its_steps():
    assert path_mm(np.array([0.0, 3.0, 3.0]), np.array([0.0, 4.0, 6.0])) == pytest.approx(7.0)


@pytest.mark.parametrize(("length_s", "rows"), [(21.9, 0), (22.0, 1)])
def test_no_window_below_20_s_is_published(length_s, rows):
    force = moving(np.sin, np.cos)
    window = Window("standing", None, ("left",), 2.0, 2.0 + length_s)
    assert len(sway_rows(force, [window], SwayParams())) == rows


def test_below_50_hz_there_is_no_length_and_no_speed():
    (row,) = sway_rows(moving(np.sin, np.cos, rate_hz=25.0), [WHOLE], SwayParams())
    assert row.path_mm.reasons == row.mean_velocity_mm_per_s.reasons == ("slow_rate",)
    assert row.rms_mm.value == pytest.approx(1.0, rel=0.05)


def test_a_hole_of_four_seconds_is_too_much():
    (row,) = sway_rows(lost(moving(np.sin, np.cos), 10.0, 14.0), [WHOLE], SwayParams())
    assert row.ellipse_mm2.reasons == ("gap",)


def test_a_long_hold_has_sway_of_both_feet_and_a_short_one_none():
    force = feet(*HOLD)
    force = force.assign(**{f"{s}_cop_ap_mm": 120.0 for s in ("left", "right")})
    rows = report_of(force).sway
    assert [(r.activity, r.set, r.side) for r in rows] == [
        ("isometric_hold", 1, "left"), ("isometric_hold", 1, "right")
    ]  # fmt: skip
    assert not report_of(feet(stand(6), heel_up(1.0, 15.0, 2.0), stand(5))).sway


@pytest.mark.parametrize(("rig", "why"), [({}, "no_cop"), ({"unit": "adc"}, "no_cop")])
def test_without_a_centre_of_pressure_it_is_not_observable(rig, why):
    force = feet(*HOLD, **rig)
    rows = report_of(force.drop(columns=[c for c in force if "cop" in c])).sway
    assert {row.path_mm.reasons for row in rows} == {(why,)}


def test_in_counts_a_centre_of_pressure_is_nothing_to_measure():
    force = feet(*HOLD, unit="adc").assign(left_cop_ap_mm=1.0, right_cop_ap_mm=1.0)
    assert {row.rms_mm.reasons for row in report_of(force).sway} == {("uncalibrated",)}


def test_two_plates_have_sway_without_doubts():
    force = feet(stand(32), regions=False, imu=False)
    cop = {f"{s}_cop_{name}_mm": np.sin(force.index) for s in ("left", "right")
           for name in ("ap", "ml")}  # fmt: skip
    rows = report_of(force.assign(**cop)).sway
    assert {row.path_mm.quality for row in rows} == {"ok"}


def test_quiet_standing_of_half_a_minute_has_sway():
    force = feet(stand(32)).assign(left_cop_ap_mm=100.0, right_cop_ap_mm=100.0)
    assert [row.activity for row in report_of(force).sway] == ["standing", "standing"]
