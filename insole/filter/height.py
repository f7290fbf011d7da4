"""Foot pitch and heel height from an inertial sensor whose mounting nobody knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from insole.filter import lowpass, rank

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]
    Spans: TypeAlias = Sequence[tuple[float, float]]


SETTLE_S = 0.2
"""What follows a contact is landing and not yet flat standing, s (our choice)."""


@dataclass(frozen=True, slots=True)
class HeightParams:
    """How foot pitch is found and turned into heel height.

    References
    ----------
    2 Hz gravity tilt, time constant 2 s, 0.3 m/s² gate, L_hm = 0.72 foot length: the project's
    measurement notes, heel height. A gyroscope is trusted when it follows the tilt within 25 %
    and correlates above 0.8; windows of 1 s before and 2 s after: our choice.
    """

    tilt_hz: float = 2.0
    fuse_s: float = 2.0
    still_g: float = 0.03
    flat_s: float = 1.0
    after_s: float = 2.0
    margin_s: float = 3.0
    min_axis_deg: float = 2.0
    gyro_slope: float = 0.25
    gyro_correlation: float = 0.8
    lever_fraction: float = 0.72
    foot_length_mm: float = 260.0
    foot_length_known: bool = False
    """False while the length is an average and not this person's."""


@dataclass(frozen=True, slots=True)
class FootHeight:
    """Heel height of one foot around its heel-ups.

    ``height_mm`` is NaN away from them and where the accelerometer is. ``axis_explains`` is the
    share of gravity's movement that one pitch axis explains (NaN if the foot never tilted).
    ``method`` names the source: fused with the gyroscope only if every heel-up could be.
    """

    height_mm: Floats
    pitch_deg: Floats
    axis_explains: float
    method: str


def heel_height(
    acc_g: Floats, gyro_dps: Floats, ups: Spans, rate_hz: float, params: HeightParams
) -> FootHeight:
    """Return pitch and heel height around each heel-up.

    Parameters
    ----------
    acc_g : (n, 3) array
        Specific force in g, in whatever frame the sensor is mounted; NaN where missing.
    gyro_dps : (n, 3) array
        Angular rate in degrees a second, same frame.
    ups : sequence of (start, end)
        Heel-ups of this foot in samples; the heel is down before the first and between them.
    rate_hz : float
        Rate, Hz.
    params : HeightParams
        Settings; `foot_length_mm` scales the result.

    Returns
    -------
    FootHeight
        Arrays of (n,); pitch is 0 when flat and positive with the heel up.

    Notes
    -----
    The pitch axis is the one about which gravity turns between flat and top. Pitch is that turn
    at low frequency and the gyroscope's integral at high frequency, fused without lag (both
    directions), and set to zero in the flat stands before and after each heel-up.
    h = L_hm sin(pitch).
    """
    n = len(acc_g)
    pitch = np.full(n, np.nan)
    unknown = ~np.isfinite(acc_g).all(axis=1)
    if unknown.all() or not len(ups):
        return FootHeight(pitch, pitch, float("nan"), "imu_pitch_gravity")
    acc = np.column_stack([lowpass.bridge(column) for column in acc_g.T])
    gyro = np.column_stack([lowpass.bridge(column) for column in gyro_dps.T])
    tilt_acc = lowpass.zero_lag(_gated(acc, params.still_g), params.tilt_hz, rate_hz)
    windows = _windows(ups, n, rate_hz, params)
    axis, explains = _pitch_axis(tilt_acc, windows, params)
    fused = [
        _pitch_in(pitch, window, tilt_acc, gyro, axis=axis, rate_hz=rate_hz, p=params)
        for window in windows
    ]
    pitch[unknown] = np.nan
    method = "fused" if all(fused) else "gravity"
    lever = params.lever_fraction * params.foot_length_mm
    return FootHeight(lever * np.sin(np.radians(pitch)), pitch, explains, f"imu_pitch_{method}")


@dataclass(frozen=True, slots=True)
class _Window:
    """One heel-up with the flat stands that bound it, all in samples.

    ``flat_before`` holds at least one sample; ``flat_after`` none if the recording ended before
    the heel came down.
    """

    start: int
    up: int
    down: int
    end: int
    flat_before: slice
    flat_after: slice


def _windows(ups: Spans, n: int, rate_hz: float, p: HeightParams) -> list[_Window]:
    windows: list[_Window] = []
    margin, flat, after = (round(s * rate_hz) for s in (p.margin_s, p.flat_s, p.after_s))
    for k, (off, contact) in enumerate(ups):
        # an extrapolated edge may lie outside the recording
        up = min(max(round(off), 0), n - 1)
        down = min(max(round(contact), up + 1), n)
        earliest = max(round(ups[k - 1][1]), 0) if k else 0
        latest = min(round(ups[k + 1][0]), n) if k + 1 < len(ups) else n
        # a repetition that follows at once leaves one sample that is flat by definition
        flat_from = max(min(max(earliest, up - flat), up - 1), 0)
        settle = min(round(SETTLE_S * rate_hz), max(latest - down, 0) // 2)
        flat_to = min(max(min(latest, down + after), down + settle + 1), n)
        windows.append(
            _Window(
                start=min(max(earliest, up - margin), flat_from),
                up=up,
                down=down,
                end=max(min(latest, down + margin), flat_to),
                flat_before=slice(flat_from, max(up, flat_from + 1)),
                flat_after=slice(down + settle, flat_to),
            )
        )
    return windows


def _gated(acc: Floats, still_g: float) -> Floats:
    """Replace samples in which the foot is accelerated by the line between their neighbours.

    What the sensor reads at rest is its own median, which an offset moves away from 1 g.
    """
    norm = np.linalg.norm(acc, axis=1)
    moving = np.abs(norm - np.median(norm)) > still_g
    if not moving.any() or moving.all():
        return acc
    gated = acc.copy()
    gated[moving] = np.nan
    return np.column_stack([lowpass.bridge(column) for column in gated.T])


def _pitch_axis(tilt_acc: Floats, windows: list[_Window], p: HeightParams) -> tuple[Floats, float]:
    """Return the axis about which gravity turns from flat to top, and how much it explains."""
    turns = []
    for w in windows:
        flat = _unit(_middle(tilt_acc[w.flat_before]))
        quarter = (w.down - w.up) // 4
        top = _unit(_middle(tilt_acc[w.up + quarter : w.down - quarter + 1]))
        turns.append(np.cross(flat, top))
    crossed = np.array(turns).reshape(-1, 3)
    sine = np.linalg.norm(crossed, axis=1)
    if not len(sine) or sine.max() < np.sin(np.radians(p.min_axis_deg)):
        return np.full(3, np.nan), float("nan")
    values, vectors = np.linalg.eigh(crossed.T @ crossed)
    axis = vectors[:, -1]
    sign = 1.0 if (crossed @ axis).sum() >= 0 else -1.0
    return sign * axis, float(values[-1] / values.sum())


def _pitch_in(
    pitch: Floats,
    w: _Window,
    tilt_acc: Floats,
    gyro: Floats,
    *,
    axis: Floats,
    rate_hz: float,
    p: HeightParams,
) -> bool:
    """Fill `pitch` within one window; return True if the gyroscope had a part in it."""
    part = slice(w.start, w.end)
    flat = _middle(tilt_acc[w.flat_before])
    if np.isnan(axis).any():
        # the foot never turned: the plain angle to flat says so, and needs no axis
        cosine = np.clip(_unit_rows(tilt_acc[part]) @ _unit(flat), -1.0, 1.0)
        pitch[part] = np.degrees(np.arccos(cosine))
        return False
    tilt = _tilt_about(axis, flat, tilt_acc[part])
    # turning the sensor about the axis turns gravity the other way in the sensor's frame
    rate = -((gyro[part] - _middle(gyro[w.flat_before])) @ axis)
    trusted = _follows(tilt, rate, rate_hz, p)
    angle = _fuse(tilt, rate, rate_hz, p.fuse_s) if trusted else tilt
    pitch[part] = _zeroed(angle, w, rate_hz)
    return trusted


def _tilt_about(axis: Floats, flat: Floats, acc: Floats) -> Floats:
    """Return the angle in degrees by which gravity has turned about `axis` since `flat`, (n,)."""
    along = _unit(flat - (flat @ axis) * axis)
    across = np.cross(axis, along)
    return np.asarray(np.degrees(np.arctan2(acc @ across, acc @ along)))


def _follows(tilt: Floats, rate: Floats, rate_hz: float, p: HeightParams) -> bool:
    """Tell whether the gyroscope turns as gravity says it must."""
    if len(tilt) < rate_hz:
        return False
    smooth = lowpass.zero_lag(rate, p.tilt_hz, rate_hz)
    expected = np.gradient(tilt) * rate_hz
    power = float(expected @ expected)
    if power == 0.0:
        return False
    slope = float(smooth @ expected) / power
    correlation = slope * np.sqrt(power / max(float(smooth @ smooth), 1e-12))
    return abs(slope - 1.0) <= p.gyro_slope and correlation >= p.gyro_correlation


def _fuse(tilt: Floats, rate: Floats, rate_hz: float, fuse_s: float) -> Floats:
    """Return tilt below, and the gyroscope's integral above, the crossover; without lag."""
    integral = np.cumsum(rate) / rate_hz
    cutoff_hz = 1.0 / (2.0 * np.pi * fuse_s)
    pad = min(len(tilt) - 1, int(6 * fuse_s * rate_hz))
    slow = lowpass.both_ways(tilt - integral, cutoff_hz, rate_hz, pad=pad, order=1)
    return np.asarray(integral + slow)


def _zeroed(angle: Floats, w: _Window, rate_hz: float) -> Floats:
    """Subtract the line from the flat stand before to the quietest half second after."""
    before = rank.median(angle[w.flat_before.start - w.start : w.flat_before.stop - w.start])
    after = angle[w.flat_after.start - w.start : w.flat_after.stop - w.start]
    level = _quietest(after, round(0.5 * rate_hz)) if len(after) else before
    up, down = w.up - w.start, w.down - w.start
    offset = np.interp(np.arange(len(angle)), [up, max(down, up + 1)], [before, level])
    return angle - offset


def _quietest(values: Floats, width: int) -> float:
    """Return the median of the stretch of `width` samples that varies least."""
    if len(values) <= width:
        return rank.median(values)
    stretches = np.lib.stride_tricks.sliding_window_view(values, width)
    return rank.median(stretches[np.argmin(np.ptp(stretches, axis=1))])


def _middle(vectors: Floats) -> Floats:
    return np.array([rank.median(column) for column in vectors.T])


def _unit(vector: Floats) -> Floats:
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-12))


def _unit_rows(vectors: Floats) -> Floats:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1).clip(1e-12)[:, None])
