"""What every device file that is shipped must keep to; a new one is tested without being named."""

from __future__ import annotations

from itertools import chain

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from insole.codec import Decoder, Encoder
from insole.codec.script import Write, connect, start, stop
from insole.codec.table import capabilities, sensor_map
from insole.codec.vector import check_text
from insole.errors import DecodeError
from insole.spec import Advertisement, list_specs, match_spec, parse
from insole.spec.model import NUMBER_TYPES

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
    """Of all writes that the file can cause, none that changes the device is sent unasked."""
    changing = {(c.to, c.payload) for c in spec.commands.values() if c.changes_device}
    sent = {
        (action.channel, action.payload)
        for action in chain(connect(spec), start(spec), stop(spec))
        if isinstance(action, Write)
    }
    assert not changing & sent


@every_spec
def test_its_own_advertisement_is_recognised(spec):
    name = "".join(spec.match.local_name[:1]).replace("*", "1").replace("?", "1")
    advertisement = Advertisement(name, spec.match.service[:1], spec.match.company_id[:1])
    assert match_spec(advertisement, SPECS).id == spec.id


@every_spec
def test_tables_can_be_made(spec):
    assert capabilities(spec, "left").rate_hz > 0
    assert len(sensor_map(spec, "left")) == len(spec.sensors)


@every_message
@given(st.data())
def test_any_bytes_are_frames_or_a_decode_error(spec, message, data):
    fitting = message.length or 40
    sizes = st.sampled_from([0, 1, fitting - 1, fitting, fitting, fitting + 1, 512])
    payload = data.draw(sizes.flatmap(lambda size: st.binary(min_size=size, max_size=size)))
    try:
        frames = Decoder(spec).feed(message.channel, payload, 0)
    except DecodeError:
        return
    assert [frame.message for frame in frames] == [message.name]


@every_message
@given(st.integers(0, 2**32 - 1))
def test_what_was_encoded_decodes_within_half_a_quantum(spec, message, seed):
    rng = np.random.default_rng(seed)
    count = (message.samples.count or 3) if message.samples else 0
    header = {field.name: float(numbers_of(rng, field, 1)[0]) for field in message.header}
    samples = {field.name: numbers_of(rng, field, count) for field in message.fields}
    payload = Encoder(spec).message(message.name, header, samples)
    frame = Decoder(spec).feed(message.channel, payload, 0)[0]
    for field in message.every_field:
        given_numbers = (header | samples)[field.name]
        decoded = (frame.header | frame.samples)[field.name]
        half = abs(field.scale) * 0.5 * (1 + 1e-9) + 1e-9 * abs(field.offset)
        assert np.all(np.abs(np.asarray(decoded) - given_numbers) <= half), field.name


def numbers_of(rng, field, count):
    """Return numbers within a field's range and off its marker; whole ones for those that wrap."""
    number = NUMBER_TYPES[field.type]
    shape = (count,) if field.shape == 1 else (count, field.shape)
    if not number.whole:
        return rng.uniform(-1e6, 1e6, shape)
    low = number.low + (field.invalid == number.low)
    high = number.high - (field.invalid == number.high)
    raw = rng.integers(low, high, shape, endpoint=True).astype(float)
    if field.role not in {"counter", "clock"}:
        raw = np.clip(raw + rng.uniform(-0.49, 0.49, shape), low, high)
    return raw * field.scale + field.offset
