"""ORPHE INSOLE against plain decoders, and its FIFO against a device that loses packets."""

from __future__ import annotations

import math
import struct
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sole_rig import assert_same, at_once, fed

from insole.codec import Decoder, Encoder, decode_block
from insole.codec.dialects.orphe_fifo import request
from insole.codec.dialects.orphe_insole import newton
from insole.codec.script import Pause, Write, command, require_allowed
from insole.codec.table import calibration, capabilities, sample_rows
from insole.errors import DecodeError
from insole.spec import load_spec

ORPHE = load_spec("orphe_insole")
POLYNOMIAL = [
    "6.31278e-11 -2.33093e-07 3.27825e-04 -1.63373e-01 22.5012",
    "6.65168e-11 -2.10741e-07 2.31937e-04 -7.10366e-02 6.97927",
    "1.07646e-10 -3.85112e-07 5.02384e-04 -2.37328e-01 31.8015",
    "5.91156e-11 -1.81045e-07 1.86644e-04 -4.46178e-02 3.10811",
    "5.32573e-11 -1.68515e-07 1.79518e-04 -4.66859e-02 3.71484",
    "4.44324e-11 -1.09728e-07 8.90389e-05 3.82816e-03 -4.46580",
]
LOWEST = [386, 206, 376, 150, 166, 0]
raws = st.lists(st.integers(0, 4094), min_size=6, max_size=6)
vectors = st.lists(st.integers(-32768, 32767), min_size=3, max_size=3)
ranges = st.integers(0, 3)


def slow_newton(channel, raw):
    if raw > 4094:
        return math.nan
    if raw < LOWEST[channel]:
        return 0.0
    terms = map(float, POLYNOMIAL[channel].split())
    return max(0.0, sum(term * raw**power for term, power in zip(terms, (4, 3, 2, 1, 0))))  # noqa: B905 - five


def info(acc=3, gyro=3, mount=0):
    return "info", bytes([2, mount, *[0] * 6, acc, gyro, *[0] * 8, 1, 0])


def packet(samples, serial=0, ms=0, head=55):
    """Return a packet of header 55 or 54; samples of (gyro, acc, raw), the oldest first."""
    clock = ms // 3_600_000, ms // 60_000 % 60, ms // 1000 % 60, ms % 1000
    body = b"".join(struct.pack(">6h6H", *g, *a, *r) for g, a, r in reversed(samples))
    return "values", struct.pack(">BH3BH", head, serial, *clock) + body


samples_of_packets = st.lists(st.tuples(vectors, vectors, raws), min_size=4, max_size=4)


def test_every_raw_value_has_the_force_of_the_polynomial():
    raw = np.repeat(np.arange(4095.0)[:, None], 6, axis=1)
    slow = [[slow_newton(channel, value) for channel in range(6)] for value in range(4095)]
    np.testing.assert_allclose(newton(raw), slow, rtol=1e-12, atol=1e-9)


def test_force_never_falls_as_pressure_rises():
    raw = np.repeat(np.arange(4095.0)[:, None], 6, axis=1)
    assert (np.diff(newton(raw), axis=0) >= 0).all()
    assert (newton(raw[:150]) == 0).all()


@given(samples_of_packets, ranges, ranges, st.sampled_from([54, 55]))
def test_four_samples_the_newest_first_by_the_ranges_told(samples, acc, gyro, head):
    frame = fed(ORPHE, [info(acc, gyro), packet(samples, head=head)])[0][1][1]
    if head == 54:
        acc, gyro = 3, 3
    dps = (0.00875, 0.0175, 0.035, 0.07)[gyro]
    for index, (turn, lean, raw) in enumerate(samples):
        np.testing.assert_allclose(frame.samples["gyro"][index], np.array(turn) * dps, rtol=1e-12)
        g = np.array(lean) / 32768 * (2, 4, 8, 16)[acc]
        np.testing.assert_allclose(frame.samples["acc"][index], g, rtol=1e-12)
        force = [slow_newton(channel, value) for channel, value in enumerate(raw)]
        np.testing.assert_allclose(frame.samples["load"][index], force, rtol=1e-9, atol=1e-9)
        np.testing.assert_array_equal(frame.samples["adc"][index], raw)


def test_a_range_that_is_not_known_gives_no_numbers():
    still = [([1, 2, 3], [1, 2, 3], [0] * 6)] * 4
    frame = fed(ORPHE, [info(acc=9), packet(still)])[0][1][1]
    assert np.isnan(frame.samples["acc"]).all()
    assert not np.isnan(frame.samples["gyro"]).any()


@given(st.lists(st.one_of(
    st.builds(info, ranges, ranges),
    st.builds(packet, samples_of_packets, st.integers(0, 65535), st.integers(0, 86399999),
              st.sampled_from([54, 55])),
    st.tuples(st.sampled_from(["values", "info", "steps"]), st.binary(max_size=110)),
), max_size=8))  # fmt: skip
def test_live_is_like_recorded_also_when_the_ranges_change(packets):
    assert_same(ORPHE, packets)


def test_serial_wraps_and_midnight_passes():
    still = [([0] * 3, [0, 0, 2048], [1000 + k] * 6) for k in range(4)]
    day = 86_400_000
    packets = [
        packet(still, (65530 + k) % 65536, (day - 96 + round(k * 19.23)) % day) for k in range(12)
    ]
    block = at_once(ORPHE, packets)[0]["values"].blocks["with_pressure"]
    rows = sample_rows(ORPHE, block)
    assert np.diff(rows["counter"][::4]).tolist() == [1] * 5 + [-65535] + [1] * 5
    steps = np.diff(rows["device_ticks"][::4])
    assert set((steps % day).tolist()) == {19, 20}
    assert (steps < 0).sum() == 1
    assert rows["sample"].tolist() == [0, 1, 2, 3] * 12
    for first, second in pairwise(rows["cell_01_n"][:4]):
        assert first < second  # within the packet as in time


def test_the_encoder_wraps_as_the_device_does():
    values = {"gyro": np.zeros((4, 3)), "acc": np.zeros((4, 3)), "load": np.zeros((4, 6))}
    clock = {"hour": 23, "minute": 59, "second": 59, "millisecond": 999}
    payload = Encoder(ORPHE).message("with_pressure", {"serial": 65536, **clock}, values)
    assert payload[:8] == bytes.fromhex("37 0000 173b3b 03e7")


def test_the_end_of_the_converter_is_no_force():
    samples = [([0] * 3, [0] * 3, [4095, 4094, 65535, 0, 1, 2])] * 4
    load = fed(ORPHE, [packet(samples)])[0][0][1].samples["load"]
    assert np.isnan(load).tolist() == [[True, False, True, False, False, False]] * 4


@given(st.lists(st.floats(0, 6000), min_size=24, max_size=24), st.integers(0, 2**32 - 1))
def test_what_was_encoded_decodes_within_half_a_step(forces, seed):
    rng = np.random.default_rng(seed)
    load = np.reshape(forces, (4, 6))
    gyro, acc = rng.uniform(-2290, 2290, (4, 3)), rng.uniform(-15.9, 15.9, (4, 3))
    header = {"serial": 1, "hour": 0, "minute": 0, "second": 0, "millisecond": 0}
    for name in ("with_pressure", "fifo"):
        wanted = {"gyro": gyro, "acc": acc, "load": load}
        payload = Encoder(ORPHE).message(name, header, wanted)
        found = Decoder(ORPHE).feed("values", payload, 0)[0].samples
        assert np.abs(found["gyro"] - gyro).max() <= 0.035 * (1 + 1e-9)
        assert np.abs(found["acc"] - acc).max() <= 1 / 4096 * (1 + 1e-9)
        at = found["adc"]
        step = np.maximum(newton(at + 1) - newton(at), newton(at) - newton(np.maximum(at - 1, 0)))
        assert (np.abs(found["load"] - load) <= step / 2 + 1e-9).all()


def test_missing_force_is_sent_as_the_end_of_the_converter():
    values = {"gyro": np.zeros((4, 3)), "acc": np.zeros((4, 3)), "load": np.full((4, 6), np.nan)}
    header = {"serial": 1, "hour": 0, "minute": 0, "second": 0, "millisecond": 0}
    payload = Encoder(ORPHE).message("with_pressure", header, values)
    assert payload[20:32] == b"\x0f\xff" * 6


@given(st.sampled_from(["values", "info", "steps"]),
       st.one_of(st.binary(max_size=130),
                 st.builds(lambda head, rest: bytes([head]) + rest, st.integers(48, 58),
                           st.binary(min_size=103, max_size=103))))  # fmt: skip
def test_any_bytes_are_frames_or_a_decode_error(channel, payload):
    try:
        frames = Decoder(ORPHE).feed(channel, payload, 0)
    except DecodeError:
        return
    assert len(frames) == 1


def test_what_it_is_worth():
    assert calibration(ORPHE) == "estimated"
    told = capabilities(ORPHE, "left")
    assert told.imu
    assert told.unit == "N"
    assert told.rate_hz == pytest.approx(208, abs=0.5)
    assert {"hallux", "toes", "heel"} <= set(told.regions)


def test_calories_are_half_precision_floats_whatever_their_bits():
    octets = [b"\x33\0" + struct.pack(">HBBH3f", 1, 0, 0, bits, 0, 0, 0) for bits in range(65536)]
    block = at_once(ORPHE, [("steps", each) for each in octets])[0]["steps"].blocks["step"]
    wanted = np.array([struct.unpack(">e", each[6:8])[0] for each in octets])
    np.testing.assert_array_equal(block.header["calories"], wanted)
    frame = Decoder(ORPHE).feed("steps", octets[0x3C00], 0)[0]
    assert frame.header["calories"] == 1.0
    header = {**frame.header, "calories": 1e9}
    assert Encoder(ORPHE).message("step", header)[6:8] == b"\x7c\0"


# The FIFO.


def asked(octets):
    numbers = struct.unpack(">60H", octets)
    return [pair for pair in zip(numbers[::2], numbers[1::2], strict=True) if pair[1]]


def test_requests_are_those_of_the_makers():
    write = command(ORPHE, "fifo_request", request(range(7, 207)))
    assert write.payload == bytes.fromhex("0b 02 0007 00c8").ljust(122, b"\0")
    split = command(ORPHE, "fifo_request", request([*range(1490, 1500), *range(5)]))
    assert split.payload == bytes.fromhex("0b 02 05d2 000a 0000 0005").ljust(122, b"\0")


def test_a_range_never_runs_over_the_end_of_the_serials():
    assert asked(request([65534, 65535, 0, 1])) == [(65534, 2), (0, 2)]


def test_more_ranges_than_fit_wait():
    assert asked(request(range(0, 80, 2))) == [(serial, 1) for serial in range(0, 60, 2)]


class Insole:
    """A device with a FIFO that fills while nobody talks; it loses some of what it sends."""

    def __init__(self, newest, seed, lost, kept=1500):
        self.rng = np.random.default_rng(seed)
        self.count, self.lost, self.kept, self.running = newest, lost, kept, False
        self.begun = newest

    def answers(self, payload):
        kind = payload[1]
        if kind in {4, 6}:
            self.running = kind == 4
            self.begun = self.count if self.running else self.begun
            return [bytes([0x35, kind])]
        if kind == 1:
            return [struct.pack(">BBHBH", 0x35, 1, self.count % 65536, 20, 0)]
        return list(self.sent(asked(payload[2:])))

    def sent(self, pairs):
        for first, count in pairs:
            for serial in range(first, first + count):
                age = (self.count - serial) % 65536
                if not 0 < age <= self.kept:
                    yield struct.pack(">BBHH", 0x35, 2, serial, 1)
                elif self.rng.random() >= self.lost:
                    yield packet([([0] * 3, [0] * 3, [0] * 6)] * 4, serial, 0, 54)[1]

    def passes(self, seconds):
        self.count += round(seconds * 50) if self.running else 0


def conversation(device, seconds):
    """Let decoder and device talk; return the serials that came, in their order."""
    decoder, came = Decoder(ORPHE), []
    to_do, clock, stopped = [command(ORPHE, "fifo_start")], 0.0, False
    while to_do:
        action = require_allowed(ORPHE, to_do.pop(0))
        if isinstance(action, Pause):
            clock += action.seconds
            device.passes(action.seconds)
            if clock > seconds and not stopped:
                stopped = True
                to_do.append(command(ORPHE, "fifo_stop"))
            continue
        assert isinstance(action, Write)
        for answer in device.answers(action.payload):
            frames = decoder.feed("values", answer, 0)
            came += [f.header["serial"] for f in frames if f.message == "fifo"]
            to_do += decoder.actions()
        assert clock < 10 * seconds, "never comes to an end"
    return came


@pytest.mark.parametrize("lost", [0.0, 0.1, 0.5])
@pytest.mark.parametrize("newest", [0, 1000, 65500])
def test_every_packet_arrives_whatever_is_lost_on_the_way(newest, lost):
    device = Insole(newest, 1, lost)
    came = conversation(device, 4)
    assert set(came) == {serial % 65536 for serial in range(device.begun, device.count)}
    assert len(came) == len(set(came))


def test_what_was_overwritten_is_given_up():
    device = Insole(100, 1, 0.3, kept=12)
    came = conversation(device, 4)
    assert set(came) < set(range(100, device.count))


def test_nothing_is_asked_unless_the_fifo_was_started():
    decoder = Decoder(ORPHE)
    decoder.feed("values", struct.pack(">BBHBH", 0x35, 1, 500, 20, 0), 0)
    decoder.feed("values", packet([([0] * 3, [0] * 3, [0] * 6)] * 4)[1], 0)
    assert decoder.actions() == []


def test_a_device_that_starts_anew_far_off_is_not_asked_for_all_between():
    decoder = Decoder(ORPHE)
    decoder.feed("values", b"\x35\x04", 0)
    for newest in (100, 40000):
        decoder.feed("values", struct.pack(">BBHBH", 0x35, 1, newest, 20, 0), 0)
    writes = [one for one in decoder.actions() if isinstance(one, Write) and one.payload[1] == 2]
    assert asked(writes[-1].payload[2:]) == [(38500, 200)]


def test_out_of_order_packets_keep_their_serials():
    packets = [packet([([0] * 3, [0] * 3, [0] * 6)] * 4, s, s * 20, 54)[1] for s in (5, 7, 6)]
    lengths = np.full(3, 104)
    block = decode_block(ORPHE, "values", b"".join(packets), lengths, np.arange(3)).blocks["fifo"]
    assert sample_rows(ORPHE, block)["counter"][::4].tolist() == [5, 7, 6]
