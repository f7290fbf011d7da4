"""How many devices a recording can take: links, recorder and file on one core.

    python benchmarks/radio.py                              # 20 devices, 200 packets/s each, 60 s
    python benchmarks/radio.py --devices 40 --seconds 10

The devices send numbered packets of 181 bytes in real time through a backend for bleak that lives
in the same process, so that the CPU time contains them and bleak, but not the Bluetooth of an
operating system. Afterwards the file is opened and counted. Exit code 1 if a packet is lost, comes
twice or in the wrong order.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests" / folder) for folder in ("fakes", "radio")]

from bleak_backend import InProcessRig  # noqa: E402 - found by the line above
from steady import SteadyPeripheral, numbers  # noqa: E402 - likewise

from insole.record.recorder import record  # noqa: E402 - sorted behind those
from insole.record.store import Device, SessionMeta, Store, open_session  # noqa: E402 - likewise
from insole.spec import load_spec  # noqa: E402 - likewise
from insole.transport.ble import BleLink  # noqa: E402 - likewise

SPEC = load_spec("sim_insole")
PACKET_BYTES = 181


@dataclass(slots=True)
class Run:
    """What a run took and gave."""

    sent: int = 0
    recorded: int = 0
    faults: int = 0
    cpu_s: float = 0.0
    wall_s: float = 0.0
    late_ms: float = 0.0
    megabytes: float = 0.0


def main() -> int:
    """Run the benchmark; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--devices", type=int, default=20)
    parser.add_argument("--rate", type=float, default=200.0, help="packets/s of each device")
    parser.add_argument("--seconds", type=float, default=60.0)
    wanted = parser.parse_args()
    on_one_core = hasattr(os, "sched_setaffinity")
    if on_one_core:
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "radio.insole"
        run = asyncio.run(_record(path, wanted.devices, wanted.rate, wanted.seconds))
        _count(path, run)
    _print(
        f"{wanted.devices} devices x {wanted.rate:g} packets/s, {run.wall_s:.0f} s"
        f"{', on one core' if on_one_core else ''}\n"
        f"sent {run.sent}, recorded {run.recorded}, lost {run.sent - run.recorded}, "
        f"twice or out of order {run.faults}\n"
        f"CPU {run.cpu_s:.1f} s = {100 * run.cpu_s / run.wall_s:.0f} % of one core, all threads; "
        f"loop at most {run.late_ms:.0f} ms late; file {run.megabytes:.0f} MB"
    )
    return int(run.sent != run.recorded or bool(run.faults))


async def _record(path: Path, devices: int, rate_hz: float, seconds: float) -> Run:
    run = Run()
    async with InProcessRig() as rig:
        addresses = {f"plate{number}": f"C0:00:00:00:01:{number:02X}" for number in range(devices)}
        steady = [SteadyPeripheral(SPEC, role, rate_hz=rate_hz) for role in addresses]
        for device, address in zip(steady, addresses.values(), strict=True):
            await rig.put(device, address)
        start_ns = time.monotonic_ns()
        links = [
            BleLink(role, SPEC, address, rig.radio, clock_ns=lambda: time.monotonic_ns() - start_ns)
            for role, address in addresses.items()
        ]
        for link in links:
            await link.open()
        with Store.create(path, SessionMeta("2026-04-12T06:30:00Z")) as store:
            for role in addresses:
                store.add_device(Device(role, SPEC.id, SPEC.toml))
            recording = asyncio.create_task(record(links, store))
            began_s, began_cpu_s = time.monotonic(), time.process_time()
            run.late_ms = await _lateness_ms(seconds)
            run.wall_s = time.monotonic() - began_s
            run.cpu_s = time.process_time() - began_cpu_s
            for device in steady:
                device.disconnected()  # silent, while all that they sent is still taken
            await asyncio.sleep(0.5)
            recording.cancel()
            with suppress(asyncio.CancelledError):
                await recording
        run.sent = sum(len(rig.sent(address)) for address in addresses.values())
    return run


async def _lateness_ms(seconds: float) -> float:
    """Wait so long; return by how much the event loop was late at most, ms."""
    loop, late_s = asyncio.get_running_loop(), 0.0
    end_s = loop.time() + seconds
    while (due_s := loop.time() + 0.01) < end_s:
        await asyncio.sleep(0.01)
        late_s = max(late_s, loop.time() - due_s)
    return late_s * 1000


def _count(path: Path, run: Run) -> None:
    run.megabytes = path.stat().st_size / 1e6
    with open_session(path) as session:
        for role in session.devices:
            packets = session.packets(role, "frames")
            starts = range(0, len(packets.payload), PACKET_BYTES)
            got = numbers([packets.payload[start : start + PACKET_BYTES] for start in starts])
            run.recorded += len(got)
            run.faults += sum(number != place for place, number in enumerate(got))


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    sys.exit(main())
