"""Which foot carries load, and when both feet (or the one that stands) have their heels up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from insole.filter import rank
from insole.filter.stretch import joined

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]
    Bools: TypeAlias = NDArray[np.bool_]
    Spans: TypeAlias = Sequence[tuple[float, float]]

Side: TypeAlias = Literal["left", "right", "both"]


@dataclass(frozen=True, slots=True)
class PairParams:
    """When heel-ups of the two feet make one exercise.

    References
    ----------
    15 % share to vote, half of the standing total, 0.5 s of standing before or some length: the
    project's measurement notes, pair rule and leans (walking and turning keep both heels up for
    at most 0.69 s). That length is 1.0 s, since restless simulated people keep them up for 0.9 s.
    Shortest heel-up 0.6 s: ibid., repetition. A foot whose heel stays down while it helps with less
    than 22 % has no veto: ibid., from there on both feet work. Flicker of 0.2 s, of which a heel
    that is down for more than 0.05 s is none, but a touch: our choice.
    """

    vote_share: float = 0.15
    help_share: float = 0.22
    standing_share: float = 0.5
    min_up_s: float = 0.6
    flat_before_s: float = 0.5
    min_up_walking_s: float = 1.0
    bridge_s: float = 0.2
    touch_s: float = 0.05
    standing_n: float = 100.0
    """Least load of quiet standing, N: below it nobody stands on the sensors (our choice)."""
    both_fraction: float = 0.5
    """Share of the time that a foot must carry load, its heel up, to count as working."""


@dataclass(frozen=True, slots=True)
class PairUp:
    """All standing heels were up from ``start`` to ``end`` (samples, half-open)."""

    start: int
    end: int
    side: Side
    flat_s: float
    """How long the person had stood flat and quiet before, s."""


def find_pair_ups(
    totals: Mapping[str, Floats],
    ups: Mapping[str, Spans],
    *,
    flat_s: Mapping[str, Sequence[float]],
    standing: float,
    rate_hz: float,
    params: PairParams,
) -> list[PairUp]:
    """Return the stretches in which every foot that carries load has its heel up.

    Parameters
    ----------
    totals : mapping of side to (n,) array
        Total load of each foot in one unit of force, NaN-free.
    ups : mapping of side to sequence of (start, end)
        Refined heel-ups of each foot in samples.
    flat_s : mapping of side to sequence of float
        For each of `ups`, how long that foot stood flat before, s.
    standing : float
        Load of both feet in quiet standing, same unit.
    rate_hz : float
        Rate, Hz.
    params : PairParams
        Thresholds.

    Notes
    -----
    A foot with less than `vote_share` of the load has no say: in a single-leg raise the other
    foot hangs in the air, heel "up".
    """
    up = {side: _mask(spans, len(totals[side])) for side, spans in ups.items()}
    whole = np.sum(list(totals.values()), axis=0)
    votes = {side: total >= params.vote_share * whole for side, total in totals.items()}
    veto = {side: votes[side] & ~_helping(side, up, totals, whole, params) for side in totals}
    agree = np.all([up[side] | ~veto[side] for side in totals], axis=0)
    all_up = agree & (whole > params.standing_share * standing)
    works = {side: votes[side] & up[side] for side in totals}
    edges = {side: np.array(ups[side], dtype=np.float64).reshape(-1, 2) for side in ups}
    found = []
    bridge, touch = round(params.bridge_s * rate_hz), round(params.touch_s * rate_hz)
    touched = _touched(up, veto, bridge, touch)
    for start, end in joined(all_up, bridge, never=touched):
        working = [side for side in totals if works[side][start:end].mean() >= params.both_fraction]
        before = max(
            (_flat_at(edges[side], flat_s[side], start, end) for side in working), default=0.0
        )
        if working and _is_exercise((end - start) / rate_hz, before, params):
            side: Side = "both" if len(working) > 1 else _one(working[0])
            found.append(PairUp(start, end, side, before))
    return found


def _helping(
    side: str,
    up: Mapping[str, Bools],
    totals: Mapping[str, Floats],
    whole: Floats,
    p: PairParams,
) -> Bools:
    """Tell where a foot with its heel down only helps the other, whose heel is up.

    Its toes bear a load that wavers about the least that has a say; what it bears all the while
    decides.
    """
    helping = np.zeros(len(whole), dtype=np.bool_)
    others = [up[other] for other in totals if other != side]
    if not others:
        return helping
    for start, end in joined(~up[side] & np.any(others, axis=0), 0):
        load = rank.median(totals[side][start:end])
        helping[start:end] = load < p.help_share * rank.median(whole[start:end])
    return helping


def _touched(
    up: Mapping[str, Bools], votes: Mapping[str, Bools], around: int, shortest: int
) -> Bools:
    """Tell where a heel is down for long enough while its foot carries load, before and after.

    A foot whose load comes and goes about the least that has a say flickers; one that carries
    load all along and whose heel bears some in between has touched the floor.
    """
    touched = np.zeros(len(next(iter(up.values()))), dtype=np.bool_)
    for side, heel_up in up.items():
        for start, end in joined(~heel_up, 0):
            carries = votes[side][max(0, start - around) : end + around].all()
            if carries and end - start > shortest:
                touched[start:end] = True
    return touched


def _one(side: str) -> Side:
    """Return the side of a single device at work; one under both feet is both."""
    if side == "left":
        return "left"
    return "right" if side == "right" else "both"


def _is_exercise(length_s: float, flat_s: float, p: PairParams) -> bool:
    """Tell an exercise from a step: long enough by itself, or short but out of quiet standing."""
    stood = flat_s >= p.flat_before_s
    return length_s >= (p.min_up_s if stood else p.min_up_walking_s)


def _flat_at(edges: Floats, flat_s: Sequence[float], start: int, end: int) -> float:
    """Return the flat time before the heel-up that overlaps most with start…end, s."""
    overlap = np.minimum(edges[:, 1], end) - np.maximum(edges[:, 0], start)
    most = int(np.argmax(overlap)) if len(overlap) else -1
    return flat_s[most] if most >= 0 and overlap[most] > 0 else 0.0


def _mask(spans: Spans, n: int) -> Bools:
    mask = np.zeros(n, dtype=np.bool_)
    for start, end in spans:
        mask[max(0, round(start)) : max(0, round(end))] = True
    return mask
