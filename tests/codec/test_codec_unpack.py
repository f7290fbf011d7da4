"""What is compiled for a live packet says what many packets at once say."""

from __future__ import annotations

import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from insole.codec.layout import plan
from insole.codec.unpack import compile_read
from insole.spec import load_spec
from insole.spec.model import FieldSpec, MessageSpec, SamplesSpec

MESSAGE = load_spec(Path(__file__).with_name("odd_plate.toml")).messages[0]
SNAN = struct.pack("<Q", 0x7FF0000000000001)


def assert_alike(message, payload, at=0):
    """Return header and samples, read alone and as one of two rows."""
    count = message.samples.count if message.samples else 1
    made = plan(message, message.length, count=count)
    header, samples = compile_read(made, at)(payload)
    rows = np.frombuffer(payload * 2, np.uint8).reshape(2, -1)
    headers, many = made.read_rows(rows, at)
    assert {name: value[1] for name, value in headers.items()} == pytest.approx(header, nan_ok=True)
    assert samples.keys() == many.keys()
    for name, values in samples.items():
        np.testing.assert_array_equal(values, many[name][1])
        assert values.dtype == np.float64
    return header, samples


def message(header=(), fields=(), samples=None, **changes):
    made = MessageSpec("made", "made", "little", 16, tuple(header), samples, tuple(fields))
    return replace(made, **changes)


@pytest.mark.parametrize("at", [0, 3])
@pytest.mark.parametrize("order", ["little", "big"])
def test_fields_of_a_header_may_share_bytes(at, order):
    header = [
        FieldSpec("low", 0, "u16", bits=(0, 3)),
        FieldSpec("high", 0, "u16", bits=(12, 15), scale=2.0),
        FieldSpec("octet", 1, "u8", bits=(4, 7)),
        FieldSpec("bit", 1, "u8", bits=(0, 0)),
        FieldSpec("wide", 0, "u32", bits=(8, 23)),
        FieldSpec("name", 8, "text", shape=3),
    ]
    payload = bytes(range(0x51, 0x51 + at)) + b"\x5a\xc3\x11\x22" + b"\xff" * 4 + b"ab\0" + bytes(5)
    found, _ = assert_alike(message(header, byte_order=order), payload, at)
    assert found["name"] == "ab"
    assert (found["octet"], found["bit"]) == (0xC, 1)
    if order == "little":
        assert (found["low"], found["high"], found["wide"]) == (0xA, 2 * 0xC, 0x11C3)


def test_samples_may_lie_in_each_other():
    """Two rows of numbers, each in the gaps of the other, and one that reads the bytes of both."""
    fields = [
        FieldSpec("even", 0, "u8", stride=2, scale=0.5),
        FieldSpec("odd", 1, "i8", stride=2, invalid=-1),
        FieldSpec("both", 0, "u16", stride=2, offset=1.0),
    ]
    made = message((), fields, SamplesSpec(0, 0, 4))
    _, samples = assert_alike(made, b"\1\2\3\xff\5\6\7\x80" + bytes(8))
    assert samples["even"].tolist() == [0.5, 1.5, 2.5, 3.5]
    np.testing.assert_array_equal(samples["odd"], [2, np.nan, 6, -128])
    assert samples["both"].tolist() == [0x202, 0xFF04, 0x606, 0x8008]


@pytest.mark.parametrize("octets", [SNAN, b"\xff" * 8, struct.pack("<d", 1.7e308), bytes(8)])
def test_no_number_is_a_warning(octets):
    """Signalling NaN, and what is out of range once it is scaled; none beside it suffers."""
    fields = [FieldSpec("f", 0, "f64", scale=1000.0), FieldSpec("n", 8, "u16", shape=2, offset=1.0)]
    made = message((), fields, SamplesSpec(0, 16, 1, newest_first=True))
    _, samples = assert_alike(made, octets + b"\1\0\2\0" + bytes(4))
    assert samples["n"].tolist() == [[2, 3]]
    assert np.isnan(samples["f"]).all() == (octets != bytes(8))


def test_three_bytes_and_newest_first():
    fields = [FieldSpec("a", 0, "i24", shape=2, scale=0.1, invalid=-1), FieldSpec("b", 6, "u16")]
    made = message((), fields, SamplesSpec(0, 8, 2, newest_first=True))
    octets = b"\xfe\xff\xff\xff\xff\xff\1\0\0\0\x80\0\0\1\2\0"
    _, samples = assert_alike(made, octets)
    np.testing.assert_array_equal(samples["a"], [[-838860.8, 6553.6], [-0.2, np.nan]])
    assert samples["b"].tolist() == [2, 1]


def test_a_limit_counts_for_its_own_field_alone():
    fields = [FieldSpec("a", 0, "u8", valid=(10, 20)), FieldSpec("b", 1, "u8"),
              FieldSpec("c", 2, "i8", invalid=0)]  # fmt: skip
    made = message((), fields, SamplesSpec(0, 4, 4))
    _, samples = assert_alike(made, b"\x09\x09\0\0\x0a\0\1\0\x14\1\2\0\x15\xff\xff\0")
    np.testing.assert_array_equal(samples["a"], [np.nan, 10, 20, np.nan])
    assert samples["b"].tolist() == [9, 0, 1, 255]
    np.testing.assert_array_equal(samples["c"], [np.nan, 1, 2, -1])


def test_each_frame_has_numbers_of_its_own():
    made = plan(MESSAGE, 16, count=1)
    read = compile_read(made, 0)
    first = read(bytes(16))[1]
    first["load"][...] = 5.0
    assert (read(bytes(16))[1]["load"] == 0).all()
