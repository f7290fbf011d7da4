"""CTS500: a serial line in packets, found again after noise; no answer is read as a weight."""

from __future__ import annotations

import math

import pytest
from force_rig import cut, every_write, fed, rows, unasked
from hypothesis import assume, given
from hypothesis import strategies as st

from insole.spec import load_spec

SPEC = load_spec("cts500")
RAWS = st.integers(0, 300_000)
PLACES = st.lists(st.integers(0, 10_000), max_size=30)
NO_START = st.binary(min_size=1, max_size=12).map(lambda octets: octets.replace(b"\x05", b"\x06"))


def summed(*octets):
    """Return a message with its sum behind it, written without the encoder."""
    return bytes([*octets, sum(octets) & 0xFF])


def weight(raw, second=1):
    return summed(5, second, *raw.to_bytes(4, "big"))


def kilograms(frames):
    return [frame.header["total"] for frame in frames if frame.message == "weight"]


@given(st.lists(RAWS, min_size=1, max_size=8), PLACES)
def test_split_anywhere_the_same_comes_out(raws, places):
    frames, errors = fed(SPEC, "line", cut(b"".join(map(weight, raws)), places))
    assert not errors
    assert kilograms(frames) == pytest.approx([raw / 100 for raw in raws])


@given(st.lists(st.tuples(NO_START, RAWS), min_size=1, max_size=6), PLACES)
def test_noise_that_is_no_beginning_costs_no_weight_and_is_told(parts, places):
    octets = b"".join(noise + weight(raw) for noise, raw in parts)
    frames, errors = fed(SPEC, "line", cut(octets, places))
    assert errors
    assert kilograms(frames) == pytest.approx([raw / 100 for _, raw in parts])


@given(st.binary(max_size=40), st.lists(RAWS, min_size=6, max_size=12), PLACES)
def test_after_any_noise_it_is_found_again(noise, raws, places):
    """At most the weights that a chance sum over the noise reaches into are lost: two of them."""
    octets = noise + b"".join(map(weight, raws))
    frames, _ = fed(SPEC, "line", cut(octets, places))
    assert kilograms(frames)[-4:] == pytest.approx([raw / 100 for raw in raws[-4:]])


@given(RAWS, st.integers(0, 6), st.integers(1, 255))
def test_one_wrong_byte_is_never_a_wrong_weight(raw, place, by):
    octets = bytearray(weight(raw))
    octets[place] = (octets[place] + by) % 256
    assume(5 not in octets[1:])  # one that looks like a beginning may, by chance, have a right sum
    frames, errors = fed(SPEC, "line", [bytes(octets), weight(1234)])
    assert errors
    assert kilograms(frames) == [12.34]


@given(st.integers(300_001, 2**32 - 1))
def test_what_no_such_scale_can_bear_is_missing(raw):
    frames, errors = fed(SPEC, "line", [weight(raw)])
    assert not errors
    assert math.isnan(kilograms(frames)[0])


@pytest.mark.parametrize("celsius", [-127, -40, -5, -1, 0, 1, 23, 127])
def test_temperatures_are_sign_and_size(celsius):
    code = 0x80 + abs(celsius) if celsius < 0 else celsius
    (frame,), _ = fed(SPEC, "line", [summed(5, 0x80, 0xC5, 0, 0, code)])
    assert frame.header["temperature"] == celsius


@pytest.mark.parametrize("name", SPEC.commands)
def test_a_command_that_comes_back_is_not_read_as_a_weight(name):
    octets = SPEC.commands[name].payload
    assert octets == summed(*octets[:5])
    frames, errors = fed(SPEC, "line", [octets + weight(8500)])
    assert not errors
    assert frames[0].message.startswith("echo_")
    assert kilograms(frames) == [85.0]


@given(st.integers(0, 255), st.integers(0, 2**24 - 1))
def test_no_answer_is_read_as_a_weight(opcode, value):
    answer = summed(5, 0x80, opcode, *value.to_bytes(3, "big"))
    frames, errors = fed(SPEC, "line", [answer])
    assert (len(frames), errors) == (1, [])
    assert kilograms(frames) == []


def test_kilograms_become_newton():
    table = rows(SPEC, "line", [weight(8500) + weight(7710)], "weight")
    assert table["total_n"].tolist() == pytest.approx([85 * 9.80665, 77.1 * 9.80665])


def test_every_byte_string_that_can_be_written():
    wanted = {
        "start": ("05 aa 00 00 00 af", False),
        "stop": ("05 ab 00 00 00 b0", False),
        "read_once": ("05 a9 00 00 00 ae", False),
        "battery": ("05 c4 00 00 00 c9", False),
        "temperature": ("05 c5 00 00 00 ca", False),
        "tare": ("05 a6 00 00 00 ab", True),
        "zero": ("05 86 00 00 00 8b", True),
        "rate_80_hz": ("05 c1 00 00 03 c9", True),
    }
    assert every_write(SPEC) == {name: ("0000ffe2", *facts) for name, facts in wanted.items()}
    assert unasked(SPEC) == ["05 aa 00 00 00 af", "05 ab 00 00 00 b0"]


def test_no_command_calibrates_or_sets_range_limits_or_serial_rate():
    avoided = {0xA1, 0xA2, 0xA7, 0xC0, 0xC3, 0xCA, *range(0x81, 0x85), *range(0xD1, 0xD5)}
    assert not avoided & {command.payload[1] for command in SPEC.commands.values()}
