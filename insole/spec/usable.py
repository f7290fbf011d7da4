"""Whether the parts of a spec fit together, so that the codec can work with it."""

from __future__ import annotations

from collections import Counter
from math import isnan
from typing import TYPE_CHECKING

from insole.errors import SpecError
from insole.spec import places
from insole.spec.framed import framing
from insole.spec.model import ADVERTISEMENT, MAX_PAYLOAD
from insole.spec.places import canonical
from insole.spec.rhythm import is_streamed, measures, most_samples, sample_period_s
from insole.toml_table import suggestion

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from insole.spec.model import DeviceSpec, FieldSpec, VectorSpec
    from insole.spec.places import Fault

__all__ = ["canonical", "faults"]


def faults(spec: DeviceSpec) -> Iterator[SpecError]:
    """Yield everything that keeps the codec from working with a spec, causes before effects."""
    checks: tuple[Callable[[DeviceSpec], Iterator[Fault]], ...] = (
        places.messages, places.fields, places.loads, _channels, framing, _clock, _rhythm, _side,
        _commands, _steps, _sensors, _vectors,
    )  # fmt: skip
    for check in checks:
        for key, problem in check(spec):
            yield SpecError(spec.path, key, problem)


def _side(spec: DeviceSpec) -> Iterator[Fault]:
    if spec.side.source in {"user", "name"}:
        return
    fields = {
        f"{message.name}.{field.name}": field
        for message in spec.messages
        for field in message.header
    }
    field = fields.get(spec.side.source)
    if field is None:
        known = suggestion(spec.side.source, ("user", "name", *fields))
        yield "side.from", f"is {spec.side.source!r}; {known}"
    elif not field.whole:
        yield "side.from", f"field {field.name} must be a whole number without scale or invalid"


def _channels(spec: DeviceSpec) -> Iterator[Fault]:
    for index, message in enumerate(spec.messages):
        if message.channel not in spec.gatt:
            known = suggestion(message.channel, spec.gatt)
            yield f"message[{index}].channel", f"is {message.channel!r}; {known}"
        elif spec.gatt[message.channel].use == "write":
            yield f"message[{index}].channel", f"{message.channel} is written to, nothing comes"
    if spec.advertisement and not any(m.channel == ADVERTISEMENT for m in spec.messages):
        yield ADVERTISEMENT, "no message says what it holds; add one, or leave it out"


def _steps(spec: DeviceSpec) -> Iterator[Fault]:
    targets: dict[str, Iterable[str]] = {
        "read": _channels_for(spec, "read"),
        "subscribe": _channels_for(spec, "notify", "indicate"),
        "send": spec.commands,
        "wait": [message.name for message in spec.messages],
    }
    optional = [m.name for m in spec.messages if _is_optional(spec, m.channel)]
    for index, step in enumerate(spec.connect):
        if step.verb == "pause_s":
            continue
        accepted = tuple(targets[step.verb])
        key = f"connect.steps[{index}].{step.verb}"
        if step.target not in accepted:
            yield key, f"is {step.target!r}; {suggestion(step.target, accepted)}"
        elif step.verb == "wait" and step.target in optional:
            yield key, f"{step.target} may never come, as its channel is optional"


def _is_optional(spec: DeviceSpec, channel: str) -> bool:
    return channel in spec.gatt and spec.gatt[channel].optional


def _commands(spec: DeviceSpec) -> Iterator[Fault]:
    accepted = _channels_for(spec, "write")
    for name, command in spec.commands.items():
        if command.to not in accepted:
            yield f"commands.{name}.to", f"is {command.to!r}; {suggestion(command.to, accepted)}"
        if not 1 <= len(command.payload) + bool(command.now) + command.fill <= MAX_PAYLOAD:
            yield f"commands.{name}.hex", f"must be 1 to {MAX_PAYLOAD} bytes"
        if command.fill and not spec.dialect:
            yield f"commands.{name}.fill", "is what a dialect adds, and this spec names none"


def _channels_for(spec: DeviceSpec, *uses: str) -> tuple[str, ...]:
    return tuple(name for name, channel in spec.gatt.items() if channel.use in uses)


def _clock(spec: DeviceSpec) -> Iterator[Fault]:
    if spec.clock.kind == "arrival":
        return
    fields = _clocked(spec)
    for name in spec.clock.fields:
        if name not in fields or not fields[name].whole:
            known = suggestion(name, fields)
            yield f"clock.fields.{name}", f"is no whole number of every message's header; {known}"
    if spec.clock.fields:
        return
    field = fields.get(spec.clock.field)
    if field is None:
        known = suggestion(spec.clock.field, fields)
        yield "clock.field", f"is {spec.clock.field!r}, not in every message that measures; {known}"
        return
    role = "counter" if spec.clock.kind == "counter" else "clock"
    if field.role != role:
        yield "clock.field", f'field {field.name} must have role = "{role}"'
    if spec.clock.modulus > field.number.high + 1:
        highest = field.number.high + 1
        yield "clock.modulus", f"is {spec.clock.modulus}; a {field.type} has at most {highest}"


def _rhythm(spec: DeviceSpec) -> Iterator[Fault]:
    for index, message in enumerate(spec.messages):
        key = f"message[{index}].sample_period_s"
        if message.sample_period_s and not measures(message):
            yield key, "stands only in a message that tells what sensors see"
        if message.loss and measures(message):
            problem = "has no place in a message that tells what sensors see"
            yield f"message[{index}].loss", problem
        if not measures(message) or sample_period_s(spec, message):
            continue
        timed = any(field.name == spec.clock.field for field in message.fields)
        if most_samples(message) > 1 and not timed:
            problem = f"{message.name} may hold several samples; say how far apart they are"
            yield "clock.sample_period_s", f"is missing, and {problem}"
        elif spec.measures.continuous and is_streamed(spec, message):
            problem = f"{message.name} comes all the time; say how often"
            other = "or measures.continuous = false if it does not"
            yield "clock.sample_period_s", f"is missing, and {problem}, {other}"


def _clocked(spec: DeviceSpec) -> dict[str, FieldSpec]:
    """Return the fields that every message with sensors has."""
    fields = [
        {field.name: field for field in message.every_field}
        for message in spec.messages
        if measures(message)
    ]
    if not fields:
        return {}
    shared = set.intersection(*map(set, fields))
    return {name: field for name, field in fields[0].items() if name in shared}


def _sensors(spec: DeviceSpec) -> Iterator[Fault]:
    fields = [field for message in spec.messages for field in message.fields]
    loads = {field.name: field for field in fields if field.role == "load"}
    yield from _areas(spec, loads)
    taken = Counter((sensor.field, sensor.index) for sensor in spec.sensors)
    for number, sensor in enumerate(spec.sensors):
        key = f"sensor[{number}]"
        if sensor.field not in loads:
            known = suggestion(sensor.field, loads)
            yield f"{key}.field", f"is {sensor.field!r}, no field with role load; {known}"
        elif sensor.index >= (loads[sensor.field].shape or MAX_PAYLOAD):
            last = loads[sensor.field].shape - 1
            yield f"{key}.index", f"is {sensor.index}; {sensor.field} ends with {last}"
        if bool(sensor.region) != (spec.kind == "insole"):
            problem = "is missing; every sensor of an insole lies in a region"
            other = f"has no place on a {spec.kind.replace('_', ' ')}, which has no sole"
            yield f"{key}.region", other if sensor.region else problem
        if taken[sensor.field, sensor.index] > 1:
            yield f"{key}.index", f"{sensor.field}[{sensor.index}] has two places"


def _areas(spec: DeviceSpec, loads: dict[str, FieldSpec]) -> Iterator[Fault]:
    """Yield loads told as pressure whose sensors' areas are not all known."""
    known = {(s.field, s.index) for s in spec.sensors if not isnan(s.area_mm2)}
    for name, field in loads.items():
        pressure = canonical(field.unit)[0] in {"kPa", "N/cm2"}
        missing = [index for index in range(field.shape) if (name, index) not in known]
        if pressure and (missing or not field.shape):
            problem = f"{name} is a pressure; force needs the area_mm2 of each of its sensors"
            yield "sensor", problem


def _vectors(spec: DeviceSpec) -> Iterator[Fault]:
    channels = {message.channel for message in spec.messages}
    for index, vector in enumerate(spec.vectors):
        key = f"vector[{index}]"
        if vector.channel not in channels:
            yield f"{key}.channel", f"is {vector.channel!r}; {suggestion(vector.channel, channels)}"
            continue
        yield from _expected(spec, key, vector)


def _expected(spec: DeviceSpec, key: str, vector: VectorSpec) -> Iterator[Fault]:
    messages = {m.name: m for m in spec.messages if m.channel == vector.channel}
    if vector.message and vector.message not in messages:
        yield f"{key}.message", f"is {vector.message!r}; {suggestion(vector.message, messages)}"
        return
    possible = [messages[vector.message]] if vector.message else list(messages.values())
    names = list(dict.fromkeys(field.name for m in possible for field in m.every_field))
    where = " or ".join(message.name for message in possible)
    for name in dict.fromkeys(name for table in vector.expect for name in table):
        if name not in names:
            yield f"{key}.expect.{name}", f"is no field of {where}; {suggestion(name, names)}"
