"""Spec files to :class:`~insole.spec.model.DeviceSpec`: the language, key by key."""

from __future__ import annotations

import math
import re
import tomllib
from typing import TYPE_CHECKING, Any, get_args

from insole.errors import SpecError
from insole.spec import model
from insole.spec.channel import (
    octets_of,
    read_advertisement,
    read_channels,
    read_commands,
    read_steps,
    uuids,
)
from insole.spec.language import COVERS, KEYS, SCHEMA
from insole.spec.locate import find_spec, find_specs
from insole.spec.message import read_messages
from insole.spec.model import (
    ClockSpec,
    DeviceSpec,
    LookSpec,
    MatchSpec,
    MeasuresSpec,
    SensorSpec,
    SideSpec,
    SourceSpec,
    VectorSpec,
)
from insole.spec.usable import faults
from insole.tables import REGIONS, SIDES
from insole.toml_table import Table, shown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable
    from pathlib import Path


def load_spec(name_or_path: str | Path, folder: Path | None = None) -> DeviceSpec:
    """Return the spec of a device.

    Parameters
    ----------
    name_or_path : str or Path
        Its name, such as ``sim_insole``, or the path of a ``.toml`` file.
    folder : Path, optional
        A folder of specs to look in first.

    Raises
    ------
    SpecError
        If it is not found, or the file cannot be used; names the key and what is accepted.
    """
    return _load(find_spec(name_or_path, folder))


def list_specs(folder: Path | None = None) -> list[DeviceSpec]:
    """Return every spec that is found, by name; those in `folder` hide shipped ones."""
    return [_load(file) for file in find_specs(folder).values()]


def parse(toml: str, path: str = "") -> DeviceSpec:
    """Return the spec that a file's text states, ready to decode with.

    Parameters
    ----------
    toml : str
        The file's text.
    path : str
        What to call it in errors.

    Raises
    ------
    SpecError
        If the text cannot be used; names the key and what is accepted.
    """
    spec = read(toml, path)
    for fault in faults(spec):
        raise fault
    return spec


def read(toml: str, path: str = "") -> DeviceSpec:
    """Return what a file's text states, key by key, before its parts are held against each other.

    For :func:`insole.spec.check.problems`, which lists all faults; everyone else needs `parse`.
    """
    path = path or "device spec"
    top = Table(_toml(toml, path), path, "", KEYS["top"])
    return DeviceSpec(
        id=top.identifier("id"),
        name=top.text("name"),
        kind=top.word("kind", get_args(model.Kind)),
        evidence=top.word("evidence", get_args(model.Evidence)),
        sources=_sources(top),
        match=_match(top),
        side=_side(top),
        gatt=read_channels(top),
        connect=read_steps(top),
        commands=read_commands(top),
        clock=_clock(top),
        messages=read_messages(top),
        sensors=_sensors(top),
        vectors=tuple(_vector(vector) for vector in top.tables("vector", KEYS["vector"])),
        measures=_measures(top),
        advertisement=read_advertisement(top),
        dialect=top.identifier("dialect") if "dialect" in top else "",
        path=path,
        toml=toml,
    )


def text_of(file: Traversable) -> str:
    """Return the text of a spec file."""
    try:
        return file.read_bytes().decode()
    except UnicodeDecodeError as error:
        raise SpecError(str(file), "", f"is not UTF-8 text: {error.reason}") from None
    except OSError as error:
        raise SpecError(str(file), "", f"cannot be read: {error.strerror}") from None


def _load(file: Traversable) -> DeviceSpec:
    return parse(text_of(file), str(file))


def _toml(text: str, path: str) -> dict[str, Any]:
    try:
        values = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise SpecError(path, "", f"is not TOML: {error}") from None
    schema = values.get("schema")
    if isinstance(schema, int) and schema > SCHEMA:
        problem = f"is {shown(schema)}, newer than {SCHEMA}, the newest known here; update insole"
        raise SpecError(path, "schema", problem)
    Table(values, path, "", KEYS["top"]).integer("schema", SCHEMA, SCHEMA)
    return values


def _sources(top: Table) -> tuple[SourceSpec, ...]:
    return tuple(
        SourceSpec(
            title=source.text("title"),
            covers=source.words("covers", COVERS),
            url=source.text("url", ""),
            licence=source.text("licence", ""),
            accessed=source.text("accessed", ""),
            capture=source.text("capture", ""),
        )
        for source in top.tables("source", KEYS["source"])
    )


def _match(top: Table) -> MatchSpec:
    match = top.table("match", KEYS["match"])
    others = (_look(other) for other in match.tables("or", KEYS["look"]))
    return MatchSpec(match.integer("priority", 0, 1000), (_look(match), *others))


def _look(look: Table) -> LookSpec:
    payload = look.octets("payload") if "payload" in look else b""
    mask = look.octets("mask") if "mask" in look else b"\xff" * len(payload)
    if len(mask) != len(payload):
        raise look.error("mask", "must be as many bytes as payload")
    return LookSpec(
        local_name=look.texts("local_name"),
        service=uuids(look, "service"),
        company_id=look.integers("company_id", 0, 0xFFFF),
        service_data=uuids(look, "service_data"),
        payload=payload,
        mask=mask,
    )


def _side(top: Table) -> SideSpec:
    side = top.table("side", KEYS["side"])
    source = side.text("from")
    if source == "user":
        if "values" in side:
            raise side.error("values", 'stands only beside a message.field; "user" has none')
        return SideSpec(source)
    if "values" not in side:
        example = 'give one such as { 0 = "left", 1 = "right" }'
        raise side.error("values", f"is missing, the table of what {source} says; {example}")
    values = side.table("values", side.keys("values"))
    words = {key: values.word(key, SIDES) for key in values}
    if source == "name":
        return SideSpec(source, names=words)
    return SideSpec(source, {_code(values, key): word for key, word in words.items()})


def _code(table: Table, key: str) -> int:
    """Return the value that a key stands for: a number, or one letter for its code."""
    if re.fullmatch("[0-9]{1,9}", key):
        return int(key)
    if len(key) == 1 and key.isascii():
        return ord(key)
    raise table.error(key, "must be a whole number, the value of the field, or one letter")


def _measures(top: Table) -> MeasuresSpec:
    if "measures" not in top:
        return MeasuresSpec()
    measures = top.table("measures", KEYS["measures"])
    return MeasuresSpec(
        continuous=measures.flag("continuous", default=True),
        locks=measures.flag("locks", default=False),
        estimated=measures.flag("estimated", default=False),
        oriented=measures.flag("oriented", default=True),
    )


def _clock(top: Table) -> ClockSpec:
    clock = top.table("clock", KEYS["clock"])
    kind = clock.word("kind", get_args(model.ClockKind))
    if kind == "arrival":
        for key in ("field", "fields", "modulus", "tick_s"):
            if key in clock:
                raise clock.error(key, "has no place where kind is arrival: there is no clock")
    has_clock = kind != "arrival"
    fields = _clock_fields(clock) if "fields" in clock else {}
    return ClockSpec(
        kind=kind,
        field=clock.identifier("field") if has_clock and not fields else "",
        modulus=clock.integer("modulus", 2, 2**32) if has_clock else 0,
        tick_s=clock.number("tick_s", 1e-9, 86400) if has_clock else 0.0,
        sample_period_s=clock.number("sample_period_s", 1e-5, 60, 0.0),
        stamp=clock.word("stamp", ("first", "last"), "first"),
        fields=fields,
    )


def _clock_fields(clock: Table) -> dict[str, int]:
    if "field" in clock:
        raise clock.error("fields", "contradicts field; give one of the two")
    fields = clock.table("fields", clock.keys("fields"))
    ticks = {name: fields.integer(name, 1, 2**32) for name in fields}
    if len(ticks) < 2:
        raise clock.error("fields", "must name two fields or more, with the ticks in one of each")
    return ticks


def _sensors(top: Table) -> tuple[SensorSpec, ...]:
    return tuple(
        SensorSpec(
            field=sensor.text("field"),
            index=sensor.integer("index", 0, 511),
            region=sensor.word("region", REGIONS, ""),
            x_mm=sensor.number("x_mm", -1000, 1000, math.nan),
            y_mm=sensor.number("y_mm", -1000, 1000, math.nan),
            area_mm2=sensor.number("area_mm2", 1, 1e6, math.nan),
        )
        for sensor in top.tables("sensor", KEYS["sensor"])
    )


def _vector(vector: Table) -> VectorSpec:
    each = isinstance(vector.get("expect"), list)
    refused = vector.flag("refused", default=False)
    return VectorSpec(
        channel=vector.text("channel"),
        payload=_payload(vector),
        expect=tuple(_expected(vector, each=each)) if "expect" in vector or not refused else (),
        each=each,
        message=vector.text("message", ""),
        refused=refused,
        after=tuple(
            (before.text("channel"), _payload(before))
            for before in vector.tables("after", KEYS["after"])
        ),
    )


def _expected(vector: Table, *, each: bool) -> Iterator[dict[str, Any]]:
    if each and "message" in vector:
        raise vector.error("message", "has no place where each message has its own table")
    names = dict.fromkeys(name for row in vector.get("expect") if isinstance(row, dict)
                          for name in row) if each else ()  # fmt: skip
    tables = (
        vector.tables("expect", names) if each else [vector.table("expect", vector.keys("expect"))]
    )
    for table in tables:
        yield {name: table.expected(name) for name in table}


def _payload(table: Table) -> bytes:
    for octets in octets_of(table):
        return octets
    raise table.error("hex", "is missing; give the payload as hex or as text")
