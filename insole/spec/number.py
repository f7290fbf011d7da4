"""The types of numbers that the language knows."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class NumberType:
    """A number on the wire: its size in bytes and, for whole numbers, its range."""

    size: int
    low: int = 0
    high: int = 0

    @property
    def whole(self) -> bool:
        """True for an integer, False for a float."""
        return self.high > 0


NUMBER_TYPES: Mapping[str, NumberType] = MappingProxyType(
    {
        "u8": NumberType(1, 0, 2**8 - 1),
        "i8": NumberType(1, -(2**7), 2**7 - 1),
        "u16": NumberType(2, 0, 2**16 - 1),
        "i16": NumberType(2, -(2**15), 2**15 - 1),
        "u24": NumberType(3, 0, 2**24 - 1),
        "i24": NumberType(3, -(2**23), 2**23 - 1),
        "u32": NumberType(4, 0, 2**32 - 1),
        "i32": NumberType(4, -(2**31), 2**31 - 1),
        "f32": NumberType(4),
        "f64": NumberType(8),
    }
)
"""Every number type of a message of bytes; the byte order is the message's."""
WRITTEN_TYPES: Mapping[str, NumberType] = MappingProxyType(
    {"int": NumberType(8, -(10**15) + 1, 10**15 - 1), "dec": NumberType(8)}
)
"""Number types of a message of text: whole, and with decimals; read into 8 bytes each."""
TEXT = "text"
"""The type of characters, one byte each, in the header of a message of bytes."""
TYPES: Mapping[str, NumberType] = MappingProxyType(
    {**NUMBER_TYPES, **WRITTEN_TYPES, TEXT: NumberType(1)}
)
"""All of them."""
