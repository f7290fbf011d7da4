"""Ten minutes of two insoles through link, recorder and file: nothing lost, nothing grows."""

import asyncio
import sys
import time
from contextlib import suppress

import fast_loop
import pytest
from bleak_backend import InProcessRig
from steady import SteadyPeripheral, numbers

from insole.record.recorder import record
from insole.record.store import Device, SessionMeta, Store, open_session
from insole.spec import load_spec
from insole.transport.ble import BleLink

resource = pytest.importorskip("resource", reason="tells how much memory is used, not on Windows")

SPEC = load_spec("sim_insole")
DURATION_S, WARM_S = 600, 60
RATE_HZ = 100
ADDRESSES = {"left": "C0:00:00:00:00:0A", "right": "C0:00:00:00:00:0B"}
MOST_GROWTH_KB = 5 * 1024
MOST_CPU_FRACTION = 0.1


class Forgotten(list):
    """The rig notes what devices send; over ten minutes that alone would be 30 MB."""

    def __iadd__(self, _):
        return self


@pytest.mark.slow
def test_ten_minutes_of_two_insoles_lose_nothing_and_need_little(tmp_path, record_property):
    """Time jumps from packet to packet, each of which is handled by itself as on a real radio.

    CPU time is all that the process uses: devices, radio, bleak, link, recorder, SQLite. What the
    operating system's Bluetooth needs is not in it.
    """
    path = tmp_path / "soak.insole"
    used = {}

    async def body():
        async with InProcessRig() as rig:
            devices = {}
            for role, address in ADDRESSES.items():
                devices[role] = SteadyPeripheral(SPEC, role, rate_hz=RATE_HZ)
                await rig.put(devices[role], address)
                rig.stage[address].sent = Forgotten()
            links = [
                BleLink(role, SPEC, address, rig.radio, clock_ns=fast_loop.clock_ns)
                for role, address in ADDRESSES.items()
            ]
            with Store.create(path, SessionMeta("2026-04-12T06:30:00Z")) as store:
                for role in ADDRESSES:
                    store.add_device(Device(role, SPEC.id, SPEC.toml))
                recording = asyncio.create_task(record(links, store))
                await asyncio.sleep(WARM_S)
                warm_kb, began_s = memory_kb(), time.process_time()
                await asyncio.sleep(DURATION_S)
                used["growth_kb"] = memory_kb() - warm_kb
                used["cpu_s"] = time.process_time() - began_s
                made = {role: device.made for role, device in devices.items()}
                recording.cancel()
                with suppress(asyncio.CancelledError):
                    await recording
            return made

    made = fast_loop.run(body())
    session = open_session(path)
    assert session.damage == ()
    for role, count in made.items():
        packets = session.packets(role, "frames")
        got = numbers([packets.payload[k : k + 181] for k in range(0, len(packets.payload), 181)])
        assert got == list(range(len(got)))
        assert len(got) >= count >= DURATION_S * RATE_HZ  # all that was sent until it was stopped
        assert [event.kind for event in session.link_events(role)] == ["connected"]
    for what, number in used.items():
        record_property(what, number)
    assert used["growth_kb"] < MOST_GROWTH_KB, used
    assert used["cpu_s"] < MOST_CPU_FRACTION * DURATION_S, used


def memory_kb():
    """Return the largest memory that this process has had."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most // 1024 if sys.platform == "darwin" else most
