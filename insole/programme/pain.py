"""Pain ratings: read from marks, compared with the limits; a missing answer stays missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast, get_args

from insole.programme.model import PAIN_SCALE, PainLimits, Ratings, When

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


@dataclass(frozen=True, slots=True)
class PainMark:
    """One answer: when it was asked for, of which side, 0 to 10."""

    when: When
    side: str
    score: int


def pain_mark(stored: Mapping[str, Any]) -> PainMark | None:
    """Return the answer that a mark holds; None if it holds none that can be used.

    Parameters
    ----------
    stored : mapping
        The mark's JSON object.
    """
    when, side, score = (stored.get(name) for name in ("when", "side", "score"))
    if when not in get_args(When) or side not in {"left", "right", "both"}:
        return None
    if not isinstance(score, int) or isinstance(score, bool):
        return None
    low, high = PAIN_SCALE
    return PainMark(cast("When", when), side, score) if low <= score <= high else None


def ratings(marks: Iterable[PainMark]) -> dict[str, Ratings]:
    """Return the ratings of each side; an answer for both feet counts for each.

    Of several answers the latest counts, of ``worst`` the highest: it is asked after each set.

    Parameters
    ----------
    marks : iterable of PainMark
        In order of time.
    """
    sides: dict[str, dict[str, int]] = {"left": {}, "right": {}}
    for mark in marks:
        for side in ("left", "right") if mark.side == "both" else (mark.side,):
            highest = sides[side].get("worst", 0) if mark.when == "worst" else 0
            sides[side][mark.when] = max(mark.score, highest)
    return {side: Ratings(**given) for side, given in sides.items() if given}


def missing(given: Ratings) -> tuple[str, ...]:
    """Return which of the ratings that the rules need were not given."""
    return tuple(when for when in ("before", "worst", "later") if getattr(given, when) is None)


def over_limit(given: Ratings, limits: PainLimits) -> str:
    """Return how a session's pain broke the rule; "" if it did not, as far as was said.

    Parameters
    ----------
    given : Ratings
        Of one side, 0 to 10.
    limits : PainLimits
        Of the programme.
    """
    for when in ("worst", "after", "later"):
        score = getattr(given, when)
        if score is not None and score >= limits.limit:
            return f"pain {_WORDS[when]} {score} of 10; it must stay below {limits.limit}"
    if given.later is not None and given.before is not None and given.later > given.before:
        return (
            f"pain {given.later} of 10 {limits.settles_within_min:g} min later, "
            f"{given.before} before; it must settle"
        )
    return ""


def at_limit(given: Ratings, limits: PainLimits) -> int | None:
    """Return the highest rating during or after a session that reached the limit; None if none did.

    Parameters
    ----------
    given : Ratings
        Of one side, 0 to 10.
    limits : PainLimits
        Of the programme.
    """
    scores = [score for score in (given.worst, given.after, given.later) if score is not None]
    return max(scores) if scores and max(scores) >= limits.limit else None


def increased(now: Ratings, last: Ratings) -> str:
    """Return how pain grew since the last session at this step; "" if it did not.

    Parameters
    ----------
    now, last : Ratings
        Of one side, 0 to 10. What was not said in one of them compares with nothing.
    """
    for when in ("worst", "later"):
        new, old = getattr(now, when), getattr(last, when)
        if new is not None and old is not None and new > old:
            return f"pain {_WORDS[when]} {new} of 10, {old} the last time"
    return ""


def cautions(given: Sequence[Ratings], limits: PainLimits) -> bool:
    """Return whether some pain was in the band that asks for care, below the limit.

    Parameters
    ----------
    given : sequence of Ratings
        Of the sides that worked, 0 to 10.
    limits : PainLimits
        Of the programme.
    """
    worst = [r.worst for r in given if r.worst is not None]
    return bool(worst) and limits.caution <= max(worst) < limits.limit


_WORDS = {"worst": "at worst", "after": "right after", "later": "some minutes later"}
