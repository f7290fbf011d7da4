"""Which repetitions make a set, and what is said of it."""

import pytest
from feet import feet, heel_up, lost, report_of, stand

SLOW = (1.0, 2.0, 5.0)
HOLD = (1.0, 10.0, 2.0)


def sets(*acts, exercise=None, **rig):
    return report_of(feet(*acts, **rig), exercise).sets


def test_nobody_knows_what_was_before_the_first_set():
    (row,) = sets(stand(6), heel_up(*SLOW), stand(4))
    assert row.rest_before_s.quality == "not_observable"
    assert row.rest_before_s.reasons == ("ask",)


def test_rest_is_from_the_last_contact_to_the_next_heel_off():
    _, second = sets(stand(6), heel_up(*SLOW), stand(15), heel_up(*SLOW), stand(4))
    assert second.rest_before_s.value == pytest.approx(15.0, abs=0.1)
    assert second.rest_before_s.quality == "ok"


@pytest.mark.parametrize(("pause", "number"), [(9.0, 1), (11.0, 2)])
def test_10_s_without_a_raise_end_a_set(pause, number):
    assert len(sets(stand(6), heel_up(*SLOW), stand(pause), heel_up(*SLOW), stand(4))) == number


@pytest.mark.parametrize(("pause", "number"), [(85.0, 1), (95.0, 2)])
def test_90_s_of_rest_end_a_set_of_holds(pause, number):
    assert len(sets(stand(6), heel_up(*HOLD), stand(pause), heel_up(*HOLD), stand(4))) == number


def test_another_exercise_and_another_foot_begin_a_set():
    found = sets(
        stand(6), heel_up(*HOLD), stand(4), heel_up(*SLOW), stand(4),
        heel_up(*SLOW, side="left"), stand(4), heel_up(*SLOW, side="right"), stand(4),
    )  # fmt: skip
    assert [(row.exercise, row.side, row.variant) for row in found] == [
        ("isometric_hold", "both", "double"),
        ("eccentric_raise", "both", "double"),
        ("eccentric_raise", "left", "single_left"),
        ("eccentric_raise", "right", "single_right"),
    ]
    assert [(row.rounds, row.reps) for row in found] == [(1, None), (None, 1), (None, 1), (None, 1)]


def test_up_on_both_and_down_on_one_is_one_set_though_tops_differ():
    # with a short top the lifted foot is in the air most of the time, with a long one it is not
    tops = (0.8, 6.0, 0.8)
    acts = [a for top in tops for a in (heel_up(1.0, top, 5.0, lowers="left"), stand(4))]
    (row,) = sets(stand(6), *acts, exercise="eccentric_raise")
    assert (row.variant, row.side, row.reps) == ("two_up_one_down", "left", 3)


def test_a_raise_that_is_unclear_stays_with_its_set():
    acts = [
        act
        for assist in (0.0, 0.17, 0.0)
        for act in (heel_up(*SLOW, lowers="left", assist=assist), stand(4))
    ]
    (row,) = sets(stand(6), *acts)
    assert (row.variant, row.reps) == ("two_up_one_down", 3)


def test_only_raises_that_count_are_counted_but_all_heel_up_time_is_summed():
    (row,) = sets(stand(6), heel_up(*SLOW), stand(3), heel_up(*SLOW, height=30), stand(4))
    assert row.reps == 1
    assert row.heel_up_s.value == pytest.approx(16.0, abs=0.2)


def test_heel_up_time_of_a_set_is_as_sure_as_its_parts():
    table = feet(stand(6), heel_up(*SLOW), stand(3), heel_up(*SLOW), stand(4))
    (row,) = report_of(lost(table, 9.0, 9.3)).sets
    assert row.heel_up_s.quality == "low"
    assert row.heel_up_s.reasons == ("gap",)
