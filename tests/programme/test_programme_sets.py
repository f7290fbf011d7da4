"""From the rows of a report to the sets that the rules judge."""

from __future__ import annotations

import pytest
from course_days import PROGRAMME
from example_report import calf_raise, hold, set_row

from insole.programme.model import DoneSet
from insole.programme.sets import done_sets

LIMITS = PROGRAMME.progress


def test_holds_count_their_own_length_where_it_is_seen():
    sets = [set_row(1, "isometric_hold", 0, 90)]
    holds = [hold(1, 0, 30.2), hold(1, 50, 29.0)]
    assert done_sets(sets, holds, [], LIMITS) == (
        DoneSet(1, "isometric_hold", "double", "both", "phases", rounds_s=(30.2, 29.0)),
    )


def test_without_a_motion_sensor_holds_are_judged_on_heel_up_time_and_say_so():
    sets = [set_row(1, "isometric_hold", 0, 90, side="left")]
    (found,) = done_sets(sets, [hold(1, 0, 30.0, imu=False)], [], LIMITS)
    assert (found.variant, found.side, found.judged_on) == ("single", "left", "heel_up")
    assert found.rounds_s == (32.0,)


def test_only_repetitions_that_count_and_are_slow_enough_are_at_tempo():
    sets = [set_row(1, "eccentric_raise", 0, 90)]
    reps = [
        calf_raise(1, 1, 0, lowering=5.0), calf_raise(1, 2, 10, lowering=3.9),
        calf_raise(1, 3, 20, lowering=6.5), calf_raise(1, 4, 30, counted=False),
    ]  # fmt: skip
    (found,) = done_sets(sets, [], reps, LIMITS)
    assert (found.reps, found.at_tempo, found.judged_on) == (3, 2, "phases")


def test_where_phases_are_not_seen_the_cue_tells_how_slow_it_was():
    sets = [set_row(1, "eccentric_raise", 0, 90)]
    reps = [calf_raise(1, n, 10.0 * n, imu=False) for n in (1, 2)]
    cues = [reps[0].heel_contact_s - 5.0, reps[1].heel_contact_s - 2.0]
    (found,) = done_sets(sets, [], reps, LIMITS, cues)
    assert (found.reps, found.at_tempo, found.judged_on) == (2, 1, "cue")


def test_without_phases_and_cues_nobody_knows():
    sets = [set_row(1, "eccentric_raise", 0, 90)]
    (found,) = done_sets(sets, [], [calf_raise(1, 1, 0, imu=False)], LIMITS, [99.0])
    assert (found.reps, found.at_tempo, found.judged_on) == (1, None, "nothing")


@pytest.mark.parametrize(
    ("variant", "kind"),
    [("single_left", "single"), ("single_right", "single"), ("two_up_one_down",) * 2,
     ("double",) * 2],
)  # fmt: skip
def test_variants_become_those_of_the_programme(variant, kind):
    sets = [set_row(1, "eccentric_raise", 0, 90, variant=variant, side="left")]
    (found,) = done_sets(sets, [], [calf_raise(1, 1, 0)], LIMITS)
    assert found.variant == kind


def test_sets_of_an_unclear_kind_are_left_out():
    sets = [
        set_row(1, "eccentric_raise", 0, 90, variant="unclear"), set_row(2, "unrecognised", 0, 9),
        set_row(3, "isometric_hold", 0, 9, side=""),
    ]  # fmt: skip
    assert done_sets(sets, [hold(3, 0, 5)], [calf_raise(1, 1, 0)], LIMITS) == ()
