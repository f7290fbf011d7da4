"""A stand-in for bluetoothd: the service ``org.bluez`` with simulated devices in reach.

It answers what bleak's BlueZ backend asks, in the order and with the errors of BlueZ 5.66 as far as
these were seen there. Messages are answered by hand; dbus-fast's service classes are not used.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeAlias

from bluez_device import (
    ADAPTER,
    ADAPTER_PATH,
    CHARACTERISTIC,
    DEVICE,
    BluezDevice,
    Char,
    adapter_properties,
)
from bluez_error import BluezError, UnknownObjectError
from dbus_fast import Message, MessageFlag, MessageType, Variant
from dbus_fast.aio import MessageBus

from insole.errors import LinkError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from stage import Actor

PROPERTIES, OBJECTS, BUS = (
    "org.freedesktop.DBus.Properties", "org.freedesktop.DBus.ObjectManager", "org.freedesktop.DBus",
)  # fmt: skip
BUS_PATH = "/org/freedesktop/DBus"
ADVERTISING_S = 0.1
CONNECTING_S = 0.05
UNANSWERED = 50
"""How many signals go out before the bus is asked for an answer; dbus-fast cuts a full socket."""
_INTERFACES = (ADAPTER, DEVICE, CHARACTERISTIC, PROPERTIES, OBJECTS)

Reply: TypeAlias = tuple[str, list[Any]]
NOTHING: Reply = ("", [])


class FakeBluez:
    """`powered` is whether the adapter is switched on, `adapter` whether there is one."""

    def __init__(self, *, speed: float = 1.0, adapter: bool = True, powered: bool = True) -> None:
        self.devices: dict[str, BluezDevice] = {}
        self._speed = speed
        self._adapter = adapter
        self._powered = powered
        self._scanning: set[str] = set()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._faults: list[Exception] = []
        self._sent = 0
        self._calls: dict[tuple[str, str], Callable[[Message], Awaitable[Reply]]] = {
            (OBJECTS, "GetManagedObjects"): self._managed_objects,
            (PROPERTIES, "Get"): self._get,
            (PROPERTIES, "GetAll"): self._get_all,
            (ADAPTER, "SetDiscoveryFilter"): self._nothing,
            (ADAPTER, "StartDiscovery"): self._start_discovery,
            (ADAPTER, "StopDiscovery"): self._stop_discovery,
            (ADAPTER, "RemoveDevice"): self._remove_device,
            (DEVICE, "Connect"): self._connect,
            (DEVICE, "Disconnect"): self._disconnect,
            (DEVICE, "Pair"): self._pair,
            (CHARACTERISTIC, "ReadValue"): self._read,
            (CHARACTERISTIC, "WriteValue"): self._write,
            (CHARACTERISTIC, "StartNotify"): self._start_notify,
            (CHARACTERISTIC, "StopNotify"): self._stop_notify,
        }

    async def serve(self, address: str) -> None:
        self._bus = await MessageBus(bus_address=address).connect()
        self._bus.add_message_handler(self._on_message)
        await self._bus.request_name("org.bluez")
        match = "type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged'"
        await self._bus.call(Message(BUS, BUS_PATH, BUS, "AddMatch", signature="s", body=[match]))
        self._start(self._advertise())

    async def die(self) -> None:
        """End as if killed: every link is gone, and nobody is told."""
        await self._stop()
        for device in self.devices.values():
            device.seen = device.resolved = False
            if device.connected:
                device.connected = False
                device.actor.disconnected()
            for char in device.chars.values():
                char.notifying.clear()
        self._scanning.clear()

    async def close(self) -> None:
        await self._stop()
        if self._faults:  # of a device, or of this service: never what the program did
            raise ExceptionGroup("simulated devices failed", self._faults)

    async def _stop(self) -> None:
        for device in self.devices.values():
            self._stop_playing(device)
        for task in list(self._tasks):
            task.cancel()
        ended = await asyncio.gather(*self._tasks, return_exceptions=True)
        self._faults += [one for one in ended if isinstance(one, Exception)]
        self._bus.disconnect()
        with suppress(EOFError):
            await self._bus.wait_for_disconnect()

    # What a test may do --------------------------------------------------------------------------

    def put(self, actor: Actor) -> None:
        self.devices[actor.address] = BluezDevice(actor, self._speed)

    def remove(self, address: str) -> None:
        """Switch a device off, and forget it at once; BlueZ takes some 30 s for that."""
        device = self.devices.pop(address)
        self._lose(device)
        if device.seen:
            self._forget(device)

    def lose(self, address: str) -> None:
        self._lose(self.devices[address])

    async def settled(self) -> None:
        """Wait until the bus has taken all that was said."""
        await self._bus.call(Message(BUS, BUS_PATH, BUS, "GetId"))

    # Signals -------------------------------------------------------------------------------------

    def _signal(self, path: str, interface: str, member: str, reply: Reply) -> None:
        with suppress(OSError):  # the bus is gone, and everybody with it
            self._bus.send(Message.new_signal(path, interface, member, *reply))

    def _changed(self, path: str, interface: str, properties: dict[str, Variant]) -> None:
        body = [interface, properties, []]
        self._signal(path, PROPERTIES, "PropertiesChanged", ("sa{sv}as", body))

    def _added(self, path: str, interfaces: dict[str, dict[str, Variant]]) -> None:
        self._signal("/", OBJECTS, "InterfacesAdded", ("oa{sa{sv}}", [path, interfaces]))

    def _forget(self, device: BluezDevice) -> None:
        device.seen = device.resolved = False
        gone = {**device.attributes(), device.path: {DEVICE: {}}}
        for path, interfaces in gone.items():
            self._signal("/", OBJECTS, "InterfacesRemoved", ("oas", [path, list(interfaces)]))

    async def _advertise(self) -> None:
        while True:
            for device in self.devices.values() if self._scanning else ():
                if device.connected:
                    continue
                if device.seen:
                    self._changed(device.path, DEVICE, device.advertised())
                else:
                    device.seen = True
                    self._added(device.path, {DEVICE: device.properties()})
            await asyncio.sleep(ADVERTISING_S / self._speed)

    async def _notify(self, device: BluezDevice, due: list[tuple[str, bytes]]) -> None:
        for channel, payload in due:
            value = {"Value": Variant("ay", payload)}
            self._changed(device.by_channel[channel].path, CHARACTERISTIC, value)
            self._sent += 1
            if self._sent % UNANSWERED == 0:
                await self.settled()

    def _lose(self, device: BluezDevice) -> None:
        if not device.connected:
            return
        self._stop_playing(device)
        device.connected = device.resolved = False
        for char in device.chars.values():
            char.notifying.clear()
        device.actor.disconnected()
        off = {"ServicesResolved": Variant("b", False), "Connected": Variant("b", False)}
        self._changed(device.path, DEVICE, off)

    @staticmethod
    def _stop_playing(device: BluezDevice) -> None:
        if device.playing:
            device.playing.cancel()
            device.playing = None

    # Calls ---------------------------------------------------------------------------------------

    def _start(self, work: Awaitable[Any]) -> asyncio.Task[Any]:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (fault := task.exception()):
            self._faults.append(fault)

    def _on_message(self, message: Message) -> bool | None:
        if message.message_type is MessageType.SIGNAL:
            if message.member == "NameOwnerChanged" and message.sender == BUS:
                self._on_owner(*message.body)
            return None
        if (
            message.message_type is not MessageType.METHOD_CALL
            or message.interface not in _INTERFACES
        ):
            return None
        self._start(self._answer(message))
        return True

    def _on_owner(self, name: str, _old: str, new: str) -> None:
        if new:
            return
        self._scanning.discard(name)  # a program that has ended no longer scans or listens,
        for device in self.devices.values():  # but its devices stay connected
            for char in device.chars.values():
                self._stop_telling(device, char, name)

    async def _answer(self, message: Message) -> None:
        try:
            call = self._calls.get((message.interface, message.member))
            if call is None:
                raise UnknownObjectError(message)
            answer = Message.new_method_return(message, *await call(message))
        except BluezError as refused:
            answer = Message.new_error(message, refused.name, refused.text)
        except LinkError as refused:
            answer = Message.new_error(message, "org.bluez.Error.Failed", refused.problem)
        if not message.flags & MessageFlag.NO_REPLY_EXPECTED:
            with suppress(OSError):
                self._bus.send(answer)

    async def _nothing(self, _: Message) -> Reply:
        return NOTHING

    async def _managed_objects(self, _: Message) -> Reply:
        return "a{oa{sa{sv}}}", [self._objects()]

    async def _get_all(self, message: Message) -> Reply:
        return "a{sv}", [self._objects().get(message.path, {}).get(message.body[0], {})]

    async def _get(self, message: Message) -> Reply:
        (_, [properties]), wanted = await self._get_all(message), message.body[1]
        if wanted not in properties:
            raise UnknownObjectError(message)
        return "v", [properties[wanted]]

    def _objects(self) -> dict[str, dict[str, dict[str, Variant]]]:
        objects: dict[str, dict[str, dict[str, Variant]]] = {}
        if self._adapter:
            objects[ADAPTER_PATH] = {
                ADAPTER: adapter_properties(self._powered, bool(self._scanning))
            }
        for device in self.devices.values():
            if device.seen:
                objects[device.path] = {DEVICE: device.properties()}
            if device.resolved:
                objects |= device.attributes()
        return objects

    def _adapter_properties(self) -> dict[str, Variant]:
        return adapter_properties(self._powered, bool(self._scanning))

    async def _start_discovery(self, message: Message) -> Reply:
        if not self._powered:
            raise BluezError("NotReady", "Resource Not Ready")
        if message.sender in self._scanning:
            raise BluezError("InProgress", "Operation already in progress")
        self._scanning.add(message.sender)
        return NOTHING

    async def _stop_discovery(self, message: Message) -> Reply:
        if message.sender not in self._scanning:
            raise BluezError("Failed", "No discovery started")
        self._scanning.discard(message.sender)
        return NOTHING

    async def _remove_device(self, message: Message) -> Reply:
        for device in self.devices.values():
            if device.path == message.body[0] and device.seen:
                self._lose(device)
                self._forget(device)
                return NOTHING
        raise BluezError("DoesNotExist", "Does Not Exist")

    def _device(self, message: Message) -> BluezDevice:
        for device in self.devices.values():
            if device.seen and message.path and message.path.startswith(device.path):
                return device
        raise UnknownObjectError(message)

    async def _connect(self, message: Message) -> Reply:
        device = self._device(message)
        await asyncio.sleep(CONNECTING_S)
        if device.actor.refuses():
            raise BluezError("Failed", "Software caused connection abort")
        if device.connected:
            return NOTHING
        device = self._device(message)  # it may have gone meanwhile
        device.connected = True
        device.actor.connected(device.life.now_ns)
        device.playing = self._start(device.life.play(lambda due: self._notify(device, due)))
        self._changed(device.path, DEVICE, {"Connected": Variant("b", True)})
        self._start(self._resolve(device))
        return NOTHING

    async def _resolve(self, device: BluezDevice) -> None:
        """Tell what the device has; the reply to Connect went out before."""
        await asyncio.sleep(0)
        for path, interfaces in device.attributes().items():
            self._added(path, interfaces)
        device.resolved = True
        told = {"UUIDs": device.advertised()["UUIDs"], "ServicesResolved": Variant("b", True)}
        self._changed(device.path, DEVICE, told)

    async def _disconnect(self, message: Message) -> Reply:
        device = self._device(message)
        if not device.connected:
            raise BluezError("NotConnected", "Not Connected")
        asyncio.get_running_loop().call_soon(self._lose, device)  # BlueZ replies before it signals
        return NOTHING

    async def _pair(self, message: Message) -> Reply:
        device = self._device(message)
        if device.actor.pairing_refused:
            raise BluezError("AuthenticationFailed", "Authentication Failed")
        device.paired = True
        self._changed(device.path, DEVICE, {"Paired": Variant("b", True)})
        return NOTHING

    def _char(self, message: Message) -> tuple[BluezDevice, Char]:
        """Return device and characteristic of a GATT call, before which the link may be lost."""
        device = self._device(message)
        if message.path not in device.chars:
            raise UnknownObjectError(message)
        if device.actor.burns_down():
            self._lose(device)
        if not device.connected:
            raise BluezError("Failed", "Not connected")
        return device, device.chars[message.path]

    async def _read(self, message: Message) -> Reply:
        device, char = self._char(message)
        if "read" not in char.channels:
            raise BluezError("NotPermitted", "Read not permitted")
        return "ay", [device.actor.read(char.channels["read"], device.life.now_ns)]

    async def _write(self, message: Message) -> Reply:
        device, char = self._char(message)
        octets, options = message.body
        kind = options["type"].value if "type" in options else "request"
        wanted = {"request": "write", "command": "write-without-response"}[kind]
        if wanted not in char.channels:
            raise BluezError("NotSupported", "Operation is not supported")
        self._authenticate(device, "Not connected")
        try:
            device.actor.write(char.channels[wanted], bytes(octets), device.life.now_ns)
        except LinkError as refused:
            if kind == "request":
                raise BluezError("NotPermitted", "Write not permitted") from refused
        device.life.look_again()
        return NOTHING

    async def _start_notify(self, message: Message) -> Reply:
        device, char = self._char(message)
        if not char.notified:
            raise BluezError("NotSupported", "Operation is not supported")
        self._authenticate(device, "Operation failed with ATT error: 0x0e")
        if not char.notifying:
            device.actor.subscribe(char.notified, device.life.now_ns)
            device.life.look_again()
            self._changed(char.path, CHARACTERISTIC, {"Notifying": Variant("b", True)})
        char.notifying.add(message.sender)
        return NOTHING

    async def _stop_notify(self, message: Message) -> Reply:
        device, char = self._char(message)
        if message.sender not in char.notifying:
            raise BluezError("Failed", "No notify session started")
        self._stop_telling(device, char, message.sender)
        return NOTHING

    def _stop_telling(self, device: BluezDevice, char: Char, name: str) -> None:
        if name not in char.notifying:
            return
        char.notifying.discard(name)
        if not char.notifying:
            device.actor.unsubscribe(char.notified)
            self._changed(char.path, CHARACTERISTIC, {"Notifying": Variant("b", False)})

    def _authenticate(self, device: BluezDevice, text: str) -> None:
        """Pair if the device wants it; where it refuses that, Linux gives up the link."""
        if device.actor.pairing_refused:
            self._lose(device)
            raise BluezError("Failed", text)
