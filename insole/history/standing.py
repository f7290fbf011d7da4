"""Where a person stands in the programme today: what is due, what is done, and why."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypeAlias

from insole.history.sessions import Sessions, sessions_in
from insole.history.summary import done_session
from insole.journal import began_at, read_journal
from insole.profile import load_profile
from insole.programme.adherence import Day, bouts, day_of
from insole.programme.attempt import sets_of
from insole.programme.course import LEGS, Course, walk
from insole.programme.pain import at_limit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from insole.programme.course import Turn
    from insole.programme.entry import Journal, Rating
    from insole.programme.model import DoneSession, Place, Programme, Stage, Step

    Tell: TypeAlias = Callable[[int, int], None]

_EARLIEST = datetime.min.replace(tzinfo=UTC)
CLOCK_S = 60.0
"""Clocks that are compared may differ by this without anybody being wrong, s (our choice)."""


@dataclass(frozen=True, slots=True)
class Prescribed:
    """What is due for one leg, or for both while they go together.

    Parameters
    ----------
    side : {"both", "left", "right"}
        Which leg.
    stage, step : Stage, Step
        What to do.
    rounds_today : tuple of int
        Rounds, or sets of raises, done at this step in each bout of today, as measured.
    stop : str
        Why no more of this shall be done today; "" if nothing speaks against it.
    """

    side: str
    stage: Stage
    step: Step
    rounds_today: tuple[int, ...]
    stop: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a person stands.

    Parameters
    ----------
    programme : Programme
        The one that is followed.
    course : Course
        Places and all decisions on the way there.
    prescribed : tuple of Prescribed
        What is due, for both legs or for each.
    day : Day
        Bouts and exercises of today.
    done : tuple of DoneSession
        All sessions since the programme began, in order of time.
    journal : Journal
        What was written down.
    problems : tuple of str
        A sentence for each thing that could not be taken into account.
    """

    programme: Programme
    course: Course
    prescribed: tuple[Prescribed, ...]
    day: Day
    done: tuple[DoneSession, ...]
    journal: Journal
    problems: tuple[str, ...] = ()


def standing(
    folder: Path,
    programme: Programme,
    now: datetime,
    *,
    asked: Sequence[str] | None = None,
    tell: Tell = lambda _, __: None,
) -> Standing:
    """Return where a person stands.

    Parameters
    ----------
    folder : Path
        Where sessions and journal lie.
    programme : Programme
        The one that is followed; see `insole.journal.programme_in_use`.
    now : datetime
        The present time, with its UTC offset.
    asked : sequence of str, optional
        The sides whose pain is asked for; by default those of the profile.
    tell : callable
        Gets how many of how many sessions have been read that were not known before.

    Raises
    ------
    StoreError
        If the journal cannot be read.
    """
    until = now + timedelta(seconds=CLOCK_S)
    found = sessions_in(folder, now=until, tell=tell)
    journal, problems = _believed(read_journal(folder), until)
    return stand(programme, found, journal, now, problems=problems, asked=asked)


def stand(
    programme: Programme,
    found: Sessions,
    journal: Journal,
    now: datetime,
    *,
    problems: Sequence[str] = (),
    asked: Sequence[str] | None = None,
) -> Standing:
    """Return where sessions and a journal have brought a person.

    Parameters
    ----------
    programme : Programme
        The one that is followed.
    found : Sessions
        All that was recorded.
    journal : Journal
        All that was written down.
    now : datetime
        The present time, with its UTC offset.
    problems : sequence of str
        What could not be taken into account.
    asked : sequence of str, optional
        The sides whose pain is asked for; by default those of the profile.
    """
    began = began_at(journal, programme) or _EARLIEST
    told: dict[str, list[Rating]] = {}
    for rating in journal.ratings:
        told.setdefault(rating.session, []).append(rating)
    done = tuple(
        session
        for summary in found.summaries
        if (session := done_session(summary, programme.progress, told.get(summary.id, ())))
        and session.started_at >= began
    )
    choices = [choice for choice in journal.choices if choice.at >= began]
    sides = asked if asked is not None else asked_sides()
    course = walk(programme, done, choices, start=began, asked=sides)
    today = now.date()
    due = tuple(
        _prescribed(side, place, programme, [one for one in done if one.day == today])
        for side, place in course.places.items()
    )
    day = day_of(programme, today, done, journal.ticks)
    return Standing(programme, course, due, day, done, journal, (*found.problems, *problems))


def _believed(journal: Journal, until: datetime) -> tuple[Journal, tuple[str, ...]]:
    """Return a journal without what says it was written later than now: a clock was wrong."""
    entries = tuple(entry for entry in journal.entries if entry.at <= until)
    later = len(journal.entries) - len(entries)
    problems = [f"journal: {problem}" for problem in journal.problems]
    if later:
        what = "entry says it was" if later == 1 else "entries say they were"
        problems.append(f"journal: {later} {what} written at a time to come; left out until then")
    return replace(journal, entries=entries), tuple(problems)


def _prescribed(
    side: str, place: Place, programme: Programme, today: Sequence[DoneSession]
) -> Prescribed:
    stage = programme.stage(place.stage)
    step = next(step for step in stage.steps if step.id == place.step)
    rounds = tuple(
        sum(_rounds(session, stage, step, side, programme) for session in bout)
        for bout in _bouts(today, programme)
    )
    return Prescribed(side, stage, step, rounds, _stop(side, stage, programme, today))


def _bouts(today: Sequence[DoneSession], programme: Programme) -> list[list[DoneSession]]:
    """Return the sessions with strength sets of a day, bout by bout."""
    parted: list[list[DoneSession]] = []
    for session in today:
        if not session.sets:
            continue
        last = parted[-1][-1:] if parted else []
        if last and bouts([last[0].started_at, session.started_at], programme.day) == 1:
            parted[-1].append(session)
        else:
            parted.append([session])
    return parted


def _rounds(session: DoneSession, stage: Stage, step: Step, side: str, programme: Programme) -> int:
    """Return the rounds long enough, or the sets of raises, that a session has of a step."""
    mine = sets_of(session, stage, side)
    if step.seconds is None:
        return len(mine)
    enough_s = step.seconds - programme.progress.short_by_s
    return sum(length_s >= enough_s for one in mine for length_s in one.rounds_s)


def _stop(side: str, stage: Stage, programme: Programme, today: Sequence[DoneSession]) -> str:
    """Return what pain today says against more of the same; "" if nothing."""
    for session in today:
        if not sets_of(session, stage, side):
            continue
        for foot, given in session.pain.items():
            if side in {"both", foot} and (score := at_limit(given, programme.pain)) is not None:
                return f"pain reached {score} of 10 ({foot}); no more of this today"
    return ""


def asked_sides() -> tuple[str, ...]:
    """Return the sides whose pain is asked for: the sore one, or both."""
    person = load_profile()
    sore = person.sore_side if person else None
    return (sore,) if sore in {"left", "right"} else LEGS


def decided(standing: Standing, session_id: str) -> tuple[Turn, ...]:
    """Return what was decided after one session."""
    return tuple(turn for turn in standing.course.turns if turn.session == session_id)
