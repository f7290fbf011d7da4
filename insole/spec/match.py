"""Which device an advertisement comes from, and what of it is that device's payload."""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from insole.errors import SpecError
from insole.spec.model import ADVERTISEMENT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from insole.spec.model import AdvertisementSpec, DeviceSpec, LookSpec


@dataclass(frozen=True, slots=True)
class Advertisement:
    """What a peripheral says of itself.

    Parameters
    ----------
    local_name : str
        Its name, "" if it says none.
    services : tuple of str
        UUIDs of the services that it announces, in full.
    manufacturer_data : mapping of int to bytes
        Data by company id, without the id.
    service_data : mapping of str to bytes
        Data by UUID of the service, in full, without the UUID.
    """

    local_name: str = ""
    services: tuple[str, ...] = ()
    manufacturer_data: Mapping[int, bytes] = field(default_factory=dict)
    service_data: Mapping[str, bytes] = field(default_factory=dict)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Advertisement:
        """Return an advertisement as files keep it: bytes in hex, company ids as texts."""
        companies = stored.get("manufacturer_data", {}).items()
        services = stored.get("service_data", {}).items()
        return cls(
            stored.get("local_name", ""),
            tuple(uuid.lower() for uuid in stored.get("services", ())),
            {int(company, 0): bytes.fromhex(octets) for company, octets in companies},
            {uuid.lower(): bytes.fromhex(octets) for uuid, octets in services},
        )


def match_spec(advertisement: Advertisement, specs: Iterable[DeviceSpec]) -> DeviceSpec | None:
    """Return the spec of highest priority that an advertisement fits; None if it fits none.

    Raises
    ------
    SpecError
        If two fit with the same priority; lists them.
    """
    fitting = [spec for spec in specs if fits(advertisement, spec)]
    if not fitting:
        return None
    highest = max(spec.match.priority for spec in fitting)
    best = [spec for spec in fitting if spec.match.priority == highest]
    if len(best) > 1:
        names = " and ".join(spec.id for spec in best)
        problem = f"{names} fit {advertisement.local_name!r} alike; give them different priorities"
        raise SpecError(best[0].path, "match.priority", problem)
    return best[0]


def fits(advertisement: Advertisement, spec: DeviceSpec) -> bool:
    """Return whether an advertisement looks in one of the ways that a spec knows."""
    payloads = list(_payloads(advertisement, spec.advertisement))
    return any(_looks(advertisement, payloads, look) for look in spec.match.looks)


def advertised(advertisement: Advertisement, spec: DeviceSpec) -> tuple[str, bytes] | None:
    """Return channel and payload of an advertisement that the spec decodes; None if it has none."""
    for payload in _payloads(advertisement, spec.advertisement):
        return ADVERTISEMENT, payload
    return None


def side_by_name(local_name: str, spec: DeviceSpec) -> str | None:
    """Return the side that a local name tells; None if it tells none, or the spec says no names."""
    names = spec.side.names.items()
    return next((side for pattern, side in names if fnmatchcase(local_name, pattern)), None)


def side_by_field(message: str, header: Mapping[str, Any], spec: DeviceSpec) -> str | None:
    """Return the side that a message tells; None if it tells none.

    Parameters
    ----------
    message : str
        Its name in the spec.
    header : mapping of str to number
        Its header fields, raw.
    spec : DeviceSpec
        What the device is.
    """
    teller, _, name = spec.side.source.partition(".")
    if message != teller or name not in header:
        return None
    return spec.side.values.get(int(header[name]))


def _payloads(advertisement: Advertisement, spec: AdvertisementSpec | None) -> Iterator[bytes]:
    """Yield the parts of an advertisement that are payloads, in the order of the spec."""
    if spec is None:
        return
    for company in spec.company_id:
        if company in advertisement.manufacturer_data:
            yield advertisement.manufacturer_data[company]
    service_data = {uuid.lower(): data for uuid, data in advertisement.service_data.items()}
    for uuid in spec.service_data:
        if uuid in service_data:
            yield service_data[uuid]


def _looks(advertisement: Advertisement, payloads: list[bytes], look: LookSpec) -> bool:
    """Return whether an advertisement meets every condition that is given, and any is."""
    services = {uuid.lower() for uuid in advertisement.services}
    service_data = {uuid.lower() for uuid in advertisement.service_data}
    name = advertisement.local_name
    met = {
        "local_name": any(fnmatchcase(name, pattern) for pattern in look.local_name),
        "service": not services.isdisjoint(look.service),
        "company_id": not set(advertisement.manufacturer_data).isdisjoint(look.company_id),
        "service_data": not service_data.isdisjoint(look.service_data),
        "payload": any(_begins(payload, look) for payload in payloads),
    }
    return look.given and all(met[kind] for kind in met if getattr(look, kind))


def _begins(payload: bytes, look: LookSpec) -> bool:
    pairs = zip(payload, look.payload, look.mask, strict=False)
    same = all(octet & mask == value & mask for octet, value, mask in pairs)
    return same and len(payload) >= len(look.payload)
