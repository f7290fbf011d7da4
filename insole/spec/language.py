"""Every key of the language, once: the loader takes its keys from here, and so does the schema."""

from __future__ import annotations

import json
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, get_args

from insole.spec import model
from insole.spec.model import MAX_BUFFER, MAX_PAYLOAD
from insole.spec.number import NUMBER_TYPES, TEXT, WRITTEN_TYPES
from insole.tables import REGIONS, SIDES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SCHEMA = 1
COVERS = ("match", "layout", "units", "clock", "commands", "sensors")
ROLES: tuple[model.Role, ...] = tuple(role for role in get_args(model.Role) if role)
VERBS: tuple[model.Verb, ...] = get_args(model.Verb)
UNSIGNED = ("u8", "u16", "u24", "u32")
IDENTIFIER = "[a-z][a-z0-9_]*"
HEX = r"\s*([0-9A-Fa-f]{2}\s*)*"


def _text(**more: Any) -> dict[str, Any]:
    return {"type": "string", **more}


def _word(words: Iterable[str]) -> dict[str, Any]:
    return {"enum": list(words)}


def _whole(low: int, high: int) -> dict[str, Any]:
    return {"type": "integer", "minimum": low, "maximum": high}


def _number(low: float, high: float) -> dict[str, Any]:
    return {"type": "number", "minimum": low, "maximum": high}


def _list(of: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "array", "items": of, **more}


def _table(name: str) -> dict[str, Any]:
    return {"$ref": f"#/$defs/{name}"}


def _named(of: dict[str, Any]) -> dict[str, Any]:
    names = {"pattern": f"^{IDENTIFIER}$"}
    return {"type": "object", "propertyNames": names, "additionalProperties": of}


_NAME, _FLAG, _HEX = (
    _text(pattern=f"^{IDENTIFIER}$"),
    {"type": "boolean"},
    _text(pattern=f"^{HEX}$"),
)
_TEXTS, _UUIDS = _list(_text()), _list(_text())
_COMPANIES = _list(_whole(0, 0xFFFF))
_BYTE = _whole(0, MAX_PAYLOAD - 1)
_PERIOD_S = _number(1e-5, 60)
_NUMBER = {
    "name": _NAME,
    "type": _word((*NUMBER_TYPES, *WRITTEN_TYPES, TEXT)),
    "scale": _number(-1e12, 1e12),
    "offset": _number(-1e12, 1e12),
    "unit": _text(),
    "invalid": {"type": "integer"},
    "valid": _list({"type": "integer"}, minItems=2, maxItems=2),
    "role": _word(ROLES),
    "bits": {"anyOf": [_whole(0, 31), _list(_whole(0, 31), minItems=2, maxItems=2)]},
    "decimals": _whole(0, 9),
}
_REST = {"const": "rest"}
_EXPECT = {
    "type": "object",
    "additionalProperties": {"type": ["number", "string", "array"]},
}

KEYS: Mapping[str, Mapping[str, dict[str, Any]]] = MappingProxyType(
    {
        "top": {
            "schema": {"const": SCHEMA},
            "id": _NAME,
            "name": _text(),
            "kind": _word(get_args(model.Kind)),
            "evidence": _word(get_args(model.Evidence)),
            "dialect": _NAME,
            "source": _list(_table("source")),
            "match": _table("match"),
            "side": _table("side"),
            "measures": _table("measures"),
            "gatt": _named(_table("channel")),
            "advertisement": _table("advertisement"),
            "connect": _table("connect"),
            "commands": _named(_table("command")),
            "clock": _table("clock"),
            "message": _list(_table("message")),
            "sensor": _list(_table("sensor")),
            "vector": _list(_table("vector")),
        },
        "source": {
            "title": _text(),
            "covers": _list(_word(COVERS)),
            "url": _text(),
            "licence": _text(),
            "accessed": _text(),
            "capture": _text(),
        },
        "match": {
            "priority": _whole(0, 1000),
            "local_name": _TEXTS,
            "service": _UUIDS,
            "company_id": _COMPANIES,
            "service_data": _UUIDS,
            "payload": _HEX,
            "mask": _HEX,
            "or": _list(_table("look")),
        },
        "look": {
            "local_name": _TEXTS,
            "service": _UUIDS,
            "company_id": _COMPANIES,
            "service_data": _UUIDS,
            "payload": _HEX,
            "mask": _HEX,
        },
        "side": {
            "from": _text(),
            "values": {"type": "object", "additionalProperties": _word(SIDES)},
        },
        "measures": {"continuous": _FLAG, "locks": _FLAG, "estimated": _FLAG, "oriented": _FLAG},
        "channel": {
            "characteristic": _text(),
            "service": _text(),
            "use": _word(word for word in get_args(model.Use) if word != model.ADVERTISEMENT),
            "response": _FLAG,
            "chunk": _whole(1, MAX_PAYLOAD),
            "optional": _FLAG,
            "framing": _table("framing"),
        },
        "framing": {
            "kind": _word(get_args(model.FramingKind)),
            "byte_order": _word(get_args(model.ByteOrder)),
            "tag": _word(UNSIGNED),
            "length": _word(UNSIGNED),
            "at": _BYTE,
            "adds": _whole(-16, 16),
            "start": _HEX,
            "end": _HEX,
            "most": _whole(1, MAX_BUFFER),
            "checksum": _word(get_args(model.Checksum)),
            "checksum_at": _whole(-MAX_PAYLOAD, MAX_PAYLOAD - 1),
        },
        "advertisement": {
            "company_id": _COMPANIES,
            "service_data": _UUIDS,
            "repeat_s": _number(0.01, 86400),
        },
        "connect": {"steps": _list(_table("step"))},
        "step": {
            "read": _text(),
            "subscribe": _text(),
            "send": _text(),
            "wait": _text(),
            "pause_s": _number(0.01, 60),
            "timeout_s": _number(0.1, 60),
        },
        "command": {
            "to": _text(),
            "hex": _HEX,
            "text": _text(),
            "now": _word(get_args(model.Now)),
            "fill": _whole(1, MAX_PAYLOAD),
            "changes_device": _FLAG,
        },
        "clock": {
            "kind": _word(get_args(model.ClockKind)),
            "field": _NAME,
            "fields": _named(_whole(1, 2**32)),
            "modulus": _whole(2, 2**32),
            "tick_s": _number(1e-9, 86400),
            "sample_period_s": _PERIOD_S,
            "stamp": _word(("first", "last")),
        },
        "message": {
            "name": _NAME,
            "channel": _text(),
            "byte_order": _word(get_args(model.ByteOrder)),
            "tag": {"anyOf": [_HEX, _table("tag")]},
            "text": _text(),
            "length": _whole(1, MAX_PAYLOAD),
            "sample_period_s": _PERIOD_S,
            "loss": _FLAG,
            "header": _list(_table("header")),
            "sequence": _list(_table("sequence")),
            "samples": _table("samples"),
            "fields": _list(_table("field")),
            "items": _table("items"),
            "item": _list(_table("item")),
        },
        "tag": {"at": _BYTE, "hex": _HEX, "mask": _HEX},
        "header": {**_NUMBER, "at": _BYTE, "shape": {"anyOf": [_whole(1, MAX_PAYLOAD), _REST]}},
        "sequence": {
            **_NUMBER,
            "shape": {"anyOf": [_whole(1, MAX_PAYLOAD), _REST]},
            "when": _text(),
            "unless": _text(),
        },
        "field": {
            **_NUMBER,
            "at": _BYTE,
            "shape": _whole(1, MAX_PAYLOAD),
            "stride": _whole(1, MAX_PAYLOAD),
        },
        "samples": {
            "at": _BYTE,
            "stride": _whole(1, MAX_PAYLOAD),
            "count": {"anyOf": [_whole(1, MAX_PAYLOAD), _text()]},
            "order": _word(("oldest_first", "newest_first")),
        },
        "items": {
            "at": _BYTE,
            "tag": _word(UNSIGNED),
            "length": _word(UNSIGNED),
            "inner": _word(UNSIGNED),
        },
        "item": {
            "tag": {"anyOf": [_whole(0, 2**32 - 1), _list(_whole(0, 2**32 - 1), maxItems=2)]},
            **_NUMBER,
            "shape": {"anyOf": [_whole(1, MAX_PAYLOAD), _REST]},
        },
        "sensor": {
            "field": _text(),
            "index": _whole(0, 511),
            "region": _word(REGIONS),
            "x_mm": _number(-1000, 1000),
            "y_mm": _number(-1000, 1000),
            "area_mm2": _number(1, 1e6),
        },
        "vector": {
            "channel": _text(),
            "hex": _HEX,
            "text": _text(),
            "message": _text(),
            "after": _list(_table("after")),
            "refused": _FLAG,
            "expect": {"anyOf": [_EXPECT, _list(_EXPECT)]},
        },
        "after": {"channel": _text(), "hex": _HEX, "text": _text()},
    }
)
"""Table → key → JSON Schema of its value; tables in tables stand under their own names."""

REQUIRED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "top": ("schema", "id", "name", "kind", "evidence", "match", "side", "clock"),
        "source": ("title",),
        "match": ("priority",),
        "side": ("from",),
        "channel": ("characteristic", "use"),
        "framing": ("kind",),
        "command": ("to",),
        "clock": ("kind",),
        "message": ("name", "channel"),
        "tag": ("hex",),
        "header": ("name", "at", "type"),
        "sequence": ("name", "type"),
        "field": ("name", "at", "type"),
        "samples": ("count",),
        "items": ("at", "tag", "length"),
        "item": ("tag", "name", "type"),
        "sensor": ("field", "index"),
        "vector": ("channel",),
        "after": ("channel",),
    }
)
"""Table → keys that it cannot do without."""


def schema() -> dict[str, Any]:
    """Return the JSON Schema of a spec file, for editors; the loader knows more than it can say."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Device file of insole",
        **_object("top"),
        "$defs": {name: _object(name) for name in KEYS if name != "top"},
    }


def _object(name: str) -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": dict(KEYS[name]),
        "required": list(REQUIRED.get(name, ())),
    }


def schema_text() -> str:
    """Return the schema as the file beside the specs holds it."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"
