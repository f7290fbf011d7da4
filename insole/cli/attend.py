"""A recording as the commands attend it: found, shown while it runs, ended by Ctrl-C."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from insole.cli.keys import Typing, listening
from insole.cli.screen import Screen
from insole.cli.status import minutes, size_on_disk, status, summary
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

    from insole.live import LiveState
    from insole.record.store import Store
    from insole.recording.course import Rules
    from insole.recording.source import Source

    Tell: TypeAlias = Callable[[str], None]
    Find: TypeAlias = Callable[[Tell], Coroutine[Any, Any, Source]]

SHOW_EVERY_S = 0.25
"""How often the lines are written anew (our choice)."""
HINT, HINT_WITH_KEYS = "Ctrl-C ends it", "Ctrl-C ends it, m marks, n notes"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a recording went: where it is, and the error that ended it, if one did."""

    path: Path | None
    error: InsoleError | None
    terminal_is_gone: bool

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
    follow: bool = True,
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
    follow : bool
        Whether it goes slowly enough to be looked at.

    Raises
    ------
    InsoleError
        If nothing was recorded.
    """
    return asyncio.run(_attend(find, keep, rules, watch, follow=follow))


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
    watch: Callable[[LiveState], None] | None,
    *,
    follow: bool,
) -> Outcome:
    stop, error = Stop(), None
    with Screen() as screen, said_by(screen.tell), stopped_by_signals(stop):
        tell = screen.tell if screen.is_terminal and follow else _nothing
        source = await until_stopped(find(tell), stop)
        if source is None:
            raise LinkError("recording", STOPPED_EARLY)
        recording = Recording(
            source, partial(keep, source), rules=rules, stop=stop, tell=tell, follow=follow
        )
        try:
            await _shown(recording, screen, watch)
        except InsoleError as problem:
            if not recording.path:
                raise
            error = problem
        if not recording.began:
            raise LinkError("recording", STOPPED_EARLY)
        if recording.reason:
            tell(f"ended after {minutes(recording.elapsed_s)}: {recording.reason}")
    return Outcome(recording.path, error, stop.reason == TERMINAL_CLOSED)


def _nothing(_: str) -> None:
    """Say nothing."""


async def _shown(
    recording: Recording, screen: Screen, watch: Callable[[LiveState], None] | None
) -> None:
    """Record, with the lines on the screen and the keys at hand."""
    typing = Typing()

    def press(keys: str) -> None:
        for text in typing.press(keys) if recording.began else ():
            time_s = recording.mark(text)
            screen.tell(
                f"{'noted' if text else 'marked'} at {minutes(time_s)}: {text}".rstrip(": ")
            )

    with listening(press) as has_keys:
        hint = HINT_WITH_KEYS if has_keys else HINT
        showing = asyncio.create_task(_show(recording, screen, typing, hint, watch))
        try:
            await recording.run()
        finally:
            showing.cancel()


async def _show(
    recording: Recording,
    screen: Screen,
    typing: Typing,
    hint: str,
    watch: Callable[[LiveState], None] | None,
) -> None:
    """Show again and again what is known."""
    while True:
        await asyncio.sleep(SHOW_EVERY_S)
        if (state := recording.look()) is None:
            continue
        size_bytes = size_on_disk(recording.path) if recording.path else None
        draft = None if typing.draft is None else f"note: {typing.draft}_"
        elapsed_s, width = recording.elapsed_s, screen.width
        lines = status(state, elapsed_s, size_bytes, draft or hint, width)
        screen.show(lines, summary(state, elapsed_s, size_bytes))
        if watch and not recording.stop.is_asked:
            try:
                watch(state)
            except BrokenPipeError:
                recording.stop.ask("nobody reads what is printed")
