"""What a simulated device shows of itself over Bluetooth: its services, and its advertisements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from insole.errors import LinkError
from insole.spec.model import ADVERTISEMENT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from insole.spec.match import Advertisement
    from insole.spec.model import ChannelSpec, DeviceSpec

Property: TypeAlias = Literal["read", "write", "write-without-response", "notify", "indicate"]

MAX_ADVERTISED = 31
"""Bytes of an advertisement, and of a scan response (Bluetooth Core 5.4, vol. 3, part C, 11)."""
_ASSIGNED = "-0000-1000-8000-00805f9b34fb"
"""How UUIDs go on that the Bluetooth SIG assigned; the digits before it are sent alone."""
_HOME = {
    "2a19": "180f",
    "2a9d": "181d", "2a9e": "181d",
    "2a9b": "181b", "2a9c": "181b",
    "2a2b": "1805", "2a0f": "1805",
    "2a24": "180a", "2a25": "180a", "2a26": "180a", "2a27": "180a", "2a28": "180a", "2a29": "180a",
}  # fmt: skip
"""Assigned characteristics → the service that has them (Bluetooth SIG, Assigned Numbers)."""
_UNNAMED_SERVICE = "0000fff0" + _ASSIGNED
"""The service of a characteristic of which nothing is said; cheap modules have it (our choice)."""

_FLAGS = bytes((2, 0x01, 0x06))
"""Discoverable, and low energy only (Core Specification Supplement, part A, 1.3)."""
_UUIDS_16, _UUIDS_128, _NAME, _SERVICE_DATA_16, _SERVICE_DATA_128, _COMPANY = (
    0x03, 0x07, 0x09, 0x16, 0x21, 0xFF,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ServedCharacteristic:
    """A characteristic as a device serves it: its UUID, and the channel behind each property."""

    uuid: str
    channels: Mapping[Property, str]


def served(spec: DeviceSpec) -> dict[str, list[ServedCharacteristic]]:
    """Return the characteristics of a device by the UUID of their service.

    Parameters
    ----------
    spec : DeviceSpec
        The device. Where it does not say the service of a characteristic, that is the one that the
        standard puts it in, else the first that the device announces.
    """
    found: dict[tuple[str, str], dict[Property, str]] = {}
    for channel in spec.gatt.values():
        if channel.use != ADVERTISEMENT:
            place = (_service(spec, channel), channel.characteristic)
            found.setdefault(place, {})[_property(channel)] = channel.name
    services: dict[str, list[ServedCharacteristic]] = {}
    for (service, uuid), channels in found.items():
        services.setdefault(service, []).append(ServedCharacteristic(uuid, channels))
    return services


def _property(channel: ChannelSpec) -> Property:
    if channel.use == "write" and not channel.response:
        return "write-without-response"
    if channel.use == "advertisement":
        raise LinkError(channel.name, "is no characteristic")
    return channel.use


def _service(spec: DeviceSpec, channel: ChannelSpec) -> str:
    if channel.service:
        return channel.service
    if home := _HOME.get(_short(channel.characteristic)):
        return f"0000{home}{_ASSIGNED}"
    announced = (service for look in spec.match.looks for service in look.service)
    return next(announced, _UNNAMED_SERVICE)


def _short(uuid: str) -> str:
    """Return the four digits of an assigned UUID; "" for any other."""
    return uuid[4:8] if uuid.endswith(_ASSIGNED) and uuid.startswith("0000") else ""


def whole(advertisement: Advertisement) -> bytes:
    """Return an advertisement as it lies in the air, however long."""
    return b"".join(_structures(advertisement))


def in_two(advertisement: Advertisement) -> tuple[bytes, bytes]:
    """Return an advertisement and its scan response, neither longer than old controllers send.

    Raises
    ------
    LinkError
        If not everything has room.
    """
    parts = [b"", b""]
    for structure in _structures(advertisement):
        place = next((i for i in (0, 1) if len(parts[i]) + len(structure) <= MAX_ADVERTISED), None)
        if place is None:
            problem = (
                f"would advertise {len(whole(advertisement))} bytes; a controller of this kind has "
                f"twice {MAX_ADVERTISED}"
            )
            raise LinkError(advertisement.local_name or "device", problem)
        parts[place] += structure
    return parts[0], parts[1]


def _structures(advertisement: Advertisement) -> Iterator[bytes]:
    """Yield length, type and content of each part, in the order of importance."""
    yield _FLAGS
    for company, octets in advertisement.manufacturer_data.items():
        yield _structure(_COMPANY, company.to_bytes(2, "little") + octets)
    for uuid, octets in advertisement.service_data.items():
        kind = _SERVICE_DATA_16 if _short(uuid) else _SERVICE_DATA_128
        yield _structure(kind, _reversed(uuid) + octets)
    if short := [_reversed(uuid) for uuid in advertisement.services if _short(uuid)]:
        yield _structure(_UUIDS_16, b"".join(short))
    if full := [_reversed(uuid) for uuid in advertisement.services if not _short(uuid)]:
        yield _structure(_UUIDS_128, b"".join(full))
    if advertisement.local_name:
        yield _structure(_NAME, advertisement.local_name.encode())


def _structure(kind: int, content: bytes) -> bytes:
    return bytes((len(content) + 1, kind)) + content


def _reversed(uuid: str) -> bytes:
    """Return a UUID as it is sent, last byte first and no longer than need be."""
    return bytes.fromhex(_short(uuid) or uuid.replace("-", ""))[::-1]
