"""What was done when, on feet drawn by hand: toes, rocks, walking, and nothing besides."""

from itertools import pairwise

import numpy as np
import pytest
from feet import feet, heel_up, lost, report_of, scaled, stand

from insole.measure.finding import find
from insole.measure.params import Params
from insole.measure.recognise import ACTIVITIES
from insole.measure.rocking import TOES, RockParams, direction, rock_rows, taught
from insole.measure.scene import SceneParams, scene
from insole.report.words import ACTIVITIES as NAMES


def with_toes(force, presses=(), *, side="left", force_n=25.0):
    """Return the table of a sole that knows toes: `presses` are (toe, start_s, end_s)."""
    force = force.copy()
    time_s = force.index.to_numpy()
    for foot in ("left", "right"):
        fore = force[f"{foot}_forefoot_n"]
        for name, part in (("hallux", 0.12), ("toes", 0.08)):
            force[f"{foot}_{name}_n"] = part * fore
        force[f"{foot}_forefoot_n"] = 0.8 * fore
    for toe, start_s, end_s in presses:
        on = force_n * ((time_s >= start_s) & (time_s < end_s))
        for name in {"big": ("hallux",), "little": ("toes",), "both": ("hallux", "toes")}[toe]:
            force[f"{side}_{name}_n"] += on
            force[f"{side}_forefoot_n"] -= on
    return force


def in_turn(start_s, count, toes=("big", "little")):
    return [(toes[k % len(toes)], start_s + 2.0 * k, start_s + 2.0 * k + 1.5) for k in range(count)]


def rocked(force, rocks, *, sides=("left", "right"), tilt_deg=0.0):
    """Return the table with the load brought forward in `rocks`, (start_s, end_s, across_mm)."""
    force = force.copy()
    time_s = force.index.to_numpy()
    for start_s, end_s, across_mm in rocks:
        into = np.clip((time_s - start_s) / (end_s - start_s), 0.0, 1.0)
        bump = np.sin(np.pi * into) ** 2
        for side in sides:
            moved = 0.7 * bump * force[f"{side}_heel_n"]
            force[f"{side}_heel_n"] -= moved
            force[f"{side}_forefoot_n"] += moved
            force[f"{side}_cop_ml_mm"] += across_mm * bump
            if f"{side}_acc_x_g" in force:
                angle = np.radians(tilt_deg) * bump
                force[f"{side}_acc_x_g"] -= np.sin(angle)
    return force


def three(start_s, across_mm=(0.0, 0.0, 0.0)):
    return [(start_s + 5.0 * k, start_s + 5.0 * k + 4.0, mm) for k, mm in enumerate(across_mm)]


def names(report):
    return [row.activity for row in report.activities]


def test_the_stretches_cover_the_session_and_follow_each_other():
    report = report_of(feet(stand(6), heel_up(1, 22, 2), stand(5), heel_up(1, 2, 5), stand(5)))
    assert names(report) == [
        "standing", "isometric_hold", "standing", "eccentric_raise", "standing"
    ]  # fmt: skip
    rows = report.activities
    assert rows[0].start_s == 0.0
    assert rows[-1].end_s == pytest.approx(report.session.duration_s, abs=0.1)
    assert all(a.end_s == b.start_s for a, b in pairwise(rows))
    assert [row.set for row in rows] == [None, 1, None, 2, None]
    assert rows[1].start_s == pytest.approx(report.holds[0].heel_off_s, abs=0.1)


def test_every_activity_has_a_name():
    assert set(NAMES) == {*ACTIVITIES}


def test_toes_in_turn_are_toe_yoga_of_that_foot():
    force = with_toes(feet(stand(40), imu=False), in_turn(10.0, 8))
    (bout,) = (report := report_of(force)).toe_yoga
    assert (bout.side, bout.alternations) == ("left", 4)
    assert (bout.big_presses, bout.little_presses, bout.grips) == (4, 4, 0)
    assert bout.press_s.value == pytest.approx(1.5, abs=0.11)
    assert bout.reasons == ("uncalibrated",)
    assert names(report) == ["standing", "toe_yoga", "standing"]
    assert report.activities[1].side == "left"


@pytest.mark.parametrize(
    "presses",
    [
        [],
        in_turn(10.0, 8, ("big",)),
        in_turn(10.0, 8, ("both",)),
        in_turn(10.0, 3),
        [(toe, 5.0 + 9.0 * k, 7.0 + 9.0 * k) for k, toe in enumerate(("big", "little") * 2)],
    ],
    ids=["nothing", "one toe", "gripping", "too few", "too far apart"],
)
def test_what_does_not_alternate_is_no_toe_yoga(presses):
    assert not report_of(with_toes(feet(stand(45), imu=False), presses)).toe_yoga


def test_gripping_between_is_counted():
    presses = [*in_turn(10.0, 4), ("both", 18.0, 19.5), *in_turn(20.0, 4)]
    (bout,) = report_of(with_toes(feet(stand(40), imu=False), presses)).toe_yoga
    assert (bout.alternations, bout.grips) == (4, 1)


def test_toes_are_not_told_from_lifting_heels_or_shifting_weight():
    acts = (stand(8), heel_up(1, 2, 3), stand(3), heel_up(1, 2, 3), stand(4), stand(3, 0.7),
            stand(3, 0.3), stand(5))  # fmt: skip
    assert not report_of(with_toes(feet(*acts))).toe_yoga


def test_without_cells_under_the_toes_there_is_no_toe_yoga():
    assert report_of(feet(stand(30))).toe_yoga == ()


@pytest.mark.parametrize("unit", ["bw", "adc"])
def test_toes_in_other_units(unit):
    factor = {"bw": 1 / 700.0, "adc": 3.7}[unit]
    force = scaled(with_toes(feet(stand(40), imu=False), in_turn(10.0, 8)), factor)
    force = force.rename(columns=lambda c: f"{c[:-2]}_{unit}" if c.endswith("_n") else c)
    (bout,) = report_of(force).toe_yoga
    assert bout.alternations == 4


def test_three_rocks_on_both_feet():
    force = rocked(feet(stand(40)), three(10.0, (-12.0, 0.0, 12.0)))
    report = report_of(force)
    assert [(r.rep, r.side) for r in report.rocking] == [
        (k, side) for k in (1, 2, 3) for side in ("left", "right")
    ]
    first, last = report.rocking[0], report.rocking[-1]
    assert first.furthest_s == pytest.approx(12.0, abs=0.15)
    assert first.start_s == pytest.approx(10.0, abs=1.0)
    assert last.cop_ml_mm.value - first.cop_ml_mm.value == pytest.approx(24.0, abs=6.0)
    assert first.direction is None
    assert not first.heel_lift
    assert first.counted
    assert first.forward_share.value == pytest.approx(0.315, abs=0.02)
    assert names(report) == ["standing", "ankle_rocking", "standing"]
    assert (report.raises, report.holds) == ((), ())


def test_one_foot_rocks_alone():
    report = report_of(rocked(feet(stand(40), imu=False), three(10.0), sides=("right",)))
    assert {row.side for row in report.rocking} == {"right"}
    assert report.activities[1].side == "right"


def taught_by(force, spans):
    """Return the rocks of a table in which the first ones, one over each toe, were calibration."""
    steps = [(toe, start, end) for toe, (start, end, _) in zip(TOES, spans, strict=True)]
    seen = scene(force, find(force, Params()), [], SceneParams())
    return taught(seen, steps, RockParams()), seen


def test_a_calibration_makes_directions_likely():
    first, then = three(5.0, (-12.0, 0.0, 12.0)), three(30.0, (10.0, -6.0, -14.0))
    force = rocked(feet(stand(60)), [*first, *then])
    centres, seen = taught_by(force, first)
    assert set(centres) == {"left", "right"}
    rows = [r for r in rock_rows(seen, RockParams(), centres) if r.start_s > 28.0]
    assert [r.direction for r in rows if r.side == "left"] == ["little", "unclear", "big"]
    assert rows[0].reasons == ()


def test_rocks_that_go_nowhere_teach_nothing():
    first = three(5.0, (0.0, 0.0, 0.0))
    assert taught_by(rocked(feet(stand(30)), first), first)[0] == {}


@pytest.mark.parametrize(
    ("place_mm", "toe"),
    [(-12, "big"), (-8, "big"), (-7, "unclear"), (-6, "unclear"), (0, "middle"), (4, "middle"),
     (6, "unclear"),
     (8, "little"), (40, "little")],
)  # fmt: skip
def test_a_direction_is_that_of_the_nearest_centre_unless_two_are_near(place_mm, toe):
    assert direction(place_mm, (-12.0, 0.0, 12.0), RockParams()) == toe


def test_a_heel_that_lifts_is_a_fault():
    force = rocked(feet(stand(40)), three(10.0), tilt_deg=6.0)
    rows = report_of(force).rocking
    assert {row.heel_lift for row in rows} == {True}
    assert not any(row.counted for row in rows)
    assert rows[0].reasons[0] == "heel_lift"


@pytest.mark.parametrize("count", [1, 2])
def test_a_lean_or_two_are_no_rocking(count):
    report = report_of(rocked(feet(stand(40)), three(10.0)[:count]))
    assert report.rocking == ()
    assert names(report) == ["standing"]


def test_going_forward_for_a_raise_is_no_rocking():
    acts = (stand(16), heel_up(1, 2, 3), stand(1), heel_up(1, 2, 3), stand(16))
    force = rocked(feet(*acts), [(6.0, 9.5, 0.0), (10.5, 14.0, 0.0), (30.0, 33.0, 0.0)])
    assert report_of(force).rocking == ()


def walk(force, start_s, end_s, step_s=0.5):
    """Return the table with the load going from foot to foot, step by step."""
    force = force.copy()
    time_s = force.index.to_numpy()
    left = (np.floor((time_s - start_s) / step_s) % 2) == 0
    walking = (time_s >= start_s) & (time_s < end_s)
    for side, mine in (("left", left), ("right", ~left)):
        factor = np.where(walking, np.where(mine, 2.0, 0.02), 1.0)
        for name in ("n", "heel_n", "midfoot_n", "forefoot_n"):
            force[f"{side}_{name}"] *= factor
    return force


def test_walking():
    report = report_of(walk(feet(stand(30), imu=False), 10.0, 20.0))
    assert names(report) == ["standing", "walking", "standing"]
    assert report.activities[1].start_s == pytest.approx(10.0, abs=0.6)
    assert report.activities[1].end_s == pytest.approx(20.0, abs=0.6)


def test_two_steps_are_no_walk():
    assert names(report_of(walk(feet(stand(30), imu=False), 10.0, 11.0))) == ["standing"]


def test_nobody_there_is_nothing():
    force = feet(stand(30))
    away = (force.index >= 12.0) & (force.index < 18.0)
    force.loc[away, [c for c in force if c.endswith("_n")]] = 1.0
    assert names(report_of(force)) == ["standing", "nothing", "standing"]
    assert names(report_of(scaled(feet(stand(20)), 0.01))) == ["nothing"]


def test_lost_data_is_nothing():
    report = report_of(lost(feet(stand(30)), 10.0, 16.0))
    assert names(report) == ["standing", "nothing", "standing"]


def test_standing_on_one_foot_names_it():
    report = report_of(feet(stand(10), stand(10, load=0.95), stand(1)))
    assert report.activities[0].side == "both"


@pytest.mark.parametrize("rig", [
    {"sides": "left"}, {"sides": "merged"}, {"regions": False}, {"imu": False}, {"unit": "adc"},
    {"rate_hz": 25.0}, {"rate_hz": 200.0},
], ids=str)  # fmt: skip
def test_every_rig_has_its_stretches(rig):
    report = report_of(feet(stand(10), heel_up(1, 2, 5), stand(10), **rig))
    assert report.activities[0].activity == "standing"
    assert report.activities[-1].end_s == pytest.approx(28.0, abs=0.2)
