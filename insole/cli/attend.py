"""A recording as the commands attend it: found, shown while it runs, ended by Ctrl-C."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from insole.cli.keys import Typing, listening
from insole.cli.screen import Screen
from insole.cli.status import Progress, minutes, size_on_disk, status, summary
from insole.cli.talk import DATA_ERROR, said_by, say
from insole.errors import InsoleError, LinkError
from insole.recording.course import Recording
from insole.recording.stop import (
    STOPPED_EARLY,
    TERMINAL_CLOSED,
    Stop,
    stopped_by_signals,
    until_stopped,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from pathlib import Path

    import click

    from insole.cli.coaching import Coaching
    from insole.live import LiveState
    from insole.record.store import Store
    from insole.recording.course import Rules
    from insole.recording.source import Source

    Tell: TypeAlias = Callable[[str], None]
    Lead: TypeAlias = Callable[[float], list[str]]
    Find: TypeAlias = Callable[[Tell], Coroutine[Any, Any, Source]]

SHOW_EVERY_S = 0.25
"""How often the lines are written anew (our choice)."""
LOOK_WITH_COACH_S = 0.015
"""How often there is something new for a coach, s: its cues shall come in time (our choice; such a
look takes about 1 ms)."""
HINT, HINT_WITH_KEYS = "Ctrl-C ends it", "Ctrl-C ends it, m marks, n notes"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a recording went: where it is, and the error that ended it, if one did.

    ``began_ns`` is when it began, on its clock, ns.
    """

    path: Path | None
    error: InsoleError | None
    terminal_is_gone: bool
    began_ns: int

    def whole_path(self) -> Path:
        """Return where it is, or raise the error that ended it."""
        if self.error or not self.path:
            raise self.error or LinkError("recording", "was not kept; record into a file")
        return self.path


def attend(
    find: Find,
    keep: Callable[[Source], Store | None],
    rules: Rules,
    *,
    watch: Callable[[LiveState], None] | None = None,
    lead: Lead | None = None,
    follow: bool = True,
    coach: Coaching | None = None,
    stream: bool = False,
) -> Outcome:
    """Find devices, record them until the end, and show it meanwhile.

    Parameters
    ----------
    find : coroutine function
        Returns the devices; gets a function that says a sentence.
    keep : callable
        Makes the session file once they are connected; returns None to keep nothing.
    rules : Rules
        When it ends by itself.
    watch : callable, optional
        Gets what is known, again and again.
    lead : callable, optional
        Gets the time since the beginning, s, again and again; returns what shall be said.
    follow : bool
        Whether it goes slowly enough to be looked at.
    coach : Coaching, optional
        Who coaches meanwhile.
    stream : bool
        Whether what the devices measure is streamed to others.

    Raises
    ------
    InsoleError
        If nothing was recorded.
    """
    beside = _Beside(watch, lead if follow else None, coach, stream)
    return asyncio.run(_attend(find, keep, rules, beside, follow=follow))


@dataclass(frozen=True, slots=True)
class _Beside:
    """Who else looks at a recording, leads through it, or coaches."""

    watch: Callable[[LiveState], None] | None
    lead: Lead | None
    coach: Coaching | None
    stream: bool


def conclude(context: click.Context, outcome: Outcome, *, analyse: bool) -> None:
    """Print what a recording has become, and end with its exit code."""
    whole = True
    if outcome.error:
        say(str(outcome.error))
    if outcome.path and not outcome.terminal_is_gone:
        from insole.cli.showing import print_recorded  # noqa: PLC0415 - imports the analysis

        whole = print_recorded(outcome.path, analyse=analyse, excuse=not outcome.error)
    if outcome.error:
        context.exit(outcome.error.exit_code)
    context.exit(0 if whole else DATA_ERROR)


async def _attend(
    find: Find,
    keep: Callable[[Source], Store | None],
    rules: Rules,
    beside: _Beside,
    *,
    follow: bool,
) -> Outcome:
    stop, error, coach = Stop(), None, beside.coach
    draw = coach.display if coach else None
    with stopped_by_signals(stop), Screen(draw) as screen, said_by(screen.tell):
        tell = screen.tell if screen.is_terminal and follow else _nothing
        source = await until_stopped(coach.find(find, tell) if coach else find(tell), stop)
        if source is None:
            raise LinkError("recording", STOPPED_EARLY)
        recording = Recording(
            source, partial(keep, source), rules=rules, stop=stop, tell=tell, follow=follow,
            look_every_s=LOOK_WITH_COACH_S if coach else SHOW_EVERY_S, stream=beside.stream,
        )  # fmt: skip
        try:
            await _shown(recording, screen, beside)
        except InsoleError as problem:
            if not recording.path:
                raise
            error = problem
        if not recording.began:
            raise LinkError("recording", STOPPED_EARLY)
        if recording.reason:
            tell(f"ended after {minutes(recording.elapsed_s)}: {recording.reason}")
    gone = stop.reason == TERMINAL_CLOSED
    return Outcome(recording.path, error, gone, recording.began_ns)


def _nothing(_: str) -> None:
    """Say nothing."""


async def _shown(recording: Recording, screen: Screen, beside: _Beside) -> None:
    """Record, with the lines on the screen and the keys at hand."""
    typing, coach = Typing(), beside.coach

    def press(keys: str) -> None:
        if coach and typing.draft is None:
            keys = coach.press(keys)
        for text in typing.press(keys) if recording.began else ():
            time_s = recording.mark(text)
            screen.tell(
                f"{'noted' if text else 'marked'} at {minutes(time_s)}: {text}".rstrip(": ")
            )

    with listening(press) as has_keys:
        hint = HINT_WITH_KEYS if has_keys else HINT
        works = [_show(recording, screen, typing, hint, beside)]
        works.append(_lead(recording, screen, beside.lead))
        if coach:
            works.append(coach.run(recording, screen))
        tasks = [asyncio.create_task(work) for work in works]
        try:
            await recording.run()
        finally:
            for task in tasks:
                task.cancel()


async def _lead(recording: Recording, screen: Screen, lead: Lead | None) -> None:
    """Say again and again what is to be done next."""
    while lead:
        await asyncio.sleep(SHOW_EVERY_S)
        for sentence in lead(recording.elapsed_s) if recording.began else ():
            screen.tell(sentence)


async def _show(
    recording: Recording, screen: Screen, typing: Typing, hint: str, beside: _Beside
) -> None:
    """Show again and again what is known."""
    watch, coach = beside.watch, beside.coach
    while True:
        await asyncio.sleep(SHOW_EVERY_S)
        if not recording.began:
            continue
        state = recording.look()
        size_bytes = size_on_disk(recording.path) if recording.path else None
        progress = Progress(recording.elapsed_s, size_bytes, recording.behind_s(state))
        draft = None if typing.draft is None else f"note: {typing.draft}_"
        if coach:
            coach.draft = draft
        if not (coach and coach.shows):
            lines = status(state, progress, draft or hint, screen.width)
            screen.show(lines, summary(state, progress))
        if state and watch and not recording.stop.is_asked:
            try:
                watch(state)
            except BrokenPipeError:
                recording.stop.ask("nobody reads what is printed")
