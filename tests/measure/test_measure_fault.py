"""What goes wrong in a repetition, each fault put into an otherwise clean table."""

import numpy as np
import pytest
from feet import feet, heel_up, report_of, stand

SET = (stand(6), *[act for _ in range(6) for act in (heel_up(1.0, 2.0, 4.0), stand(4))])
STARTS_S = [6.0 + 11.0 * k for k in range(6)]


def clean(*acts):
    return feet(*(acts or SET))


def words(force):
    return [set(row.reasons) - {"uncalibrated"} for row in report_of(force).raises]


def scale(force, start_s, end_s, factor, *, sides=("left", "right")):
    here = (force.index >= start_s) & (force.index < end_s)
    for side in sides:
        for name in force.columns:
            if name.endswith("_n") and name.startswith(f"{side}_"):
                force.loc[here, name] *= factor
    return force


def test_clean_repetitions_have_no_fault():
    assert words(clean()) == [set()] * 6


def test_a_stumble_is_named_and_does_not_count():
    force = scale(clean(), 29.5, 29.9, 0.05, sides=("left",))
    rows = report_of(force).raises
    assert ["stumble" in row.reasons for row in rows] == [k == 2 for k in range(6)]
    assert [row.counted for row in rows] == [k != 2 for k in range(6)]


def test_load_that_stays_on_the_other_foot_is_no_stumble():
    acts = (stand(6), heel_up(1.0, 2.0, 4.0, lowers="left"), stand(6))
    assert "stumble" not in words(clean(*acts))[0]


@pytest.mark.parametrize(("factor", "hands"), [(0.85, True), (0.95, False)])
def test_hands_show_in_a_lower_load_than_before(factor, hands):
    force = scale(clean(), 38.8, 46.5, factor)
    assert ["hand_support" in w for w in words(force)] == [k == 3 and hands for k in range(6)]


def test_a_steady_hand_in_every_repetition_is_not_seen():
    assert not any("hand_support" in w for w in words(scale(clean(), 6.0, 99.0, 0.8)))


@pytest.mark.parametrize(("factor", "hard"), [(1.4, True), (1.15, False)])
def test_a_hard_landing_is_a_drop(factor, hard):
    force = scale(clean(), 24.05, 24.2, factor)
    assert ["dropped" in w for w in words(force)] == [k == 1 and hard for k in range(6)]


def test_a_quick_lowering_is_a_drop_where_it_is_seen():
    acts = (stand(6), heel_up(1.0, 2.0, 0.3), stand(5), heel_up(1.0, 2.0, 3.0), stand(5))
    assert ["dropped" in w for w in words(clean(*acts))] == [True, False]


def test_a_dip_before_the_heels_leave_is_hinted_at():
    force = clean()
    force = scale(scale(force, 16.35, 16.55, 0.8), 16.55, 16.75, 1.2)
    assert ["dip" in w for w in words(force)] == [k == 1 for k in range(6)]


def test_toes_that_press_more_than_in_the_other_repetitions_grip():
    force = clean()
    force["left_toes_n"] = 0.1 * force["left_n"]
    here = (force.index > 28.0) & (force.index < 35.0)
    force.loc[here, "left_toes_n"] *= 2.0
    assert ["toe_grip" in w for w in words(force)] == [k == 2 for k in range(6)]


def test_a_foot_rolls_against_its_own_other_repetitions():
    force = clean()
    force["right_cop_ml_mm"] = 2.0
    force.loc[(force.index > 28.0) & (force.index < 35.0), "right_cop_ml_mm"] = 14.0
    assert ["roll" in w for w in words(force)] == [k == 2 for k in range(6)]


def test_with_too_few_repetitions_nothing_is_compared():
    force = clean(stand(6), heel_up(1.0, 2.0, 4.0), stand(5), heel_up(1.0, 2.0, 4.0), stand(5))
    force["left_toes_n"] = 0.1 * force["left_n"]
    force.loc[force.index > 15.0, "left_toes_n"] *= 3.0
    assert not any("toe_grip" in w for w in words(force))


def test_heel_ups_that_only_touch_bounce_and_both_count():
    acts = (stand(6), heel_up(1.0, 1.0, 3.0), stand(0.3), heel_up(1.0, 1.0, 3.0), stand(5))
    rows = report_of(clean(*acts)).raises
    assert ["bounce" in row.reasons for row in rows] == [True, False]
    assert all(row.counted for row in rows)


def test_preload_that_stays_on_a_lifted_heel_is_said():
    force = clean()
    for side in ("left", "right"):
        force[f"{side}_heel_n"] += 50.0
        force[f"{side}_n"] += 50.0
    assert all("high_residual" in w for w in words(force))


def test_faults_of_a_gap_are_those_of_the_rest():
    force = clean()
    force.loc[(force.index > 30.0) & (force.index < 30.3), "left_n"] = np.nan
    assert len(report_of(force).raises) == 6
