"""The shape of a message that is to be made: what was given decides what is there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from insole.codec.layout import Plan, plan
from insole.spec.model import MAX_PAYLOAD
from insole.spec.number import NUMBER_TYPES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from insole.errors import SpecError
    from insole.spec.model import FieldSpec, ItemsSpec, MessageSpec

    Complain: TypeAlias = Callable[[str, str], SpecError]


@dataclass(frozen=True, slots=True)
class Outline:
    """A plan, the values for its places, and bytes that are the same in every such message."""

    plan: Plan
    values: Mapping[str, Any]
    constant: tuple[tuple[int, bytes], ...] = ()


def outline(
    message: MessageSpec, header: Mapping[str, Any], samples: Mapping[str, Any], error: Complain
) -> Outline:
    """Return the outline of messages with these values.

    Parameters
    ----------
    message : MessageSpec
        What to make.
    header : mapping of str to ndarray, (p,)
        Values of header fields, for each message.
    samples : mapping of str to ndarray, (p, n) or (p, n, k)
        Values of sample fields, for each message.
    error : callable
        Makes the error for a key and a problem.
    """
    key = f"message {message.name}"
    if message.items:
        _require(key, header, message.header, error)
        return _with_items(message, message.items, header, samples, error)
    count = _count(key, message, samples, error)
    if message.samples and message.samples.count_field:
        told = np.full(len(next(iter(samples.values()))), count)
        header = {message.samples.count_field: told, **header}
    there = _present(key, message, header, error)
    _require(key, header, there, error)
    _require(key, samples, message.fields, error)
    length = message.length
    if length is None and message.samples:
        length = message.samples.at + message.samples.stride * count
    if length is None:
        there, length = _one_behind_the_other(message, there, header)
    made = plan(message, length, count=count, header=there)
    return Outline(made, {**header, **samples})


def _require(
    key: str, values: Mapping[str, Any], fields: tuple[FieldSpec, ...], error: Complain
) -> None:
    if values.keys() != {field.name for field in fields}:
        wanted = ", ".join(field.name for field in fields) or "nothing"
        given = ", ".join(values) or "nothing"
        raise error(key, f"takes numbers for {wanted}, not for {given}")


def _count(key: str, message: MessageSpec, samples: Mapping[str, Any], error: Complain) -> int:
    """Return how many samples a message has; what was given says so if the spec does not."""
    spec = message.samples
    if spec is None:
        return 1
    if spec.count is not None:
        return spec.count
    shapes = [np.shape(value) for value in samples.values()]
    count = max((shape[1] for shape in shapes if len(shape) > 1), default=0)
    most = (MAX_PAYLOAD - spec.at) // spec.stride
    teller = next((f for f in message.header if f.name == spec.count_field), None)
    most = min(most, teller.number.high) if teller else most
    if not 1 <= count <= most:
        raise error(key, f"takes 1 to {most} samples, not {count}")
    return int(count)


def _present(
    key: str, message: MessageSpec, header: Mapping[str, Any], error: Complain
) -> tuple[FieldSpec, ...]:
    """Return the fields that the flags given say are there."""
    there: list[FieldSpec] = []
    for field in message.header:
        if field.when is None:
            there.append(field)
            continue
        flags = {int(value) for value in header.get(field.when.field, ())}
        bits = {bool(value >> field.when.bit & 1) for value in flags}
        if len(bits) > 1:
            raise error(key, f"takes one value of {field.when.field} at a time, not {flags}")
        if bits == {field.when.value}:
            there.append(field)
    return tuple(there)


def _one_behind_the_other(
    message: MessageSpec, there: tuple[FieldSpec, ...], header: Mapping[str, Any]
) -> tuple[tuple[FieldSpec, ...], int]:
    placed: list[FieldSpec] = []
    at = 0
    for field in there:
        one = replace(field, at=at) if message.flagged else field
        placed.append(one)
        at = one.end
        if not one.shape:
            at += max((len(str(text)) for text in header[field.name]), default=0)
    return tuple(placed), at


def _with_items(
    message: MessageSpec,
    items: ItemsSpec,
    header: Mapping[str, Any],
    samples: Mapping[str, Any],
    error: Complain,
) -> Outline:
    """Return the outline of a message with the items that are given, in the order of the spec."""
    unknown = samples.keys() - {field.name for field in message.fields}
    if unknown:
        known = ", ".join(field.name for field in message.fields)
        raise error(f"message {message.name}", f"has items for {known}, not {', '.join(unknown)}")
    fields: list[tuple[FieldSpec, int]] = []
    constant: list[tuple[int, bytes]] = []
    at, outer, told = items.at, None, 0
    sizes = {kind: NUMBER_TYPES[kind].size for kind in (items.tag, items.length)}
    for entry in sorted(items.entries, key=lambda entry: entry.tag[: bool(items.inner)]):
        field = entry.fields[0]
        if field.name not in samples:
            continue
        shape = field.shape or int(np.shape(samples[field.name])[-1])
        if not items.inner or entry.tag[0] != outer:
            outer, told = entry.tag[0], at + sizes[items.tag]
            constant.append((at, _octets(outer, items.tag, message)))
            at = told + sizes[items.length]
        if items.inner:
            constant.append((at, _octets(entry.tag[1], items.inner, message)))
            at += NUMBER_TYPES[items.inner].size
        fields.append((replace(field, at=at), shape))
        at += field.number.size * shape
        length = at - told - sizes[items.length]
        if length > NUMBER_TYPES[items.length].high:
            problem = f"is {length} bytes long, more than a {items.length} can tell"
            raise error(f"message {message.name}, item {field.name}", problem)
        told_octets = _octets(length, items.length, message)
        constant = [part for part in constant if part[0] != told] + [(told, told_octets)]
    made = plan(message, at, fields=fields)
    return Outline(made, {**header, **samples}, tuple(constant))


def _octets(number: int, kind: str, message: MessageSpec) -> bytes:
    return number.to_bytes(NUMBER_TYPES[kind].size, message.byte_order)
