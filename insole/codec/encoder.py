"""Numbers to bytes: the decoder's opposite, used by the simulator and by tests."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from insole.codec.layout import compile_layout
from insole.codec.number import to_raw
from insole.errors import SpecError
from insole.spec.model import NUMBER_TYPES

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from insole.codec.layout import Layout
    from insole.spec.model import DeviceSpec, FieldSpec

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
        self._layouts = {message.name: compile_layout(message) for message in spec.messages}

    def message(
        self,
        name: str,
        header: Mapping[str, float] = _NOTHING,
        samples: Mapping[str, npt.ArrayLike] = _NOTHING,
    ) -> bytes:
        """Return the payload that decodes to these numbers within half a quantum.

        Parameters
        ----------
        name : str
            Name of the message in the spec.
        header : mapping of str to float
            A number for each header field, in its unit.
        samples : mapping of str to ndarray, (n,) or (n, k)
            n samples for each sample field, in its unit.

        Returns
        -------
        bytes
            Numbers outside the range of their type are clamped to it, but the counter and the
            clock wrap, as they do in a device; NaN becomes the marker of a missing value; bytes
            that no field covers are 0.

        Raises
        ------
        SpecError
            If the message or a field is unknown or not given, the number of samples is wrong, or a
            NaN stands in a field that cannot say "missing".
        """
        layout = self._layouts.get(name)
        if layout is None:
            raise self._error(f"message {name}", f"is none of {', '.join(self._layouts)}")
        message = layout.message
        row = np.zeros(self._length(layout, samples), np.uint8)
        self._fill(
            row[: layout.header.itemsize].view(layout.header), layout, header, message.header
        )
        at, end = layout.sample_bytes(len(row))
        self._fill(row[at:end].view(layout.sample), layout, samples, message.fields)
        return row.tobytes()

    def _length(self, layout: Layout, samples: Mapping[str, npt.ArrayLike]) -> int:
        """Return the payload's length in bytes; it depends on the samples if they fill the rest."""
        message = layout.message
        if message.length is not None or message.samples is None:
            return layout.shortest
        count = max((np.shape(value)[0] for value in samples.values() if np.ndim(value)), default=0)
        length = message.samples.at + message.samples.stride * count
        if not layout.fits(length):
            most = layout.count(layout.longest)
            raise self._error(f"message {message.name}", f"takes 1 to {most} samples, not {count}")
        return length

    def _fill(
        self,
        target: npt.NDArray[np.void],
        layout: Layout,
        values: Mapping[str, npt.ArrayLike],
        fields: tuple[FieldSpec, ...],
    ) -> None:
        """Write the numbers of a header, (1,), or of samples, (n,), into their bytes."""
        if values.keys() != {field.name for field in fields}:
            wanted = ", ".join(field.name for field in fields) or "nothing"
            given = ", ".join(values) or "nothing"
            problem = f"takes numbers for {wanted}, not for {given}"
            raise self._error(f"message {layout.message.name}", problem)
        for field in fields:
            key = f"message {layout.message.name}, field {field.name}"
            number = self._number(key, field, values[field.name], len(target))
            target[field.name] = to_raw(number, field, layout.message.byte_order)

    def _number(
        self, key: str, field: FieldSpec, value: npt.ArrayLike, count: int
    ) -> npt.NDArray[np.float64]:
        """Return a field's numbers, (count,) or (count, k), once they are known to have a place."""
        try:
            number = np.atleast_1d(np.asarray(value, np.float64))
        except (TypeError, ValueError):
            raise self._error(key, f"takes numbers, not {value!r}") from None
        shape = (count,) if field.shape == 1 else (count, field.shape)
        if number.shape != shape:
            raise self._error(key, f"takes numbers of shape {shape}, not {number.shape}")
        if field.role in {"counter", "clock"}:
            return self._wrapped(key, field, number)
        cannot_miss = field.invalid is None and NUMBER_TYPES[field.type].whole
        if cannot_miss and np.isnan(number).any():
            raise self._error(key, "cannot be NaN, since it has no `invalid` marker")
        return number

    def _wrapped(
        self, key: str, field: FieldSpec, number: npt.NDArray[np.float64]
    ) -> npt.NDArray[np.float64]:
        if not np.isfinite(number).all():
            raise self._error(key, "cannot be NaN or infinite, since it counts")
        wrapped: npt.NDArray[np.float64] = np.rint(number) % self._modulus(field)
        return wrapped

    def _modulus(self, field: FieldSpec) -> int:
        if field.name == self._spec.clock.field:
            return self._spec.clock.modulus
        return NUMBER_TYPES[field.type].high + 1

    def _error(self, key: str, problem: str) -> SpecError:
        return SpecError(self._spec.path or self._spec.id, key, problem)
