"""The ``[[message]]`` tables of a spec file: where the bytes of a payload belong."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from insole.spec import model
from insole.spec.field import at_byte, in_header, in_item, in_sample, one_behind_the_other
from insole.spec.language import KEYS, UNSIGNED
from insole.spec.model import (
    MAX_PAYLOAD,
    FieldSpec,
    ItemSpec,
    ItemsSpec,
    MessageSpec,
    SamplesSpec,
    TagSpec,
)
from insole.spec.template import placeholders

if TYPE_CHECKING:
    from insole.toml_table import Table

WRITTEN_BYTES = 8
"""Bytes that a number of a text is read into."""
_TOGETHER = (("samples", "fields"), ("items", "item"))
_INSTEAD = {
    "sequence": ("header", "samples", "fields", "length", "items", "text"),
    "items": ("samples", "length", "text"),
    "text": ("length", "tag", "byte_order"),
}


def read_messages(top: Table) -> tuple[MessageSpec, ...]:
    """Return every message of the file."""
    return tuple(_message(message) for message in top.tables("message", KEYS["message"]))


def _message(message: Table) -> MessageSpec:
    _require_whole(message)
    template = message.text("text", "")
    unit = WRITTEN_BYTES if template else 1
    if "sequence" in message:
        header = one_behind_the_other(message)
    else:
        tables = message.tables("header", KEYS["header"])
        header = tuple(in_header(table, unit) for table in tables)
    samples = _samples(message, unit) if "samples" in message else None
    fields = tuple(in_sample(table, unit) for table in message.tables("fields", KEYS["field"]))
    items = _items(message) if "items" in message else None
    return MessageSpec(
        name=message.identifier("name"),
        channel=message.text("channel"),
        byte_order=_byte_order(message, template),
        length=_length(message, header, samples, fields),
        header=header,
        samples=samples,
        fields=tuple(f for entry in items.entries for f in entry.fields) if items else fields,
        tag=_tag(message) if "tag" in message else None,
        items=items,
        template=template,
        sample_period_s=message.number("sample_period_s", 1e-5, 60, 0.0),
        loss=message.flag("loss", default=False),
    )


def _require_whole(message: Table) -> None:
    for one, other in _TOGETHER:
        if (one in message) != (other in message):
            absent, there = (one, other) if other in message else (other, one)
            problem = f"is missing beside {there}; the two belong together"
            raise message.error(absent, problem)
    for key, others in _INSTEAD.items():
        for other in others:
            if key in message and other in message:
                raise message.error(other, f"has no place beside {key}, which says all by itself")
    if not any(key in message for key in ("header", "sequence", "fields", "items")):
        problem = "is missing: a message has a header, samples, items or a sequence"
        raise message.error("header", problem)


def _byte_order(message: Table, template: str) -> model.ByteOrder:
    if template:
        return "little"
    return message.word("byte_order", get_args(model.ByteOrder))


def _tag(message: Table) -> TagSpec:
    if isinstance(message.get("tag"), str):
        value = message.octets("tag")
        return TagSpec(0, value, b"\xff" * len(value))
    tag = message.table("tag", KEYS["tag"])
    value = tag.octets("hex")
    mask = tag.octets("mask") if "mask" in tag else b"\xff" * len(value)
    if not value or len(mask) != len(value):
        raise tag.error("mask" if value else "hex", "must be as many bytes as hex, at least one")
    if any(octet & ~under for octet, under in zip(value, mask, strict=True)):
        raise tag.error("hex", "has bits that mask leaves out, so that no byte can be like it")
    return TagSpec(at_byte(tag) if "at" in tag else 0, value, mask)


def _samples(message: Table, unit: int) -> SamplesSpec:
    samples = message.table("samples", KEYS["samples"])
    together = "at" in samples or "stride" in samples
    at = at_byte(samples) * unit if together else 0
    stride = samples.integer("stride", 1, MAX_PAYLOAD) * unit if together else 0
    count = samples.get("count")
    open_ended = isinstance(count, str)
    if open_ended and "length" in message:
        raise message.error("length", f"contradicts count = {count!r}; give the number of samples")
    if open_ended and not together:
        raise samples.error("count", "must be a number where samples do not lie together")
    return SamplesSpec(
        at,
        stride,
        None if open_ended else samples.integer("count", 1, MAX_PAYLOAD),
        count if open_ended and count != "rest" else "",
        samples.word("order", ("oldest_first", "newest_first"), "oldest_first") == "newest_first",
    )


def _items(message: Table) -> ItemsSpec:
    items = message.table("items", KEYS["items"])
    inner = items.word("inner", UNSIGNED, "")
    depth = 2 if inner else 1
    return ItemsSpec(
        at=at_byte(items),
        tag=items.word("tag", UNSIGNED),
        length=items.word("length", UNSIGNED),
        inner=inner,
        entries=tuple(_item(item, depth) for item in message.tables("item", KEYS["item"])),
    )


def _item(item: Table, depth: int) -> ItemSpec:
    if depth == 1:
        tag: tuple[int, ...] = (item.integer("tag", 0, 2**32 - 1),)
    else:
        tag = item.integers("tag", 0, 2**32 - 1)
    if len(tag) != depth:
        raise item.error("tag", "must be two numbers where items lie in items: outer and inner")
    field = in_item(item)
    if depth == 2 and field.shape == 0:
        raise item.error("shape", 'cannot be "rest" in an inner item, which has no length')
    return ItemSpec(tag, (field,))


def _length(
    message: Table,
    header: tuple[FieldSpec, ...],
    samples: SamplesSpec | None,
    fields: tuple[FieldSpec, ...],
) -> int | None:
    if "text" in message:
        return placeholders(message) * WRITTEN_BYTES
    if "length" in message:
        return message.integer("length", 1, MAX_PAYLOAD)
    open_ended = any(field.when or not field.shape for field in header)
    if "items" in message or open_ended or (samples and samples.count is None):
        return None
    return max([field.end for field in header] + _ends(samples, fields))


def _ends(samples: SamplesSpec | None, fields: tuple[FieldSpec, ...]) -> list[int]:
    """Return the bytes after the last samples; of none if there are none."""
    if samples is None or samples.count is None:
        return []
    together = [samples.at + samples.stride * samples.count] if samples.stride else []
    last = samples.count - 1
    return together + [field.end + field.stride * last for field in fields if field.stride]
