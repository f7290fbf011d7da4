"""Rocks over the toes that a calibration taught, judged, kept, and used in a later session."""

from __future__ import annotations

import asyncio
import json
import shutil
from dataclasses import replace

import pytest
from click.testing import CliRunner

import insole
from insole import kept, profile
from insole.calibrated import rocks_of
from insole.cli.main import main
from insole.kept import centres_of, keep_calibration, kept_calibration, soles_of
from insole.record.recorder import record
from insole.record.store import Device, SessionMeta, Store, add_mark, open_session
from insole.recording.guide import ROCKS, TASKS, Guide
from insole.sim.link import rig
from insole.sim.scenario import load_scenario, parse
from tests.test_calibrated import SPEC, Replay, marks_of

ROCKING = """
name = "rocks"
description = "Rocks in the time of the guide, or two rounds of them after a quiet stand"
[[block]]
kind = "stand"
duration_s = {stand_s}
[[block]]
kind = "rocking"
reps = {reps}
rock_s = {rock_s}
excursion_mm = 15.0
[[block]]
kind = "stand"
duration_s = 4.0
"""
SEED = 2
DONE = Guide((*TASKS, *ROCKS))


def made(path, scenario, marks=(), attached=None):
    """Return the path of a session of the same simulated person in a scenario."""
    links, truth = rig(scenario, SPEC, SEED)
    facts = SessionMeta("2026-01-01T00:00:00Z", body_mass_kg=truth.person.mass_kg)
    with Store.create(path, facts) as store:
        for link in links:
            store.add_device(Device(link.role, SPEC.id, SPEC.toml, SPEC.hash, SPEC.name))
        asyncio.run(record([Replay(link.role, link.items) for link in links], store))
        for mark in marks:
            store.mark(mark)
        if attached:
            store.attach(kept.ATTACHMENT, attached)
    return path


@pytest.fixture(scope="module")
def taught(tmp_path_factory):
    """A session of the guided minute with the rocks."""
    minute = load_scenario("calibration")
    *before, hold, _ = minute.blocks
    rocks = parse(ROCKING.format(stand_s=1.0, reps=1, rock_s=8.4)).blocks
    blocks = (*before, replace(hold, pause_s=1.5, top_s=11.0), *rocks)
    path = tmp_path_factory.mktemp("taught") / "taught.insole"
    return made(path, replace(minute, blocks=blocks), DONE.marks(0, 10**12))


@pytest.fixture
def calibrate(tmp_path, monkeypatch):
    """Return a function that judges the steps in a session again."""
    monkeypatch.setattr(profile, "user_config_path", lambda _: tmp_path / "config")
    return lambda path: CliRunner().invoke(main, ["calibrate", str(path)])


@pytest.fixture
def content(taught, calibrate):
    """What `insole calibrate` keeps of that session for later ones."""
    result = calibrate(taught)
    assert result.exit_code == 0, result.output
    assert "rocking             accepted\n" in result.stdout
    with open_session(taught) as file:
        return kept_calibration(soles_of(file.devices.values()))


def test_the_guide_asks_for_the_rocks_last():
    steps = [json.loads(m.json)["step"] for m in DONE.marks(0, 10**12)]
    assert steps[-6::2] == ["rock_big", "rock_middle", "rock_little"]
    assert [toe for toe, *_ in rocks_of(DONE.marks(0, 10**12), 0.0)] == ["big", "middle", "little"]
    assert DONE.length_s - Guide().length_s == 27.0


def test_what_was_taught_tells_the_toes_in_a_later_session(content, tmp_path):
    later = parse(ROCKING.format(stand_s=8.0, reps=2, rock_s=4.0))
    alone = insole.load(made(tmp_path / "alone.insole", later)).report()
    assert alone.rocking
    assert {row.direction for row in alone.rocking} == {None}
    path = made(tmp_path / "later.insole", later, attached=content)
    report = insole.load(path).report()
    assert report.calibration["method"] == "earlier"
    assert report.calibration["rocking"] == json.loads(content)["rocking"]
    told = [row.direction for row in report.rocking]
    assert {"big", "middle", "little"} <= set(told)
    assert told.count("unclear") <= len(told) / 3


def test_rocks_stay_known_when_the_minute_is_repeated_without_them(content, taught):
    with open_session(taught) as file:
        minute = insole.load(taught).calibration
        keep_calibration(file, minute)
        again = kept_calibration(soles_of(file.devices.values()))
        assert json.loads(again)["rocking"] == json.loads(content)["rocking"]
        keep_calibration(file, minute, rocking={"left": (-9.0, 0.0, 9.0)})
        one = json.loads(kept_calibration(soles_of(file.devices.values())))["rocking"]
    assert one["left"] == [-9.0, 0.0, 9.0]
    assert one["right"] == json.loads(content)["rocking"]["right"]


def test_rocks_that_did_not_go_apart_are_refused_and_the_minute_is_kept(
    taught, calibrate, tmp_path
):
    path = shutil.copy(taught, tmp_path / "s.insole")
    for mark in marks_of("rock_big", 86.0, 90.5):  # over the little toes again
        add_mark(path, mark)
    result = calibrate(path)
    assert result.exit_code == 4
    assert "rocking             not accepted, left and right: " in result.stdout
    assert "repeat" in result.stdout
    assert "kept for later sessions" in result.stderr
    assert insole.load(path).report().calibration["rocking"] == {}


@pytest.mark.parametrize(
    "stored",
    [{"rocking": {"left": [1.0, 2.0]}}, {"rocking": {"both": [1, 2, 3]}}, {"rocking": 7},
     {"rocking": {"left": [1.0, 2.0, float("nan")]}}, {"rocking": {"left": "abc"}}],
)  # fmt: skip
def test_places_of_rocks_that_cannot_be_are_refused(stored):
    with pytest.raises((AttributeError, TypeError, ValueError)):
        centres_of(stored)


def test_a_calibration_kept_before_rocks_were_taught_has_none():
    assert centres_of({"soles": "x"}) == {}
