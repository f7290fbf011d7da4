"""Whether the parts of a spec fit together, so that the codec can work with it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from insole.errors import SpecError
from insole.spec.model import MAX_PAYLOAD, NUMBER_TYPES
from insole.spec.reader import suggestion
from insole.units import SUFFIX, TO_CANONICAL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from insole.spec.model import DeviceSpec, FieldSpec, MessageSpec, Role

ROLE_UNITS: dict[Role, tuple[str, ...]] = {
    "load": ("N", "bw", "adc"),
    "total": ("N", "bw", "adc"),
    "acc": ("g",),
    "gyro": ("dps",),
    "cop": ("mm",),
    "battery": ("%",),
}
"""Role → units of the tables that it may end in."""
ROLE_SHAPE: dict[Role, int] = {"total": 1, "acc": 3, "gyro": 3, "cop": 2, "battery": 1}
_SENSES: frozenset[Role] = frozenset({"load", "total", "acc", "gyro", "cop"})
_IN_SAMPLES: frozenset[Role] = frozenset({"load", "acc", "gyro", "cop"})
_IN_HEADER: frozenset[Role] = frozenset({"counter", "clock"})


def faults(spec: DeviceSpec) -> Iterator[SpecError]:
    """Yield everything that keeps the codec from working with a spec, causes before effects."""
    checks: tuple[Callable[[DeviceSpec], Iterator[tuple[str, str]]], ...] = (
        _messages, _fields, _channels, _clock, _side, _commands, _steps, _sensors, _vectors,
    )  # fmt: skip
    for check in checks:
        for key, problem in check(spec):
            yield SpecError(spec.path, key, problem)


def canonical(unit: str) -> tuple[str, float]:
    """Return the unit that tables carry for a field's, and the factor to it."""
    return TO_CANONICAL.get(unit, (unit, 1.0))


def _side(spec: DeviceSpec) -> Iterator[tuple[str, str]]:
    if spec.side.source == "user":
        return
    fields = {
        f"{message.name}.{field.name}": field
        for message in spec.messages
        for field in message.header
    }
    field = fields.get(spec.side.source)
    if field is None:
        problem = f"is {spec.side.source!r}; {suggestion(spec.side.source, ('user', *fields))}"
        yield "side.from", problem
    elif not field.whole:
        yield "side.from", f"field {field.name} must be a whole number without scale or invalid"


def _channels(spec: DeviceSpec) -> Iterator[tuple[str, str]]:
    carried = Counter(message.channel for message in spec.messages)
    for index, message in enumerate(spec.messages):
        if message.channel not in spec.gatt:
            known = suggestion(message.channel, spec.gatt)
            yield f"message[{index}].channel", f"is {message.channel!r}; {known}"
        elif carried[message.channel] > 1:
            yield f"message[{index}].channel", "carries another message too; one to a channel"


def _steps(spec: DeviceSpec) -> Iterator[tuple[str, str]]:
    targets: dict[str, Iterable[str]] = {
        "read": _channels_for(spec, "read"),
        "subscribe": _channels_for(spec, "notify", "indicate"),
        "send": spec.commands,
        "wait": [message.name for message in spec.messages],
    }
    for index, step in enumerate(spec.connect):
        accepted = tuple(targets[step.verb])
        if step.target not in accepted:
            key = f"connect.steps[{index}].{step.verb}"
            yield key, f"is {step.target!r}; {suggestion(step.target, accepted)}"


def _commands(spec: DeviceSpec) -> Iterator[tuple[str, str]]:
    accepted = _channels_for(spec, "write")
    for name, command in spec.commands.items():
        if command.to not in accepted:
            yield f"commands.{name}.to", f"is {command.to!r}; {suggestion(command.to, accepted)}"
        if not 1 <= len(command.payload) <= MAX_PAYLOAD:
            yield f"commands.{name}.hex", f"must be 1 to {MAX_PAYLOAD} bytes"


def _channels_for(spec: DeviceSpec, *uses: str) -> tuple[str, ...]:
    return tuple(name for name, channel in spec.gatt.items() if channel.use in uses)


def _clock(spec: DeviceSpec) -> Iterator[tuple[str, str]]:
    if spec.clock.kind == "arrival":
        return
    fields = _clocked(spec)
    field = fields.get(spec.clock.field)
    if field is None:
        known = suggestion(spec.clock.field, fields)
        yield "clock.field", f"is {spec.clock.field!r}, not in every message that measures; {known}"
        return
    role = "counter" if spec.clock.kind == "counter" else "clock"
    if field.role != role:
        yield "clock.field", f'field {field.name} must have role = "{role}"'
    if spec.clock.modulus > NUMBER_TYPES[field.type].high + 1:
        highest = NUMBER_TYPES[field.type].high + 1
        yield "clock.modulus", f"is {spec.clock.modulus}; a {field.type} has at most {highest}"


def _clocked(spec: DeviceSpec) -> dict[str, FieldSpec]:
    """Return the header fields that every message with sensors has."""
    headers = [
        {field.name: field for field in message.header}
        for message in spec.messages
        if any(field.role in _SENSES for field in message.every_field)
    ]
    if not headers:
        return {}
    shared = set.intersection(*map(set, headers))
    return {name: field for name, field in headers[0].items() if name in shared}


def _messages(spec: DeviceSpec) -> Iterator[tuple[str, str]]:
    if not spec.messages:
        yield "message", "is missing; a device without messages says nothing"
    names = Counter(message.name for message in spec.messages)
    for index, message in enumerate(spec.messages):
        if names[message.name] > 1:
            yield f"message[{index}].name", f"{message.name} stands twice"
        end, limit = _end(message), _limit(message)
        if end > limit:
            yield f"message[{index}]", f"its parts end at byte {end}, beyond the {limit} there are"


def _end(message: MessageSpec) -> int:
    """Return the byte after the last one that is spoken for."""
    header = max((field.end for field in message.header), default=0)
    if message.samples is None or message.samples.count is None:
        return header
    return max(header, message.samples.at + message.samples.stride * message.samples.count)


def _limit(message: MessageSpec) -> int:
    """Return the bytes that there are; in front of the samples if those fill the rest."""
    if message.length is not None:
        return min(message.length, MAX_PAYLOAD)
    return message.samples.at if message.samples else MAX_PAYLOAD


def _fields(spec: DeviceSpec) -> Iterator[tuple[str, str]]:
    for index, message in enumerate(spec.messages):
        names = Counter(field.name for field in message.every_field)
        roles = Counter(field.role for field in message.every_field)
        for field in message.every_field:
            key = f"message[{index}], field {field.name}"
            if names[field.name] > 1:
                yield key, "its name stands twice"
            if roles[field.role] > 1 and field.role not in {"", "load"}:
                yield key, f"its role {field.role} stands twice; one field of the message has it"
            if message.samples and field in message.fields and field.end > message.samples.stride:
                yield key, f"ends at byte {field.end}, beyond the stride {message.samples.stride}"
            for problem in _number_problems(field, in_header=field in message.header):
                yield key, problem


def _number_problems(field: FieldSpec, *, in_header: bool) -> Iterator[str]:
    units = {*SUFFIX, *TO_CANONICAL}
    if field.unit not in units:
        yield f"unit is {field.unit!r}; {suggestion(field.unit, sorted(units))}"
        return
    accepted = ROLE_UNITS.get(field.role)
    if accepted and canonical(field.unit)[0] not in accepted:
        known = ", ".join(unit for unit in sorted(units) if canonical(unit)[0] in accepted)
        yield f"role {field.role} has unit {field.unit!r}; accepted: {known}"
    if field.shape != ROLE_SHAPE.get(field.role, field.shape):
        yield f"role {field.role} has shape {field.shape}, must be {ROLE_SHAPE[field.role]}"
    if field.role in _IN_SAMPLES and in_header:
        yield f"role {field.role} belongs among the fields of the samples"
    if field.role in _IN_HEADER and not (in_header and field.whole and field.type[0] == "u"):
        yield f"role {field.role} needs an unsigned header field without scale, offset or invalid"


def _sensors(spec: DeviceSpec) -> Iterator[tuple[str, str]]:
    fields = [field for message in spec.messages for field in message.fields]
    loads = {field.name: field for field in fields if field.role == "load"}
    names = Counter(field.name for field in fields if field.role == "load")
    for name in (name for name, times in names.items() if times > 1):
        yield "message", f"load field {name} stands in two messages; sensors could mean either"
    places = Counter((sensor.field, sensor.index) for sensor in spec.sensors)
    for number, sensor in enumerate(spec.sensors):
        key = f"sensor[{number}]"
        if sensor.field not in loads:
            known = suggestion(sensor.field, loads)
            yield f"{key}.field", f"is {sensor.field!r}, no field with role load; {known}"
        elif sensor.index >= loads[sensor.field].shape:
            last = loads[sensor.field].shape - 1
            yield f"{key}.index", f"is {sensor.index}; {sensor.field} ends with {last}"
        if places[sensor.field, sensor.index] > 1:
            yield f"{key}.index", f"{sensor.field}[{sensor.index}] has two places"


def _vectors(spec: DeviceSpec) -> Iterator[tuple[str, str]]:
    messages = {message.channel: message for message in spec.messages}
    for index, vector in enumerate(spec.vectors):
        message = messages.get(vector.channel)
        if message is None:
            known = suggestion(vector.channel, messages)
            yield f"vector[{index}].channel", f"is {vector.channel!r}; {known}"
            continue
        names = [field.name for field in message.every_field]
        for name in vector.expect:
            if name not in names:
                key = f"vector[{index}].expect.{name}"
                yield key, f"is no field of {message.name}; {suggestion(name, names)}"
