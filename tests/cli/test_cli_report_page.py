"""``insole report --html``: a page beside the session, never over another file, shown if asked."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from insole.cli.main import main

DEMO = Path(__file__).resolve().parents[2] / "fixtures" / "sessions" / "demo.insole"


@pytest.fixture
def session(tmp_path):
    return Path(shutil.copy(DEMO, tmp_path / "demo.insole"))


def run(*words):
    return CliRunner().invoke(main, ["report", *map(str, words)])


def test_the_page_lies_beside_the_session_and_is_opened_if_asked(session, monkeypatch):
    opened = []
    monkeypatch.setattr("webbrowser.open", lambda uri: opened.append(uri) or True)
    result = run(session, "--open")
    assert result.exit_code == 0
    assert result.stdout == f"{session.with_suffix('.html')}\n"
    assert opened == [session.with_suffix(".html").as_uri()]
    page = session.with_suffix(".html").read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>")
    assert page.count("<svg ") == page.count("<figure") > 4
    assert "<script" not in page


def test_without_a_browser_it_says_which_file_to_open(session, monkeypatch):
    session.with_suffix(".html").write_text("mine", encoding="utf-8")
    monkeypatch.setattr("webbrowser.open", lambda _: False)
    result = run(session, "--open")
    free = session.with_name("demo-2.html")
    assert result.exit_code == 0
    assert result.stdout == f"{free}\n"
    assert f"open {free} yourself" in result.stderr
    assert session.with_suffix(".html").read_text(encoding="utf-8") == "mine"


def test_a_page_that_exists_is_left_alone_before_any_work_is_done(session):
    place = session.with_name("mine.html")
    place.write_text("mine", encoding="utf-8")
    result = run(session, "--html", "-o", place)
    assert result.exit_code == 4
    assert "exists already" in result.stderr
    assert place.read_text(encoding="utf-8") == "mine"


def test_one_kind_of_report_at_a_time(session):
    result = run(session, "--json", "--html")
    assert result.exit_code == 2
    assert "either --json or --html" in result.stderr
