"""The programme on the command line: taken up, followed, ticked, rated, asked about."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta

import pytest
from click.testing import CliRunner

from insole.cli import next_step, prescribed, programme, tick, timer, today
from insole.cli import pain as pain_command
from insole.cli.main import main
from insole.cli.timer import count_down
from insole.history import cache
from insole.journal import read_journal
from insole.programme.load import read_text


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A sessions folder and a cache of the test's own, and a clock that stands still."""
    place = tmp_path / "sessions"
    monkeypatch.setenv("INSOLE_SESSIONS", str(place))
    monkeypatch.setattr(cache, "user_cache_path", lambda *_, **__: tmp_path / "cache")
    monkeypatch.setattr("insole.profile.user_config_path", lambda *_, **__: tmp_path / "config")
    return place


@pytest.fixture
def clock(monkeypatch):
    """Set what time it is."""

    def set_clock(now):
        for module in (prescribed, programme, next_step, today, tick, pain_command):
            monkeypatch.setattr(module, "present", lambda: now)

    return set_clock


@pytest.fixture
def somebody(monkeypatch):
    """Somebody sits at a terminal."""
    monkeypatch.setattr(prescribed, "_somebody_is_there", lambda: True)


@pytest.fixture
def demo(folder, fixtures):
    """A session of two holds of 10 s and three raises; returns when it began."""
    folder.mkdir(exist_ok=True)
    shutil.copy(fixtures / "sessions" / "demo.insole", folder)
    from insole.history.sessions import sessions_in

    (summary,) = sessions_in(folder).summaries
    return summary.started_at


def run(*words, typed=None):
    return CliRunner().invoke(main, words, input=typed)


def ok(*words, typed=None) -> str:
    result = run(*words, typed=typed)
    assert result.exit_code == 0, result.output
    return result.stdout


def use():
    ok("programme", "use", "heel_pain")


@pytest.mark.parametrize(
    "words",
    [["today"], ["tick", "toe_yoga"], ["timer", "soft_tissue"], ["pain", "3", "--when", "later"],
     ["programme", "set", "hold_single"], ["programme", "confirm", "single_leg"]],
)  # fmt: skip
def test_without_a_programme_it_is_said_how_to_take_one_up(words, folder):
    result = run(*words)
    assert result.exit_code == 2
    assert "insole programme use heel_pain" in result.stderr
    assert not folder.exists()


def test_what_is_due_is_shown_in_eighty_columns():
    use()
    text = ok("today", "--why")
    assert "3 rounds of 30 s (hold_double 30x3)" in text
    assert "nothing done yet since the programme began" in text
    assert max(map(len, text.splitlines())) <= 80


def test_ticked_and_measured_stand_apart():
    use()
    assert ok("tick", "toe_yoga", "--side", "left", "--sets", "2") == (
        "toe_yoga, left: 2 of 2 sets ticked today\n"
    )
    ok("tick", "isometric_hold", "--sets", "3")
    text = ok("today")
    rows = [line.split() for line in text.splitlines()]
    assert ["toe_yoga", "left", "2", "2", "0"] in rows
    assert ["toe_yoga", "right", "2", "0", "0"] in rows
    assert "3 sets of isometric_hold ticked; no rule uses them" in " ".join(text.split())
    assert json.loads(ok("today", "--json"))["bouts"] == {
        "done": 0, "min": 1, "max": 3, "word": "missed"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["tick", "toe_yogi"], "did you mean toe_yoga?"),
        (["tick", "ankle_pumps", "--side", "left"], "leave --side out"),
        (["tick", "toe_yoga", "--sets", "0"], "1<=x<=50"),
        (["timer", "toe_yoga", "--side", "left"], "no time for toe_yoga"),
        (["timer", "soft_tissue"], "give --side"),
        (["programme", "set", "handstand"], "no stage"),
        (["programme", "set", "hold_double", "99x9"], "accepted: 30x3, 30x5, 45x3, 45x5"),
        (["programme", "confirm", "two_leg"], "accepted: single_leg"),
        (["pain", "11", "--when", "later"], "0<=x<=10"),
        (["pain", "-1", "--when", "later"], "option"),
        (["pain", "3.5", "--when", "later"], "integer"),
        (["pain", "3"], "--when"),
        (["pain", "3", "--when", "later"], "record one first"),
        (["history", "--since", "yesterday"], "write 2026-11-24"),
        (["history", "--since", "99999999999d"], "is no day"),
        (["history", "--json", "--csv"], "give one of"),
    ],
)
def test_what_cannot_be_is_a_sentence_and_nothing_is_noted(words, says, folder):
    use()
    result = run(*words)
    assert result.exit_code == 2
    assert says in " ".join(result.stderr.split())
    assert len(read_journal(folder).entries) == 1


def test_choices_by_hand_are_noted_and_explained():
    use()
    assert "raise_single to_fatigue" in ok("programme", "set", "raise_single", "--side", "left")
    assert "it opens hold_single" in ok("programme", "confirm", "single_leg")
    text = " ".join(ok("today", "--why").split())
    assert "left leg Raise on one leg" in text
    assert "right leg Hold on both feet" in text
    assert "confirm: single_leg confirmed on" in text


def test_a_changed_programme_goes_on_and_a_wrong_one_changes_nothing(tmp_path):
    use()
    ok("programme", "set", "hold_double", "45x3")
    mine = tmp_path / "mine.toml"
    mine.write_text(read_text().replace("reps_more_than = 15", "reps_more_than = 20"))
    ok("programme", "use", str(mine))
    assert "hold_double 45x3" in ok("today")
    assert "more than 20 in a set" in ok("programme", "show")
    mine.write_text("schema = 1")
    result = run("programme", "use", str(mine))
    assert result.exit_code == 4
    assert "more than 20 in a set" in ok("programme", "show")
    assert run("programme", "use", str(tmp_path)).exit_code == 4


def test_pain_told_later_belongs_to_the_last_session(demo, clock):
    clock(demo - timedelta(hours=1))
    use()
    clock(demo + timedelta(minutes=10))
    assert ok("pain", "3", "--when", "later", "--side", "left") == "noted: 3 of 10, left foot\n"
    assert "ask your therapist" in ok("pain", "6", "--when", "worst")
    (line,) = [json.loads(one) for one in ok("history", "--json", "--exercise",
                                             "isometric_hold").splitlines()]  # fmt: skip
    assert (line["pain_later_left"], line["pain_later_right"], line["pain_worst_right"]) == (
        3, None, 6
    )  # fmt: skip
    assert "STOP: pain reached 6 of 10" in " ".join(ok("today").split())
    clock(demo + timedelta(hours=37))
    assert run("pain", "3", "--when", "later").exit_code == 2


def test_pain_of_this_morning_belongs_to_yesterday(folder, demo, clock):
    clock(demo - timedelta(hours=1))
    use()
    clock(demo + timedelta(days=1))
    ok("pain", "4", "--when", "next_morning")
    clock(demo + timedelta(days=3))
    ok("pain", "1", "--when", "next_morning")
    sessions = [rating.session for rating in read_journal(folder).ratings]
    assert sessions[0] != ""
    assert sessions[1] == ""


def test_a_report_says_what_is_next_and_how_it_hurt(folder, demo, clock):
    clock(demo - timedelta(hours=1))
    use()
    clock(demo + timedelta(hours=1))
    ok("pain", "2", "--when", "before")
    text = ok("report", str(folder / "demo.insole"))
    assert "What is next" in text
    assert "target not met" in text
    report = json.loads(ok("report", str(folder / "demo.insole"), "--json"))
    (decision,) = report["programme"]["decision"]
    assert (decision["decision"], decision["step"]) == ("stay", "30x3")
    assert [(one["side"], one["before"]) for one in report["pain"]] == [("left", 2), ("right", 2)]
    clock(demo - timedelta(minutes=30))
    ok("programme", "set", "raise_single")
    clock(demo + timedelta(hours=1))
    assert "no set was seen of what is due (Raise on one leg" in " ".join(
        ok("report", str(folder / "demo.insole")).split()
    )
    (folder / "programme.toml").write_text("schema = 1")
    result = run("report", str(folder / "demo.insole"))
    assert result.exit_code == 0
    assert "what is next is left out" in result.stderr


@pytest.mark.usefixtures("demo")
def test_history_is_a_table_commas_and_a_picture(tmp_path):
    text = ok("history")
    assert "holds on both feet" in text
    assert max(map(len, text.splitlines())) <= 80
    assert len(ok("history", "--csv").splitlines()) == 3
    png = tmp_path / "trend.png"
    assert ok("history", "--plot", str(png)) == f"{png}\n"
    assert png.read_bytes().startswith(b"\x89PNG")
    assert run("history", "--plot", str(png)).exit_code == 4
    assert "nothing was done yet" in ok("history", "--since", "2030-01-01")


# Timers -----------------------------------------------------------------------------------------


def test_a_timer_shows_whole_seconds_and_ends_in_time():
    now, shown = [100.0], []

    def sleep(seconds):
        now[0] += seconds + 0.01  # a system wakes late

    count_down(3.5, shown.append, clock_s=lambda: now[0], sleep=sleep)
    assert [round(left_s, 1) for left_s in shown] == [3.5, 3.0, 2.0, 1.0, 0.0]
    assert now[0] == pytest.approx(103.5, abs=0.1)


def test_a_timer_that_ran_out_is_ticked(folder, monkeypatch):
    use()
    lengths = []
    monkeypatch.setattr(timer, "count_down", lambda length_s, _: lengths.append(length_s))
    assert "1 of 1 sets ticked" in ok("timer", "soft_tissue", "--side", "left")
    ok("timer", "toe_yoga", "--side", "right", "--duration", "1:30")
    assert lengths == [120.0, 90.0]
    assert [t.exercise for t in read_journal(folder).ticks] == ["soft_tissue", "toe_yoga"]


def test_a_timer_ended_early_is_not_ticked(folder, monkeypatch):
    use()

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(timer, "count_down", interrupted)
    result = run("timer", "soft_tissue", "--side", "left")
    assert result.exit_code == 1
    assert "not ticked" in result.stderr
    assert read_journal(folder).ticks == ()


# What is asked ----------------------------------------------------------------------------------


@pytest.mark.usefixtures("somebody")
@pytest.mark.parametrize(("typed", "followed"), [("\n", True), ("y\n", True), ("n\n", False)])
def test_the_programme_is_offered_once(typed, followed, monkeypatch):
    asked = []
    really = prescribed.click.confirm
    monkeypatch.setattr(
        prescribed.click, "confirm", lambda *w, **n: asked.append(w) or really(*w, **n)
    )

    @prescribed.click.command()
    def record():
        prescribed.offer(None)

    for _ in range(2):
        assert CliRunner().invoke(record, input=typed).exit_code == 0
    assert len(asked) == 1
    assert (prescribed.in_use(None) is not None) == followed


def test_nothing_is_asked_where_nobody_is():
    prescribed.offer(None)
    assert prescribed.in_use(None) is None
    use()
    ok("today")


@pytest.mark.usefixtures("somebody")
def test_what_was_not_said_is_asked_once(folder, demo, clock):
    clock(demo - timedelta(hours=1))
    use()
    clock(demo + timedelta(minutes=1))
    assert "you did not say" not in run("today").stderr  # it had no time to settle yet
    clock(demo + timedelta(days=1))
    result = run("today", typed="2\nmuch\n11\n\n3\n\n")
    assert result.exit_code == 0
    assert "you did not say" in result.stderr
    assert result.stderr.count("from 0 to 10, or Enter alone") == 2
    told = [(r.when, r.side, r.score) for r in read_journal(folder).ratings]
    assert told == [("later", "left", 2), ("later", "right", None),
                    ("next_morning", "left", 3), ("next_morning", "right", None)]  # fmt: skip
    again = run("today")
    assert again.stderr == ""
    clock(demo + timedelta(days=2))
    assert "first steps" in run("today", typed="\n\n").stderr
    assert run("today", "--json").stderr == ""


# Somebody who is not there ----------------------------------------------------------------------


@pytest.mark.slow
def test_a_simulated_person_leaves_a_folder_that_can_be_looked_at(tmp_path):
    lines = ok(
        "simulate", "heel_pain_course", "--days", "1", "--cheat", "-o", str(tmp_path)
    ).splitlines()
    place = tmp_path / "heel_pain_course_1"
    assert lines[-1] == str(place)
    assert "both  stay" in lines[0]
    assert "holds on both feet" in ok("history", "--folder", str(place))
    assert "hold_double 30x3" in ok("today", "--folder", str(place))
    assert run("simulate", "heel_pain_course", "-o", str(tmp_path)).exit_code == 4


@pytest.mark.parametrize(
    "words",
    [["demo", "--cheat"], ["demo", "--days", "3"], ["heel_pain_course", "--people", "2"],
     ["heel_pain_course", "--role", "left"], ["heel_pain_course", "--days", "0"]],
)  # fmt: skip
def test_options_of_the_course_are_its_own(words):
    assert run("simulate", *words).exit_code == 2
