"""Numbers on the wire: their numpy formats, and raw values to physical ones and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np

from insole.spec.model import NUMBER_TYPES

if TYPE_CHECKING:
    import numpy.typing as npt

    from insole.spec.model import FieldSpec

ByteOrder: TypeAlias = Literal["little", "big"]
Numbers: TypeAlias = "npt.NDArray[Any]"

_F32_MAX = float(np.finfo(np.float32).max)
_COLUMNS_FIRST = {1: (0,), 2: (0, 1), 3: (2, 0, 1)}
_COLUMNS_LAST = {1: (0,), 2: (0, 1), 3: (1, 2, 0)}


def wire_dtype(field: FieldSpec, byte_order: ByteOrder) -> np.dtype[Any]:
    """Return the numpy type of a field; 24-bit numbers, unknown to numpy, are three bytes."""
    size = NUMBER_TYPES[field.type].size
    number = np.dtype((np.uint8, (3,)))
    if size != 3:
        order = "<" if byte_order == "little" else ">"
        number = np.dtype(f"{order}{field.type[0]}{size}")
    return np.dtype((number, (field.shape,))) if field.shape > 1 else number


def physical(raw: Numbers, field: FieldSpec, byte_order: ByteOrder) -> Numbers:
    """Return the numbers that raw ones stand for.

    Parameters
    ----------
    raw : ndarray, (p,), (p, n) or (p, n, k)
        Raw values of p packets with n samples of k elements, as :func:`wire_dtype` reads them.
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
    if raw.ndim == 1 and field.whole:
        return raw.astype(np.int64)
    columns = np.ascontiguousarray(raw.transpose(_COLUMNS_FIRST[raw.ndim]))
    return _scaled(columns, field).transpose(_COLUMNS_LAST[raw.ndim])


def _scaled(raw: Numbers, field: FieldSpec) -> npt.NDArray[np.float64]:
    if not NUMBER_TYPES[field.type].whole:
        return _scaled_float(raw, field)
    value = np.multiply(raw, field.scale, dtype=np.float64)
    if field.offset:
        value += field.offset
    if field.invalid is not None:
        np.copyto(value, np.nan, where=raw == field.invalid)
    return value


def _scaled_float(raw: Numbers, field: FieldSpec) -> npt.NDArray[np.float64]:
    # Any bytes may be a float: numpy warns when it casts a signalling NaN.
    with np.errstate(invalid="ignore"):
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
    number = NUMBER_TYPES[field.type]
    wanted = (value - field.offset) / field.scale
    if not number.whole:
        return _between(wanted, -_F32_MAX, _F32_MAX).astype(np.float32)
    raw = np.rint(_between(wanted, number.low, number.high))
    if field.invalid is not None:
        raw = np.where(np.isnan(wanted), field.invalid, _beside(raw, wanted, field.invalid, field))
    whole = raw.astype(np.int64)
    return _split_24(whole, byte_order) if number.size == 3 else whole


def _between(value: npt.NDArray[np.float64], low: float, high: float) -> npt.NDArray[np.float64]:
    """Clamp, several times faster than numpy's own for the few numbers of a packet; NaN stays."""
    return np.maximum(np.minimum(value, high), low)


def _beside(raw: Numbers, wanted: Numbers, marker: int, field: FieldSpec) -> Numbers:
    """Move a present value off the marker of a missing one, to the nearer neighbour in range."""
    taken = raw == marker
    if not taken.any():
        return raw
    number = NUMBER_TYPES[field.type]
    up = ((wanted >= marker) | (marker == number.low)) & (marker != number.high)
    return np.where(taken, np.where(up, marker + 1, marker - 1), raw)


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
