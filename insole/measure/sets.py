"""Group repetitions and rounds into sets by the pauses between them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from insole import measured
from insole.measure.effort import effort
from insole.measure.model import SetRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from insole.measure.finding import HeelUpTime
    from insole.measure.kind import Exercise, Hold
    from insole.measure.model import HoldRow, RaiseRow
    from insole.measure.params import ExerciseParams
    from insole.measured import Measured


@dataclass(frozen=True, slots=True)
class ExerciseSet:
    """Holds or raises that belong together, in order of time; one of the two is empty.

    ``side`` is the foot, or feet, at work; empty as long as nothing in the set tells.
    """

    number: int
    side: str
    holds: tuple[Hold, ...] = ()
    raises: tuple[HeelUpTime, ...] = ()

    @property
    def times(self) -> tuple[HeelUpTime, ...]:
        """All heel-ups of the set."""
        return self.raises or tuple(piece for hold in self.holds for piece in hold.pieces)

    @property
    def exercise(self) -> Exercise:
        """Which exercise it was."""
        return "isometric_hold" if self.holds else "eccentric_raise"


@dataclass(frozen=True, slots=True)
class _Item:
    """A hold or a raise on its way into a set; bounds in samples."""

    start: int
    end: int
    side: str
    hold: Hold | None
    last: HeelUpTime


def group(
    holds: Sequence[Hold],
    raises: Sequence[HeelUpTime],
    raise_sides: Sequence[str],
    *,
    rate_hz: float,
    params: ExerciseParams,
) -> list[ExerciseSet]:
    """Return the sets of a session, numbered from 1 in order of time.

    Parameters
    ----------
    holds, raises : sequence
        What was found, each in order of time, in samples.
    raise_sides : sequence of str
        The side of each raise; of one that goes up on both feet and down on one, the foot that
        lowers. Empty if it is unclear: such a raise goes with those around it.
    rate_hz : float
        Rate, Hz.
    params : ExerciseParams
        Longest pause inside a set, s.

    Notes
    -----
    A set ends when the other exercise begins, when the working side changes, or after a pause of
    `raise_pause_s` (`hold_pause_s` for holds).
    """
    items = [_hold_item(hold) for hold in holds]
    items += [
        _Item(time.pair.start, time.pair.end, side, None, time)
        for time, side in zip(raises, raise_sides, strict=True)
    ]
    sets: list[ExerciseSet] = []
    last_end = 0
    for item in sorted(items, key=lambda item: item.start):
        longest_s = params.hold_pause_s if item.hold else params.raise_pause_s
        if not sets or item.start - last_end > longest_s * rate_hz or not _fits(sets[-1], item):
            sets.append(ExerciseSet(len(sets) + 1, ""))
        sets[-1] = _with(sets[-1], item)
        last_end = item.end
    return sets


def set_row(
    one: ExerciseSet,
    before: ExerciseSet | None,
    holds: Sequence[HoldRow],
    raises: Sequence[RaiseRow],
    rate_hz: float,
) -> SetRow:
    """Return the row of one set.

    Parameters
    ----------
    one, before : ExerciseSet
        This set and the one before it, in samples; what was before the first set nobody recorded.
    holds, raises : sequence of rows
        The rows of this set.
    rate_hz : float
        Rate, Hz.
    """
    start, end = one.times[0].pair.start, one.times[-1].pair.end
    sides = {row.side for row in holds} | {row.side for row in raises}
    return SetRow(
        set=one.number,
        exercise=one.exercise,
        side=sides.pop() if len(sides) == 1 else one.side or one.times[0].pair.side,
        variant=_variant(holds, raises),
        start_s=start / rate_hz,
        end_s=end / rate_hz,
        rounds=len(holds) if holds else None,
        reps=sum(row.counted for row in raises) if raises else None,
        target=None,
        met=None,
        heel_up_s=_heel_up(holds, raises),
        rest_before_s=_rest(start, before, rate_hz),
        **effort(raises),
        reasons=(),
    )


def _hold_item(hold: Hold) -> _Item:
    first, last = hold.pieces[0], hold.pieces[-1]
    return _Item(first.pair.start, last.pair.end, first.pair.side, hold, last)


def _fits(one: ExerciseSet, item: _Item) -> bool:
    same_exercise = bool(one.holds) == (item.hold is not None)
    return same_exercise and (one.side == item.side or not one.side or not item.side)


def _with(one: ExerciseSet, item: _Item) -> ExerciseSet:
    side = one.side or item.side
    if item.hold:
        return replace(one, side=side, holds=(*one.holds, item.hold))
    return replace(one, side=side, raises=(*one.raises, item.last))


def _variant(holds: Sequence[HoldRow], raises: Sequence[RaiseRow]) -> str:
    """Return the variant that all clear repetitions have in common, or ``unclear``."""
    if holds:
        return "double" if holds[0].side == "both" else f"single_{holds[0].side}"
    clear = {row.variant for row in raises} - {"unclear"}
    return clear.pop() if len(clear) == 1 else "unclear"


def _heel_up(holds: Sequence[HoldRow], raises: Sequence[RaiseRow]) -> Measured:
    """Return the summed heel-up time, as sure as the least sure of its parts."""
    parts = [row.heel_up_s for row in holds] + [row.heel_up_s for row in raises]
    reasons = dict.fromkeys(word for part in parts for word in part.reasons)
    total_s = sum(part.value or 0.0 for part in parts)
    return measured.of(total_s, "s", "sum_of_heel_up", *reasons)


def _rest(start: int, before: ExerciseSet | None, rate_hz: float) -> Measured:
    if before is None:
        return measured.not_observable("s", "pause_before_set", "ask")
    return measured.ok((start - before.times[-1].pair.end) / rate_hz, "s", "pause_before_set")
