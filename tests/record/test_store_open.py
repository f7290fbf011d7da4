"""Only session files are opened, and no file is changed by it."""

import os
import sqlite3

import pytest
import stored

from insole.errors import StoreError
from insole.record.store import Mark, add_mark, open_session


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "a.insole"
    stored.write_session(path)
    return path


def edit(path, sql):
    connection = sqlite3.connect(path)
    connection.execute(sql)
    connection.commit()
    connection.close()


def not_ours(path):
    path.unlink()
    edit(path, "CREATE TABLE packet (id INTEGER PRIMARY KEY)")


def spliced(content, at, patch):
    return content[:at] + patch + content[at + len(patch) :]


CASES = {
    "missing": (lambda path: path.unlink(), "does not exist; check the name"),
    "empty": (lambda path: path.write_bytes(b""), "is empty and holds no session"),
    "text": (lambda path: path.write_text("time,left\n" * 99), "is not a session file"),
    "short": (lambda path: path.write_bytes(path.read_bytes()[:99]), "is not a session file"),
    "other program": (not_ours, "database of another program"),
    "newer": (lambda path: edit(path, "PRAGMA user_version=2"), "has schema version 2"),
    "recording": (lambda path: edit(path, "PRAGMA journal_mode=WAL"), "is being recorded"),
    "stray wal": (
        lambda path: path.with_name("a.insole-wal").write_bytes(b""),
        "a.insole-wal beside it belongs to another file",
    ),
    "page length": (
        lambda path: path.write_bytes(spliced(path.read_bytes(), 16, b"\x11\x11")),
        "has a damaged header",
    ),
    "nothing whole": (
        lambda path: path.write_bytes(path.read_bytes()[:4096]),
        "nothing in it is whole; take it from a backup",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_no_session_is_a_sentence(path, case):
    spoil, problem = CASES[case]
    spoil(path)
    files = {file: file.read_bytes() for file in path.parent.iterdir()}
    with pytest.raises(StoreError, match=problem) as caught:
        open_session(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert ";" in caught.value.problem or "(" in caught.value.problem  # says what to do next
    assert {file: file.read_bytes() for file in path.parent.iterdir()} == files


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER TABLE mark ADD COLUMN x",
        "CREATE VIEW v AS SELECT * FROM packet",
        "CREATE TRIGGER t AFTER INSERT ON mark BEGIN DELETE FROM packet; END",
        "CREATE TABLE pocket AS SELECT * FROM packet WHERE 0",
    ],
)
def test_tables_of_others_are_not_run(path, sql):
    """Rows are then taken from the pages, without SQL; one more plain table does no harm."""
    before = stored.content(open_session(path))
    edit(path, sql)
    session = open_session(path)
    assert stored.content(session) == before
    assert [damage.kind for damage in session.damage] == ([] if "TABLE pocket" in sql else ["file"])
    if session.damage:
        with pytest.raises(StoreError, match="has other tables than a session"):
            add_mark(path, Mark(0, "user"))


def test_a_lost_table_costs_what_was_in_it(path):
    edit(path, "DROP TABLE mark")
    session = open_session(path)
    assert {damage.kind for damage in session.damage} == {"file", "mark"}
    assert len(stored.packet_set(session)) == 60


def test_a_file_in_use_is_a_sentence(path):
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StoreError, match="cannot be read now: database is locked"):
        open_session(path)
    connection.execute("ROLLBACK")
    connection.close()
    assert open_session(path).damage == ()


def test_a_folder_is_a_sentence(tmp_path):
    with pytest.raises(StoreError, match="is a folder"):
        open_session(tmp_path)


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(StoreError, match="is not a regular file"):
        open_session(tmp_path / "pipe")


def test_a_name_too_long_is_a_sentence(tmp_path):
    with pytest.raises(StoreError, match="cannot be read: File name too long"):
        open_session(tmp_path / ("a" * 300))


def test_reading_changes_nothing(path):
    before, stat = path.read_bytes(), path.stat()
    with open_session(str(path)) as session:
        assert session.damage == ()
        assert len(session.packets("left", "stream")) == 27
    assert path.read_bytes() == before
    assert path.stat().st_mtime_ns == stat.st_mtime_ns
    assert stored.beside(path) == ["a.insole"]


def test_reads_in_a_folder_that_cannot_be_written(path):
    path.chmod(0o400)
    path.parent.chmod(0o500)
    try:
        assert open_session(path).damage == ()
    finally:
        path.parent.chmod(0o700)
    assert stored.beside(path) == ["a.insole"]


@pytest.mark.parametrize("name", ["a?mode=rw#x.insole", "100 %41.insole", "Ängste 'n' Co.insole"])
def test_any_name_will_do(tmp_path, name):
    stored.write_session(tmp_path / name)
    assert open_session(tmp_path / name).damage == ()
    assert stored.beside(tmp_path / name) == [name]


def test_what_is_not_there_is_empty(path):
    session = open_session(path)
    assert len(session.packets("plate", "stream")) == 0
    assert session.packets("left", "no").payload == b""
    assert session.channels("plate") == ()
    assert session.link_events("plate") == ()


def test_an_empty_session_is_sound(tmp_path):
    path = tmp_path / "a.insole"
    stored.Store.create(path, stored.META).close()
    assert open_session(path).damage == ()
