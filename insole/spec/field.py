"""The fields of a spec file's messages: one number, or several alike, each."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from insole.spec.language import KEYS, ROLES
from insole.spec.model import MAX_PAYLOAD, Condition, FieldSpec, Role
from insole.spec.number import NUMBER_TYPES, TEXT, WRITTEN_TYPES, NumberType

if TYPE_CHECKING:
    from collections.abc import Iterable

    from insole.toml_table import Table

_LIMIT = 1e12
"""Largest scale and offset, so that no raw number overflows a float64 (our choice)."""


def in_header(table: Table, unit: int) -> FieldSpec:
    """Return a field of a header, ``unit`` bytes for each step of its place."""
    kinds = WRITTEN_TYPES if unit > 1 else (*NUMBER_TYPES, TEXT)
    return replace(_number(table, kinds), at=at_byte(table) * unit, shape=_characters(table))


def in_sample(table: Table, unit: int) -> FieldSpec:
    """Return a field of a sample, ``unit`` bytes for each step of its place."""
    return replace(
        _number(table, WRITTEN_TYPES if unit > 1 else NUMBER_TYPES),
        at=at_byte(table) * unit,
        shape=table.integer("shape", 1, MAX_PAYLOAD, 1),
        stride=table.integer("stride", 1, MAX_PAYLOAD, 0) * unit,
    )


def in_item(table: Table) -> FieldSpec:
    """Return the field of an item."""
    rest = table.get("shape") == "rest"
    shape = 0 if rest else table.integer("shape", 1, MAX_PAYLOAD, 1)
    return replace(_number(table, NUMBER_TYPES), shape=shape)


def one_behind_the_other(message: Table) -> tuple[FieldSpec, ...]:
    """Return the fields of a sequence, placed as if all of them were there."""
    fields: list[FieldSpec] = []
    for table in message.tables("sequence", KEYS["sequence"]):
        if fields and not fields[-1].shape:
            raise table.error("", 'stands behind a field of shape "rest", which ends the message')
        if "bits" in table:
            raise table.error("bits", "have no place in a sequence; give a header with places")
        field = _number(table, (*NUMBER_TYPES, TEXT))
        at = fields[-1].end if fields else 0
        when = _condition(table, fields)
        fields.append(replace(field, at=at, shape=_characters(table), when=when))
    return tuple(fields)


def at_byte(table: Table) -> int:
    """Return a place."""
    return table.integer("at", 0, MAX_PAYLOAD - 1)


def _characters(table: Table) -> int:
    """Return how many characters a text has, 0 for the rest; 1 for numbers, which are plain."""
    if table.get("type") != TEXT:
        if "shape" in table:
            raise table.error("shape", "stands in a header only beside type text")
        return 1
    if table.get("shape") == "rest":
        return 0
    return table.integer("shape", 1, MAX_PAYLOAD)


def _condition(table: Table, earlier: list[FieldSpec]) -> Condition | None:
    keys = [key for key in ("when", "unless") if key in table]
    if not keys:
        return None
    if len(keys) > 1:
        raise table.error("unless", "contradicts when; give one of the two")
    key, written = keys[0], table.text(keys[0])
    name, _, bit = written.partition(".")
    flags = {field.name: field for field in earlier if field.whole and field.type[0] == "u"}
    known = ", ".join(flags) or "none"
    if name not in flags or not re.fullmatch("[0-9]{1,2}", bit):
        problem = f'must be "field.bit" of an unsigned field before it ({known}), not {written!r}'
        raise table.error(key, problem)
    if flags[name].when:
        raise table.error(key, f"{name} is itself there only by a flag")
    if int(bit) >= 8 * flags[name].number.size:
        raise table.error(key, f"a {flags[name].type} has no bit {bit}")
    return Condition(name, int(bit), value=key == "when")


def _number(table: Table, kinds: Iterable[str]) -> FieldSpec:
    name = table.identifier("name")
    kind = table.word("type", kinds)
    own_role: Role = next((role for role in ROLES if role == name), "")
    field = FieldSpec(
        name=name,
        at=0,
        type=kind,
        scale=_scale(table),
        offset=table.number("offset", -_LIMIT, _LIMIT, 0.0),
        unit=table.text("unit", "1"),
        role=table.word("role", ROLES) if "role" in table else own_role,
        bits=_bits(table, kind) if "bits" in table else None,
        decimals=table.integer("decimals", 0, 9, 0),
    )
    if "decimals" in table and kind != "dec":
        raise table.error("decimals", "stands only beside type dec")
    return replace(
        field,
        invalid=_raw(table, "invalid", field.number) if "invalid" in table else None,
        valid=_valid(table, field.number) if "valid" in table else None,
    )


def _scale(table: Table) -> float:
    scale = table.number("scale", -_LIMIT, _LIMIT, 1.0)
    if abs(scale) < 1 / _LIMIT:
        raise table.error("scale", f"must be at least {1 / _LIMIT:g}, and not 0")
    return scale


def _bits(table: Table, kind: str) -> tuple[int, int]:
    if kind not in {"u8", "u16", "u32"}:
        raise table.error("bits", f"are parts of a u8, u16 or u32, not of a {kind}")
    last = 8 * NUMBER_TYPES[kind].size - 1
    if isinstance(table.get("bits"), list):
        bits = table.integers("bits", 0, last)
    else:
        bits = (table.integer("bits", 0, last),) * 2
    if len(bits) != 2 or bits[0] > bits[1]:
        raise table.error("bits", "must be one bit, or the first and the last of several")
    return bits[0], bits[1]


def _raw(table: Table, key: str, number: NumberType) -> int:
    if not number.whole:
        raise table.error(key, "has no place with a float: NaN and infinity mean missing")
    return table.integer(key, number.low, number.high)


def _valid(table: Table, number: NumberType) -> tuple[int, int]:
    if not number.whole:
        raise table.error("valid", "has no place with a float")
    bounds = table.integers("valid", number.low, number.high)
    if len(bounds) != 2 or bounds[0] >= bounds[1]:
        raise table.error("valid", "must be the lowest and the highest raw value")
    return bounds[0], bounds[1]
