"""The thread that brings a recording to disk: on time, patient, and not to be held up."""

import asyncio
import itertools
import shutil
import threading
import tracemalloc

import pytest
import stored
from faulty_disk import SYNC_FAILS, FaultyDisk, works

from insole.errors import LinkError, StoreError
from insole.record import committing
from insole.record.committing import Committing
from insole.record.recorder import record
from insole.record.store import Device, Mark, Store, open_session
from insole.transport.base import LinkEvent, Notification


class Ticks:
    """In place of the event that ends a pause: keeps how long each was to be, and ends it on go."""

    def __init__(self):
        self.pauses_s = []
        self.asked, self.go = threading.Semaphore(0), threading.Semaphore(0)

    def wait(self, pause_s):
        self.pauses_s.append(pause_s)
        self.asked.release()
        assert self.go.acquire(timeout=5)

    def set(self):
        self.go.release()

    def clear(self):
        """Forget nothing: each go is counted."""

    def next(self):
        """Wait until the thread pauses, then end the pause."""
        assert self.asked.acquire(timeout=5)
        self.go.release()


@pytest.fixture
def disk():
    with FaultyDisk() as disk:
        yield disk


@pytest.fixture
def store(tmp_path, disk):
    store = begun(tmp_path / "a.insole")
    yield store
    disk.fault = works
    store.close()


def begun(path):
    store = Store.create(path, stored.META)
    store.add_device(Device("left", "sim_insole"))
    return store


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(committing, "COMMIT_AFTER_S", 0.01)
    monkeypatch.setattr(committing, "PATIENCE_S", 0.02)


def run(work, longest_s=20):
    """Do asynchronous work; a recording that never ends is a failure."""
    return asyncio.run(asyncio.wait_for(work, longest_s))


def packet(number, role="left"):
    return Notification(role, "stream", number * 10**6, number.to_bytes(3, "big"))


def payload(number):
    return b"".join(place.to_bytes(3, "big") for place in range(number))


class CountingLink:
    """A link that sends packets for as long as it is asked, or a number of them and then waits."""

    role = "left"

    def __init__(self, number=None, then="wait"):
        self.number, self.then = number, then
        self.closed = False

    async def open(self):
        """There is nothing to connect to."""

    async def close(self):
        self.closed = True

    async def notifications(self):
        for number in itertools.count() if self.number is None else range(self.number):
            await asyncio.sleep(0)
            yield packet(number)
        if self.then == "wait":
            await asyncio.Event().wait()


@pytest.mark.parametrize(("commit_s", "pause_s"), [(0.0, 0.25), (0.1, 0.15), (0.25, 0.0), (2.0, 0)])
def test_commits_begin_a_quarter_second_apart(store, disk, commit_s, pause_s):
    """So what came before that and the time of one commit is on disk, however slow the disk is."""
    now_s, ticks, taken = [100.0], Ticks(), itertools.count()

    def slow(operation, _):
        now_s[0] += commit_s if operation == "sync" else 0.0
        return 0

    store.take(packet(next(taken)))
    store.commit()  # the first one syncs the head of the -wal too
    disk.fault = slow
    waiting = Committing(store, clock=lambda: now_s[0])
    waiting._wake = ticks
    with waiting:
        for _ in range(4):
            assert ticks.asked.acquire(timeout=5)
            assert store.committed == store.taken
            store.take(packet(next(taken)))
            ticks.go.release()
    assert store.committed == store.taken
    assert ticks.pauses_s[1:] == pytest.approx([pause_s] * (len(ticks.pauses_s) - 1))


def test_a_disk_that_works_again_in_time_costs_nothing(store, disk):
    now_s, ticks = [100.0], Ticks()
    waiting = Committing(store, clock=lambda: now_s[0])
    waiting._wake = ticks
    with waiting:
        ticks.next()
        disk.fault = lambda operation, _: SYNC_FAILS if operation == "sync" else 0
        store.take(packet(0))
        for _ in range(3):
            now_s[0] += committing.PATIENCE_S / 4
            ticks.next()
        assert store.committed == 0
        disk.fault = works
        ticks.next()
        assert ticks.asked.acquire(timeout=5)
        assert store.committed == 1


@pytest.mark.usefixtures("impatient")
def test_a_disk_that_fails_as_the_recording_ends_is_asked_again(store, disk):
    """A refusal then costs no more than one before."""
    refusals = 2

    def refuse(operation, _):
        nonlocal refusals
        if operation != "sync" or not store.taken or not refusals:
            return 0
        refusals -= 1
        return SYNC_FAILS

    disk.fault = refuse
    run(record([CountingLink(3, "end")], store))
    assert refusals == 0
    assert store.committed == 3


def test_a_disk_that_refuses_for_long_is_an_error(store, disk):
    now_s, ticks = [100.0], Ticks()
    waiting = Committing(store, clock=lambda: now_s[0])
    waiting._wake = ticks

    async def watch_it_fail():
        store.take(packet(0))
        disk.fault = lambda operation, _: SYNC_FAILS if operation == "sync" else 0
        with waiting:
            ticks.next()
            assert ticks.asked.acquire(timeout=5)
            now_s[0] += committing.PATIENCE_S
            ticks.go.release()
            await waiting.watch()

    with pytest.raises(StoreError, match="cannot be written: the disk fails, so check it and"):
        run(watch_it_fail())


def test_a_disk_without_room_is_an_error_before_anything_is_sent(store, monkeypatch):
    usage = shutil.disk_usage(store.path.parent)._replace(free=0)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    link = CountingLink()
    with pytest.raises(StoreError, match="lies on a disk that is full"):
        run(record([link], store))
    assert store.taken == 1  # the event that says why


# The recorder over a disk that does not keep up, or ends


def test_a_slow_disk_holds_up_no_arrivals_and_loses_nothing(store, disk):
    """One commit takes as long as a thousand packets need to arrive, and two more."""
    enough, seen = threading.Event(), []

    def stand_still(operation, _):
        if operation == "sync" and seen:
            assert enough.wait(10)
        return 0

    def tap(item):
        seen.append(item)
        if len(seen) == 3000:
            enough.set()

    disk.fault = stand_still
    run(record([CountingLink(5000, "end")], store, taps=[tap]))
    store.close()
    assert open_session(store.path).packets("left", "stream").payload == payload(5000)


def test_memory_is_not_filled_by_links_that_need_not_be_in_time(store, disk, monkeypatch):
    """They wait for a disk that stands still; a simulated or replayed session is such a one."""
    monkeypatch.setattr(committing, "MOST_WAITING", 500)
    monkeypatch.setattr(committing, "COMMIT_AFTER_PACKETS", 100)
    most, pause = 0, threading.Event()

    def stand_still(operation, _):
        while operation == "sync" and store.taken - store.committed < 500 and store.taken < 3000:
            pause.wait(0.001)
        return 0

    def tap(_):
        nonlocal most
        most = max(most, store.taken - store.committed)

    disk.fault = stand_still
    run(record([CountingLink(3000, "end")], store, taps=[tap]))
    assert 500 <= most < 700
    store.close()
    assert open_session(store.path).packets("left", "stream").payload == payload(3000)


def test_a_tap_that_hangs_does_not_keep_packets_from_the_disk(store, monkeypatch):
    monkeypatch.setattr(committing, "COMMIT_AFTER_S", 0.01)
    waited = threading.Event()

    def hang(item):
        while store.committed < 1:
            waited.wait(0.001)
        committed.append(item)

    committed = []
    run(record([CountingLink(3, "end")], store, taps=[hang]))
    assert len(committed) == 3


def full_after(monkeypatch, store, number):
    """Let the disk be full once a number of packets was taken."""
    usage = shutil.disk_usage(store.path.parent)

    def free(_):
        return usage._replace(free=5 * 2**20) if store.taken >= number else usage

    monkeypatch.setattr(shutil, "disk_usage", free)
    monkeypatch.setattr(committing, "COMMIT_AFTER_S", 0.01)


def test_a_disk_that_gets_full_ends_the_recording_with_a_finished_file(store, monkeypatch):
    """All that came is in it, and why no more."""
    full_after(monkeypatch, store, 500)
    link = CountingLink()
    with pytest.raises(StoreError) as caught:
        run(record([link], store))
    assert "lies on a disk that is full: 5 MB are left" in str(caught.value)
    assert caught.value.exit_code == 4
    assert link.closed
    store.close()
    session = open_session(store.path)
    assert session.damage == ()
    assert stored.beside(store.path) == ["a.insole"]
    packets = session.packets("left", "stream")
    assert packets.payload == payload(len(packets))
    assert len(packets) >= 500
    assert session.link_events("left") == (
        LinkEvent("left", int(packets.host_time_ns[-1]), "closed", caught.value.problem),
    )


def test_a_deleted_file_ends_the_recording_and_is_written_anew(store, monkeypatch):
    monkeypatch.setattr(committing, "COMMIT_AFTER_S", 0.01)

    def delete(item):
        if item == packet(300):
            store.path.unlink()

    with pytest.raises(StoreError, match="was deleted or moved while it was written"):
        run(record([CountingLink()], store, taps=[delete]))
    store.close()
    packets = open_session(store.path).packets("left", "stream")
    assert packets.payload == payload(len(packets))
    assert len(packets) > 300


@pytest.mark.usefixtures("impatient")
def test_a_disk_that_fails_ends_the_recording(store, disk):
    def fail(item):
        if item == packet(300):
            disk.fault = lambda operation, _: SYNC_FAILS if operation == "sync" else 0

    with pytest.raises(StoreError, match=r"cannot be written.*the disk fails, so check it"):
        run(record([CountingLink()], store, taps=[fail]))
    disk.fault = works
    store.close()  # it works again: what waited is written after all, with the reason
    session = open_session(store.path)
    packets = session.packets("left", "stream")
    assert packets.payload == payload(len(packets))
    assert len(packets) > 300
    assert "the disk fails" in session.link_events("left")[-1].reason


@pytest.mark.usefixtures("impatient")
def test_cancelled_while_the_disk_fails_the_disk_is_what_counts(store, disk):
    """Who presses Ctrl-C is to learn that the end could not be written."""

    async def cancel():
        recording = asyncio.create_task(record([CountingLink()], store, taps=[seen]))
        await came.wait()
        disk.fault = lambda operation, _: SYNC_FAILS if operation == "sync" else 0
        recording.cancel()
        await recording

    def seen(item):
        if item == packet(50):
            came.set()

    came = asyncio.Event()
    with pytest.raises(StoreError, match="the disk fails"):
        run(cancel())


def test_cancelled_twice_while_links_close_nothing_is_lost(store):
    class SlowToClose(CountingLink):
        async def close(self):
            closing.set()
            await asyncio.Event().wait()

    async def cancel_twice():
        recording = asyncio.create_task(record([SlowToClose()], store, taps=[seen]))
        await came.wait()
        recording.cancel()
        await closing.wait()
        recording.cancel()
        with pytest.raises(asyncio.CancelledError):
            await recording

    def seen(item):
        if item == packet(50):
            came.set()

    came, closing = asyncio.Event(), asyncio.Event()
    run(cancel_twice())
    assert store.committed == store.taken > 50
    store.close()
    packets = open_session(store.path).packets("left", "stream")
    assert packets.payload == payload(len(packets))


def test_marks_set_in_another_thread_while_recording_are_kept(store):
    def press(item):
        if item.payload[-1] == 0:
            threading.Thread(target=store.mark, args=[Mark(item.host_time_ns, "user")]).start()

    run(record([CountingLink(1000, "end")], store, taps=[press]))
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and thread.name.startswith("Thread"):
            thread.join()
    store.close()
    assert len(open_session(store.path).marks) == 4


@pytest.mark.usefixtures("impatient")
def test_the_error_of_the_disk_counts_more_than_that_of_a_link(store, disk):
    class LostLink(CountingLink):
        async def notifications(self):
            yield packet(0)
            disk.fault = lambda operation, _: SYNC_FAILS if operation == "sync" else 0
            raise LinkError("left", "was lost")

    with pytest.raises(StoreError, match="the disk fails"):
        run(record([LostLink()], store))


@pytest.mark.slow
def test_memory_does_not_grow_with_the_recording(tmp_path, monkeypatch):
    """On the system's own disk, since the other one keeps all that is written."""
    monkeypatch.setattr(committing, "MOST_WAITING", 1000)
    store = begun(tmp_path / "a.insole")
    tracemalloc.start()
    try:
        peaks = []
        for number in (20_000, 80_000):
            tracemalloc.reset_peak()
            run(record([CountingLink(number, "end")], store), longest_s=200)
            peaks.append(tracemalloc.get_traced_memory()[1])
    finally:
        tracemalloc.stop()
    store.close()
    assert max(peaks) < 2**20
