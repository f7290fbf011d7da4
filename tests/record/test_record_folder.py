"""Where sessions lie for those who do not use the command line."""

import os
from pathlib import Path

import pytest

from insole.errors import StoreError
from insole.record.folder import find_session, sessions_folder


@pytest.fixture
def named(monkeypatch, tmp_path):
    monkeypatch.setenv("INSOLE_SESSIONS", str(tmp_path / "named"))
    return tmp_path / "named"


def test_a_given_folder_goes_before_the_environment_and_that_before_the_user_s(
    named, tmp_path, monkeypatch
):
    assert sessions_folder(tmp_path) == tmp_path
    assert sessions_folder() == named
    monkeypatch.setenv("INSOLE_SESSIONS", "")
    monkeypatch.setattr("platformdirs.user_data_path", lambda *_, **__: tmp_path / "user")
    assert sessions_folder() == tmp_path / "user" / "sessions"


def test_last_is_looked_for_where_the_environment_says(named):
    named.mkdir()
    for name, time_s in (("b.insole", 200), ("a.insole", 100)):
        (named / name).touch()
        os.utime(named / name, (time_s, time_s))
    assert find_session("last") == named / "b.insole"
    assert find_session("x.insole") == Path("x.insole")


@pytest.mark.usefixtures("named")
def test_without_a_session_it_says_where_it_looked():
    with pytest.raises(StoreError, match=r"named: holds no session yet.*INSOLE_SESSIONS"):
        find_session("last")
