"""The two levels a heel is judged between, and how they are learnt."""

from __future__ import annotations

import numpy as np
import pytest

from insole.detect.levels import LevelParams, Levels, blocks_of

STANDING = (150.0, 400.0)
TIPTOE = (5.0, 400.0)
AIR = (0.0, 5.0)


def fed(made: Levels, *stretches) -> Levels:
    """Feed ((heel, total), blocks, up) one after another."""
    rows = [(loads, up) for loads, blocks, up in stretches for _ in range(blocks)]
    past = [np.nan] * (made.quiet_blocks - 1)
    means = (np.array([*past, *(loads[k] for loads, _ in rows)]) for k in (0, 1))
    for block, (_, up) in zip(blocks_of(*means, made.quiet_blocks), rows, strict=True):
        made.feed(block, up=up)
    return made


def levels(*stretches, newton=True, **settings) -> Levels:
    """Feed ((heel, total), seconds, up) one after another."""
    made = Levels(LevelParams(**settings), newton=newton)
    return fed(made, *((loads, round(seconds * 10), up) for loads, seconds, up in stretches))


def test_nothing_is_known_before_a_second_of_quiet_standing():
    assert not levels().usable
    assert not levels((STANDING, 0.9, False)).usable
    assert levels((STANDING, 1.0, False)).usable


def test_base_is_the_heel_load_in_quiet_standing():
    known = levels((STANDING, 10.0, False))
    assert known.base == pytest.approx(150.0)
    assert known.stand == pytest.approx(400.0)
    assert known.level(0.0) == known.floor == 0.0
    assert known.level(1.0) == pytest.approx(150.0)
    assert known.level(0.25) == pytest.approx(37.5)


def test_base_follows_slow_change_within_its_window():
    changed = levels((STANDING, 30.0, False), ((120.0, 400.0), 20.0, False))
    assert 120.0 < changed.base < 135.0


def test_base_does_not_move_while_the_heel_is_up():
    known = levels((STANDING, 10.0, False), (TIPTOE, 60.0, True))
    assert known.base == pytest.approx(150.0)


def test_what_came_just_before_a_raise_does_not_enter_the_base():
    """People load the heel more for a moment before they rise."""
    known = levels((STANDING, 10.0, False), ((180.0, 400.0), 0.9, False), (TIPTOE, 3.0, True))
    assert known.base == pytest.approx(150.0)


def test_floor_falls_fast_and_rises_slowly():
    fallen = levels((STANDING, 5.0, False), ((-20.0, 400.0), 1.0, True))
    assert fallen.floor == pytest.approx(-20.0, abs=1.0)
    risen = levels((STANDING, 5.0, False), ((20.0, 400.0), 1.0, True))
    assert 2.0 < risen.floor < 6.0


def test_floor_is_never_close_to_the_base():
    known = levels((STANDING, 5.0, False), ((60.0, 400.0), 100.0, True))
    assert known.floor == pytest.approx(0.30 * 150.0)


def test_a_foot_in_the_air_teaches_nothing():
    known = levels((STANDING, 5.0, False), (AIR, 30.0, True), (AIR, 30.0, False))
    assert (known.base, known.floor, known.stand) == pytest.approx((150.0, 0.0, 400.0))


def test_flat_time_survives_a_second_of_sway_and_no_more():
    restless = [((150.0, 400.0), 0.1, False), ((260.0, 400.0), 0.1, False)]
    stood = [(STANDING, 5.0, False)]
    assert levels(*stood).flat_s == pytest.approx(4.1)
    assert levels(*stood, *restless * 4).flat_s == pytest.approx(4.2, abs=0.2)
    assert levels(*stood, *restless * 10).flat_s == 0.0


def test_flat_time_ends_with_the_heel_up():
    assert levels((STANDING, 5.0, False), (TIPTOE, 2.0, True)).flat_s == 0.0


@pytest.mark.parametrize(("heel", "usable"), [(20.0, False), (30.0, True)])
def test_in_newton_the_span_must_be_more_than_sensors_err_by(heel, usable):
    assert levels(((heel, 400.0), 3.0, False)).usable == usable


@pytest.mark.parametrize(("heel", "usable"), [(0.03, False), (0.05, True)])
def test_in_counts_the_span_must_be_a_share_of_the_total(heel, usable):
    assert levels(((heel, 1.0), 3.0, False), newton=False).usable == usable


def test_until_the_heel_was_seen_loaded_only_the_last_second_counts():
    """Long quiet standing on a heel that feels nothing must not linger in the base."""
    late = levels(((10.0, 400.0), 60.0, False), (STANDING, 3.0, False))
    assert late.base == pytest.approx(150.0, rel=0.05)


def test_memory_does_not_grow_while_nothing_is_usable():
    """An hour of standing on a heel that feels 10 N is no reason to slow down."""
    known = levels(((10.0, 400.0), 120.0, False))
    assert len(known._waiting) <= 10


def test_blocks_of_another_length_give_the_same_times():
    """At 25 Hz a block is 0.08 s long."""
    known = fed(Levels(LevelParams(), newton=True, block_s=0.08), (STANDING, 100, False))
    assert known.flat_s == pytest.approx(8.0 - 1.0, abs=0.15)


def test_a_copy_goes_its_own_way():
    known = levels((STANDING, 5.0, False))
    other = fed(known.copy(), ((20.0, 400.0), 50, True))
    assert known.floor == 0.0
    assert other.floor > 0.0
    assert known.flat_s == pytest.approx(4.1)
