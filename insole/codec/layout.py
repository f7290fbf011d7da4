"""Where the numbers of one message lie, once its shape is known, and how those of many are read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from insole.codec.number import Numbers, characters, physical, wire
from insole.spec.number import TEXT

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy.typing as npt

    from insole.spec.model import ByteOrder, FieldSpec, MessageSpec


@dataclass(frozen=True, slots=True)
class Place:
    """Where one field lies in a message.

    Parameters
    ----------
    field : FieldSpec
        The field.
    at : int
        First byte, of the oldest sample.
    elements : int
        Numbers or characters of each sample.
    dtype : numpy.dtype
        Of one of them, as numpy reads it.
    shape, strides : tuple of int
        Of all samples, the oldest first, and of the bytes between; () for a plain number.
    """

    field: FieldSpec
    at: int
    elements: int
    dtype: np.dtype[Any]
    shape: tuple[int, ...] = ()
    strides: tuple[int, ...] = ()

    @property
    def octets(self) -> int:
        """Bytes of one sample, or of a header field."""
        return self.field.number.size * self.elements

    @property
    def offsets(self) -> npt.NDArray[np.intp]:
        """The first byte of each number, () in a header, (n,) or (n, k) in samples."""
        axes = len(self.shape) - (self.field.number.size == 3)
        offsets = np.array(self.at, np.intp)
        for size, stride in zip(self.shape[:axes], self.strides[:axes], strict=True):
            offsets = np.add.outer(offsets, np.arange(size) * stride)
        return offsets

    def many(self, rows: npt.NDArray[np.uint8], at: int) -> Numbers:
        """Return the raw numbers of messages that begin at one byte of each row, uncopied.

        Parameters
        ----------
        rows : ndarray of uint8, (p, length)
            One packet a row, contiguous.
        at : int
            Byte at which the message begins in each.

        Returns
        -------
        ndarray, (p,), (p, n) or (p, n, k)
            With one axis more of the three bytes of a 24-bit number.
        """
        packets, apart = rows.shape
        shape, strides = (packets, *self.shape), (apart, *self.strides)
        return np.ndarray(shape, self.dtype, rows, at + self.at, strides)


@dataclass(frozen=True, slots=True)
class Plan:
    """One shape of a message: which fields are there, and where."""

    message: MessageSpec
    length: int
    count: int
    header: tuple[Place, ...]
    samples: tuple[Place, ...]
    skipped: int = 0

    def read_rows(
        self, rows: npt.NDArray[np.uint8], at: int
    ) -> tuple[dict[str, Numbers], dict[str, Numbers]]:
        """Return header and samples of the messages that begin at one byte of each packet.

        Parameters
        ----------
        rows : ndarray of uint8, (p, length)
            One packet a row, contiguous.
        at : int
            Byte at which the message begins in each.

        Returns
        -------
        header : dict of name to ndarray, (p,)
            int64 raw values of whole fields, float64 in the field's unit of others, texts as
            objects.
        samples : dict of name to ndarray, (p, n) or (p, n, k)
            float64 in the field's unit, NaN where missing.
        """

        def numbers(place: Place) -> Numbers:
            raw = place.many(rows, at)
            if place.field.type == TEXT:
                texts = [characters(row.tobytes()) for row in raw]
                return np.array([*texts, None], dtype=object)[:-1]
            return physical(raw, place.field, self.message.byte_order)

        return (
            {place.field.name: numbers(place) for place in self.header},
            {place.field.name: numbers(place) for place in self.samples},
        )


def plan(
    message: MessageSpec,
    length: int,
    *,
    count: int = 1,
    header: Iterable[FieldSpec] | None = None,
    fields: Iterable[tuple[FieldSpec, int]] | None = None,
    skipped: int = 0,
) -> Plan:
    """Return a message's plan for one of its shapes.

    Parameters
    ----------
    message : MessageSpec
        The message.
    length : int
        Its bytes.
    count : int
        Its samples.
    header : iterable of FieldSpec, optional
        The header fields that are there, in their places; else all that the message has.
    fields : iterable of (FieldSpec, int), optional
        The fields of items that are there, in their places, with their elements.
    skipped : int
        How many items of unknown tag lie between.
    """
    there = message.header if header is None else tuple(header)
    if fields is None:
        samples = tuple(_in_samples(message, field, count) for field in message.fields)
    else:
        names = [field.name for field in message.fields]
        found = sorted(fields, key=lambda item: names.index(item[0].name))
        samples = tuple(_sampled(message, field, field.at, (1, 1), shape) for field, shape in found)
    return Plan(message, length, count, _header(message, there, length), samples, skipped)


def _header(message: MessageSpec, fields: Sequence[FieldSpec], length: int) -> tuple[Place, ...]:
    return tuple(
        _text(field, field.shape or length - field.at)
        if field.type == TEXT
        else _plain(field, message.byte_order)
        for field in fields
    )


def _text(field: FieldSpec, characters: int) -> Place:
    dtype = np.dtype(np.uint8)
    return Place(field, field.at, characters, dtype, (characters,), (1,))


def _plain(field: FieldSpec, byte_order: ByteOrder) -> Place:
    dtype, shape, strides = wire(field, byte_order)
    return Place(field, field.at, 1, dtype, shape, strides)


def _in_samples(message: MessageSpec, field: FieldSpec, count: int) -> Place:
    samples = message.samples
    if samples is None:
        return _sampled(message, field, field.at, (1, 1), field.shape)
    at = field.at if field.stride else samples.at + field.at
    stride = field.stride or samples.stride
    if samples.newest_first:
        at, stride = at + stride * (count - 1), -stride
    return _sampled(message, field, at, (count, stride), field.shape)


def _sampled(
    message: MessageSpec, field: FieldSpec, at: int, samples: tuple[int, int], elements: int
) -> Place:
    """Return the place of a field in so many samples, so many bytes apart."""
    dtype, of_number, within = wire(field, message.byte_order)
    shape: tuple[int, ...] = samples[:1]
    strides: tuple[int, ...] = samples[1:]
    if field.shape != 1:
        shape, strides = (*shape, elements), (*strides, field.number.size)
    return Place(field, at, elements, dtype, (*shape, *of_number), (*strides, *within))
