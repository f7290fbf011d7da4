"""The coach beside a recording: looks, shows, sounds and marks; never a danger to what it watches.

Whatever fails in it is said once; the recording goes on with its ordinary lines.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from contextlib import suppress
from dataclasses import replace
from functools import partial
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any

from insole.cli.keys import NOTE
from insole.cli.status import Line, minutes
from insole.coach import engine
from insole.coach.model import Rig
from insole.coach.plan import plan_of
from insole.coach.sound import Sound
from insole.coach.terminal import full_terminal, lines, sentence
from insole.coach.view import view_of

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from insole.cli.screen import Display, Screen
    from insole.coach.model import Cue, Plan, State
    from insole.coach.view import View
    from insole.live import LiveState
    from insole.recording.course import Recording
    from insole.recording.source import Source

LOOK_EVERY_S = 0.01
"""How often the coach looks, s (our choice: a tenth of the time in which a cue has to be there)."""
FINISHED = "the coach has finished"
_SILENT = {"tick", "count_down", "seconds_left"}
_ESCAPE = "\x1b"


class Coaching:
    """A coach for one recording.

    Parameters
    ----------
    plan_for : callable
        Returns what is to be done, given what the devices can see.
    sound : callable, optional
        Returns what makes cues heard, given whom to tell of failures; None to be quiet.
    advance : callable
        The coach's rules, see `insole.coach.engine.advance`.
    """

    def __init__(
        self,
        plan_for: Callable[[Rig], Plan],
        *,
        sound: Callable[[Callable[[str], None]], Sound] | None = Sound,
        advance: Callable[..., tuple[State, tuple[Cue, ...]]] = engine.advance,
    ) -> None:
        self._plan_for, self._make_sound, self._advance = plan_for, sound, advance
        self._rig = Rig(heel=False, height=False, share=False)
        self._plan: Plan | None = None
        self._state: State | None = None
        self._typed = ""
        self._shown: Sequence[Line] = ()
        self.shows = False
        """True while the screen is the coach's."""
        self.begins_at_s = 0.0
        """When the coach begins, s since the recording did."""
        self.draft: str | None = None
        """The note that is being typed."""

    @property
    def display(self) -> Callable[[], AbstractContextManager[Display]]:
        """What shows the coach on a terminal."""
        return full_terminal

    async def find(
        self,
        find: Callable[[Callable[[str], None]], Coroutine[Any, Any, Source]],
        tell: Callable[[str], None],
    ) -> Source:
        """Return the devices that `find` finds, told what will be done; learn what they see."""
        source = await find(tell)
        self._rig = rig_of(source)
        return replace(source, exercise=source.exercise or self._exercise())

    def _exercise(self) -> str:
        """Return what all sets of the plan are; "" if they differ."""
        with suppress(Exception):  # the plan is made again, and fails, once the coach begins
            kinds = {planned.exercise for planned in self._plan_for(self._rig).sets}
            return kinds.pop() if len(kinds) == 1 else ""
        return ""

    def press(self, keys: str) -> str:
        """Take the keys that are the coach's; return the others, and all of a note."""
        if self._state is None or not self.shows or (keys.startswith(_ESCAPE) and len(keys) > 1):
            return keys
        own, _, note = keys.partition(NOTE)
        wanted = "".join(key for key in own if engine.wants(self._state, key))
        self._typed += wanted
        rest = "".join(key for key in own if key not in wanted)
        return rest + (NOTE + note if NOTE in keys else "")

    async def run(self, recording: Recording, screen: Screen) -> None:
        """Coach until everything is done, or something in the coach fails."""
        sound = None
        try:
            sound = self._make_sound(screen.tell) if self._make_sound else None
            while not self._is_over():
                await asyncio.sleep(LOOK_EVERY_S)
                if recording.began and recording.elapsed_s >= self.begins_at_s:
                    self._look(recording, screen, sound)
            recording.stop.ask(FINISHED)
        except Exception as error:  # noqa: BLE001 - no fault in the coach may cost a recording
            screen.tell(f"the coach has failed ({error!r}); the recording goes on without it")
        finally:
            self.shows = False
            if sound is not None:
                await asyncio.to_thread(sound.close)

    def _is_over(self) -> bool:
        return self._state is not None and self._state.phase == "done"

    def _look(self, recording: Recording, screen: Screen, sound: Sound | None) -> None:
        time_s = recording.now_ns / 1e9
        seen = recording.look()
        if self._plan is None or self._state is None:
            self._plan = self._plan_for(self._rig)
            self._state, cues = engine.start(self._plan, time_s)
        else:
            typed, self._typed = self._typed, ""
            facts = seen.following if seen else None
            self._state, cues = self._advance(self._state, self._plan, facts, time_s, typed)
        for cue in cues:
            kind, stored = cue.mark()
            recording.note(kind, json.dumps(stored), round(cue.time_s * 1e9))
            if not screen.is_terminal and cue.text and cue.kind not in _SILENT:
                screen.tell(cue.text)
        if sound is not None:
            sound.take(cues)
        self._show(recording, screen, seen)

    def _show(self, recording: Recording, screen: Screen, seen: LiveState | None) -> None:
        if self._plan is None or self._state is None:
            return
        facts = seen.following if seen else None
        view = view_of(self._state, self._plan, facts, recording.now_ns / 1e9)
        if self.draft is not None:
            view = replace(view, note=self.draft)
        self.shows = True
        shown = self._lines(view, f"rec {minutes(recording.elapsed_s)}", trouble_of(seen))
        if shown != self._shown or not screen.is_terminal:
            self._shown = shown if screen.show(shown, sentence(view)) else ()

    @staticmethod
    def _lines(view: View, aside: str, trouble: str) -> list[Line]:
        width, height = _size()
        plain = not _can_write("█▒░●▲■─┼·")
        rows = lines(view, width, height, aside=aside, trouble=trouble, plain=plain)
        return [Line(*row) for row in rows]


def coach_for(folder: Path | None, *, quiet: bool) -> Coaching:
    """Return a coach for what the programme asks for today.

    Raises
    ------
    UsageError
        If no programme is followed.
    """
    from insole.cli.prescribed import required, stands  # noqa: PLC0415 - reads sessions
    from insole.cli.talk import say  # noqa: PLC0415 - with it
    from insole.history.standing import asked_sides  # noqa: PLC0415 - likewise

    programme = required(folder)
    prescribed = stands(folder, programme).prescribed
    for one in prescribed:
        if one.stop:
            say(f"{one.stage.title}: not today: {one.stop}")
    due = [(one.side, one.stage, one.step) for one in prescribed if not one.stop]
    plan_for = partial(plan_of, programme, due, asked=asked_sides())
    return Coaching(plan_for, sound=None if quiet else Sound)


def rig_of(source: Source) -> Rig:
    """Return what the devices of a recording can see of heels."""
    from insole.codec.table import capabilities  # noqa: PLC0415 - imports numpy
    from insole.errors import SpecError  # noqa: PLC0415 - with it

    seen = []
    for member in source.members:
        try:
            seen.append(capabilities(member.spec, "both"))
        except SpecError:  # it measures no force
            continue
    soles = [one for one in seen if "heel" in one.regions]
    return Rig(
        heel=bool(soles),
        height=bool(soles) and all(one.imu for one in soles),
        share=len(soles) > 1,
    )


def trouble_of(seen: LiveState | None) -> str:
    """Return which devices do not send what they should; "" if all do."""
    if seen is None:
        return ""
    odd = {role: one.state for role, one in seen.devices.items() if one.state != "streaming"}
    return ", ".join(f"{role}: {state}" for role, state in sorted(odd.items()))


def _size() -> tuple[int, int]:
    """Return columns and rows of the terminal that is drawn on, whatever the environment says."""
    with suppress(OSError, ValueError, AttributeError):
        return os.get_terminal_size(sys.stderr.fileno())
    return get_terminal_size()


def _can_write(text: str) -> bool:
    """Tell whether standard error takes more than ASCII."""
    try:
        text.encode(getattr(sys.stderr, "encoding", None) or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
