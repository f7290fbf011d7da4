"""Whether the parts of each message have room, and its numbers a meaning."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from insole.spec.model import MAX_BUFFER, MAX_PAYLOAD
from insole.spec.number import NUMBER_TYPES, TEXT
from insole.toml_table import suggestion
from insole.units import SUFFIX, TO_CANONICAL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from insole.spec.model import DeviceSpec, FieldSpec, MessageSpec, Role

Fault = tuple[str, str]

_FORCE = ("N", "bw", "adc", "1", "kPa", "N/cm2")
ROLE_UNITS: dict[Role, tuple[str, ...]] = {
    "load": _FORCE,
    "total": ("N", "bw", "adc", "1"),
    "acc": ("g",),
    "gyro": ("dps",),
    "cop": ("mm",),
    "cop_ap": ("mm",),
    "cop_ml": ("mm",),
    "battery": ("%",),
    "stable": ("1",),
    "removed": ("1",),
}
"""Role → units of the tables that it may end in."""
ROLE_SHAPE: dict[Role, int] = {
    "total": 1, "acc": 3, "gyro": 3, "cop": 2, "cop_ap": 1, "cop_ml": 1, "battery": 1,
}  # fmt: skip
SENSES: frozenset[Role] = frozenset({"load", "total", "acc", "gyro", "cop", "cop_ap", "cop_ml"})
_IN_SAMPLES: frozenset[Role] = frozenset({"load", "acc", "gyro", "cop"})
_IN_HEADER: frozenset[Role] = frozenset({"counter", "stable", "removed"})
_COUNTS: frozenset[Role] = frozenset({"counter", "clock"})


def canonical(unit: str) -> tuple[str, float]:
    """Return the unit that tables carry for a field's, and the factor to it."""
    return TO_CANONICAL.get(unit, (unit, 1.0))


def messages(spec: DeviceSpec) -> Iterator[Fault]:
    """Yield what is wrong with the places in each message."""
    if not spec.messages:
        yield "message", "is missing; a device without messages says nothing"
    names = Counter(message.name for message in spec.messages)
    for index, message in enumerate(spec.messages):
        key = f"message[{index}]"
        if names[message.name] > 1:
            yield f"{key}.name", f"{message.name} stands twice"
        end, limit = _end(message), _limit(message)
        if end > limit:
            yield key, f"its parts end at byte {end}, beyond the {limit} there are"
        if message.samples:
            yield from _samples(key, message)
        if message.items:
            yield from _items(key, message)


def fields(spec: DeviceSpec) -> Iterator[Fault]:
    """Yield what is wrong with the numbers of each message."""
    for index, message in enumerate(spec.messages):
        names = Counter(field.name for field in message.every_field)
        roles = Counter(field.role for field in message.every_field)
        for field in message.every_field:
            key = f"message[{index}], field {field.name}"
            if names[field.name] > 1:
                yield key, "its name stands twice"
            if roles[field.role] > 1 and field.role not in {"", "load"}:
                yield key, f"its role {field.role} stands twice; one field of the message has it"
            stride = message.samples.stride if message.samples and not field.stride else 0
            if stride and field in message.fields and field.end > stride:
                yield key, f"ends at byte {field.end}, beyond the stride {stride}"
            for problem in _number_problems(field, in_header=field in message.header):
                yield key, problem


def loads(spec: DeviceSpec) -> Iterator[Fault]:
    """Yield load fields of one name that are not alike; they must mean the same sensors."""
    first: dict[str, FieldSpec] = {}
    for index, message in enumerate(spec.messages):
        for field in message.fields:
            if field.role != "load":
                continue
            other = first.setdefault(field.name, field)
            if (other.shape, canonical(other.unit)[0]) != (field.shape, canonical(field.unit)[0]):
                problem = "has another shape or unit than in an earlier message; name it otherwise"
                yield f"message[{index}], field {field.name}", problem
    open_ended = [name for name, field in first.items() if not field.shape]
    if open_ended and len(first) > 1:
        problem = f'{open_ended[0]} has shape "rest", so it must be the only load field'
        yield "message", problem


def _end(message: MessageSpec) -> int:
    """Return the byte after the last one that is spoken for."""
    ends = [field.end for field in message.header]
    samples = message.samples
    if samples and samples.count is not None:
        if samples.stride:
            ends.append(samples.at + samples.stride * samples.count)
        within = (f for f in message.fields if f.stride)
        ends += [field.end + field.stride * (samples.count - 1) for field in within]
    return max(ends, default=0)


def _limit(message: MessageSpec) -> int:
    """Return the bytes that there are; in front of the samples if those fill the rest."""
    most = MAX_BUFFER if message.template else MAX_PAYLOAD
    if message.length is not None:
        return min(message.length, most)
    if message.items:
        return message.items.at
    return message.samples.at if message.samples else most


def _samples(key: str, message: MessageSpec) -> Iterator[Fault]:
    samples = message.samples
    if samples is None:
        return
    for field in message.fields:
        if not samples.stride and not field.stride:
            problem = "needs a stride of its own, or samples an at and a stride for all"
            yield f"{key}, field {field.name}", problem
        if field.stride and samples.count is None:
            yield f"{key}, field {field.name}", "has a stride of its own, so count must be a number"
    if not samples.count_field:
        return
    counts = {f.name: f for f in message.header if f.whole and f.type[0] == "u"}
    if samples.count_field not in counts:
        known = suggestion(samples.count_field, ("rest", *counts))
        yield f"{key}.samples.count", f"is {samples.count_field!r}; {known}"


def _items(key: str, message: MessageSpec) -> Iterator[Fault]:
    items = message.items
    if items is None:
        return
    tags = Counter(entry.tag for entry in items.entries)
    types = (items.tag, items.inner) if items.inner else (items.tag,)
    for index, entry in enumerate(items.entries):
        where = f"{key}.item[{index}].tag"
        if tags[entry.tag] > 1:
            yield where, f"{entry.tag[-1]} stands twice"
        for tag, kind in zip(entry.tag, types, strict=True):
            if tag > NUMBER_TYPES[kind].high:
                yield where, f"is {tag}; a {kind} ends with {NUMBER_TYPES[kind].high}"


def _number_problems(field: FieldSpec, *, in_header: bool) -> Iterator[str]:
    units = {*SUFFIX, *TO_CANONICAL}
    if field.unit not in units:
        yield f"unit is {field.unit!r}; {suggestion(field.unit, sorted(units))}"
        return
    accepted = ROLE_UNITS.get(field.role)
    if accepted and canonical(field.unit)[0] not in accepted:
        known = ", ".join(unit for unit in sorted(units) if canonical(unit)[0] in accepted)
        yield f"role {field.role} has unit {field.unit!r}; accepted: {known}"
    if field.type == TEXT and field.role:
        yield f"role {field.role} needs a number, not text"
    elif field.shape != ROLE_SHAPE.get(field.role, field.shape):
        yield f"role {field.role} has shape {field.shape}, must be {ROLE_SHAPE[field.role]}"
    if field.role in _IN_SAMPLES and in_header:
        yield f"role {field.role} belongs among the fields of the samples"
    if field.role in _IN_HEADER and not in_header:
        yield f"role {field.role} belongs in the header"
    plain = field.whole and field.shape == 1 and not field.bits
    if field.role in _COUNTS and not (plain and field.type in ("u8", "u16", "u24", "u32", "int")):
        yield f"role {field.role} needs an unsigned field without scale, offset, bits or invalid"
