"""Loads as they come, in any pieces: the same heel-ups as in one piece, and who stands when."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from synthetic_foot import HEEL, RAISE, RATE_HZ, TOTAL, foot

from insole.detect.base import FootChunk, run
from insole.detect.heel import HeelDetector
from insole.detect.watch import Watch, Watched

FEET = {side: Watched("n", heel=True, bears=True) for side in ("left", "right")}


@pytest.fixture
def loads():
    chunk = foot([*RAISE, (16.0, 1.0), (16.3, 0.0), (22.0, 0.0), (22.3, 1.0), (30.0, 1.0)])
    values = np.column_stack([chunk.total, chunk.heel])
    values[500:520] = np.nan
    return values


def fed(values, cuts, devices=None, start=0):
    watch = Watch(devices or FEET, RATE_HZ)
    for part in np.split(values, cuts):
        watch.feed(start, dict.fromkeys(devices or FEET, part))
        start += len(part)
    return watch


@pytest.mark.parametrize("seed", range(10))
def test_heel_ups_are_those_of_the_whole_in_one_piece(loads, seed):
    cuts = np.sort(np.random.default_rng(seed).integers(0, len(loads), 60))
    watch = fed(loads, cuts)
    whole = len(loads) // 10 * 10
    state = HeelDetector(RATE_HZ, newton=True).start()
    chunk = FootChunk(loads[:whole, 0].copy(), loads[:whole, 1].copy())
    _, found = HeelDetector(RATE_HZ, newton=True).step(state, chunk)
    assert watch.found["left"] == watch.found["right"] == found
    assert len(found) >= 2
    everything = run(HeelDetector(RATE_HZ, newton=True), [FootChunk(loads[:, 0], loads[:, 1])])
    assert everything[: len(found)] == found


@pytest.mark.parametrize("seed", range(3))
def test_what_the_person_does_ignores_the_pieces_too(loads, seed):
    def seen(watch):
        activity = watch.activity
        return (activity.standing_since, activity.first_standing, activity.worked_until,
                activity.working, watch.loads, watch.heels)  # fmt: skip

    cuts = np.sort(np.random.default_rng(seed).integers(0, len(loads), 100))
    assert seen(fed(loads, cuts)) == seen(fed(loads, []))


def test_times_count_from_the_beginning_of_the_session(loads):
    late = fed(loads, [], start=1234)
    early = fed(loads, [])
    assert late.found["left"][0] == replace(
        early.found["left"][0],
        start=early.found["left"][0].start + 1234,
        end=early.found["left"][0].end + 1234,
    )
    assert late.seconds(late.activity.first_standing) == pytest.approx(12.34)
    assert early.seconds(None) is None


def test_loads_and_heels_are_those_of_the_last_block(loads):
    watch = fed(loads[:300], [])
    assert watch.loads["left"] == pytest.approx(TOTAL, rel=0.02)
    assert watch.heels["left"] is False
    watch = fed(loads[:800], [])
    assert watch.heels["left"] is True
    assert HEEL < TOTAL


def test_before_anybody_has_stood_no_heel_is_up():
    watch = fed(np.zeros((300, 2)), [])
    assert watch.heels["left"] is None
    assert watch.activity.first_standing is None


def test_a_silent_device_has_no_load():
    watch = Watch(FEET, RATE_HZ)
    watch.feed(0, {"left": np.full((20, 2), 300.0), "right": np.full((20, 2), np.nan)})
    assert watch.loads == {"left": 300.0, "right": None}


def test_soles_of_different_units_are_not_judged_together():
    mixed = {"left": FEET["left"], "right": replace(FEET["right"], unit="adc")}
    watch = fed(np.full((100, 2), 300.0), [], mixed)
    assert watch.activity is None
    assert not watch.sees_exercise


def test_exercise_shows_with_heels_or_by_pulling():
    assert Watch(FEET, RATE_HZ).sees_exercise
    plate = Watched("n", heel=False, bears=True)
    assert not Watch({"plate": plate}, RATE_HZ).sees_exercise
    assert Watch({"plate": replace(plate, pulls=True)}, RATE_HZ).sees_exercise
    assert not Watch({}, RATE_HZ).sees_exercise


def test_a_plate_under_both_soles_does_not_count_twice():
    devices = {**FEET, "plate": Watched("n", heel=False, bears=False)}
    watch = Watch(devices, RATE_HZ)
    watch.feed(0, dict.fromkeys(devices, np.full((200, 2), 60.0)))
    assert watch.activity.first_standing == 0
    watch = Watch(devices, RATE_HZ)
    watch.feed(
        0, {**dict.fromkeys(FEET, np.full((200, 2), 20.0)), "plate": np.full((200, 2), 700.0)}
    )
    assert watch.activity.first_standing is None
