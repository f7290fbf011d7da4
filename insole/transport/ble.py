"""A link to a real device over bleak, which comes back by itself when it is lost."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING, Any

from insole.codec import script
from insole.errors import LinkError
from insole.spec.places import SENSES
from insole.tables import SIDES
from insole.transport.backoff import delay_within_s
from insole.transport.base import Notification
from insole.transport.contact import Contact
from insole.transport.scan import find
from insole.transport.standing import StandingLink
from insole.transport.trouble import HopelessError, NoBluetoothError
from insole.transport.whom import Whom

if TYPE_CHECKING:
    from collections.abc import Callable

    from insole.spec.model import DeviceSpec, MessageSpec
    from insole.transport.gatt import Connection
    from insole.transport.patience import Patience
    from insole.transport.radio import Radio


def local_now() -> datetime:
    """Return the time of day with its zone, for devices that are told it."""
    return datetime.now().astimezone()


class BleLink(StandingLink):
    """A link to one device; lost, it is found again, until patience ends.

    Parameters
    ----------
    role : str or None
        Which device of the rig it is. None lets an insole tell its side on opening.
    spec : DeviceSpec
        What it is.
    address : str
        Its address on this computer.
    radio : Radio
        The adapter, shared by all links.
    clock_ns : callable, returns ns
        The clock of the recording, monotonic and shared by all links.
    patience : Patience
        How long to wait for what.
    now : callable, returns datetime
        The time of day, for devices that are told it.

    Notes
    -----
    Each connection has its own decoder and begins with an event ``connected`` or ``reconnected``.
    Packets of a connection that has ended are not taken any more, so none comes twice.
    """

    def __init__(
        self,
        role: str | None,
        spec: DeviceSpec,
        address: str,
        radio: Radio,
        *,
        clock_ns: Callable[[], int],
        patience: Patience | None = None,
        now: Callable[[], datetime] = local_now,
    ) -> None:
        super().__init__(role, spec, address, radio, clock_ns=clock_ns, patience=patience)
        self._now = now
        self._streams = {message.channel for message in spec.messages if _senses(message)}
        self._streamed_ns = 0
        self._facts: dict[str, Any] = {}
        self._side: str | None = None
        self._connections = 0
        self._contact: Contact | None = None

    @property
    def side(self) -> str | None:
        """The side that the device has told; None if it tells none, or has not yet."""
        return self._side

    @property
    def info(self) -> dict[str, Any]:
        """What the device has told: name, firmware, model, battery_percent (%), mtu (bytes)."""
        return {**self._facts, **(self._contact.facts if self._contact else {})}

    async def read(self, channel: str) -> bytes:
        """Return the value of a readable channel.

        Raises
        ------
        LinkError
            If there is no such channel, or the link is lost at present.
        """
        return await self._connection().read(channel)

    async def write(self, channel: str, payload: bytes, *, response: bool) -> None:
        """Write to a channel; only what a command of the spec says, and changes nothing for good.

        Parameters
        ----------
        channel : str
            The channel.
        payload : bytes
            What to write.
        response : bool
            Whether the device shall confirm it.

        Raises
        ------
        LinkError
            If there is no such channel, the spec does not allow it, or the link is lost at present.
        """
        connection = self._connection()
        if not connection.has(channel):
            known = ", ".join(self._spec.gatt)
            raise LinkError(self.role, f"has no channel {channel}; its channels are: {known}")
        chunk = self._spec.gatt[channel].chunk
        await connection.write(script.Write(channel, payload, response, chunk=chunk))

    async def _begin(self) -> None:
        """Connect, and run the spec's connect script."""
        await self._reach(self._patience.open_s)

    async def _stay(self) -> None:
        """Watch over the link, and find it again when it is lost, for as long as patience lasts."""
        while True:
            await self._until_lost()
            await asyncio.sleep(self._patience.pause_s)
            await self._reach(self._patience.give_up_s)

    async def _until_lost(self) -> None:
        contact = self._contact
        if contact is None:
            return
        self._streamed_ns = self._clock_ns()
        try:
            kind, reason = await contact.watch(lambda: self._streamed_ns, self._clock_ns)
            contact.connection.alive = False
            self._event(kind, reason)
        finally:
            if not self._closed:  # else it is stopped and disconnected there
                await self._part()

    async def _reach(self, limit_s: float) -> None:
        """Connect and run the script, again and again if need be, for at most so long.

        Raises
        ------
        LinkError
            If none succeeded, the last one with something to tell; at once if it is hopeless.
        """
        loop = asyncio.get_running_loop()
        end_s, attempt, telling = loop.time() + limit_s, 0, None
        while True:
            began = self._connections
            try:
                return await self._try(max(0.0, end_s - loop.time()))
            except LinkError as error:
                if not self._may_hope(error):
                    raise
                if telling is None or self._connections > began:
                    telling = error  # that it was not heard in the end tells less
                delay_s = delay_within_s(attempt, end_s - loop.time(), self._patience)
                if delay_s is None:
                    raise self._given_up(telling, limit_s) from error
            attempt += 1
            await asyncio.sleep(delay_s)

    def _may_hope(self, error: LinkError) -> bool:
        """Return whether another attempt may succeed; Bluetooth that was there may come back."""
        if isinstance(error, NoBluetoothError):
            return self._life is not None
        return not isinstance(error, HopelessError)

    def _given_up(self, error: LinkError, limit_s: float) -> LinkError:
        if self._life is None:
            return error
        return self._stayed_away(limit_s, error.problem)

    async def _try(self, left_s: float) -> None:
        """Connect once, with a fresh handle of the device, a new client and a new decoder."""
        find_s = min(left_s, self._patience.find_s)
        device = await find(self._radio, self._spec, self._address, self.role, timeout_s=find_s)
        contact = self._contact = Contact(self._whom(), self._take)
        began = self._connections
        try:
            await contact.begin(device, self._connected, curious=not self._facts)
        except BaseException as error:
            contact.connection.alive = False
            if isinstance(error, LinkError) and self._connections > began:
                self._event("lost", error.problem)
            await self._part()
            raise
        self._facts |= contact.facts
        self._settle(contact.side)

    def _whom(self) -> Whom:
        asks = self._role is None and self._spec.kind == "insole"
        side = self._side or (self._role if self._role in SIDES else None)
        return Whom(
            self.role, side, asks, self._spec, self._address, self._radio, self._patience, self._now
        )

    def _settle(self, side: str | None) -> None:
        """Keep to the side that was told; what came before it was known is of that side too."""
        self._side = side or self._side
        if self._role is None and self._side:
            self._role = self._side
            self._outbox.rename(self._side)

    async def _part(self) -> None:
        """Stop and disconnect; if that is cancelled, closing the link does it again."""
        if contact := self._contact:
            self._facts |= contact.facts
            await contact.part()
            self._contact = None

    def _connected(self) -> None:
        self._event("reconnected" if self._connections else "connected")
        self._connections += 1

    def _take(self, channel: str, payload: bytes) -> int:
        """Stamp a packet and queue it; called inside the event loop, so it does no more."""
        time_ns = self._clock_ns()
        self._outbox.put(Notification(self.role, channel, time_ns, payload))
        if channel in self._streams:
            self._streamed_ns = time_ns
        return time_ns

    def _connection(self) -> Connection:
        if self._contact is None or not self._contact.connection.alive:
            problem = "is closed" if self._closed else "is not connected at present"
            raise LinkError(self.role, f"{problem}; wait until it is, or open a new link")
        return self._contact.connection


def _senses(message: MessageSpec) -> bool:
    return any(field.role in SENSES for field in message.every_field)
