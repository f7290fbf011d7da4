"""Rocking over the toes: the load of a foot goes forward and back while its heel stays down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from insole import measured, tables
from insole.filter.stretch import joined
from insole.measure.model import RockRow
from insole.measure.scene import BLOCK_S, near

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from insole.measure.scene import Scene
    from insole.measured import Measured

    Bools: TypeAlias = NDArray[np.bool_]
    Floats: TypeAlias = NDArray[np.float64]
    Centres: TypeAlias = tuple[float, float, float]

TOES = ("big", "middle", "little")
HANGS = 0.1
"""A heel that usually bears less of the foot's load hangs over the edge of a step (our choice; it
bears 27 % of it on the floor, 2 % on a box, in public recordings of ten people)."""
USUAL = 30.0
"""Percentile of the forefoot's part of the load that stands for flat standing: rocks, which may
fill most of a session, only raise it (our choice)."""
STEPS = tuple(f"rock_{toe}" for toe in TOES)
"""Steps of a calibration that teach where a rock over each toe goes."""


@dataclass(frozen=True, slots=True)
class RockParams:
    """When a foot rocks, and over which toe.

    References
    ----------
    15 points more on the forefoot, heel between 0.05 and 0.7 of its standing part, the furthest
    0.5 s, unclear within 25 % of the spacing, a lift from 3 degrees or below 0.05: the project's
    measurement notes, rocking. 1 to 8 s long, three of them at most 4 s apart, since a single one
    is only a lean, each of half to twice their usual length, centres at least 3 mm apart: our
    choice. Within 1 s of a heel-up the load goes forward for that: our choice.
    """

    forward: float = 0.15
    heel_most: float = 0.7
    heel_least: float = 0.05
    shortest_s: float = 0.8
    longest_s: float = 8.0
    apart_s: float = 4.0
    least: int = 3
    alike: float = 2.0
    beside_s: float = 1.0
    furthest_s: float = 0.5
    before_s: float = 1.0
    lift_deg: float = 3.0
    lift_s: float = 0.2
    margin: float = 0.25
    centres_apart_mm: float = 3.0


def rock_rows(
    scene: Scene,
    params: RockParams,
    centres: Mapping[str, Centres] | None = None,
    reasons: tuple[str, ...] = (),
) -> tuple[RockRow, ...]:
    """Return the rocks of each foot, in order of time.

    Parameters
    ----------
    scene : Scene
        The session in blocks; loads in any unit.
    params : RockParams
        Settings.
    centres : mapping of side to (big, middle, little), optional
        Where a rock over each toe takes the centre of pressure, mm from where it stands flat.
    reasons : tuple of str
        Words that say why this is less than certain.
    """
    rows = [
        row for side in tables.SIDES if side in scene.loads
        for row in _rows(scene, side, params, (centres or {}).get(side), reasons)
    ]  # fmt: skip
    return tuple(sorted(rows, key=lambda row: (row.start_s, row.side)))


def taught(
    scene: Scene, steps: Sequence[tuple[str, float, float]], params: RockParams
) -> dict[str, Centres]:
    """Return where rocks over each toe went in a calibration, for each foot that tells.

    Parameters
    ----------
    scene : Scene
        The session in blocks.
    steps : sequence of (toe, start_s, end_s)
        When which toe was rocked over, s.
    params : RockParams
        Settings.
    """
    found: dict[str, Centres] = {}
    for side in tables.SIDES:
        forward, across = forward_of(scene, side), _across(scene, side)
        if forward is None or across is None:
            continue
        places = {
            toe: _place(across, *_blocks(scene, start_s, end_s), forward, params)
            for toe, start_s, end_s in steps
        }
        if set(places) != {*TOES}:
            continue
        big, middle, little = (places[toe] for toe in TOES)
        if min(middle - big, little - middle) >= params.centres_apart_mm:
            found[side] = big, middle, little
    return found


def direction(place_mm: float, centres: Centres, params: RockParams) -> str:
    """Return the toe whose centre is nearest, or ``unclear`` between two.

    Parameters
    ----------
    place_mm : float
        Where the centre of pressure went, mm from where it stands flat.
    centres : (big, middle, little)
        As `taught` found them, mm.
    params : RockParams
        How clear it must be.
    """
    away = sorted((abs(place_mm - centre), k) for k, centre in enumerate(centres))
    (nearest, k), (second, other) = away[:2]
    spacing = abs(centres[k] - centres[other])
    return TOES[k] if second - nearest >= params.margin * spacing else "unclear"


def _rows(
    scene: Scene, side: str, p: RockParams, centres: Centres | None, reasons: tuple[str, ...]
) -> list[RockRow]:
    forward = forward_of(scene, side)
    if forward is None:
        return []
    rows = []
    for bout in _bouts(scene, side, forward, p):
        for rep, (start, end) in enumerate(bout, 1):
            furthest = start + int(np.nanargmax(forward[start:end]))
            lift = _lifted(scene, side, start, end, p)
            place = _across_mm(scene, side, (start, end), forward, p)
            toe = None
            if centres is not None and place.value is not None:
                toe = direction(place.value, centres, p)
            rows.append(
                RockRow(
                    rep=rep,
                    side=side,
                    start_s=scene.at_s(start),
                    furthest_s=scene.at_s(furthest),
                    end_s=scene.at_s(end),
                    direction=toe,
                    forward_share=measured.of(
                        float(forward[furthest]), "1", "forefoot_over_foot", *reasons
                    ),
                    cop_ml_mm=place,
                    heel_lift=lift,
                    counted=not lift,
                    reasons=(*(("heel_lift",) if lift else ()), *reasons),
                )
            )
    return rows


def _bouts(scene: Scene, side: str, forward: Floats, p: RockParams) -> list[list[tuple[int, int]]]:
    """Return the rocks, in blocks, from where the load leaves the flat foot to where it is back."""
    heel = _heel(scene, side)
    if heel is None:
        return []  # on a step the heel hangs, and cannot stay down
    with np.errstate(invalid="ignore"):
        out = scene.flat(side) & (forward > p.forward) & (heel < p.heel_most)
    shortest, longest = (round(bound_s / BLOCK_S) for bound_s in (p.shortest_s, p.longest_s))
    rocks = [
        _whole(forward, start, end, p)
        for start, end in joined(out, 2)
        if shortest <= end - start <= longest
    ]
    beside = round(p.beside_s / BLOCK_S)
    rocks = [(a, b) for a, b in rocks if not scene.up[max(0, a - beside) : b + beside].any()]
    groups = [_alike(group, p) for group in near(rocks, round(p.apart_s / BLOCK_S))]
    return [group for group in groups if len(group) >= p.least]


def _alike(rocks: list[tuple[int, int]], p: RockParams) -> list[tuple[int, int]]:
    """Leave out what lasts much longer or shorter than the others: a lean, a moment of sway."""
    usual = float(np.median([end - start for start, end in rocks]))
    return [(a, b) for a, b in rocks if usual / p.alike <= b - a <= usual * p.alike]


def _whole(forward: Floats, start: int, end: int, p: RockParams) -> tuple[int, int]:
    """Widen a rock to where a third of the excursion is left."""
    low = p.forward / 3.0
    while start > 0 and forward[start - 1] > low:
        start -= 1
    while end < len(forward) and forward[end] > low:
        end += 1
    return start, end


def forward_of(scene: Scene, side: str) -> Floats | None:
    """Return by how much more of a foot's load its front bears than in standing, (m,).

    Parameters
    ----------
    scene : Scene
        The session in blocks.
    side : {"left", "right"}
        Which foot; None without a heel of its own.
    """
    heel, midfoot = scene.region(side, "heel"), scene.region(side, "midfoot")
    if heel is None or side not in scene.loads:
        return None
    back = heel if midfoot is None else heel + midfoot
    return _minus_usual(scene, side, 1.0 - _over(back, scene.loads[side]))


def _heel(scene: Scene, side: str) -> Floats | None:
    """Return the heel's part of a foot's load over what it is in standing, (m,)."""
    heel = scene.region(side, "heel")
    if heel is None:
        return None
    part, flat = _over(heel, scene.loads[side]), scene.flat(side)
    known = np.isfinite(part[flat]).any()
    usual = float(np.nanpercentile(part[flat], 100.0 - USUAL)) if known else 0.0
    return part / usual if usual > HANGS else None


def _minus_usual(scene: Scene, side: str, part: Floats) -> Floats | None:
    flat = scene.flat(side)
    if not np.isfinite(part[flat]).any():
        return None
    return np.nan_to_num(part - float(np.nanpercentile(part[flat], USUAL)), nan=0.0)


def _over(part: Floats, whole: Floats) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(whole > 0.0, part / whole, np.nan))


def _across(scene: Scene, side: str) -> Floats | None:
    """Return where the centre of pressure is across the foot, from where it mostly is, mm."""
    column = f"{side}_cop_ml_mm"
    if column not in scene.force or not scene.force[column].notna().any():
        return None
    across, flat = scene.means(column), scene.flat(side)
    known = flat & np.isfinite(across)
    return np.asarray(across - np.median(across[known])) if known.any() else None


def _across_mm(
    scene: Scene, side: str, span: tuple[int, int], forward: Floats, p: RockParams
) -> Measured:
    """Return how far across the foot a rock went, mm; greater towards the little toe."""
    method = "furthest_minus_usual"
    if scene.unit == "adc":
        return measured.not_observable("mm", method, "uncalibrated")
    across = _across(scene, side)
    if across is None:
        return measured.not_observable("mm", method, "no_cop")
    place = _place(across, *span, forward, p)
    if not np.isfinite(place):
        return measured.not_observable("mm", method, "gap")
    return measured.low(place, "mm", method, "hysteresis")


def _place(across: Floats, start: int, end: int, forward: Floats, p: RockParams) -> float:
    """Return where the centre of pressure was when the load was furthest forward, mm."""
    if end <= start:
        return float("nan")
    half = round(0.5 * p.furthest_s / BLOCK_S)
    furthest = start + int(np.argmax(forward[start:end]))
    there = across[max(0, furthest - half) : furthest + half + 1]
    return float(np.nanmean(there)) if np.isfinite(there).any() else float("nan")


def _lifted(scene: Scene, side: str, start: int, end: int, p: RockParams) -> bool | None:
    """Tell whether the heel left the floor: by the tilt of the foot, else by the heel's load."""
    tilt = _tilt_deg(scene, side, start, end, p)
    if tilt is not None:
        return _lasting(tilt > p.lift_deg, p)
    heel = _heel(scene, side)
    return None if heel is None else _lasting(heel[start:end] < p.heel_least, p)


def _lasting(mask: Bools, p: RockParams) -> bool:
    return any((b - a) * BLOCK_S >= p.lift_s for a, b in joined(mask, 0))


def _tilt_deg(scene: Scene, side: str, start: int, end: int, p: RockParams) -> Floats | None:
    """Return the angle between gravity during a rock and before it, degrees, (k,)."""
    names = [f"{side}_{name}" for name in tables.ACC]
    if any(name not in scene.force for name in names):
        return None
    first = max(0, start - round(p.before_s / BLOCK_S))
    acc = np.stack([scene.means(name)[first:end] for name in names], axis=1)
    before, during = acc[: max(start - first, 1)], acc[start - first :]
    rest = np.nanmean(before, axis=0) if np.isfinite(before).any() else np.full(3, np.nan)
    size = np.linalg.norm(during, axis=1) * np.linalg.norm(rest)
    with np.errstate(invalid="ignore", divide="ignore"):
        tilt = np.degrees(np.arccos(np.clip(during @ rest / size, -1.0, 1.0)))
    return tilt if np.isfinite(tilt).any() else None


def _blocks(scene: Scene, start_s: float, end_s: float) -> tuple[int, int]:
    per_s = tables.rate_hz(scene.force) / scene.width
    return max(0, round(start_s * per_s)), min(len(scene.on), round(end_s * per_s))
