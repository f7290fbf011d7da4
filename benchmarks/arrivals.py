"""How late packets are stamped while a recording is written and looked at.

    python benchmarks/arrivals.py                               # 2 devices, 100 packets/s each
    python benchmarks/arrivals.py --devices 20 --rate 200 --view none

Another process sends a simulated person's packets in real time through a socket, as the Bluetooth
service of an operating system does, each with the moment of sending. A packet's delay is what
passes until the event loop of the recording has stamped it. The view is what `insole record` shows:
``beside`` the recording, as it is; ``in-step``, in the same loop; or ``none``.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import pickle
import socket
import struct
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from insole.errors import LinkError
from insole.record.store import Device
from insole.recording.course import Recording
from insole.recording.file import keeper
from insole.recording.source import Member, Source
from insole.sim.link import rig
from insole.spec import load_spec, parse
from insole.transport.base import LinkEvent, Notification
from insole.transport.outbox import Outbox

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from insole.spec.model import DeviceSpec
    from insole.transport.rig import Item

HEAD = struct.Struct("<qHH")
"""Before each packet: when it was sent, ns; by which device; its length."""
SHOW_EVERY_S = 0.25
SENDER = """
import pickle, socket, struct, sys, time
place, packets, seconds = sys.argv[1:]
head = struct.Struct("<qHH")
with open(packets, "rb") as file:
    packets = pickle.load(file)
line = socket.socket(socket.AF_UNIX)
line.connect(place)
start = time.monotonic_ns()
for due, number, payload in packets:
    if due > float(seconds) * 1e9:
        break
    while (left := start + due - time.monotonic_ns()) > 0:
        time.sleep(left / 1e9)
    line.sendall(head.pack(time.monotonic_ns(), number, len(payload)) + payload)
"""


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--devices", type=int, default=2)
    parser.add_argument("--rate", type=float, default=100.0, help="packets/s of each device")
    parser.add_argument("--seconds", type=float, default=30.0, help="80 at most")
    parser.add_argument("--view", choices=["beside", "in-step", "none"], default="beside")
    parser.add_argument("--one-core", action="store_true", help="sender and recording on one core")
    wanted = parser.parse_args()
    if wanted.one_core:
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory() as folder:
        air = Air(Path(folder), wanted)
        cpu_fraction = asyncio.run(air.record())
    delays_ms = np.array(air.delays_ns) / 1e6
    quantiles = {"median": 50, "p95": 95, "p99": 99, "p99.9": 99.9, "max": 100}
    figures = (f"{name} {np.percentile(delays_ms, q):.2f}" for name, q in quantiles.items())
    sys.stdout.write(
        f"{wanted.devices} x {wanted.rate:g}/s, view {wanted.view}: {len(delays_ms)} packets, "
        f"delay in ms: {', '.join(figures)}; CPU {100 * cpu_fraction:.0f} % of a core\n"
    )


class Line:
    """A link to one device at the other end of the socket."""

    def __init__(self, role: str) -> None:
        self.role, self.outbox = role, Outbox()

    async def open(self) -> None:
        """Say that it is connected."""
        self.outbox.put(LinkEvent(self.role, 0, "connected"))

    async def close(self) -> None:
        """Give nothing more."""
        self.outbox.close()

    async def read(self, channel: str) -> bytes:
        """Refuse."""
        raise LinkError(self.role, f"{channel} cannot be read")

    async def write(self, channel: str, payload: bytes, *, response: bool) -> None:  # noqa: ARG002 - the protocol's
        """Refuse."""
        raise LinkError(self.role, f"{channel} cannot be written")

    def notifications(self) -> AsyncIterator[Item]:
        """Yield what comes."""
        return self.outbox.items()

    def arrived(self) -> list[Item]:
        """Take at once what has come."""
        return self.outbox.take()


class Air:
    """The sending process, and a recording of what it sends."""

    def __init__(self, folder: Path, wanted: argparse.Namespace) -> None:
        self._folder, self._wanted = folder, wanted
        self._spec = _spec(wanted.rate)
        more = (f"more{number}" for number in range(2, wanted.devices))
        roles = ["left", "right", *more][: wanted.devices]
        self._lines = [Line(role) for role in roles]
        self._start_ns = time.monotonic_ns()
        members = tuple(
            Member(line, self._spec, partial(Device, line.role, self._spec.id, self._spec.toml))
            for line in self._lines
        )
        source = Source(members, self._now_ns, waits=wanted.view == "in-step")
        keep = partial(keeper(folder / "s.insole"), source)
        self._recording = Recording(source, keep, follow=wanted.view != "none")
        self._rest = b""
        self.delays_ns: list[int] = []

    async def record(self) -> float:
        """Record what is sent; return how much of a core that took."""
        sending = asyncio.create_task(self._send())
        cpu_s, began_s = time.process_time(), time.monotonic()
        await self._recording.run()
        cpu_fraction = (time.process_time() - cpu_s) / (time.monotonic() - began_s)
        await sending
        return cpu_fraction

    async def _send(self) -> None:
        """Let the other process send once the recording has begun, and look at what is known."""
        packets = self._folder / "packets"
        packets.write_bytes(pickle.dumps(_packets(self._spec, self._wanted.devices)))
        while not self._recording.began:  # noqa: ASYNC110 - it is a property, and this is soon over
            await asyncio.sleep(SHOW_EVERY_S)
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(str(self._folder / "line"))
            server.listen()
            words = (str(self._folder / "line"), str(packets), str(self._wanted.seconds))
            sender = await asyncio.create_subprocess_exec(sys.executable, "-c", SENDER, *words)
            server.setblocking(False)
            line, _ = await asyncio.get_running_loop().sock_accept(server)
        line.setblocking(False)
        asyncio.get_running_loop().add_reader(line, self._hear, line)
        while not self._recording.stop.is_asked:
            await asyncio.sleep(SHOW_EVERY_S)
            self._recording.look()
        await sender.wait()

    def _hear(self, line: socket.socket) -> None:
        octets = line.recv(65536)
        if not octets:
            asyncio.get_running_loop().remove_reader(line)
            line.close()
            self._recording.stop.ask("all is sent")
        self._rest += octets
        while len(self._rest) >= HEAD.size:
            sent_ns, number, length = HEAD.unpack_from(self._rest)
            end = HEAD.size + length
            if len(self._rest) < end:
                return
            payload, self._rest = self._rest[HEAD.size : end], self._rest[end:]
            self.delays_ns.append(time.monotonic_ns() - sent_ns)
            line_of = self._lines[number]
            line_of.outbox.put(Notification(line_of.role, "frames", self._now_ns(), payload))

    def _now_ns(self) -> int:
        return time.monotonic_ns() - self._start_ns


def _spec(rate_hz: float) -> DeviceSpec:
    """Return the simulated insole with one sample a packet, and so many a second."""
    text = load_spec("sim_insole").toml
    text = text.replace("count = 4", "count = 1").replace("length = 181", "length = 49")
    return parse(text.replace("sample_period_s = 0.01", f"sample_period_s = {1 / rate_hz:g}"))


def _packets(spec: DeviceSpec, devices: int) -> list[tuple[int, int, bytes]]:
    """Return what two feet send, as often as there are devices: when, ns; which device; what."""
    links, _ = rig("demo", spec, 1)
    sent = []
    for number in range(devices):
        items = [item for item in links[number % 2].items if isinstance(item, Notification)]
        frames = [item for item in items if item.channel == "frames"]
        start_ns = frames[0].host_time_ns
        sent += [(item.host_time_ns - start_ns, number, item.payload) for item in frames]
    return sorted(sent)


if __name__ == "__main__":
    main()
