"""What the tests of scales share: one frame of a payload, newtons of it, numbers there and back."""

from __future__ import annotations

import numpy as np

from insole.codec import Decoder, Encoder, decode_block
from insole.codec.table import sample_rows
from insole.errors import DecodeError


def frame_of(spec, channel, payload):
    """Return the one frame that a payload is."""
    (frame,) = Decoder(spec).feed(channel, payload, 0)
    return frame


def frame_or_none(spec, channel, payload):
    """Return the one frame that a payload is; None if it is refused, as `DecodeError` says."""
    try:
        return frame_of(spec, channel, payload)
    except DecodeError:
        return None


def newtons(spec, channel, payload):
    """Return the force that a payload becomes in the table of samples, N; one number."""
    octets = np.frombuffer(payload, np.uint8)
    decoded = decode_block(spec, channel, octets, np.array([len(octets)]), np.array([0]))
    (block,) = (block for block in decoded.blocks.values() if len(block.packet))
    return sample_rows(spec, block)["total_n"].item()


def assert_there_and_back(spec, message, numbers):
    """Encode numbers, decode them again, and hold both against each other."""
    payload = Encoder(spec).message(message.name, numbers)
    frame = frame_of(spec, message.channel, payload)
    assert frame.message == message.name
    assert frame.header.keys() == numbers.keys()
    for field in message.header:
        if field.name in numbers:
            half = abs(field.scale) * 0.5 * (1 + 1e-9)
            assert abs(frame.header[field.name] - numbers[field.name]) <= half, field.name


def message_of(spec, name):
    """Return a message of a spec by its name."""
    return next(message for message in spec.messages if message.name == name)
