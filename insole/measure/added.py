"""Heel-ups that somebody added by hand, measured like those that were found."""

from __future__ import annotations

from dataclasses import replace
from math import nan
from typing import TYPE_CHECKING

import numpy as np

from insole import tables
from insole.detect.loading import PairUp
from insole.filter import lowpass
from insole.filter.height import heel_height
from insole.filter.stretch import joined
from insole.measure.boundary import find_phases
from insole.measure.edge import FootUp
from insole.measure.finding import HeelUpTime, foot_height, has_imu

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from insole.filter.height import FootHeight
    from insole.measure.finding import Findings
    from insole.measure.params import Params

KNOWN = 0.5
"""Part of a heel-up in which its height must be known (our choice, as for those found)."""


def with_heights(
    force: pd.DataFrame,
    findings: Findings,
    spans: Sequence[tuple[int, int, str]],
    params: Params,
) -> Findings:
    """Return findings whose heights cover stretches that somebody added, too.

    Parameters
    ----------
    force : ForceTable, (n,) rows
        IMU in g and dps.
    findings : Findings
        What was found; its own heights, mm, stay as they are.
    spans : sequence of (start, end, side)
        What was added, in samples.
    params : Params
        Settings.
    """
    heights: dict[str, FootHeight] = {**findings.heights}
    for side in tables.SIDES:
        added = [(start, end) for start, end, whose in spans if whose in {"both", side}]
        if added and has_imu(force, side):
            heights[side] = _height(force, side, added, findings, params)
    return replace(findings, heights=heights)


def heel_up(
    force: pd.DataFrame,
    heights: Mapping[str, FootHeight],
    span: tuple[int, int, str],
    rate_hz: float,
    params: Params,
) -> HeelUpTime:
    """Return a heel-up between two samples, with phases where heights are known.

    Parameters
    ----------
    force : ForceTable, (n,) rows
        Tells what is missing.
    heights : mapping of side to FootHeight
        Heights in mm.
    span : (start, end, side)
        Samples, and which feet worked.
    rate_hz : float
        Rate, Hz.
    params : Params
        Settings.
    """
    start, end, side = span
    there = tables.sides_of(force)
    sides = there if side == "both" else [one for one in there if one == side]
    height = foot_height(heights, sides, start, end)
    phases = None
    if height is not None and np.isfinite(height).mean() > KNOWN:
        phases = find_phases(lowpass.bridge(height), rate_hz, params.boundary)
    missing = max((_missing(force, one, start, end) for one in sides), default=0)
    pair = PairUp(start, end, side, 0.0)  # type: ignore[arg-type]  # a side, as the caller checked
    foot = FootUp(
        start=start, off=start, contact=end, end=end, base=nan, floor=nan, flat_s=0.0,
        off_method="by_hand", contact_method="by_hand",
    )  # fmt: skip
    feet = dict.fromkeys(sides, foot)
    return HeelUpTime(pair, start, phases, feet, contact_seen=True, missing_s=missing / rate_hz)


def _height(
    force: pd.DataFrame,
    side: str,
    added: Sequence[tuple[int, int]],
    findings: Findings,
    params: Params,
) -> FootHeight:
    """Return the heights of one foot: those known, and those of what was added."""
    mine = [time.feet[side] for time in findings.times if side in time.feet]
    apart = [
        (up.start, up.end) for up in mine if not any(_meet(up.start, up.end, a) for a in added)
    ]
    acc = force[[f"{side}_{name}" for name in tables.ACC]].to_numpy()
    gyro = force[[f"{side}_{name}" for name in tables.GYRO]].to_numpy()
    anew = heel_height(acc, gyro, sorted([*apart, *added]), findings.rate_hz, params.height)
    known = findings.heights.get(side)
    if known is None:
        return anew
    return replace(
        known,
        height_mm=np.where(np.isnan(known.height_mm), anew.height_mm, known.height_mm),
        pitch_deg=np.where(np.isnan(known.pitch_deg), anew.pitch_deg, known.pitch_deg),
    )


def _meet(start: float, end: float, span: tuple[int, int]) -> bool:
    return start < span[1] and end > span[0]


def _missing(force: pd.DataFrame, side: str, start: int, end: int) -> int:
    """Return the longest stretch without data of one foot, in samples."""
    if f"{side}_ok" not in force:
        return 0
    holes = joined(~force[f"{side}_ok"].to_numpy()[start:end], 0)
    return max((last - first for first, last in holes), default=0)
