"""A simulated device as a real GATT server, made with Bumble."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING

from bumble import hci
from bumble.att import ATT_Error, ErrorCode
from bumble.device import AdvertisingType, Device, DeviceConfiguration
from bumble.gatt import Characteristic, CharacteristicValue, Service

from insole.errors import LinkError
from insole.sim.profile import in_two, served, whole
from insole.sim.real_time import RealTime

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bumble.device import Connection
    from bumble.transport.common import TransportSink, TransportSource

    from insole.sim.peripheral import Peripheral
    from insole.sim.profile import Property, ServedCharacteristic

ADVERTISING_INTERVAL_MS = 100.0
"""Apart enough for a real radio, often enough to be found at once: our choice."""
SHORTEST_INTERVAL_MS = 20.0
"""No controller advertises more often (Bluetooth Core 5.4, vol. 4, part E, 7.8.5)."""
_BITS: dict[Property, Characteristic.Properties] = {
    "read": Characteristic.Properties.READ,
    "write": Characteristic.Properties.WRITE,
    "write-without-response": Characteristic.Properties.WRITE_WITHOUT_RESPONSE,
    "notify": Characteristic.Properties.NOTIFY,
    "indicate": Characteristic.Properties.INDICATE,
}


class AirDevice:
    """One simulated device as a GATT server, to which one computer at a time connects.

    Parameters
    ----------
    peripheral : Peripheral
        The device.
    source, sink : TransportSource, TransportSink
        From and to its controller.
    address : str
        Its address, a random static one.
    virtual : bool
        The controller is a virtual one, which sends advertisements of any length, but no scan
        responses.
    speed : float
        Seconds of device time in each real second.
    """

    def __init__(
        self,
        peripheral: Peripheral,
        source: TransportSource,
        sink: TransportSink,
        address: str,
        *,
        virtual: bool = False,
        speed: float = 1.0,
    ) -> None:
        self.peripheral = peripheral
        self.address = address
        self._interval_ms = max(ADVERTISING_INTERVAL_MS / speed, SHORTEST_INTERVAL_MS)
        config = DeviceConfiguration(
            name=peripheral.local_name,
            address=hci.Address(address),
            advertising_interval_min=self._interval_ms,
            advertising_interval_max=self._interval_ms,
        )
        self.device = Device.from_config_with_hci(config, source, sink)
        self._virtual = virtual
        self._life = RealTime(peripheral, speed)
        self._notifying: dict[str, tuple[Characteristic[bytes], Property]] = {}
        self._connections: asyncio.Queue[Connection] = asyncio.Queue()
        self._running: asyncio.Task[None] | None = None
        for service, characteristics in served(peripheral.spec).items():
            self.device.add_service(Service(service, [self._made(one) for one in characteristics]))

    async def start(self) -> None:
        """Switch on: advertise, and take a connection."""
        self.device.on("connection", self._on_connection)
        await self.device.power_on()
        await self._advertise(self._advertised())
        self._running = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Switch off; whatever made the device stop before is raised."""
        if self._running:
            self._running.cancel()
            with suppress(asyncio.CancelledError):
                await self._running
        await self.device.stop_advertising()
        await self.device.power_off()

    async def failed(self) -> None:
        """Wait until the device can no longer play, and raise why."""
        if self._running:
            await asyncio.shield(self._running)

    # What it serves ------------------------------------------------------------------------------

    def _made(self, one: ServedCharacteristic) -> Characteristic[bytes]:
        properties = Characteristic.Properties(0)
        for name in one.channels:
            properties |= _BITS[name]
        permissions = Characteristic.READABLE | Characteristic.WRITEABLE
        made: Characteristic[bytes] = Characteristic(
            one.uuid, properties, permissions, self._value(one)
        )
        for name in ("notify", "indicate"):
            if channel := one.channels.get(name):
                self._notifying[channel] = made, name
                made.on(made.EVENT_SUBSCRIPTION, self._subscription(channel, name))
        return made

    def _value(self, one: ServedCharacteristic) -> CharacteristicValue[bytes]:
        reading = one.channels.get("read")
        writing = one.channels.get("write") or one.channels.get("write-without-response")

        def read(_: Connection) -> bytes:
            with _refusing(ErrorCode.READ_NOT_PERMITTED, reading) as channel:
                return self.peripheral.read(channel, self._life.now_ns)

        def write(_: Connection, octets: bytes) -> None:
            with _refusing(ErrorCode.WRITE_NOT_PERMITTED, writing) as channel:
                self.peripheral.write(channel, octets, self._life.now_ns)
            self._life.look_again()

        return CharacteristicValue(read=read, write=write)

    def _subscription(self, channel: str, kind: Property) -> Callable[[object, bool, bool], None]:
        def on_subscription(_: object, notify: bool, indicate: bool) -> None:
            if notify if kind == "notify" else indicate:
                self.peripheral.subscribe(channel, self._life.now_ns)
            else:
                self.peripheral.unsubscribe(channel)
            self._life.look_again()

        return on_subscription

    # While it runs -------------------------------------------------------------------------------

    async def _run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._keep_advertising())
            tasks.create_task(self._keep_playing())

    def _on_connection(self, connection: Connection) -> None:
        connection.on(connection.EVENT_DISCONNECTION, lambda _: self.peripheral.disconnected())
        self.peripheral.connected(self._life.now_ns)
        self._connections.put_nowait(connection)

    async def _keep_playing(self) -> None:
        while True:
            connection = await self._connections.get()
            playing = self._life.play(partial(self._send, connection))
            try:
                await connection.cancel_on_disconnection(playing)
            except asyncio.CancelledError:
                task = asyncio.current_task()
                if task is None or task.cancelling():
                    raise

    async def _send(self, connection: Connection, due: Sequence[tuple[str, bytes]]) -> None:
        """Send all, and wait until the controller has; so no device sends more than its radio."""
        server = self.device.gatt_server
        for channel, payload in due:
            characteristic, kind = self._notifying[channel]
            if kind == "notify":
                await server.notify_subscriber(connection, characteristic, payload)
            else:
                await server.indicate_subscriber(connection, characteristic, payload)
        await connection.drain()

    # How it advertises ---------------------------------------------------------------------------

    def _advertised(self) -> tuple[bytes, bytes]:
        """Return advertisement and scan response as they are now."""
        advertisement = self.peripheral.advertisement(self._life.now_ns)
        return (whole(advertisement), b"") if self._virtual else in_two(advertisement)

    async def _advertise(self, advertised: tuple[bytes, bytes]) -> None:
        await self.device.start_advertising(
            AdvertisingType.UNDIRECTED_CONNECTABLE_SCANNABLE,
            auto_restart=True,
            advertising_data=advertised[0],
            scan_response_data=advertised[1],
        )

    async def _keep_advertising(self) -> None:
        """Put readings that are advertised on the air as they change."""
        told = self._advertised()
        while True:
            await asyncio.sleep(self._interval_ms / 1000.0)
            now = self._advertised()
            if now != told and not self.device.connections:
                await self._advertise(now)
                told = now


@contextmanager
def _refusing(code: ErrorCode, channel: str | None) -> Iterator[str]:
    """Let a computer know that a device refuses what it asks."""
    if channel is None:
        raise ATT_Error(code)
    try:
        yield channel
    except LinkError as refused:
        raise ATT_Error(code) from refused
