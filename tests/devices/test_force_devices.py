"""What holds for each device that measures force: advertisements, any bytes, there and back."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from force_rig import at_once, fed
from hypothesis import given, settings
from hypothesis import strategies as st

from insole.codec import Decoder, Encoder
from insole.codec.table import calibration, capabilities
from insole.codec.vector import check_text, failures
from insole.spec import Advertisement, list_specs, load_spec, match_spec
from insole.spec.match import fits
from insole.spec.number import TEXT

NAMES = (
    "cts500", "entralpi", "ferra_plate", "pitchsix_forceboard", "tindeq_progressor",
    "vernier_gdx_fp",
)  # fmt: skip
EVERY = list_specs()
SPECS = [load_spec(name) for name in NAMES]


def channels(spec):
    return dict.fromkeys(message.channel for message in spec.messages)


CHANNELS = [(spec, name) for spec in SPECS for name in channels(spec)]
MESSAGES = [(spec, message) for spec in SPECS for message in spec.messages]
every_spec = pytest.mark.parametrize("spec", SPECS, ids=NAMES)
every_channel = pytest.mark.parametrize(
    ("spec", "channel"), CHANNELS, ids=[f"{spec.id}-{name}" for spec, name in CHANNELS]
)
every_message = pytest.mark.parametrize(
    ("spec", "message"), MESSAGES, ids=[f"{spec.id}-{m.name}" for spec, m in MESSAGES]
)


@every_spec
def test_check_finds_nothing(spec):
    assert check_text(spec.toml, spec.path, EVERY) == []


@every_spec
def test_each_vector_can_fail(spec):
    """Other numbers are found wrong, and so is a payload that is whole where none should be."""
    whole = {vector.channel: vector for vector in spec.vectors if not vector.refused}
    for vector in spec.vectors:
        wrong = replace(vector, expect=tuple(map(other_numbers, vector.expect)))
        if vector.refused:
            wrong = replace(vector, payload=whole[vector.channel].payload, after=())
        found = [error.key for error in failures(replace(spec, vectors=(wrong,)))]
        assert any(key.startswith("vector[0]") for key in found), vector


def other_numbers(value):
    if isinstance(value, Mapping):
        return {name: other_numbers(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [other_numbers(one) for one in value]
    if isinstance(value, str):
        return value + "x"
    return 0 if math.isnan(value) else value + 1


@every_spec
def test_stored_advertisements_fit_this_spec_and_no_other_wins(spec, fixtures):
    stored = json.loads((fixtures / "adverts" / f"{spec.id}.json").read_text())
    assert stored
    for one in stored:
        assert one["source"].startswith("made by hand")
        advertisement = Advertisement.from_json(one)
        assert match_spec(advertisement, EVERY).id == spec.id
        assert [other.id for other in SPECS if fits(advertisement, other)] == [spec.id]


@every_spec
def test_other_advertisements_do_not(spec, fixtures):
    for one in json.loads((fixtures / "adverts" / "ignore.json").read_text()):
        assert not fits(Advertisement.from_json(one), spec)


@every_spec
def test_force_is_newton_and_there_are_no_regions(spec):
    able = capabilities(spec, "merged")
    assert (able.unit, able.regions, able.imu) == ("N", (), False)
    assert able.cop == (spec.id == "ferra_plate")
    assert calibration(spec) == "newton"


def payloads_like(spec, channel):
    """Return payloads of any kind, and the spec's own with some bytes changed."""
    own = st.sampled_from([v.payload for v in spec.vectors if v.channel == channel])
    changes = st.lists(st.tuples(st.integers(0, 200), st.integers(0, 255)), max_size=3)
    return st.binary(max_size=40) | st.builds(changed_bytes, own, changes)


def changed_bytes(payload, changes):
    octets = bytearray(payload)
    for at, octet in changes:
        octets[at % len(octets)] = octet
    return bytes(octets)


@every_channel
@settings(max_examples=25)
@given(st.data())
def test_any_bytes_are_frames_or_decode_errors_and_the_same_at_once(spec, channel, data):
    packets = data.draw(st.lists(payloads_like(spec, channel), max_size=6))
    frames, errors = fed(spec, channel, packets)
    decoded = at_once(spec, channel, packets)
    assert decoded.errors == len(errors)
    assert str(decoded.first_error) == (str(errors[0]) if errors else "None")
    for name, block in decoded.blocks.items():
        mine = [frame for frame in frames if frame.message == name]
        assert len(block.packet) == len(mine)
        for row, frame in enumerate(mine):
            for field, value in frame.header.items():
                np.testing.assert_array_equal(block.header[field][row], value)
            for field, value in frame.samples.items():
                there = block.samples[field][row][: block.count[row]]
                np.testing.assert_array_equal(there, value)
    assert {frame.message for frame in frames} == set(decoded.blocks)


@pytest.mark.slow
@every_channel
def test_many_payloads(spec, channel):
    """60,000 random ones and 60,000 shaped like the spec's own, through one connection."""
    rng = np.random.default_rng(20261124)
    own = [v.payload for v in spec.vectors if v.channel == channel]
    anything = [rng.bytes(rng.integers(0, 60)) for _ in range(60_000)]
    shaped = [
        changed_bytes(own[rng.integers(len(own))], rng.integers(0, 256, (2, 2)).tolist())
        for _ in range(60_000)
    ]
    frames, errors = fed(spec, channel, anything + shaped)
    assert at_once(spec, channel, anything + shaped).errors == len(errors)
    assert len(frames) > 1000


@every_message
@settings(max_examples=20)
@given(st.integers(0, 2**32 - 1))
def test_what_was_encoded_decodes_within_half_a_quantum(spec, message, seed):
    rng = np.random.default_rng(seed)
    count = message.samples.count or int(rng.integers(1, 12)) if message.samples else 0
    counted = message.samples.count_field if message.samples else ""
    header = {f.name: drawn(rng, f, ()) for f in message.header if f.name != counted}
    samples = {f.name: drawn(rng, f, (count,)) for f in message.fields}
    payload = Encoder(spec).message(message.name, header, samples)
    (frame,) = Decoder(spec).feed(message.channel, payload, 0)
    assert frame.message == message.name
    for field in message.every_field:
        if field.name == counted:
            assert frame.header[counted] == count
        elif field.type == TEXT:
            assert frame.header[field.name] == header[field.name]
        else:
            wanted = np.asarray((header | samples)[field.name])
            decoded = np.asarray((frame.header | frame.samples)[field.name], float)
            np.testing.assert_array_equal(np.isnan(wanted), np.isnan(decoded))
            assert np.all(np.isnan(wanted) | (abs(decoded - wanted) <= half_quantum(field, wanted)))


def drawn(rng, field, count):
    """Return numbers (or a text) for a field, some of them missing where that can be said."""
    if field.type == TEXT:
        return "".join(map(chr, rng.integers(0x41, 0x5A, field.shape or rng.integers(0, 20))))
    shape = count if field.shape == 1 else (*count, field.shape)
    if field.role == "clock":
        return rng.integers(0, 2**32, shape).astype(float)
    low, high = field.valid or (field.number.low, field.number.high)
    if not field.number.whole:
        low, high = -300, 300
    if field.invalid is not None:
        high -= 1
    value = rng.uniform(low, high, shape) * field.scale + field.offset
    can_miss = field.invalid is not None or field.valid or not field.number.whole
    return np.where(rng.random(shape) < 0.2, np.nan, value) if can_miss else value


def half_quantum(field, wanted):
    bits = {"f32": 24, "f64": 53}.get(field.type)
    return abs(wanted) * 2.0**-bits if bits else abs(field.scale) * 0.5 * (1 + 1e-9)
