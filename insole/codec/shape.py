"""Which of its shapes a message has, from the few bytes that decide it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from insole.codec.layout import Plan, plan
from insole.spec.model import MAX_PAYLOAD
from insole.spec.number import NUMBER_TYPES

if TYPE_CHECKING:
    from insole.spec.model import ByteOrder, Condition, FieldSpec, ItemsSpec, MessageSpec


class Misfit(Exception):  # noqa: N818 - a finding, not an error; never leaves the codec
    """A message does not fit; says why."""


@dataclass(slots=True)
class Look:
    """A look at a payload that remembers which bits of which bytes it has seen.

    Payloads of one length that agree in these are of one shape, whatever else they hold.
    """

    payload: bytes
    seen: dict[int, int] = field(default_factory=dict)

    def octets(self, start: int, end: int) -> bytes:
        """Return bytes of the payload."""
        self.seen.update(dict.fromkeys(range(start, end), 0xFF))
        return self.payload[start:end]

    def number(self, at: int, kind: str, byte_order: ByteOrder) -> int:
        """Return an unsigned number of the payload."""
        return int.from_bytes(self.octets(at, at + NUMBER_TYPES[kind].size), byte_order)

    def masked(self, start: int, mask: bytes) -> bytes:
        """Return bytes of the payload under a mask."""
        for at, bits in enumerate(mask, start):
            self.seen[at] = self.seen.get(at, 0) | bits
        octets = self.payload[start : start + len(mask)]
        return bytes(octet & bits for octet, bits in zip(octets, mask, strict=True))


def shape_of(message: MessageSpec, look: Look, start: int, end: int) -> Plan:
    """Return the plan of the message that lies between two bytes of a payload.

    Raises
    ------
    Misfit
        If the bytes cannot be this message.
    """
    length = end - start
    if message.length is not None:
        if length != message.length:
            raise Misfit
        return plan(message, length, count=_fixed_count(message))
    if length > MAX_PAYLOAD:
        raise Misfit
    if message.items:
        return _with_items(message, message.items, look, start, end)
    if message.samples:
        return plan(message, length, count=_count(message, look, start, length))
    return _sequence(message, look, start, length)


def expected_length(message: MessageSpec) -> str:
    """Return how long the payloads of a message are, in words."""
    if message.length is not None:
        return f"{message.length} bytes"
    samples = message.samples
    if message.items:
        return f"{message.items.at} bytes and whole items"
    if samples and samples.count_field:
        return f"{samples.at} bytes and {samples.stride} for each of {samples.count_field}"
    if samples:
        least, most = samples.at + samples.stride, MAX_PAYLOAD
        return f"{least} bytes or more in steps of {samples.stride}, at most {most}"
    return "as many bytes as its flags say" if message.flagged else "longer than its header"


def _fixed_count(message: MessageSpec) -> int:
    return message.samples.count or 1 if message.samples else 1


def _count(message: MessageSpec, look: Look, start: int, length: int) -> int:
    """Return how many samples there are, which must be whole and at least one."""
    samples = message.samples
    if samples is None or length < samples.at + samples.stride:
        raise Misfit
    count, over = divmod(length - samples.at, samples.stride)
    if over:
        raise Misfit
    if samples.count_field:
        teller = next(f for f in message.header if f.name == samples.count_field)
        if look.number(start + teller.at, teller.type, message.byte_order) != count:
            raise Misfit
    return count


def _sequence(message: MessageSpec, look: Look, start: int, length: int) -> Plan:
    """Return the plan of a header whose flags, or whose length, say what is there."""
    fields: list[FieldSpec] = []
    at = 0
    for one in message.header:
        placed = one if not message.flagged else replace(one, at=at)
        if placed.when and not _is_set(message, placed.when, fields, look, start):
            continue
        fields.append(placed)
        at = placed.end if placed.shape else length
        if at > length or placed.at > length:
            raise Misfit
    if at != length:
        raise Misfit
    return plan(message, length, header=fields)


def _is_set(
    message: MessageSpec, when: Condition, earlier: list[FieldSpec], look: Look, start: int
) -> bool:
    """Return whether the bit that decides over a field is as the field wants it."""
    flags = next(field for field in earlier if field.name == when.field)
    place, bit = divmod(when.bit, 8)
    if message.byte_order == "big":
        place = flags.number.size - 1 - place
    octets = look.masked(start + flags.at + place, bytes([1 << bit]))
    return bool(octets[0]) == when.value


def _with_items(message: MessageSpec, items: ItemsSpec, look: Look, start: int, end: int) -> Plan:
    """Return the plan of the items that are there; unknown ones are stepped over and counted."""
    if end - start < items.at:
        raise Misfit
    walk = _Walk(message, items, look, start)
    at = start + items.at
    tag_size, length_size = NUMBER_TYPES[items.tag].size, NUMBER_TYPES[items.length].size
    while at < end:
        value = at + tag_size + length_size
        if value > end:
            raise Misfit
        tag = look.number(at, items.tag, message.byte_order)
        at = value + look.number(at + tag_size, items.length, message.byte_order)
        if at > end:
            raise Misfit
        if items.inner:
            walk.inside(tag, value, at)
        else:
            walk.item((tag,), value, at)
    return plan(message, end - start, fields=walk.found, skipped=walk.skipped)


@dataclass(slots=True)
class _Walk:
    """A walk over the items of a message, and what it has found."""

    message: MessageSpec
    items: ItemsSpec
    look: Look
    start: int
    found: list[tuple[FieldSpec, int]] = field(default_factory=list)
    skipped: int = 0

    def inside(self, outer: int, at: int, end: int) -> None:
        """Walk over items in an item; behind an unknown one nothing can be told apart."""
        size = NUMBER_TYPES[self.items.inner].size
        while at < end:
            if at + size > end:
                raise Misfit
            tag = (outer, self.look.number(at, self.items.inner, self.message.byte_order))
            known = self._known(tag)
            if known is None:
                self.skipped += 1
                return
            value, at = at + size, at + size + known.number.size * known.shape
            if at > end:
                raise Misfit
            self.item(tag, value, at)

    def item(self, tag: tuple[int, ...], value: int, end: int) -> None:
        """Take one item, if its tag is known and it fits."""
        known = self._known(tag)
        if known is None:
            self.skipped += 1
            return
        shape, over = divmod(end - value, known.number.size)
        twice = any(other.name == known.name for other, _ in self.found)
        if over or not shape or (known.shape and shape != known.shape) or twice:
            raise Misfit
        self.found.append((replace(known, at=value - self.start), shape))

    def _known(self, tag: tuple[int, ...]) -> FieldSpec | None:
        return next((e.fields[0] for e in self.items.entries if e.tag == tag), None)
