"""One device as BlueZ shows it on the bus: its objects, their properties, and who may do what."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dbus_fast import Variant

from insole.sim.profile import served
from insole.sim.real_time import RealTime

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Mapping

    from stage import Actor

ADAPTER_PATH = "/org/bluez/hci0"
ADAPTER, DEVICE = "org.bluez.Adapter1", "org.bluez.Device1"
SERVICE, CHARACTERISTIC, DESCRIPTOR = (
    "org.bluez.GattService1", "org.bluez.GattCharacteristic1", "org.bluez.GattDescriptor1",
)  # fmt: skip
CCCD = "00002902-0000-1000-8000-00805f9b34fb"
GENERIC = ("00001800-0000-1000-8000-00805f9b34fb", "00001801-0000-1000-8000-00805f9b34fb")
"""Generic access and attribute, which every device has."""
MTU = 517
RSSI_DBM = -58
FIRST_HANDLE = 0x10


@dataclass
class Char:
    """A characteristic under its path, and the channel behind each of its properties."""

    path: str
    service: str
    uuid: str
    channels: dict[str, str]
    notifying: set[str] = field(default_factory=set)
    """Programs that asked to be told of its value, by their names on the bus."""

    @property
    def notified(self) -> str | None:
        """The channel that it notifies of or indicates."""
        return self.channels.get("notify") or self.channels.get("indicate")

    @property
    def written(self) -> str | None:
        return self.channels.get("write") or self.channels.get("write-without-response")

    def properties(self) -> dict[str, Variant]:
        properties = {
            "UUID": Variant("s", self.uuid),
            "Service": Variant("o", self.service),
            "Flags": Variant("as", list(self.channels)),
            "MTU": Variant("q", MTU),
        }
        if self.notified:
            properties["Notifying"] = Variant("b", bool(self.notifying))
        return properties


@dataclass
class BluezDevice:
    """A device that BlueZ may have seen, and may be connected to."""

    actor: Actor
    speed: float
    seen: bool = False
    connected: bool = False
    resolved: bool = False
    paired: bool = False
    playing: asyncio.Task[None] | None = None
    services: dict[str, str] = field(default_factory=dict)
    """Path of each service → UUID."""
    chars: dict[str, Char] = field(default_factory=dict)
    """By path."""

    def __post_init__(self) -> None:
        self.path = f"{ADAPTER_PATH}/dev_{self.actor.address.replace(':', '_')}"
        self.life = RealTime(self.actor, self.speed)
        handle = FIRST_HANDLE
        for uuid, characteristics in served(self.actor.spec).items():
            service = f"{self.path}/service{handle:04x}"
            self.services[service] = uuid
            for one in characteristics:
                path = f"{service}/char{handle + 1:04x}"
                self.chars[path] = Char(path, service, one.uuid, dict(one.channels))
                handle += 3  # declaration, value, descriptor
            handle += 1
        self.by_channel = {char.notified: char for char in self.chars.values() if char.notified}

    def properties(self) -> dict[str, Variant]:
        name = self.advertised_name
        properties = {
            "Address": Variant("s", self.actor.address),
            "AddressType": Variant("s", "random"),
            "Adapter": Variant("o", ADAPTER_PATH),
            "Alias": Variant("s", name or self.actor.address.replace(":", "-")),
            "Paired": Variant("b", self.paired),
            "Bonded": Variant("b", False),
            "Trusted": Variant("b", False),
            "Blocked": Variant("b", False),
            "LegacyPairing": Variant("b", False),
            "Connected": Variant("b", self.connected),
            "ServicesResolved": Variant("b", self.resolved),
        }
        if name:
            properties["Name"] = Variant("s", name)
        return properties | self.advertised()

    @property
    def advertised_name(self) -> str:
        return self.actor.advertisement(self.life.now_ns).local_name

    def advertised(self) -> dict[str, Variant]:
        """Return what changes as advertisements come in; services once connected are added."""
        heard = self.actor.advertisement(self.life.now_ns)
        found = [*GENERIC, *self.services.values()] if self.resolved else ()
        uuids = list(dict.fromkeys([*heard.services, *found]))
        properties = {"RSSI": Variant("n", RSSI_DBM), "UUIDs": Variant("as", uuids)}
        if heard.manufacturer_data:
            properties["ManufacturerData"] = Variant("a{qv}", _octets(heard.manufacturer_data))
        if heard.service_data:
            properties["ServiceData"] = Variant("a{sv}", _octets(heard.service_data))
        return properties

    def attributes(self) -> dict[str, dict[str, dict[str, Variant]]]:
        """Return the objects below the device: services, characteristics, descriptors."""
        objects: dict[str, dict[str, dict[str, Variant]]] = {}
        for path, uuid in self.services.items():
            service = {
                "UUID": Variant("s", uuid),
                "Device": Variant("o", self.path),
                "Primary": Variant("b", True),
            }
            objects[path] = {SERVICE: service}
        for path, char in self.chars.items():
            objects[path] = {CHARACTERISTIC: char.properties()}
            if char.notified:
                handle = int(path[-4:], 16) + 1
                cccd = {"UUID": Variant("s", CCCD), "Characteristic": Variant("o", path)}
                objects[f"{path}/desc{handle:04x}"] = {DESCRIPTOR: cccd}
        return objects


def _octets(said: Mapping[Any, bytes]) -> dict[Any, Variant]:
    return {key: Variant("ay", octets) for key, octets in said.items()}


def adapter_properties(powered: bool, discovering: bool) -> dict[str, Variant]:
    return {
        "Address": Variant("s", "00:00:5E:00:53:01"),
        "AddressType": Variant("s", "public"),
        "Name": Variant("s", "simulated"),
        "Alias": Variant("s", "simulated"),
        "Powered": Variant("b", powered),
        "Discovering": Variant("b", discovering),
        "Pairable": Variant("b", False),
        "Roles": Variant("as", ["central", "peripheral"]),
        "UUIDs": Variant("as", []),
    }
