"""Low-pass filters: causal with carried state for detectors, zero-lag for edges and figures."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from scipy import signal

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]

ORDER = 2
DOUBLE_PASS = 0.802
"""Design frequency of a filter run both ways is divided by this, so that the double pass keeps
the cut-off asked for: (√2 − 1)^¼ for order 2 (Winter, Biomechanics, chapter on filtering)."""


def design(cutoff_hz: float, rate_hz: float, order: int = ORDER) -> Floats:
    """Return second-order sections of a Butterworth low-pass, (s, 6).

    The cut-off is held under 90 % of half the rate, above which the design does not exist.
    """
    return _design(min(cutoff_hz, 0.45 * rate_hz), rate_hz, order).copy()


@cache
def _design(cutoff_hz: float, rate_hz: float, order: int) -> Floats:
    sections = signal.butter(order, cutoff_hz, fs=rate_hz, output="sos")
    return np.asarray(sections, dtype=np.float64)


@cache
def _at_rest(cutoff_hz: float, rate_hz: float, order: int) -> Floats:
    """Return the state in which a low-pass, as designed, holds a constant 1."""
    return np.asarray(signal.sosfilt_zi(_design(cutoff_hz, rate_hz, order)), dtype=np.float64)


def causal(sos: Floats, values: Floats, state: Floats | None) -> tuple[Floats, Floats]:
    """Filter one chunk and return it with the state for the next.

    Parameters
    ----------
    sos : (s, 6) array
        Sections from `design`.
    values : (n,) array
        Samples without NaN, any unit; n ≥ 1.
    state : (s, 2) array or None
        State after the chunk before; None before the first one.

    Returns
    -------
    (n,) array, (s, 2) array
        Filtered samples in the unit of `values`, and the state after them.

    Notes
    -----
    The first state comes from the first *sample*, not the first chunk, so that the result does
    not depend on how the samples were cut.
    """
    if state is None:
        state = np.asarray(signal.sosfilt_zi(sos)) * values[0]
    filtered, state = signal.sosfilt(sos, values, zi=state)
    return np.asarray(filtered), np.asarray(state)


def zero_lag(values: Floats, cutoff_hz: float, rate_hz: float) -> Floats:
    """Filter both ways, so that no event moves.

    Parameters
    ----------
    values : (n,) or (n, k) array
        Samples without NaN, any unit.
    cutoff_hz : float
        −3 dB frequency of the double pass, Hz; at a quarter of the rate it comes out 10 % higher,
        below a tenth of it within 2 %.
    rate_hz : float
        Rate, Hz.

    Returns
    -------
    array of the same shape
        Filtered samples in the unit of `values`.
    """
    pad = min(len(values) - 1, int(3 * rate_hz / cutoff_hz) + 1)
    if pad < 1:
        return values.copy()
    return both_ways(values, cutoff_hz / DOUBLE_PASS, rate_hz, pad=pad)


def both_ways(
    values: Floats, cutoff_hz: float, rate_hz: float, *, pad: int, order: int = ORDER
) -> Floats:
    """Filter forwards and back with a low-pass as `design` makes it.

    Parameters
    ----------
    values : (n,) or (n, k) array
        Samples without NaN, any unit.
    cutoff_hz : float
        −3 dB frequency of a single pass, Hz.
    rate_hz : float
        Rate, Hz.
    pad : int
        Samples by which both ends go on, turned about the end; at least 1 and less than n.
    order : int
        Order of a single pass.

    Returns
    -------
    array of the same shape
        Filtered samples in the unit of `values`.

    Notes
    -----
    What scipy's `sosfiltfilt` gives, bit for bit, in half of its time for some hundred samples: it
    works out the filter's state at rest anew each time.
    """
    cutoff_hz = min(cutoff_hz, 0.45 * rate_hz)
    sos = design(cutoff_hz, rate_hz, order)
    rest = _at_rest(cutoff_hz, rate_hz, order).reshape(-1, 2, *[1] * (values.ndim - 1))
    before, after = 2 * values[:1] - values[pad:0:-1], 2 * values[-1:] - values[-2 : -2 - pad : -1]
    there = np.concatenate([before, values, after])
    there, _ = signal.sosfilt(sos, there, axis=0, zi=rest * there[:1])
    back, _ = signal.sosfilt(sos, there[::-1], axis=0, zi=rest * there[-1:])
    return np.asarray(back[::-1][pad:-pad])


def bridge(values: Floats) -> Floats:
    """Return `values` with missing stretches joined by straight lines, ends held.

    Parameters
    ----------
    values : (n,) array
        Samples, any unit, with NaN.

    Returns
    -------
    (n,) array
        Without NaN; zeros if nothing was valid.
    """
    missing = np.isnan(values)
    if not missing.any():
        return values
    if missing.all():
        return np.zeros_like(values)
    holes, there = np.flatnonzero(missing), np.flatnonzero(~missing)
    out = values.copy()
    out[holes] = np.interp(holes, there, values[there])
    return out
