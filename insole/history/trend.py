"""How things went over time: one row for each session, exercise and foot, and the way they take."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from statistics import fmean
from typing import TYPE_CHECKING

from insole.history.summary import all_ratings
from insole.programme.model import Ratings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from insole.history.summary import Summary
    from insole.programme.entry import Rating
    from insole.programme.sets import SetFacts, Timed


@dataclass(frozen=True, slots=True)
class TrendRow:
    """One exercise of one session, on one foot or both.

    Parameters
    ----------
    started_at : datetime
        Of the session, with its UTC offset.
    session : str
        Its id.
    exercise, variant, side : str
        What was done, on which foot.
    sets, rounds : int
        How many sets; rounds of holds in all of them.
    reps : int or None
        Most repetitions that counted in one set; None for holds.
    hold_s, lowering_s : float or None
        Mean length of a hold, and of a lowering, s.
    height_mm : float or None
        Mean heel height, mm.
    left_share : float or None
        Mean share of the left foot while the heels were up, 0 to 1.
    left, right : Ratings
        Pain of each foot in this session, 0 to 10.
    """

    started_at: datetime
    session: str
    exercise: str
    variant: str
    side: str
    sets: int
    rounds: int
    reps: int | None
    hold_s: float | None
    lowering_s: float | None
    height_mm: float | None
    left_share: float | None
    left: Ratings = field(default_factory=Ratings)
    right: Ratings = field(default_factory=Ratings)

    @property
    def worst(self) -> int | None:
        """The highest pain that was told of the feet that worked; None if none was told."""
        feet = {"left": (self.left,), "right": (self.right,)}.get(
            self.side, (self.left, self.right)
        )
        told = [given.worst for given in feet if given.worst is not None]
        return max(told, default=None)


NO_ROW = TrendRow(
    datetime.min.replace(tzinfo=UTC), "", "", "", "", 0, 0, None, None, None, None, None
)
"""A row of nothing, for the names of its columns."""


def pain_of(
    summaries: Iterable[Summary], told: Iterable[Rating]
) -> dict[str, Mapping[str, Ratings]]:
    """Return the ratings of each foot in each session, by its id.

    Parameters
    ----------
    summaries : iterable of Summary
        The sessions, with the ratings that stand in their files.
    told : iterable of Rating
        Those that were told afterwards, in order of time.
    """
    later: dict[str, list[Rating]] = {}
    for one in told:
        later.setdefault(one.session, []).append(one)
    return {each.id: all_ratings(each, later.get(each.id, ())) for each in summaries}


def trend(
    summaries: Iterable[Summary],
    pain: Mapping[str, Mapping[str, Ratings]],
    *,
    since: datetime | None = None,
    side: str = "",
    exercise: str = "",
) -> tuple[TrendRow, ...]:
    """Return how things went over time.

    Parameters
    ----------
    summaries : iterable of Summary
        Sessions in order of time.
    pain : mapping
        From `pain_of`.
    since : datetime, optional
        Leave out what began earlier.
    side : {"", "left", "right", "both"}
        Only what this foot did; "both" for what both did together, "" for all.
    exercise : str
        Only this one; "" for all.
    """
    rows = []
    for summary in summaries:
        at = summary.started_at
        if at is None or (since is not None and at < since):
            continue
        given = pain.get(summary.id, {})
        for sets in _alike(summary.sets):
            first = sets[0]
            wanted = side in {"", first.side} or (first.side == "both" and side != "")
            if wanted and exercise in {"", first.exercise}:
                rows.append(_row(at, summary.id, sets, given))
    return tuple(rows)


def _alike(sets: Sequence[SetFacts]) -> list[list[SetFacts]]:
    """Return sets in groups of one exercise, variant and side."""
    groups: dict[tuple[str, str, str], list[SetFacts]] = {}
    for one in sets:
        groups.setdefault((one.exercise, one.variant, one.side), []).append(one)
    return list(groups.values())


def _row(
    at: datetime, session: str, sets: Sequence[SetFacts], given: Mapping[str, Ratings]
) -> TrendRow:
    first = sets[0]
    holds = first.exercise == "isometric_hold"
    held = [timed for one in sets for timed in one.held]
    lowered = [timed for one in sets for timed in one.lowered]
    return TrendRow(
        at,
        session,
        first.exercise,
        first.variant,
        first.side,
        sets=len(sets),
        rounds=len(held),
        reps=None if holds else max(one.reps for one in sets),
        hold_s=_mean_s(held),
        lowering_s=_mean_s(lowered),
        height_mm=_mean([one.height_mm for one in sets]),
        left_share=_mean([one.left_share for one in sets]),
        left=given.get("left", Ratings()),
        right=given.get("right", Ratings()),
    )


def _mean_s(timed: Sequence[Timed]) -> float | None:
    return _mean([seconds for seconds, _ in timed])


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return round(fmean(known), 4) if known else None
