"""A stored session as a link."""

import asyncio

import pytest
import stored

from insole.errors import LinkError
from insole.record.replay import ReplayLink
from insole.record.store import open_session


@pytest.fixture
def session(tmp_path):
    stored.write_session(tmp_path / "a.insole")
    return open_session(tmp_path / "a.insole")


async def played(link):
    await link.open()
    return [item async for item in link.notifications()]


def test_plays_one_device_in_order_of_arrival(session):
    sent = [item for item in stored.items() if item.role == "left"]
    assert asyncio.run(played(ReplayLink(session, "left"))) == sent


def test_plays_at_a_speed(session):
    """1.2 s of recording at 20 times its speed."""

    async def timed():
        loop = asyncio.get_running_loop()
        start_s = loop.time()
        items = await played(ReplayLink(session, "right", speed=20))
        return items, loop.time() - start_s

    items, took_s = asyncio.run(timed())
    assert len(items) == 31
    assert took_s >= items[-1].host_time_ns / 1e9 / 20


def test_reads_what_was_last_said(session):
    link = ReplayLink(session, "left")
    battery = [item.payload for item in stored.items() if getattr(item, "channel", "") == "battery"]
    assert asyncio.run(link.read("battery")) == battery[-1]
    with pytest.raises(LinkError, match="channel steam was not recorded"):
        asyncio.run(link.read("steam"))


def test_takes_no_writes(session):
    with pytest.raises(LinkError, match="takes no writes"):
        asyncio.run(ReplayLink(session, "left").write("command", b"", response=False))


@pytest.mark.parametrize("speed", [0, -1, float("nan")])
def test_a_speed_is_more_than_nothing(session, speed):
    with pytest.raises(LinkError, match="give more than 0"):
        ReplayLink(session, "left", speed=speed)


def test_an_unknown_device_is_a_sentence(session):
    with pytest.raises(LinkError, match="it has: left, right"):
        ReplayLink(session, "plate")
