"""What every device file that is shipped must keep to; a new one is tested without being named."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from random_frame import assert_near, hidden, random_frame

from insole.codec import Decoder, Encoder, decode_channels
from insole.codec.script import Write, command, connect, start, stop
from insole.codec.table import calibration, capabilities, sample_rows, sensor_map
from insole.codec.vector import check_text
from insole.errors import DecodeError
from insole.spec import list_specs, parse
from insole.spec.model import MAX_PAYLOAD
from insole.spec.rhythm import packet_period_s
from insole.spec.safety import allowed, possible_writes

SPECS = list_specs()
MESSAGES = [(spec, message) for spec in SPECS for message in spec.messages]

every_spec = pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.id)
every_message = pytest.mark.parametrize(
    ("spec", "message"), MESSAGES, ids=[f"{spec.id}-{message.name}" for spec, message in MESSAGES]
)


@every_spec
def test_check_finds_nothing(spec):
    assert check_text(spec.toml, spec.path, SPECS) == []


@every_spec
def test_the_text_kept_with_a_session_is_enough(spec):
    assert repr(parse(spec.toml, spec.path)) == repr(spec)  # NaN equals itself only in words


@every_spec
def test_no_harm(spec):
    """Of all byte strings that the file can cause to be written, none harms unasked."""
    writes = possible_writes(spec)
    assert {write.command for write in writes} == set(spec.commands)
    for write in writes:
        assert not (write.changes_device and write.unasked), write.command
    scripts = [*connect(spec), *start(spec), *stop(spec)]
    for action in (action for action in scripts if isinstance(action, Write)):
        assert allowed(spec, action.channel, action.payload, action.now), action
        assert any(write.unasked and covers(spec, write, action) for write in writes), action


@every_spec
def test_every_command_can_be_written(spec):
    now = datetime(2026, 4, 12, 6, 30, tzinfo=UTC)
    for name, wanted in spec.commands.items():
        write = command(spec, name)
        pieces = write.octets(now)
        assert b"".join(pieces).startswith(wanted.payload)
        assert all(len(piece) <= (write.chunk or 512) for piece in pieces)
        assert any(covers(spec, possible, write) for possible in possible_writes(spec))


def covers(spec, possible, write):
    return possible.covers(spec.gatt[write.channel].characteristic, write.payload, write.now)


@every_spec
def test_tables_can_be_made(spec):
    rate_hz = capabilities(spec, "left").rate_hz
    assert rate_hz is None or rate_hz > 0
    assert packet_period_s(spec) is None or rate_hz
    assert calibration(spec)
    placed = sensor_map(spec, "left")[["region", "x_mm"]].replace("", None).notna().any(axis=1)
    assert placed.sum() == len(spec.sensors)
    for vector in spec.vectors:
        for block in decoded_at_once(spec, packets_of(vector)).values():
            rows = sample_rows(spec, block)
            assert {"host_time_s", "sample"} <= set(rows.columns)


@every_spec
def test_a_recording_decodes_as_the_live_packets_did(spec):
    """All vectors as one connection, and rows of messages made up: live equals at once."""
    rng = np.random.default_rng(7)
    packets = [packet for vector in spec.vectors for packet in packets_of(vector)]
    packets += [made_up(rng, spec, message) for message in spec.messages * 3]
    decoder, frames = Decoder(spec), []
    for number, (channel, payload) in enumerate(packets):
        try:
            frames += decoder.feed(channel, payload, number)
        except DecodeError as error:
            frames += error.frames
    blocks = decoded_at_once(spec, packets)
    assert set(blocks) == {frame.message for frame in frames}
    for name, block in blocks.items():
        mine = [frame for frame in frames if frame.message == name]
        assert block.host_time_ns.tolist() == [frame.host_time_ns for frame in mine]
        for row, frame in enumerate(mine):
            assert_row(block, row, frame)


def packets_of(vector):
    return [*vector.after, (vector.channel, vector.payload)]


def made_up(rng, spec, message):
    """Return channel and payload of a message with random raw numbers."""
    plain = replace(spec, dialect="")
    header, samples = random_frame(rng, plain, message)
    return message.channel, Encoder(plain).message(message.name, header, samples)


class Packets:
    """The packets of one channel, as a recording has them."""

    def __init__(self, numbered):
        self.id = self.host_time_ns = np.array([number for number, _ in numbered], np.int64)
        self.lengths = np.array([len(payload) for _, payload in numbered], np.int64)
        self.payload = b"".join(payload for _, payload in numbered)


def decoded_at_once(spec, packets):
    channels = {}
    for number, (channel, payload) in enumerate(packets):
        channels.setdefault(channel, []).append((number, payload))
    decoded, _ = decode_channels(spec, {name: Packets(each) for name, each in channels.items()})
    return {name: block for each in decoded.values() for name, block in each.blocks.items()}


def assert_row(block, row, frame):
    for name, value in frame.header.items():
        found = block.header[name][row]
        assert found == value or (found != found and value != value), name  # noqa: PLR0124 - NaN
    for name, values in frame.samples.items():
        found = block.samples[name][row][: len(values)]
        found = found[:, : values.shape[1]] if values.ndim == 2 else found
        np.testing.assert_allclose(found, values, rtol=1e-12, err_msg=name)


@every_message
@given(st.data())
def test_any_bytes_are_frames_or_a_decode_error(spec, message, data):
    fitting = message.length or 40
    sizes = st.sampled_from([0, 1, fitting - 1, fitting, fitting, fitting + 1, 512])
    payload = data.draw(sizes.flatmap(lambda size: st.binary(min_size=size, max_size=size)))
    rng = np.random.default_rng(data.draw(st.integers(0, 1000)))
    octets = bytearray(made_up(rng, spec, message)[1])
    octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(st.integers(0, 255))
    decoder = Decoder(spec)
    names = {other.name for other in spec.messages if other.channel == message.channel}
    for packet in (payload, bytes(octets)):
        try:
            frames = decoder.feed(message.channel, packet, 0)
        except DecodeError as error:
            frames = list(error.frames)
        assert {frame.message for frame in frames} <= names


@every_message
@given(st.integers(0, 2**32 - 1))
def test_what_was_encoded_decodes_within_half_a_quantum(spec, message, seed):
    rng = np.random.default_rng(seed)
    plain = replace(spec, dialect="")
    header, samples = random_frame(rng, plain, message)
    payload = Encoder(plain).message(message.name, header, samples)
    frame = Decoder(plain).feed(message.channel, payload, 0)[0]
    assume(frame.message == message.name)  # a text may by chance be what an earlier message says
    fixed = hidden(message, spec)
    for field in message.every_field:
        given_values = (header | samples).get(field.name)
        if given_values is not None and field.name not in fixed:
            assert_near(field, (frame.header | frame.samples)[field.name], given_values)


@pytest.mark.parametrize(
    ("spec", "message"),
    [(spec, message) for spec, message in MESSAGES if spec.dialect],
    ids=lambda part: getattr(part, "id", getattr(part, "name", "")),
)
@given(st.integers(0, 2**32 - 1))
def test_what_a_dialect_says_encodes_back(spec, message, seed):
    """Numbers that came through the dialect give bytes that come through it as the same."""
    channel, payload = made_up(np.random.default_rng(seed), spec, message)
    frames = Decoder(spec).feed(channel, payload, 0)
    for frame in frames:
        again = Encoder(spec).message(frame.message, frame.header, frame.samples)
        for other in Decoder(spec).feed(channel, again, 0):
            assert other.header == pytest.approx(frame.header, nan_ok=True)
            assert other.samples.keys() == frame.samples.keys()
            for name, values in frame.samples.items():
                np.testing.assert_allclose(other.samples[name], values, rtol=1e-9, atol=1e-9)


CHANNELS = [
    pytest.param(spec, channel, id=f"{spec.id}-{channel}")
    for spec in SPECS
    for channel in dict.fromkeys(message.channel for message in spec.messages)
]


@pytest.mark.slow
@pytest.mark.parametrize(("spec", "channel"), CHANNELS)
def test_many_random_payloads(spec, channel):
    """60,000 of any length, and 60,000 that were right before a byte of some was changed."""
    rng, draw = np.random.default_rng(20260412), random.Random(20260412)  # noqa: S311 - repeatable
    messages = [message for message in spec.messages if message.channel == channel]
    right = [made_up(rng, spec, messages[k % len(messages)])[1] for k in range(600)]
    payloads = [draw.randbytes(draw.randrange(MAX_PAYLOAD + 20)) for _ in range(60_000)]
    payloads += [spoilt(draw, draw.choice(right)) for _ in range(60_000)]
    decoder, frames, errors = Decoder(spec), 0, 0
    for number, payload in enumerate(payloads):
        try:
            frames += len(decoder.feed(channel, payload, number))
        except DecodeError as error:
            frames += len(error.frames)
            errors += 1
    assert frames >= 10_000
    packets = Packets(list(enumerate(payloads)))
    decoded = decode_channels(spec, {channel: packets})[0][channel]
    assert (decoded.errors, decoded.skipped) == (errors, decoder.skipped)
    assert sum(len(block.packet) for block in decoded.blocks.values()) == frames


def spoilt(draw, payload):
    octets = bytearray(payload)
    for _ in range(draw.choice([0, 1, 1, 5]) if octets else 0):
        octets[draw.randrange(len(octets))] = draw.randrange(256)
    return bytes(octets)
