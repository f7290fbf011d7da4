"""Whenever the power fails, all that was committed is there, in order and whole.

The disk is one that may lose or reorder every sector since the last sync; see `faulty_disk`.
"""

import numpy as np
import pytest
import stored
from faulty_disk import FaultyDisk, after_power_cut, logged

from insole.record.store import Mark, Store, add_mark, open_whole
from insole.transport.base import Notification

ITEMS = stored.items(36, length=200)
BLOCK = 6


def recorded(path, items, *, pages_ahead=8):
    """Record on a disk that keeps a log; return it, and how many items are sure from when on."""
    with FaultyDisk() as disk:
        store = Store.create(path, stored.META, clock=lambda: 0.0)
        store._connection.execute(f"PRAGMA wal_autocheckpoint={pages_ahead}")
        sure = [(len(disk.log), 0)]
        for role in ("left", "right"):
            store.add_device(stored.Device(role, "sim_insole"))
        for number, item in enumerate(items, 1):
            store.take(item)
            if number % BLOCK == 0:
                store.commit()
                sure.append((len(disk.log), store.committed))
        store.close()
        sure.append((len(disk.log), store.committed))
    return disk.log, sure


def opened(path):
    """Return the items of a session as they were taken, and check that it is sound."""
    session, _ = open_whole(path)
    assert session.damage == ()
    assert stored.beside(path) == [path.name]
    found = stored.taken(session)
    if not session.meta.ended_at_utc:
        cut = [item for item in found if getattr(item, "reason", "") == "the recording was cut off"]
        found = found[: len(found) - len(cut)]
    return found


def check_cuts(log, sure, tmp_path, moments, seed):
    rng = np.random.default_rng(seed)
    for moment in moments:
        folder = tmp_path / f"cut{moment}"
        after_power_cut(log[:moment], rng, folder)
        found = opened(folder / "a.insole")
        assert found == ITEMS[: len(found)]
        assert len(found) >= max(items for since, items in sure if since <= moment)


def test_all_that_was_committed_outlives_a_power_cut_at_any_moment(tmp_path):
    """Of recording and of closing."""
    log, sure = recorded(tmp_path / "a.insole", ITEMS)
    created, closed = sure[0][0], len(log)
    closing = range(sure[-2][0], closed + 1)
    check_cuts(log, sure, tmp_path, [*range(created, closing[0], 3), *closing[::2]], seed=1)


@pytest.mark.slow
def test_many_power_cuts(tmp_path):
    log, sure = recorded(tmp_path / "a.insole", ITEMS)
    for seed in range(10):
        folder = tmp_path / str(seed)
        folder.mkdir()
        check_cuts(log, sure, folder, range(sure[0][0], len(log) + 1), seed)


def test_a_power_cut_while_a_cut_off_recording_is_finished(tmp_path):
    store = stored.write_session(tmp_path / "a.insole", ITEMS, close=False)
    cut = stored.copied(store.path, tmp_path / "cut")
    store.close()
    before = logged(cut.parent)
    with FaultyDisk() as disk:
        open_whole(cut)
    rng = np.random.default_rng(2)
    for moment in range(0, len(disk.log) + 1, 2):
        folder = tmp_path / f"again{moment}"
        after_power_cut(before + disk.log[:moment], rng, folder)
        assert opened(folder / "a.insole") == ITEMS


def test_a_power_cut_while_a_mark_is_added(tmp_path):
    path = tmp_path / "a.insole"
    stored.write_session(path, ITEMS)
    before = logged(tmp_path)
    with FaultyDisk() as disk:
        add_mark(path, Mark(7, "user"))
    rng = np.random.default_rng(3)
    numbers = set()
    for moment in range(len(disk.log) + 1):
        folder = tmp_path / f"cut{moment}"
        after_power_cut(before + disk.log[:moment], rng, folder)
        session, _ = open_whole(folder / "a.insole")
        assert session.damage == ()
        assert stored.taken(session) == ITEMS
        numbers.add(len(session.marks))
    assert numbers == {2, 3}


def test_the_disk_of_these_tests_forgets_what_was_not_synced(tmp_path):
    """Else they would prove nothing: without its syncs the same log loses packets."""
    log, sure = recorded(tmp_path / "a.insole", ITEMS, pages_ahead=1000)
    created = sure[0][0]
    careless = log[:created] + [entry for entry in log[created:] if entry[0] != "sync"]
    moment = careless.index(log[sure[-2][0]])
    after_power_cut(careless[:moment], np.random.default_rng(4), tmp_path / "cut")
    assert len(opened(tmp_path / "cut" / "a.insole")) < sure[-2][1]


def test_a_copy_taken_by_others_while_recording_is_sound(tmp_path):
    """A backup program copies the file and its -wal between two commits."""
    path = tmp_path / "a.insole"
    with Store.create(path, stored.META, clock=lambda: 0.0) as store:
        store.add_device(stored.Device("left", "sim_insole"))
        for number in range(4):
            store.take(Notification("left", "stream", number, bytes(3000)))
            store.commit()
            assert len(opened(stored.copied(path, tmp_path / str(number)))) == number + 1


def test_a_wal_that_was_cut_anywhere_gives_a_beginning(tmp_path):
    store = stored.write_session(tmp_path / "a.insole", ITEMS, block=BLOCK, close=False)
    cut = stored.copied(store.path, tmp_path / "cut")
    store.close()
    wal = cut.with_name("a.insole-wal").read_bytes()
    lengths = set()
    for part in np.linspace(0, 1, 12):
        folder = tmp_path / f"{part:.3f}"
        path = stored.copied(cut, folder)
        path.with_name("a.insole-wal").write_bytes(wal[: int(len(wal) * part)])
        found = opened(path)
        assert found == ITEMS[: len(found)]
        lengths.add(len(found))
    assert {0, len(ITEMS)} < lengths
