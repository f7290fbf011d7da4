"""Where sessions lie, which is the last, and that nothing is overwritten."""

import os
from pathlib import Path

import pytest

from insole.cli import folder
from insole.errors import StoreError


def test_a_path_is_itself(tmp_path):
    assert folder.find_session("a/b.insole", tmp_path) == Path("a/b.insole")


def test_last_is_the_session_written_last(tmp_path):
    for name, time_s in (("c.insole", 100), ("a.insole", 300), ("b.insole", 200), ("d.png", 900)):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (time_s, time_s))
    assert folder.find_session("last", tmp_path) == tmp_path / "a.insole"


@pytest.mark.parametrize("name", ["empty", "absent"])
def test_without_a_session_there_is_no_last(tmp_path, name):
    (tmp_path / "empty").mkdir()
    with pytest.raises(StoreError, match="holds no session yet; record or import one"):
        folder.find_session("last", tmp_path / name)


def test_the_default_folder_is_the_user_s(monkeypatch, tmp_path):
    monkeypatch.setattr("platformdirs.user_data_path", lambda *_, **__: tmp_path)
    assert folder.sessions_folder(None) == tmp_path / "sessions"


def test_the_folder_is_made_when_it_is_written_to(tmp_path):
    assert folder.made_folder(tmp_path / "a" / "b").is_dir()


def test_a_taken_name_gets_a_number(tmp_path):
    wanted = tmp_path / "x.png"
    names = [folder.write_beside(wanted, bytes([n])).name for n in range(3)]
    assert names == ["x.png", "x-2.png", "x-3.png"]
    assert [(tmp_path / name).read_bytes() for name in names] == [b"\0", b"\1", b"\2"]


def test_a_new_file_never_replaces_another(tmp_path):
    (tmp_path / "x.png").write_bytes(b"mine")
    with pytest.raises(FileExistsError):
        folder.write_new(tmp_path / "x.png", b"yours")
    assert (tmp_path / "x.png").read_bytes() == b"mine"
