"""What the tests of insoles share: packets of several channels, fed one by one and all at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from insole.codec import Decoder, decode_channels
from insole.errors import DecodeError


@dataclass
class Recorded:
    """The packets of one channel, as a recording has them."""

    id: np.ndarray
    host_time_ns: np.ndarray
    lengths: np.ndarray
    payload: bytes


def fed(spec, packets):
    """Return (index, frame) of packets (channel, payload) fed one by one, errors, the decoder."""
    decoder, frames, errors = Decoder(spec), [], []
    for index, (channel, payload) in enumerate(packets):
        try:
            found = decoder.feed(channel, payload, index * 7)
        except DecodeError as error:
            found = error.frames
            errors.append(error)
        frames += [(index, frame) for frame in found]
    return frames, errors, decoder


def at_once(spec, packets):
    """Return what a recording of (channel, payload) holds by channel, and the spec as learnt."""
    channels = dict.fromkeys(channel for channel, _ in packets)
    return decode_channels(spec, {channel: recorded(packets, channel) for channel in channels})


def recorded(packets, channel):
    index = np.array([i for i, (of, _) in enumerate(packets) if of == channel], np.int64)
    payloads = [payload for of, payload in packets if of == channel]
    lengths = np.array([len(payload) for payload in payloads], np.int64)
    return Recorded(index, index * 7, lengths, b"".join(payloads))


def assert_same(spec, packets):
    """Require that packets fed one by one and a recording of them say the same."""
    frames, errors, decoder = fed(spec, packets)
    decoded, learnt = at_once(spec, packets)
    assert repr(learnt) == repr(decoder.spec)  # NaN equals itself only in words
    assert sum(each.errors for each in decoded.values()) == len(errors)
    assert sum(each.skipped for each in decoded.values()) == decoder.skipped
    rows = [
        (recorded(packets, channel).id[packet], block, row)
        for channel, each in decoded.items()
        for block in each.blocks.values()
        for row, packet in enumerate(block.packet.tolist())
    ]
    assert len(rows) == len(frames)
    for name in {frame.message for _, frame in frames}:
        live = [one for one in frames if one[1].message == name]
        block = [one for one in rows if one[1].message == name]
        for (index, frame), (packet, of, row) in zip(live, block, strict=True):
            assert index == packet
            assert_frame(frame, of, row)


def assert_frame(frame, block, row):
    for name, value in frame.header.items():
        np.testing.assert_array_equal(block.header[name][row], value)
    for name, value in frame.samples.items():
        found = block.samples[name][row]
        within = tuple(slice(size) for size in value.shape)
        np.testing.assert_array_equal(found[within], value)
    for name in block.samples.keys() - frame.samples.keys():
        assert np.isnan(block.samples[name][row]).all()
