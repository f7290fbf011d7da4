"""A run of packets at once, with bad ones among them."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from insole.codec import decode_block
from insole.errors import DecodeError
from insole.spec import load_spec

SIM = load_spec("sim_insole")
ODD = load_spec(Path(__file__).with_name("odd_plate.toml"))
GOOD = [vector.payload for vector in SIM.vectors[2:]]


def block_of(spec, channel, payloads):
    lengths = np.array([len(payload) for payload in payloads], np.int64)
    times = np.arange(len(payloads), dtype=np.int64) * 10
    return decode_block(spec, channel, b"".join(payloads), lengths, times)


def test_equal_lengths():
    decoded = block_of(SIM, "frames", GOOD)
    block = decoded.blocks["frame"]
    assert (decoded.errors, decoded.first_error) == (0, None)
    assert block.header["counter"].tolist() == [65535, 0]
    assert block.header["counter"].dtype == np.int64
    assert block.samples["load"].shape == (2, 4, 16)
    assert block.count.tolist() == [4, 4]
    assert block.host_time_ns.tolist() == [0, 10]
    assert block.samples["load"][1, 0, 7] == 100.0


def test_bad_packets_are_counted_and_the_first_described():
    decoded = block_of(SIM, "frames", [b"abc", GOOD[0], b"", GOOD[1][:-1], GOOD[1], bytes(182)])
    block = decoded.blocks["frame"]
    assert decoded.errors == 4
    assert decoded.first_error.payload == b"abc"
    assert block.packet.tolist() == [1, 4]
    assert block.host_time_ns.tolist() == [10, 40]
    assert block.header["device_ms"].tolist() == [65510, 14]


def test_all_bad():
    decoded = block_of(SIM, "frames", [b"abc", b""])
    assert (decoded.blocks, decoded.errors) == ({}, 2)


def test_no_packets():
    for channel in ("frames", "nowhere"):
        decoded = block_of(SIM, channel, [])
        assert (decoded.blocks, decoded.errors, decoded.first_error) == ({}, 0, None)


def test_unknown_channel_is_an_error_for_each_packet():
    decoded = block_of(SIM, "command", [b"a", b"bc"])
    assert (decoded.blocks, decoded.errors) == ({}, 2)
    assert decoded.first_error.payload == b"a"
    assert "only on info, frames" in str(decoded.first_error)


def test_ragged_samples_stand_in_order_of_arrival_with_nan_behind_the_last():
    header, sample = bytes(4), bytes(11) + b"\1"
    payloads = [header + sample * count for count in (2, 1, 3, 1)]
    block = block_of(ODD, "wide", payloads).blocks["wide"]
    assert block.count.tolist() == [2, 1, 3, 1]
    assert block.samples["load"].shape == (4, 3, 2)
    present = ~np.isnan(block.samples["load"][:, :, 0])
    assert present.sum(axis=1).tolist() == [2, 1, 3, 1]
    assert block.header["count"].tolist() == [0, 0, 0, 0]


def test_message_without_samples_is_one_sample_itself():
    block = block_of(ODD, "weight", [ODD.vectors[2].payload] * 3).blocks["weight"]
    assert block.samples == {}
    assert block.count.tolist() == [1, 1, 1]
    np.testing.assert_allclose(block.header["total"], 80.0)


@pytest.mark.parametrize(
    ("payload", "lengths", "times"),
    [(b"abc", [2], [0]), (b"abc", [3], [0, 1]), (b"abc", [4, -1], [0, 1]), (b"", [1], [0])],
)
def test_lengths_times_and_bytes_must_belong_together(payload, lengths, times):
    with pytest.raises(DecodeError, match="read the packets again"):
        decode_block(SIM, "frames", payload, np.array(lengths), np.array(times))


@pytest.mark.slow
def test_an_hour_decodes_within_its_time():
    packets = 90_000
    payload = b"".join(GOOD) * (packets // 2)
    lengths, times = np.full(packets, 181), np.arange(packets)
    durations_s = []
    for _ in range(5):
        begun = time.process_time()
        decode_block(SIM, "frames", payload, lengths, times)
        durations_s.append(time.process_time() - begun)
    assert min(durations_s) < 0.15
