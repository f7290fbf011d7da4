"""The shapes that movements are made of, and noise with a given spectrum."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.fft import next_fast_len

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[np.float64]
    Spectrum: TypeAlias = Callable[[Array], Array]

FINE_S = 0.001
"""Step of the lowering's own time axis; fine enough that its second derivative stays smooth."""


def min_jerk(progress: Array) -> Array:
    """Return the minimum-jerk course from 0 to 1.

    Parameters
    ----------
    progress : ndarray, (n,)
        Time as a fraction of the movement; below 0 gives 0, above 1 gives 1.

    References
    ----------
    Flash and Hogan 1985, J Neurosci 5:1688.
    """
    u = np.clip(progress, 0.0, 1.0)
    return u**3 * (10.0 - 15.0 * u + 6.0 * u**2)


def bump(progress: Array) -> Array:
    """Return a smooth rise from 0 to 1 and back.

    Parameters
    ----------
    progress : ndarray, (n,)
        Time as a fraction of the bump; outside 0 to 1 it is 0.
    """
    up_and_down: Array = np.sin(np.pi * np.clip(progress, 0.0, 1.0)) ** 2
    return up_and_down


def ramp_cruise_ramp(duration_s: float, ramp_fraction: float, modulation: Array) -> Array:
    """Return a course from 0 to 1 at a speed that ramps up, cruises and ramps down.

    Parameters
    ----------
    duration_s : float
        Length of the movement, s.
    ramp_fraction : float
        Part of it that each ramp takes, 0.05 to 0.5.
    modulation : ndarray, (m,)
        Factor on the speed, spread evenly over the movement; all ones for a regular person.

    Returns
    -------
    ndarray, (n,)
        Position at multiples of `FINE_S` and at the end.
    """
    progress = np.linspace(0.0, 1.0, max(2, round(duration_s / FINE_S) + 1))
    ramp = np.clip(np.minimum(progress, 1.0 - progress) / ramp_fraction, 0.0, 1.0)
    speed = 0.5 * (1.0 - np.cos(np.pi * ramp))
    speed *= np.interp(progress, np.linspace(0.0, 1.0, len(modulation)), modulation)
    position = np.concatenate([[0.0], np.cumsum(0.5 * (speed[1:] + speed[:-1]))])
    position /= position[-1]
    return position


def noise(
    rng: np.random.Generator,
    count: int,
    rate_hz: float,
    spectrum: Spectrum,
) -> Array:
    """Return Gaussian noise of mean 0 and RMS 1 with a given amplitude spectrum.

    Parameters
    ----------
    rng : Generator
        Source of randomness.
    count : int
        Samples wanted.
    rate_hz : float
        Samples per second, Hz.
    spectrum : callable
        Relative amplitude at frequencies in Hz, (m,) to (m,).

    Returns
    -------
    ndarray, (count,)
        The RMS is 1 in expectation, so a short piece of slow noise may lie to one side.
    """
    length = next_fast_len(count + round(30.0 * rate_hz), real=True)
    frequency_hz = np.fft.rfftfreq(length, 1.0 / rate_hz).astype(np.float64)
    weight = np.zeros(len(frequency_hz))
    weight[1:] = spectrum(frequency_hz[1:])
    weight /= 2.0 * np.sqrt(np.sum(weight**2))
    line = weight * (rng.normal(size=len(weight)) + 1j * rng.normal(size=len(weight)))
    wave: Array = np.fft.irfft(line, length)[:count] * length
    return wave


def band(low_hz: float, high_hz: float) -> Spectrum:
    """Return the amplitude spectrum 1/f between two edges, with soft flanks.

    Parameters
    ----------
    low_hz, high_hz : float
        The edges, Hz.
    """

    def amplitude(frequency_hz: Array) -> Array:
        low = (frequency_hz / low_hz) ** 4 / (1.0 + (frequency_hz / low_hz) ** 4)
        return low / (frequency_hz * (1.0 + (frequency_hz / high_hz) ** 4))

    return amplitude


def below(corner_hz: float, steep_hz: float) -> Spectrum:
    """Return an amplitude spectrum flat up to a corner, then 1/f, and at last steep.

    Parameters
    ----------
    corner_hz, steep_hz : float
        Where it starts to fall, and where it falls with the fifth power, Hz.
    """

    def amplitude(frequency_hz: Array) -> Array:
        slope = 1.0 / np.sqrt(1.0 + (frequency_hz / corner_hz) ** 2)
        return slope / (1.0 + (frequency_hz / steep_hz) ** 4)

    return amplitude
