"""Low-pass filters: what they keep, what they move, and what they remember."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import signal

from insole.filter import lowpass

RATE_HZ = 100.0


def gain_at(frequency_hz: float, rate_hz: float, run) -> float:
    """Amplitude of a long sine after a filter, by its value in the middle."""
    t = np.arange(int(40 * rate_hz)) / rate_hz
    middle = slice(len(t) // 4, 3 * len(t) // 4)
    out = run(np.sin(2 * np.pi * frequency_hz * t))[middle]
    return float(np.sqrt(2.0 * np.mean(out**2)))


@pytest.mark.parametrize("cutoff_hz", [1.5, 3.0, 6.0])
def test_zero_lag_halves_the_power_at_the_cutoff(cutoff_hz):
    gain = gain_at(cutoff_hz, RATE_HZ, lambda v: lowpass.zero_lag(v, cutoff_hz, RATE_HZ))
    assert 20 * np.log10(gain) == pytest.approx(-3.01, abs=0.15)


@pytest.mark.parametrize("cutoff_hz", [1.5, 3.0, 8.0])
def test_causal_halves_the_power_at_the_cutoff(cutoff_hz):
    sos = lowpass.design(cutoff_hz, RATE_HZ)
    gain = gain_at(cutoff_hz, RATE_HZ, lambda v: lowpass.causal(sos, v, None)[0])
    assert 20 * np.log10(gain) == pytest.approx(-3.01, abs=0.05)


def test_slow_movement_passes_and_fast_noise_does_not():
    assert gain_at(0.5, RATE_HZ, lambda v: lowpass.zero_lag(v, 6.0, RATE_HZ)) > 0.999
    assert gain_at(30.0, RATE_HZ, lambda v: lowpass.zero_lag(v, 6.0, RATE_HZ)) < 0.002


@pytest.mark.parametrize("rate_hz", [25.0, 100.0, 200.0])
@pytest.mark.parametrize("cutoff_hz", [1.5, 6.0, 8.0])
def test_zero_lag_moves_no_event(cutoff_hz, rate_hz):
    """The middle of a symmetric pulse stays within a sample."""
    t = np.arange(int(10 * rate_hz)) / rate_hz
    middle_s = 4.237
    pulse = np.exp(-0.5 * ((t - middle_s) / 0.3) ** 2)
    out = lowpass.zero_lag(pulse, cutoff_hz, rate_hz)
    assert float(t @ out / out.sum()) == pytest.approx(middle_s, abs=0.05 / rate_hz)
    assert t[np.argmax(out)] == pytest.approx(middle_s, abs=1.0 / rate_hz)


def test_causal_delays_by_about_a_quarter_of_a_period_of_the_cutoff():
    """The delay that a live view has: 0.225 / 8 Hz = 28 ms."""
    t = np.arange(1000) / RATE_HZ
    pulse = np.exp(-0.5 * ((t - 4.0) / 0.3) ** 2)
    out, _ = lowpass.causal(lowpass.design(8.0, RATE_HZ), pulse, None)
    assert float(t @ out / out.sum()) - 4.0 == pytest.approx(0.225 / 8.0, abs=0.001)


def test_causal_starts_settled_at_the_first_sample():
    out, _ = lowpass.causal(lowpass.design(8.0, RATE_HZ), np.full(50, 700.0), None)
    assert out == pytest.approx(np.full(50, 700.0))


def test_causal_does_not_change_the_state_it_is_given():
    sos = lowpass.design(8.0, RATE_HZ)
    _, state = lowpass.causal(sos, np.ones(5), None)
    before = state.copy()
    lowpass.causal(sos, np.zeros(5), state)
    assert (state == before).all()


def test_columns_are_filtered_each_for_itself():
    values = np.random.default_rng(0).normal(size=(300, 3))
    together = lowpass.zero_lag(values, 6.0, RATE_HZ)
    for k in range(3):
        assert together[:, k] == pytest.approx(lowpass.zero_lag(values[:, k], 6.0, RATE_HZ))


def test_a_cutoff_above_what_the_rate_allows_is_lowered_to_it():
    """8 Hz at 10 Hz: no such filter exists; 4.5 Hz is the highest."""
    assert lowpass.design(8.0, 10.0) == pytest.approx(lowpass.design(4.5, 10.0))
    assert np.isfinite(lowpass.zero_lag(np.arange(50.0), 8.0, 10.0)).all()


@pytest.mark.parametrize("n", [0, 1, 2, 3, 10])
def test_short_stretches_keep_their_length(n):
    values = np.full(n, 3.0)
    out = lowpass.zero_lag(values, 6.0, RATE_HZ)
    assert out == pytest.approx(values)
    assert out is not values


@pytest.mark.parametrize(
    ("values", "bridged"),
    [
        ([1.0, np.nan, np.nan, 4.0], [1.0, 2.0, 3.0, 4.0]),
        ([np.nan, 2.0, np.nan], [2.0, 2.0, 2.0]),
        ([np.nan, np.nan], [0.0, 0.0]),
        ([1.0, 2.0], [1.0, 2.0]),
        ([], []),
    ],
)
def test_bridge_joins_by_straight_lines_and_holds_the_ends(values, bridged):
    given = np.array(values)
    assert lowpass.bridge(given) == pytest.approx(np.array(bridged))
    assert np.array_equal(given, np.array(values), equal_nan=True)


@pytest.mark.parametrize("shape", [(2,), (50,), (700,), (300, 3)])
@pytest.mark.parametrize(("cutoff_hz", "order"), [(6.0, 2), (0.08, 1), (90.0, 2)])
def test_both_ways_is_what_scipy_does(shape, cutoff_hz, order):
    values = np.random.default_rng(1).normal(size=shape)
    pad = min(len(values) - 1, 60)
    sos = lowpass.design(cutoff_hz, RATE_HZ, order)
    theirs = signal.sosfiltfilt(sos, values, axis=0, padlen=pad)
    ours = lowpass.both_ways(values, cutoff_hz, RATE_HZ, pad=pad, order=order)
    assert np.array_equal(ours, theirs)
