"""Ticks that start again at a modulus become ticks that never do."""

from __future__ import annotations

import numpy as np
import pytest

from insole.align.ticks import clock_settings, unsure_turns, unwrap_ticks

TICK_S = 0.01
MODULUS = 256  # a turn of 2.56 s, as an 8-bit counter of samples at 100 Hz has


def sent(true_ticks, modulus: int = MODULUS):
    return np.asarray(true_ticks) % modulus


def arrival_s(true_ticks, delay_s=0.02):
    return np.asarray(true_ticks) * TICK_S + delay_s


def unwrapped(true_ticks, delay_s=0.02, modulus: int = MODULUS):
    return unwrap_ticks(
        sent(true_ticks, modulus), modulus, TICK_S, arrival_s(true_ticks, delay_s)
    ).tolist()


def test_a_clock_that_starts_again_goes_on():
    true = np.arange(250, 1000, 4)
    assert unwrapped(true) == true.tolist()


def test_counting_begins_in_the_turn_of_the_first_packet():
    assert unwrapped([1000, 1004]) == [1000 % MODULUS, 1000 % MODULUS + 4]


@pytest.mark.parametrize("turns", [1, 2, 7, 300])
def test_arrival_tells_how_many_turns_a_gap_lasted(turns):
    true = np.r_[np.arange(0, 400, 4), turns * MODULUS + np.arange(404, 800, 4)]
    assert unwrapped(true) == true.tolist()


def test_two_gaps_soon_after_one_another_are_both_counted():
    true = np.array([0, 4, 8, 8 + 3 * MODULUS, 12 + 3 * MODULUS, 12 + 4 * MODULUS, 1100])
    assert unwrapped(true) == true.tolist()


def test_a_late_packet_steps_back_and_no_turn_is_added():
    order = [0, 4, 8, 16, 12, 20, 252, 260, 256, 264]
    delay_s = np.full(len(order), 0.02)
    delay_s[[4, 8]] = 0.07
    assert unwrapped(order, delay_s) == order


def test_a_stalled_link_that_then_delivers_all_adds_no_turn():
    """All packets of three seconds arrive at once: longer than half a turn, yet none passed."""
    true = np.arange(0, 2000, 4)
    arrive = arrival_s(true)
    stalled = (true > 800) & (true <= 1100)
    arrive[stalled] = arrive[stalled].max()
    got = unwrap_ticks(sent(true), MODULUS, TICK_S, arrive)
    assert got.tolist() == true.tolist()


def test_jitter_below_half_a_turn_adds_no_turn():
    true = np.arange(0, 20_000, 4)
    delay_s = np.random.default_rng(1).uniform(0.0, 1.0, len(true))
    arrive = np.maximum.accumulate(arrival_s(true, delay_s))
    assert unwrap_ticks(sent(true), MODULUS, TICK_S, arrive).tolist() == true.tolist()


@pytest.mark.parametrize("modulus", [0, -1])
def test_without_a_modulus_ticks_stay_as_sent(modulus):
    ticks = np.array([5, 9, 2**40])
    assert unwrap_ticks(ticks, modulus, TICK_S, arrival_s(ticks)).tolist() == ticks.tolist()


@pytest.mark.parametrize("ticks", [[], [200]])
def test_none_and_one_packet_stay_as_they_are(ticks):
    got = unwrap_ticks(np.array(ticks, dtype=np.int64), MODULUS, TICK_S, np.zeros(len(ticks)))
    assert got.tolist() == ticks
    assert got.dtype == np.int64


def test_unknown_arrival_adds_no_turn():
    true = np.array([0, 100, 200, 300, 400])
    got = unwrap_ticks(sent(true), MODULUS, TICK_S, np.full(5, np.nan))
    assert got.tolist() == true.tolist()


def test_ticks_of_any_width_do_not_overflow():
    modulus = 2**32
    true = np.array([modulus - 3, modulus + 2, modulus + 9])
    sent_as = (true % modulus).astype(np.uint32)
    got = unwrap_ticks(sent_as, modulus, 1e-6, np.zeros(3))
    assert got.tolist() == true.tolist()


def test_ticks_passed_in_are_not_changed():
    ticks = sent(np.arange(0, 1000, 4))
    before = ticks.copy()
    unwrap_ticks(ticks, MODULUS, TICK_S, arrival_s(np.arange(0, 1000, 4)))
    assert (ticks == before).all()


# What arrivals cannot tell, and clocks that are set --------------------------------------------


def stream(length_s=60.0, packet_s=0.04):
    return np.arange(0.0, length_s, packet_s)


@pytest.mark.parametrize("turn_s", [65.536, 2.56, 0.64])
@pytest.mark.parametrize("skew", [-50e-6, 50e-6])
def test_ten_minutes_of_silence_are_counted_right_and_for_sure(turn_s, skew):
    """The clocks part by 30 ms in that time: no doubt for turns of half a second and more."""
    true_s = np.r_[stream(), 660.0 + stream()]
    true = np.round(true_s * 100).astype(np.int64)
    host_s = true_s * (1.0 + skew) + 0.02
    modulus = round(turn_s * 100)
    got = unwrap_ticks(true % modulus, modulus, 0.01, host_s)
    assert got.tolist() == true.tolist()
    assert len(unsure_turns(got * 0.01, modulus * 0.01, host_s)) == 0


def test_ten_minutes_of_silence_are_too_long_for_a_short_turn_and_that_is_said():
    true_s = np.r_[stream(), 660.0 + stream()]
    true = np.round(true_s * 100).astype(np.int64)
    got = unwrap_ticks(true % 16, 16, 0.01, true_s + 0.02)
    assert unsure_turns(got * 0.01, 0.16, true_s + 0.02).tolist() == [len(stream())]


def test_a_link_that_stays_slow_after_a_gap_leaves_the_turns_unsure():
    true_s = np.r_[stream(), 70.0 + stream()]
    host_s = true_s + np.repeat([0.02, 0.92], len(stream()))
    true = np.round(true_s * 100).astype(np.int64)
    got = unwrap_ticks(true % 256, 256, 0.01, host_s)
    assert len(unsure_turns(got * 0.01, 2.56, host_s)) == 1


@pytest.mark.parametrize("turn_s", [0.0, 65.536])
def test_without_gap_or_turn_nothing_is_unsure(turn_s):
    device_s = stream()
    assert len(unsure_turns(device_s, turn_s, device_s + 0.02)) == 0


@pytest.mark.parametrize("begins_s", [0.0, 17.0, 300.0])
def test_a_clock_that_is_set_shows(begins_s):
    host_s = np.r_[stream(), 61.0 + stream()]
    device_s = np.r_[100.0 + stream(), begins_s + stream()]
    assert clock_settings(device_s, host_s).tolist() == [len(stream())]


def test_a_clock_that_stopped_while_the_device_was_silent_shows():
    device_s = np.r_[stream(), 60.0 + stream()]
    host_s = np.r_[stream(), 75.0 + stream()]
    assert clock_settings(device_s, host_s).tolist() == [len(stream())]


@pytest.mark.parametrize("stall_s", [0.6, 3.0, 8.0])
def test_a_stall_is_no_setting_of_the_clock(stall_s):
    device_s = stream()
    host_s = device_s + 0.02
    stalled = (device_s > 20.0) & (device_s < 20.0 + stall_s)
    host_s[stalled] = 20.0 + stall_s
    assert len(clock_settings(device_s, host_s)) == 0


def test_a_silence_in_which_the_clock_ran_is_no_setting():
    device_s = np.r_[stream(), 660.0 + stream()]
    assert len(clock_settings(device_s, device_s * (1.0 + 1e-4) + 0.02)) == 0


@pytest.mark.parametrize("packets", [0, 1])
def test_one_packet_sets_no_clock(packets):
    device_s = np.zeros(packets)
    assert (
        len(clock_settings(device_s, device_s)) == len(unsure_turns(device_s, 1.0, device_s)) == 0
    )


@pytest.mark.parametrize("wild_s", [-1000.0, 1000.0])
def test_one_packet_with_a_wild_clock_stands_alone(wild_s):
    device_s = stream()
    host_s = device_s + 0.02
    device_s[500] += wild_s
    assert clock_settings(device_s, host_s).tolist() == [500, 501]
