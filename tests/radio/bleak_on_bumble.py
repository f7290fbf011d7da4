"""What bleak needs of a platform, made of a Bumble central: a scanner and a client.

`backends(...)` returns both as types for ``backend=``, so that unmodified bleak code runs on them.
"""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.client import BaseBleakClient
from bleak.backends.descriptor import BleakGATTDescriptor
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData, BaseBleakScanner
from bleak.backends.service import BleakGATTService, BleakGATTServiceCollection
from bleak.exc import BleakError, BleakGATTProtocolError, BleakGATTProtocolErrorCode
from bleak.uuids import normalize_uuid_str
from bumble import core
from bumble.att import ATT_Error
from bumble.core import AdvertisingData
from bumble.device import Peer
from bumble.gatt import Characteristic
from bumble.hci import Address, HCI_LE_Create_Connection_Cancel_Command

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Mapping

    from bumble.core import UUID
    from bumble.device import Advertisement, Connection, Device
    from stage import Actor

MTU = 517
"""What Linux, macOS and most phones ask for."""
_Bits = Characteristic.Properties
_PROPERTIES = {
    _Bits.READ: "read",
    _Bits.WRITE: "write",
    _Bits.WRITE_WITHOUT_RESPONSE: "write-without-response",
    _Bits.NOTIFY: "notify",
    _Bits.INDICATE: "indicate",
}
_UUID_LISTS = {2: 2, 3: 2, 4: 4, 5: 4, 6: 16, 7: 16}
"""Kind of a part of an advertisement that lists services → bytes of each UUID."""
_SERVICE_DATA = {0x16: 2, 0x20: 4, 0x21: 16}


class BumbleScanner(BaseBleakScanner):
    central: Device

    def __init__(self, detection_callback, service_uuids, scanning_mode, **_: Any) -> None:
        super().__init__(detection_callback, service_uuids)
        self._active = scanning_mode == "active"

    async def start(self) -> None:
        self.seen_devices = {}
        self.central.on("advertisement", self._on_advertisement)
        if not self.central.scanning:
            await self.central.start_scanning(active=self._active)

    async def stop(self) -> None:
        self.central.remove_listener("advertisement", self._on_advertisement)
        if not self.central.listeners("advertisement") and self.central.scanning:
            await self.central.stop_scanning()

    def _on_advertisement(self, heard: Advertisement) -> None:
        said = advertised(heard)
        if not self.is_allowed_uuid(said.service_uuids):
            return
        address = heard.address.to_string(with_type_qualifier=False)
        known = self.seen_devices.get(address)
        name = said.local_name or (known[0].name if known else None)
        device = self.create_or_update_device(address, address, name, heard.address, said)
        self.call_detection_callbacks(device, said)


def advertised(heard: Advertisement) -> AdvertisementData:
    """Return what was heard in bleak's words."""
    name: str | None = None
    companies: dict[int, bytes] = {}
    service_data: dict[str, bytes] = {}
    services: list[str] = []
    for kind, octets in heard.data.ad_structures:
        if kind in (AdvertisingData.COMPLETE_LOCAL_NAME, AdvertisingData.SHORTENED_LOCAL_NAME):
            name = octets.decode()
        elif kind == AdvertisingData.MANUFACTURER_SPECIFIC_DATA:
            companies[int.from_bytes(octets[:2], "little")] = octets[2:]
        elif size := _UUID_LISTS.get(kind):
            services += [_text(octets[at : at + size]) for at in range(0, len(octets), size)]
        elif size := _SERVICE_DATA.get(kind):
            service_data[_text(octets[:size])] = octets[size:]
    services = list(
        dict.fromkeys(services)
    )  # a virtual controller's scan response is the same again
    return AdvertisementData(name, companies, service_data, services, None, heard.rssi, (heard,))


def _text(uuid: bytes) -> str:
    """Return a UUID as bleak writes it; on the air it comes last byte first."""
    digits = uuid[::-1].hex()
    if len(uuid) < 16:
        return normalize_uuid_str(digits)
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def _full(uuid: UUID) -> str:
    return _text(uuid.to_bytes(force_128=True))


class BumbleClient(BaseBleakClient):
    central: Device
    stage: Mapping[str, Actor]
    one_at_a_time: asyncio.Lock
    """A controller takes one request to connect at a time; operating systems queue them."""
    cut: Callable[[str], None]

    def __init__(self, address_or_ble_device, **kwargs: Any) -> None:
        super().__init__(address_or_ble_device, **kwargs)
        device = address_or_ble_device if isinstance(address_or_ble_device, BLEDevice) else None
        self._name = device.name if device else None
        self._target: Address = device.details if device else Address(self.address)
        self._peer: Peer | None = None
        self._gone = asyncio.Event()
        self._listeners: dict[int, Callable[[bytes], None]] = {}

    @property
    def name(self) -> str:
        return self._name or self.address.replace(":", "-")

    @property
    def mtu_size(self) -> int:
        return self._living().connection.att_mtu

    @property
    def is_connected(self) -> bool:
        return self._peer is not None

    def _living(self) -> Peer:
        if self._peer is None:
            raise BleakError("Not connected")
        return self._peer

    async def connect(self, pair: bool, **_: Any) -> None:
        if self._peer:
            raise BleakError("Client is already connected")
        async with asyncio.timeout(self._timeout):
            connection = await self._call()
            try:
                with _in_bleaks_words():
                    self._peer = Peer(connection)
                    await self._peer.request_mtu(MTU)
                    await self._peer.discover_all()
                    if pair:
                        await self.pair()
                self.services = _collection(self._living())
            except BaseException:
                await self._hang_up(connection)
                raise

    async def _call(self) -> Connection:
        """Ask the controller for a connection, and take the request back if nobody answers."""
        async with self.one_at_a_time:
            try:
                with _in_bleaks_words():
                    connection = await self.central.connect(self._target, timeout=None)
            except asyncio.CancelledError:
                await self.central.send_command(HCI_LE_Create_Connection_Cancel_Command())
                raise
        self._gone.clear()
        connection.on(connection.EVENT_DISCONNECTION, self._on_disconnection)
        return connection

    async def _hang_up(self, connection: Connection) -> None:
        self._disconnected_callback, callback = None, self._disconnected_callback
        if not self._gone.is_set():
            with _in_bleaks_words():
                await connection.disconnect()
        self._peer = None
        self._disconnected_callback = callback

    def _on_disconnection(self, _reason: int) -> None:
        self._peer = None
        self.services = None
        self._listeners.clear()
        self._gone.set()
        if self._disconnected_callback:
            self._disconnected_callback()

    async def disconnect(self) -> None:
        if self._peer:
            await self._peer.connection.disconnect()

    async def pair(self, *_args: Any, **_kwargs: Any) -> None:
        with _in_bleaks_words():
            await self._living().connection.pair()

    async def unpair(self) -> None:
        raise NotImplementedError

    async def read_gatt_char(self, characteristic, **_: Any) -> bytearray:
        return bytearray(await self._ask(lambda peer: peer.read_value(characteristic.obj)))

    async def read_gatt_descriptor(self, descriptor, **_: Any) -> bytearray:
        return bytearray(await self._ask(lambda peer: peer.read_value(descriptor.obj)))

    async def write_gatt_char(self, characteristic, data, response: bool) -> None:
        octets = bytes(data)
        await self._ask(lambda peer: peer.write_value(characteristic.obj, octets, response))

    async def write_gatt_descriptor(self, descriptor, data) -> None:
        octets = bytes(data)
        await self._ask(lambda peer: peer.write_value(descriptor.obj, octets, with_response=True))

    async def start_notify(self, characteristic, callback, **_: Any) -> None:
        def on_value(octets: bytes) -> None:
            callback(bytearray(octets))

        self._listeners[characteristic.handle] = on_value
        await self._ask(lambda peer: peer.subscribe(characteristic.obj, on_value))

    async def stop_notify(self, characteristic) -> None:
        on_value = self._listeners.pop(characteristic.handle, None)
        await self._ask(lambda peer: peer.unsubscribe(characteristic.obj, on_value))

    async def _ask(self, call: Callable[[Peer], Awaitable[Any]]) -> Any:
        """Make one GATT call, before which the link may be lost on purpose."""
        peer = self._living()
        actor = self.stage.get(self.address)
        if actor and actor.burns_down():
            type(self).cut(self.address)
            await self._gone.wait()
        with _in_bleaks_words():
            self._living()
            return await call(peer)


def _collection(peer: Peer) -> BleakGATTServiceCollection:
    def longest() -> int:
        return peer.connection.att_mtu - 3

    found = BleakGATTServiceCollection()
    for its_service in peer.services:
        service = BleakGATTService(its_service, its_service.handle, _full(its_service.uuid))
        found.add_service(service)
        for one in its_service.characteristics:
            names = [name for bit, name in _PROPERTIES.items() if one.properties & bit]
            characteristic = BleakGATTCharacteristic(
                one, one.handle, _full(one.uuid), names, longest, service
            )
            found.add_characteristic(characteristic)
            for its in one.descriptors:
                descriptor = BleakGATTDescriptor(its, its.handle, _full(its.type), characteristic)
                found.add_descriptor(descriptor)
    return found


@contextmanager
def _in_bleaks_words() -> Iterator[None]:
    """Raise Bumble's errors as bleak's; Bumble cancels what waits on a link that is lost."""
    try:
        yield
    except ATT_Error as error:
        raise BleakGATTProtocolError(BleakGATTProtocolErrorCode(error.error_code)) from error
    except core.BaseBumbleError as error:
        raise BleakError(str(error)) from error
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task and task.cancelling():
            raise
        raise BleakError("the link was lost") from None


def backends(
    central: Device, stage: Mapping[str, Actor], cut: Callable[[str], None]
) -> tuple[type[BumbleClient], type[BumbleScanner]]:
    """Return client and scanner types that share one controller."""
    scanner = type("ThisScanner", (BumbleScanner,), {"central": central})
    shared = {"central": central, "stage": stage, "one_at_a_time": asyncio.Lock(), "cut": cut}
    return type("ThisClient", (BumbleClient,), shared), scanner
