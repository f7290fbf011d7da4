"""Numbers for any message of any spec, drawn at random: what an encoder may be given."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from insole.spec.number import TEXT


def random_frame(rng, spec, message, *, missing=True):
    """Return header and samples for a message; with `missing`, some are NaN where that can be."""
    framing = spec.gatt[message.channel].framing
    tag = None if framing and framing.kind == "tlv" else message.tag
    header = {field.name: value_of(rng, field, message, tag, missing) for field in message.header}
    present = there(message, header)
    header = {name: value for name, value in header.items() if name in present}
    if message.items:
        chosen = [f for f in message.fields if rng.random() < 0.7]
        shapes = {f.name: f.shape or int(rng.integers(1, 9)) for f in chosen}
        return header, {
            f.name: numbers_of(rng, replace(f, shape=shapes[f.name]), (1,), missing, f.shape == 1)
            for f in chosen
        }
    count = 1
    if message.samples:
        count = message.samples.count or int(rng.integers(1, 5))
        header.pop(message.samples.count_field, None)
    samples = {f.name: numbers_of(rng, f, (count,), missing) for f in message.fields}
    return header, samples


def hidden(message, spec):
    """Return the names of fields in whose bytes something constant is written: not to be chosen."""
    framing = spec.gatt[message.channel].framing
    taken = set()
    if message.tag and not (framing and framing.kind == "tlv"):
        taken.update(range(message.tag.at, message.tag.at + len(message.tag.value)))
    if framing and framing.kind == "length_prefixed":
        taken.update(range(len(framing.start)))
        taken.update(range(framing.at, framing.at + 4))
    if framing and framing.checksum and framing.checksum_at >= 0:
        taken.update(range(framing.checksum_at, framing.checksum_at + 2))
    if framing and framing.checksum and framing.checksum_at < 0 and message.length:
        taken.update(range(message.length + framing.checksum_at, message.length))
    return {field.name for field in message.header if taken & set(range(field.at, field.end))}


def there(message, header):
    """Return the names of the header fields that the flags let be there."""
    names = set()
    for field in message.header:
        when = field.when
        if when is None or (int(header[when.field]) >> when.bit & 1) == when.value:
            names.add(field.name)
    return names


def value_of(rng, field, message, tag, missing):
    if field.type == TEXT:
        size = field.shape or int(rng.integers(0, 12))
        return "".join(map(chr, rng.integers(1, 256, size)))
    value = numbers_of(rng, field, (), missing)
    if any(other.when and other.when.field == field.name for other in message.header):
        value = float(rng.integers(0, field.number.high, endpoint=True))
        if tag and tag.at == field.at and not message.items:
            first = int.from_bytes(tag.mask, message.byte_order)
            value = float(int(value) & ~first | int.from_bytes(tag.value, message.byte_order))
    return float(value)


def numbers_of(rng, field, count, missing, plain=None):
    """Return numbers in a field's range, some of them missing if it has a marker for that."""
    number = field.number
    shape = count if (plain or field.shape == 1) and plain is not False else (*count, field.shape)
    if field.role in {"counter", "clock"}:
        return rng.integers(0, min(number.high, 2**32 - 1), shape, endpoint=True).astype(float)
    if field.type == "int":
        return rng.integers(0x21, 0x7E, shape, endpoint=True).astype(float)
    low, high = (number.low, number.high) if number.whole else (-1e6, 1e6)
    low, high = field.valid or (low, high)
    value = rng.uniform(low, high, shape) * field.scale + field.offset
    can_miss = field.invalid is not None or not number.whole or field.valid
    if not can_miss or not missing:
        return value
    return np.where(rng.random(shape) < 0.3, np.nan, value)


def assert_near(field, decoded, given_numbers):
    """Require numbers within half a quantum of those encoded, and missing where they were."""
    if field.type == TEXT:
        assert decoded == str(given_numbers).rstrip("\0")
        return
    decoded, given_numbers = np.asarray(decoded, float), np.asarray(given_numbers, float)
    np.testing.assert_array_equal(np.isnan(decoded), np.isnan(given_numbers), field.name)
    # f32 keeps 24 bits of the raw number and f64 53; the rest is the rounding of float64 itself
    size = np.abs(given_numbers - field.offset)
    quantum = abs(field.scale)
    if not field.number.whole:
        quantum = {"f32": 2.0**-23, "f64": 2.0**-52}.get(field.type, 0.0) * size
        if field.type == "dec":
            quantum = 10.0**-field.decimals * abs(field.scale)
    beside_marker = 2 if field.invalid is not None else 1
    bound = quantum * 0.5 * beside_marker + 1e-12 * (size + abs(field.offset))
    assert np.all(np.isnan(decoded) | (np.abs(decoded - given_numbers) <= bound)), field.name
