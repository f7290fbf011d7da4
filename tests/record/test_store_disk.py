"""A disk that refuses: a sentence, a valid file, and what was taken waits for the next try."""

import errno
import os
import shutil
import signal
import sqlite3
import threading
from contextlib import suppress
from typing import NamedTuple

import pytest
import stored
from faulty_disk import FULL, SYNC_FAILS, WRITE_FAILS, FaultyDisk, works

from insole.errors import StoreError
from insole.record.disk import RESERVE_BYTES, check_place, undisturbed
from insole.record.store import Device, Mark, Store, open_session, open_whole
from insole.transport.base import Notification


class Usage(NamedTuple):
    total: int
    used: int
    free: int


REFUSED = {
    "full": ("write", FULL, "the disk is full, so free some space"),
    "write": ("write", WRITE_FAILS, "the disk fails, so check it and its plug"),
    "sync": ("sync", SYNC_FAILS, "the disk fails, so check it and its plug"),
    "read-only": ("write", sqlite3.SQLITE_READONLY, "it may not be written to"),
}


@pytest.fixture
def disk():
    with FaultyDisk() as disk:
        yield disk


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a.insole"


def refusing(operation, code):
    return lambda asked, path: code if asked == operation else 0  # noqa: ARG005 - asked with both


class RefuseFrom:
    """Let some operations pass, and refuse all that follow."""

    def __init__(self, operations, code):
        self.left, self.code = operations, code

    def __call__(self, *_):
        self.left -= 1
        return 0 if self.left >= 0 else self.code


def fill(store, number, start=0):
    for place in range(start, start + number):
        store.take(Notification("left", "stream", place * 10**7, place.to_bytes(2, "big")))


def begun(path):
    store = Store.create(path, stored.META, clock=lambda: 0.0)
    store.add_device(Device("left", "sim_insole"))
    return store


def payload(session):
    return session.packets("left", "stream").payload


def expected(number):
    return b"".join(place.to_bytes(2, "big") for place in range(number))


@pytest.mark.parametrize("case", REFUSED)
def test_what_was_refused_waits_and_is_written_with_the_rest(disk, path, case):
    operation, code, reason = REFUSED[case]
    with begun(path) as store:
        fill(store, 10)
        store.commit()
        disk.fault = refusing(operation, code)
        fill(store, 10, start=10)
        store.mark(Mark(5, "user"))
        for _ in range(3):
            with pytest.raises(StoreError) as caught:
                store.commit()
            assert str(caught.value).startswith(f"{path}: cannot be written, and is kept up to")
            assert "0.09 s" in str(caught.value)
            assert reason in str(caught.value)
            assert store.committed == 10
        disk.fault = works
        fill(store, 10, start=20)
        store.commit()
        assert store.committed == store.taken == 30
    session = open_session(path)
    assert session.damage == ()
    assert payload(session) == expected(30)
    assert session.marks == (Mark(5, "user"),)
    assert session.meta.ended_at_utc


@pytest.mark.parametrize("case", REFUSED)
def test_what_was_committed_outlives_a_disk_that_never_works_again(disk, path, case):
    operation, code, reason = REFUSED[case]
    store = begun(path)
    fill(store, 10)
    store.commit()
    disk.fault = refusing(operation, code)
    fill(store, 10, start=10)
    with pytest.raises(StoreError, match=reason):
        store.close()
    disk.fault = works
    session, done = open_whole(path)
    assert done.startswith("the recording was cut off; its 10 packets up to 0.09 s are kept")
    assert session.damage == ()
    assert payload(session) == expected(10)
    assert stored.beside(path) == ["a.insole"]


def test_each_refusal_while_closing_leaves_a_file_that_opens(disk, tmp_path):
    """From whatever operation on."""
    for nth in range(100):
        path = tmp_path / f"{nth}.insole"
        store = begun(path)
        fill(store, 10)
        store.commit()
        fill(store, 5, start=10)
        disk.fault = fault = RefuseFrom(nth, WRITE_FAILS)
        with suppress(StoreError):
            store.close()
        disk.fault = works
        session, _ = open_whole(path)
        assert session.damage == ()
        assert payload(session) in (expected(10), expected(15))
        assert {name.rpartition(".")[2] for name in stored.beside(path)} == {"insole"}
        if fault.left >= 0:
            break
    assert nth > 20  # so many operations does closing take
    assert open_whole(path)[1] is None
    assert payload(session) == expected(15)


def test_each_refusal_while_a_file_is_made_leaves_nothing(disk, path):
    for nth in range(200):
        disk.fault = RefuseFrom(nth, FULL)
        try:
            store = begun(path)
        except StoreError as error:
            assert str(error).startswith(f"{path}: cannot be made")  # noqa: PT017 - in a loop
            assert list(path.parent.iterdir()) == []
        else:
            break
    disk.fault = works
    store.close()
    assert open_session(path).damage == ()
    assert nth > 20


def test_the_first_error_counts(disk, path):
    """Closing after an error of the disk meets that disk again, and has nothing new to say."""
    store = begun(path)
    disk.fault = refusing("write", FULL)
    with pytest.raises(StoreError, match="said first"), store:
        raise StoreError(str(path), "said first")
    disk.fault = works
    store = begun(path.with_name("b.insole"))
    disk.fault = refusing("write", FULL)
    with pytest.raises(StoreError, match="cannot be written"), store:
        raise ZeroDivisionError


def test_marks_and_packets_from_other_threads_lose_nothing(path):
    with begun(path) as store:
        threads = [
            threading.Thread(target=lambda: [store.mark(Mark(n, "user")) for n in range(200)])
            for _ in range(3)
        ]
        for thread in threads:
            thread.start()
        for place in range(40):
            fill(store, 10, start=10 * place)
            store.commit()
        for thread in threads:
            thread.join()
    session = open_session(path)
    assert session.damage == ()
    assert payload(session) == expected(400)
    assert sorted(mark.host_time_ns for mark in session.marks) == sorted([*range(200)] * 3)


def test_a_mark_needs_a_time_that_can_be_stored(path):
    with begun(path) as store:
        with pytest.raises(StoreError, match="no time of a recording"):
            store.mark(Mark(2**63, "user"))
        store.mark(Mark(1, "user"))
    assert open_session(path).marks == (Mark(1, "user"),)


def test_reasons_that_are_no_text_are_stored_all_the_same(path):
    """The system may give names of files that are no UTF-8."""
    with begun(path) as store:
        store.append(stored.LinkEvent("left", 0, "lost", "no \udcff adapter"))
    (event,) = open_session(path).link_events("left")
    assert event.reason == "no ? adapter"


def test_a_large_commit_is_sealed_in_blocks(path):
    with begun(path) as store:
        fill(store, 2500)
    assert payload(open_session(path)) == expected(2500)
    connection = sqlite3.connect(path)
    query = "SELECT last_id FROM seal WHERE kind = 'packet' ORDER BY id"
    assert connection.execute(query).fetchall() == [(1000,), (2000,), (2500,)]
    connection.close()


def test_a_closed_file_has_its_folder_synced(path, monkeypatch):
    """So that a stick may be pulled then: the removal of the -wal is on it too."""
    synced = []
    monkeypatch.setattr(os, "fsync", lambda handle: synced.append(os.fstat(handle).st_ino))
    begun(path).close()
    assert synced == [path.parent.stat().st_ino]


# A file that is gone, a disk that is nearly full


def test_a_deleted_file_is_written_anew_when_closed(path):
    with begun(path) as store:
        fill(store, 10)
        store.commit()
        check_place(path)
        path.unlink()
        with pytest.raises(StoreError, match="was deleted or moved while it was written"):
            check_place(path)
        fill(store, 5, start=10)
    session = open_session(path)
    assert session.damage == ()
    assert payload(session) == expected(15)
    assert stored.beside(path) == ["a.insole"]
    assert session.meta.ended_at_utc


def test_a_file_that_was_deleted_at_once_is_written_anew(path):
    with begun(path) as store:
        path.unlink()
        fill(store, 5)
    assert payload(open_session(path)) == expected(5)


def test_a_folder_that_was_renamed_keeps_its_file(tmp_path):
    folder, other = tmp_path / "here", tmp_path / "there"
    folder.mkdir()
    store = begun(folder / "a.insole")
    fill(store, 10)
    store.commit()
    folder.rename(other)
    with pytest.raises(StoreError, match="is out of reach: No such file"):
        check_place(store.path)
    fill(store, 5, start=10)
    with pytest.raises(StoreError, match="was moved while it was written, so look where it is now"):
        store.close()
    session, _ = open_whole(other / "a.insole")
    assert session.damage == ()
    assert payload(session) == expected(15)
    assert not folder.exists()


def test_another_file_in_its_place_is_left_alone(path):
    store = begun(path)
    fill(store, 10)
    moved = path.rename(path.with_name("moved.insole"))
    path.write_bytes(b"somebody's")
    with pytest.raises(StoreError, match="it was moved while it was written, so look where it is"):
        store.close()
    assert path.read_bytes() == b"somebody's"
    session, _ = open_whole(moved)
    assert payload(session) == expected(10)
    assert stored.beside(path) == ["a.insole", "moved.insole"]


@pytest.mark.parametrize(
    ("usage", "left"),
    [(Usage(10**9, 0, RESERVE_BYTES - 1), 15), (Usage(10**9, 10**9, 0), 0)],
)
def test_a_disk_that_is_nearly_full_is_a_sentence(path, monkeypatch, usage, left):
    path.touch()
    check_place(path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(StoreError, match=f"lies on a disk that is full: {left} MB are left"):
        check_place(path)


@pytest.mark.parametrize("usage", [Usage(0, 0, 0), Usage(10**9, 0, RESERVE_BYTES)])
def test_a_disk_with_room_or_unknown_room_will_do(path, monkeypatch, usage):
    path.touch()
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    check_place(path)


def test_a_disk_that_was_taken_out_is_a_sentence(path, monkeypatch):
    def gone(_):
        raise OSError(errno.EIO, "Input/output error")

    path.touch()
    monkeypatch.setattr(shutil, "disk_usage", gone)
    with pytest.raises(StoreError, match="is out of reach: Input/output error; check its disk"):
        check_place(path)


# Ctrl-C, and a terminal that is closed


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signals_wait_for_work_that_must_not_be_disturbed(number):
    done, heard = [], []
    before = signal.signal(number, lambda number, _: heard.append(number))

    def work():
        for _ in range(2):
            signal.raise_signal(number)
        done.append(len(heard))

    try:
        undisturbed(work)
    finally:
        signal.signal(number, before)
    assert done == [0]
    assert heard == [number]


def test_signals_that_are_ignored_stay_so():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does
    try:
        undisturbed(lambda: signal.raise_signal(signal.SIGHUP))
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_an_error_inside_counts_more_than_ctrl_c():
    def work():
        signal.raise_signal(signal.SIGINT)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        undisturbed(work)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_ctrl_c_twice_while_closing_leaves_a_closed_file(disk, path):
    store = begun(path)
    fill(store, 10)
    struck = []

    def strike(operation, _):
        if operation == "sync" and len(struck) < 2:
            struck.append(operation)
            signal.raise_signal(signal.SIGINT)
        return 0

    disk.fault = strike
    with pytest.raises(KeyboardInterrupt):
        store.close()
    assert len(struck) == 2
    assert stored.beside(path) == ["a.insole"]
    assert payload(open_session(path)) == expected(10)


def test_closing_works_in_any_thread(path):
    store = begun(path)
    fill(store, 10)
    thread = threading.Thread(target=store.close)
    thread.start()
    thread.join()
    assert payload(open_session(path)) == expected(10)
