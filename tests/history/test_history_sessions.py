"""Sessions of a folder in short: read once, again when something changed, damaged ones said."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from insole.history import cache, sessions
from insole.history.cache import Kept, State, load_cache, save_cache
from insole.history.sessions import sessions_in
from insole.history.summary import Summary, from_plain, to_plain
from insole.programme.model import DoneExtra
from insole.programme.pain import PainMark
from insole.programme.sets import SetFacts
from insole.record.store import Mark, add_mark

SUMMARY = Summary(
    "abc",
    datetime.fromisoformat("2026-04-01T07:30:00+02:00"),
    (
        SetFacts(1, "isometric_hold", "double", "both", ((30.2, "phases"), (29.0, "heel_up")),
                 height_mm=70.0, left_share=0.5),
        SetFacts(2, "eccentric_raise", "single", "left", reps=2, lowered=((5.0, "cue"),)),
    ),
    (DoneExtra("toe_yoga", "left"),),
    (PainMark("worst", "left", 3),),
    90.0,
    "",
)  # fmt: skip


@pytest.fixture(autouse=True)
def counted(tmp_path, monkeypatch):
    """A cache of the test's own, and the names of the files that were really read."""
    monkeypatch.setattr(cache, "user_cache_path", lambda *_, **__: tmp_path / "cache")
    monkeypatch.setattr(cache, "software", lambda: "this")
    monkeypatch.setattr(sessions, "software", lambda: cache.software())  # noqa: PLW0108 - patched
    read, really = [], sessions._summary
    monkeypatch.setattr(sessions, "_summary", lambda path: read.append(path.name) or really(path))
    return read


@pytest.fixture
def quick(counted, monkeypatch):
    """Reading a session takes no time, and finds little."""

    def summary(path):
        counted.append(path.name)
        return replace(SUMMARY, id="same")

    monkeypatch.setattr(sessions, "_summary", summary)
    return counted


@pytest.fixture
def folder(tmp_path, fixtures):
    place = tmp_path / "sessions"
    place.mkdir()
    shutil.copy(fixtures / "sessions" / "demo.insole", place / "a.insole")
    return place


def test_a_summary_comes_back_through_json_as_it_was():
    assert from_plain(json.loads(json.dumps(to_plain(SUMMARY)))) == SUMMARY
    nowhen = Summary("abc", None)
    assert from_plain(json.loads(json.dumps(to_plain(nowhen)))) == nowhen


def test_an_empty_or_missing_folder_has_no_sessions(tmp_path):
    assert sessions_in(tmp_path / "none").summaries == ()


def test_a_session_is_read_once(folder, counted):
    first = sessions_in(folder)
    assert sessions_in(folder) == first
    assert counted == ["a.insole"]
    (summary,) = first.summaries
    assert [(s.exercise, len(s.held), s.reps) for s in summary.sets] == [
        ("isometric_hold", 2, 0), ("eccentric_raise", 0, 3)
    ]  # fmt: skip
    assert first.problems == ()


def test_a_changed_file_is_read_again_with_its_ratings(folder, counted):
    sessions_in(folder)
    told = json.dumps({"when": "worst", "side": "left", "score": 4})
    add_mark(folder / "a.insole", Mark(10**9, "pain", told))
    (summary,) = sessions_in(folder).summaries
    assert summary.pain == (PainMark("worst", "left", 4),)
    assert counted == ["a.insole"] * 2


def test_a_file_of_the_same_size_and_a_new_time_is_read_again(folder, quick):
    sessions_in(folder)
    os.utime(folder / "a.insole", (1, 1))
    sessions_in(folder)
    assert quick == ["a.insole"] * 2


def test_a_changed_program_reads_all_again(folder, quick, monkeypatch):
    sessions_in(folder)
    monkeypatch.setattr(cache, "software", lambda: "another")
    sessions_in(folder)
    assert quick == ["a.insole"] * 2


def test_the_program_is_known_by_its_files(monkeypatch, tmp_path):
    monkeypatch.undo()
    before = cache.software()
    assert cache.software() == before
    (tmp_path / "history").mkdir()
    monkeypatch.setattr(cache.history, "__file__", str(tmp_path / "history" / "__init__.py"))
    (tmp_path / "a.py").write_text("x = 1\n")
    changed = cache.software()
    assert changed != before
    (tmp_path / "a.py").write_text("x = 10\n")
    assert cache.software() != changed


@pytest.mark.usefixtures("quick")
def test_a_file_that_is_gone_counts_no_more(folder):
    sessions_in(folder)
    (folder / "a.insole").unlink()
    assert sessions_in(folder).summaries == ()


@pytest.mark.parametrize(
    "damage",
    [
        "", "{", "[]", '{"software": "this", "sessions": 3}',
        '{"software": "this", "sessions": {"a.insole": [1, 2]}}',
    ],
)  # fmt: skip
def test_a_damaged_cache_is_made_anew(folder, damage, quick):
    sessions_in(folder)
    (place,) = (folder.parent / "cache" / "history").iterdir()
    place.write_text(damage)
    assert len(sessions_in(folder).summaries) == 1
    assert quick == ["a.insole"] * 2


def test_a_cache_that_cannot_be_kept_only_costs_time(folder, quick, caplog):
    (folder.parent / "cache").write_text("in the way")
    assert len(sessions_in(folder).summaries) == len(sessions_in(folder).summaries) == 1
    assert quick == ["a.insole"] * 2
    assert "cannot be" in caplog.text


def test_a_broken_file_is_said_and_the_others_count(folder, counted):
    (folder / "b.insole").write_bytes(b"SQLite format 3\0" + bytes(500))
    for _ in range(2):
        found = sessions_in(folder)
        assert len(found.summaries) == 1
        (problem,) = found.problems
        assert "b.insole" in problem
    assert sorted(counted) == ["a.insole", "b.insole"]


def test_a_fault_of_ours_costs_one_session_and_is_not_remembered(folder, monkeypatch, counted):
    def fail(_):
        raise ZeroDivisionError("oh")

    with monkeypatch.context() as patch:
        patch.setattr(sessions, "_summary", fail)
        (problem,) = sessions_in(folder).problems
        assert "a fault in the program (ZeroDivisionError: oh)" in problem
    assert len(sessions_in(folder).summaries) == 1
    assert counted == ["a.insole"]


@pytest.mark.usefixtures("quick")
def test_a_copy_of_a_session_counts_once(folder):
    shutil.copy(folder / "a.insole", folder / "copy.insole")
    found = sessions_in(folder)
    assert len(found.summaries) == 1
    assert "copy.insole: is the same session as a.insole, which counts once" in found.problems


@pytest.mark.usefixtures("quick")
def test_a_session_of_a_wrong_clock_is_left_out_until_then(folder):
    (summary,) = sessions_in(folder).summaries
    before = summary.started_at.replace(year=summary.started_at.year - 1)
    found = sessions_in(folder, now=before)
    assert found.summaries == ()
    assert "which is to come" in found.problems[0]


def test_progress_is_told_and_kept_on_the_way(folder, monkeypatch):
    for name in "bcd":
        shutil.copy(folder / "a.insole", folder / f"{name}.insole")
    monkeypatch.setattr(sessions, "_summary", lambda path: Summary(path.name, None))
    monkeypatch.setattr(sessions, "KEEP_EVERY", 2)
    told = []

    def tell(done, of):
        told.append((done, of))
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sessions_in(folder, tell=tell)
    assert told == [(0, 4), (1, 4), (2, 4), (3, 4)]
    assert sorted(load_cache(folder, "this")) == ["a.insole", "b.insole"]


def test_whoever_keeps_last_leaves_a_whole_cache(tmp_path):
    for names in ("ab", "bc"):
        save_cache(tmp_path, "this", {n: Kept(State(1, 2), SUMMARY) for n in names})
    assert load_cache(tmp_path, "this") == {n: Kept(State(1, 2), SUMMARY) for n in "bc"}
    assert load_cache(tmp_path, "other") == {}


def test_a_session_without_a_time_has_no_place_in_the_history(folder, monkeypatch):
    monkeypatch.setattr(sessions, "_summary", lambda _: Summary("abc", None))
    found = sessions_in(folder, now=datetime.now(UTC))
    assert found.summaries == ()
    assert "does not say when" in found.problems[0]
