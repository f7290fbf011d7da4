"""From a ForceTable to what happened in it: heel-ups of each foot, of both, and their phases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from insole import tables
from insole.detect.base import FootChunk, run
from insole.detect.heel import HeelDetector
from insole.detect.loading import PairUp, find_pair_ups
from insole.filter import lowpass
from insole.filter.calibrate import Gains, apply_gains, shift_gains
from insole.filter.height import FootHeight, heel_height
from insole.filter.stretch import block_means, in_windows, joined
from insole.measure.boundary import Phases, find_phases
from insole.measure.edge import FootUp, refine
from insole.measure.touch import split_touches

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from insole.measure.params import Params

    Bools: TypeAlias = NDArray[np.bool_]
    Floats: TypeAlias = NDArray[np.float64]

STEADY_FRACTION, STEADY_BLOCKS = 0.15, 10
"""Quiet standing is a second (ten blocks of 0.1 s) in which the load of all feet keeps within 15 %:
walking and jumping never do, people who sway and breathe stay within 5 % (our choice; plates)."""
COP_CUTOFF_HZ = 5.0
"""Insole noise stretches the path at higher cut-offs (the project's measurement notes, steadiness
and centre of pressure)."""

LEAST_GRAVITY_G = 0.5
"""A sensor at rest that feels less than this is out: it cannot tell up from down (our choice)."""


@dataclass(frozen=True, slots=True)
class HeelUpTime:
    """One stretch with the heels up, as an exercise; indices in samples of the ForceTable.

    ``phases`` are relative to ``lead``, where the heel first began to rise; None without an
    inertial sensor. ``feet`` are the heel-ups of each foot that belong to it. ``missing_s`` is
    the longest hole in the data of a working foot.
    """

    pair: PairUp
    lead: int
    phases: Phases | None
    feet: Mapping[str, FootUp]
    contact_seen: bool
    missing_s: float

    @property
    def top(self) -> float | None:
        """Sample at which the top was reached."""
        return None if self.phases is None else self.lead + self.phases.top

    @property
    def onset(self) -> float | None:
        """Sample at which the lowering began."""
        return None if self.phases is None else self.lead + self.phases.onset

    def sides(self) -> tuple[str, ...]:
        """Return the sides that worked."""
        return _sides(self.pair)


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything found in one ForceTable."""

    rate_hz: float
    unit: str
    standing: float
    """Load of all feet in quiet standing, in `unit`; NaN if nobody stood."""
    gains: Gains | None
    """What makes the two soles comparable; None if nothing showed it."""
    feet: Mapping[str, Sequence[FootUp]]
    heights: Mapping[str, FootHeight]
    cop_ml_path: Mapping[str, Floats]
    """Running length of the medio-lateral path of each foot's centre of pressure, mm."""
    times: Sequence[HeelUpTime]


def find(force: pd.DataFrame, params: Params, *, calibrated: bool = False) -> Findings:
    """Return all heel-ups in `force`, with phases where an inertial sensor shows them.

    Parameters
    ----------
    force : ForceTable, (n,) rows
        Loads in N, body weights or counts; IMU in g and dps.
    params : Params
        Settings.
    calibrated : bool
        True if the soles have been made comparable already.

    Returns
    -------
    Findings
        Leans (heel up by less than `lean_mm`) are left out of ``times`` where height is known.
    """
    rate_hz, unit = tables.rate_hz(force), tables.force_suffix(force)
    totals = {
        side: lowpass.bridge(force[f"{side}_{unit}"].to_numpy()) for side in tables.sides_of(force)
    }
    feet = {side: _foot_ups(force, side, unit, rate_hz, params) for side in totals}
    standing = _standing(totals, feet, rate_hz)
    nobody = unit == "n" and not standing >= params.pair.standing_n
    if nobody or any(f"{side}_heel_{unit}" not in force.columns for side in totals):
        return Findings(rate_hz, unit, standing, None, feet, {}, {}, ())
    gains = None
    if not calibrated:
        gains = _gains(totals, feet, standing, unit, rate_hz=rate_hz, params=params)
    if gains is not None:
        totals = {"left": totals["left"] * gains.left, "right": totals["right"] * gains.right}
        standing = _standing(totals, feet, rate_hz)
    pairs = find_pair_ups(
        totals,
        {side: [(u.off, u.end) for u in ups] for side, ups in feet.items()},
        flat_s={side: [u.flat_s for u in ups] for side, ups in feet.items()},
        standing=standing,
        rate_hz=rate_hz,
        params=params.pair,
    )
    heights = {
        side: _height(force, side, feet[side], pairs, rate_hz=rate_hz, params=params)
        for side in totals
        if has_imu(force, side)
    }
    courses = [foot_height(heights, _sides(pair), pair.start, pair.end) for pair in pairs]
    heels = {side: lowpass.bridge(force[f"{side}_heel_{unit}"].to_numpy()) for side in totals}
    pairs, feet = split_touches(pairs, feet, courses, heels, rate_hz=rate_hz, params=params.touch)
    holes = {side: joined(~force[f"{side}_ok"].to_numpy(), 0) for side in totals}
    ends = [0, *(pair.end for pair in pairs)]
    found = [
        _heel_up_time(pair, feet, heights, holes, after=after, rate_hz=rate_hz, params=params)
        for pair, after in zip(pairs, ends[:-1], strict=True)
    ]
    return Findings(
        rate_hz,
        unit,
        standing,
        gains,
        feet,
        heights,
        {side: _cop_path(force, side, rate_hz) for side in totals if has_cop(force, side)},
        [t for t in found if t.phases is None or t.phases.peak_mm >= params.exercise.lean_mm],
    )


def with_findings(force: pd.DataFrame, findings: Findings) -> pd.DataFrame:
    """Return `force` with comparable soles, heel height and foot pitch beside the loads.

    Parameters
    ----------
    force : ForceTable, (n,) rows
        What `findings` were found in; loads in N are multiplied by the gains found.
    findings : Findings
        Heights in mm, pitch in degrees.
    """
    columns = {}
    for side, foot in findings.heights.items():
        columns[f"{side}_heel_height_mm"] = foot.height_mm
        columns[f"{side}_pitch_deg"] = foot.pitch_deg
    return apply_gains(force, findings.gains).assign(**columns)


def has_imu(force: pd.DataFrame, side: str) -> bool:
    """Return True if `force` carries acceleration and angular rate of that foot, and they live.

    Parameters
    ----------
    force : ForceTable, (n,) rows
        IMU in g and dps, if there.
    side : {"left", "right"}
        Which foot.
    """
    if any(f"{side}_{name}" not in force.columns for name in (*tables.ACC, *tables.GYRO)):
        return False
    # some thousand samples tell whether it lives, however long the session
    some = force.iloc[:: max(1, len(force) // 5000)]
    acc = some[[f"{side}_{name}" for name in tables.ACC]].to_numpy()
    felt = np.linalg.norm(acc[np.isfinite(acc).all(axis=1)], axis=1)
    return bool(len(felt) and np.median(felt) >= LEAST_GRAVITY_G)


def has_cop(force: pd.DataFrame, side: str) -> bool:
    """Return True if `force` carries the medio-lateral centre of pressure of that foot.

    Parameters
    ----------
    force : ForceTable, (n,) rows
        Centre of pressure in mm, if there.
    side : {"left", "right"}
        Which foot.
    """
    name = f"{side}_cop_ml_mm"
    return name in force.columns and bool(force[name].notna().any())


def foot_height(
    heights: Mapping[str, FootHeight], sides: Sequence[str], start: int, end: int
) -> Floats | None:
    """Return the mean heel height of the given feet between two samples, mm, (end − start,).

    Parameters
    ----------
    heights : mapping of side to FootHeight
        Heights in mm.
    sides : sequence of str
        The feet that worked.
    start, end : int
        Samples, half-open.
    """
    curves = [heights[side].height_mm[start:end] for side in sides if side in heights]
    curves = [curve for curve in curves if np.isfinite(curve).any()]
    if not curves:
        return None
    stacked = np.vstack(curves)
    known = np.isfinite(stacked)
    total = np.where(known, stacked, 0.0).sum(axis=0)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(known.any(axis=0), total / known.sum(axis=0), np.nan))


def _foot_ups(
    force: pd.DataFrame, side: str, unit: str, rate_hz: float, params: Params
) -> list[FootUp]:
    if f"{side}_heel_{unit}" not in force.columns:
        return []
    heel, total = (force[f"{side}_{name}{unit}"].to_numpy() for name in ("heel_", ""))
    detector = HeelDetector(rate_hz, newton=unit == "n", params=params.heel)
    found = run(detector, [FootChunk(total, heel)])
    return refine(heel, total, found, rate_hz, params.edge)


def _gains(
    totals: Mapping[str, Floats],
    feet: Mapping[str, Sequence[FootUp]],
    standing: float,
    unit: str,
    *,
    rate_hz: float,
    params: Params,
) -> Gains | None:
    """Return the gains of the two soles; counts and body weights have none."""
    if unit != "n":
        return None
    raised = {side: [(up.start, up.end) for up in ups] for side, ups in feet.items()}
    return shift_gains(totals, raised, standing, rate_hz=rate_hz, params=params.gain)


def _standing(
    totals: Mapping[str, Floats], feet: Mapping[str, Sequence[FootUp]], rate_hz: float
) -> float:
    """Return the median load of all feet in quiet standing: weight on them and no heel up."""
    whole = np.sum(list(totals.values()), axis=0)
    down = _steady(whole, rate_hz) & (whole > 0.5 * np.percentile(whole, 90))
    for ups in feet.values():
        for up in ups:
            down[round(up.start) : round(up.end)] = False
    return float(np.median(whole[down])) if down.any() else float("nan")


def _steady(whole: Floats, rate_hz: float) -> Bools:
    """Tell where the load stays within `STEADY_FRACTION` of itself for a second."""
    width = max(1, round(0.1 * rate_hz))
    blocks = block_means(whole, width)
    steady = np.zeros(len(whole), dtype=np.bool_)
    if len(blocks) < STEADY_BLOCKS:
        return steady
    seconds = np.lib.stride_tricks.sliding_window_view(blocks, STEADY_BLOCKS)
    quiet = np.ptp(seconds, axis=1) < STEADY_FRACTION * seconds.mean(axis=1)
    steady[: len(blocks) * width] = np.repeat(in_windows(quiet, STEADY_BLOCKS), width)
    return steady


def _height(
    force: pd.DataFrame,
    side: str,
    ups: Sequence[FootUp],
    pairs: Sequence[PairUp],
    *,
    rate_hz: float,
    params: Params,
) -> FootHeight:
    """Return the heel height of one foot around the heel-ups in which it worked.

    A foot that hangs in the air while the other works tilts any way it likes; it must not enter
    the search for the pitch axis.
    """
    worked = [pair for pair in pairs if pair.side in {"both", side}]
    spans = [
        (up.start, up.end)
        for up in ups
        if any(min(up.end, pair.end) > max(up.off, pair.start) for pair in worked)
    ]
    acc = force[[f"{side}_{name}" for name in tables.ACC]].to_numpy()
    gyro = force[[f"{side}_{name}" for name in tables.GYRO]].to_numpy()
    return heel_height(acc, gyro, spans, rate_hz, params.height)


def _heel_up_time(
    pair: PairUp,
    feet: Mapping[str, Sequence[FootUp]],
    heights: Mapping[str, FootHeight],
    holes: Mapping[str, Sequence[tuple[int, int]]],
    *,
    after: int,
    rate_hz: float,
    params: Params,
) -> HeelUpTime:
    """Return a pair of heel-ups with its phases; nothing of it lies before sample `after`."""
    sides = _sides(pair)
    mine = {
        side: max(feet[side], key=lambda up: min(up.end, pair.end) - max(up.off, pair.start))
        for side in sides
        if feet.get(side)
    }
    # one foot may have been up since before the touch of the other that began this heel-up
    lead = max(after, min([pair.start, *(round(up.start) for up in mine.values())]))
    height = foot_height(heights, sides, lead, pair.end)
    phases = None
    if height is not None and np.isfinite(height).mean() > 0.5:
        phases = find_phases(lowpass.bridge(height), rate_hz, params.boundary)
    within = params.exercise.contact_within_s * rate_hz
    contact = any(
        up.contact is not None and abs(up.contact - pair.end) <= within for up in mine.values()
    )
    near = round(params.exercise.gap_low_s * rate_hz)
    missing = _longest([hole for side in sides for hole in holes[side]], pair, near)
    return HeelUpTime(pair, lead, phases, mine, contact, missing / rate_hz)


def _sides(pair: PairUp) -> tuple[str, ...]:
    return tables.SIDES if pair.side == "both" else (pair.side,)


def _cop_path(force: pd.DataFrame, side: str, rate_hz: float) -> Floats:
    cop = lowpass.bridge(force[f"{side}_cop_ml_mm"].to_numpy())
    smooth = lowpass.zero_lag(cop, COP_CUTOFF_HZ, rate_hz)
    return np.concatenate([[0.0], np.cumsum(np.abs(np.diff(smooth)))])


def _longest(holes: Sequence[tuple[int, int]], pair: PairUp, near: int) -> int:
    """Return the length of the longest hole during a heel-up, in samples.

    One that ends or begins within `near` samples of an edge counts too: the edge was read across
    it.
    """
    during = [(a, b) for a, b in holes if a < pair.end + near and b > pair.start - near]
    return max((b - a for a, b in during), default=0)
