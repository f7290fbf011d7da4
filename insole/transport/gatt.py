"""One connection over bleak, from connecting to its end; nothing of it outlives it."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from insole.codec import script
from insole.errors import LinkError
from insole.spec.safety import allowed
from insole.transport.trouble import CLOSER, HopelessError, device_error

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable
    from typing import Any

    from bleak import BleakClient
    from bleak.backends.characteristic import BleakGATTCharacteristic
    from bleak.backends.device import BLEDevice

    from insole.codec.script import Action
    from insole.spec.model import ChannelSpec, DeviceSpec
    from insole.transport.whom import Whom

LAST_WORD_S = 0.1
"""How long an answer may come after the link was lost, s (our choice)."""

_log = logging.getLogger(__name__)


class Connection:
    """What is open to one device; made by `connect`.

    Parameters
    ----------
    whom : Whom
        The device.

    Attributes
    ----------
    alive : bool
        False from the moment that the link is lost or given up; what comes later is not its.
    gone : Future
        Done when the link is lost.
    """

    def __init__(self, whom: Whom) -> None:
        self.alive = True
        self.gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._whom = whom
        self._role, self._spec, self._patience = whom.role, whom.spec, whom.patience
        self._client: BleakClient | None = None
        self._turn = asyncio.Lock()
        self._found: dict[str, BleakGATTCharacteristic] = {}
        self._subscribed: list[BleakGATTCharacteristic] = []

    async def open(self, device: BLEDevice) -> None:
        """Connect, and see that the device has all that its spec needs.

        Parameters
        ----------
        device : BLEDevice
            Fresh from a scan.

        Raises
        ------
        LinkError
            If there is no connection, or the device is another one.
        """
        from bleak import BleakClient  # noqa: PLC0415 - takes time to import

        radio = self._whom.radio
        self._client = BleakClient(
            device, self._on_gone, timeout=self._patience.connect_s, backend=radio.client
        )
        try:
            async with radio.quiet(), asyncio.timeout(self._patience.connect_s):
                await self._client.connect()
        except Exception as error:
            raise device_error(self._role, "connecting", error) from error
        self._learn_channels()

    @property
    def mtu(self) -> int:
        """The largest packet of the attribute protocol, as far as the system tells, bytes."""
        return max((c.max_write_without_response_size for c in self._all()), default=20) + 3

    def has(self, channel: str) -> bool:
        """Return whether the device has a channel of its spec."""
        return channel in self._found

    async def read(self, channel: str) -> bytes:
        """Return the value of a channel.

        Raises
        ------
        LinkError
            If the device does not tell it.
        """
        characteristic = self._characteristic(channel)
        return bytes(await self._ask(f"reading {channel}", "read_gatt_char", characteristic))

    async def read_uuid(self, uuid: str) -> bytes | None:
        """Return the value of a characteristic that the spec need not name; None without one.

        Raises
        ------
        LinkError
            If the device does not tell it.
        """
        for characteristic in self._all():
            if characteristic.uuid == uuid and "read" in characteristic.properties:
                return bytes(await self._ask(f"reading {uuid}", "read_gatt_char", characteristic))
        return None

    async def write(self, write: script.Write) -> None:
        """Carry out a write, in pieces if need be; only what the spec allows is ever written.

        Parameters
        ----------
        write : Write
            What to write.

        Raises
        ------
        LinkError
            If no command of the spec allows it, or the device does not take it.
        """
        channel = write.channel
        if not allowed(self._spec, channel, write.payload, write.now):
            problem = f"{write.payload.hex()} is not written to {channel}, as no command allows it"
            raise HopelessError(self._role, f"{problem}; add one to {self._spec.id} if it is safe")
        characteristic = self._characteristic(channel)
        response = _takes_response(characteristic, wanted=write.response)
        for octets in write.octets(self._whom.now()):
            await self._ask(
                f"writing to {channel}", "write_gatt_char", characteristic, octets, response
            )

    async def subscribe(self, channel: str, hear: Callable[[bytearray], None]) -> None:
        """Ask a channel for notifications.

        Parameters
        ----------
        channel : str
            The channel.
        hear : callable
            Called with each payload inside the event loop, so it must be quick; no more once the
            connection is not alive.

        Raises
        ------
        LinkError
            If the device does not take it.
        """
        characteristic = self._characteristic(channel)

        def on_value(_: BleakGATTCharacteristic, payload: bytearray) -> None:
            if self.alive:
                hear(payload)

        self._subscribed.append(characteristic)
        await self._ask(f"subscribing to {channel}", "start_notify", characteristic, on_value)

    async def part(self, stop: Iterable[Action]) -> None:
        """Take leave: stop the device, end the subscriptions, disconnect. Never raises.

        bluetoothd 5.66 can crash if a subscribed device is disconnected without that. Of a link
        that is lost only this computer's end is cleared up.

        Parameters
        ----------
        stop : iterable of Action
            What to say to a device that shall stop.
        """
        was_lost, self.alive = self.gone.done(), False
        if self._client is None:
            return
        if not was_lost:
            for action in stop:
                if isinstance(action, script.Write) and self.has(action.channel):
                    await _politely(self.write(action), self._patience.part_s)
            for characteristic in self._subscribed:
                await _politely(self._client.stop_notify(characteristic), self._patience.part_s)
        await _politely(self._client.disconnect(), self._patience.disconnect_s)

    def _on_gone(self, _: BleakClient) -> None:
        self.alive = False
        if not self.gone.done():
            self.gone.set_result(None)

    async def _ask(self, doing: str, method: str, *arguments: object) -> Any:
        """Return the answer to one call of bleak's client; they go one after the other."""
        async with self._turn:
            asking = asyncio.ensure_future(getattr(self._client, method)(*arguments))
            try:
                await asyncio.wait(
                    (asking, self.gone),
                    timeout=self._patience.answer_s,
                    return_when=asyncio.FIRST_COMPLETED,
                )
                if self.gone.done():  # what the system answers may say why
                    await asyncio.wait((asking,), timeout=LAST_WORD_S)
                return self._answer(asking, doing)
            except Exception as error:
                raise device_error(self._role, doing, error) from error
            finally:
                asking.cancel()

    def _answer(self, asking: asyncio.Future[Any], doing: str) -> Any:
        if asking.done():
            return asking.result()
        if self.gone.done():
            raise LinkError(self._role, f"the link was lost while {doing}; {CLOSER}")
        raise TimeoutError

    def _all(self) -> list[BleakGATTCharacteristic]:
        """Return every characteristic that the device has."""
        if self._client is None:
            return []
        try:
            services = list(self._client.services)
        except Exception as error:
            raise device_error(self._role, "connecting", error) from error
        return [
            characteristic for service in services for characteristic in service.characteristics
        ]

    def _learn_channels(self) -> None:
        """Find the characteristic of each channel; all that the script needs must be there."""
        every = self._all()
        for name, channel in self._spec.gatt.items():
            for characteristic in every:
                if _is(characteristic, channel):
                    self._found.setdefault(name, characteristic)
        missing = [name for name in _needed(self._spec) if not self.has(name)]
        heard = [step.target for step in self._spec.connect if step.verb == "subscribe"]
        if not any(map(self.has, heard)):  # all of them may be optional, and one must be there
            missing += heard
        if missing:
            uuid = self._spec.gatt[missing[0]].characteristic
            problem = (
                f"this is no {self._spec.name}, or it has other firmware: it lacks the "
                f"characteristic {uuid} ({missing[0]}); `insole scan` shows what it is"
            )
            raise HopelessError(self._role, problem)

    def _characteristic(self, channel: str) -> BleakGATTCharacteristic:
        if not self.has(channel):
            known = ", ".join(self._found) or "none"
            problem = f"has no channel {channel}; its channels are: {known}"
            raise LinkError(self._role, problem)
        return self._found[channel]


def _needed(spec: DeviceSpec) -> list[str]:
    """Return the channels that the device must have for all that is said to it unasked."""
    actions = [*script.connect(spec), *script.start(spec), *script.stop(spec)]
    return [
        action.channel
        for action in actions
        if not isinstance(action, script.Wait | script.Pause) and not action.optional
    ]


def _is(characteristic: BleakGATTCharacteristic, channel: ChannelSpec) -> bool:
    service = channel.service or characteristic.service_uuid
    return (characteristic.uuid, characteristic.service_uuid) == (channel.characteristic, service)


def _takes_response(characteristic: BleakGATTCharacteristic, *, wanted: bool) -> bool:
    """Return whether to ask for a response: as the spec says, if the device says the same."""
    kinds = {True: "write", False: "write-without-response"}
    other = kinds[not wanted]
    if other in characteristic.properties and kinds[wanted] not in characteristic.properties:
        return not wanted
    return wanted


async def _politely(courtesy: Coroutine[Any, Any, None], wait_s: float) -> None:
    """Do something on leaving that may as well fail: the link is given up anyway."""
    try:
        async with asyncio.timeout(wait_s):
            await courtesy
    except Exception as error:  # noqa: BLE001 - whatever bleak raises, nobody needs the link any more
        _log.debug("not heeded on leaving: %r", error)
