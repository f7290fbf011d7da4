"""Checksums, a closed list by name; each covers all bytes of a message but its own.

The functions take the bytes of one message, or those of many: an array of integers, the first bytes
of all, then the second ones, and so on.
"""

from __future__ import annotations

from functools import cache, reduce
from operator import xor
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy.typing as npt

    from insole.spec.model import Checksum, FramingSpec

    Octets: TypeAlias = bytes | npt.NDArray[np.int64]
    Kind: TypeAlias = tuple[Callable[[Octets], Any], int, Literal["little", "big"]]


def sum8(octets: Octets) -> Any:
    """Return the sum of all bytes, in 8 bits."""
    return sum(octets) & 0xFF


def xor8(octets: Octets) -> Any:
    """Return the exclusive or of all bytes."""
    return reduce(xor, octets, 0)


def crc8_maxim(octets: Octets) -> Any:
    """Return the CRC-8 of 1-Wire devices: polynomial 0x31, reflected, from 0.

    Parameters
    ----------
    octets : bytes or ndarray of int64, (length, n)
        One message, or n of them.

    References
    ----------
    Maxim application note 27; catalogued as CRC-8/MAXIM-DOW, check value 0xA1.
    """
    return _reflected(octets, _reflected_table(0x8C), start=0)


def crc16_modbus(octets: Octets) -> Any:
    """Return the CRC-16 of Modbus: polynomial 0x8005, reflected, from 0xFFFF; low byte first.

    Parameters
    ----------
    octets : bytes or ndarray of int64, (length, n)
        One message, or n of them.

    References
    ----------
    Modbus over serial line 1.02, 6.2.2; catalogued as CRC-16/MODBUS, check value 0x4B37.
    """
    return _reflected(octets, _reflected_table(0xA001), start=0xFFFF)


def crc16_ccitt(octets: Octets) -> Any:
    """Return the CRC-16 with polynomial 0x1021 from 0xFFFF, not reflected; high byte first.

    Parameters
    ----------
    octets : bytes or ndarray of int64, (length, n)
        One message, or n of them.

    References
    ----------
    Catalogued as CRC-16/IBM-3740 (often called CCITT-FALSE), check value 0x29B1.
    """
    crc: Any = 0xFFFF
    table = _of_octets(_ccitt_table(), octets)
    for octet in octets:
        crc = crc << 8 & 0xFF00 ^ table[crc >> 8 ^ octet]
    return crc


def _reflected(octets: Octets, table: tuple[int, ...], start: int) -> Any:
    crc: Any = start
    known = _of_octets(table, octets)
    for octet in octets:
        crc = crc >> 8 ^ known[(crc ^ octet) & 0xFF]
    return crc


def _of_octets(table: tuple[int, ...], octets: Octets) -> Any:
    return np.array(table) if isinstance(octets, np.ndarray) else table


@cache
def _reflected_table(polynomial: int) -> tuple[int, ...]:
    """Return what each byte does to a reflected CRC."""

    def of(crc: int) -> int:
        for _ in range(8):
            crc = crc >> 1 ^ polynomial if crc & 1 else crc >> 1
        return crc

    return tuple(map(of, range(256)))


@cache
def _ccitt_table() -> tuple[int, ...]:
    def of(octet: int) -> int:
        crc = octet << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
        return crc

    return tuple(map(of, range(256)))


CHECKSUMS: Mapping[Checksum, tuple[Callable[[Octets], Any], int, Literal["little", "big"]]] = (
    MappingProxyType(
        {
            "sum8": (sum8, 1, "little"),
            "xor8": (xor8, 1, "little"),
            "crc8-maxim": (crc8_maxim, 1, "little"),
            "crc16-modbus": (crc16_modbus, 2, "little"),
            "crc16-ccitt": (crc16_ccitt, 2, "big"),
        }
    )
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


def right(framing: FramingSpec) -> Callable[[bytes], bool]:
    """Return a test whether the checksum of a message is right; any is if the framing has none."""
    if framing.checksum is None:
        return lambda _: True
    function, size, order = CHECKSUMS[framing.checksum]
    at = framing.checksum_at

    def is_right(message: bytes) -> bool:
        start = at if at >= 0 else len(message) + at
        end = start + size
        if start < 0 or end > len(message):
            return False
        told = int.from_bytes(message[start:end], order)
        return bool(function(message[:start] + message[end:]) == told)

    return is_right


def right_rows(framing: FramingSpec, rows: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    """Return which messages, (n, length), have the right checksum, (n,)."""
    count, length = rows.shape
    start, end = place(framing, length)
    if framing.checksum is None or start < 0 or end > length:
        return np.full(count, framing.checksum is None)
    function, size, order = CHECKSUMS[framing.checksum]
    octets = rows.T.astype(np.int64)
    told = octets[start:end] if order == "big" else octets[start:end][::-1]
    weights = 256 ** np.arange(size)[::-1]
    wanted = function(np.concatenate([octets[:start], octets[end:]]))
    of_all: npt.NDArray[np.bool_] = weights @ told == wanted
    return of_all


def right_each(
    framing: FramingSpec, octets: bytes, lengths: Sequence[int]
) -> npt.NDArray[np.bool_]:
    """Return which messages have the right checksum, (n,).

    Parameters
    ----------
    framing : FramingSpec
        Which checksum it is, and where.
    octets : bytes
        The messages, joined.
    lengths : sequence of int, (n,)
        Length of each in bytes.
    """
    size = np.array(lengths, np.int64)
    right = np.full(len(size), framing.checksum is None)
    starts = np.cumsum(size) - size
    for length in set(lengths) if framing.checksum else ():
        of_it = size == length
        places = np.add.outer(starts[of_it], np.arange(length))
        right[of_it] = right_rows(framing, np.frombuffer(octets, np.uint8)[places])
    return right


def write(framing: FramingSpec, message: bytearray) -> None:
    """Write the checksum of a message into its place, if it has one."""
    start, end = place(framing, len(message))
    if framing.checksum and start >= 0 and end <= len(message):
        function, size, order = CHECKSUMS[framing.checksum]
        of_it = function(bytes(message[:start] + message[end:]))
        message[start:end] = of_it.to_bytes(size, order)
