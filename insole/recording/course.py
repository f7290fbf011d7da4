"""One recording from its first packet to its last: looked at, marked and stopped while it runs."""

from __future__ import annotations

import asyncio
import json
import logging
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from insole import profile
from insole.errors import LinkError, StoreError
from insole.filter.height import HeightParams
from insole.live import Live
from insole.measure.kind import EXERCISES
from insole.measure.params import Params
from insole.record.recorder import first_error, record
from insole.record.store import Mark
from insole.recording.outlet import StreamedLive
from insole.recording.stop import Stop, until_stopped
from insole.recording.view import STATE_EVERY_S, Beside, InStep, undisturbed
from insole.transport import rig
from insole.transport.base import Hoarding, LinkEvent

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence
    from pathlib import Path

    from insole.live import LiveState
    from insole.record.model import MarkKind
    from insole.record.store import Store
    from insole.recording.source import Source
    from insole.recording.view import View
    from insole.transport.base import Link
    from insole.transport.rig import Item

LOOK_EVERY_S = 0.25
"""How often it is looked whether a recording is over (our choice)."""
TIME_IS_OVER = "the time is over"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rules:
    """When a recording ends by itself: so long after it began, or after the last exercise, in s.

    Exercise in the first ``lead_s`` is not the last: somebody was led through a calibration.
    """

    duration_s: float | None = None
    auto_stop_s: float | None = None
    lead_s: float = 0.0


class Recording:
    """One recording, and what is known of it just now.

    What goes wrong on the way is logged as a warning; the recording goes on.

    Parameters
    ----------
    source : Source
        The devices.
    keep : callable
        Makes the session file, once all devices are connected; returns None to keep nothing.
    rules : Rules
        When it ends by itself.
    stop : Stop
        Ends it.
    tell : callable
        Gets a sentence about what happens; must not block.
    follow : bool
        Whether anybody looks; else what arrives is only written, and no rule sees exercise.
    look_every_s : float
        How often there is something new to be looked at, s.
    stream : bool
        Whether what the devices measure is streamed to others (Lab Streaming Layer).
    """

    def __init__(
        self, source: Source, keep: Callable[[], Store | None], *, rules: Rules | None = None,
        stop: Stop | None = None, tell: Callable[[str], None] = lambda _: None, follow: bool = True,
        look_every_s: float = STATE_EVERY_S, stream: bool = False,
    ) -> None:  # fmt: skip
        self.stop = stop or Stop()
        self._source = source
        self._keep = keep
        self._rules = rules or Rules()
        self._tell = tell
        self._follow = follow
        self._state_every_s = look_every_s
        self._stream = stream
        self._view: View | None = None
        self._store: Store | None = None
        self._began_ns: int | None = None
        self._last_ns = self._looked_ns = 0
        self._counts = False
        self._closed: set[str] = set()
        self.reason = ""
        """Why it has ended; "" as long as it has not, or when its devices have."""

    @property
    def path(self) -> Path | None:
        """The session file; None before there is one."""
        return self._store.path if self._store else None

    @property
    def began(self) -> bool:
        """True once all devices were connected."""
        return self._began_ns is not None

    @property
    def began_ns(self) -> int:
        """When all devices were connected, on the recording's clock, ns; 0 before."""
        return self._began_ns or 0

    @property
    def now_ns(self) -> int:
        """Time on the recording's clock, ns since its start."""
        return self._source.now_ns() if self._source.now_ns else self._last_ns

    @property
    def elapsed_s(self) -> float:
        """Time since it began, s."""
        return 0.0 if self._began_ns is None else (self.now_ns - self._began_ns) / 1e9

    def look(self) -> LiveState | None:
        """Return what is known just now; None before it began, or if the live view has failed.

        The view may be behind; ``time_s`` of the state says up to when it has come.
        """
        return self._view.look(self.now_ns) if self._view else None

    def behind_s(self, state: LiveState | None) -> float:
        """Return how much older than now what is known is, s."""
        return 0.0 if state is None else max(0.0, self.now_ns / 1e9 - state.time_s)

    def mark(self, text: str = "") -> float:
        """Note this moment, with a text or without; return its time, s."""
        now_ns = self.now_ns
        if self._store:
            self._store.mark(Mark(now_ns, "user", json.dumps({"text": text} if text else {})))
        return now_ns / 1e9

    def note(self, kind: MarkKind, stored: str, time_ns: int) -> None:
        """Keep a mark of any kind, a JSON object, at a time on the recording's clock, ns."""
        if self._store:
            self._store.mark(Mark(time_ns, kind, stored))

    def is_over(self, time_ns: int) -> bool:
        """Return True if a time lies behind the end that the rules set."""
        if self._rules.duration_s is None or self._began_ns is None:
            return False
        return time_ns - self._began_ns >= self._rules.duration_s * 1e9

    async def run(self) -> None:
        """Record until the devices end, the rules say so or somebody asks; then close the file.

        Raises
        ------
        LinkError
            If a device cannot be connected to, or all were lost.
        StoreError
            If the file cannot be made or written; what was written before is kept.
        """
        try:
            with undisturbed():
                await until_stopped(self._whole(), self.stop)
        except BaseExceptionGroup as group:
            raise first_error(group) from group

    async def _whole(self) -> None:
        async with AsyncExitStack() as opened:
            members = self._source.members
            links = []
            for number, member in enumerate(members, 1):
                self._tell(f"connecting {number} of {len(members)}: {member.spec.name}")
                links.append(await self._opened(member.link, opened))
            _require_different(links)
            if self._follow:
                self._view = self._viewing(opened)
                opened.callback(self._view.close)
            self._store = self._keep()
            if self._store:
                opened.enter_context(self._store)
                for member in members:
                    self._store.add_device(member.introduce())
            await self._play(links)

    def _viewing(self, opened: AsyncExitStack) -> View:
        """Return what follows the recording: beside it, where packets do not wait."""
        source, executor = self._source, None
        if source.now_ns and not source.waits:
            executor = ThreadPoolExecutor(1, thread_name_prefix="insole-look-back")
            opened.callback(executor.shutdown, wait=False, cancel_futures=True)
        specs = {member.link.role: member.spec for member in source.members}
        told: dict[str, Any] = {
            "exercise": next((name for name in EXERCISES if name == source.exercise), None),
            "params": _params_of(source),
            "executor": executor,
        }
        make: Callable[[], Live] = partial(Live, specs, **told)
        if self._stream:
            make = partial(StreamedLive, specs, lambda: self.now_ns, **told)
        if source.now_ns and executor:
            return Beside(make, source.now_ns, state_every_s=self._state_every_s)
        return InStep(make)

    async def _opened(self, link: Link, opened: AsyncExitStack) -> _Guest:
        opened.push_async_callback(link.close)
        await link.open()
        self._tell(f"{link.role}: connected")
        return _Guest(link, self.is_over)

    async def _play(self, links: Sequence[Link]) -> None:
        self._began_ns = self._source.now_ns() if self._source.now_ns else 0
        clock = asyncio.create_task(self._look_regularly())
        try:
            if self._store:
                await record(links, self._store, taps=[self._take])
            else:
                await rig.run(links, self._deliver)
        finally:
            clock.cancel()
            with suppress(StoreError):  # then the disk has refused, and that is being raised
                self._note_end(links)

    async def _deliver(self, batch: Sequence[Item]) -> None:
        for item in batch:
            self._take(item)

    def _take(self, item: Item) -> None:
        self._last_ns = max(self._last_ns, item.host_time_ns)
        if self._view:
            self._view.take(item)
        if isinstance(item, LinkEvent):
            self._note_change(item)
        if self._last_ns - self._looked_ns >= LOOK_EVERY_S * 1e9:
            self._apply_rules()

    def _note_change(self, event: LinkEvent) -> None:
        if event.kind == "closed":
            self._closed.add(event.role)
        if event.kind in {"lost", "stalled", "reconnected"}:
            reason = f", {event.reason}" if event.reason else ""
            time_s = event.host_time_ns / 1e9
            _log.warning("%s: %s at %.0f s%s", event.role, event.kind, time_s, reason)

    async def _look_regularly(self) -> None:
        """Apply the rules also while nothing arrives."""
        while self._source.now_ns:
            await asyncio.sleep(LOOK_EVERY_S)
            self._apply_rules()

    def _apply_rules(self) -> None:
        self._looked_ns = self.now_ns
        if self.is_over(self.now_ns):
            self._end_by_rule(TIME_IS_OVER)
        if state := self.look():
            self._begin_counting(state.first_standing_s)
            self._end_after_exercise(state)

    def _end_after_exercise(self, state: LiveState) -> None:
        patience_s, ended_s = self._rules.auto_stop_s, state.exercise_ended_s
        if patience_s is None or ended_s is None or state.exercising:
            return
        if ended_s < self.began_ns / 1e9 + self._rules.lead_s:
            return
        if state.time_s - ended_s >= patience_s:
            self._end_by_rule(f"{patience_s:g} s have passed since the last exercise")

    def _end_by_rule(self, reason: str) -> None:
        if not self.stop.is_asked:
            self.stop.ask(reason)

    def _begin_counting(self, standing_s: float | None) -> None:
        """Leave a mark where the person first stood still: what comes now counts."""
        if standing_s is None or self._counts:
            return
        self._counts = True
        self._tell("you stand still; what you do from now on counts")
        self._mark_set("set_start", standing_s, "standing still")

    def _note_end(self, links: Sequence[Link]) -> None:
        """Write why it has ended, where a device does not tell itself."""
        self.reason = self.stop.reason or (TIME_IS_OVER if self.is_over(self._last_ns) else "")
        end_ns = max(self.now_ns, self._last_ns)  # a device may have been silent for long
        if self._counts:
            self._mark_set("set_stop", end_ns / 1e9, self.reason or "the devices ended")
        if self._store and self.stop.is_asked:
            for role in (link.role for link in links if link.role not in self._closed):
                self._store.take(LinkEvent(role, end_ns, "closed", self.reason))

    def _mark_set(self, kind: MarkKind, time_s: float, why: str) -> None:
        if self._store:
            self._store.mark(Mark(round(time_s * 1e9), kind, json.dumps({"by": why})))


class _Guest:
    """A link that is open already, and closed when the time is over."""

    def __init__(self, link: Link, is_over: Callable[[int], bool]) -> None:
        self._link = link
        self._is_over = is_over
        self.role = link.role
        self.close, self.read, self.write = link.close, link.read, link.write

    async def open(self) -> None:
        """Do nothing more."""

    def arrived(self) -> list[Item]:
        return self._link.arrived() if isinstance(self._link, Hoarding) else []

    async def notifications(self) -> AsyncIterator[Item]:
        async for item in self._link.notifications():
            yield item  # also the one that shows that time is over: it has arrived
            if self._is_over(item.host_time_ns):
                await self._link.close()
                yield LinkEvent(self.role, item.host_time_ns, "closed", TIME_IS_OVER)
                return


def _params_of(source: Source) -> Params:
    """Return the settings of the analysis, with the foot of who stands on the devices."""
    try:
        person = profile.load_profile() if source.now_ns else None
    except StoreError:  # whoever keeps the session says so
        person = None
    if person is None or person.foot_length_mm is None:
        return Params()
    return Params(height=HeightParams(foot_length_mm=person.foot_length_mm, foot_length_known=True))


def _require_different(links: Sequence[Link]) -> None:
    """See that no two devices say that they are the same foot's."""
    roles = [link.role for link in links]
    if twice := next((role for role in roles if roles.count(role) > 1), None):
        problem = "two devices say that they are this; switch one off, or use one pair"
        raise LinkError(twice, problem)
