"""An oracle for the decoder: one number at a time, with nothing but the standard library.

Written from the language's description and not from the package's code, slow and obvious.
"""

from __future__ import annotations

import math
import re
import struct

MAX_PAYLOAD = 512
SIZES = {"u8": 1, "i8": 1, "u16": 2, "i16": 2, "u24": 3, "i24": 3, "u32": 4, "i32": 4,
         "f32": 4, "f64": 8, "text": 1}  # fmt: skip


def number(payload, at, field, byte_order):
    octets = payload[at : at + SIZES[field.type]]
    assert len(octets) == SIZES[field.type]
    if field.type in {"f32", "f64"}:
        letter = "f" if field.type == "f32" else "d"
        raw = struct.unpack(("<" if byte_order == "little" else ">") + letter, octets)[0]
        return finite(raw * field.scale + field.offset) if math.isfinite(raw) else math.nan
    raw = int.from_bytes(octets, byte_order, signed=field.type.startswith("i"))
    if field.bits:
        first, last = field.bits
        raw = int(f"{raw:064b}"[63 - last : 64 - first], 2)
    return from_raw(raw, field)


def from_raw(raw, field):
    missing = raw == field.invalid
    if field.valid and not field.valid[0] <= raw <= field.valid[1]:
        missing = True
    return math.nan if missing else finite(raw * field.scale + field.offset)


def finite(value):
    return value if math.isfinite(value) else math.nan


def text_of(octets):
    return "".join(map(chr, octets)).rstrip("\0")


def tagged(message, payload):
    tag = message.tag
    if tag is None:
        return True
    there = payload[tag.at : tag.at + len(tag.value)]
    return len(there) == len(tag.value) and all(
        octet & mask == value for octet, mask, value in zip(there, tag.mask, tag.value, strict=True)
    )


class RefusedError(Exception):
    """The bytes are not this message."""


def need(condition):
    if not condition:
        raise RefusedError


def tried(message, payload):
    """Return header, samples and skipped items of the bytes of one message; None if no fit."""
    try:
        return one(message, payload)
    except RefusedError:
        return None


def one(message, payload):
    need(message.length is None or len(payload) == message.length)
    need(len(payload) <= MAX_PAYLOAD)
    if message.items:
        return with_items(message, payload)
    header, samples = sequence(message, payload), {}
    if message.samples:
        count = sample_count(message, payload)
        samples = {f.name: column(message, payload, f, count) for f in message.fields}
    return header, samples, 0


def column(message, payload, field, count):
    samples = message.samples
    values = []
    for index in range(count):
        at = samples.at + index * samples.stride + field.at
        if field.stride:
            at = field.at + index * field.stride
        size = SIZES[field.type]
        places = range(at, at + size * field.shape, size)
        numbers = [number(payload, place, field, message.byte_order) for place in places]
        values.append(numbers if field.shape > 1 else numbers[0])
    return values[::-1] if samples.newest_first else values


def sample_count(message, payload):
    samples = message.samples
    if samples.count:
        return samples.count
    count = (len(payload) - samples.at) / samples.stride
    need(count >= 1 and count == int(count))
    if samples.count_field:
        teller = next(f for f in message.header if f.name == samples.count_field)
        need(number(payload, teller.at, teller, message.byte_order) == count)
    return int(count)


def sequence(message, payload):
    """Return a header, which must be all there, and all there is if nothing follows it."""
    header, raw, at = {}, {}, 0
    flagged = any(field.when for field in message.header)
    for field in message.header:
        if field.when and bool(raw[field.when.field] >> field.when.bit & 1) != field.when.value:
            continue
        if not flagged:
            at = field.at
        size = SIZES[field.type] * field.shape if field.shape else len(payload) - at
        need(size >= 0 and at + size <= len(payload))
        octets = payload[at : at + size]
        if field.type == "text":
            header[field.name] = text_of(octets)
        else:
            header[field.name] = number(payload, at, field, message.byte_order)
            raw[field.name] = int.from_bytes(octets, message.byte_order)
        at += size
    need(message.length is not None or message.samples or at == len(payload))
    return header


def with_items(message, payload):
    items, order = message.items, message.byte_order
    need(len(payload) >= items.at)
    header = {f.name: number(payload, f.at, f, order) for f in message.header}
    found, skipped, rest = {}, 0, payload[items.at :]
    while rest:
        head = SIZES[items.tag] + SIZES[items.length]
        need(len(rest) >= head)
        tag = int.from_bytes(rest[: SIZES[items.tag]], order)
        length = int.from_bytes(rest[SIZES[items.tag] : head], order)
        value, rest = rest[head : head + length], rest[head + length :]
        need(len(value) == length)
        parts = inner(items, tag, value, order) if items.inner else [((tag,), value)]
        for path, octets in parts:
            entry = next((e.fields[0] for e in items.entries if e.tag == path), None)
            if entry is None:
                skipped += 1
                continue
            need(entry.name not in found)
            found[entry.name] = [item(octets, entry, order)]
    return header, {f.name: found[f.name] for f in message.fields if f.name in found}, skipped


def item(octets, entry, order):
    shape = len(octets) / SIZES[entry.type]
    need(shape >= 1 and shape == int(shape) and entry.shape in (0, shape))
    size = SIZES[entry.type]
    numbers = [number(octets, size * k, entry, order) for k in range(int(shape))]
    return numbers[0] if entry.shape == 1 else numbers


def inner(items, outer, value, order):
    """Return paths and values of items in an item; behind an unknown one all is lost."""
    parts = []
    while value:
        size = SIZES[items.inner]
        need(len(value) >= size)
        path = (outer, int.from_bytes(value[:size], order))
        entry = next((e.fields[0] for e in items.entries if e.tag == path), None)
        if entry is None:
            return [*parts, (path, b"")]
        end = size + SIZES[entry.type] * entry.shape
        need(len(value) >= end)
        parts.append((path, value[size:end]))
        value = value[end:]
    return parts


def packet(spec, channel, payload):
    """Return what is whole in a packet, how much was skipped, and whether all of it fits."""
    messages = [m for m in spec.messages if m.channel == channel]
    framing = spec.gatt[channel].framing
    if framing and framing.kind == "tlv":
        return several(messages, framing, payload)
    for message in messages:
        if tagged(message, payload):
            found = tried(message, payload)
            if found:
                return [(message.name, *found[:2])], found[2], True
    return [], 0, False


def several(messages, framing, payload):
    found, skipped, fits = [], 0, bool(payload)
    while payload:
        head = SIZES[framing.tag] + SIZES[framing.length]
        if len(payload) < head:
            return found, skipped, False
        length = int.from_bytes(payload[SIZES[framing.tag] : head], framing.byte_order)
        tag, value = payload[: SIZES[framing.tag]], payload[head : head + length]
        if len(value) < length:
            return found, skipped, False
        known = [m for m in messages if m.tag.value == tag]
        decoded = next(((m, r) for m in known if (r := tried(m, value))), None)
        if decoded:
            found.append((decoded[0].name, *decoded[1][:2]))
            skipped += decoded[1][2]
        elif known:
            fits = False
        else:
            skipped += 1
        payload = payload[head + length :]
    return found, skipped, fits


def checksum_of(name, octets):
    if name == "sum8":
        return bytes([sum(octets) % 256])
    if name == "xor8":
        value = 0
        for octet in octets:
            value ^= octet
        return bytes([value])
    width, poly, start, reflected, order = {
        "crc8-maxim": (8, 0x31, 0, True, "little"),
        "crc16-modbus": (16, 0x8005, 0xFFFF, True, "little"),
        "crc16-ccitt": (16, 0x1021, 0xFFFF, False, "big"),
    }[name]
    bits = [int(bit) for octet in octets
            for bit in (f"{octet:08b}"[::-1] if reflected else f"{octet:08b}")]  # fmt: skip
    register = [int(bit) for bit in f"{start:0{width}b}"]
    taps = [int(bit) for bit in f"{poly:0{width}b}"]
    for bit in bits:
        top = register.pop(0) ^ bit
        register.append(0)
        if top:
            register = [a ^ b for a, b in zip(register, taps, strict=True)]
    if reflected:
        register = register[::-1]
    return int("".join(map(str, register)), 2).to_bytes(width // 8, order)


def checked(framing, message):
    if framing.checksum is None:
        return True
    size = len(checksum_of(framing.checksum, b""))
    at = framing.checksum_at % len(message) if framing.checksum_at < 0 else framing.checksum_at
    if -framing.checksum_at > len(message) or at + size > len(message):
        return False
    return message[at : at + size] == checksum_of(
        framing.checksum, message[:at] + message[at + size :]
    )


def cut(spec, channel, octets):
    """Return the messages in all bytes that a channel sent, however they came."""
    framing = spec.gatt[channel].framing
    if framing.kind == "delimited":
        lines = octets.split(framing.end)[:-1]
        return [line for line in lines if line.strip() and len(line) <= framing.most]
    messages = [m for m in spec.messages if m.channel == channel]
    found, at = [], 0
    while at < len(octets):
        rest = octets[at:]
        length = told(framing, rest) if framing.kind == "length_prefixed" else known(messages, rest)
        if length is None or (length and length > len(rest)):
            break  # it may go on
        if length and checked(framing, rest[:length]):
            found.append(rest[:length])
            at += length
        else:
            at += 1
    return found


def told(framing, rest):
    """Return the length that the first message tells; 0 if none begins, None if not yet said."""
    size = SIZES[framing.length]
    least = max(framing.at + size, len(framing.start))
    shorter = min(len(framing.start), len(rest))
    if rest[:shorter] != framing.start[:shorter]:
        return 0
    if len(rest) < least:
        return None
    length = int.from_bytes(rest[framing.at : framing.at + size], framing.byte_order) + framing.adds
    return length if least <= length <= framing.most else 0


def known(messages, rest):
    for message in messages:
        tag = message.tag
        if tag is None:
            return message.length
        there = rest[tag.at : tag.at + len(tag.value)]
        if all(o & m == v for o, m, v in zip(there, tag.mask, tag.value, strict=False)):
            return message.length if len(there) == len(tag.value) else None
    return 0


def line(message, octets):
    """Return header and samples of a line of text; None if it is not like the template."""
    pattern, kinds = "", []
    for mark in re.findall(r"[#@]|[^#@]+", message.template):
        if mark == "#":
            pattern += r"[ \t]*(\S+?)[ \t]*"
            kinds.append("number")
        elif mark == "@":
            pattern += "([!-~])"
            kinds.append("letter")
        else:
            pattern += "[ \t]+".join(re.escape(part) for part in re.split(" +", mark))
    match = re.fullmatch(pattern, "".join(map(chr, octets)))
    if match is None:
        return None
    words = list(zip(match.groups(), kinds, strict=True))
    header = {f.name: word(*words[f.at // 8], f) for f in message.header}
    samples = {}
    for field in message.fields:
        values = []
        for index in range(message.samples.count):
            at = (message.samples.at + index * message.samples.stride + field.at) // 8
            row = [word(*words[at + k], field) for k in range(field.shape)]
            values.append(row[0] if field.shape == 1 else row)
        samples[field.name] = values
    every = [*header.values(), *(v for rows in samples.values() for v in flat(rows))]
    return None if None in every else (header, samples)


def flat(rows):
    for row in rows:
        yield from row if isinstance(row, list) else [row]


def word(written, kind, field):
    if kind == "letter":
        return ord(written)
    form = r"[+-]?\d{1,15}" if field.type == "int" else (
        r"[+-]?(\d{1,15}(\.\d{0,15})?|\.\d{1,15})([eE][+-]?\d{1,2})?|[nN][aA][nN]"
    )  # fmt: skip
    if not re.fullmatch(form, written, re.ASCII):
        return None
    if written.lower() == "nan":
        return math.nan
    raw = int(written) if field.type == "int" else float(written)
    return from_raw(raw, field) if field.type == "int" else finite(raw * field.scale + field.offset)
