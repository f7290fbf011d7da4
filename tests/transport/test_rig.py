"""Several links as one stream."""

import asyncio
from itertools import pairwise

import pytest

from insole.errors import LinkError
from insole.transport import rig
from insole.transport.base import LinkEvent, Notification


class Link:
    """A link that sends at stated times; with ``turns`` it lets others go first now and then."""

    def __init__(self, role, times_ns, log=None, *, turns=0):
        self.role, self.times_ns, self.turns = role, times_ns, turns
        self.log = [] if log is None else log

    async def open(self):
        self.log.append(f"open {self.role}")

    async def close(self):
        self.log.append(f"close {self.role}")

    async def notifications(self):
        for time_ns in self.times_ns:
            for _ in range(self.turns):
                await asyncio.sleep(0)
            yield Notification(self.role, "stream", time_ns, b"")


class SilentLink(Link):
    async def notifications(self):
        async for item in super().notifications():
            yield item
        await asyncio.Event().wait()


def merged(*links):
    batches = []

    async def deliver(batch):
        batches.append(batch)

    asyncio.run(rig.run(links, deliver))
    assert all(batches)
    return [item for batch in batches for item in batch]


def test_opens_in_turn_and_closes_in_reverse():
    log = []
    merged(Link("left", [1], log), Link("right", [1], log))
    assert log == ["open left", "open right", "close right", "close left"]


@pytest.mark.parametrize("turns", [(0, 0), (0, 1), (1, 1)])
def test_nothing_is_lost_and_the_order_of_a_link_is_kept(turns):
    left = Link("left", range(0, 3000, 3), turns=turns[0])
    right = Link("right", range(0, 1000, 7), turns=turns[1])
    items = merged(left, right)
    for link in (left, right):
        assert [i.host_time_ns for i in items if i.role == link.role] == list(link.times_ns)


def test_links_that_need_not_wait_are_merged_by_time():
    items = merged(
        Link("left", range(0, 3000, 3)), Link("right", range(1, 9000, 7)), Link("plate", [500])
    )
    assert len(items) == 1000 + 1286 + 1
    assert all(a.host_time_ns <= b.host_time_ns for a, b in pairwise(items))


def test_a_silent_link_holds_up_no_other():
    came = []

    async def deliver(batch):
        came.extend(batch)
        if len(came) == 301:
            raise InterruptedError

    links = [SilentLink("left", [5]), SilentLink("right", range(300))]
    with pytest.raises(ExceptionGroup) as caught:
        asyncio.run(asyncio.wait_for(rig.run(links, deliver), 5))
    assert caught.group_contains(InterruptedError)


def test_a_link_waits_while_the_disk_is_slow():
    """What is not taken stays with the link, not in memory."""
    sent = []

    class Eager(Link):
        async def notifications(self):
            async for item in super().notifications():
                sent.append(item)
                yield item

    most_ahead = 0

    async def slow(batch):
        nonlocal most_ahead
        taken.extend(batch)
        for _ in range(10):
            await asyncio.sleep(0)
        most_ahead = max(most_ahead, len(sent) - len(taken))

    taken = []
    asyncio.run(rig.run([Eager("left", range(1000))], slow))
    assert len(taken) == 1000
    assert 0 < most_ahead <= 65


def test_cancelling_delivers_what_has_come_and_closes():
    log, came = [], []

    async def cancel_during_delivery():
        entered = asyncio.Event()

        async def deliver(batch):
            came.extend(batch)
            entered.set()
            await asyncio.sleep(0)

        links = [SilentLink("left", range(200), log)]
        running = asyncio.create_task(rig.run(links, deliver))
        await entered.wait()
        running.cancel()
        await asyncio.wait([running])
        assert running.cancelled()

    asyncio.run(cancel_during_delivery())
    times_ns = [item.host_time_ns for item in came]
    assert times_ns == list(range(len(times_ns)))
    assert len(times_ns) > 64
    assert log == ["open left", "close left"]


def test_a_lost_link_leaves_its_reason_behind():
    class Lost(Link):
        async def notifications(self):
            async for item in super().notifications():
                yield item
            raise LinkError(self.role, "does not answer; charge it")

    items = merged(Lost("left", [1, 2]), Link("right", [5]))
    assert items[2] == LinkEvent("left", 2, "lost", "does not answer; charge it")
    assert len(items) == 4
    with pytest.raises(LinkError, match="left: does not answer"):
        merged(Lost("left", [1]), Lost("right", [1]))


def test_a_link_that_fails_in_a_way_nobody_foresaw_ends_alone():
    class Broken(Link):
        async def notifications(self):
            async for item in super().notifications():
                yield item
            raise ZeroDivisionError("of the\nbackend")

    items = merged(Broken("left", [1, 2]), Link("right", range(100)))
    [event] = [item for item in items if isinstance(item, LinkEvent)]
    assert (event.role, event.kind) == ("left", "lost")
    assert "ZeroDivisionError of the backend" in event.reason
    assert len(items) == 2 + 1 + 100
    with pytest.raises(LinkError, match="left: a fault in the program itself"):
        merged(Broken("left", [1]), Broken("right", [1]))


def test_no_links_end_at_once():
    assert merged() == []


def test_what_a_link_still_keeps_is_delivered_too_when_cancelled():
    class Keeping(SilentLink):
        """Sends on and on while it is listened to, and keeps what nobody takes."""

        def arrived(self):
            return [Notification(self.role, "kept", 10**9 + n, b"") for n in range(3)]

    came = []

    async def cancel_soon():
        entered = asyncio.Event()

        async def deliver(batch):
            came.extend(batch)
            entered.set()

        links = [Keeping("left", [1]), Keeping("right", [2])]
        running = asyncio.create_task(rig.run(links, deliver))
        await entered.wait()
        running.cancel()
        await asyncio.wait([running])

    asyncio.run(cancel_soon())
    for role in ("left", "right"):
        assert [item.channel for item in came if item.role == role] == ["stream", *["kept"] * 3]
    assert [item.host_time_ns for item in came] == sorted(item.host_time_ns for item in came)


def test_links_that_end_without_a_word_end_the_rig():
    class Ending(Link):
        def __init__(self, role, turns):
            super().__init__(role, [1])
            self.turns_to_end = turns

        async def notifications(self):
            async for item in super().notifications():
                yield item
            for _ in range(self.turns_to_end):
                await asyncio.sleep(0)

    for turns in range(6):
        links = [Ending("left", turns), Ending("right", 2 * turns)]
        assert len(merged(*links)) == 2
