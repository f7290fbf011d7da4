"""The hanging scale that only advertises: units, hold, and everything that it is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scale_rig import assert_there_and_back, frame_or_none, newtons

from insole.spec import load_spec
from insole.units import G0

SPEC = load_spec("wh_c06")
CHANNEL = "advertisement"
LB = 0.45359237
HEAD = bytes.fromhex("020311ffffffffffff")


def payload_of(raw, *, unit=1, kilograms=True, hold=0, stamp=0x10):
    weight = raw.to_bytes(2, "big")
    sign = bytes([hold << 4 | unit])
    return HEAD + bytes([kilograms]) + weight + b"\x01\xf4" + sign + stamp.to_bytes(2, "big")


@given(st.integers(0, 0xFFFF), st.sampled_from([0, 10]))
def test_kilograms_and_pounds_become_newtons(raw, hold):
    kilograms = payload_of(raw, hold=hold)
    pounds = payload_of(raw, unit=2, kilograms=False, hold=hold)
    assert newtons(SPEC, CHANNEL, kilograms) == pytest.approx(raw * 0.01 * G0, rel=1e-12)
    assert newtons(SPEC, CHANNEL, pounds) == pytest.approx(raw * 0.01 * LB * G0, rel=1e-12)


@given(st.integers(0, 255), st.integers(0, 15), st.integers(0, 15))
def test_only_units_that_agree_are_decoded(sign, unit, hold):
    payload = bytearray(payload_of(7710, unit=unit, hold=hold))
    payload[9] = sign
    frame = frame_or_none(SPEC, CHANNEL, bytes(payload))
    message = {(1, 1): "kilograms", (0, 2): "pounds"}.get((sign, unit))
    assert (frame.message if frame else None) == message
    if frame:
        assert frame.header["hold"] == hold


@given(st.integers(0, 30).filter(lambda length: length != 17))
def test_any_other_length_is_refused(length):
    assert frame_or_none(SPEC, CHANNEL, (payload_of(7710) + bytes(20))[:length]) is None


@pytest.mark.parametrize("at", [0, 1, 2])
def test_any_other_head_is_refused(at):
    payload = bytearray(payload_of(7710))
    payload[at] ^= 1
    assert frame_or_none(SPEC, CHANNEL, bytes(payload)) is None


@given(st.binary(max_size=20) | st.binary(max_size=14).map((HEAD[:3]).__add__))
def test_any_bytes_are_a_frame_or_a_decode_error(payload):
    frame = frame_or_none(SPEC, CHANNEL, payload)
    assert frame is None or frame.message in {"kilograms", "pounds"}


@pytest.mark.parametrize("message", SPEC.messages, ids=lambda message: message.name)
@given(st.floats(0, 655.35), st.integers(0, 15), st.integers(0, 0xFFFF))
def test_there_and_back(message, total, hold, stamp):
    assert_there_and_back(SPEC, message, {"total": total, "hold": hold, "stamp": stamp})


def test_nothing_is_connected_to_or_written():
    assert not SPEC.connect
    assert not SPEC.commands
    assert not SPEC.measures.locks
