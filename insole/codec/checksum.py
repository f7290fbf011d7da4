"""Checksums, a closed list by name; each covers all bytes of a message but its own."""

from __future__ import annotations

from functools import reduce
from operator import xor
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from insole.spec.model import Checksum, FramingSpec


def sum8(octets: bytes) -> int:
    """Return the sum of all bytes, in 8 bits."""
    return sum(octets) & 0xFF


def xor8(octets: bytes) -> int:
    """Return the exclusive or of all bytes."""
    return reduce(xor, octets, 0)


def crc8_maxim(octets: bytes) -> int:
    """Return the CRC-8 of 1-Wire devices: polynomial 0x31, reflected, from 0.

    References
    ----------
    Maxim application note 27; catalogued as CRC-8/MAXIM-DOW, check value 0xA1.
    """
    return _reflected(octets, polynomial=0x8C, start=0)


def crc16_modbus(octets: bytes) -> int:
    """Return the CRC-16 of Modbus: polynomial 0x8005, reflected, from 0xFFFF; low byte first.

    References
    ----------
    Modbus over serial line 1.02, 6.2.2; catalogued as CRC-16/MODBUS, check value 0x4B37.
    """
    return _reflected(octets, polynomial=0xA001, start=0xFFFF)


def crc16_ccitt(octets: bytes) -> int:
    """Return the CRC-16 with polynomial 0x1021 from 0xFFFF, not reflected; high byte first.

    References
    ----------
    Catalogued as CRC-16/IBM-3740 (often called CCITT-FALSE), check value 0x29B1.
    """
    crc = 0xFFFF
    for octet in octets:
        crc ^= octet << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return crc


def _reflected(octets: bytes, polynomial: int, start: int) -> int:
    crc = start
    for octet in octets:
        crc ^= octet
        for _ in range(8):
            crc = crc >> 1 ^ polynomial if crc & 1 else crc >> 1
    return crc


CHECKSUMS: Mapping[Checksum, tuple[Callable[[bytes], int], int, str]] = MappingProxyType(
    {
        "sum8": (sum8, 1, "little"),
        "xor8": (xor8, 1, "little"),
        "crc8-maxim": (crc8_maxim, 1, "little"),
        "crc16-modbus": (crc16_modbus, 2, "little"),
        "crc16-ccitt": (crc16_ccitt, 2, "big"),
    }
)
"""Name → function, bytes it takes on the wire, and their order."""


def place(framing: FramingSpec, length: int) -> tuple[int, int]:
    """Return first byte and end of the checksum in a message of so many bytes.

    Outside the message (``end > length`` or ``start < 0``) if that is too short to have one.
    """
    size = CHECKSUMS[framing.checksum][1] if framing.checksum else 0
    at = framing.checksum_at
    start = at if at >= 0 else length + at
    return start, start + size


def right(framing: FramingSpec, message: bytes) -> bool:
    """Return whether the checksum of a message is right; it is if the framing has none."""
    if framing.checksum is None:
        return True
    start, end = place(framing, len(message))
    if start < 0 or end > len(message):
        return False
    return message[start:end] == _of(framing.checksum, message[:start] + message[end:])


def write(framing: FramingSpec, message: bytearray) -> None:
    """Write the checksum of a message into its place, if it has one."""
    start, end = place(framing, len(message))
    if framing.checksum and start >= 0 and end <= len(message):
        message[start:end] = _of(framing.checksum, bytes(message[:start] + message[end:]))


def _of(name: Checksum, octets: bytes) -> bytes:
    function, size, order = CHECKSUMS[name]
    return function(octets).to_bytes(size, "little" if order == "little" else "big")
