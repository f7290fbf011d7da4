"""Toe yoga: the big toe pressed while the others rest, and the other way round, in turn."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from insole import measured, tables
from insole.filter.stretch import joined
from insole.measure.model import ToeYogaRow
from insole.measure.rocking import forward_of
from insole.measure.scene import BLOCK_S

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from insole.measure.scene import Scene

    Bools: TypeAlias = NDArray[np.bool_]
    Floats: TypeAlias = NDArray[np.float64]

BEHIND = {
    "hallux": (("forefoot_medial",), ("forefoot",)),
    "toes": (("forefoot_lateral",), ("forefoot",)),
}
"""The part of the ball behind each toe: the first that a sole has."""


@dataclass(frozen=True, slots=True)
class ToeParams:
    """When toes press, and when presses are toe yoga.

    References
    ----------
    q = (H − T) / (H + T + 5 N) with a gate of 8 N, |q| of 0.3 for 0.2 s, gripping below 0.15: the
    project's measurement notes, toe yoga. Other units: the same parts of 350 N, half of a person's
    weight. Presses up to 5 s apart, three changes from one toe to the other (two alternations): our
    choice. Gripping at twice the gate, presses of 0.5 s, at most 12 points more on the forefoot
    (else the foot rocks): our choice.
    """

    gate_n: float = 8.0
    soft_n: float = 5.0
    foot_n: float = 350.0
    press_q: float = 0.3
    grip_q: float = 0.15
    grip_gates: float = 2.0
    press_s: float = 0.5
    forward_most: float = 0.12
    bridge_s: float = 0.2
    apart_s: float = 5.0
    changes: int = 3


@dataclass(frozen=True, slots=True)
class _Press:
    """One press, in blocks."""

    toe: str
    start: int
    end: int


def toe_yoga_rows(
    scene: Scene, params: ToeParams, reasons: tuple[str, ...] = ()
) -> tuple[ToeYogaRow, ...]:
    """Return the bouts of toe yoga of each foot, in order of time.

    Parameters
    ----------
    scene : Scene
        The session in blocks; loads in any unit.
    params : ToeParams
        Settings.
    reasons : tuple of str
        Words that say why this is less than certain.

    Notes
    -----
    H and T are the loads of the big toe and of the other toes beyond the part of the ball's load
    that they bear in standing, so that leaning forward and shifting weight change neither.
    """
    rows = [
        row for side in tables.SIDES if side in scene.loads
        for row in _rows(scene, side, params, reasons)
    ]  # fmt: skip
    return tuple(sorted(rows, key=lambda row: (row.start_s, row.side)))


def _rows(scene: Scene, side: str, p: ToeParams, reasons: tuple[str, ...]) -> list[ToeYogaRow]:
    presses = _presses(scene, side, p)
    grips = [press for press in presses if press.toe == "both"]
    rows = []
    for bout in _bouts([press for press in presses if press.toe != "both"], p):
        start, end = bout[0].start, bout[-1].end
        lengths_s = [BLOCK_S * (press.end - press.start) for press in bout]
        rows.append(
            ToeYogaRow(
                side=side,
                start_s=scene.at_s(start),
                end_s=scene.at_s(end),
                alternations=(_changes(bout) + 1) // 2,
                big_presses=sum(press.toe == "big" for press in bout),
                little_presses=sum(press.toe == "little" for press in bout),
                grips=sum(start <= grip.start < end for grip in grips),
                press_s=measured.of(float(np.median(lengths_s)), "s", "toes_beyond_ball", *reasons),
                reasons=reasons,
            )
        )
    return rows


def _presses(scene: Scene, side: str, p: ToeParams) -> list[_Press]:
    """Return the presses of either toe, and of both at once, in order; none without toe cells."""
    big, little = _beyond(scene, side, "hallux"), _beyond(scene, side, "toes")
    if big is None or little is None:
        return []
    flat = scene.flat(side)
    foot = float(np.median(scene.loads[side][flat])) if flat.any() else 0.0
    unit = 1.0 if scene.unit == "n" else foot / p.foot_n
    pressed, rest = np.maximum(big, 0.0) + np.maximum(little, 0.0), p.soft_n * unit
    q = (np.maximum(big, 0.0) - np.maximum(little, 0.0)) / (pressed + rest + 1e-12)
    forward = forward_of(scene, side)
    back = flat if forward is None else flat & (forward < p.forward_most)
    gate = back & (pressed > p.gate_n * unit)
    hard = gate & (pressed > p.grip_gates * p.gate_n * unit)
    states = {
        "big": gate & (q > p.press_q),
        "little": gate & (q < -p.press_q),
        "both": hard & (np.abs(q) < p.grip_q),
    }
    shortest, bridge = round(p.press_s / BLOCK_S), round(p.bridge_s / BLOCK_S)
    found = [
        _Press(toe, start, end)
        for toe, state in states.items()
        for start, end in joined(state, bridge)
        if end - start >= shortest
    ]
    return sorted(found, key=lambda press: press.start)


def _beyond(scene: Scene, side: str, toe: str) -> Floats | None:
    """Return the load of toes beyond their usual part of the ball's load, (m,)."""
    load = scene.region(side, toe)
    behind = (scene.region(side, *names) for names in BEHIND[toe])
    ball = next((one for one in behind if one is not None), None)
    flat = scene.flat(side)
    if load is None or ball is None or not flat.any():
        return None
    with np.errstate(invalid="ignore", divide="ignore"):
        part = load[flat] / ball[flat]
    part = part[np.isfinite(part)]
    if not len(part):
        return None
    return np.asarray(np.nan_to_num(load - float(np.median(part)) * ball, nan=0.0))


def _bouts(presses: Sequence[_Press], p: ToeParams) -> list[list[_Press]]:
    """Return runs of presses that change often enough between the toes."""
    runs: list[list[_Press]] = [[press] for press in presses[:1]]
    for before, press in pairwise(presses):
        if (press.start - before.end) * BLOCK_S <= p.apart_s:
            runs[-1].append(press)
        else:
            runs.append([press])
    return [run for run in runs if _changes(run) >= p.changes]


def _changes(presses: Sequence[_Press]) -> int:
    return sum(a.toe != b.toe for a, b in pairwise(presses))
