"""What is said over one connection: the spec's script, and what a dialect wants said after it."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from typing import TYPE_CHECKING, NoReturn

from insole.codec import script
from insole.codec.decoder import Decoder
from insole.errors import InsoleError, LinkError
from insole.transport import facts
from insole.transport.trouble import HopelessError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from insole.codec.script import Action
    from insole.transport.gatt import Connection
    from insole.transport.whom import Whom

_log = logging.getLogger(__name__)


class Talk:
    """A conversation; it has the connection's own decoder and ends with it.

    Parameters
    ----------
    whom : Whom
        The device.
    connection : Connection
        Open, or about to be.
    take : callable
        Gets channel and payload of all that arrives; returns the arrival in ns.

    Attributes
    ----------
    side : str or None
        The side that the device has told.
    battery_percent : float or None
        The charge that it has told.
    """

    def __init__(
        self, whom: Whom, connection: Connection, take: Callable[[str, bytes], int]
    ) -> None:
        self.side: str | None = None
        self.battery_percent: float | None = None
        self._role, self._spec = whom.role, whom.spec
        self._whom, self._connection, self._take = whom, connection, take
        self._decoder = Decoder(whom.spec)
        self._scripted = False
        self._tells_side = "." in whom.spec.side.source
        self._battery_fields = facts.battery_fields(whom.spec)
        self._unread: deque[tuple[str, bytes, int]] = deque()
        self._heard: list[str] = []
        self._wanted: deque[Action] = deque()
        self._news = asyncio.Event()

    async def run(self, actions: Iterable[Action]) -> None:
        """Carry out a script.

        Raises
        ------
        LinkError
            If the device does not do its part.
        """
        for action in actions:
            await self._do(action)
        self._scripted = True

    async def attend(self) -> NoReturn:
        """Read what arrives, and say what a dialect wants said; without end."""
        while True:
            self._news.clear()
            self._digest()
            while self._wanted:
                await self._oblige(self._wanted.popleft())
            await self._news.wait()

    async def until_side(self) -> str:
        """Return the side once the device has told it."""
        while self.side is None:
            self._news.clear()
            self._digest()
            if self.side is None:
                await self._news.wait()
        return self.side

    def learn_side(self, side: str) -> None:
        """Take note of the side that the device tells.

        Raises
        ------
        HopelessError
            If it is not the one that it must be.
        """
        if self._whom.side not in {None, side}:
            problem = (
                f"this insole says that it is the {side} one; give the other one, or let the "
                "insoles tell their sides themselves"
            )
            raise HopelessError(self._role, problem)
        self.side = side

    async def _do(self, action: Action) -> None:
        match action:
            case script.Wait():
                await self._wait(action)
            case script.Pause():
                await asyncio.sleep(action.seconds)
            case _ if action.optional and not self._connection.has(action.channel):
                _log.info("%s: the device has no %s", self._role, action.channel)
            case script.Read(channel):
                self._arrived(channel, await self._connection.read(channel))
            case script.Subscribe(channel):
                await self._connection.subscribe(channel, self._taking(channel))
            case script.Write():
                self._digest()
                self._heard.clear()  # answers come after their question
                await self._connection.write(action)

    def _taking(self, channel: str) -> Callable[[bytearray], None]:
        return lambda payload: self._arrived(channel, bytes(payload))

    async def _wait(self, wait: script.Wait) -> None:
        """Wait for a message that came after the last write, or is still to come."""
        try:
            async with asyncio.timeout(wait.timeout_s):
                while True:
                    self._news.clear()
                    self._digest()
                    if wait.message in self._heard:
                        self._heard.remove(wait.message)
                        return
                    await self._news.wait()
        except TimeoutError:
            problem = (
                f"has not answered with {wait.message} within {wait.timeout_s:g} s; switch the "
                "device off and on again"
            )
            raise LinkError(self._role, problem) from None

    async def _oblige(self, action: Action) -> None:
        """Do what a dialect wants; if the device will not have it, the recording goes on."""
        try:
            await self._do(action)
        except InsoleError as error:
            _log.warning("what the dialect wanted was not done: %s", error)

    def _arrived(self, channel: str, payload: bytes) -> None:
        """Take a packet as it is; called by bleak inside the event loop, so it does no more."""
        time_ns = self._take(channel, payload)
        if self._listens:
            self._unread.append((channel, payload, time_ns))
            self._news.set()

    @property
    def _listens(self) -> bool:
        """True while somebody waits for what arrives, or it could tell what is not known yet."""
        unknown = (self._tells_side and self.side is None) or (
            bool(self._battery_fields) and self.battery_percent is None
        )
        return unknown or not self._scripted or bool(self._spec.dialect)

    def _digest(self) -> None:
        """Decode what has arrived, and note what it tells."""
        while self._unread:
            channel, payload, time_ns = self._unread.popleft()
            frames = facts.frames_in(self._decoder, channel, payload, time_ns)
            if not self._scripted:
                self._heard += [frame.message for frame in frames]
            self._wanted += self._decoder.actions()
            if self.battery_percent is None:
                self.battery_percent = facts.battery_told(frames, self._battery_fields)
            if side := facts.side_told(frames, self._spec):
                self.learn_side(side)
