"""The line under the earliest arrivals tells a device's clock from the link's delays."""

from __future__ import annotations

import numpy as np
import pytest

from insole.align.clock import BLOCK_S, SKEW_FROM_S, ClockFit, fit_clock
from insole.errors import AlignError

OFFSET_S = 0.137
SKEW = 40e-6
LEAST_DELAY_S = 0.0  # what all packets have in common cannot be told from an offset
PACKET_S = 0.04


def link(length_s: float, seed: int = 0, loss: float = 0.03):
    """Device time and arrival of packets over a jittery link with bursts and losses."""
    rng = np.random.default_rng(seed)
    device_s = np.arange(0.0, length_s, PACKET_S)
    delay_s = LEAST_DELAY_S + np.abs(rng.normal(0.002, 0.003, len(device_s)))
    delay_s += rng.uniform(0.0, 0.036, len(device_s))
    burst = rng.random(len(device_s)) < 0.01
    delay_s[burst] += rng.uniform(0.05, 0.3, burst.sum())
    host_s = OFFSET_S + (1.0 + SKEW) * device_s + delay_s
    kept = rng.random(len(device_s)) >= loss
    return device_s[kept], host_s[kept]


@pytest.mark.parametrize("seed", range(3))
def test_offset_and_skew_are_recovered_over_a_quarter_of_an_hour(seed):
    """The demand is 20 ms; the sharp lower edge of the delays gives far less."""
    device_s, host_s = link(900.0, seed)
    fit = fit_clock(device_s, host_s)
    true_s = OFFSET_S + (1.0 + SKEW) * device_s
    assert np.abs(fit.to_session_time(device_s) - true_s).max() < 0.005
    assert fit.skew == pytest.approx(SKEW, abs=5e-6)
    assert fit.drift_ppm == pytest.approx(-40.0, abs=5.0)


def test_a_minute_without_one_early_packet_does_not_bend_the_line():
    device_s, host_s = link(900.0)
    busy = (device_s > 400.0) & (device_s < 460.0)
    fit = fit_clock(device_s, host_s + 0.2 * busy)
    true_s = OFFSET_S + (1.0 + SKEW) * device_s
    assert np.abs(fit.to_session_time(device_s) - true_s).max() < 0.005


def test_no_packet_lies_under_the_line():
    device_s, host_s = link(600.0)
    assert (host_s - fit_clock(device_s, host_s).to_session_time(device_s)).min() > -1e-9


def test_a_short_segment_gets_no_skew():
    device_s, host_s = link(SKEW_FROM_S - 1.0)
    fit = fit_clock(device_s, host_s)
    assert fit.skew == 0.0
    assert fit.offset_s == pytest.approx((host_s - device_s).min())


def test_late_packets_at_the_end_do_not_make_a_segment_short():
    """What counts is the span of device times, not which packet came last."""
    device_s, host_s = link(SKEW_FROM_S + 30.0)
    late = np.r_[1 : len(device_s), 0]
    assert fit_clock(device_s[late], host_s[late]).skew != 0.0


def test_one_packet_gives_its_own_offset():
    assert fit_clock(np.array([3.0]), np.array([3.5])) == ClockFit(0.5, 0.0, 0.0)


def test_two_near_packets_give_the_earlier_arrival():
    fit = fit_clock(np.array([3.0, 3.04]), np.array([3.6, 3.54]))
    assert fit.offset_s == pytest.approx(0.5)
    assert fit.skew == 0.0


def test_two_packets_far_apart_lie_on_the_line():
    device_s = np.array([0.0, 1000.0])
    fit = fit_clock(device_s, 1.0 + 1.00002 * device_s)
    assert fit.to_session_time(device_s) == pytest.approx(1.0 + 1.00002 * device_s)
    assert fit.residual_ms == pytest.approx(0.0, abs=1e-6)


def test_residual_is_how_far_the_earliest_of_each_block_stay_from_the_line():
    device_s = np.arange(0.0, 100.0, BLOCK_S)
    delay_s = np.full(len(device_s), 0.010)
    delay_s[7] = 0.0
    assert fit_clock(device_s, device_s + delay_s).residual_ms == pytest.approx(10.0)


def test_no_packet_is_an_error_that_says_so():
    with pytest.raises(AlignError, match="without packets"):
        fit_clock(np.empty(0), np.empty(0))
