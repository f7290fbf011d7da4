"""What is remembered of a session: few enough figures for thousands of sessions at once."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any, get_args

from insole.programme.model import DoneExtra, DoneSession, JudgedOn, Ratings, When
from insole.programme.pain import PainMark, ratings
from insole.programme.sets import SetFacts, judged

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from insole.measure.model import RockRow
    from insole.programme.entry import Rating
    from insole.programme.model import ProgressLimits
    from insole.report.model import SessionReport

_JUDGED_ON, _WHEN = frozenset(get_args(JudgedOn)), frozenset(get_args(When))
ROCKING_PAUSE_S = 30.0
"""A longer pause parts one set of rocking from the next (our choice)."""
ROCKING_REPS = 3
"""Fewer rocks in a row are no set (our choice: one over each toe)."""


@dataclass(frozen=True, slots=True)
class Summary:
    """One session in short.

    Parameters
    ----------
    id : str
        Of the session.
    started_at : datetime or None
        When it began, with its UTC offset; None if the file does not say.
    sets : tuple of SetFacts
        What was measured of the strength part.
    extras : tuple of DoneExtra
        Sets, as measured, of the exercises beside it.
    pain : tuple of PainMark
        Ratings that stand in the file, in order.
    duration_s : float
        How long it took, s.
    damage : str
        What of the file is not whole; "" if all is.
    """

    id: str
    started_at: datetime | None
    sets: tuple[SetFacts, ...] = ()
    extras: tuple[DoneExtra, ...] = ()
    pain: tuple[PainMark, ...] = ()
    duration_s: float = 0.0
    damage: str = ""


def extras_of(report: SessionReport) -> tuple[DoneExtra, ...]:
    """Return the sets of a report that are beside the strength part."""
    yoga = [DoneExtra("toe_yoga", row.side) for row in report.toe_yoga]
    sides = sorted({row.side for row in report.rocking})
    rocks = [
        DoneExtra("ankle_rocking", side)
        for side in sides
        for _ in range(_rocking_sets([row for row in report.rocking if row.side == side]))
    ]
    return (*yoga, *rocks)


def _rocking_sets(rows: Sequence[RockRow]) -> int:
    counted = sorted((row for row in rows if row.counted), key=lambda row: row.start_s)
    breaks = [
        index
        for index, (last, now) in enumerate(pairwise(counted), start=1)
        if now.start_s - last.end_s > ROCKING_PAUSE_S
    ]
    edges = [0, *breaks, len(counted)]
    return sum(end - start >= ROCKING_REPS for start, end in pairwise(edges))


def done_session(
    summary: Summary, limits: ProgressLimits, told: Iterable[Rating] = ()
) -> DoneSession | None:
    """Return a session as the programme's rules see it; None if nobody knows when it was.

    Parameters
    ----------
    summary : Summary
        The session.
    limits : ProgressLimits
        Of the programme, s and repetitions.
    told : iterable of Rating
        What was said of its pain afterwards, in order of time.
    """
    if summary.started_at is None:
        return None
    return DoneSession(
        summary.id,
        summary.started_at,
        summary.started_at.date(),
        tuple(judged(one, limits) for one in summary.sets),
        all_ratings(summary, told),
        summary.extras,
        summary.duration_s,
    )


def all_ratings(summary: Summary, told: Iterable[Rating]) -> dict[str, Ratings]:
    """Return the ratings of each foot: those in the file, then those told afterwards.

    Parameters
    ----------
    summary : Summary
        The session.
    told : iterable of Rating
        What was said of its pain afterwards, in order of time.
    """
    later = [PainMark(one.when, one.side, one.score) for one in told if one.score is not None]
    return ratings([*summary.pain, *later])


# ------------------------------------------------------------------------ as JSON and back


def to_plain(summary: Summary) -> dict[str, Any]:
    """Return a summary as plain JSON values."""
    return {
        "id": summary.id,
        "started_at": summary.started_at and summary.started_at.isoformat(),
        "sets": [astuple(one) for one in summary.sets],
        "extras": [astuple(one) for one in summary.extras],
        "pain": [astuple(one) for one in summary.pain],
        "duration_s": summary.duration_s,
        "damage": summary.damage,
    }


def from_plain(plain: Mapping[str, Any]) -> Summary:
    """Return what `to_plain` wrote.

    Raises
    ------
    ValueError, KeyError, TypeError
        If it is something else.
    """
    at = plain["started_at"]
    return Summary(
        str(plain["id"]),
        None if at is None else datetime.fromisoformat(at),
        tuple(map(_facts, plain["sets"])),
        tuple(DoneExtra(*one) for one in plain["extras"]),
        tuple(map(_mark, plain["pain"])),
        float(plain["duration_s"]),
        str(plain["damage"]),
    )


def _facts(plain: Sequence[Any]) -> SetFacts:
    number, exercise, variant, side, held, reps, lowered, height_mm, left_share = plain
    timed = [tuple((float(s), _known(by)) for s, by in each) for each in (held, lowered)]
    return SetFacts(
        int(number), exercise, variant, side, timed[0], int(reps), timed[1], height_mm, left_share
    )


def _known(how: Any) -> JudgedOn:
    if how not in _JUDGED_ON:
        raise ValueError("judged on nothing known")
    return how  # type: ignore[no-any-return]  # just checked


def _mark(plain: Sequence[Any]) -> PainMark:
    when, side, score = plain
    if when not in _WHEN:
        raise ValueError("no rating")
    return PainMark(when, str(side), int(score))
