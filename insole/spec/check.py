"""Whether a spec is fit to ship: sound, backed by evidence, safe, and unlike every other."""

from __future__ import annotations

from itertools import chain
from pathlib import PurePath
from typing import TYPE_CHECKING

from insole.errors import SpecError
from insole.spec.language import KEYS
from insole.spec.message import WRITTEN_BYTES
from insole.spec.safety import UNSAFE, unsafe_commands
from insole.spec.usable import faults

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from insole.spec.model import DeviceSpec, FieldSpec, MessageSpec


def problems(spec: DeviceSpec, others: Iterable[DeviceSpec] = ()) -> list[SpecError]:
    """Return everything that is wrong with a spec, except for the outcome of its vectors.

    Those need the codec, which stands above: :func:`insole.codec.vector.failures`.

    Parameters
    ----------
    spec : DeviceSpec
        As :func:`insole.spec.load.read` returns it.
    others : iterable of DeviceSpec
        The specs it must be told apart from.
    """
    found = chain(
        _name(spec), _evidence(spec), _match(spec, others), _unsafe_writes(spec), _overlaps(spec)
    )
    return [*faults(spec), *(SpecError(spec.path, key, problem) for key, problem in found)]


def _name(spec: DeviceSpec) -> Iterator[tuple[str, str]]:
    stem = PurePath(spec.path).stem
    if spec.path.endswith(".toml") and stem != spec.id:
        yield "id", f"is {spec.id!r} but the file is named {stem!r}; they must be the same"


def _evidence(spec: DeviceSpec) -> Iterator[tuple[str, str]]:
    if not spec.sources:
        yield "source", "is missing; name the document or the capture that this rests on"
        return
    for index, source in enumerate(spec.sources):
        if not source.covers:
            yield f"source[{index}].covers", "is missing; say what the source tells"
    covered = {topic for source in spec.sources for topic in source.covers}
    if "layout" not in covered:
        yield "source", "none covers the layout; a device is not decoded without evidence"
    if spec.evidence == "capture" and not any(source.capture for source in spec.sources):
        yield "source", "evidence is capture, but none names a capture file"
    if spec.evidence == "document":
        yield from _documents(spec)


def _documents(spec: DeviceSpec) -> Iterator[tuple[str, str]]:
    for index, source in enumerate(spec.sources):
        for key in ("url", "licence", "accessed"):
            if not getattr(source, key):
                yield f"source[{index}].{key}", "is missing, and evidence is document"


def _match(spec: DeviceSpec, others: Iterable[DeviceSpec]) -> Iterator[tuple[str, str]]:
    match = spec.match
    for index, look in enumerate(match.looks):
        if not look.given:
            known = ", ".join(key for key in KEYS["look"] if key != "mask")
            key = f"match.or[{index - 1}]" if index else "match"
            yield key, f"says nothing to match by; give {known}"
        if look.payload and spec.advertisement is None:
            yield "match.payload", "needs the table [advertisement], which says what it is part of"
    for other in others:
        if other.path == spec.path:
            continue
        if other.id == spec.id:
            yield "id", f"{spec.id} is taken by {other.path}"
        if other.match.priority == match.priority:
            yield "match.priority", f"{match.priority} is taken by {other.id}; choose another"


def _unsafe_writes(spec: DeviceSpec) -> Iterator[tuple[str, str]]:
    for name in unsafe_commands(spec):
        yield f"commands.{name}", UNSAFE


def _overlaps(spec: DeviceSpec) -> Iterator[tuple[str, str]]:
    for index, message in enumerate(spec.messages):
        key = f"message[{index}]"
        parts: list[tuple[str, Sequence[int]]] = [
            (f.name, range(f.at, f.end)) for f in message.header if not f.bits
        ]
        samples = message.samples
        if samples and samples.stride:
            end = samples.at + samples.stride * (samples.count or 1)
            parts.append(("samples", range(samples.at, end)))
        if samples:
            apart = [field for field in message.fields if field.stride]
            parts += [(f.name, _octets(f, samples.count or 1)) for f in apart]
            within = [(f.name, range(f.at, f.end)) for f in message.fields if not f.stride]
            yield from _overlapping(key, within, message.template)
        yield from _overlapping(key, parts, message.template)
        yield from _shared_bits(key, message)


def _octets(field: FieldSpec, count: int) -> list[int]:
    """Return the places of a field whose values do not lie together."""
    starts = range(0, field.stride * count, field.stride)
    return [octet + start for start in starts for octet in range(field.at, field.end)]


def _overlapping(
    key: str, parts: Iterable[tuple[str, Sequence[int]]], template: str
) -> Iterator[tuple[str, str]]:
    taken: dict[int, str] = {}
    for name, octets in parts:
        shared = next((octet for octet in octets if octet in taken), None)
        if shared is not None:
            place = f"number {shared // WRITTEN_BYTES}" if template else f"byte {shared}"
            yield key, f"{taken[shared]} and {name} both have {place}; they overlap"
        taken |= dict.fromkeys(octets, name)
        if len(set(octets)) < len(octets):
            yield key, f"the values of {name} share bytes; its stride is shorter than its shape"


def _shared_bits(key: str, message: MessageSpec) -> Iterator[tuple[str, str]]:
    taken: dict[int, str] = {}
    for field in message.header:
        if field.bits:
            octets = range(8 * field.at + field.bits[0], 8 * field.at + field.bits[1] + 1)
            for bit in octets:
                if bit in taken:
                    yield key, f"{field.name} and {taken[bit]} share a bit; they overlap"
                    break
            taken.update(dict.fromkeys(octets, field.name))
