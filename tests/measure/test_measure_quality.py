"""How whole a recording is: losses, gaps, flat tops, clocks."""

import numpy as np
import pandas as pd
import pytest

from insole import measured
from insole.align.clock import ClockFit
from insole.measure.params import ExerciseParams, Params
from insole.measure.quality import clocks_apart, device_quality, signal_of, silent_quality

PERIOD_S = 0.01


def samples(load, *, start_s=0.0):
    time_s = start_s + np.arange(len(load)) * PERIOD_S
    return pd.DataFrame({"time_s": time_s, "heel_n": load, "total_n": 2.0 * load})


def wave(seconds=20.0, noise=5.0, seed=0):
    count = round(seconds / PERIOD_S)
    rng = np.random.default_rng(seed)
    return 200.0 + 50.0 * np.sin(np.arange(count) / 50.0) + rng.normal(0.0, noise, count)


def quality(table, *, start_s=0.0, end_s=None, fits=(), errors=0, params=None):
    whole_s = start_s, table["time_s"].iloc[-1] if end_s is None else end_s
    params = params or Params()
    signal = signal_of(table, PERIOD_S, params.quality)
    return device_quality(
        signal, PERIOD_S, whole_s=whole_s, fits=fits, errors=errors, params=params
    )


def test_a_whole_recording_has_no_flag():
    found = quality(samples(wave()))
    assert found.loss_fraction.value == found.longest_gap_s.value == 0.0
    assert found.saturated_fraction.value == 0.0
    assert found.flags == ()


def test_lost_samples_are_a_fraction_and_the_longest_stretch():
    load = wave()
    load[500:520] = np.nan
    load[900] = np.nan
    found = quality(samples(load))
    assert found.loss_fraction.value == pytest.approx(21 / 2000)
    assert found.longest_gap_s.value == pytest.approx(0.2)
    assert found.flags == ("gap",)


def test_what_counts_as_a_gap_is_a_setting():
    load = wave()
    load[500:520] = np.nan
    lenient = Params(exercise=ExerciseParams(gap_low_s=0.3))
    assert quality(samples(load), params=lenient).flags == ()


def test_a_device_that_falls_silent_has_lost_what_was_to_come():
    found = quality(samples(wave(10.0)), end_s=20.0)
    assert found.loss_fraction.value == pytest.approx(0.5, abs=0.01)
    assert found.longest_gap_s.value == pytest.approx(10.0, abs=0.05)
    assert found.flags == ("gap",)


def test_a_device_that_begins_late_has_lost_what_was_before():
    found = quality(samples(wave(15.0), start_s=5.0))
    assert found.loss_fraction.value == pytest.approx(0.25, abs=0.01)
    assert found.longest_gap_s.value == pytest.approx(5.0, abs=0.05)
    assert found.flags == ("gap",)
    assert quality(samples(wave(15.0), start_s=0.4)).flags == ()


def test_a_device_that_stops_a_moment_before_the_other_has_lost_nothing():
    assert quality(samples(wave(10.0)), end_s=10.2).loss_fraction.value == 0.0


@pytest.mark.parametrize(
    "found", [silent_quality(30.0, 7), quality(samples(np.full(3001, np.nan)), errors=7)]
)
def test_a_device_without_a_valid_sample_lost_all(found):
    assert found.loss_fraction.value == 1.0
    assert found.longest_gap_s.value == pytest.approx(30.0)
    assert found.saturated_fraction.quality == "not_observable"
    assert found.decode_errors == 7
    assert found.flags == ("gap",)


def test_a_clipped_sensor_is_saturated_for_as_long_as_it_is():
    load = wave().clip(max=240.0)
    found = quality(samples(load))
    assert 0.05 < found.saturated_fraction.value < np.mean(load == 240.0) + 1e-9
    assert found.flags == ("saturated",)


@pytest.mark.parametrize(
    "load",
    [
        np.full(2000, 120.0),  # constant
        np.zeros(2000),
        np.r_[np.zeros(900), np.full(1100, 300.0)],  # at its maximum most of the time
        np.r_[np.zeros(1500), np.full(500, 0.75)],  # a sensor that used two levels
        np.repeat(np.round(wave(2.0) / 2.5) * 2.5, 10)[:2000] * 0 + np.round(wave() / 2.5) * 2.5,
    ],
)
def test_constant_or_coarse_is_not_saturated(load):
    found = quality(samples(load))
    assert found.saturated_fraction.value == 0.0
    assert found.flags == ()


def test_the_worst_clock_and_the_largest_drift_are_reported():
    fits = (ClockFit(0.0, 20e-6, 1.0), ClockFit(0.0, -35e-6, 2.5), ClockFit(0.0, 0.0, np.nan))
    found = quality(samples(wave()), fits=fits)
    assert found.clock_residual_ms.value == 2.5
    assert found.drift_ppm.value == pytest.approx(35.0)


def test_without_clocks_and_in_short_sessions_it_says_why():
    assert quality(samples(wave())).clock_residual_ms.reasons == ("sync",)
    short = quality(samples(wave()), fits=(ClockFit(0.0, 0.0, 1.0),))
    assert short.drift_ppm.reasons == ("too_short",)


def test_clocks_apart():
    known, unknown = measured.ok(2.0, "ms", "m"), measured.not_observable("ms", "m", "sync")
    assert clocks_apart([known, known], one_clock=False).value == 4.0
    assert clocks_apart([unknown, unknown], one_clock=True).value == 0.0
    assert clocks_apart([known], one_clock=True).reasons == ("one_side",)
    assert clocks_apart([known, unknown], one_clock=False).reasons == ("sync",)
