"""What the tests of force devices share: packets fed live and at once, tables, what is written."""

from __future__ import annotations

from itertools import chain, pairwise

import numpy as np

from insole.codec import Decoder, decode_block
from insole.codec.script import Write, connect, start, stop
from insole.codec.table import sample_rows
from insole.errors import DecodeError
from insole.spec.safety import possible_writes


def fed(spec, channel, packets):
    """Return the frames of packets fed one by one, those inside of errors too, and the errors."""
    decoder, frames, errors = Decoder(spec), [], []
    for packet in packets:
        try:
            frames += decoder.feed(channel, packet, 0)
        except DecodeError as error:
            frames += error.frames
            errors.append(error)
    return frames, errors


def at_once(spec, channel, packets):
    """Return packets decoded as a recording."""
    lengths = np.array([len(packet) for packet in packets], np.int64)
    return decode_block(spec, channel, b"".join(packets), lengths, np.zeros(len(packets), np.int64))


def rows(spec, channel, packets, message):
    """Return the table of one message's samples."""
    return sample_rows(spec, at_once(spec, channel, packets).blocks[message])


def plain(frame):
    """Return a frame as plain values that compare, a missing number as None."""
    return frame.message, {
        name: _plain(np.asarray(value).tolist())
        for name, value in (frame.header | frame.samples).items()
    }


def _plain(value):
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return None if value != value else value  # noqa: PLR0124 - NaN alone is not itself


def cut(octets, places):
    """Return bytes cut into packets at some places."""
    edges = sorted({0, len(octets), *(place % (len(octets) + 1) for place in places)})
    return [octets[one:other] for one, other in pairwise(edges)]


def every_write(spec):
    """Return all that a spec can cause to be written: command → first digits of where, hex, ask.

    The last is True if it goes out only when the user asks for it by name.
    """
    return {
        write.command: (write.characteristic[:8], write.octets.hex(" "), write.changes_device)
        for write in possible_writes(spec)
    }


def unasked(spec):
    """Return the hex of what is written on connecting, starting and stopping, in order."""
    actions = chain(connect(spec), start(spec), stop(spec))
    return [action.payload.hex(" ") for action in actions if isinstance(action, Write)]
