"""A recording that is cut off costs a quarter of a second at most."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys

import pytest
import stored

from insole.errors import StoreError
from insole.record.store import Mark, Store, add_mark, open_session, recover

RECORD_FOREVER = """
import itertools, sys
from pathlib import Path
from insole.record.store import Device, SessionMeta, Store
from insole.transport.base import Notification
now_s = 0.0
store = Store.create(Path(sys.argv[1]), SessionMeta("2026-04-12T06:30:00Z"), clock=lambda: now_s)
store.add_device(Device("left", "sim_insole"))
for number in itertools.count():
    now_s = number / 100
    store.append(Notification("left", "stream", number * 10_000_000, number.to_bytes(8, "big")))
    if number % 50 == 0:
        print(number, flush=True)
"""


def copied(path, folder):
    """Copy a session and what lies beside it, as a disk would have it after a power cut."""
    folder.mkdir()
    for file in path.parent.glob(f"{path.name}*"):
        shutil.copy(file, folder)
    return folder / path.name


def test_a_killed_recording_loses_a_quarter_second_at_most(tmp_path):
    path = tmp_path / "a.insole"
    process = subprocess.Popen(
        [sys.executable, "-c", RECORD_FOREVER, str(path)], stdout=subprocess.PIPE, text=True
    )
    with process:
        while (appended := int(process.stdout.readline())) < 500:
            pass
        os.kill(process.pid, signal.SIGKILL)
    assert stored.beside(path) == ["a.insole", "a.insole-wal"]
    with pytest.raises(StoreError, match="its recording was cut off"):
        open_session(path)
    assert "the recording was cut off; its " in recover(path)
    assert stored.beside(path) == ["a.insole"]
    session = open_session(path)
    assert session.damage == ()
    assert session.meta.ended_at_utc == ""
    packets = session.packets("left", "stream")
    assert len(packets) > appended - 25  # 100 a second
    assert packets.payload == b"".join(n.to_bytes(8, "big") for n in range(len(packets)))


def test_a_power_cut_at_any_moment_leaves_all_that_was_committed(tmp_path):
    path = tmp_path / "a.insole"
    with Store.create(path, stored.META, clock=lambda: 0.0) as store:
        for role in ("left", "right"):
            store.add_device(stored.Device(role, "sim_insole"))
        for number, item in enumerate(stored.items(120), 1):
            store.append(item)
            if number % 15 == 0:
                store.commit()
                cut = copied(path, tmp_path / str(number))
                assert recover(cut).startswith("the recording was cut off")
                session = open_session(cut)
                assert session.damage == ()
                events = len(session.numbered_link_events())
                assert len(stored.packet_set(session)) + events == number


def test_a_wal_that_was_half_written_gives_what_was_whole(tmp_path):
    path = tmp_path / "a.insole"
    store = stored.write_session(path, close=False)
    cut = copied(path, tmp_path / "cut")
    store.close()
    wal = cut.with_name("a.insole-wal")
    wal.write_bytes(wal.read_bytes()[: wal.stat().st_size // 2])
    recover(cut)
    session = open_session(cut)
    assert session.damage == ()
    assert 0 < len(stored.packet_set(session)) < 60


def test_a_session_that_died_at_once_is_recovered(tmp_path):
    path = tmp_path / "a.insole"
    store = Store.create(path, stored.META)
    cut = copied(path, tmp_path / "cut")
    store.close()
    assert "its 0 packets up to 0.00 s are kept" in recover(cut)
    assert open_session(cut).meta == stored.META


def test_nothing_is_to_be_done_for_a_closed_session(tmp_path):
    path = tmp_path / "a.insole"
    stored.write_session(path)
    before = path.read_bytes()
    assert recover(path) is None
    assert recover(str(path)) is None
    assert path.read_bytes() == before


def test_an_end_that_was_written_is_kept(tmp_path):
    path = tmp_path / "a.insole"
    stored.write_session(path)
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.close()
    assert recover(path).endswith("nothing is lost")
    session = open_session(path)
    assert session.damage == ()
    assert session.meta.ended_at_utc == "2026-04-12T06:30:02Z"


def test_a_running_recording_is_left_alone(tmp_path):
    path = tmp_path / "a.insole"
    store = stored.write_session(path, close=False)
    with pytest.raises(StoreError, match="still being recorded"):
        recover(path)
    with pytest.raises(StoreError, match="is being recorded"):
        add_mark(path, Mark(0, "user"))
    store.append(stored.Notification("left", "stream", 0, b"more"))
    store.close()
    assert len(stored.packet_set(open_session(path))) == 61


def test_a_stray_wal_is_never_written_into_a_closed_session(tmp_path):
    other, path = tmp_path / "b.insole", tmp_path / "a.insole"
    store = stored.write_session(other, stored.items(seed=9), close=False)
    stored.write_session(path)
    shutil.copy(tmp_path / "b.insole-wal", tmp_path / "a.insole-wal")
    store.close()
    before = path.read_bytes()
    for use in (recover, open_session, lambda path: add_mark(path, Mark(0, "user"))):
        with pytest.raises(StoreError, match="belongs to another file"):
            use(path)
    assert path.read_bytes() == before


def test_a_change_that_was_cut_off_is_undone(tmp_path):
    path = tmp_path / "a.insole"
    stored.write_session(path, stored.items(400, length=200))
    before = stored.content(open_session(path))
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA cache_size=2")  # so that changes reach the disk before their end
    connection.execute("BEGIN")
    connection.execute("UPDATE packet SET payload = zeroblob(150)")
    cut = copied(path, tmp_path / "cut")
    connection.execute("ROLLBACK")
    connection.close()
    with pytest.raises(StoreError, match="or a change was cut off"):
        open_session(cut)
    assert recover(cut) == (
        "a change of the closed session had been cut off; the file is as it was before"
    )
    assert stored.beside(cut) == ["a.insole"]
    assert stored.content(open_session(cut)) == before


def test_what_is_no_session_is_not_recovered(tmp_path):
    (tmp_path / "a.insole").write_bytes(b"text" * 99)
    with pytest.raises(StoreError, match="is not a session file"):
        recover(tmp_path / "a.insole")
    with pytest.raises(StoreError, match="does not exist"):
        recover(tmp_path / "b.insole")
