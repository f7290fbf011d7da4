"""A spec in words for people, and as a plain object for programs."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from insole.spec.model import (
        DeviceSpec,
        FieldSpec,
        MatchSpec,
        MessageSpec,
        SensorSpec,
        SourceSpec,
        StepSpec,
    )


def to_dict(spec: DeviceSpec) -> dict[str, Any]:
    """Return a spec as an object that JSON can hold; payloads in hex, unknown places null."""
    whole = {key: value for key, value in asdict(spec).items() if key != "toml"}
    plain: dict[str, Any] = _plain({**whole, "hash": spec.hash})
    return plain


def describe(spec: DeviceSpec) -> str:
    """Return a spec as text: what it is, on what evidence, and what its bytes mean."""
    blocks = [_identity(spec), _channels(spec), *map(_message, spec.messages), _sensors(spec)]
    return "\n\n".join("\n".join(block) for block in blocks if block)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, bytes):
        return value.hex()
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _identity(spec: DeviceSpec) -> list[str]:
    return [
        f"{spec.name} ({spec.id})",
        f"  kind       {spec.kind.replace('_', ' ')}",
        f"  evidence   {spec.evidence}",
        *(f"  source     {_source(source)}" for source in spec.sources),
        f"  known by   {_match(spec.match)}, priority {spec.match.priority}",
        f"  side       {_side(spec)}",
        f"  clock      {_clock(spec)}",
        f"  vectors    {len(spec.vectors)}",
    ]


def _source(source: SourceSpec) -> str:
    facts = [source.url, source.capture, source.licence, source.accessed]
    facts.append(f"covers {', '.join(source.covers)}")
    return f"{source.title} ({'; '.join(fact for fact in facts if fact)})"


def _match(match: MatchSpec) -> str:
    conditions = {
        "name": match.local_name,
        "service": match.service,
        "company": [f"0x{company:04x}" for company in match.company_id],
    }
    given = {what: any_of for what, any_of in conditions.items() if any_of}
    return " and ".join(f"{what} {' or '.join(any_of)}" for what, any_of in given.items())


def _side(spec: DeviceSpec) -> str:
    if spec.side.source == "user":
        return "told by the user"
    meanings = ", ".join(f"{value} {side}" for value, side in spec.side.values.items())
    return f"{spec.side.source}: {meanings}"


def _clock(spec: DeviceSpec) -> str:
    clock = spec.clock
    spacing = f"a sample every {clock.sample_period_s:g} s"
    if clock.kind == "arrival":
        return f"none; {spacing}"
    wrap = f"wraps every {clock.modulus * clock.tick_s:g} s"
    at = f"at the {clock.stamp} sample of a packet"
    return f"{clock.field} ({clock.kind}) in steps of {clock.tick_s:g} s, {wrap}, {at}; {spacing}"


def _channels(spec: DeviceSpec) -> list[str]:
    channels = [(c.name, c.use, c.characteristic) for c in spec.gatt.values()]
    lines = ["Channels", *_columns(("channel", "use", "characteristic"), channels)]
    if spec.connect:
        lines.append(f"  on connecting: {', '.join(map(_step, spec.connect))}")
    for command in spec.commands.values():
        warning = "; changes the device, sent only when the user asks" * command.changes_device
        lines.append(f"  command {command.name}: {command.payload.hex()} to {command.to}{warning}")
    return lines


def _step(step: StepSpec) -> str:
    limit = f" up to {step.timeout_s:g} s" if step.verb == "wait" else ""
    return f"{step.verb} {step.target}{limit}"


def _message(message: MessageSpec) -> list[str]:
    length = "as long as its samples" if message.length is None else f"{message.length} bytes"
    lines = [f"Message {message.name} on {message.channel}: {length}, {message.byte_order} endian"]
    lines += _fields("header", message.header)
    if message.samples:
        at, stride, count = message.samples.at, message.samples.stride, message.samples.count
        many = "as many samples as there are" if count is None else f"{count} samples"
        lines.append(f"  from byte {at} on: {many}, {stride} bytes each")
        lines += _fields("sample", message.fields)
    return lines


def _fields(title: str, fields: Iterable[FieldSpec]) -> Iterator[str]:
    rows = [
        (
            field.name,
            str(field.at),
            field.type + (f" x {field.shape}" if field.shape > 1 else ""),
            f"{field.scale:g}",
            f"{field.offset:g}",
            field.unit,
            "" if field.invalid is None else str(field.invalid),
            field.role,
        )
        for field in fields
    ]
    names = (title, "at", "type", "scale", "offset", "unit", "missing", "role")
    return _columns(names, rows)


def _sensors(spec: DeviceSpec) -> list[str]:
    if not spec.sensors:
        return []
    names = ("sensor", "region", "x_mm", "y_mm", "area_mm2")
    title = "Sensors on the sole (x from medial to lateral, y from heel to toe)"
    return [title, *_columns(names, [_sensor(sensor) for sensor in spec.sensors])]


def _sensor(sensor: SensorSpec) -> tuple[str, ...]:
    places = (sensor.x_mm, sensor.y_mm, sensor.area_mm2)
    written = ("" if math.isnan(place) else f"{place:g}" for place in places)
    return (f"{sensor.field}[{sensor.index}]", sensor.region, *written)


def _columns(names: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield lines of a table, as wide as its cells need; nothing if it has no rows."""
    if not rows:
        return
    table = [names, *rows]
    widths = [max(len(row[column]) for row in table) for column in range(len(names))]
    for row in table:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield f"  {'  '.join(cells)}".rstrip()
