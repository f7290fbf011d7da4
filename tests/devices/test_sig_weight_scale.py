"""Scales of the Bluetooth standard: flags, lengths, units, and what an independent decoder says."""

from __future__ import annotations

import csv
import math
import random
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scale_rig import (
    assert_there_and_back,
    frame_of,
    frame_or_none,
    message_of,
    newtons,
)

from insole.spec import load_spec
from insole.units import G0

SPEC = load_spec("sig_weight_scale")
LB = 0.45359237
DATE = ("year", "month", "day", "hour", "minute", "second")
# bit of the flags -> bytes that it adds, by the GATT Specification Supplement
OPTIONAL = {
    "weight": {1: 7, 2: 1, 3: 4},
    "composition": {1: 7, 2: 1, **dict.fromkeys(range(3, 12), 2)},
}
LEAST = {"weight": 3, "composition": 4}
FLAG_BYTES = {"weight": 1, "composition": 2}
RESERVED = {"weight": 0xF0, "composition": 0xE000}
FLAGS = {"weight": range(2**8), "composition": range(2**13)}
every_channel = pytest.mark.parametrize("channel", ["weight", "composition"])


def length_of(channel, flags):
    return LEAST[channel] + sum(n for bit, n in OPTIONAL[channel].items() if flags >> bit & 1)


def payload_of(rng, channel, flags):
    """Return a payload with these flags and random numbers behind them."""
    head = flags.to_bytes(FLAG_BYTES[channel], "little")
    return head + rng.randbytes(length_of(channel, flags) - len(head))


@every_channel
def test_every_combination_of_flags_has_its_length(channel):
    rng = random.Random(1)  # noqa: S311 - a test wants repeatable numbers
    for flags in FLAGS[channel]:
        frame = frame_or_none(SPEC, channel, payload_of(rng, channel, flags))
        if flags & RESERVED[channel]:
            assert frame is None
            continue
        units = "imperial" if flags & 1 else "si"
        assert frame.message == f"{channel}_{units}"
        assert frame.header["flags"] == flags
        assert ("year" in frame.header) == bool(flags & 2)
        assert ("user" in frame.header) == bool(flags & 4)


@every_channel
@given(st.data())
def test_any_other_length_is_refused(channel, data):
    flags = data.draw(st.sampled_from(FLAGS[channel]))
    length = data.draw(st.integers(0, 40).filter(lambda n: n != length_of(channel, flags)))
    head = flags.to_bytes(FLAG_BYTES[channel], "little")
    assert frame_or_none(SPEC, channel, (head + bytes(40))[:length]) is None


@given(st.integers(1, 15), st.integers(0, 15))
def test_reserved_flags_of_a_weight_are_refused(reserved, known):
    """They stand on scales that mean another number, so that the weight would be wrong."""
    flags = reserved << 4 | known
    payload = bytes([flags, 0x3C, 0x3C]) + bytes(length_of("weight", flags) - 3)
    assert frame_or_none(SPEC, "weight", payload) is None


@every_channel
@given(st.binary(max_size=40))
def test_any_bytes_are_a_frame_or_a_decode_error(channel, payload):
    frame = frame_or_none(SPEC, channel, payload)
    assert frame is None or frame.message.startswith(channel)


@pytest.mark.parametrize("message", SPEC.messages, ids=lambda message: message.name)
@given(st.data())
def test_there_and_back(message, data):
    channel = message.channel
    bits = data.draw(st.sets(st.sampled_from(sorted(OPTIONAL[channel]))))
    flags = sum(1 << bit for bit in bits) | message.name.endswith("imperial")
    numbers = {"flags": flags}
    for field in message.header[1:]:
        if field.when is None or field.when.bit in bits:
            low, high = (1, field.number.high - 1) if field.invalid is not None else (0, 255)
            numbers[field.name] = data.draw(st.floats(low, high)) * field.scale
    assert_there_and_back(SPEC, message, numbers)


@pytest.mark.parametrize("kind", ["weight", "composition"])
@given(raw=st.integers(0, 0xFFFE))
def test_pounds_and_kilograms_become_newtons(kind, raw):
    octets = raw.to_bytes(2, "little")
    before = {"weight": (b"\x00", b"\x01"), "composition": (b"\0\4\0\0", b"\1\4\0\0")}
    si, imperial = before[kind]
    assert newtons(SPEC, kind, si + octets) == pytest.approx(raw * 0.005 * G0, rel=1e-12)
    assert newtons(SPEC, kind, imperial + octets) == pytest.approx(raw * 0.01 * LB * G0, rel=1e-12)


def test_a_composition_without_weight_has_no_force():
    assert "total" not in frame_of(SPEC, "composition", bytes.fromhex("0000 b600")).header


def test_it_is_for_body_mass_only():
    assert SPEC.measures.locks
    assert not SPEC.measures.continuous
    assert not SPEC.commands, "nothing is ever written to such a scale"


def test_real_frames(shared_data):
    """The frames whose weight is known; one scale does not keep to the standard, and is refused."""
    with (shared_data / "ble_frames" / "frames.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["characteristic"].startswith("0x2A9D")]
    assert len(rows) == 2
    for row in rows:
        payload, weight_kg = bytes.fromhex(row["frame_hex"]), float(row["expected_weight_kg"])
        frame = frame_or_none(SPEC, "weight", payload)
        if row["note"].startswith("NON-STANDARD"):
            raw = int.from_bytes(payload[1:3], "little")
            assert raw * 0.05 == pytest.approx(weight_kg)
            assert frame is None
        else:
            assert frame.header["total"] == pytest.approx(weight_kg)


# What an independent package says: https://github.com/RonanB96/bluetooth-sig-python

MADE_UP = 1000
NAMES = {
    "weight": {"total": "weight", "user": "user_id", "bmi": "bmi", "height": "height"},
    "composition": {
        "total": "weight",
        "user": "user_id",
        "fat": "body_fat_percentage",
        "basal_metabolism_kj": "basal_metabolism",
        "muscle": "muscle_percentage",
        "muscle_mass": "muscle_mass",
        "fat_free_mass": "fat_free_mass",
        "soft_lean_mass": "soft_lean_mass",
        "water_mass": "body_water_mass",
        "impedance_ohm": "impedance",
        "height": "height",
    },
}
IN_SI = {
    "height": 0.0254,
    **dict.fromkeys(["muscle_mass", "fat_free_mass", "soft_lean_mass", "water_mass"], LB),
}
UNKNOWN_USER = 255


@every_channel
def test_an_independent_package_agrees(channel):
    characteristics = pytest.importorskip(
        "bluetooth_sig.gatt.characteristics",
        reason="needs the package bluetooth-sig, an independent decoder: pip install bluetooth-sig",
    )
    independent = {
        "weight": characteristics.WeightMeasurementCharacteristic,
        "composition": characteristics.BodyCompositionMeasurementCharacteristic,
    }[channel]()
    rng = random.Random(20261124)  # noqa: S311 - a test wants repeatable numbers
    seen = set()
    for _ in range(MADE_UP):
        payload = plausible(rng, channel)
        frame = frame_of(SPEC, channel, payload)
        seen.add(frame.message)
        assert_agrees(frame, independent.parse_value(bytearray(payload)))
    assert seen == {f"{channel}_si", f"{channel}_imperial"}


def plausible(rng, channel):
    """Return a payload with a date that exists, at most 100 % of fat, and no missing value."""
    flags = rng.randrange(2 ** (4 if channel == "weight" else 13))
    payload = bytearray(payload_of(rng, channel, flags))
    at = LEAST[channel]
    write(payload, at - 2, rng.randrange(1001 if channel == "composition" else 0xFFFF))
    if flags & 2:
        when = datetime.fromtimestamp(rng.randrange(2**32), tz=UTC)
        write(payload, at, when.year)
        payload[at + 2 : at + 7] = bytes(when.timetuple()[1:6])
    if channel == "composition" and flags >> 10 & 1:
        behind = 2 * (flags >> 11 & 1)
        write(payload, len(payload) - behind - 2, rng.randrange(0xFFFF))
    return bytes(payload)


def write(payload, at, number):
    payload[at : at + 2] = number.to_bytes(2, "little")


def assert_agrees(frame, told):
    """Hold a frame against what the package tells, which keeps pounds and inches as they are."""
    channel, _, units = frame.message.rpartition("_")
    imperial = units == "imperial"
    assert int(told.flags) == frame.header["flags"]
    assert imperial == (told.measurement_units.value == "imperial")
    date = tuple(frame.header[name] for name in DATE) if "year" in frame.header else None
    assert date == (told.timestamp.timetuple()[:6] if told.timestamp else None)
    for name, theirs in NAMES[channel].items():
        expected, ours = getattr(told, theirs), frame.header.get(name)
        if expected is None or ours is None:
            assert ours is expected is None, name
        elif name == "user" and expected == UNKNOWN_USER:
            assert math.isnan(ours)
        else:
            unit = IN_SI.get(name, 1) if imperial else 1
            assert ours == pytest.approx(expected * unit, rel=1e-9), name


def test_the_fields_have_the_names_that_are_compared():
    """So that none is left out of the comparison by a slip."""
    for channel, names in NAMES.items():
        fields = {field.name for field in message_of(SPEC, f"{channel}_si").header}
        assert fields == {"flags", *DATE, *names}
