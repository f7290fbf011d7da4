"""A backend for bleak whose radio is a dictionary: devices and program in one event loop."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Self

from bleak.backends.adapter import BaseBleakAdapter
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.client import BaseBleakClient
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData, BaseBleakScanner
from bleak.backends.service import BleakGATTService, BleakGATTServiceCollection
from bleak.exc import (
    BleakDeviceNotFoundError,
    BleakError,
    BleakGATTProtocolError,
    BleakGATTProtocolErrorCode,
)
from stage import Actor

from insole.sim.profile import served
from insole.transport.radio import Radio
from insole.transport.scan import GENERIC_ATTRIBUTE

if TYPE_CHECKING:
    from collections.abc import Callable

    from insole.sim.peripheral import Peripheral

MTU = 247
ADVERTISING_S = 0.02
"""From one advertisement to the next, the shortest that the standard allows."""


class InProcessRig:
    """Satisfies `rig.RadioRig`; time is the event loop's."""

    name = "in_process"

    def __init__(self) -> None:
        self.stage: dict[str, Actor] = {}
        self.scanners: list[InProcessScanner] = []
        self.clients: dict[str, InProcessClient] = {}
        self.held: set[str] = set()
        """Addresses of devices that a program which was killed has left connected."""
        self.calls: list[str] = []
        """Every call of bleak in its order, for tests of what follows what."""
        self.advertising: asyncio.Task[None] | None = None
        scanner = type("InProcessScanner", (InProcessScanner,), {"rig": self})
        client = type("InProcessClient", (InProcessClient,), {"rig": self})
        adapter = type("InProcessAdapter", (InProcessAdapter,), {"rig": self})
        self.radio = Radio(client, scanner, adapter)

    async def __aenter__(self) -> Self:
        self.advertising = asyncio.create_task(self._advertise())
        return self

    async def __aexit__(self, *_: object) -> None:
        for client in list(self.clients.values()):
            client.break_off()
        self.advertising.cancel()
        await asyncio.wait((self.advertising,))
        self.advertising = None

    @property
    def now_ns(self) -> int:
        return int(asyncio.get_running_loop().time() * 1e9)

    async def put(self, peripheral: Peripheral, address: str, *, named: bool = True) -> None:
        self.stage[address] = Actor(peripheral, address, named=named)

    async def remove(self, address: str) -> None:
        await self.lose(address)
        del self.stage[address]

    async def lose(self, address: str) -> None:
        if client := self.clients.get(address):
            client.break_off()

    def silence(self, address: str, *, silent: bool = True) -> None:
        self.stage[address].silent = silent

    def refuse_connections(self, address: str, count: int) -> None:
        self.stage[address].refusals = count

    def refuse_pairing(self, address: str) -> None:
        self.stage[address].pairing_refused = True

    def lose_at(self, address: str, call: int) -> None:
        self.stage[address].lose_at(call)

    def sent(self, address: str) -> list[tuple[str, bytes]]:
        return self.stage[address].sent

    async def _advertise(self) -> None:
        while True:
            await asyncio.sleep(ADVERTISING_S)
            for scanner in list(self.scanners):
                for address, actor in list(self.stage.items()):
                    if address not in self.clients and address not in self.held:
                        scanner.hear(actor)


class InProcessAdapter(BaseBleakAdapter):
    rig: InProcessRig

    @classmethod
    async def get(cls, **_: Any) -> Self:
        return cls()

    async def get_connected_devices(self, service_uuids: frozenset[str]) -> list[BLEDevice]:
        connected = [self.rig.stage[address] for address in (*self.rig.held, *self.rig.clients)]
        return [
            BLEDevice(actor.address, actor.local_name, None)
            for actor in connected
            if service_uuids & {GENERIC_ATTRIBUTE, *served(actor.spec)}
        ]


class InProcessScanner(BaseBleakScanner):
    rig: InProcessRig

    def __init__(
        self, detection_callback: Any, service_uuids: Any, scanning_mode: str, **options: Any
    ) -> None:
        super().__init__(detection_callback, service_uuids)
        self.scanning_mode, self.options = scanning_mode, options

    async def start(self) -> None:
        if self.rig.scanners:
            raise BleakError("[org.bluez.Error.InProgress] Operation already in progress")
        self.rig.calls.append("scan")
        self.seen_devices = {}
        self.rig.scanners.append(self)

    async def stop(self) -> None:
        self.rig.calls.append("stop scan")
        self.rig.scanners.remove(self)

    def hear(self, actor: Actor) -> None:
        said = actor.advertisement(self.rig.now_ns)
        if not self.is_allowed_uuid(list(said.services)):
            return
        heard = AdvertisementData(
            said.local_name or None,
            dict(said.manufacturer_data),
            dict(said.service_data),
            list(said.services),
            None,
            -60,
            (),
        )
        device = self.create_or_update_device(
            actor.address, actor.address, said.local_name or None, None, heard
        )
        self.call_detection_callbacks(device, heard)


class InProcessClient(BaseBleakClient):
    rig: InProcessRig

    def __init__(self, address_or_ble_device: BLEDevice | str, **options: Any) -> None:
        super().__init__(address_or_ble_device, **options)
        self._actor: Actor | None = None
        self._callbacks: dict[str, Callable[[bytearray], None]] = {}
        self._playing: asyncio.Task[None] | None = None
        self._more = asyncio.Event()

    @property
    def name(self) -> str:
        return self.address

    @property
    def mtu_size(self) -> int:
        return MTU

    @property
    def is_connected(self) -> bool:
        return self._actor is not None

    async def connect(self, pair: bool, **_: Any) -> None:  # noqa: ARG002 - bleak's signature
        self.rig.calls.append("connect")
        if self.rig.scanners:
            raise BleakError("[org.bluez.Error.InProgress] Operation already in progress")
        await asyncio.sleep(0)
        actor = self.rig.stage.get(self.address)
        if actor is None:
            raise BleakDeviceNotFoundError(self.address, f"device {self.address} not found")
        if actor.refuses():
            raise BleakError("[org.bluez.Error.Failed] le-connection-abort-by-local")
        self.rig.held.discard(self.address)
        if self.address in self.rig.clients:
            raise BleakError("[org.bluez.Error.AlreadyConnected] Already Connected")
        self.rig.clients[self.address], self._actor = self, actor
        actor.connected(self.rig.now_ns)
        self.services = _services(actor)
        self._playing = asyncio.create_task(self._play())

    async def disconnect(self) -> None:
        self.rig.calls.append("disconnect")
        await asyncio.sleep(0)
        self.break_off()

    def break_off(self) -> None:
        actor, self._actor = self._actor, None
        if actor is None:
            return
        del self.rig.clients[self.address]
        actor.disconnected()
        self._playing.cancel()
        self.services = None
        if self._disconnected_callback:
            self._disconnected_callback()

    async def pair(self, *_: Any, **__: Any) -> None:
        raise NotImplementedError

    async def unpair(self) -> None:
        raise NotImplementedError

    async def read_gatt_char(self, characteristic: BleakGATTCharacteristic, **_: Any) -> bytearray:
        actor = await self._called("read")
        return bytearray(actor.read(characteristic.obj["read"], self.rig.now_ns))

    async def read_gatt_descriptor(self, *_: Any, **__: Any) -> bytearray:
        raise NotImplementedError

    async def write_gatt_char(
        self,
        characteristic: BleakGATTCharacteristic,
        data: Any,
        response: bool,
    ) -> None:
        actor = await self._called("write", guarded=True)
        channel = characteristic.obj["write" if response else "write-without-response"]
        actor.write(channel, bytes(data), self.rig.now_ns)
        self._more.set()

    async def write_gatt_descriptor(self, *_: Any, **__: Any) -> None:
        raise NotImplementedError

    async def start_notify(
        self, characteristic: BleakGATTCharacteristic, callback: Any, **_: Any
    ) -> None:
        actor = await self._called("start_notify", guarded=True)
        channel = _notified(characteristic)
        self._callbacks[channel] = callback
        actor.subscribe(channel, self.rig.now_ns)
        self._more.set()

    async def stop_notify(self, characteristic: BleakGATTCharacteristic) -> None:
        actor = await self._called("stop_notify")
        channel = _notified(characteristic)
        actor.unsubscribe(channel)
        self._callbacks.pop(channel, None)

    async def _called(self, what: str, *, guarded: bool = False) -> Actor:
        self.rig.calls.append(what)
        await asyncio.sleep(0)
        if self._actor and self._actor.burns_down():
            self.break_off()
        if self._actor is None:
            raise BleakError("Service Discovery has not been performed yet")
        if guarded and self._actor.pairing_refused:
            raise BleakGATTProtocolError(BleakGATTProtocolErrorCode.INSUFFICIENT_AUTHENTICATION)
        return self._actor

    async def _play(self) -> None:
        actor = self._actor
        while True:
            self._more.clear()
            for channel, payload in actor.due(self.rig.now_ns):
                if callback := self._callbacks.get(channel):
                    callback(bytearray(payload))
            next_ns = actor.next_ns()
            left_s = None if next_ns is None else (next_ns - self.rig.now_ns) / 1e9
            if left_s is not None and left_s <= 0:
                await asyncio.sleep(0)
                continue
            try:
                async with asyncio.timeout(left_s):
                    await self._more.wait()
            except TimeoutError:
                pass


def _notified(characteristic: BleakGATTCharacteristic) -> str:
    channels = characteristic.obj
    return channels["notify"] if "notify" in channels else channels["indicate"]


def _services(actor: Actor) -> BleakGATTServiceCollection:
    found, handle = BleakGATTServiceCollection(), 0
    for uuid, characteristics in served(actor.spec).items():
        handle += 1
        service = BleakGATTService(None, handle, uuid)
        found.add_service(service)
        for one in characteristics:
            handle += 2
            found.add_characteristic(
                BleakGATTCharacteristic(
                    dict(one.channels), handle, one.uuid, list(one.channels), lambda: MTU - 3,
                    service,
                )
            )  # fmt: skip
    return found
