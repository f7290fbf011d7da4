import numpy as np
import pytest

from insole.sim import curve


def test_minimum_jerk_has_the_known_peak_speed():
    progress = np.linspace(0, 1, 10001)
    course = curve.min_jerk(progress)
    assert course[0] == 0
    assert course[-1] == 1
    assert np.gradient(course, progress).max() == pytest.approx(1.875, rel=1e-3)


@pytest.mark.parametrize("ramp_fraction", [0.05, 0.2, 0.5])
def test_ramp_cruise_ramp_has_the_known_peak_acceleration(ramp_fraction):
    course = curve.ramp_cruise_ramp(5.0, ramp_fraction, np.ones(10))
    acceleration = np.diff(course, 2) / curve.FINE_S**2
    expected = np.pi / (2 * ramp_fraction * (1 - ramp_fraction) * 5.0**2)
    assert course[[0, -1]] == pytest.approx([0, 1])
    assert acceleration.max() == pytest.approx(expected, rel=0.01)
    assert acceleration.min() == pytest.approx(-expected, rel=0.01)


def test_uneven_lowering_still_only_goes_down():
    pace = np.exp(0.35 * np.random.default_rng(1).normal(size=50))
    assert (np.diff(curve.ramp_cruise_ramp(3.0, 0.2, pace)) >= 0).all()


@pytest.mark.parametrize("spectrum", [curve.band(0.2, 3.0), curve.below(0.35, 2.0)])
def test_noise_has_rms_1_and_only_low_frequencies(spectrum):
    wave = curve.noise(np.random.default_rng(0), 400_000, 200.0, spectrum)
    power = np.abs(np.fft.rfft(wave)) ** 2
    frequency_hz = np.fft.rfftfreq(len(wave), 1 / 200.0)
    assert wave.std() == pytest.approx(1.0, abs=0.05)
    assert power[frequency_hz > 8.0].sum() < 1e-3 * power.sum()


def test_band_noise_has_nothing_below_its_band():
    wave = curve.noise(np.random.default_rng(0), 400_000, 200.0, curve.band(0.2, 3.0))
    power = np.abs(np.fft.rfft(wave)) ** 2
    frequency_hz = np.fft.rfftfreq(len(wave), 1 / 200.0)
    assert power[frequency_hz < 0.05].sum() < 1e-3 * power.sum()
