"""Recordings during which everything goes wrong that can, each drawn from a seed.

As a program it is asked on its standard input for one recording after the other, and makes each in
a process of its own, so that it may be killed. What links gave to the recorder is kept in a plain
file beside the session, a line for each item before the recorder has it, together with how much the
recorder said was on disk: the recording is compared with that afterwards.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import sys
import time
from contextlib import asynccontextmanager
from importlib import import_module
from itertools import count
from pathlib import Path

import faulty_disk

from insole.errors import InsoleError, LinkError
from insole.record import committing
from insole.record.recorder import record
from insole.record.store import Device, SessionMeta, Store
from insole.transport.base import Hoarding, LinkEvent, Notification

ENDINGS = (
    "links end",
    "all lost",
    "killed at an item",
    "killed at a disk operation",
    "ctrl-c",
    "ctrl-c twice",
    "disk hiccup",
    "disk dies",
    "disk full",
    "file deleted",
    "killed later",
)
"""What ends a recording; the last one leaves it to whoever asked."""

LONGEST_S = 120
"""After this a recording that does not end is ended, s; that is a failure."""

ROLES = ("left", "right", "plate", "scale")


class ChaoticLink:
    """A link that sends steadily, in bursts, twice, nothing for a while, and is lost now and then.

    Parameters
    ----------
    role : str
        Which device it is.
    seed : int
        Draws what happens.
    scale : float
        How long a second is, s.
    forever : bool
        Whether it goes on until somebody ends it.
    lost : bool
        Whether it is lost in the end, else it is closed.
    """

    def __init__(self, role, seed, scale, *, forever=False, lost=False):
        self.role, self.scale, self.forever, self.lost = role, scale, forever, lost
        self.random = random.Random(f"{role} {seed}")  # noqa: S311 - no secret
        self.start_ns = time.monotonic_ns()
        self.closed = False

    async def open(self):
        await self.pause(0.02)

    async def close(self):
        self.closed = True
        await self.pause(0.05)

    async def pause(self, longest_s):
        await asyncio.sleep(self.random.uniform(0, longest_s) * self.scale)

    def packet(self):
        channel = "battery" if self.random.random() < 0.05 else "stream"
        length = self.random.choice([0, 1, 20, 244, 5000])
        now_ns = time.monotonic_ns() - self.start_ns
        return Notification(self.role, channel, now_ns, self.random.randbytes(length))

    def event(self, kind, reason=""):
        return LinkEvent(self.role, time.monotonic_ns() - self.start_ns, kind, reason)

    async def notifications(self):
        yield self.event("connected")
        episodes = self.random.randrange(5, 25)
        while self.forever or (episodes := episodes - 1):
            what = self.random.choice([self.steady, self.burst, self.twice, self.stall, self.loss])
            async for item in what():
                yield item
        if self.lost:
            raise LinkError(self.role, "was lost for good; charge it")
        yield self.event("closed", "all was sent")

    async def steady(self):
        for _ in range(self.random.randrange(30)):
            await self.pause(0.02)
            yield self.packet()

    async def burst(self):
        for _ in range(self.random.randrange(200)):
            yield self.packet()

    async def twice(self):
        packet = self.packet()
        yield packet
        yield packet

    async def stall(self):
        yield self.event("stalled", "nothing came for 2 s")
        await self.pause(0.3)
        yield self.event("reconnected")

    async def loss(self):
        yield self.event("lost", "out of reach")
        await self.pause(0.3)
        yield self.event("reconnected")


@asynccontextmanager
async def chaotic_links(seed, scale, ending):
    """Yield links of one to four roles."""
    drawn = random.Random(seed)  # noqa: S311 - likewise
    roles = drawn.sample(ROLES, drawn.randrange(1, 5))
    forever = ending not in ("links end", "all lost", "disk hiccup")
    yield [
        ChaoticLink(role, seed, scale, forever=forever, lost=ending == "all lost") for role in roles
    ]


@asynccontextmanager
async def ble_links(seed, scale, ending):
    """Yield links over bleak to two devices that send fast, and are lost and silent at times."""
    from bleak_backend import InProcessRig
    from steady import SteadyPeripheral

    from insole.spec import load_spec
    from insole.transport.ble import BleLink
    from insole.transport.patience import Patience

    drawn = random.Random(seed)  # noqa: S311 - no secret
    spec, start_ns = load_spec("sim_insole"), time.monotonic_ns()
    patience = Patience(
        open_s=20 * scale, give_up_s=20 * scale, pause_s=scale / 10, longest_pause_s=scale,
        silence_s=scale,
    )  # fmt: skip
    async with InProcessRig() as rig:
        addresses = {"left": "C0:00:00:00:00:0A", "right": "C0:00:00:00:00:0B"}
        for role, address in addresses.items():
            await rig.put(SteadyPeripheral(spec, role, rate_hz=100 / scale), address)
        trouble = asyncio.create_task(
            _trouble(rig, list(addresses.values()), drawn, scale, for_good=ending == "all lost")
        )
        yield [
            BleLink(
                role, spec, address, rig.radio, patience=patience,
                clock_ns=lambda: time.monotonic_ns() - start_ns,
            )
            for role, address in addresses.items()
        ]  # fmt: skip
        trouble.cancel()


async def _trouble(rig, addresses, drawn, scale, *, for_good):
    """Do to devices what walls, batteries and other radios do to them."""
    for _ in count():
        await asyncio.sleep(drawn.uniform(0, 2) * scale)
        address = drawn.choice(addresses)
        what = drawn.choice(["lose", "refuse", "lose at", "silence"])
        rig.silence(address, silent=what == "silence")
        if what == "refuse":
            rig.refuse_connections(address, drawn.randrange(3))
        if what == "lose at":
            rig.lose_at(address, drawn.randrange(4))
        if what != "silence":
            await rig.lose(address)
        if for_good and drawn.random() < 0.1:
            for gone in addresses:
                await rig.remove(gone)
            return


SOURCES = {"chaotic": chaotic_links, "ble": ble_links}
"""Where links come from."""


def witness(link, write):
    """Return a link that writes down what another gives, before anybody else has it."""
    return (HoardingWitness if isinstance(link, Hoarding) else Witness)(link, write)


class Witness:
    def __init__(self, link, write):
        self.link, self.write = link, write

    role = property(lambda self: self.link.role)

    async def open(self):
        await self.link.open()

    async def close(self):
        await self.link.close()

    async def notifications(self):
        time_ns = 0
        try:
            async for item in self.link.notifications():
                time_ns = item.host_time_ns
                self.write(as_line(item))
                yield item
        except LinkError as error:  # the recorder makes an event of it
            self.write(as_line(LinkEvent(self.role, time_ns, "lost", error.problem)))
            raise


class HoardingWitness(Witness):
    def arrived(self):
        items = self.link.arrived()
        for item in items:
            self.write(as_line(item))
        return items


def as_line(item):
    if isinstance(item, Notification):
        return [item.role, item.host_time_ns, item.channel, item.payload.hex()]
    return [item.role, item.host_time_ns, item.kind, item.reason, "event"]


def as_item(line):
    """Return what `as_line` wrote."""
    if line[-1] == "event" and len(line) == 5:
        return LinkEvent(*line[:4])
    return Notification(line[0], line[2], line[1], bytes.fromhex(line[3]))


class Blow:
    """What ends the recording, struck at an item or a disk operation that is drawn."""

    def __init__(self, ending, seed, path, disk):
        self.ending, self.path, self.disk = ending, path, disk
        drawn = random.Random(seed)  # noqa: S311 - likewise
        self.items = drawn.randrange(1, 1500)
        self.operations = drawn.randrange(300)
        self.code = drawn.choice([faulty_disk.WRITE_FAILS, faulty_disk.SYNC_FAILS])
        self.hiccup = drawn.randrange(1, 20)
        disk.fault = self.at_operation
        self.refuse = False

    def at_item(self, _):
        self.items -= 1
        if self.items:
            return
        if self.ending == "killed at an item":
            os.kill(os.getpid(), signal.SIGKILL)
        if self.ending.startswith("ctrl-c"):
            os.kill(os.getpid(), signal.SIGINT)
        if self.ending == "ctrl-c twice":
            asyncio.get_running_loop().call_soon(os.kill, os.getpid(), signal.SIGINT)
        if self.ending == "file deleted":
            self.path.unlink()
        self.refuse = self.ending in ("disk hiccup", "disk dies", "disk full")

    def at_operation(self, operation, _):
        if self.ending == "killed at a disk operation":
            self.operations -= 1
            if not self.operations:
                os.kill(os.getpid(), signal.SIGKILL)
        if not self.refuse or operation not in ("write", "sync"):
            return 0
        if self.ending == "disk hiccup":
            self.hiccup -= 1
            self.refuse = self.hiccup > 0
        return faulty_disk.FULL if self.ending == "disk full" else self.code


def make(folder, seed, scale, ending, source="chaotic"):
    """Make the recording of a seed in a folder; return exit code and what is said, as `insole`."""
    path = folder / "a.insole"
    log = os.open(folder / "sent", os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def write(line):
        os.write(log, (json.dumps(line) + "\n").encode())

    async def recorded(store, blow):
        def tap(item):
            write(store.committed)
            blow.at_item(item)

        async with SOURCES[source](seed, scale, ending) as links:
            for link in links:
                store.add_device(Device(link.role, "sim_insole"))
            await record([witness(link, write) for link in links], store, taps=[tap])

    committing.COMMIT_AFTER_S *= scale
    committing.PATIENCE_S *= 100.0 if ending == "disk hiccup" else scale  # on a busy computer too
    with faulty_disk.FaultyDisk() as disk:
        try:
            with Store.create(path, SessionMeta("2026-04-12T06:30:00Z")) as store:
                asyncio.run(recorded(store, Blow(ending, seed, path, disk)))
        except InsoleError as error:
            return error.exit_code, str(error)
        except KeyboardInterrupt:
            return 130, ""
    return 0, ""


def serve():
    """Make the recordings that are asked for, each in a process of its own."""
    for line in sys.stdin:
        order = json.loads(line)
        if order.get("source") == "ble":
            import_module("bleak_backend")  # takes longer than a recording; once for all of them
        pid = os.fork()
        if not pid:
            signal.alarm(LONGEST_S)
            code = 99
            try:
                folder = Path(order.pop("folder"))
                code, said = make(folder, **order)
                (folder / "said").write_text(said)
            finally:
                os._exit(code)
        tell(pid)
        tell(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


def tell(number):
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    serve()
