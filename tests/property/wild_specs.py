"""Specs that nobody thought of: hypothesis draws them, with every feature of the language."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from hypothesis import strategies as st

from insole.spec import load_spec
from insole.spec.model import (
    ChannelSpec,
    Condition,
    FieldSpec,
    FramingSpec,
    ItemSpec,
    ItemsSpec,
    MessageSpec,
    SamplesSpec,
    TagSpec,
)
from insole.spec.number import NUMBER_TYPES

SIM = load_spec("sim_insole")
ODD = load_spec(Path(__file__).parents[1] / "codec" / "odd_plate.toml")
EVERY = load_spec(Path(__file__).parents[1] / "codec" / "every_feature.toml")
CHANNEL = "wild"
ORDERS = ("little", "big")


@st.composite
def fields(draw, name, at, *, shapes, bits=False):
    kind = draw(st.sampled_from(sorted(NUMBER_TYPES)))
    number = NUMBER_TYPES[kind]
    markers = [None, number.low, number.high, 0] if number.whole else [None]
    field = FieldSpec(
        name,
        at=at + draw(st.integers(0, 2)),
        type=kind,
        shape=draw(st.integers(1, shapes)),
        scale=draw(st.sampled_from([1.0, 0.1, -0.25, 1 / 16.4, 1000.0])),
        offset=draw(st.sampled_from([0.0, 20.0, -0.5])),
        invalid=draw(st.sampled_from(markers)),
    )
    if number.whole and draw(st.booleans()):
        field = replace(field, valid=(number.low, number.high // 2), invalid=None)
    if bits and kind in {"u8", "u16", "u32"} and draw(st.booleans()):
        last = draw(st.integers(0, 8 * number.size - 1))
        first = draw(st.integers(0, last))
        field = replace(field, bits=(first, last), invalid=None, valid=None)
    return field


@st.composite
def strips(draw, prefix, at=0, *, most, shapes, least=0, bits=False):
    """Return fields one behind the other, with gaps, and the byte after them."""
    strip = []
    for number in range(draw(st.integers(least, most))):
        field = draw(fields(f"{prefix}{number}", at, shapes=shapes, bits=bits))
        strip.append(field)
        at = field.end
    return tuple(strip), at + draw(st.integers(0, 2))


@st.composite
def sampled(draw, name="wild", at=0):
    """Return a message with header and samples: fixed, open, counted, newest first, apart."""
    header, at = draw(strips("h", at, most=4, shapes=1, bits=True))
    sample, stride = draw(strips("s", most=3, shapes=3, least=0 if header else 1))
    order = draw(st.sampled_from(ORDERS))
    if not sample:
        return MessageSpec(name, CHANNEL, order, at, header, None, ())
    kind = draw(st.sampled_from(["fixed", "rest", "counted", "apart"]))
    newest = draw(st.booleans())
    if kind == "apart":
        message = MessageSpec(name, CHANNEL, order, at, header, None, sample)
        return apart(message, draw(st.sampled_from([1, 3])), draw(st.integers(0, 2)))
    if kind == "fixed":
        count = draw(st.sampled_from([1, 2, 5]))
        samples = SamplesSpec(at, stride, count, newest_first=newest)
        return MessageSpec(name, CHANNEL, order, at + stride * count, header, samples, sample)
    teller = ""
    if kind == "counted":
        header, at, teller = (*header, FieldSpec("n", at, "u8")), at + 1, "n"
    samples = SamplesSpec(at, stride, None, teller, newest_first=newest)
    return MessageSpec(name, CHANNEL, order, None, header, samples, sample)


def apart(message, count, gap):
    """Return a message whose samples follow its header field by field, with gaps between."""
    at, placed = message.length, []
    for field in message.fields:
        stride = field.end - field.at + gap
        placed.append(replace(field, at=at, stride=stride))
        at += stride * count
    samples = SamplesSpec(0, 0, count)
    return replace(message, length=at, samples=samples, fields=tuple(placed))


@st.composite
def flagged(draw, name="wild"):
    """Return a message whose fields are there by flags."""
    kind = draw(st.sampled_from(["u8", "u16"]))
    strip = [FieldSpec("flags", 0, kind)]
    for number in range(draw(st.integers(1, 5))):
        field = replace(draw(fields(f"h{number}", 0, shapes=1)), at=strip[-1].end)
        bit = draw(st.integers(0, 8 * NUMBER_TYPES[kind].size - 1))
        condition = Condition("flags", bit, value=draw(st.booleans()))
        strip.append(replace(field, when=draw(st.sampled_from([None, condition]))))
    if draw(st.booleans()):
        strip.append(FieldSpec("text", strip[-1].end, "text", shape=draw(st.integers(0, 3))))
    strip[1] = replace(strip[1], when=strip[1].when or Condition("flags", 0, value=True))
    order = draw(st.sampled_from(ORDERS))
    return MessageSpec(name, CHANNEL, order, None, tuple(strip), None, ())


@st.composite
def itemised(draw, name="wild", at=0):
    """Return a message of items, one level or two."""
    header, at = draw(strips("h", at, most=2, shapes=1))
    deep = draw(st.booleans())
    entries = []
    for number in range(draw(st.integers(1, 4))):
        field = replace(draw(fields(f"s{number}", 0, shapes=4)), at=0)
        if not deep and draw(st.booleans()):
            field = replace(field, shape=0)
        outer = draw(st.integers(0, 1)) if deep else number
        entries.append(ItemSpec((outer, number) if deep else (outer,), (field,)))
    kinds = ("u8", "u16")
    items = ItemsSpec(
        at,
        draw(st.sampled_from(kinds)),
        draw(st.sampled_from(kinds)),
        draw(st.sampled_from(kinds)) if deep else "",
        tuple(entries),
    )
    every = tuple(entry.fields[0] for entry in entries)
    order = draw(st.sampled_from(ORDERS))
    return MessageSpec(name, CHANNEL, order, None, header, None, every, items=items)


def any_message(name):
    return sampled(name) | flagged(name) | itemised(name)


def wild(messages, framing=None):
    """Return a spec with these messages on its one channel."""
    gatt = {CHANNEL: ChannelSpec(CHANNEL, "ffe1", "notify", framing=framing)}
    return replace(SIM, messages=tuple(messages), gatt=gatt, sensors=(), vectors=())


@st.composite
def single(draw):
    """Return a spec with one message, known by nothing but its length."""
    return wild([draw(any_message("wild"))])


@st.composite
def tagged(draw):
    """Return a spec with several messages on a channel, told apart by their first byte."""
    messages = []
    for number in range(draw(st.integers(1, 3))):
        message = draw(sampled(f"m{number}", 1) | itemised(f"m{number}", 1))
        mask = draw(st.sampled_from([0xFF, 0x0F]))
        tag = TagSpec(0, bytes([number]), bytes([mask]))
        messages.append(replace(message, tag=tag))
    return wild(messages)


@st.composite
def announced(draw):
    """Return a spec whose packets hold several messages, each behind its tag and length."""
    kinds = st.sampled_from(["u8", "u16"])
    tag, length, order = draw(kinds), draw(kinds), draw(st.sampled_from(ORDERS))
    messages = []
    for number in range(draw(st.integers(1, 3))):
        octets = number.to_bytes(NUMBER_TYPES[tag].size, order)
        message = draw(any_message(f"m{number}"))
        messages.append(replace(message, tag=TagSpec(0, octets, b"\xff" * len(octets))))
    return wild(messages, FramingSpec("tlv", order, tag, length))


def specs():
    return single() | tagged() | announced()
