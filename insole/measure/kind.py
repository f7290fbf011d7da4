"""Hold or raise: what each heel-up was, and which pieces of a hold a short touch split."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

    from insole.measure.finding import HeelUpTime
    from insole.measure.params import ExerciseParams

Exercise: TypeAlias = Literal["isometric_hold", "eccentric_raise"]
EXERCISES: tuple[Exercise, ...] = ("isometric_hold", "eccentric_raise")


@dataclass(frozen=True, slots=True)
class Hold:
    """One hold: one heel-up, or several with short touches between them."""

    pieces: tuple[HeelUpTime, ...]
    guessed: bool
    """True if only its length says that it was a hold."""


def sort_kinds(
    times: Sequence[HeelUpTime], exercise: Exercise | None, rate_hz: float, params: ExerciseParams
) -> tuple[list[Hold], list[HeelUpTime]]:
    """Return the holds and the raises among the heel-ups; no heel-up is both.

    Parameters
    ----------
    times : sequence of HeelUpTime
        In order of time.
    exercise : {"isometric_hold", "eccentric_raise"} or None
        What was done, if somebody said so; it decides.
    rate_hz : float
        Rate of the ForceTable, Hz.
    params : ExerciseParams
        Thresholds.

    Notes
    -----
    A person who loses the top for a moment counts on: what follows or precedes a hold after a touch
    of less than `touch_s` belongs to it, even if it is too short to be a hold by itself, as long as
    it too was spent at the top. A slow raise right behind a hold stays a raise, and two pieces of
    which neither is a hold stay raises. Without an inertial sensor, long pieces make a hold if they
    together last as long as one.
    """
    touching = [_is_touch(before, after, rate_hz, params) for before, after in pairwise(times)]
    held = [_is_hold(time, exercise, rate_hz, params) for time in times]
    if exercise is None:
        held = _with_long_pieces(times, held, touching, rate_hz, params)
    held = _with_fragments(times, held, touching, params)
    raises = [time for time, hold in zip(times, held, strict=True) if not hold]
    holds: list[Hold] = []
    for k, (time, hold) in enumerate(zip(times, held, strict=True)):
        if not hold:
            continue
        guessed = exercise is None and time.phases is None
        if k > 0 and held[k - 1] and touching[k - 1]:
            holds[-1] = Hold((*holds[-1].pieces, time), holds[-1].guessed or guessed)
        else:
            holds.append(Hold((time,), guessed))
    return holds, raises


def _is_hold(
    time: HeelUpTime, exercise: Exercise | None, rate_hz: float, p: ExerciseParams
) -> bool:
    if exercise is not None:
        return exercise == "isometric_hold"
    if time.phases is None:
        return (time.pair.end - time.pair.start) / rate_hz >= p.hold_without_imu_s
    top_s = (time.phases.onset - time.phases.top) / rate_hz
    return top_s >= p.hold_top_s and _is_mostly_top(time, p)


def _with_long_pieces(
    times: Sequence[HeelUpTime],
    held: Sequence[bool],
    touching: Sequence[bool],
    rate_hz: float,
    p: ExerciseParams,
) -> list[bool]:
    """Add unseen tops whose pieces, each too long for a usual raise, together make a hold."""
    joined = list(held)
    up_s = [(time.pair.end - time.pair.start) / rate_hz for time in times]
    for k, touch in enumerate(touching):
        unseen = times[k].phases is None and times[k + 1].phases is None
        long = min(up_s[k : k + 2]) >= p.piece_without_imu_s
        if touch and unseen and long and sum(up_s[k : k + 2]) >= p.hold_without_imu_s:
            joined[k] = joined[k + 1] = True
    return joined


def _is_mostly_top(time: HeelUpTime, p: ExerciseParams) -> bool:
    """Tell a heel-up that was held from one that was raised and lowered, however short.

    Without an inertial sensor nothing speaks against it.
    """
    if time.phases is None:
        return True
    heel_up = time.pair.end - time.pair.start
    return time.phases.onset - time.phases.top >= p.hold_top_fraction * heel_up


def _with_fragments(
    times: Sequence[HeelUpTime], held: list[bool], touching: list[bool], p: ExerciseParams
) -> list[bool]:
    """Add what a touch broke off a hold: too short to be a hold by itself, but held."""
    joined = list(held)
    last = len(times) - 1
    for k in (*range(1, last + 1), *range(last - 1, -1, -1)):
        before = k > 0 and joined[k - 1] and touching[k - 1]
        after = k < last and joined[k + 1] and touching[k]
        joined[k] = joined[k] or ((before or after) and _is_mostly_top(times[k], p))
    return joined


def _is_touch(before: HeelUpTime, after: HeelUpTime, rate_hz: float, p: ExerciseParams) -> bool:
    same = before.pair.side == after.pair.side
    return same and after.pair.start - before.pair.end < p.touch_s * rate_hz
