"""Soles that were on the other feet than their names say: found, said, and told by feet."""

from __future__ import annotations

import json
import shutil
from functools import partial
from types import SimpleNamespace

import pandas as pd
import pytest
from click.testing import CliRunner

import insole
from insole import profile
from insole.cli.main import main
from insole.filter.press import SWAPPED, press_verdict
from insole.kept import soles_of
from insole.record.store import Device, Mark, add_mark, open_session
from insole.recording.file import keeper
from insole.recording.source import replayed
from insole.report import text
from insole.worn import as_worn, can_exchange, is_exchanged, sides_mark
from tests.test_calibrated import guided, session


@pytest.mark.parametrize(
    ("loads_n", "standing", "words"),
    [
        ((650.0, 20.0), {}, ""),
        ((650.0, 20.0), {"left_n": 690.0, "right_n": 10.0}, ""),
        ((20.0, 650.0), {}, SWAPPED),
        ((20.0, 650.0), {"left_n": 250.0, "right_n": 450.0}, SWAPPED),
        ((400.0, 270.0), {}, "stayed on both feet"),
        ((450.0, 250.0), {"left_n": 420.0, "right_n": 280.0}, "stayed on both feet"),
        ((20.0, 20.0), {}, "nobody stood"),
    ],
)
def test_the_left_heel_pressed_confirms_or_refutes_the_sides(loads_n, standing, words):
    part = pd.DataFrame([loads_n] * 9, columns=["left_n", "right_n"])
    verdict = press_verdict(part, standing)
    assert verdict.accepted == (not words)
    assert words in verdict.advice


def test_one_sole_alone_cannot_be_told_from_the_other():
    assert "put on both" in press_verdict(pd.DataFrame({"left_n": [700.0]}), {}).advice


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """The same minute and hold, recorded by the right names and by the wrong ones."""
    folder = tmp_path_factory.mktemp("worn")
    right = session(folder / "right.insole", marks=guided())
    wrong = session(folder / "wrong.insole", marks=guided(), roles=("right", "left"))
    return right, wrong


@pytest.fixture(scope="module")
def calibrated(recorded, tmp_path_factory):
    """The session with wrong names after `insole calibrate FILE`, and what that said."""
    folder = tmp_path_factory.mktemp("calibrated")
    path = shutil.copy(recorded[1], folder / "s.insole")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(profile, "user_config_path", lambda _: folder / "config")
        yield path, CliRunner().invoke(main, ["calibrate", str(path)])


def test_until_it_is_judged_the_report_says_what_to_do(recorded):
    verdict = insole.load(recorded[1]).report().calibration["verdicts"][0]
    assert (verdict["accepted"], verdict["advice"]) == (False, SWAPPED)


def test_all_that_is_told_goes_by_feet_and_the_bytes_stay(recorded, calibrated):
    path, result = calibrated
    assert result.exit_code == 0, result.stderr
    assert "the two are exchanged" in result.stderr
    assert "left heel pressed   accepted" in result.stdout
    right, told = insole.load(recorded[0]), insole.load(path)
    assert told.exchanged
    assert not right.exchanged
    pd.testing.assert_frame_equal(told.forces, right.forces)
    for side in ("left", "right"):
        pd.testing.assert_frame_equal(told.samples[side], right.samples[side])
        pd.testing.assert_frame_equal(told.sensors[side], right.sensors[side])
    ours, theirs = told.report(), right.report()
    assert (ours.holds, ours.weight_shift, ours.events) == (
        theirs.holds, theirs.weight_shift, theirs.events,
    )  # fmt: skip
    assert ours.calibration["sides"] == "exchanged"
    assert "sides" not in theirs.calibration
    assert "are exchanged here" in " ".join(text.render(ours).split())
    with open_session(path) as now, open_session(recorded[1]) as before:
        for stream in before.streams():
            assert now.packets(*stream).payload == before.packets(*stream).payload
        assert now.devices == before.devices


def test_judged_again_it_stays_exchanged(calibrated):
    path, _ = calibrated
    again = CliRunner().invoke(main, ["calibrate", str(path)])
    assert again.exit_code == 0
    assert "exchanged" not in again.stderr
    assert insole.load(path).exchanged


def test_a_calibration_is_kept_for_the_soles_under_their_right_names(calibrated):
    path, _ = calibrated
    (kept,) = (path.parent / "config" / "calibrations").iterdir()
    with open_session(path) as file:
        assert kept.stem == soles_of(as_worn(file).devices.values())


@pytest.mark.parametrize("called", [("left", "right"), ("right", "left")])
def test_soles_that_were_calibrated_on_the_other_feet_are_warned_of(
    tmp_path, monkeypatch, caplog, called
):
    monkeypatch.setattr(profile, "user_config_path", lambda _: tmp_path / "config")
    members = [
        SimpleNamespace(introduce=partial(Device, role, "sim_insole", address_hash=address))
        for role, address in zip(called, ("a", "b"), strict=True)
    ]
    ours = [Device("left", "sim_insole", address_hash="a"),
            Device("right", "sim_insole", address_hash="b")]  # fmt: skip
    folder = tmp_path / "config" / "calibrations"
    folder.mkdir(parents=True)
    (folder / f"{soles_of(ours)}.json").write_text("{}")
    live = SimpleNamespace(members=members, now_ns=lambda: 0, started=None, exercise="", note="",
                           scenario="", seed=None)  # fmt: skip
    keeper(tmp_path / "live.insole")(live).close()
    assert ("each was on the other foot" in caplog.text) == (called == ("right", "left"))


def test_a_minute_without_the_left_heel_is_kept_as_well(tmp_path, monkeypatch):
    monkeypatch.setattr(profile, "user_config_path", lambda _: tmp_path / "config")
    path = session(tmp_path / "s.insole", marks=guided()[2:])
    result = CliRunner().invoke(main, ["calibrate", str(path)])
    assert result.exit_code == 0
    assert "left heel pressed   not done" in result.stdout
    assert "kept for later sessions" in result.stderr


def test_corrections_by_hand_see_the_same_feet(calibrated):
    told = insole.load(calibrated[0])
    first = told.report()
    other = told.with_marks(Mark(0, "note", "{}"))
    assert other.exchanged
    assert other.report().holds == first.holds
    back = told.with_marks(sides_mark(0, exchanged=False))
    assert not back.exchanged
    assert not back.report().calibration["verdicts"][0]["accepted"]


def test_what_is_played_again_goes_by_feet(calibrated):
    path, _ = calibrated
    with open_session(path) as file:
        (left,) = [m for m in replayed(path).members if m.link.role == "left"]
        assert left.introduce() == as_worn(file).devices["left"]
        assert as_worn(file).packets("left", "data") == file.packets("right", "data")


@pytest.mark.parametrize("note", ["", "{", "[]", "7", '{"sides": 1}', '{"sides": ["exchanged"]}'])
def test_marks_that_say_nothing_exchange_nothing(recorded, tmp_path, note):
    path = shutil.copy(recorded[0], tmp_path / "s.insole")
    add_mark(path, Mark(0, "calibration", note))
    with open_session(path) as file:
        assert can_exchange(file)
        assert not is_exchanged(file)
        assert as_worn(file) is file


def test_the_last_mark_counts(recorded, tmp_path):
    path = shutil.copy(recorded[0], tmp_path / "s.insole")
    for exchanged in (True, False, True):
        add_mark(path, sides_mark(0, exchanged=exchanged))
        with open_session(path) as file:
            assert is_exchanged(file) == exchanged
    assert json.loads(sides_mark(0, exchanged=True).json) == {"sides": "exchanged"}
