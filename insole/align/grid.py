"""Bring the samples of each side onto one uniform grid; holes stay holes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pandas as pd

from insole import tables
from insole.align.gap import BRIDGE_S
from insole.errors import AlignError, TableError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]
    Ints: TypeAlias = NDArray[np.int64]
    Bools: TypeAlias = NDArray[np.bool_]

LONGEST_SESSION_S = 24 * 3600.0
"""A grid longer than a day is a broken clock, not a session (our choice)."""

MOST_ROWS = 20_000_000
"""A grid of more rows than this would exhaust memory before it told anything (our choice: more
than two days at 100 Hz, five hours at 1000 Hz)."""

APART_S = 10.0
"""Feet of which one ends so long before the other begins were not recorded together, s
(our choice)."""

SAME_TIME_S = 1e-9
"""Times that differ by less are one time that was computed in two ways, s."""


def to_grid(sides: Mapping[str, pd.DataFrame], rate_hz: float) -> pd.DataFrame:
    """Return the ForceTable of a session.

    Parameters
    ----------
    sides : mapping of side to DataFrame, (n,) rows
        ``time_s`` (session time in s, ascending), a total (``total_n``, ``total_bw`` or
        ``total_adc``; NaN where lost) and any of the region, COP, acceleration (g) and angular
        rate (dps) columns.
    rate_hz : float
        Rate of the grid, Hz; that of the fastest side.

    Returns
    -------
    ForceTable
        Starts at 0 s, the earliest sample of any side. ``<side>_ok`` is False before the side's
        first and after its last sample and where more than `BRIDGE_S` of samples are missing; the
        values there are NaN. ``<side>_lost`` marks the grid points whose own sample is missing,
        bridged or not.

    Raises
    ------
    AlignError
        If no side has a sample, or the times cannot be those of one session, or left and right
        were not recorded together.
    TableError
        If a side has no total.
    """
    times = {
        side: samples["time_s"].to_numpy(dtype=np.float64)
        for side, samples in sides.items()
        if len(samples)
    }
    if not times:
        raise AlignError("the session holds no samples; record or import again")
    start_s, length_s = _span(list(times.values()), rate_hz)
    _check_overlap(times)
    grid_s = np.arange(round(length_s * rate_hz) + 1) / rate_hz
    columns: dict[str, NDArray[np.generic]] = {}
    for side, samples in sides.items():
        columns |= _side_columns(side, samples, start_s, grid_s, 1.0 / rate_hz)
    index = pd.Index(grid_s, name="time_s")
    return tables.check_force(pd.DataFrame(columns, index=index, copy=False))


def _span(times: Sequence[Floats], rate_hz: float) -> tuple[float, float]:
    """Return start and length of the session in s, if they can be those of one."""
    advice = "check the time column or the device's clock"
    if not all((np.diff(time_s) >= 0).all() for time_s in times):
        raise AlignError(f"the times of one side are not in order; {advice}")
    start_s = float(min(time_s[0] for time_s in times))
    length_s = float(max(time_s[-1] for time_s in times)) - start_s
    if not (length_s <= LONGEST_SESSION_S and length_s * rate_hz < MOST_ROWS):
        raise AlignError(f"the samples span {length_s:.0f} s, which no session does; {advice}")
    return start_s, length_s


def _check_overlap(times: Mapping[str, Floats]) -> None:
    feet = [times[side] for side in tables.SIDES if side in times]
    gap_s = float(max(foot[0] for foot in feet) - min(foot[-1] for foot in feet)) if feet else 0.0
    if gap_s > APART_S:
        first, second = sorted(tables.SIDES, key=lambda side: float(times[side][0]))
        problem = f"{first} ends {gap_s:.0f} s before {second} begins"
        raise AlignError(f"{problem}, so the feet cannot be compared; record both at once")


def _side_columns(
    side: str, samples: pd.DataFrame, start_s: float, grid_s: Floats, period_s: float
) -> dict[str, NDArray[np.generic]]:
    totals = [f"total_{u}" for u in tables.FORCE_SUFFIXES if f"total_{u}" in samples.columns]
    if not totals:
        raise TableError("samples", "total_n", f"{side} has no total of any unit")
    time_s = samples["time_s"].to_numpy(dtype=np.float64) - start_s
    inertial = [c for c in (*tables.ACC, *tables.GYRO) if c in samples.columns]
    loads = [c for c in samples.columns if c not in {"time_s", totals[0], *inertial}]
    force = _neighbours(samples[totals[0]], time_s, grid_s, period_s)
    columns: dict[str, NDArray[np.generic]] = {
        f"{side}_{totals[0].removeprefix('total_')}": _between(force, samples[totals[0]]),
        f"{side}_ok": force.ok,
        f"{side}_lost": force.lost,
    }
    columns |= {f"{side}_{name}": _between(force, samples[name]) for name in loads}
    if inertial:
        # an inertial sensor has samples of its own to lose
        alike = (samples[inertial[0]].isna() == samples[totals[0]].isna()).all()
        motion = force if alike else _neighbours(samples[inertial[0]], time_s, grid_s, period_s)
        columns |= {f"{side}_{name}": _between(motion, samples[name]) for name in inertial}
    return columns


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The valid samples on both sides of each grid point, as rows, and how near the later one is.

    ``weight`` is 0 at the earlier and 1 at the later sample; all arrays are (n,) over the grid.
    """

    earlier: Ints
    later: Ints
    weight: Floats
    ok: Bools
    lost: Bools


def _neighbours(
    decisive: pd.Series[float], time_s: Floats, grid_s: Floats, period_s: float
) -> Neighbours:
    """Find the neighbours of each grid point; a sample counts if `decisive` is valid in it."""
    valid = np.flatnonzero(np.isfinite(decisive.to_numpy(dtype=np.float64)))
    if not len(valid):
        nowhere, never = np.zeros(len(grid_s), dtype=np.int64), np.zeros(len(grid_s), np.bool_)
        return Neighbours(nowhere, nowhere, np.zeros(len(grid_s)), never, ~never)
    # a side may be slower than the grid
    own_s = max(period_s, float(np.median(np.diff(time_s)))) if len(time_s) > 1 else period_s
    at = neighbours(time_s[valid], grid_s, own_s)
    return replace(at, earlier=valid[at.earlier], later=valid[at.later])


def neighbours(stamps_s: Floats, grid_s: Floats, period_s: float) -> Neighbours:
    """Return the samples on both sides of each grid point.

    Parameters
    ----------
    stamps_s : (m,) array
        Times of the samples that are valid, s, ascending; m ≥ 1.
    grid_s : (n,) array
        Times of the grid points, s.
    period_s : float
        Nominal spacing of the samples, s.
    """
    right = np.searchsorted(stamps_s, grid_s - SAME_TIME_S).clip(max=len(stamps_s) - 1)
    after_s = stamps_s[right] - grid_s
    left = (right - (after_s > SAME_TIME_S)).clip(0)
    width_s = stamps_s[right] - stamps_s[left]
    before_s = width_s - after_s
    inside = (grid_s >= stamps_s[0] - 0.5 * period_s) & (grid_s <= stamps_s[-1] + 0.5 * period_s)
    # one period lies between neighbours that are both there; a gap is what exceeds it
    ok = inside & (width_s - period_s <= BRIDGE_S + SAME_TIME_S)
    lost = ~inside | (np.minimum(np.abs(after_s), np.abs(before_s)) > 0.75 * period_s)
    weight = np.zeros(len(grid_s))
    np.divide(before_s, width_s, out=weight, where=width_s > 0)
    return Neighbours(left, right, weight, ok, lost)


def _between(at: Neighbours, column: pd.Series[float]) -> Floats:
    """Return the values of a column on the grid; NaN where `at` is not ok."""
    if not at.ok.any():
        return np.full(len(at.ok), np.nan)
    value = column.to_numpy(dtype=np.float64)
    before = value[at.earlier]
    out = np.asarray(before + at.weight * (value[at.later] - before), dtype=np.float64)
    out[~at.ok] = np.nan
    return out
