"""Numbers to bytes: the decoder's opposite, used by the simulator and by tests."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from insole.codec import checksum
from insole.codec.dialect import Frame, dialect_for
from insole.codec.number import can_miss, to_raw
from insole.codec.outline import Outline, outline
from insole.codec.text import compile_template
from insole.errors import SpecError
from insole.spec.number import NUMBER_TYPES, TEXT

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from insole.codec.layout import Place
    from insole.spec.model import DeviceSpec, FieldSpec, FramingSpec, MessageSpec

_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Encoder:
    """The encoder of one device.

    Parameters
    ----------
    spec : DeviceSpec
        What the device is.
    """

    def __init__(self, spec: DeviceSpec) -> None:
        self._spec = spec
        self._messages = {message.name: message for message in spec.messages}
        self._templates = {m.name: compile_template(m) for m in spec.messages if m.template}
        self._dialect = dialect_for(spec)

    def message(
        self,
        name: str,
        header: Mapping[str, Any] = _NOTHING,
        samples: Mapping[str, npt.ArrayLike] = _NOTHING,
    ) -> bytes:
        """Return the payload that decodes to these numbers within half a quantum.

        Parameters
        ----------
        name : str
            Name of the message in the spec.
        header : mapping of str to float or str
            A number for each header field, in its unit, or a text. A field that flags leave out is
            not given; the one that tells the number of samples need not be.
        samples : mapping of str to ndarray, (n,) or (n, k)
            n samples for each sample field, in its unit, the oldest first. Of items, those that
            the message is to have.

        Returns
        -------
        bytes
            Numbers outside the range of their type are clamped to it, but the counter and the
            clock wrap, as they do in a device; NaN becomes the marker of a missing value; bytes
            that no field covers are 0. Tag, length and checksum are written where the spec has
            them; in a stream of text the end of the line is.

        Raises
        ------
        SpecError
            If the message or a field is unknown or not given, the number of samples is wrong, or a
            NaN stands in a field that cannot say "missing".
        """
        each = {field: [value] for field, value in header.items()}
        every = {field: self._one(name, field, value) for field, value in samples.items()}
        return self.messages(name, 1, each, every)[0]

    def messages(
        self,
        name: str,
        packets: int,
        header: Mapping[str, npt.ArrayLike] = _NOTHING,
        samples: Mapping[str, npt.ArrayLike] = _NOTHING,
    ) -> list[bytes]:
        """Return many payloads of equal shape, as `message` would one by one.

        Parameters
        ----------
        name : str
            Name of the message in the spec.
        packets : int
            How many.
        header : mapping of str to ndarray, (p,)
            As in `message`, a value for each payload; flags are the same in all.
        samples : mapping of str to ndarray, (p, n) or (p, n, k)
            As in `message`, for each payload.
        """
        message = self._messages.get(name)
        if message is None:
            raise self._error(f"message {name}", f"is none of {', '.join(self._messages)}")
        header, samples = self._untranslated(name, header, samples)
        shape = outline(message, header, samples, self._error)
        rows = np.zeros((packets, shape.plan.length), np.uint8)
        for place in (*shape.plan.header, *shape.plan.samples):
            self._fill(message, place, rows, shape.values[place.field.name])
        self._mark(message, shape, rows)
        return [self._framed(message, row.tobytes()) for row in rows]

    def _untranslated(
        self, name: str, header: Mapping[str, Any], samples: Mapping[str, Any]
    ) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        """Return what the device itself would send; the dialect learns from it as from a device."""
        if self._dialect is None:
            return header, samples
        arrays = {field: np.asarray(value) for field, value in header.items()}
        every = {field: np.asarray(value, np.float64) for field, value in samples.items()}
        frame = self._dialect.untranslate(Frame(name, 0, arrays, every))
        if name in self._dialect.learns:
            first = {field: np.asarray(value)[0] for field, value in frame.header.items()}
            last = {field: value[0] for field, value in frame.samples.items()}
            self._dialect.on_frame(Frame(name, 0, first, last))
        return frame.header, frame.samples

    def _fill(
        self, message: MessageSpec, place: Place, rows: npt.NDArray[np.uint8], value: Any
    ) -> None:
        """Write one field of every payload into its bytes."""
        target = place.many(rows, 0)
        if place.field.type == TEXT:
            for row, text in zip(target, value, strict=True):
                octets = str(text).encode("latin-1", "replace")[: place.elements]
                row[: len(octets)] = np.frombuffer(octets, np.uint8)
            return
        key = f"message {message.name}, field {place.field.name}"
        number = self._number(key, place.field, value, target.shape)
        raw = to_raw(number, place.field, message.byte_order)
        if place.field.bits:
            target |= (raw << place.field.bits[0]).astype(target.dtype)
        else:
            target[...] = raw

    def _number(
        self, key: str, field: FieldSpec, value: npt.ArrayLike, target: tuple[int, ...]
    ) -> npt.NDArray[np.float64]:
        """Return a field's numbers, one for each place, once they are known to have one."""
        try:
            number = np.asarray(value, np.float64)
        except (TypeError, ValueError):
            raise self._error(key, f"takes numbers, not {value!r}") from None
        shape = target[:-1] if field.number.size == 3 else target
        if number.shape != shape:
            raise self._error(key, f"takes numbers of shape {shape[1:]}, not {number.shape[1:]}")
        if field.role in {"counter", "clock"}:
            return self._wrapped(key, field, number)
        if not can_miss(field) and np.isnan(number).any():
            raise self._error(key, "cannot be NaN, since it has no `invalid` marker")
        return number

    def _wrapped(
        self, key: str, field: FieldSpec, number: npt.NDArray[np.float64]
    ) -> npt.NDArray[np.float64]:
        if not np.isfinite(number).all():
            raise self._error(key, "cannot be NaN or infinite, since it counts")
        told = field.name == self._spec.clock.field
        modulus = self._spec.clock.modulus if told else field.number.high + 1
        wrapped: npt.NDArray[np.float64] = np.rint(number) % modulus
        return wrapped

    def _mark(self, message: MessageSpec, shape: Outline, rows: npt.NDArray[np.uint8]) -> None:
        """Write what is constant: the heads of items, and the tag unless the framing has it."""
        for at, octets in shape.constant:
            rows[:, at : at + len(octets)] = np.frombuffer(octets, np.uint8)
        framing = self._spec.gatt[message.channel].framing
        if message.tag and not (framing and framing.kind == "tlv"):
            end = message.tag.at + len(message.tag.value)
            if end > rows.shape[1]:
                key = f"message {message.name}.tag"
                raise self._error(key, f"ends at byte {end}, beyond the {rows.shape[1]} there are")
            mask = np.frombuffer(message.tag.mask, np.uint8)
            part = rows[:, message.tag.at : end]
            part &= ~mask
            part |= np.frombuffer(message.tag.value, np.uint8)

    def _framed(self, message: MessageSpec, octets: bytes) -> bytes:
        """Return a message as it goes over the channel."""
        framing = self._spec.gatt[message.channel].framing
        if framing is None:
            return octets
        if framing.kind == "delimited":
            return self._templates[message.name].write(np.frombuffer(octets, "<f8")) + framing.end
        if framing.kind == "tlv":
            tag = message.tag.value if message.tag else b""
            return tag + self._length(message, len(octets), framing) + octets
        framed = bytearray(octets)
        if framing.kind == "length_prefixed":
            framed[: len(framing.start)] = framing.start
            told = self._length(message, len(octets) - framing.adds, framing)
            framed[framing.at : framing.at + len(told)] = told
        checksum.write(framing, framed)
        return bytes(framed)

    def _length(self, message: MessageSpec, length: int, framing: FramingSpec) -> bytes:
        number = NUMBER_TYPES[framing.length]
        if not 0 <= length <= number.high:
            problem = f"is {length} bytes long, more than a {framing.length} can tell"
            raise self._error(f"message {message.name}", problem)
        return length.to_bytes(number.size, framing.byte_order)

    def _one(self, name: str, field: str, value: npt.ArrayLike) -> npt.NDArray[Any]:
        """Return one payload's samples as those of the only one."""
        try:
            number = np.asarray(value, np.float64)
        except (TypeError, ValueError):
            key = f"message {name}, field {field}"
            raise self._error(key, f"takes numbers, not {value!r}") from None
        return np.atleast_1d(number)[np.newaxis]

    def _error(self, key: str, problem: str) -> SpecError:
        return SpecError(self._spec.path or self._spec.id, key, problem)
