"""``insole history --html``: one page for a visit, never over another file, harmless to read."""

import shutil
from dataclasses import replace
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from click.testing import CliRunner

from insole.cli.history import plain
from insole.cli.main import main
from insole.cli.visit import visit_page
from insole.history import cache
from insole.history.sessions import sessions_in
from insole.history.trend import NO_ROW
from insole.programme.load import read_text
from insole.programme.model import Ratings

DEMO = Path(__file__).resolve().parents[2] / "fixtures" / "sessions" / "demo.insole"
NASTY = '<script>alert(1)</script></style></svg> "&amp; \N{ARABIC LETTER BEH} \N{HOT BEVERAGE}'


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A sessions folder, a cache and a profile of the test's own."""
    place = tmp_path / "sessions"
    place.mkdir()
    monkeypatch.setenv("INSOLE_SESSIONS", str(place))
    monkeypatch.setattr(cache, "user_cache_path", lambda *_, **__: tmp_path / "cache")
    monkeypatch.setattr("insole.profile.user_config_path", lambda *_, **__: tmp_path / "config")
    return place


def run(*words):
    return CliRunner().invoke(main, list(map(str, words)))


def test_the_page_tells_what_was_done_how_it_went_and_what_is_next(folder, tmp_path, monkeypatch):
    shutil.copy(DEMO, folder)
    (summary,) = sessions_in(folder).summaries
    before = summary.started_at - timedelta(hours=1)
    monkeypatch.setattr("insole.cli.programme.present", lambda: before)
    own = tmp_path / "own.toml"
    lines = read_text().split("\n")
    titled = next(place for place, line in enumerate(lines) if line.startswith("title = "))
    lines[titled] = f"title = '{NASTY}'"
    own.write_text("\n".join(lines), encoding="utf-8")
    assert run("programme", "use", own).exit_code == 0
    result = run("history", "--html", "-o", tmp_path / "visit.html")
    assert result.exit_code == 0, result.output
    assert result.stdout == f"{tmp_path / 'visit.html'}\n"
    page = (tmp_path / "visit.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert NASTY in unescape(page)
    for told in ("session on 1 day", "Holds on both feet, 1 session.", "What is next", "held [s]"):
        assert told in page
    assert page.count("<svg ") == page.count("<figure") == 1
    assert page.count("<table") == 2, "no rating of pain was told"


def test_it_lies_among_the_sessions_under_a_free_name_and_is_opened_if_asked(folder, monkeypatch):
    opened = []
    monkeypatch.setattr("webbrowser.open", lambda uri: opened.append(uri) or True)
    (folder / "history.html").write_text("mine", encoding="utf-8")
    result = run("history", "--open")
    assert result.exit_code == 0
    assert result.stdout == f"{folder / 'history-2.html'}\n"
    assert opened == [(folder / "history-2.html").as_uri()]
    assert (folder / "history.html").read_text(encoding="utf-8") == "mine"
    assert "nothing was done yet" in (folder / "history-2.html").read_text(encoding="utf-8")


def test_a_page_that_exists_is_left_alone(tmp_path):
    place = tmp_path / "mine.html"
    place.write_text("mine", encoding="utf-8")
    result = run("history", "-o", place)
    assert result.exit_code == 4
    assert "exists already" in result.stderr
    assert place.read_text(encoding="utf-8") == "mine"


def test_a_picture_or_a_page_at_a_time(tmp_path):
    result = run("history", "--html", "--plot", tmp_path / "a.png")
    assert result.exit_code == 2
    assert "give one of" in result.stderr
    assert list(tmp_path.glob("*.png")) == []


def test_pain_is_told_once_for_each_session_and_foot():
    rows = [
        replace(NO_ROW, started_at=NO_ROW.started_at.replace(year=2026), session="a", side="both",
                exercise=exercise, variant="double", left=Ratings(worst=4), right=Ratings(worst=2))
        for exercise in ("isometric_hold", "eccentric_raise")
    ]  # fmt: skip
    page = visit_page(rows, list(map(plain, rows)), [("holds", rows[:1]), ("raises", rows[1:])],
                      ["", ""])  # fmt: skip
    assert page.count("00:00, left</th>") == page.count("00:00, right</th>") == 1
    assert ">4 of 10<" in page
