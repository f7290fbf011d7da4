"""Progressor: several samples in a packet, microseconds that wrap, packets that are cut."""

from __future__ import annotations

import math
import struct

import numpy as np
import pytest
from force_rig import at_once, every_write, fed, rows, unasked
from hypothesis import given
from hypothesis import strategies as st

from insole.codec import Decoder, Encoder
from insole.errors import DecodeError
from insole.spec import load_spec
from insole.units import G0

SPEC = load_spec("tindeq_progressor")
WRAP = 2**32
KG = st.floats(width=32, min_value=-300, max_value=300)
US = st.integers(0, WRAP - 1)
SAMPLES = st.lists(st.tuples(KG, US), min_size=1, max_size=31)


def packet_of(samples, code=1):
    """Return a data packet, written without the encoder."""
    octets = b"".join(struct.pack("<fI", *sample) for sample in samples)
    return bytes([code, len(octets)]) + octets


def feed(payload):
    return Decoder(SPEC).feed("data", payload, 0)


@given(SAMPLES)
def test_all_samples_of_a_packet_come_out(samples):
    (frame,) = feed(packet_of(samples))
    assert frame.samples["total"].tolist() == [kg for kg, _ in samples]
    assert frame.samples["time_us"].tolist() == [us for _, us in samples]


@given(st.lists(SAMPLES, min_size=1, max_size=5))
def test_the_table_has_a_row_for_each_in_newton_with_its_own_time(packets):
    samples = [sample for packet in packets for sample in packet]
    table = rows(SPEC, "data", [packet_of(packet) for packet in packets], "weight")
    assert table["device_ticks"].tolist() == [us for _, us in samples]
    assert set(table["sample"]) == {0}  # each has its own clock, so none is offset from another
    np.testing.assert_allclose(table["total_n"], [kg * 9.80665 for kg, _ in samples], rtol=1e-12)


@given(US, st.integers(1, 40))
def test_times_are_unsigned_and_go_on_over_the_wrap(first, count):
    times = [(first + 12_500 * index) % WRAP for index in range(count + 1)]
    packets = [packet_of([(1.0, time)]) for time in times]
    ticks = rows(SPEC, "data", packets, "weight")["device_ticks"].to_numpy()
    assert (ticks >= 0).all()
    assert set(np.diff(ticks) % WRAP) == {12_500}


def test_the_clock_of_the_spec_unwraps_such_times():
    clock = SPEC.clock
    assert (clock.kind, clock.field, clock.modulus) == ("ticks", "time_us", WRAP)
    assert clock.modulus * clock.tick_s / 60 == pytest.approx(71.6, abs=0.05)
    assert 1 / clock.sample_period_s == 80


@given(SAMPLES, st.data())
def test_a_packet_cut_anywhere_is_an_error_and_no_frame(samples, data):
    whole = packet_of(samples)
    payload = whole[: data.draw(st.integers(0, len(whole) - 1))]
    with pytest.raises(DecodeError) as caught:
        feed(payload)
    assert caught.value.frames == ()


@given(st.binary(max_size=255).filter(lambda value: len(value) % 8 or not value))
def test_a_length_that_is_no_whole_sample_is_an_error(value):
    with pytest.raises(DecodeError):
        feed(bytes([1, len(value)]) + value)


@given(SAMPLES, st.binary(min_size=1, max_size=9))
def test_bytes_behind_the_told_length_are_an_error_but_cost_no_sample(samples, more):
    """Unless they are a message of their own, as an unknown tag with its length is."""
    frames, errors = fed(SPEC, "data", [packet_of(samples) + bytes([1]) + bytes([255]) + more])
    assert len(errors) == 1
    assert frames[0].samples["total"].tolist() == [kg for kg, _ in samples]


@given(st.integers(5, 255), st.binary(max_size=40), SAMPLES)
def test_unknown_tags_are_stepped_over_by_their_length(code, value, samples):
    decoder = Decoder(SPEC)
    unknown = bytes([code, len(value)]) + value
    frames = decoder.feed("data", unknown + packet_of(samples) + unknown, 0)
    assert [frame.message for frame in frames] == ["weight"]
    assert decoder.skipped == 2
    assert at_once(SPEC, "data", [unknown]).skipped == 1


@pytest.mark.parametrize("code", [2, 3])
def test_rates_of_force_that_nobody_has_decoded_are_stepped_over(code):
    assert feed(packet_of([(1.0, 2)], code)) == []


@pytest.mark.parametrize("kg", [math.nan, math.inf, -math.inf])
def test_no_number_is_a_missing_sample_at_its_time(kg):
    table = rows(SPEC, "data", [packet_of([(12.5, 7), (kg, 8), (13.0, 9)])], "weight")
    assert table["total_n"].isna().tolist() == [False, True, False]
    assert table["device_ticks"].tolist() == [7, 8, 9]


def test_a_four_letter_version_is_no_battery_voltage():
    (frame,) = feed(b"\x00\x041.23")
    assert frame.message == "battery"
    assert math.isnan(frame.header["battery_v"])


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=20))
def test_a_version_of_any_length_can_be_simulated(version):
    """Padded with zeros where it would be as long as another answer."""
    payload = Encoder(SPEC).message("version", {"version": version})
    (frame,) = feed(payload)
    assert (frame.message, frame.header) == ("version", {"version": version})
    assert payload[2:].rstrip(b"\0") == version.encode()


def test_kilograms_become_newton_by_standard_gravity():
    assert rows(SPEC, "data", [packet_of([(100.0, 0)])], "weight")["total_n"][0] == 100 * G0


def test_every_byte_string_that_can_be_written():
    control = "7e4e1703"
    assert every_write(SPEC) == {
        "version": (control, "6b", False),
        "battery": (control, "6f", False),
        "start": (control, "65", False),
        "stop": (control, "66", False),
        "tare": (control, "64", True),
        "sleep": (control, "6e", True),
    }
    assert unasked(SPEC) == ["6b", "6f", "65", "66"]


def test_no_opcode_that_calibrates_is_in_the_file():
    calibrating = {0x69, 0x6A, 0x6C, 0x6D, 0x70, 0x71, 0x72, 0x73, 0x74, 0x75, 0x76}
    assert not calibrating & {command.payload[0] for command in SPEC.commands.values()}
    assert all(len(command.payload) == 1 for command in SPEC.commands.values())
