"""The programme and the journal for the commands: what is in use, and what is asked."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click

from insole.cli.talk import say
from insole.errors import InsoleError
from insole.record.folder import sessions_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from insole.history.standing import Standing
    from insole.programme.entry import Journal, Rating
    from insole.programme.model import DoneSession, Programme, When

REMEMBERED_H = 36.0
"""How long after a session its pain can still be told, h: into the next day (our choice)."""


def present() -> datetime:
    """Return the present time, with the UTC offset of this place."""
    return datetime.now().astimezone()


def in_use(folder: Path | None) -> Programme | None:
    """Return the programme that is followed; None if there is none."""
    from insole.journal import programme_in_use  # noqa: PLC0415 - only where it is needed

    return programme_in_use(sessions_folder(folder))


def required(folder: Path | None) -> Programme:
    """Return the programme that is followed, or say how to take one up."""
    programme = in_use(folder)
    if programme is None:
        problem = "no programme is followed; `insole programme use heel_pain` takes up the shipped"
        raise click.UsageError(f"{problem} one")
    return programme


def stands(folder: Path | None, programme: Programme) -> Standing:
    """Return where the person stands; what cannot be used is said on standard error."""
    from insole.cli.progress import bar  # noqa: PLC0415 - only where it is needed
    from insole.history.standing import standing  # noqa: PLC0415 - likewise

    with bar("reading sessions") as tell:
        found = standing(sessions_folder(folder), programme, present(), tell=tell)
    for problem in found.problems:
        say(problem)
    return found


def offer(folder: Path | None) -> None:
    """Ask once whether the shipped programme shall be followed; Enter is yes.

    Nothing is asked where nobody sits at a terminal, a programme is in use, or this was answered.
    """
    if _somebody_is_there():
        with _at_no_cost("the programme"):
            _offer(folder)


def _offer(folder: Path | None) -> None:
    if in_use(folder) is not None:
        return
    from insole.journal import read_journal, write_down  # noqa: PLC0415 - only where it is asked
    from insole.programme.entry import Use  # noqa: PLC0415 - likewise
    from insole.programme.load import load_programme  # noqa: PLC0415 - likewise

    place = sessions_folder(folder)
    if read_journal(place).uses:
        return
    title = load_programme().title
    say(f"there is a programme that tells what to do next: {title}")
    if click.confirm("Follow it?", default=True, err=True):
        take_up(place, None)
        say("it is followed from now on; `insole today` says what is due")
    else:
        write_down(place, Use(present(), "", ""))
        say("`insole programme use heel_pain` takes it up at any time")


def take_up(place: Path, file: Path | None) -> Programme:
    """Follow the programme in a file, or the shipped one, in a sessions folder."""
    from insole.journal import use_programme  # noqa: PLC0415 - only where it is asked for
    from insole.programme.load import read_text  # noqa: PLC0415 - likewise

    return use_programme(place, read_text(file), present())


def ask_missing(folder: Path | None) -> None:
    """Ask for the pain that was not told yet; Enter leaves it unrecorded, and is not asked again.

    That is the pain of this morning's first steps, once a day, and that some minutes after the last
    session. Nothing is asked where nobody sits at a terminal, or no programme is followed.
    """
    if _somebody_is_there():
        with _at_no_cost("what you did not say"):
            _ask_missing(folder)


@contextmanager
def _at_no_cost(what: str) -> Iterator[None]:
    """Let what cannot be read or written cost no more than a sentence."""
    try:
        yield
    except InsoleError as problem:
        say(f"{what} is left out: {problem}")


def _ask_missing(folder: Path | None) -> None:
    programme = in_use(folder)
    if programme is None:
        return
    from insole.history.standing import asked_sides  # noqa: PLC0415 - only where it is asked

    now, found = present(), stands(folder, programme)
    sides = asked_sides()
    last = last_session(found.done, now)
    if last is not None and _is_over(last, now, programme):
        lacking = [
            side
            for side in sides
            if (last.pain.get(side) is None or last.pain[side].later is None)
            and not _was_asked(found.journal, "later", side, last.id)
        ]
        if lacking:
            say(f"after the session of {moment(last.started_at, now)} you did not say how much it")
            say("hurt some minutes later; 0 is no pain, 10 the worst, Enter leaves it unrecorded")
        _ask(folder, "later", lacking, last.id, now)
    lacking = [side for side in sides if not _was_told_today(found.journal, side, now)]
    if any(session.day < now.date() for session in found.done):
        before = evening_before(found.done, now)
        _ask(folder, "next_morning", lacking, before.id if before else "", now)


def last_session(done: Sequence[DoneSession], now: datetime) -> DoneSession | None:
    """Return the last session, if its pain can still be told."""
    recent = [one for one in done if one.started_at >= now - timedelta(hours=REMEMBERED_H)]
    return recent[-1] if recent else None


def evening_before(done: Sequence[DoneSession], now: datetime) -> DoneSession | None:
    """Return the last session of yesterday, which this morning's first steps tell of."""
    yesterday = now.date() - timedelta(days=1)
    return next((one for one in reversed(done) if one.day == yesterday), None)


def moment(at: datetime, now: datetime) -> str:
    """Return a time as short as it is clear."""
    return f"{at:%H:%M}" if at.date() == now.date() else f"{at:%Y-%m-%d %H:%M}"


def _somebody_is_there() -> bool:
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))


def _is_over(session: DoneSession, now: datetime, programme: Programme) -> bool:
    """Tell whether the minutes in which pain has to settle have passed."""
    wait = timedelta(seconds=session.duration_s, minutes=programme.pain.settles_within_min)
    return bool(session.sets) and now >= session.started_at + wait


def _was_asked(journal: Journal, when: When, side: str, session: str) -> bool:
    return any(_is_of(one, when, side) and one.session == session for one in journal.ratings)


def _was_told_today(journal: Journal, side: str, now: datetime) -> bool:
    return any(
        _is_of(one, "next_morning", side) and one.at.date() == now.date() for one in journal.ratings
    )


def _is_of(rating: Rating, when: When, side: str) -> bool:
    return rating.when == when and rating.side in {side, "both"}


_QUESTIONS = {
    "later": "pain some minutes after it, {side} foot, 0 to 10",
    "next_morning": "pain with your first steps this morning, {side} foot, 0 to 10",
}


def _ask(
    folder: Path | None, when: When, sides: Sequence[str], session: str, now: datetime
) -> None:
    from insole.journal import write_down  # noqa: PLC0415 - only where it is asked
    from insole.programme.entry import Rating  # noqa: PLC0415 - likewise

    for side in sides:
        score = _score(_QUESTIONS[when].format(side=side))
        write_down(sessions_folder(folder), Rating(now, when, side, score, session))


def _score(question: str, ask: Callable[..., str] = click.prompt) -> int | None:
    """Return a rating that was typed; None for Enter alone."""
    while True:
        typed = ask(question, default="", show_default=False, err=True).strip()
        if not typed:
            return None
        if typed.isascii() and typed.isdigit() and int(typed) <= 10:
            return int(typed)
        say("a whole number from 0 to 10, or Enter alone")
