"""From sample rows on a device's own clock to samples on the session's clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from scipy.ndimage import minimum_filter1d

from insole.align.clock import ClockFit, fit_clock
from insole.align.ticks import unwrap_ticks

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]
    Ints: TypeAlias = NDArray[np.int64]

QUEUE_S = 1.0
"""How long a link may hold samples back before it delivers them at once, s (our choice)."""


@dataclass(frozen=True, slots=True)
class TickClock:
    """What the rows of a device say about time.

    ``modulus`` in ticks (0: never starts again), ``tick_s`` and ``sample_period_s`` in s;
    ``stamps_last`` is True if a packet's ticks belong to its last sample.
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
        One for each segment.
    """
    segment = np.searchsorted(np.asarray(seams_s), rows["host_time_s"].to_numpy(), side="right")
    device_s, session_s = np.empty(len(rows)), np.empty(len(rows))
    fits = []
    for number in np.unique(segment):
        mine = segment == number
        whole = bool(mine.all())
        device_s[mine], fit = _one_segment(rows if whole else rows[mine], clock)
        session_s[mine] = fit.to_session_time(device_s[mine])
        fits.append(fit)
    placed = rows.assign(time_s=session_s, device_time_s=device_s, segment=segment)
    same_s = 0.25 * clock.sample_period_s if "device_ticks" in rows.columns else -1.0
    return _in_order(placed, same_s), tuple(fits)


def _one_segment(rows: pd.DataFrame, clock: TickClock) -> tuple[Floats, ClockFit]:
    host_s = rows["host_time_s"].to_numpy()
    if "device_ticks" not in rows.columns:
        return _measured_by(host_s, clock.sample_period_s), ClockFit(0.0, 0.0, float("nan"))
    sample = rows["sample"].to_numpy()
    first = np.flatnonzero(sample == 0)
    count = np.diff(np.append(first, len(rows)))
    within = sample * clock.sample_period_s
    if clock.stamps_last:
        within = within - np.repeat((count - 1) * clock.sample_period_s, count)
    ticks = rows["device_ticks"].to_numpy()[first]
    packet_s = unwrap_ticks(ticks, clock.modulus, clock.tick_s, host_s[first]) * clock.tick_s
    last = np.append(first[1:], len(rows)) - 1
    device_s = np.repeat(packet_s, count) + within
    # a packet cannot leave before its last sample: that one's time belongs to the arrival
    return device_s, fit_clock(device_s[last], host_s[last])


def _measured_by(host_s: Floats, period_s: float) -> Floats:
    """Return the latest times at which samples that arrived so can have been measured, s.

    A sample is not later than its arrival and a period earlier than the next one, which spreads
    the samples of a packet, and packets that arrive in a burst. Only `QUEUE_S` of later samples
    have a say, else a device a little faster than its period would push all times back.
    """
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
