"""A spec in words for people, and as a plain object for programs."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from insole.spec.safety import possible_writes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from insole.spec.model import (
        ChannelSpec,
        DeviceSpec,
        FieldSpec,
        FramingSpec,
        ItemsSpec,
        LookSpec,
        MatchSpec,
        MessageSpec,
        SensorSpec,
        SourceSpec,
        StepSpec,
    )
    from insole.spec.safety import PossibleWrite


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
        *(f"  note       {note}" for note in _notes(spec)),
        f"  vectors    {len(spec.vectors)}",
    ]


def _notes(spec: DeviceSpec) -> Iterator[str]:
    """Yield what one should know before trusting the numbers."""
    measures = spec.measures
    if measures.locks:
        yield "settles on one reading: good for body mass only"
    if not measures.continuous:
        yield "does not send all the time; silence is no fault"
    if measures.estimated:
        yield "its newtons are estimated, uncalibrated until somebody has stood on it"
    if not measures.oriented:
        yield "which way up its sensors lie is not known"
    if spec.dialect:
        yield f"needs the dialect {spec.dialect}"


def _source(source: SourceSpec) -> str:
    facts = [source.url, source.capture, source.licence, source.accessed]
    facts.append(f"covers {', '.join(source.covers)}")
    return f"{source.title} ({'; '.join(fact for fact in facts if fact)})"


def _match(match: MatchSpec) -> str:
    return ", or ".join(_look(look) for look in match.looks)


def _look(look: LookSpec) -> str:
    conditions = {
        "name": look.local_name,
        "service": look.service,
        "company": [f"0x{company:04x}" for company in look.company_id],
        "service data": look.service_data,
        "data that begins with": [look.payload.hex()] if look.payload else [],
    }
    given = {what: any_of for what, any_of in conditions.items() if any_of}
    return " and ".join(f"{what} {' or '.join(any_of)}" for what, any_of in given.items())


def _side(spec: DeviceSpec) -> str:
    if spec.side.source == "user":
        return "told by the user"
    if spec.side.source == "name":
        patterns = ", ".join(f"{pattern} {side}" for pattern, side in spec.side.names.items())
        return f"the local name: {patterns}"
    meanings = ", ".join(f"{value} {side}" for value, side in spec.side.values.items())
    return f"{spec.side.source}: {meanings}"


def _clock(spec: DeviceSpec) -> str:
    clock = spec.clock
    spacing = "no steady rhythm"
    if clock.sample_period_s:
        spacing = f"a sample every {clock.sample_period_s:g} s"
    if clock.kind == "arrival":
        return f"none; {spacing}"
    wrap = f"wraps every {clock.modulus * clock.tick_s:g} s"
    at = f"at the {clock.stamp} sample of a packet"
    told = clock.field or " + ".join(f"{ticks} {name}" for name, ticks in clock.fields.items())
    return f"{told} ({clock.kind}) in steps of {clock.tick_s:g} s, {wrap}, {at}; {spacing}"


def _channels(spec: DeviceSpec) -> list[str]:
    rows = [(c.name, _use(c), _where(spec, c), _framing(c.framing)) for c in spec.gatt.values()]
    names = ("channel", "use", "characteristic", "framing")
    lines = ["Channels", *_columns(names, rows)]
    if spec.connect:
        lines.append(f"  on connecting: {', '.join(map(_step, spec.connect))}")
    lines += [f"  command {_written(write)}" for write in possible_writes(spec)]
    return lines


def _use(channel: ChannelSpec) -> str:
    return f"{channel.use}, where it is there" if channel.optional else channel.use


def _where(spec: DeviceSpec, channel: ChannelSpec) -> str:
    if channel.use != "advertisement" or spec.advertisement is None:
        return channel.characteristic
    companies = [f"company 0x{company:04x}" for company in spec.advertisement.company_id]
    services = [f"service {uuid}" for uuid in spec.advertisement.service_data]
    repeat_s = spec.advertisement.repeat_s
    again = f", equal ones within {repeat_s:g} s are one reading" if repeat_s else ""
    return f"data of {' or '.join([*companies, *services])}{again}"


def _framing(framing: FramingSpec | None) -> str:
    if framing is None:
        return ""
    checked = f", {framing.checksum}" if framing.checksum else ""
    return f"{framing.kind.replace('_', ' ')}{checked}"


def _written(write: PossibleWrite) -> str:
    parts = [write.octets.hex() or "nothing constant"]
    if write.now:
        parts.append(f"and the time ({write.now})")
    if write.fill:
        parts.append(f"and up to {write.fill} bytes of the dialect")
    warning = "; changes the device, sent only when the user asks" * write.changes_device
    return f"{write.command}: {' '.join(parts)} to {write.characteristic}{warning}"


def _step(step: StepSpec) -> str:
    if step.verb == "pause_s":
        return f"pause {step.seconds:g} s"
    limit = f" up to {step.seconds:g} s" if step.verb == "wait" else ""
    return f"{step.verb} {step.target}{limit}"


def _message(message: MessageSpec) -> list[str]:
    lines = [f"Message {message.name} on {message.channel}: {_length(message)}{_tag(message)}"]
    lines += _fields("header", message.header)
    samples = message.samples
    if samples:
        many = f"{samples.count} samples" if samples.count else "as many samples as there are"
        if samples.count_field:
            many = f"as many samples as {samples.count_field} says"
        where = f"from byte {samples.at} on: {many}, {samples.stride} bytes each"
        order = ", the newest first" * samples.newest_first
        lines.append(f"  {where if samples.stride else many}{order}")
    if message.items:
        lines.append(f"  from byte {message.items.at} on: items, each behind its tag")
    lines += _fields("sample", message.fields, message.items)
    return lines


def _length(message: MessageSpec) -> str:
    if message.template:
        return f"text like {message.template}"
    length = "as long as it says"
    if message.length is not None:
        length = f"{message.length} bytes"
    elif message.samples:
        length = "as long as its samples"
    own = f", a sample every {message.sample_period_s:g} s" if message.sample_period_s else ""
    loss = "; says that the device has lost samples" if message.loss else ""
    return f"{length}, {message.byte_order} endian{own}{loss}"


def _tag(message: MessageSpec) -> str:
    tag = message.tag
    if tag is None:
        return ""
    mask = "" if set(tag.mask) == {0xFF} else f" under {tag.mask.hex()}"
    return f", known by {tag.value.hex()}{mask} at byte {tag.at}"


def _fields(
    title: str, fields: Iterable[FieldSpec], items: ItemsSpec | None = None
) -> Iterator[str]:
    entries = items.entries if items else ()
    places = {e.fields[0].name: f"tag {'.'.join(map(str, e.tag))}" for e in entries}
    rows = [
        (
            field.name,
            places.get(field.name, str(field.at)),
            _type(field),
            f"{field.scale:g}",
            f"{field.offset:g}",
            field.unit,
            _missing(field),
            field.role,
            _only(field),
        )
        for field in fields
    ]
    names = (title, "at", "type", "scale", "offset", "unit", "missing", "role", "only")
    return _columns(names, rows)


def _type(field: FieldSpec) -> str:
    if field.bits:
        first, last = field.bits
        return f"{field.type} bits {first}-{last}" if last > first else f"{field.type} bit {first}"
    return field.type + {0: " x rest", 1: ""}.get(field.shape, f" x {field.shape}")


def _missing(field: FieldSpec) -> str:
    marker = "" if field.invalid is None else str(field.invalid)
    beyond = f"not {field.valid[0]}..{field.valid[1]}" if field.valid else ""
    return " or ".join(word for word in (marker, beyond) if word)


def _only(field: FieldSpec) -> str:
    if field.when is None:
        return ""
    return f"{'if' if field.when.value else 'unless'} {field.when.field}.{field.when.bit}"


def _sensors(spec: DeviceSpec) -> list[str]:
    if not spec.sensors:
        return []
    names = ("sensor", "region", "x_mm", "y_mm", "area_mm2")
    title = "Sensors on the plate (x from left to right, y from back to front)"
    if spec.kind == "insole":
        title = "Sensors on the sole (x from medial to lateral, y from heel to toe)"
    return [title, *_columns(names, [_sensor(sensor) for sensor in spec.sensors])]


def _sensor(sensor: SensorSpec) -> tuple[str, ...]:
    places = (sensor.x_mm, sensor.y_mm, sensor.area_mm2)
    written = ("" if math.isnan(place) else f"{place:g}" for place in places)
    return (f"{sensor.field}[{sensor.index}]", sensor.region, *written)


def _columns(names: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield lines of a table, as wide as its cells need, without empty columns; none if no rows."""
    used = [column for column in range(len(names)) if any(row[column] for row in rows)]
    if not rows:
        return
    table = [[row[column] for column in used] for row in (names, *rows)]
    widths = [max(len(row[column]) for row in table) for column in range(len(used))]
    for row in table:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield f"  {'  '.join(cells)}".rstrip()
