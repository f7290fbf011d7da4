"""A device's clock by the packets so far: never wild, and in the end that of the whole session."""

from __future__ import annotations

import numpy as np
import pytest
from radio_model import Radio, hear, two_feet

from insole.align.clock import fit_clock
from insole.align.follow import Follower
from insole.align.session_clock import TickClock, to_session_time

CLOCK = TickClock(65536, 0.001, 0.01, stamps_last=False)


def follow(heard, clock=CLOCK, follower=None):
    """Return the session time of each packet's last sample as it came, and the follower."""
    follower = follower or Follower(clock)
    count = heard.radio.per_packet
    length_s = (count - 1) * clock.sample_period_s
    ticks = np.round((heard.device_s - length_s) * 1000.0).astype(np.int64) % clock.modulus
    pairs = zip(heard.host_s.tolist(), ticks.tolist(), strict=True)
    return np.array([follower.place(*pair, count) for pair in pairs]) + length_s, follower


@pytest.mark.parametrize("length_s", [1.0, 30.0, 119.0, 130.0, 400.0])
@pytest.mark.parametrize("interval_s", [0.03, 0.04])
def test_after_the_last_packet_it_is_the_clock_of_the_whole_connection(length_s, interval_s):
    radio = Radio(interval_s=interval_s, skew=30e-6, offset_s=5.0, length_s=length_s)
    heard = hear(radio, np.random.default_rng(1))
    _, follower = follow(heard)
    whole = fit_clock(heard.device_s, heard.host_s)
    now = follower.fit
    assert now.offset_s == pytest.approx(whole.offset_s, abs=1e-9)
    assert now.skew == pytest.approx(whole.skew, abs=1e-12)
    assert now.residual_ms == pytest.approx(whole.residual_ms)


@pytest.mark.parametrize("intervals_s", [(0.03, 0.03), (0.03, 0.06)])
def test_the_feet_stay_together_from_the_third_second_on(intervals_s):
    """Offline demands are 10 and 30 ms; live, later arrivals are not known yet."""
    feet = two_feet(3, intervals_s, length_s=400.0)
    late_s = [follow(foot)[0] - foot.true_s for foot in feet]
    time_s = np.arange(3.0, 395.0, 0.1)
    errors = [np.interp(time_s, f.true_s, late) for f, late in zip(feet, late_s, strict=True)]
    assert np.abs(errors[0] - errors[1]).max() < 0.030


def test_no_sample_is_placed_after_its_arrival():
    heard = hear(Radio(length_s=200.0, skew=-50e-6), np.random.default_rng(2))
    placed_s, _ = follow(heard)
    assert (placed_s <= heard.host_s + 1e-9).all()


def test_ten_minutes_of_silence_are_counted_right():
    heard = hear(Radio(length_s=800.0, skew=40e-6), np.random.default_rng(0))
    silent = (heard.device_s > 60.0) & (heard.device_s < 660.0)
    part = type(heard)(
        heard.device_s[~silent], heard.host_s[~silent], heard.true_s[~silent], heard.radio
    )
    placed_s, follower = follow(part)
    assert np.abs(placed_s - part.true_s).max() < 0.06
    assert follower.restarts == 0


@pytest.mark.parametrize("stall_s", [1.0, 3.0])
def test_a_stall_adds_no_turn_and_sets_no_clock(stall_s):
    """A turn of 4.096 s is longer than the stall, which delivers all that it held back."""
    heard = hear(Radio(length_s=60.0, loss=0.0), np.random.default_rng(0))
    stalled = (heard.host_s > 20.0) & (heard.host_s < 20.0 + stall_s)
    heard.host_s[stalled] = 20.0 + stall_s
    placed_s, follower = follow(heard, TickClock(4096, 0.001, 0.01, stamps_last=False))
    assert np.abs(np.diff(placed_s) - 0.04).max() < 0.02
    assert follower.restarts == 0


@pytest.mark.parametrize("begins_s", [0.0, 30.0])
def test_a_clock_that_is_set_is_followed_after_five_seconds_at_most(begins_s):
    before, after = (hear(Radio(length_s=40.0), np.random.default_rng(k)) for k in (0, 1))
    _, follower = follow(before)
    moved = type(after)(after.device_s + begins_s, after.host_s + 50.0, after.true_s, after.radio)
    placed_s, _ = follow(moved, follower=follower)
    settled = after.host_s > 5.2
    assert np.abs(placed_s[settled] - 50.0 - after.true_s[settled]).max() < 0.06
    assert follower.restarts == 1


def test_a_late_packet_stands_in_its_place():
    follower = Follower(CLOCK)
    for k in range(100):
        follower.place(0.04 * k + 0.05, 40 * k, 4)
    late_s = follower.place(0.04 * 100 + 0.3, 40 * 95, 4)
    assert late_s == pytest.approx(follower.place(0.04 * 101 + 0.05, 40 * 101, 4) - 0.24, abs=1e-6)


def test_ticks_may_belong_to_the_last_sample():
    first, last = (TickClock(65536, 0.001, 0.01, stamps_last=end) for end in (False, True))
    early, late = Follower(first), Follower(last)
    for k in range(100):
        one, other = early.place(0.04 * k, 40 * k, 4), late.place(0.04 * k, 40 * k + 30, 4)
        assert one == pytest.approx(other)


def test_without_ticks_a_burst_is_spread_backwards_once_it_is_known():
    """Packets of one sample, 10 ms apart, that arrive five at a time."""
    clock = TickClock(0, 0.0, 0.01, stamps_last=False)
    follower = Follower(clock)
    assert np.isnan(follower.fit.residual_ms)
    burst_s = np.repeat(np.arange(1, 41) * 0.05, 5)
    placed_s = np.array([follower.place(float(host_s), None, 1) for host_s in burst_s])
    assert np.diff(placed_s[10:]) == pytest.approx(0.01)
    assert (placed_s <= burst_s + 1e-9).all()


def test_without_ticks_a_lost_stretch_is_caught_up():
    follower = Follower(TickClock(0, 0.0, 0.01, stamps_last=False))
    arrivals_s = np.r_[np.arange(100) * 0.01, 5.0 + np.arange(100) * 0.01]
    placed_s = np.array([follower.place(float(host_s), None, 1) for host_s in arrivals_s])
    assert placed_s[-1] == pytest.approx(arrivals_s[-1])


def test_without_a_rhythm_the_arrival_is_the_time():
    follower = Follower(TickClock(0, 0.0, 0.0, stamps_last=False))
    assert [follower.place(host_s, None, 1) for host_s in (1.0, 7.5, 7.6)] == [1.0, 7.5, 7.6]


def test_in_the_end_live_and_offline_agree_on_every_later_sample():
    """A live session that has run for long places samples within 3 ms of where the report does."""
    heard = hear(Radio(length_s=700.0, skew=30e-6), np.random.default_rng(5))
    placed_s, _ = follow(heard)
    offline = to_session_time(heard.rows(), CLOCK, [])[0]["time_s"].to_numpy()[3::4]
    assert np.abs(placed_s - offline)[-500:].max() < 0.003
