"""From a ForceTable to what happened in it: heel-ups of each foot, of both, and their phases."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from insole import tables
from insole.detect.loading import PairUp, find_pair_ups
from insole.filter import lowpass
from insole.filter.calibrate import Gains, apply_gains
from insole.filter.height import FootHeight, heel_height
from insole.filter.stretch import joined
from insole.measure.boundary import Phases, find_phases
from insole.measure.fault import Loads, fault_words
from insole.measure.footing import Footing, footing
from insole.measure.lean import without_leans
from insole.measure.quiet import standing_load
from insole.measure.touch import split_touches
from insole.measure.transfer import Transfer, transfer_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from insole.measure.edge import FootUp
    from insole.measure.params import Params

    Bools: TypeAlias = NDArray[np.bool_]
    Floats: TypeAlias = NDArray[np.float64]

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
    the longest hole in the data of a working foot. ``doubts`` are words that lower the quality of
    its times, ``faults`` say what went wrong.
    """

    pair: PairUp
    lead: int
    phases: Phases | None
    feet: Mapping[str, FootUp]
    contact_seen: bool
    missing_s: float
    doubts: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    transfer: Transfer | None = None
    """How the load moved to the foot that lowers; None if it did not."""

    @property
    def top(self) -> float | None:
        """Sample at which the top was reached."""
        return None if self.phases is None else self.lead + self.phases.top

    @property
    def onset(self) -> float | None:
        """Sample at which the lowering began."""
        return None if self.phases is None else self.lead + self.phases.onset

    def sides(self) -> tuple[str, ...]:
        """Return the roles of the devices under the feet that worked."""
        return tuple(self.feet) or _sides(self.pair)


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
    heels: Mapping[str, Floats] = field(default_factory=dict)
    """What tells of each foot that its heel is down, (n,) without NaN, in `unit` as sensed."""


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
    feet = footing(force, params, calibrated=calibrated)
    if not feet.is_seen(params.pair.standing_n):
        return _found(force, feet, {}, {}, ())
    pairs = find_pair_ups(
        feet.totals,
        {side: [(u.off, u.end) for u in ups] for side, ups in feet.ups.items()},
        flat_s={side: [u.flat_s for u in ups] for side, ups in feet.ups.items()},
        standing=feet.standing,
        rate_hz=feet.rate_hz,
        params=params.pair,
    )
    heights = {
        side: _height(force, side, feet.ups[side], pairs, rate_hz=feet.rate_hz, params=params)
        for side in feet.totals
        if has_imu(force, side)
    }
    if not heights and all(signal.source == "heel" for signal in feet.signals.values()):
        pairs = _without_leans(pairs, force, feet, params)
    courses = [foot_height(heights, _sides(pair), pair.start, pair.end) for pair in pairs]
    heels = {side: lowpass.bridge(signal.load) for side, signal in feet.signals.items()}
    pairs, ups = split_touches(
        pairs, feet.ups, courses, heels, rate_hz=feet.rate_hz, params=params.touch
    )
    holes = {side: joined(~force[f"{side}_ok"].to_numpy(), 0) for side in feet.totals}
    ends = [0, *(pair.end for pair in pairs)]
    found = [
        _heel_up_time(pair, ups, heights, holes, after=after, rate_hz=feet.rate_hz, params=params)
        for pair, after in zip(pairs, ends[:-1], strict=True)
    ]
    rose = [t for t in found if t.phases is None or t.phases.peak_mm >= params.exercise.lean_mm]
    named = _with_words(rose, force, feet, heights, params)
    return replace(_found(force, feet, ups, heights, named), heels=heels)


def _found(
    force: pd.DataFrame,
    feet: Footing,
    ups: Mapping[str, Sequence[FootUp]],
    heights: Mapping[str, FootHeight],
    times: Sequence[HeelUpTime],
) -> Findings:
    paths = {
        side: _cop_path(force, side, feet.rate_hz)
        for side in feet.totals
        if times and has_cop(force, side)
    }
    return Findings(
        feet.rate_hz, feet.unit, feet.standing, feet.gains, ups or feet.ups, heights, paths, times
    )


def _with_words(
    times: Sequence[HeelUpTime],
    force: pd.DataFrame,
    feet: Footing,
    heights: Mapping[str, FootHeight],
    params: Params,
) -> list[HeelUpTime]:
    """Return the heel-ups with the words for what lowers their quality and for what went wrong."""
    on = feet.on(params.pair.vote_share)
    standing = {side: standing_load(load, on[side]) for side, load in feet.totals.items()}
    loads = Loads(
        feet.totals,
        {side: feet.standing / len(on) if np.isnan(n) else n for side, n in standing.items()},
        {side: part for side in on if (part := _toe_part(force, side)) is not None},
        {
            side: lowpass.bridge(force[f"{side}_cop_ml_mm"].to_numpy())
            for side in on
            if has_cop(force, side)
        },
        feet.rate_hz,
    )
    courses = [foot_height(heights, t.sides(), t.lead, t.pair.end) for t in times]
    faults = fault_words(times, courses, loads, params.fault)
    return [
        replace(
            time,
            doubts=() if time.phases else feet.doubts,
            faults=words,
            transfer=transfer_of(
                time.pair,
                feet.totals,
                feet.ups,
                standing=feet.standing,
                rate_hz=feet.rate_hz,
                params=params.transfer,
            ),
        )
        for time, words in zip(times, faults, strict=True)
    ]


def _toe_part(force: pd.DataFrame, side: str) -> Floats | None:
    """Return the part of a foot's load that its toes bear, (n,); None if they have no sensors."""
    unit = tables.force_suffix(force)
    names = [f"{side}_{toes}_{unit}" for toes in ("hallux", "toes")]
    names = [name for name in names if name in force.columns]
    if not names:
        return None
    total = lowpass.bridge(force[f"{side}_{unit}"].to_numpy())
    toes = lowpass.bridge(force[names].to_numpy().sum(axis=1))
    return np.asarray(toes / np.maximum(total, 1e-9))


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


def _without_leans(
    pairs: Sequence[PairUp], force: pd.DataFrame, feet: Footing, params: Params
) -> list[PairUp]:
    """Leave out, by the loads alone, heel-ups in which nobody rose."""
    names = {side: f"{side}_midfoot_{feet.unit}" for side in feet.totals}
    midfoot = {
        side: lowpass.bridge(force[name].to_numpy())
        for side, name in names.items()
        if name in force.columns
    }
    return without_leans(pairs, midfoot, feet.totals, feet.on(params.pair.vote_share), params.lean)


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
    worked = [(pair.start, pair.end) for pair in pairs if pair.side in {"both", side}]
    starts, ends = np.array(worked).reshape(-1, 2).T
    spans = [
        (up.start, up.end)
        for up in ups
        if (np.minimum(up.end, ends) > np.maximum(up.off, starts)).any()
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
    sides = [side for side in feet if side in _sides(pair)]
    mine = {side: _most_of(pair, feet[side]) for side in sides if feet.get(side)}
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


def _most_of(pair: PairUp, ups: Sequence[FootUp]) -> FootUp:
    """Return the heel-up of a foot that has most of `pair` in it, in order of time."""
    near = bisect_left(ups, float(pair.start), key=lambda up: up.end)
    last = bisect_right(ups, float(pair.end), key=lambda up: up.off)
    return max(
        ups[max(0, near - 1) : max(near, last) + 1],
        key=lambda up: min(up.end, pair.end) - max(up.off, pair.start),
    )


def _sides(pair: PairUp) -> tuple[str, ...]:
    return tables.ROLES if pair.side == "both" else (pair.side,)


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
