"""Standing, working, neither: judged a tenth of a second at a time."""

from __future__ import annotations

from math import nan

import pytest

from insole.detect.activity import Activity, FootBlock

BODY_N = 700.0


def both(share=0.5, load=BODY_N, up=False):
    return [FootBlock(share * load, up), FootBlock((1.0 - share) * load, up)]


def watched(*parts, unit="n", pulls=False):
    """Feed (seconds, feet) one after the other."""
    activity = Activity(unit, pulls=pulls)
    block = 0
    for seconds, feet in parts:
        for _ in range(round(10 * seconds)):
            activity.feed(block, feet)
            block += 1
    return activity


def test_standing_is_known_after_a_second_and_from_its_beginning():
    assert watched((0.9, both())).standing_since is None
    activity = watched((2.0, both(load=0.0)), (1.0, both()))
    assert activity.standing_since == activity.first_standing == 20


def test_unloaded_soles_do_not_stand():
    assert watched((10.0, both(load=15.0))).first_standing is None


def test_who_moves_stands_no_longer_and_the_first_time_is_kept():
    activity = watched((3.0, both()), (0.2, both(load=1000.0)), (2.0, both()))
    assert activity.first_standing == 0
    assert activity.standing_since == 32


def test_a_shift_of_weight_between_the_feet_is_still_standing():
    activity = watched((2.0, both(0.5)), (2.0, both(0.2)))
    assert activity.standing_since == 0


def test_heels_that_stay_up_are_exercise_and_no_standing():
    activity = watched((3.0, both()), (2.0, both(up=True)))
    assert activity.working
    assert activity.standing_since is None
    assert activity.worked_until == 50
    activity = watched((3.0, both()), (2.0, both(up=True)), (1.0, both()))
    assert not activity.working
    assert activity.worked_until == 50
    assert activity.standing_since == 50


def test_a_step_is_no_exercise():
    """Walking keeps both heels up for at most 0.69 s."""
    activity = watched((3.0, both()), *((0.7, both(up=True)), (0.4, both())) * 5)
    assert activity.worked_until is None


def test_a_foot_in_the_air_has_no_vote():
    one = [FootBlock(650.0, True), FootBlock(20.0, False)]
    assert watched((3.0, both()), (2.0, one)).working


def test_a_heel_that_stays_down_under_load_is_no_exercise():
    one = [FootBlock(350.0, True), FootBlock(350.0, False)]
    assert watched((3.0, both()), (5.0, one)).worked_until is None


def test_heels_up_without_load_are_feet_in_the_air():
    assert watched((3.0, both()), (5.0, both(load=40.0, up=True))).worked_until is None


def test_a_short_silence_changes_nothing_and_a_long_one_ends_it():
    silent = [FootBlock(nan, None), FootBlock(350.0, False)]
    assert watched((3.0, both()), (0.5, silent)).standing_since == 0
    activity = watched((3.0, both()), (0.6, silent))
    assert activity.standing_since is None
    assert activity.first_standing == 0


@pytest.mark.parametrize(("unit", "load"), [("bw", 0.98), ("adc", 4100.0)])
def test_other_units_stand_too(unit, load):
    empty = both(load=0.05 * load)
    activity = watched((3.0, empty), (2.0, both(load=load)), unit=unit)
    assert activity.first_standing == 30


def test_counts_that_never_change_stand_for_nothing():
    """What a count is worth is not known before somebody has stepped on or off."""
    assert watched((20.0, both(load=4100.0)), unit="adc").first_standing is None


def test_pulling_is_exercise():
    activity = watched((2.0, [FootBlock(3.0, None)]), (2.0, [FootBlock(80.0, None)]),
                       (3.0, [FootBlock(3.0, None)]), pulls=True)  # fmt: skip
    assert activity.worked_until == 40
    assert activity.first_standing is None
