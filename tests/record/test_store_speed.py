"""An hour of two insoles is opened, compared with its seals and read in half a second of CPU."""

import time

import pytest
import stored

from insole.record.store import Device, Store, open_session
from insole.transport.base import Notification

PACKETS = 180_000
"""Two feet, one hour, 100 Hz, 4 samples a packet."""
PAYLOAD_BYTES = 185


def write_hour(path):
    now_s = [0.0]
    with Store.create(path, stored.META, clock=lambda: now_s[0]) as store:
        for role in ("left", "right"):
            store.add_device(Device(role, "sim_insole"))
        for number in range(PACKETS):
            now_s[0] = number / 50  # commits as a live recording does: 14,400 small blocks
            role = ("left", "right")[number % 2]
            payload = number.to_bytes(4, "big") * 46 + b"."
            store.append(Notification(role, "stream", number * stored.PERIOD_NS, payload))


def opening_cpu_s(path):
    start_s = time.process_time()
    with open_session(path) as session:
        packets = [session.packets(role, "stream") for role in ("left", "right")]
    took_s = time.process_time() - start_s
    assert session.damage == ()
    assert [len(one) for one in packets] == [PACKETS // 2] * 2
    assert {len(one.payload) for one in packets} == {PACKETS // 2 * PAYLOAD_BYTES}
    return took_s


@pytest.mark.slow
def test_an_hour_opens_in_half_a_second(tmp_path):
    write_hour(tmp_path / "hour.insole")
    assert min(opening_cpu_s(tmp_path / "hour.insole") for _ in range(5)) < 0.5
