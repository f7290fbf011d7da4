"""From sample rows on a device's own clock to samples on the session's clock."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from scipy.ndimage import minimum_filter1d

from insole.align.clock import ClockFit, fit_clock
from insole.align.ticks import clock_settings, unsure_turns, unwrap_ticks
from insole.errors import AlignError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]
    Ints: TypeAlias = NDArray[np.int64]

QUEUE_S = 1.0
"""How long a link may hold samples back before it delivers them at once, s (our choice)."""

SAME = 0.25
"""Samples of one clock that differ by less than this part of a period are one that came twice."""

MOST_SKEW = 0.5
"""A clock that runs 1.5 times slower or faster than this computer's is not what its spec says."""


@dataclass(frozen=True, slots=True)
class TickClock:
    """What the rows of a device say about time.

    ``modulus`` in ticks (0: never starts again), ``tick_s`` and ``sample_period_s`` in s (0: no
    steady rhythm); ``stamps_last`` is True if a packet's ticks belong to its last sample.
    """

    modulus: int
    tick_s: float
    sample_period_s: float
    stamps_last: bool


def to_session_time(
    rows: pd.DataFrame, clock: TickClock, seams_s: Sequence[float]
) -> tuple[pd.DataFrame, tuple[ClockFit, ...]]:
    """Return the samples in order of session time, each once, and the clock of each segment.

    Parameters
    ----------
    rows : DataFrame, (n,) rows
        ``host_time_s`` and ``sample`` (place within the packet), ``device_ticks`` where the device
        has a clock; in order of arrival.
    clock : TickClock
        How to read the ticks.
    seams_s : sequence of float
        Arrival times at which a new connection began, s; the device's clock may start anew there.

    Returns
    -------
    DataFrame, (m,) rows
        As `rows`, with ``time_s``, ``device_time_s`` and ``segment``; late packets in their place,
        repeated ones once. A device without a clock has no repeated ones: nothing tells them.
    tuple of ClockFit
        One for each segment: a connection, or a part of one where the device set its clock anew.

    Raises
    ------
    AlignError
        If a device's clock does not run as its spec says.
    """
    connection = np.searchsorted(np.asarray(seams_s), rows["host_time_s"].to_numpy(), side="right")
    device_s, session_s = np.empty(len(rows)), np.empty(len(rows))
    segment = np.empty(len(rows), dtype=np.int64)
    fits: list[ClockFit] = []
    for number in np.flatnonzero(np.bincount(connection)):
        mine = connection == number
        part = _one_connection(rows if mine.all() else rows[mine], clock)
        device_s[mine], session_s[mine] = part.device_s, part.session_s
        segment[mine] = part.segment + len(fits)
        fits += part.fits
    placed = rows.assign(time_s=session_s, device_time_s=device_s, segment=segment)
    same_s = SAME * clock.sample_period_s if "device_ticks" in rows.columns else -1.0
    return _in_order(placed, same_s), tuple(fits)


@dataclass(frozen=True, slots=True)
class _Placed:
    """Times of the samples of one connection, (n,) in s, and the segments that its clock has."""

    device_s: Floats
    session_s: Floats
    segment: Ints
    fits: list[ClockFit]


def _one_connection(rows: pd.DataFrame, clock: TickClock) -> _Placed:
    host_s = rows["host_time_s"].to_numpy()
    if "device_ticks" not in rows.columns:
        measured_s = _measured_by(host_s, clock.sample_period_s)
        only = np.zeros(len(rows), dtype=np.int64)
        return _Placed(measured_s, measured_s, only, [ClockFit(0.0, 0.0, float("nan"))])
    sample = rows["sample"].to_numpy()
    first = np.flatnonzero(sample == 0)
    count = np.diff(np.append(first, len(rows)))
    within = sample * clock.sample_period_s
    if clock.stamps_last:
        within = within - np.repeat((count - 1) * clock.sample_period_s, count)
    ticks = rows["device_ticks"].to_numpy()[first]
    packet_s = unwrap_ticks(ticks, clock.modulus, clock.tick_s, host_s[first]) * clock.tick_s
    device_s = np.repeat(packet_s, count) + within
    # a packet cannot leave before its last sample: that one's time belongs to the arrival
    last = np.append(first[1:], len(rows)) - 1
    begins = clock_settings(device_s[last], host_s[last])
    fits = [
        _fit(device_s[last[start:end]], host_s[last[start:end]], clock)
        for start, end in pairwise([0, *begins.tolist(), len(last)])
    ]
    segment = np.repeat(np.searchsorted(begins, np.arange(len(last)), side="right"), count)
    offset_s, rate = np.array([(fit.offset_s, 1.0 + fit.skew) for fit in fits]).T
    return _Placed(device_s, offset_s[segment] + rate[segment] * device_s, segment, fits)


def _fit(device_s: Floats, host_s: Floats, clock: TickClock) -> ClockFit:
    """Return the clock of one segment; where it may be off by a turn, the residual says so."""
    fit = fit_clock(device_s, host_s)
    if not abs(fit.skew) < MOST_SKEW:
        pace = f"{1.0 / (1.0 + fit.skew):.2g} s in each second of this computer's"
        raise AlignError(f"a device's clock ran {pace}; correct the clock in its spec")
    turn_s = clock.modulus * clock.tick_s
    if len(unsure_turns(device_s, turn_s, host_s)):
        return replace(fit, residual_ms=fit.residual_ms + turn_s * 1000.0)
    return fit


def _measured_by(host_s: Floats, period_s: float) -> Floats:
    """Return the latest times at which samples that arrived so can have been measured, s.

    A sample is not later than its arrival and a period earlier than the next one, which spreads
    the samples of a packet, and packets that arrive in a burst. Only `QUEUE_S` of later samples
    have a say, else a device a little faster than its period would push all times back. Without a
    period nothing is known but the arrivals.
    """
    if not period_s:
        return host_s
    nominal_s = np.arange(len(host_s)) * period_s
    ahead = max(1, round(QUEUE_S / period_s))
    # the origin moves the window from around each sample to behind it
    least_s = minimum_filter1d(host_s - nominal_s, ahead, mode="nearest", origin=-(ahead // 2))
    return np.asarray(nominal_s + least_s)


def _in_order(rows: pd.DataFrame, same_s: float) -> pd.DataFrame:
    """Sort by session time and keep one of each repeated sample."""
    time_s = rows["time_s"].to_numpy()
    if (np.diff(time_s) < 0).any():
        order = np.argsort(time_s, kind="stable")
        rows, time_s = rows.iloc[order], time_s[order]
    repeated = np.append([False], np.diff(time_s) <= same_s)[: len(rows)]
    return (rows[~repeated] if repeated.any() else rows).reset_index(drop=True)
