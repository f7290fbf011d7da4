"""What was done when: the whole session as stretches, each with a name."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from insole import tables
from insole.measure.model import ActivityRow
from insole.measure.scene import AIR_SHARE, BLOCK_S

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from insole.measure.model import HoldRow, RaiseRow, RockRow, ToeYogaRow
    from insole.measure.scene import Scene

    Ints: TypeAlias = NDArray[np.int64]

ACTIVITIES = (
    "isometric_hold", "eccentric_raise", "toe_yoga", "ankle_rocking", "walking", "standing",
    "calibration", "nothing",
)  # fmt: skip
"""Every name that a stretch can have; the first four are exercises."""
SHORTEST_S = 1.0
"""Shorter stretches of standing belong to what was before (our choice)."""


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Something done between two times, s."""

    activity: str
    side: str
    start_s: float
    end_s: float
    set: int | None = None
    reasons: tuple[str, ...] = ()


def activity_rows(
    scene: Scene,
    *,
    holds: Sequence[HoldRow],
    raises: Sequence[RaiseRow],
    toe_yoga: Sequence[ToeYogaRow],
    rocks: Sequence[RockRow],
    calibration: Sequence[tuple[float, float]],
) -> tuple[ActivityRow, ...]:
    """Return what was done when, without holes from the first to the last block.

    Parameters
    ----------
    scene : Scene
        The session in blocks.
    holds, raises, toe_yoga, rocks : sequences of rows
        What was found; times in s.
    calibration : sequence of (start_s, end_s)
        Steps of a guided calibration, s.

    Notes
    -----
    What is surer is laid over what is less sure: holds and raises over toe yoga, that over
    rocking, walking, standing. The repetitions of a set are one stretch, pauses included.
    """
    known = [
        *_walks(scene),
        *_joined(_rocked(rocks)),
        *_joined(_pressed(toe_yoga)),
        *(_Stretch("calibration", "both", start, end) for start, end in calibration),
        *_sets(raises),
        *(
            _Stretch("isometric_hold", row.side, row.heel_off_s, row.heel_contact_s, row.set)
            for row in holds
        ),
    ]
    return tuple(_rows(scene, _painted(scene, known), known))


def _painted(scene: Scene, known: Sequence[_Stretch]) -> Ints:
    """Return for each block the number of its stretch: −2 for nothing, −1 for standing."""
    number = np.where(scene.on, -1, -2)
    first_s, per_s = scene.at_s(0), tables.rate_hz(scene.force) / scene.width
    for k, one in enumerate(known):
        start, end = (round((t - first_s) * per_s) for t in (one.start_s, one.end_s))
        number[max(start, 0) : max(end, start + 1)] = k
    return _without_slivers(number)


def _without_slivers(number: Ints) -> Ints:
    """Let what was before go on, or at the start what follows come sooner, over short rests."""
    shortest = round(SHORTEST_S / BLOCK_S)
    for start, end in _runs(number):
        if number[start] < 0 and end - start < shortest and len(number) > end - start:
            number[start:end] = number[start - 1] if start else number[end]
    return number


def _rows(scene: Scene, number: Ints, known: Sequence[_Stretch]) -> Iterable[ActivityRow]:
    for start, end in _runs(number):
        at = scene.at_s(start), scene.at_s(end)
        if number[start] >= 0:
            one = known[number[start]]
            yield ActivityRow(one.activity, one.side, *at, one.set, one.reasons)
        elif number[start] == -1:
            yield ActivityRow("standing", _stands_on(scene, start, end), *at, None, ())
        else:
            yield ActivityRow("nothing", _whole_side(scene), *at, None, ())


def _runs(number: Ints) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(number)) + 1
    bounds = [0, *edges.tolist(), len(number)]
    return [(a, b) for a, b in pairwise(bounds) if b > a]


def _walks(scene: Scene) -> list[_Stretch]:
    return [
        _Stretch("walking", _whole_side(scene), scene.at_s(start), scene.at_s(end))
        for start, end in _runs(scene.walking.astype(np.int64))
        if scene.walking[start]
    ]


def _sets(raises: Sequence[RaiseRow]) -> list[_Stretch]:
    """Return one stretch for the repetitions of each set."""
    by_set: dict[int, list[RaiseRow]] = {}
    for row in raises:
        by_set.setdefault(row.set, []).append(row)
    found = []
    for number, rows in by_set.items():
        sides = {row.side for row in rows}
        side = sides.pop() if len(sides) == 1 else "both"
        start_s, end_s = min(r.heel_off_s for r in rows), max(r.heel_contact_s for r in rows)
        found.append(_Stretch("eccentric_raise", side, start_s, end_s, number))
    return found


def _rocked(rocks: Sequence[RockRow]) -> list[_Stretch]:
    """Return the bouts of rocking of each foot; the first rock of each has number 1."""
    found: list[_Stretch] = []
    for side in tables.SIDES:
        bouts: list[list[RockRow]] = []
        for row in (row for row in rocks if row.side == side):
            if row.rep == 1:
                bouts.append([])
            bouts[-1].append(row)
        found += [
            _Stretch("ankle_rocking", side, b[0].start_s, b[-1].end_s, None, _doubts(b))
            for b in bouts
        ]
    return found


def _doubts(rows: Sequence[RockRow]) -> tuple[str, ...]:
    words = dict.fromkeys(word for row in rows for word in row.reasons)
    return tuple(word for word in words if word != "heel_lift")


def _pressed(bouts: Sequence[ToeYogaRow]) -> list[_Stretch]:
    return [
        _Stretch("toe_yoga", row.side, row.start_s, row.end_s, None, row.reasons) for row in bouts
    ]


def _joined(stretches: Sequence[_Stretch]) -> list[_Stretch]:
    """Return the stretches of two feet that overlap as one of both."""
    found: list[_Stretch] = []
    for one in sorted(stretches, key=lambda s: s.start_s):
        last = found[-1] if found else None
        if last and one.start_s < last.end_s:
            side = last.side if last.side == one.side else "both"
            words = tuple(dict.fromkeys((*last.reasons, *one.reasons)))
            end_s = max(last.end_s, one.end_s)
            found[-1] = _Stretch(one.activity, side, last.start_s, end_s, None, words)
        else:
            found.append(one)
    return found


def _stands_on(scene: Scene, start: int, end: int) -> str:
    """Return the foot, or feet, that carry weight in a stretch of standing."""
    if {*tables.SIDES} - {*scene.loads}:
        return _whole_side(scene)
    left, right = (np.nansum(scene.loads[side][start:end]) for side in tables.SIDES)
    least = AIR_SHARE * (left + right)
    return "right" if left < least else "left" if right < least else "both"


def _whole_side(scene: Scene) -> str:
    sides = [side for side in tables.SIDES if side in scene.loads]
    return sides[0] if len(sides) == 1 else "both"
