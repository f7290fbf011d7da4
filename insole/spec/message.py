"""The ``[[message]]`` tables of a spec file: where the bytes of a payload belong."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, get_args

from insole.spec import model
from insole.spec.model import MAX_PAYLOAD, NUMBER_TYPES, FieldSpec, MessageSpec, SamplesSpec

if TYPE_CHECKING:
    from collections.abc import Iterator

    from insole.spec.reader import Table

ROLES: tuple[model.Role, ...] = tuple(role for role in get_args(model.Role) if role)
_MESSAGE = ("name", "channel", "byte_order", "length", "header", "samples", "fields", "sequence")
_NUMBER = ("name", "type", "scale", "offset", "unit", "invalid", "role")
_LIMIT = 1e12
"""Largest scale and offset, so that no raw number overflows a float64 (our choice)."""


def read_messages(top: Table) -> tuple[MessageSpec, ...]:
    """Return every message of the file."""
    return tuple(_message(message) for message in top.tables("message", _MESSAGE))


def _message(message: Table) -> MessageSpec:
    header = _sequence(message) if "sequence" in message else _header(message)
    samples = _samples(message) if "samples" in message else None
    fields = tuple(_field(field) for field in message.tables("fields", (*_NUMBER, "at", "shape")))
    if bool(samples) != bool(fields):
        absent, there = ("samples", "fields") if fields else ("fields", "samples")
        raise message.error(absent, f"is missing beside {there}; the two belong together")
    if not header and not fields:
        raise message.error("header", "is missing: a message has a header, samples or a sequence")
    return MessageSpec(
        name=message.identifier("name"),
        channel=message.text("channel"),
        byte_order=message.word("byte_order", ("little", "big")),
        length=_length(message, header, samples),
        header=header,
        samples=samples,
        fields=fields,
    )


def _sequence(message: Table) -> tuple[FieldSpec, ...]:
    """Return fields that follow each other, as a header with their places worked out."""
    for key in ("header", "samples", "fields", "length"):
        if key in message:
            raise message.error(key, "has no place beside a sequence, which says all by itself")
    return tuple(_one_behind_the_other(message))


def _one_behind_the_other(message: Table) -> Iterator[FieldSpec]:
    at = 0
    for table in message.tables("sequence", _NUMBER):
        field = replace(_number(table), at=at)
        at = field.end
        yield field


def _header(message: Table) -> tuple[FieldSpec, ...]:
    tables = message.tables("header", (*_NUMBER, "at"))
    return tuple(replace(_number(table), at=_at(table)) for table in tables)


def _field(table: Table) -> FieldSpec:
    shape = table.integer("shape", 1, MAX_PAYLOAD, 1)
    return replace(_number(table), at=_at(table), shape=shape)


def _number(table: Table) -> FieldSpec:
    name = table.identifier("name")
    kind = table.word("type", NUMBER_TYPES)
    own_role: model.Role = next((role for role in ROLES if role == name), "")
    return FieldSpec(
        name=name,
        at=0,
        type=kind,
        scale=_scale(table),
        offset=table.number("offset", -_LIMIT, _LIMIT, 0.0),
        unit=table.text("unit", "1"),
        invalid=_invalid(table, kind) if "invalid" in table else None,
        role=table.word("role", ROLES) if "role" in table else own_role,
    )


def _scale(table: Table) -> float:
    scale = table.number("scale", -_LIMIT, _LIMIT, 1.0)
    if abs(scale) < 1 / _LIMIT:
        raise table.error("scale", f"must be at least {1 / _LIMIT:g}, and not 0")
    return scale


def _invalid(table: Table, kind: str) -> int:
    number = NUMBER_TYPES[kind]
    if not number.whole:
        raise table.error("invalid", "has no place with f32: NaN and infinity mean missing")
    return table.integer("invalid", number.low, number.high)


def _at(table: Table) -> int:
    return table.integer("at", 0, MAX_PAYLOAD - 1)


def _samples(message: Table) -> SamplesSpec:
    samples = message.table("samples", ("at", "stride", "count"))
    stride = samples.integer("stride", 1, MAX_PAYLOAD)
    if samples.get("count") == "rest":
        if "length" in message:
            raise message.error("length", 'contradicts count = "rest"; give the number of samples')
        return SamplesSpec(_at(samples), stride, None)
    return SamplesSpec(_at(samples), stride, samples.integer("count", 1, MAX_PAYLOAD))


def _length(
    message: Table, header: tuple[FieldSpec, ...], samples: SamplesSpec | None
) -> int | None:
    if "length" in message:
        return message.integer("length", 1, MAX_PAYLOAD)
    if samples is None:
        return max(field.end for field in header)
    return None if samples.count is None else samples.at + samples.stride * samples.count
