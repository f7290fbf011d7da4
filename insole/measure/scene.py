"""A session in blocks of 0.1 s: who is on the sensors, whose heels are up, who walks."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from insole import tables
from insole.filter.stretch import block_means, joined

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from insole.measure.finding import Findings

    Bools: TypeAlias = NDArray[np.bool_]
    Floats: TypeAlias = NDArray[np.float64]

AIR_SHARE = 0.15
"""A foot with less of the load is in the air (the project's measurement notes, pair rule)."""
BLOCK_S = 0.1
"""Length of the stretches that are judged one by one, s."""


@dataclass(frozen=True, slots=True)
class SceneParams:
    """When somebody is on the sensors, and when they walk.

    References
    ----------
    Half of standing is standing: the project's measurement notes. A swing of 0.15 to 1.2 s, steps
    0.25 to 1.2 s apart, four of them in a row, 1 s of absence: our choice (people walk with 0.45
    to 0.65 s a step). 100 N, or 0.15 body weights, where nobody stood quietly: below that no one
    stands.
    """

    standing_share: float = 0.5
    least_n: float = 100.0
    least_bw: float = 0.15
    swing_s: tuple[float, float] = (0.15, 1.2)
    step_s: tuple[float, float] = (0.25, 1.2)
    steps: int = 4
    away_s: float = 1.0


@dataclass(frozen=True, slots=True)
class Scene:
    """What is known of each block; arrays (m,), loads in the unit of the table.

    ``loads`` are those of each foot or plate, ``on`` tells whether somebody stands there, ``up``
    whether heels are up in an exercise, ``walking`` whether they walk.
    """

    force: pd.DataFrame
    unit: str
    width: int
    loads: Mapping[str, Floats]
    on: Bools
    up: Bools
    walking: Bools
    known: dict[str, Floats] = field(default_factory=dict)
    """Block means that were asked for already, (m,) each."""

    def flat(self, side: str) -> Bools:
        """Return the blocks in which this foot stands with the heel down, (m,)."""
        whole = np.nansum([*self.loads.values()], axis=0)
        with np.errstate(invalid="ignore"):
            carries = self.loads[side] > AIR_SHARE * whole
        return np.asarray(self.on & ~self.up & ~self.walking & carries)

    def region(self, side: str, *names: str) -> Floats | None:
        """Return the load of some regions of a foot together, (m,); None if one is not sensed."""
        columns = [f"{side}_{name}_{self.unit}" for name in names]
        if any(column not in self.force for column in columns):
            return None
        return np.asarray(sum(self.means(column) for column in columns))

    def means(self, column: str) -> Floats:
        """Return the block means of a column, (m,), in its unit."""
        if column not in self.known:
            values = self.force[column].to_numpy(dtype=np.float64)
            self.known[column] = block_means(values, self.width)
        return self.known[column]

    def at_s(self, block: float) -> float:
        """Return when a block begins, s."""
        return float(self.force.index[0]) + block * self.width / tables.rate_hz(self.force)


def scene(
    force: pd.DataFrame,
    findings: Findings,
    exercise: Sequence[tuple[int, int]],
    params: SceneParams,
) -> Scene:
    """Return the session in blocks.

    Parameters
    ----------
    force : ForceTable, (n,) rows
        Loads in N, body weights or counts.
    findings : Findings
        What was found; the load of quiet standing.
    exercise : sequence of (start, end)
        Where heels are up in an exercise, in samples.
    params : SceneParams
        Settings.
    """
    unit, rate_hz = tables.force_suffix(force), tables.rate_hz(force)
    width = max(1, round(BLOCK_S * rate_hz))
    loads = {
        side: block_means(force[f"{side}_{unit}"].to_numpy(), width)
        for side in tables.sides_of(force)
    }
    count = len(force) // width
    total = np.sum([*loads.values()], axis=0)
    with np.errstate(invalid="ignore"):
        seen = total > _least(total, unit, findings.standing, params)
    on = _closed(seen, round(params.away_s / BLOCK_S))
    up = np.zeros(count, dtype=np.bool_)
    for start, end in exercise:
        up[start // width : -(-end // width)] = True
    return Scene(force, unit, width, loads, on, up, _walking(loads, on, params))


def _least(total: Floats, unit: str, standing: float, p: SceneParams) -> float:
    """Return the load above which somebody stands on the sensors."""
    usual = standing if np.isfinite(standing) else _most(total)
    floor = {"n": p.least_n, "bw": p.least_bw}.get(unit, 0.0)
    return max(floor, p.standing_share * usual)


def _most(total: Floats) -> float:
    known = total[np.isfinite(total)]
    return float(np.percentile(known, 90)) if len(known) else 0.0


def _closed(mask: Bools, longest: int) -> Bools:
    """Fill gaps of up to `longest` blocks, and drop runs that short."""
    filled = np.zeros(len(mask), dtype=np.bool_)
    for start, end in joined(mask, longest):
        filled[start:end] = end - start > longest
    return filled


def _walking(loads: Mapping[str, Floats], on: Bools, p: SceneParams) -> Bools:
    """Tell where feet leave the ground one after the other, again and again."""
    walking = np.zeros(len(on), dtype=np.bool_)
    sides = [side for side in tables.SIDES if side in loads]
    if not sides:
        return walking
    swings = sorted(
        ((start, end, side) for side in sides for start, end in _swings(loads, side, on, p)),
    )
    one = len(sides) == 1
    chains: list[list[tuple[int, int, str]]] = []
    for swing in swings:
        if chains and _follows(chains[-1][-1], swing, one, p):
            chains[-1].append(swing)
        else:
            chains.append([swing])
    for chain in chains:
        if len(chain) >= (p.steps // 2 if one else p.steps):
            walking[chain[0][0] : chain[-1][1]] = True
    return walking


def _swings(
    loads: Mapping[str, Floats], side: str, on: Bools, p: SceneParams
) -> list[tuple[int, int]]:
    """Return the stretches in which a foot is in the air for as long as a step takes."""
    usual = _usual(loads, on)
    whole = np.sum([*loads.values()], axis=0) if len(loads) > 1 else np.full(len(on), usual)
    with np.errstate(invalid="ignore"):
        off = (loads[side] < AIR_SHARE * whole) & (on | (len(loads) == 1))
    shortest, longest = (round(bound_s / BLOCK_S) for bound_s in p.swing_s)
    return [(a, b) for a, b in joined(off, 0) if shortest <= b - a <= longest]


def _usual(loads: Mapping[str, Floats], on: Bools) -> float:
    carried = np.sum([*loads.values()], axis=0)[on]
    carried = carried[np.isfinite(carried)]
    return float(np.median(carried)) if len(carried) else 0.0


def _follows(
    last: tuple[int, int, str],
    swing: tuple[int, int, str],
    one: bool,
    p: SceneParams,
) -> bool:
    """Tell whether a swing is the next step: of the other foot, or of the same if it is alone."""
    apart_s = BLOCK_S * 0.5 * (swing[0] + swing[1] - last[0] - last[1])
    factor = 2.0 if one else 1.0
    low, high = (factor * bound_s for bound_s in p.step_s)
    return (one or swing[2] != last[2]) and low <= apart_s <= high


def near(spans: Sequence[tuple[int, int]], most: int) -> list[list[tuple[int, int]]]:
    """Return spans in groups: within one, each begins at most `most` blocks after the last end.

    Parameters
    ----------
    spans : sequence of (start, end)
        In order, in blocks.
    most : int
        Longest gap within a group, in blocks.
    """
    groups: list[list[tuple[int, int]]] = [[span] for span in spans[:1]]
    for before, span in pairwise(spans):
        if span[0] - before[1] <= most:
            groups[-1].append(span)
        else:
            groups.append([span])
    return groups
