"""Both kinds of Xiaomi scales: units, stable and removed, and frames of the wrong kind."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scale_rig import assert_there_and_back, frame_or_none, newtons

from insole.spec import load_spec
from insole.units import G0

FIRST, SECOND = load_spec("xiaomi_mi_scale"), load_spec("xiaomi_mi_scale_2")
CHANNEL = "advertisement"
LB, CATTY = 0.45359237, 0.5
LENGTH = {FIRST.id: 10, SECOND.id: 13}
DATE = bytes.fromhex("ea0707180a1e00")
both = pytest.mark.parametrize("spec", [FIRST, SECOND], ids=lambda spec: spec.id)


def payload_of(spec, raw, *, flags=0, pounds=False, catty=False, impedance=0):
    """Return a payload; `flags` are bits 1, 5 and 7, which both kinds have in one byte each."""
    weight = raw.to_bytes(2, "little")
    if spec is FIRST:
        return bytes([flags | pounds | catty << 4]) + weight + DATE
    head = bytes([2 | pounds, flags | catty << 6])
    return head + DATE + impedance.to_bytes(2, "little") + weight


@both
@given(raw=st.integers(0, 0xFFFF))
def test_kilograms_pounds_and_catty_become_newtons(spec, raw):
    kilograms = newtons(spec, CHANNEL, payload_of(spec, raw))
    assert kilograms == pytest.approx(raw / 200 * G0, rel=1e-12)
    pounds = newtons(spec, CHANNEL, payload_of(spec, raw, pounds=True))
    assert pounds == pytest.approx(raw / 100 * LB * G0, rel=1e-12)
    catty = newtons(spec, CHANNEL, payload_of(spec, raw, catty=True))
    assert catty == pytest.approx(raw / 100 * CATTY * G0, rel=1e-12)


@both
@given(flags=st.integers(0, 255), pounds=st.booleans())
def test_stable_and_removed_are_bits_5_and_7(spec, flags, pounds):
    units = 0x11 if spec is FIRST else 0x40
    frame = frame_or_none(
        spec, CHANNEL, payload_of(spec, 15420, flags=flags & ~units, pounds=pounds)
    )
    assert frame.message == ("pounds" if pounds else "kilograms")
    assert (frame.header["stable"], frame.header["removed"]) == (flags >> 5 & 1, flags >> 7)


@both
def test_pounds_and_catty_at_once_are_refused(spec):
    assert frame_or_none(spec, CHANNEL, payload_of(spec, 15420, pounds=True, catty=True)) is None


@both
@given(length=st.integers(0, 30))
def test_any_other_length_is_refused(spec, length):
    payload = (payload_of(spec, 15420) + bytes(20))[:length]
    frame = frame_or_none(spec, CHANNEL, payload)
    assert (frame is not None) == (length == LENGTH[spec.id])


@both
@given(payload=st.binary(max_size=20) | st.binary(min_size=10, max_size=13))
def test_any_bytes_are_a_frame_or_a_decode_error(spec, payload):
    frame = frame_or_none(spec, CHANNEL, payload)
    assert frame is None or len(payload) == LENGTH[spec.id]


@pytest.mark.parametrize(
    ("raw", "there"), [(0, False), (1, True), (499, True), (0xFFFC, True), (0xFFFD, False)]
)
def test_an_impedance_of_0_or_fffd_is_none(raw, there):
    frame = frame_or_none(SECOND, CHANNEL, payload_of(SECOND, 15420, flags=0x22, impedance=raw))
    impedance = frame.header["impedance_ohm"]
    assert impedance == raw if there else impedance != impedance  # noqa: PLR0124 - NaN is not itself


MESSAGES = [(spec, message) for spec in (FIRST, SECOND) for message in spec.messages]


@pytest.mark.parametrize(
    ("spec", "message"), MESSAGES, ids=[f"{spec.id}-{message.name}" for spec, message in MESSAGES]
)
@given(st.data())
def test_there_and_back(spec, message, data):
    numbers = {
        field.name: data.draw(st.integers(*(field.valid or (0, field.number.high)))) * field.scale
        for field in message.header
    }
    numbers["total"] = data.draw(st.floats(0, 65535 * 0.005))
    assert_there_and_back(spec, message, numbers)


@both
def test_it_is_for_body_mass_only(spec):
    assert spec.measures.locks
    assert not spec.connect
    assert not spec.commands
