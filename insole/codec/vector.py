"""Whether a spec file is right throughout: its vectors decode as expected, and encode back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from insole.codec.decoder import Decoder
from insole.codec.encoder import Encoder
from insole.errors import DecodeError, SpecError
from insole.spec.check import problems
from insole.spec.load import read
from insole.spec.model import NUMBER_TYPES
from insole.spec.usable import faults

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from insole.codec.decoder import Frame
    from insole.spec.model import DeviceSpec, FieldSpec, MessageSpec, VectorSpec

_QUANTUM_FRACTION = 1e-3
"""How far an expectation may lie from the decoded number, in steps of the raw one (our choice)."""
_F32_PRECISION = 1e-6
"""The same for f32, which has 24 bits, as a fraction of the number (our choice)."""


def check_text(toml: str, path: str, others: Iterable[DeviceSpec] = ()) -> list[SpecError]:
    """Return everything that is wrong with the text of a spec file; what `insole spec check` says.

    Parameters
    ----------
    toml : str
        The file's text.
    path : str
        What to call it in errors.
    others : iterable of DeviceSpec
        The specs it must be told apart from.
    """
    try:
        spec = read(toml, path)
    except SpecError as error:
        return [error]
    usable = not any(faults(spec))
    return problems(spec, others) + (failures(spec) if usable else [])


def failures(spec: DeviceSpec) -> list[SpecError]:
    """Return an error for each vector that fails, and for each number in it that differs."""
    return [
        SpecError(spec.path, f"vector[{index}]{key}", problem)
        for index, vector in enumerate(spec.vectors)
        for key, problem in _failures(spec, vector)
    ]


def _failures(spec: DeviceSpec, vector: VectorSpec) -> Iterator[tuple[str, str]]:
    try:
        frame = Decoder(spec).feed(vector.channel, vector.payload, 0)[0]
    except DecodeError as error:
        yield ".hex", error.problem
        return
    message = next(message for message in spec.messages if message.name == frame.message)
    found: dict[str, Any] = {**frame.header, **frame.samples}
    for field in message.every_field:
        if field.name in vector.expect and not _equal(
            found[field.name], vector.expect[field.name], field
        ):
            written = np.asarray(found[field.name]).tolist()
            yield f".expect.{field.name}", f"decodes to {written}"
    if _covered(message, _again(spec, frame)) != _covered(message, vector.payload):
        yield ".hex", f"encodes back to {_again(spec, frame).hex()}"


def _equal(found: Any, expected: Any, field: FieldSpec) -> bool:
    found, expected = np.asarray(found, np.float64), np.asarray(expected, np.float64)
    if found.shape != expected.shape:
        return False
    whole = NUMBER_TYPES[field.type].whole
    return np.allclose(
        found,
        expected,
        rtol=0 if whole else _F32_PRECISION,
        atol=abs(field.scale) * _QUANTUM_FRACTION if whole else 0,
        equal_nan=True,
    )


def _again(spec: DeviceSpec, frame: Frame) -> bytes:
    return Encoder(spec).message(frame.message, frame.header, frame.samples)


def _covered(message: MessageSpec, payload: bytes) -> bytes:
    """Return a payload with 0 in place of every byte that no field explains."""
    row = np.frombuffer(payload, np.uint8)
    explained = np.zeros(len(row), np.bool_)
    for field in message.header:
        explained[field.at : field.end] = True
    samples = message.samples
    if samples:
        last = len(row) if samples.count is None else samples.at + samples.stride * samples.count
        for start in range(samples.at, last, samples.stride):
            for field in message.fields:
                explained[start + field.at : start + field.end] = True
    return np.where(explained, row, 0).astype(np.uint8).tobytes()
