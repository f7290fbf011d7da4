"""Ukaton Mission, UQ SmartInsole and the two patterns for self-built insoles."""

from __future__ import annotations

import struct
from datetime import UTC, datetime
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sole_rig import assert_same, at_once, fed

from insole.codec import Decoder, Encoder
from insole.codec.script import Write, connect, start, stop
from insole.codec.table import calibration, capabilities, sample_rows
from insole.errors import DecodeError
from insole.spec import load_spec
from insole.spec.match import side_by_name

UKATON, UQ, TEXT, BINARY = map(
    load_spec, ("ukaton_mission", "uq_smartinsole", "generic_text", "generic_binary")
)
every_sole = pytest.mark.parametrize("spec", [UKATON, UQ, TEXT, BINARY], ids=lambda spec: spec.id)
numbers = st.integers(-32768, 32767)
readings = st.lists(st.integers(0, 4095), min_size=16, max_size=16)


@every_sole
@given(st.data())
def test_live_is_like_recorded_for_any_bytes(spec, data):
    channels = st.sampled_from(sorted({message.channel for message in spec.messages}))
    packets = data.draw(st.lists(st.tuples(channels, st.binary(max_size=60)), max_size=6))
    assert_same(spec, packets)


@every_sole
@given(st.data())
def test_any_bytes_are_frames_or_a_decode_error(spec, data):
    channels = st.sampled_from(sorted({message.channel for message in spec.messages}))
    fitting = st.sampled_from([1, 2, 20, 22, 40, 231, 243])
    octets = fitting.flatmap(lambda size: st.binary(min_size=size, max_size=size))
    channel, payload = data.draw(channels), data.draw(octets)
    try:
        Decoder(spec).feed(channel, payload, 0)
    except DecodeError as error:
        assert error.problem  # noqa: PT017 - most payloads fit


@pytest.mark.parametrize(
    ("spec", "worth", "imu", "regions"),
    [
        (UKATON, "adc", True, 7),
        (UQ, "adc", True, 0),
        (TEXT, "adc", False, 2),
        (BINARY, "adc", False, 4),
    ],
)
def test_what_they_are_worth(spec, worth, imu, regions):
    assert calibration(spec) == worth
    told = capabilities(spec, "right")
    assert told.imu is imu
    assert len(told.regions) == regions


def ukaton_packet(ms, vectors, loads):
    motion = b"".join(bytes([tag]) + struct.pack("<3h", *raw) for tag, raw in vectors.items())
    pressure = b"\1" + struct.pack("<16H", *loads) if loads else b""
    head = struct.pack("<HBB", ms, 0, len(motion))
    return "measurement", head + motion + bytes([1, len(pressure)]) + pressure


TURNED = {  # kind → (acceleration, turning rate) from x, y, z
    0: (lambda x, y, z: (-y, -z, -x), lambda x, y, z: (y, -z, x)),
    1: (lambda x, y, z: (-z, x, -y), lambda x, y, z: (z, -y, x)),
    2: (lambda x, y, z: (z, x, y), lambda x, y, z: (-z, -y, -x)),
}


@given(st.sampled_from([0, 1, 2]), st.tuples(numbers, numbers, numbers), readings)
def test_ukaton_axes_follow_the_foot_and_go_back(kind, raw, loads):
    octets = ukaton_packet(65535, {0: raw, 3: raw}, loads)
    frame = fed(UKATON, [("kind", bytes([kind])), octets])[0][1][1]
    acc, rate = TURNED[kind]
    assert frame.samples["acc"].tolist() == [[number / 256 for number in acc(*raw)]]
    assert frame.samples["gyro"].tolist() == [[number / 512 for number in rate(*raw)]]
    assert frame.samples["load"].tolist() == [loads]
    encoder = Encoder(UKATON)
    encoder.message("kind", {"kind": kind})
    assert encoder.message("measurement", frame.header, frame.samples) == octets[1]


@given(st.lists(st.one_of(
    st.builds(lambda kind: ("kind", bytes([kind])), st.integers(0, 3)),
    st.builds(ukaton_packet, st.integers(0, 65535),
              st.dictionaries(st.sampled_from([0, 1, 3, 9]), st.tuples(numbers, numbers, numbers)),
              readings | st.just([])),
), max_size=6))  # fmt: skip
def test_ukaton_live_is_like_recorded(packets):
    assert_same(UKATON, packets)


def test_ukaton_tables_have_g_and_degrees_on_a_clock_that_wraps():
    packets = [("kind", b"\1")]
    packets += [ukaton_packet(ms % 65536, {0: (0, -2511, 0), 3: (0, -512, 0)}, [7] * 16)
                for ms in (65520, 65535, 65541)]  # fmt: skip
    decoded, learnt = at_once(UKATON, packets)
    rows = sample_rows(learnt, decoded["measurement"].blocks["measurement"])
    assert rows["device_ticks"].tolist() == [65520, 65535, 5]
    assert rows["acc_z_g"].tolist() == pytest.approx([1.0] * 3, abs=1e-3)
    assert rows["gyro_y_dps"].tolist() == pytest.approx([57.29578] * 3, abs=1e-5)
    assert rows["cell_16_adc"].tolist() == [7] * 3


def test_uq_versions_are_told_apart_and_each_tells_time_its_way():
    body = struct.pack(">30h80H", *range(30), *range(80))
    first = b"6R," + struct.pack(">5I", 0, 16, 32, 48, 64) + body
    second = b"3L," + struct.pack(">2I", 9, 640) + body
    decoded, _ = at_once(UQ, [("data", first), ("data", second)])
    rows = sample_rows(UQ, decoded["data"].blocks["five_with_times"])
    assert rows["device_ticks"].tolist() == [0, 16, 32, 48, 64]
    assert rows["sample"].tolist() == [0] * 5
    later = sample_rows(UQ, decoded["data"].blocks["five_with_number"])
    assert (later["counter"].tolist(), later["device_ticks"].tolist()) == ([9] * 5, [640] * 5)
    for table in (rows, later):
        assert table["cell_01_adc"].tolist() == [0, 16, 32, 48, 64]
        assert table["acc_x_g"].tolist() == pytest.approx([k * 0.002928 for k in range(5)])
        assert table["gyro_z_dps"].iloc[4] == pytest.approx(29 * 0.07)


@given(st.lists(st.integers(1, 230), max_size=4), st.integers(0, 2**32 - 1))
def test_uq_packets_come_whole_however_they_are_cut(places, seed):
    rng = np.random.default_rng(seed)
    octets = b"2R," + rng.bytes(228)
    edges = [0, *sorted(set(places)), 231]
    pieces = [("data", octets[a:b]) for a, b in pairwise(edges)]
    frames, errors, _ = fed(UQ, pieces)
    assert not errors
    assert frames[0][1].samples["load"].ravel().tolist() == list(struct.unpack(">80H", octets[71:]))


def test_uq_starts_with_the_time_and_its_name_tells_the_foot():
    writes = [one for one in connect(UQ) if isinstance(one, Write)]
    now = datetime(2024, 12, 15, 8, 5, 9, tzinfo=UTC)
    assert [one.octets(now) for one in writes] == [[b"2024/12/15 08:05:09"]]
    assert start(UQ) == writes
    assert stop(UQ)[0].payload == b"stop_sampling"
    assert [side_by_name(name, UQ) for name in ("6R", "2L", "LL2")] == ["right", "left", None]


tenths = st.integers(0, 9999).map(lambda number: number / 10)


@given(
    st.lists(tenths, min_size=24, max_size=24),
    st.sampled_from("LR"),
    st.sampled_from("_*"),
    st.lists(st.integers(1, 60), max_size=5),
)
def test_lines_of_text_come_whole_however_they_are_cut(values, foot, mark, places):
    rows = ",".join(f"[{','.join(map(str, values[k : k + 4]))}]" for k in range(0, 24, 4))
    line = f"{foot}{mark}[{rows}]\n".encode()
    edges = [0, *sorted(set(places)), len(line)]
    pieces = [("data", line[a:b]) for a, b in pairwise(edges)]
    frames, errors, _ = fed(TEXT, pieces)
    assert not errors
    frame = frames[0][1]
    loads = np.concatenate([frame.samples[f"load_{part}"][0] for part in range(1, 6)])
    dead = {8, 12, 16, 19, 20, 23}
    assert loads.tolist() == [value for place, value in enumerate(values) if place not in dead]
    assert chr(frame.header["foot"]) == foot


def test_half_a_line_from_before_the_start_is_an_error_and_no_more():
    half, whole = b"7,8],[0,0,1,2]]\n", b"L_[" + b",".join([b"[1,2,3,4]"] * 6) + b"]\n"
    frames, errors, _ = fed(TEXT, [("data", half + whole)])
    assert len(frames) == len(errors) == 1


@given(st.integers(0, 2**32 - 1), st.lists(st.integers(0, 65535), min_size=8, max_size=8))
def test_binary_frames(ms, loads):
    frame = fed(BINARY, [("data", struct.pack("<I8H", ms, *loads))])[0][0][1]
    assert frame.header["ms"] == ms
    assert frame.samples["load"].tolist() == [loads]


def test_a_bad_length_is_refused():
    with pytest.raises(DecodeError, match="20 bytes"):
        Decoder(BINARY).feed("data", bytes(19), 0)
