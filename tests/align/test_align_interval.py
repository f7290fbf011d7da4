"""The beat of a link is read from arrivals, and how long it may hold back the luckiest packet."""

from __future__ import annotations

import numpy as np
import pytest
from radio_model import Radio, hear

from insole.align.interval import EVERY_S, WINDOW_S, longest_wait_s, window_of, windows


def wait_ms(seed=0, **radio):
    heard = hear(Radio(length_s=130.0, **radio), np.random.default_rng(seed))
    return 1000.0 * longest_wait_s(windows(heard.device_s, heard.host_s))


@pytest.mark.parametrize(("interval_ms", "per_packet", "wait"), [
    (30, 4, 10), (60, 4, 20), (45, 4, 5), (15, 4, 5), (50, 4, 10), (30, 1, 10), (45, 1, 5),
    (40, 6, 20), (48.75, 6, 3.75), (7.5, 1, 2.5),
])  # fmt: skip
def test_the_wait_is_the_greatest_common_divisor_of_both_rhythms(interval_ms, per_packet, wait):
    found = wait_ms(interval_s=interval_ms / 1000.0, per_packet=per_packet)
    assert found == pytest.approx(wait, abs=0.7)


@pytest.mark.parametrize("interval_ms", [20, 40, 10])
def test_packets_on_one_place_of_the_interval_say_nothing_of_it(interval_ms):
    """Their own rhythm keeps any beat that divides it; it need not be the link's."""
    assert wait_ms(interval_s=interval_ms / 1000.0, per_packet=4) == 0.0


def test_arrivals_without_a_beat_show_none():
    rng = np.random.default_rng(0)
    device_s = np.arange(0.0, 130.0, 0.04)
    host_s = device_s + rng.uniform(0.0, 0.2, len(device_s))
    assert longest_wait_s(windows(device_s, np.maximum.accumulate(host_s))) == 0.0


def test_jitter_of_half_an_interval_hides_the_beat():
    assert wait_ms(interval_s=0.015, per_packet=1, stamp_s=0.008) == 0.0


@pytest.mark.parametrize("packets", [1, 2, 24])
def test_a_handful_of_packets_shows_no_beat(packets):
    device_s = np.arange(packets) * 0.04
    assert longest_wait_s(windows(device_s, device_s + 0.01)) == 0.0


def test_windows_lie_at_the_beginning_of_each_minute():
    device_s = 3.0 + np.arange(0.0, 1000.0, 0.5)
    found = windows(device_s, device_s)
    assert len(found) == 12
    assert [window.device_s[0] - 3.0 for window in found] == [k * EVERY_S for k in range(12)]
    assert all(np.ptp(window.device_s) < WINDOW_S for window in found)
    number = [window_of(time_s) for time_s in (0.0, 4.9, 5.0, 59.9, 60.0, 664.9, 720.0, -0.1)]
    assert number == [0, 0, None, None, 1, 11, None, None]
