"""The loop that writes: everything that links send, before anybody looks at it."""

import asyncio

import pytest
import stored

from insole.errors import LinkError, StoreError
from insole.record.recorder import record
from insole.record.replay import ReplayLink, items, numbered_items
from insole.record.store import Device, Store, open_session
from insole.transport.base import LinkEvent, Notification


class ScriptedLink:
    """A link that sends what it is told to, then ends, fails or stays silent."""

    def __init__(self, role, sent, then=None):
        self.role, self.sent, self.then, self.closed = role, sent, then, False

    async def open(self):
        if self.then == "no open":
            raise LinkError(self.role, "is out of reach; switch it on")

    async def close(self):
        self.closed = True

    async def notifications(self):
        for item in self.sent:
            yield item
        if isinstance(self.then, Exception):
            raise self.then
        if self.then == "silent":
            await asyncio.Event().wait()


def sent_by(role, number=5):
    return [Notification(role, "stream", n * 10**7, bytes([n])) for n in range(number)]


@pytest.fixture
def store(tmp_path):
    with Store.create(tmp_path / "a.insole", stored.META, clock=lambda: 0.0) as store:
        store.add_device(Device("left", "sim_insole"))
        store.add_device(Device("right", "sim_insole"))
        yield store


def recorded(store):
    store.close()
    session = open_session(store.path)
    assert session.damage == ()
    return session


def test_writes_all_that_links_send_and_ends_with_them(store):
    seam = LinkEvent("right", 5 * 10**7, "closed")
    links = [
        ScriptedLink("left", sent_by("left")),
        ScriptedLink("right", [*sent_by("right"), seam]),
    ]
    asyncio.run(record(links, store))
    assert all(link.closed for link in links)
    session = recorded(store)
    for role in ("left", "right"):
        assert session.packets(role, "stream").payload == bytes(range(5))
    assert session.packets("left", "stream").id.tolist() == [1, 3, 5, 7, 9]  # by time, in turn
    assert session.link_events("right") == (seam,)


def test_a_tap_sees_what_was_taken_before(store):
    seen, pending = [], []

    def tap(item):
        seen.append(item)
        pending.append(len(store._packets))

    asyncio.run(record([ScriptedLink("left", sent_by("left"))], store, taps=[tap]))
    assert seen == sent_by("left")
    assert all(number >= place for place, number in enumerate(pending, 1))


def test_a_tap_that_fails_costs_nothing(store, caplog):
    seen = []

    def bad_tap(item):
        raise RuntimeError(item.role)

    asyncio.run(record([ScriptedLink("left", sent_by("left"))], store, taps=[bad_tap, seen.append]))
    assert seen == sent_by("left")
    assert len(recorded(store).packets("left", "stream")) == 5
    assert caplog.text.count("a listener failed") == 1


def test_a_cancelled_recording_is_valid(store):
    links = [ScriptedLink(role, sent_by(role), "silent") for role in ("left", "right")]

    async def cancel_after_all_came():
        came = asyncio.Event()
        seen = []

        def tap(item):
            seen.append(item)
            if len(seen) == 10:
                came.set()

        recording = asyncio.create_task(record(links, store, taps=[tap]))
        await came.wait()
        recording.cancel()
        with pytest.raises(asyncio.CancelledError):
            await recording

    asyncio.run(cancel_after_all_came())
    assert all(link.closed for link in links)
    session = recorded(store)
    assert session.packets("left", "stream").payload == bytes(range(5))
    assert session.packets("right", "stream").payload == bytes(range(5))


def test_what_came_last_is_committed_though_nothing_follows(store, monkeypatch):
    monkeypatch.setattr("insole.record.committing.COMMIT_AFTER_S", 0.01)

    async def wait_for_commit():
        link = ScriptedLink("left", sent_by("left"), "silent")
        recording = asyncio.create_task(record([link], store))
        while store.committed < 5:  # noqa: ASYNC110 - the disk sends no event
            await asyncio.sleep(0.001)
        recording.cancel()

    asyncio.run(asyncio.wait_for(wait_for_commit(), 5))


def test_one_lost_link_leaves_the_other_going(store):
    lost = ScriptedLink("left", sent_by("left", 2), LinkError("left", "was lost; charge it"))
    asyncio.run(record([lost, ScriptedLink("right", sent_by("right"))], store))
    session = recorded(store)
    assert len(session.packets("right", "stream")) == 5
    assert session.link_events("left") == (LinkEvent("left", 10**7, "lost", "was lost; charge it"),)


def test_all_links_lost_is_an_error_and_keeps_the_packets(store):
    links = [
        ScriptedLink(role, sent_by(role), LinkError(role, "was lost")) for role in ("left", "right")
    ]
    with pytest.raises(LinkError, match="left: was lost"):
        asyncio.run(record(links, store))
    assert len(recorded(store).packets("right", "stream")) == 5


def test_a_link_that_does_not_open_closes_those_that_did(store):
    links = [ScriptedLink("left", []), ScriptedLink("right", [], "no open")]
    with pytest.raises(LinkError, match="right: is out of reach"):
        asyncio.run(record(links, store))
    assert all(link.closed for link in links)


def test_a_store_that_cannot_be_written_ends_the_recording(store):
    """The error itself comes out, not a group with it inside."""
    link = ScriptedLink("plate", sent_by("plate"), "silent")
    with pytest.raises(StoreError, match="has no device plate"):
        asyncio.run(record([link], store))
    assert link.closed


def test_an_unforeseen_error_inside_a_link_ends_the_link_and_keeps_what_came(store):
    with pytest.raises(LinkError, match="left: a fault in the program itself"):
        asyncio.run(record([ScriptedLink("left", sent_by("left"), ZeroDivisionError())], store))
    assert len(recorded(store).packets("left", "stream")) == 5


def test_a_recorded_session_replays_into_the_same_session(tmp_path, store):
    path = tmp_path / "first.insole"
    stored.write_session(path, stored.items(400))
    first = open_session(path)
    asyncio.run(record([ReplayLink(first, "left"), ReplayLink(first, "right")], store))
    second = recorded(store)
    for role in ("left", "right"):
        assert second.link_events(role) == first.link_events(role)
        assert list(items(second, role)) == list(items(first, role))
    times_ns = [item.host_time_ns for _, item in numbered_items(second)]
    assert times_ns == sorted(times_ns)
