"""Spec files to :class:`~insole.spec.model.DeviceSpec`: the language, key by key."""

from __future__ import annotations

import math
import re
import tomllib
from typing import TYPE_CHECKING, Any, get_args
from uuid import UUID

from insole.errors import SpecError
from insole.spec import model
from insole.spec.locate import find_spec, find_specs
from insole.spec.message import read_messages
from insole.spec.model import (
    ChannelSpec,
    ClockSpec,
    CommandSpec,
    DeviceSpec,
    MatchSpec,
    SensorSpec,
    SideSpec,
    SourceSpec,
    StepSpec,
    VectorSpec,
)
from insole.spec.reader import Table, shown
from insole.spec.usable import faults
from insole.tables import REGIONS, SIDES

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable
    from pathlib import Path

SCHEMA = 1
COVERS = ("match", "layout", "units", "clock", "commands", "sensors")
_KEYS = (
    "schema", "id", "name", "kind", "evidence", "source", "match", "side", "gatt", "connect",
    "commands", "clock", "message", "sensor", "vector",
)  # fmt: skip
_VERBS: tuple[model.Verb, ...] = get_args(model.Verb)
_BLUETOOTH_BASE = "0000{}-0000-1000-8000-00805f9b34fb"


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
    top = Table(_toml(toml, path), path, "", _KEYS)
    return DeviceSpec(
        id=top.identifier("id"),
        name=top.text("name"),
        kind=top.word("kind", get_args(model.Kind)),
        evidence=top.word("evidence", get_args(model.Evidence)),
        sources=_sources(top),
        match=_match(top),
        side=_side(top),
        gatt=_gatt(top),
        connect=_connect(top),
        commands=_commands(top),
        clock=_clock(top),
        messages=read_messages(top),
        sensors=_sensors(top),
        vectors=_vectors(top),
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
    Table(values, path, "", _KEYS).integer("schema", SCHEMA, SCHEMA)
    return values


def _sources(top: Table) -> tuple[SourceSpec, ...]:
    keys = ("title", "covers", "url", "licence", "accessed", "capture")
    return tuple(
        SourceSpec(
            title=source.text("title"),
            covers=source.words("covers", COVERS),
            url=source.text("url", ""),
            licence=source.text("licence", ""),
            accessed=source.text("accessed", ""),
            capture=source.text("capture", ""),
        )
        for source in top.tables("source", keys)
    )


def _match(top: Table) -> MatchSpec:
    match = top.table("match", ("priority", "local_name", "service", "company_id"))
    return MatchSpec(
        priority=match.integer("priority", 0, 1000),
        local_name=match.texts("local_name"),
        service=tuple(_uuid(match, "service", text) for text in match.texts("service")),
        company_id=match.integers("company_id", 0, 0xFFFF),
    )


def _side(top: Table) -> SideSpec:
    side = top.table("side", ("from", "values"))
    source = side.text("from")
    if source == "user":
        if "values" in side:
            raise side.error("values", 'stands only beside a message.field; "user" has none')
        return SideSpec(source)
    values = side.table("values", side.keys("values"))
    return SideSpec(source, {_whole(values, key): values.word(key, SIDES) for key in values})


def _whole(table: Table, key: str) -> int:
    if not re.fullmatch("[0-9]{1,9}", key):
        raise table.error(key, "must be a whole number, the value of the field")
    return int(key)


def _gatt(top: Table) -> dict[str, ChannelSpec]:
    channels = top.named("gatt", ("characteristic", "use", "response"))
    return {name: _channel(name, channel) for name, channel in channels}


def _channel(name: str, channel: Table) -> ChannelSpec:
    use = channel.word("use", get_args(model.Use))
    if "response" in channel and use != "write":
        raise channel.error("response", f"stands only where use is write, not {use}")
    return ChannelSpec(
        name=name,
        characteristic=_uuid(channel, "characteristic", channel.text("characteristic")),
        use=use,
        response=channel.flag("response", default=True),
    )


def _uuid(table: Table, key: str, text: str) -> str:
    """Return a UUID in full, in small letters; four digits stand for one of the Bluetooth SIG."""
    full = _BLUETOOTH_BASE.format(text) if len(text) == 4 else text
    try:
        uuid = str(UUID(full))
    except ValueError:
        uuid = ""
    if uuid != full.lower():
        raise table.error(key, f"must be a UUID, in full or as four hex digits, not {shown(text)}")
    return uuid


def _connect(top: Table) -> tuple[StepSpec, ...]:
    connect = top.table("connect", ("steps",))
    return tuple(_step(step) for step in connect.tables("steps", (*_VERBS, "timeout_s")))


def _step(step: Table) -> StepSpec:
    verbs = [verb for verb in _VERBS if verb in step]
    if len(verbs) != 1:
        raise step.error("", f"a step has exactly one of {', '.join(_VERBS)}")
    verb = verbs[0]
    if verb == "wait":
        return StepSpec("wait", step.text("wait"), step.number("timeout_s", 0.1, 60))
    if "timeout_s" in step:
        raise step.error("timeout_s", "stands only beside wait")
    return StepSpec(verb, step.text(verb))


def _commands(top: Table) -> dict[str, CommandSpec]:
    commands = top.named("commands", ("to", "hex", "changes_device"))
    return {
        name: CommandSpec(
            name=name,
            to=command.text("to"),
            payload=command.octets("hex"),
            changes_device=command.flag("changes_device", default=False),
        )
        for name, command in commands
    }


def _clock(top: Table) -> ClockSpec:
    keys = ("kind", "field", "modulus", "tick_s", "sample_period_s", "stamp")
    clock = top.table("clock", keys)
    kind = clock.word("kind", get_args(model.ClockKind))
    if kind == "arrival":
        for key in ("field", "modulus", "tick_s"):
            if key in clock:
                raise clock.error(key, "has no place where kind is arrival: there is no clock")
    has_clock = kind != "arrival"
    return ClockSpec(
        kind=kind,
        field=clock.identifier("field") if has_clock else "",
        modulus=clock.integer("modulus", 2, 2**32) if has_clock else 0,
        tick_s=clock.number("tick_s", 1e-9, 86400) if has_clock else 0.0,
        sample_period_s=clock.number("sample_period_s", 1e-5, 60),
        stamp=clock.word("stamp", ("first", "last"), "first"),
    )


def _sensors(top: Table) -> tuple[SensorSpec, ...]:
    keys = ("field", "index", "region", "x_mm", "y_mm", "area_mm2")
    return tuple(
        SensorSpec(
            field=sensor.text("field"),
            index=sensor.integer("index", 0, 511),
            region=sensor.word("region", REGIONS),
            x_mm=sensor.number("x_mm", -500, 500, math.nan),
            y_mm=sensor.number("y_mm", -500, 500, math.nan),
            area_mm2=sensor.number("area_mm2", 1, 1e6, math.nan),
        )
        for sensor in top.tables("sensor", keys)
    )


def _vectors(top: Table) -> tuple[VectorSpec, ...]:
    return tuple(_vector(vector) for vector in top.tables("vector", ("channel", "hex", "expect")))


def _vector(vector: Table) -> VectorSpec:
    expect = vector.table("expect", vector.keys("expect"))
    numbers = {name: expect.numbers(name) for name in expect}
    return VectorSpec(vector.text("channel"), vector.octets("hex"), numbers)
