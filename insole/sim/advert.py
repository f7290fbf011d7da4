"""What a simulated device says of itself before anybody connects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from insole.spec.match import Advertisement, side_by_name

if TYPE_CHECKING:
    from insole.spec.model import DeviceSpec

FILLING = {"left": "L", "right": "R"}
"""What stands for a pattern's star in a name."""


def local_name(spec: DeviceSpec, role: str) -> str:
    """Return a name that fits the spec, and the side where names tell it.

    Parameters
    ----------
    spec : DeviceSpec
        What the device is.
    role : str
        Which foot it is worn on, or what it is for.
    """
    patterns = [name for look in spec.match.looks for name in look.local_name]
    names = [_filled(pattern, role) for pattern in (*spec.side.names, *patterns)]
    for name in names:
        if role in (side_by_name(name, spec), *_words(name)):
            return name
    return names[0] if names else f"{spec.id} {role}"


def advertisement(spec: DeviceSpec, name: str, payload: bytes = b"") -> Advertisement:
    """Return an advertisement that looks in the first way that the spec knows.

    Parameters
    ----------
    spec : DeviceSpec
        What the device is.
    name : str
        Its name.
    payload : bytes
        What it tells on the channel `advertisement`, if it does.
    """
    look = spec.match.looks[0]
    part = spec.advertisement
    companies = part.company_id[:1] if part else look.company_id[:1]
    services = part.service_data[:1] if part else look.service_data[:1]
    return Advertisement(
        local_name=name,
        services=look.service[:1],
        manufacturer_data=dict.fromkeys(companies, payload or look.payload),
        service_data={} if companies else dict.fromkeys(services, payload or look.payload),
    )


def _filled(pattern: str, role: str) -> str:
    return pattern.replace("*", FILLING.get(role, "1")).replace("?", "6")


def _words(name: str) -> tuple[str, ...]:
    """Return the sides that a name speaks of."""
    return tuple(side for side in FILLING if side in name.lower())


def marked(payload: bytes, spec: DeviceSpec) -> bytes:
    """Return the payload of an advertisement with the bits that the device is known by.

    Parameters
    ----------
    payload : bytes
        What it tells.
    spec : DeviceSpec
        The device.
    """
    look = spec.match.looks[0]
    octets = bytearray(payload.ljust(len(look.payload), b"\0"))
    for index, (octet, mask) in enumerate(zip(look.payload, look.mask, strict=True)):
        octets[index] = octets[index] & ~mask | octet & mask
    return bytes(octets)
