"""Numbers on the wire: their numpy formats, and raw values to physical ones and back."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from insole.spec.number import TEXT, WRITTEN_TYPES

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from insole.spec.model import ByteOrder, FieldSpec

Numbers: TypeAlias = "npt.NDArray[Any]"

_MAX = {"f32": float(np.finfo(np.float32).max), "f64": float(np.finfo(np.float64).max)}
STRUCT = {"u8": "B", "i8": "b", "u16": "H", "i16": "h", "u32": "I", "i32": "i", "f32": "f",
          "f64": "d", "int": "d", "dec": "d"}  # fmt: skip
"""The letters by which `struct` knows the types; it has none for 24 bits."""
_COLUMNS_FIRST = {1: (0,), 2: (0, 1), 3: (2, 0, 1)}
_COLUMNS_LAST = {1: (0,), 2: (0, 1), 3: (1, 2, 0)}


def wire(
    field: FieldSpec, byte_order: ByteOrder
) -> tuple[np.dtype[Any], tuple[int, ...], tuple[int, ...]]:
    """Return numpy's type for a number, and shape and strides of what of it one number is.

    A 24-bit number, unknown to numpy, is three bytes; any other is itself.
    """
    size = field.number.size
    if size == 3:
        return np.dtype(np.uint8), (3,), (1,)
    kind = "f" if field.type in WRITTEN_TYPES else field.type[0]
    return np.dtype(f"{'<' if byte_order == 'little' else '>'}{kind}{size}"), (), ()


def physical(raw: Numbers, field: FieldSpec, byte_order: ByteOrder) -> Numbers:
    """Return the numbers that raw ones stand for.

    Parameters
    ----------
    raw : ndarray, (p,), (p, n) or (p, n, k)
        Raw values of p packets with n samples of k elements, as :func:`wire` says.
    field : FieldSpec
        Scale, offset and the marker of a missing value.
    byte_order : {"little", "big"}
        The message's.

    Returns
    -------
    ndarray, same shape (24-bit numbers lose their last axis)
        int64 raw values if the field is whole and in a header, else float64 in the field's unit,
        NaN where missing. Each element is contiguous in memory, since tables hold columns.
    """
    if field.type.endswith("24"):
        raw = _join_24(raw, field, byte_order)
    raw = own_bits(raw, field)
    if raw.ndim == 1 and field.whole:
        return raw.astype(np.int64)
    columns = np.ascontiguousarray(raw.transpose(_COLUMNS_FIRST[raw.ndim]))
    return _scaled(columns, field).transpose(_COLUMNS_LAST[raw.ndim])


def own_bits(raw: Numbers, field: FieldSpec) -> Numbers:
    """Return the part of raw numbers that belongs to a field which shares its bytes."""
    if field.bits is None:
        return raw
    own: Numbers = raw >> raw.dtype.type(field.bits[0]) & raw.dtype.type(field.number.high)
    return own


def meaning(field: FieldSpec, byte_order: ByteOrder) -> Callable[[Any], int | float | str] | None:
    """Return what makes of a raw header field, as `struct` gives it, what `physical` makes of many.

    None if that is the number itself; what `struct` has no letter for comes as bytes.
    """
    if field.type == TEXT:
        return characters
    if field.whole:
        return _whole_number(field, byte_order)
    whole, number = _whole_number(field, byte_order), _one_physical(field)
    return number if whole is None else lambda raw: number(whole(raw))


def _whole_number(field: FieldSpec, byte_order: ByteOrder) -> Callable[[Any], int] | None:
    """Return what makes a raw field the number that its own bits are; None if it is that."""
    if field.type.endswith("24"):
        signed = field.type[0] == "i"
        return lambda octets: int.from_bytes(octets, byte_order, signed=signed)
    if field.bits:
        first, mask = field.bits[0], field.number.high
        return lambda raw: raw >> first & mask
    return int if field.type == "int" and field.whole else None


def _one_physical(field: FieldSpec) -> Callable[[float], float]:
    scale, offset, invalid = field.scale, field.offset, field.invalid
    lowest, highest = field.valid or (-math.inf, math.inf)

    def number(raw: float) -> float:
        if raw == invalid or not lowest <= raw <= highest:
            return math.nan
        value = raw * scale + offset
        return value if math.isfinite(value) else math.nan

    return number


def characters(octets: bytes) -> str:
    """Return the text that bytes spell, one character each, without the zeros that pad it."""
    return octets.rstrip(b"\0").decode("latin-1")


def _scaled(raw: Numbers, field: FieldSpec) -> npt.NDArray[np.float64]:
    if not field.number.whole:
        return _scaled_float(raw, field)
    value = np.multiply(raw, field.scale, dtype=np.float64)
    if field.offset:
        value += field.offset
    if field.invalid is not None:
        np.copyto(value, np.nan, where=raw == field.invalid)
    if field.valid:
        lowest, highest = field.valid
        if lowest > field.number.low:
            np.copyto(value, np.nan, where=raw < lowest)
        if highest < field.number.high:
            np.copyto(value, np.nan, where=raw > highest)
    return value


def _scaled_float(raw: Numbers, field: FieldSpec) -> npt.NDArray[np.float64]:
    # Any bytes may be a float: numpy warns when it casts a signalling NaN, or leaves the range.
    with np.errstate(invalid="ignore", over="ignore"):
        value = np.multiply(raw, field.scale, dtype=np.float64)
        value += field.offset
    np.copyto(value, np.nan, where=~np.isfinite(value))
    return value


def to_raw(value: npt.NDArray[np.float64], field: FieldSpec, byte_order: ByteOrder) -> Numbers:
    """Return the raw numbers nearest to physical ones, within the range of the type.

    Parameters
    ----------
    value : ndarray, any shape
        Numbers in the field's unit; NaN for a missing one, which the field must have a marker for.
    field : FieldSpec
        Scale, offset and the marker of a missing value.
    byte_order : {"little", "big"}
        The message's.
    """
    number = field.number
    with np.errstate(over="ignore"):
        wanted = (value - field.offset) / field.scale
    if not number.whole:
        return _to_float(wanted, field)
    low, high = field.valid or (number.low, number.high)
    raw = np.rint(_between(wanted, low, high))
    if can_miss(field):
        raw = np.where(np.isnan(wanted), marker(field), raw)
    if field.invalid is not None:
        raw = np.where(np.isnan(wanted), raw, _beside(raw, wanted, field.invalid, (low, high)))
    if field.type in WRITTEN_TYPES:
        return raw
    whole = raw.astype(np.int64)
    return _split_24(whole, byte_order) if number.size == 3 else whole


def can_miss(field: FieldSpec) -> bool:
    """Return whether a field can say that it has no value."""
    if field.invalid is not None or not field.number.whole:
        return True
    return bool(field.valid and field.valid != (field.number.low, field.number.high))


def marker(field: FieldSpec) -> int:
    """Return the raw value by which a whole field that can miss says so."""
    if field.invalid is not None or field.valid is None:
        return field.invalid or 0
    low, high = field.valid
    return high + 1 if high < field.number.high else low - 1


def _to_float(wanted: npt.NDArray[np.float64], field: FieldSpec) -> Numbers:
    if field.type == "dec":
        return np.round(wanted, field.decimals)
    most = _MAX[field.type]
    return _between(wanted, -most, most).astype(np.float32 if field.type == "f32" else np.float64)


def _between(value: npt.NDArray[np.float64], low: float, high: float) -> npt.NDArray[np.float64]:
    """Clamp, several times faster than numpy's own for the few numbers of a packet; NaN stays."""
    return np.maximum(np.minimum(value, high), low)


def _beside(raw: Numbers, wanted: Numbers, taken: int, bounds: tuple[int, int]) -> Numbers:
    """Move a present value off the marker of a missing one, to the nearer neighbour in range."""
    on_it = raw == taken
    if not on_it.any():
        return raw
    up = ((wanted >= taken) | (taken == bounds[0])) & (taken != bounds[1])
    return np.where(on_it, np.where(up, taken + 1, taken - 1), raw)


def _join_24(raw: Numbers, field: FieldSpec, byte_order: ByteOrder) -> Numbers:
    octets = raw.astype(np.int32)
    low, high = (0, 2) if byte_order == "little" else (2, 0)
    joined = octets[..., low] | octets[..., 1] << 8 | octets[..., high] << 16
    if field.type == "i24":
        joined -= (joined & 0x800000) << 1
    return joined


def _split_24(whole: Numbers, byte_order: ByteOrder) -> Numbers:
    octets: Numbers = whole[..., np.newaxis] >> np.array([0, 8, 16]) & 0xFF
    return octets if byte_order == "little" else octets[..., ::-1]
