"""One packet at a time: the numbers of the vectors, and refusal of whatever does not fit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from insole.codec import Decoder
from insole.errors import DecodeError
from insole.spec import load_spec

SIM = load_spec("sim_insole")
ODD = load_spec(Path(__file__).with_name("odd_plate.toml"))


def test_types_of_a_frame():
    frame = Decoder(SIM).feed("frames", bytes(181), 5)[0]
    assert {name: type(value) for name, value in frame.header.items()} == {
        "counter": int, "device_ms": int, "battery": int,
    }  # fmt: skip
    shapes = {name: value.shape for name, value in frame.samples.items()}
    assert shapes == {"load": (4, 16), "acc": (4, 3), "gyro": (4, 3)}
    assert {value.dtype for value in frame.samples.values()} == {np.dtype(np.float64)}


def test_raw_clock_is_not_unwrapped():
    before, after = (vector.payload for vector in SIM.vectors[2:])
    decoder = Decoder(SIM)
    ticks = [decoder.feed("frames", p, 0)[0].header["device_ms"] for p in (before, after)]
    assert ticks == [65510, 14]


def test_big_endian_24_bits_floats_and_missing_values():
    frame = Decoder(ODD).feed("wide", ODD.vectors[0].payload, 0)[0]
    assert frame.header == {"count": 66051, "warmth": 19.0}
    np.testing.assert_allclose(frame.samples["load"], [[1, -1], [np.nan, 83886.07]], rtol=1e-12)
    np.testing.assert_array_equal(frame.samples["total"], [100, np.nan])


@pytest.mark.parametrize("bits", ["7f800000", "ff800000", "7fc00000", "7f800001", "ffbfffff"])
def test_no_float_but_a_finite_one_comes_out(bits):
    payload = bytes.fromhex(f"000000 00 000000 000000 {bits} 0000")
    assert np.isnan(Decoder(ODD).feed("wide", payload, 0)[0].samples["total"]).all()


def test_header_marker_of_a_missing_value_is_nan():
    header = Decoder(ODD).feed("tail", ODD.vectors[1].payload, 0)[0].header
    assert header["count"] == 197121
    assert np.isnan(header["battery"])


def test_samples_fill_the_rest():
    decoder = Decoder(ODD)
    for count in (1, 2, 42):
        frame = decoder.feed("wide", bytes(4 + 12 * count), 0)[0]
        assert frame.samples["load"].shape == (count, 2)


@pytest.mark.parametrize("length", [0, 1, 4, 15, 17, 4 + 12 * 43])
def test_rest_takes_whole_samples_only_and_no_more_than_a_characteristic_holds(length):
    with pytest.raises(DecodeError, match="16 bytes or more in steps of 12, at most 512"):
        Decoder(ODD).feed("wide", bytes(length), 0)


@pytest.mark.parametrize("length", [0, 1, 180, 182, 362])
def test_wrong_length_says_the_right_one(length):
    with pytest.raises(DecodeError, match="message frame is 181 bytes long") as caught:
        Decoder(SIM).feed("frames", bytes(length), 0)
    assert (caught.value.spec, caught.value.channel) == ("sim_insole", "frames")
    assert caught.value.payload == bytes(length)


@pytest.mark.parametrize("channel", ["", "command", "frame", "nowhere"])
def test_unknown_channel_says_the_known_ones(channel):
    with pytest.raises(DecodeError, match="only on info, frames"):
        Decoder(SIM).feed(channel, bytes(181), 0)
