"""What every Link holds, real, simulated or replayed: order, times, and a close that is final."""

import asyncio
import itertools
from contextlib import aclosing

import pytest
from bleak_backend import InProcessRig
from steady import SteadyPeripheral

from insole.errors import LinkError
from insole.record.recorder import record
from insole.record.replay import ReplayLink
from insole.record.store import Device, SessionMeta, Store, open_session
from insole.sim.link import rig
from insole.spec import load_spec
from insole.transport.base import LinkEvent, Notification
from insole.transport.ble import BleLink

SPEC = load_spec("sim_insole")
PACKETS = 80
ADDRESS = "C0:00:00:00:00:0A"


@pytest.fixture(scope="module")
def simulated():
    """Return a function that makes a link to a simulated left insole."""
    spec = load_spec("sim_insole")
    return lambda: rig("quiet_stance", spec, seed=1)[0][0]


@pytest.fixture(scope="module")
def replayed(simulated, tmp_path_factory):
    """Return a function that makes a link to a stored session."""
    path = tmp_path_factory.mktemp("links") / "a.insole"
    with Store.create(path, SessionMeta("2026-04-12T06:30:00Z")) as store:
        store.add_device(Device("left", "sim_insole"))
        asyncio.run(record([simulated()], store))
    session = open_session(path)
    return lambda: ReplayLink(session, "left")


class OverBleak(BleLink):
    """A link over bleak with a radio of its own; it ends by itself after some packets."""

    def __init__(self):
        self.air = InProcessRig()
        clock_ns = itertools.count().__next__  # what happens next is later, each time alike
        super().__init__("left", SPEC, ADDRESS, self.air.radio, clock_ns=clock_ns)

    async def open(self):
        await self.air.__aenter__()
        await self.air.put(SteadyPeripheral(SPEC, "left", rate_hz=0), ADDRESS)
        await super().open()

    async def notifications(self):
        number = itertools.count(1)
        async with aclosing(super().notifications()) as items:
            async for item in items:
                yield item
                if next(number) == PACKETS:
                    return

    async def close(self):
        await super().close()
        if self.air.advertising:
            await self.air.__aexit__()


@pytest.fixture(scope="module")
def over_bleak():
    """Return a function that makes a link over bleak to a device in the same process."""
    return OverBleak


@pytest.fixture(params=["simulated", "replayed", "over_bleak"])
def make(request):
    """Return a function that makes a fresh link to the same device."""
    return request.getfixturevalue(request.param)


async def everything(link):
    await link.open()
    try:
        return [item async for item in link.notifications()]
    finally:
        await link.close()


async def closed_after(link, number):
    """Return what a link yields when it is closed after some items."""
    await link.open()
    items = []
    async for item in link.notifications():
        items.append(item)
        if len(items) == number:
            await link.close()
    return items


def test_all_items_are_of_its_role_and_kind(make):
    link = make()
    items = asyncio.run(everything(link))
    assert len(items) > 50
    assert {item.role for item in items} == {link.role} == {"left"}
    packets = [item for item in items if isinstance(item, Notification)]
    assert all(type(packet.payload) is bytes and packet.payload for packet in packets)
    assert all(isinstance(item, Notification | LinkEvent) for item in items)


def test_times_never_go_back(make):
    times_ns = [item.host_time_ns for item in asyncio.run(everything(make()))]
    assert all(type(time_ns) is int for time_ns in times_ns)
    assert all(later >= sooner for sooner, later in itertools.pairwise(times_ns))
    assert times_ns[-1] > times_ns[0]


def test_the_first_word_is_that_it_is_connected(make):
    first = asyncio.run(everything(make()))[0]
    assert isinstance(first, LinkEvent)
    assert first.kind == "connected"


def test_the_order_is_the_same_each_time(make):
    assert asyncio.run(everything(make())) == asyncio.run(everything(make()))


def test_nothing_comes_after_close(make):
    assert len(asyncio.run(closed_after(make(), 10))) == 10


def test_close_is_final_and_may_be_called_twice(make):
    async def close_twice():
        link = make()
        await link.open()
        await link.close()
        await link.close()
        with pytest.raises(LinkError, match="closed"):
            await link.open()

    asyncio.run(close_twice())


def test_it_has_to_be_opened_first(make):
    async def listen_at_once():
        async for _ in make().notifications():
            pass

    with pytest.raises(LinkError, match="open"):
        asyncio.run(listen_at_once())


def test_an_unknown_channel_is_a_sentence(make):
    async def read_and_write():
        link = make()
        await link.open()
        with pytest.raises(LinkError, match="steam"):
            await link.read("steam")
        with pytest.raises(LinkError, match="steam"):
            await link.write("steam", b"", response=True)

    asyncio.run(read_and_write())
