"""A message's layout, compiled once to numpy structured types and read without a loop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from insole.codec.number import ByteOrder, Numbers, physical, wire_dtype
from insole.errors import DecodeError
from insole.spec.model import MAX_PAYLOAD

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

    from insole.spec.model import DeviceSpec, FieldSpec, MessageSpec

Length = TypeVar("Length", int, "npt.NDArray[np.int64]")


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything lies in the payloads of one message.

    A payload fits if it is ``shortest`` bytes long, or longer by whole ``step``s up to ``longest``.
    """

    message: MessageSpec
    header: np.dtype[Any]
    sample: np.dtype[Any]
    shortest: int
    longest: int
    step: int

    def fits(self, length: Length) -> Any:
        """Return whether a length in bytes fits; for an (n,) array of lengths, an array."""
        in_range = (length >= self.shortest) & (length <= self.longest)
        return in_range & ((length - self.shortest) % self.step == 0)

    def count(self, length: Length) -> Length:
        """Return how many samples a payload of a fitting length in bytes holds."""
        samples = self.message.samples
        if samples is None:
            return length * 0 + 1
        if samples.count is None:
            return (length - samples.at) // samples.stride
        return length * 0 + samples.count

    def sample_bytes(self, length: int) -> tuple[int, int]:
        """Return first byte and end of all samples in a payload of a fitting length in bytes."""
        samples = self.message.samples
        if samples is None:
            return 0, 0
        return samples.at, samples.at + samples.stride * self.count(length)


def compile_layout(message: MessageSpec) -> Layout:
    """Return the layout of a message that :func:`insole.spec.usable.faults` finds no fault in."""
    samples = message.samples
    header = _struct(message.header, message.byte_order)
    sample = _struct(message.fields, message.byte_order, samples.stride if samples else 1)
    if message.length is None and samples:
        step = samples.stride
        return Layout(message, header, sample, samples.at + step, MAX_PAYLOAD, step)
    length = message.length or header.itemsize
    return Layout(message, header, sample, length, length, 1)


def layouts_by_channel(spec: DeviceSpec) -> dict[str, Layout]:
    """Return the layout of the message on each channel that carries one."""
    return {message.channel: compile_layout(message) for message in spec.messages}


def read_rows(
    layout: Layout, rows: npt.NDArray[np.uint8]
) -> tuple[dict[str, Numbers], dict[str, Numbers]]:
    """Return header and samples of equally long packets.

    Parameters
    ----------
    layout : Layout
        Of the message.
    rows : ndarray of uint8, (p, length)
        One packet a row, of a length in bytes that fits.

    Returns
    -------
    header : dict of name to ndarray, (p,)
        int64 raw values of whole fields, float64 in the field's unit of others.
    samples : dict of name to ndarray, (p, n) or (p, n, k)
        float64 in the field's unit, NaN where missing.
    """
    message = layout.message
    packet = rows[:, : layout.header.itemsize].view(layout.header)[:, 0]
    at, end = layout.sample_bytes(rows.shape[1])
    sample = rows[:, at:end].view(layout.sample)
    return (
        _physical(packet, message.header, message.byte_order),
        _physical(sample, message.fields, message.byte_order),
    )


def wrong_length(layout: Layout, spec_id: str, payload: bytes) -> DecodeError:
    """Return the error for a payload that does not fit, saying what would."""
    wanted = f"{layout.shortest} bytes"
    if layout.message.length is None:
        wanted = f"{wanted} or more in steps of {layout.step}, at most {layout.longest}"
    channel, name = layout.message.channel, layout.message.name
    return DecodeError(spec_id, channel, payload, f"message {name} is {wanted} long")


def unknown_channel(spec: DeviceSpec, channel: str, payload: bytes) -> DecodeError:
    """Return the error for a channel that carries no message, saying which do."""
    known = ", ".join(message.channel for message in spec.messages)
    return DecodeError(spec.id, channel, payload, f"no message comes on it, only on {known}")


def _struct(fields: Iterable[FieldSpec], byte_order: ByteOrder, size: int = 0) -> np.dtype[Any]:
    """Return the type of a stretch of bytes; one without fields is a byte, as numpy wants some."""
    fields = tuple(fields)
    return np.dtype(
        {
            "names": [field.name for field in fields],
            "formats": [wire_dtype(field, byte_order) for field in fields],
            "offsets": [field.at for field in fields],
            "itemsize": size or max((field.end for field in fields), default=1),
        }
    )


def _physical(
    raw: npt.NDArray[np.void], fields: Iterable[FieldSpec], byte_order: ByteOrder
) -> dict[str, Numbers]:
    return {field.name: physical(raw[field.name], field, byte_order) for field in fields}
