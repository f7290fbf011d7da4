"""Whether a spec file is right throughout: its vectors decode as expected, and encode back."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

from insole.codec.decoder import Decoder
from insole.codec.dialect import dialect_for
from insole.codec.encoder import Encoder
from insole.errors import DecodeError, SpecError
from insole.spec.check import problems
from insole.spec.load import read
from insole.spec.usable import faults

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from insole.codec.dialect import Frame
    from insole.spec.model import DeviceSpec, FieldSpec, VectorSpec

_QUANTUM_FRACTION = 1e-3
"""How far an expectation may lie from the decoded number, in steps of the raw one (our choice)."""
_FLOAT_PRECISION = 1e-6
"""The same for floats, as a fraction of the number: f32 has 24 bits (our choice)."""


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
    found = problems(spec, others)
    if any(faults(spec)):
        return found
    try:
        dialect_for(spec)
    except SpecError as error:
        return [*found, error]
    return found + failures(spec)


def failures(spec: DeviceSpec) -> list[SpecError]:
    """Return an error for each vector that fails, number that differs and message untested."""
    found = [
        SpecError(spec.path, f"vector[{index}]{key}", problem)
        for index, vector in enumerate(spec.vectors)
        for key, problem in _failures(spec, vector)
    ]
    return found + list(_untested(spec))


def _untested(spec: DeviceSpec) -> Iterator[SpecError]:
    tested = {
        frame.message
        for vector in spec.vectors
        if any(vector.expect)
        for frame in _decoded(spec, vector)[0]
    }
    for index, message in enumerate(spec.messages):
        if message.name not in tested:
            problem = f"no vector tests {message.name}; add one worked by hand"
            yield SpecError(spec.path, f"message[{index}]", problem)


def _failures(spec: DeviceSpec, vector: VectorSpec) -> Iterator[tuple[str, str]]:
    frames, error = _decoded(spec, vector)
    if bool(error) != vector.refused:
        yield ".hex", error or "decodes, and should be refused"
        return
    if vector.each and len(frames) != len(vector.expect):
        yield ".expect", f"has {len(vector.expect)} tables; {len(frames)} messages were decoded"
        return
    tables = zip(vector.expect, _expected_in(vector, frames), strict=False)
    for number, (expect, among) in enumerate(tables):
        key = f".expect[{number}]" if vector.each else ".expect"
        for name, expected in expect.items():
            problem = _difference(spec, among, name, expected)
            if problem:
                yield f"{key}.{name}", problem
    if not error:
        yield from _not_encoded_back(spec, vector)


def _expected_in(vector: VectorSpec, frames: Sequence[Frame]) -> list[Sequence[Frame]]:
    if vector.each:
        return [[frame] for frame in frames]
    return [[frame for frame in frames if vector.message in {"", frame.message}]]


def _decoded(spec: DeviceSpec, vector: VectorSpec) -> tuple[list[Frame], str]:
    """Return the frames of a vector, and what did not fit in it."""
    decoder = Decoder(spec)
    for channel, payload in vector.after:
        try:
            decoder.feed(channel, payload, 0)
        except DecodeError as error:
            return [], f"what comes before it: {error.problem}"
    try:
        return decoder.feed(vector.channel, vector.payload, 0), ""
    except DecodeError as error:
        return list(error.frames), error.problem


def _difference(spec: DeviceSpec, among: Sequence[Frame], name: str, expected: Any) -> str:
    for frame in among:
        values: Mapping[str, Any] = {**frame.header, **frame.samples}
        if name in values:
            message = next(m for m in spec.messages if m.name == frame.message)
            field = next(f for f in message.every_field if f.name == name)
            found = values[name]
            return "" if _equal(found, expected, field) else f"decodes to {_written(found)}"
    return "is not there"


def _written(found: Any) -> str:
    return str(found) if isinstance(found, str) else str(np.asarray(found).tolist())


def _equal(found: Any, expected: Any, field: FieldSpec) -> bool:
    if isinstance(found, str) or isinstance(expected, str):
        return bool(found == expected)
    found, expected = np.asarray(found, np.float64), np.asarray(expected, np.float64)
    if found.shape != expected.shape:
        return False
    whole = field.number.whole
    return np.allclose(
        found,
        expected,
        rtol=0 if whole else _FLOAT_PRECISION,
        atol=abs(field.scale) * _QUANTUM_FRACTION if whole else 0,
        equal_nan=True,
    )


def _not_encoded_back(spec: DeviceSpec, vector: VectorSpec) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with the bytes that the numbers of a vector encode to.

    They must say what the vector says, before any dialect; a NaN may be written in another way.
    """
    decoder, encoder = Decoder(spec), Encoder(spec)
    sent: list[bytes] = []
    for channel, payload in chain(vector.after, [(vector.channel, vector.payload)]):
        frames = decoder.feed(channel, payload, 0)
        sent = [encoder.message(f.message, f.header, f.samples) for f in frames]
    plain = replace(spec, dialect="")
    wanted = _decoded(plain, vector)[0]
    again, error = _decoded(plain, replace(vector, payload=b"".join(sent), after=()))
    same = len(again) == len(wanted) and all(map(_alike, again, wanted))
    if error or not same:
        yield ".hex", f"encodes back to {b''.join(sent).hex()}"


def _alike(frame: Frame, other: Frame) -> bool:
    """Return whether two frames hold the same numbers and texts."""
    if frame.message != other.message:
        return False
    values, others = {**frame.header, **frame.samples}, {**other.header, **other.samples}
    return values.keys() == others.keys() and all(
        values[name] == others[name]
        if isinstance(values[name], str)
        else np.array_equal(values[name], others[name], equal_nan=True)
        for name in values
    )
