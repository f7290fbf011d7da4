"""How fast recordings of insoles are decoded, against a loop that fills the same table."""

from __future__ import annotations

import struct
import time

import numpy as np
import pandas as pd
import pytest

from insole.codec import decode_block
from insole.codec.dialects.orphe_insole import newton
from insole.codec.table import sample_rows
from insole.spec import load_spec

PACKETS = 60_000
VALUES_PER_SECOND, RATIO = 5e6, 10


def orphe_packets(rng):
    rows = rng.integers(0, 256, (PACKETS, 104), np.uint8)
    rows[:, 0], rows[:, 3:8] = 0x37, 0
    for sample in range(4):
        rows[:, 8 + 24 * sample + 12 : 8 + 24 * sample + 24 : 2] %= 15
    return rows


def orphe_loop(payload):
    unpack, rows = struct.Struct(">6h6H").unpack_from, []
    for start in range(0, len(payload), 104):
        serial, hour, minute, second, ms = struct.unpack_from(">H3BH", payload, start + 1)
        ticks = ((hour * 60 + minute) * 60 + second) * 1000 + ms
        for sample in range(4):
            numbers = unpack(payload, start + 8 + 24 * (3 - sample))
            gyro = [number * 0.07 for number in numbers[:3]]
            acc = [number * 0.00048828125 for number in numbers[3:6]]
            rows.append((0.0, ticks, serial, sample, *gyro, *acc, *numbers[6:]))
    numbers = np.array(rows, float)
    numbers[:, 10:] = newton(numbers[:, 10:])
    return pd.DataFrame(numbers)


def sole_packets(rng):
    rows = rng.integers(0, 256, (PACKETS, 39), np.uint8)
    rows[:, :3] = np.frombuffer(b"\x0e\x24\0", np.uint8)
    rows[:, 3:5] = (np.arange(PACKETS) * 20 % 65536).astype("<u2").view(np.uint8).reshape(-1, 2)
    rows[:, 5:7], rows[:, 23:25], rows[:, 31:33] = (0, 16), (1, 6), (4, 6)
    return rows


def sole_loop(payload):
    rows = []
    for start in range(0, len(payload), 39):
        ticks, at, row = struct.unpack_from("<H", payload, start + 3)[0], start + 5, {}
        while at < start + 39:
            sensor, length = payload[at], payload[at + 1]
            if sensor == 0:
                count = length // 2
                row["load"] = [n / count for n in struct.unpack_from(f"<{count}H", payload, at + 2)]
            else:
                row[sensor] = struct.unpack_from("<3h", payload, at + 2)
            at += 2 + length
        rows.append((0.0, ticks, 0, *row["load"], *row[1], *row[4]))
    return pd.DataFrame(rows)


def best_of(times, function, *arguments):
    best = np.inf
    for _ in range(times):
        start = time.perf_counter()
        result = function(*arguments)
        best = min(best, time.perf_counter() - start)
    return best, result


@pytest.mark.slow
@pytest.mark.parametrize(
    ("device", "made", "loop", "values"),
    [
        (("orphe_insole", "values", "with_pressure"), orphe_packets, orphe_loop, 48),
        (("brilliant_sole", "rx", "measurement"), sole_packets, sole_loop, 14),
    ],
)
def test_a_recording_is_decoded_fast(device, made, loop, values):
    name, channel, message = device
    spec, rows = load_spec(name), made(np.random.default_rng(1))
    payload, lengths = rows.tobytes(), np.full(PACKETS, rows.shape[1])
    arrivals = np.zeros(PACKETS, np.int64)

    def table():
        return sample_rows(spec, decode(payload, lengths).blocks[message])

    def decode(payload, lengths):
        return decode_block(spec, channel, payload, lengths, arrivals)

    decoding, _ = best_of(5, decode, payload, lengths)
    whole, ours = best_of(5, table)
    slow, theirs = best_of(2, loop, payload)
    np.testing.assert_allclose(ours.to_numpy(float), theirs.to_numpy(float), atol=1e-9)
    rate = PACKETS * values / decoding
    print(f"{name}: {rate / 1e6:.1f} million values/s, a table {slow / whole:.1f} times faster")  # noqa: T201 - the measurement
    assert rate >= VALUES_PER_SECOND
    assert slow / whole >= RATIO
