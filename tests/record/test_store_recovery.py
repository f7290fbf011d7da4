"""A session whose recording or change was cut off is brought to an end, or read from a copy."""

import os
import shutil
import sqlite3
import subprocess
import sys

import numpy as np
import pytest
import stored
from faulty_disk import FULL, FaultyDisk

from insole.errors import StoreError
from insole.record.store import Mark, Store, add_mark, open_session, open_whole, recover
from insole.transport.base import LinkEvent

COPY_TOLD = "so this was done to a copy of it"


def cut_off(tmp_path, sent=None):
    """Return a session whose recording was cut off, in a folder of its own."""
    store = stored.write_session(tmp_path / "a.insole", sent, close=False)
    cut = stored.copied(store.path, tmp_path / "cut")
    store.close()
    return cut


def files(folder):
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_a_cut_off_recording_is_finished(tmp_path):
    path = cut_off(tmp_path)
    assert stored.beside(path) == ["a.insole", "a.insole-wal"]
    with pytest.raises(StoreError, match="its recording was cut off"):
        open_session(path)
    assert recover(path) == (
        "the recording was cut off; its 60 packets up to 1.20 s are kept, and what came in at most "
        "half a second after that is lost"
    )
    assert stored.beside(path) == ["a.insole"]
    session = open_session(path)
    assert session.damage == ()
    assert session.meta.ended_at_utc == ""
    assert len(stored.packet_set(session)) == 60
    for role in ("left", "right"):
        last = session.link_events(role)[-1]
        assert last == LinkEvent(role, 1_200_000_000, "closed", "the recording was cut off")
    assert recover(path) is None


def test_a_session_that_died_at_once_is_recovered(tmp_path):
    path = tmp_path / "a.insole"
    store = Store.create(path, stored.META)
    cut = stored.copied(path, tmp_path / "cut")
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
    cut = stored.copied(path, tmp_path / "cut")
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


def test_opening_whole_finishes_first_and_says_so(tmp_path):
    path = cut_off(tmp_path)
    session, done = open_whole(str(path))
    assert done.startswith("the recording was cut off")
    assert stored.beside(path) == ["a.insole"]
    assert session.path == path
    again, done = open_whole(path)
    assert done is None
    assert stored.content(again) == stored.content(session)


def test_what_cannot_be_finished_in_its_place_is_read_from_a_copy(tmp_path):
    """On a disk that refuses to be written to."""
    path = cut_off(tmp_path)
    before = files(path.parent)
    with FaultyDisk() as disk:
        disk.fault = lambda _, at: FULL if at.parent == path.parent else 0
        session, done = open_whole(path)
    assert done.startswith("the recording was cut off")
    assert done.endswith(COPY_TOLD)
    assert session.path == path
    assert len(stored.packet_set(session)) == 60
    assert files(path.parent) == before


OPEN_WHOLE = """
import os, sys
from insole.record.store import open_whole
if sys.argv[2] == "copy":
    os.access = lambda *_: False
open_whole(sys.argv[1])
"""


@pytest.mark.parametrize("way", ["finish", "copy"])
def test_no_other_program_takes_a_file_that_is_being_recorded(tmp_path, way):
    """Not even after the recording program itself has tried to read it, which is refused."""
    with stored.write_session(tmp_path / "a.insole", close=False) as store:
        for use in (open_whole, open_session, recover, add_a_mark):
            with pytest.raises(StoreError, match="is still being recorded; end that first"):
                use(store.path)
        done = subprocess.run(
            [sys.executable, "-c", OPEN_WHOLE, store.path, way],
            check=False,
            capture_output=True,
            text=True,
        )
        assert done.returncode
        assert "still being recorded" in done.stderr
        store.append(stored.Notification("left", "stream", 0, b"more"))
    session = open_session(store.path)
    assert session.damage == ()
    assert len(stored.packet_set(session)) == 61


def test_a_copy_that_cannot_be_made_is_a_sentence(tmp_path, monkeypatch):
    path = cut_off(tmp_path)
    monkeypatch.setattr(os, "access", lambda *_: False)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "none"))
    with pytest.raises(StoreError, match="nor copied: No such file or directory; copy it with"):
        open_whole(path)


def test_a_file_that_changes_while_it_is_copied_is_refused(tmp_path, monkeypatch):
    path = cut_off(tmp_path)

    def copy_and_change(source, target):
        target.write_bytes(source.read_bytes())
        with source.open("ab") as file:
            file.write(b"more")

    monkeypatch.setattr(os, "access", lambda *_: False)
    monkeypatch.setattr(shutil, "copyfile", copy_and_change)
    with pytest.raises(StoreError, match="changes while it is read; wait until nobody records"):
        open_whole(path)


def test_a_change_that_was_cut_off_is_undone_in_a_copy_too(tmp_path, monkeypatch):
    path = tmp_path / "a.insole"
    stored.write_session(path)
    path.with_name("a.insole-journal").write_bytes(b"")
    monkeypatch.setattr(os, "access", lambda *_: False)
    session, done = open_whole(path)
    assert done.startswith("a change of the closed session had been cut off")
    assert done.endswith(COPY_TOLD)
    assert session.damage == ()
    assert stored.beside(path) == ["a.insole", "a.insole-journal"]


@pytest.mark.parametrize("suffix", ["", "-wal"])
def test_a_damaged_unfinished_session_gives_what_is_whole(tmp_path, suffix):
    """Never other data, never another error."""
    sent = stored.items(200, length=100)
    cut = cut_off(tmp_path, sent)
    damaged = cut.with_name(f"a.insole{suffix}")
    content, rng, opened = damaged.read_bytes(), np.random.default_rng(1), 0
    for number, at in enumerate(rng.integers(100, len(content), 25).tolist()):
        path = stored.copied(cut, tmp_path / str(number))
        changed = content[:at] + bytes([content[at] ^ 0x55]) + content[at + 1 :]
        path.with_name(damaged.name).write_bytes(changed)
        try:
            session, _ = open_whole(path)
        except StoreError:
            continue
        opened += 1
        assert set(stored.taken(session)) - set(closings(session)) <= set(sent)
        assert stored.beside(path) == ["a.insole"]
    assert opened > 15


def add_a_mark(path):
    add_mark(path, Mark(0, "user"))


def closings(session):
    return [event for _, event in session.numbered_link_events() if event.kind == "closed"]
