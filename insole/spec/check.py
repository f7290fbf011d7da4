"""Whether a spec is fit to ship: sound, backed by evidence, safe, and unlike every other."""

from __future__ import annotations

from itertools import chain, pairwise
from pathlib import PurePath
from typing import TYPE_CHECKING

from insole.errors import SpecError
from insole.spec.usable import faults

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from insole.spec.model import CommandSpec, DeviceSpec


UNSAFE = "changes the device and would be sent unasked; take it out of connect, start and stop"


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
        _name(spec), _evidence(spec), _match(spec, others), _unsafe_writes(spec), _overlaps(spec),
        _vectors(spec),
    )  # fmt: skip
    return [*faults(spec), *(SpecError(spec.path, key, problem) for key, problem in found)]


def unsafe_steps(spec: DeviceSpec) -> list[str]:
    """Return the commands of connect, start and stop, sent unasked, that change the device."""
    sent = [step.target for step in spec.connect if step.verb == "send"]
    unasked = dict.fromkeys((*sent, "start", "stop"))
    changing = {_write(spec, c) for c in spec.commands.values() if c.changes_device}
    commands = (spec.commands[name] for name in unasked if name in spec.commands)
    return [command.name for command in commands if _write(spec, command) in changing]


def _write(spec: DeviceSpec, command: CommandSpec) -> tuple[str, bytes]:
    """Return where the bytes really go: the same write under another name changes as much."""
    channel = spec.gatt.get(command.to)
    return (channel.characteristic if channel else command.to), command.payload


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
    if not (match.local_name or match.service or match.company_id):
        yield "match", "says nothing to match by; give local_name, service or company_id"
    for other in others:
        if other.path == spec.path:
            continue
        if other.id == spec.id:
            yield "id", f"{spec.id} is taken by {other.path}"
        if other.match.priority == match.priority:
            yield "match.priority", f"{match.priority} is taken by {other.id}; choose another"


def _unsafe_writes(spec: DeviceSpec) -> Iterator[tuple[str, str]]:
    for name in unsafe_steps(spec):
        yield f"commands.{name}", UNSAFE


def _overlaps(spec: DeviceSpec) -> Iterator[tuple[str, str]]:
    for index, message in enumerate(spec.messages):
        key = f"message[{index}]"
        parts = [(field.at, field.end, field.name) for field in message.header]
        if message.samples:
            end = message.samples.at + message.samples.stride * (message.samples.count or 1)
            parts.append((message.samples.at, end, "samples"))
        yield from _overlapping(key, parts)
        yield from _overlapping(key, [(f.at, f.end, f.name) for f in message.fields])


def _overlapping(key: str, parts: list[tuple[int, int, str]]) -> Iterator[tuple[str, str]]:
    for (_, end, name), (at, _, other) in pairwise(sorted(parts)):
        if at < end:
            yield key, f"{name} ends at byte {end}, where {other} has begun at {at}; they overlap"


def _vectors(spec: DeviceSpec) -> Iterator[tuple[str, str]]:
    tested = {vector.channel for vector in spec.vectors if vector.expect}
    for index, message in enumerate(spec.messages):
        if message.channel not in tested:
            yield f"message[{index}]", f"no vector tests {message.name}; add one worked by hand"
