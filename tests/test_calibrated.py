"""A guided calibration in a session, an earlier one that it carries, and the loads that follow."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from functools import cache
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

import insole
from insole import kept, profile
from insole.calibrated import calibrated, rocks_of, steps_of
from insole.cli.importing import create_session, read_source
from insole.filter import calibration as cal
from insole.kept import keep_calibration, kept_calibration, soles_of
from insole.profile import Profile
from insole.record.recorder import record
from insole.record.store import Device, Mark, SessionMeta, Store, add_mark, open_session
from insole.recording import file as recording_file
from insole.recording.guide import Guide
from insole.report.text import render
from insole.sim.link import rig
from insole.sim.scenario import load_scenario, parse
from insole.spec import load_spec
from insole.tables import SIDES, rate_hz
from insole.units import G0

if TYPE_CHECKING:
    from pathlib import Path

SPEC = load_spec("sim_insole")
EVEN = """
name = "even"
description = "A hold, evenly loaded on soles that err on tiptoe"
[sensors]
tiptoe_gains = [1.2, 1.45]
[person]
left_share = 0.5
restless = 0.1
[[block]]
kind = "hold"
up_s = 1.5
top_s = 12.0
down_s = 2.0
pause_s = 6.0
[[block]]
kind = "stand"
duration_s = 5.0
"""
LATER = EVEN.replace("[[block]]", '[[block]]\nkind = "stand"\nduration_s = 8.0\n[[block]]', 1)
FULL = replace(parse(EVEN), blocks=(*load_scenario("calibration").blocks, *parse(EVEN).blocks))


@cache
def sent(later, seed):
    """Return what both soles send, and the person's mass in kg."""
    links, truth = rig(parse(LATER) if later else FULL, SPEC, seed)
    return [link.items for link in links], truth.person.mass_kg


class Replay:
    """A link that sends stored items."""

    def __init__(self, role, items):
        self.role, self._items = role, items

    async def open(self):
        pass

    async def close(self):
        pass

    async def notifications(self):
        for item in self._items:
            yield replace(item, role=self.role)


def session(path, *, marks=(), later=False, weight=True, seed=0, attached=(), roles=SIDES, **meta):
    """Return the path of a session of the guided minute and a hold, or of the hold alone."""
    items, mass_kg = sent(later, seed)
    facts = SessionMeta("2026-01-01T00:00:00Z", body_mass_kg=mass_kg if weight else None, **meta)
    with Store.create(path, facts) as store:
        for role in SIDES:
            store.add_device(Device(role, SPEC.id, SPEC.toml, SPEC.hash, SPEC.name))
        links = [Replay(role, one) for role, one in zip(roles, items, strict=True)]
        asyncio.run(record(links, store))
        for mark in marks:
            store.mark(mark)
        for name, content in attached:
            store.attach(name, content)
    return path


def guided(**steps):
    """Return the marks of the guided minute; of steps named only those."""
    every = Guide().marks(0, 10**12)
    return [m for m in every if not steps or steps.get(json.loads(m.json)["step"])]


def marks_of(step, start_s, end_s):
    return [
        Mark(round(at_s * 1e9), "calibration", json.dumps({"step": step, "event": event}))
        for at_s, event in ((start_s, "start"), (end_s, "end"))
    ]


def robinson(report):
    (row,) = [r for r in report.weight_shift if r.robinson_si_pct.value is not None][-1:]
    return row.robinson_si_pct


@pytest.fixture
def path(tmp_path):
    return tmp_path / "s.insole"


# Guided, in the session itself -------------------------------------------------------------------


MISSED = pytest.mark.xfail(strict=True, reason="6.0 % where 5 % were asked for")


@pytest.mark.parametrize(
    "seed",
    [
        0,
        1,
        *(pytest.param(k, marks=pytest.mark.slow) for k in range(2, 19)),
        pytest.param(19, marks=[pytest.mark.slow, MISSED]),
    ],
)
def test_even_load_on_tiptoe_reads_even_and_body_weight_is_right(path, seed):
    report = insole.load(session(path, marks=guided(), seed=seed)).report()
    index = robinson(report)
    assert abs(index.value) <= 5.0
    assert index.quality == "ok"
    weight_n = sent(later=False, seed=seed)[1] * G0
    assert report.body_weight_n.value == pytest.approx(weight_n, rel=0.02)
    assert report.body_weight_n.quality == "ok"
    assert [v["accepted"] for v in report.calibration["verdicts"]] == [True] * 5


def test_without_calibration_the_same_load_is_uneven_and_flagged(path):
    report = insole.load(session(path, later=True)).report()
    index = robinson(report)
    assert abs(index.value) > 10.0
    assert index.reasons == ("uncalibrated_tiptoe",)
    assert report.body_weight_n.reasons == ("uncalibrated",)


def test_the_guided_minute_is_no_exercise(path, tmp_path):
    assert len(insole.load(session(path)).holds) == 2
    assert len(insole.load(session(tmp_path / "t.insole", marks=guided())).holds) == 1


def test_without_a_weight_the_feet_compare_and_the_weight_stays_in_doubt(path):
    report = insole.load(session(path, marks=guided(), weight=False)).report()
    assert abs(robinson(report).value) <= 5.0
    assert report.body_weight_n.reasons == ("uncalibrated",)


def test_without_tiptoe_the_doubt_about_tiptoe_stays(path):
    marks = guided(unloaded=1, quiet_stand=1, shift_flat=1)
    session_file = insole.load(session(path, marks=marks))
    report = session_file.report()
    assert robinson(report).reasons == ("uncalibrated_tiptoe",)
    assert report.body_weight_n.quality == "ok"
    assert session_file.calibration.tiptoe is None


def test_a_quiet_stand_alone_gives_the_scale_and_says_what_is_missing(path):
    report = insole.load(session(path, marks=guided(unloaded=1, quiet_stand=1))).report()
    assert report.body_weight_n.quality == "ok"
    assert "weight shifts" in report.calibration["reason"]
    assert report.calibration["flat"] is None
    assert "uncalibrated" in report.quality["left"].flags


@pytest.mark.parametrize(
    ("step", "span_s", "words"),
    [
        ("press_left", (22.0, 25.0), "weight stayed on both feet"),
        ("press_left", (13.0, 16.0), "nobody stood"),
        ("unloaded", (22.0, 25.0), "lift both feet"),
        ("quiet_stand", (36.0, 46.0), "stand still"),
        ("quiet_stand", (10.0, 16.0), "stand on both feet"),
        ("shift_flat", (21.0, 31.0), "lean slowly and further"),
        ("shift_tiptoe", (21.0, 31.0), "did not stand on tiptoe"),
    ],
)
def test_a_step_done_wrong_is_refused_and_leaves_the_report_whole(path, step, span_s, words):
    others = {s: 1 for s in cal.STEPS if s != step}
    marks = [*guided(**others), *marks_of(step, *span_s)]
    report = insole.load(session(path, marks=marks)).report()
    (verdict,) = [v for v in report.calibration["verdicts"] if v["step"] == step]
    assert not verdict["accepted"]
    assert words in verdict["advice"]


@pytest.mark.parametrize(
    "note",
    ["", "{", "[]", "7", '{"step": "dance", "event": "start"}', '{"step": "unloaded"}',
     '{"step": ["unloaded"], "event": "start"}'],
)  # fmt: skip
def test_marks_that_say_nothing_are_no_step(note):
    assert steps_of([Mark(0, "calibration", note), Mark(10**9, "calibration", note)], 0.0) == []


def test_a_step_begins_and_ends_on_the_clock_of_the_table():
    marks = [*marks_of("unloaded", 5.0, 8.0), *marks_of("quiet_stand", 13.0, 23.0)[:1]]
    assert steps_of(reversed(marks), 0.5) == [cal.Step("unloaded", 4.5, 7.5)]


# An earlier one ----------------------------------------------------------------------------------


@pytest.fixture
def earlier(path, tmp_path):
    """What is kept of an earlier session of the same person."""
    first = insole.load(session(path, marks=guided()))
    with open_session(path) as file:
        keep_calibration(file, first.calibration, tmp_path)
        return kept_calibration(soles_of(file.devices.values()), tmp_path)


def attached(content):
    return {"attached": ((kept.ATTACHMENT, content),), "later": True}


def test_three_quiet_seconds_make_an_earlier_calibration_count(earlier, tmp_path):
    report = insole.load(session(tmp_path / "t.insole", **attached(earlier))).report()
    assert report.calibration["method"] == "earlier"
    assert report.calibration["taken_at_utc"] == "2026-01-01T00:00:00Z"
    assert abs(robinson(report).value) <= 5.0
    assert robinson(report).quality == report.body_weight_n.quality == "ok"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda text: text.replace('"soles": "', '"soles": "x'), "other soles"),
        (lambda _: "{", "cannot be read"),
        (lambda _: "[]", "cannot be read"),
        (lambda _: '{"soles": 1}', "cannot be read"),
        (lambda text: text.replace('"gain_left": 0', '"gain_left": 3'), "full calibration again"),
    ],
)
def test_an_earlier_one_that_does_not_fit_is_left_out_with_its_reason(
    earlier, tmp_path, change, words
):
    changed = change(earlier.decode())
    assert changed != earlier.decode()
    report = insole.load(session(tmp_path / "t.insole", **attached(changed.encode()))).report()
    assert report.calibration.get("method") != "earlier"
    assert words in report.calibration["reason"]
    assert "uncalibrated" in report.quality["left"].flags
    assert robinson(report).reasons == ("uncalibrated_tiptoe",)


def test_without_three_quiet_seconds_an_earlier_one_is_left_out_with_its_reason(earlier, path):
    with open_session(path) as file:
        forces = insole.load(path)._aligned.force
        start, end = (round(at_s * rate_hz(forces)) for at_s in (10, 16))
        plain = replace(file, marks=(), attachments={kept.ATTACHMENT: earlier})
        told = calibrated(plain, forces.iloc[start:end], 0.0)  # seated
    assert "nobody stood still for 3 s" in told.facts["reason"]
    assert "stand still on both feet first" in told.facts["reason"]
    assert told.refused
    assert told.calibration is None


# The person --------------------------------------------------------------------------------------


def test_a_known_foot_length_scales_the_heel_height_and_lifts_its_doubt(path, tmp_path):
    person = Profile(body_mass_kg=70.0, foot_length_mm=286.0).to_json().encode()
    plain = insole.load(session(path, later=True)).report().holds[0]
    known = session(tmp_path / "t.insole", later=True, attached=((profile.ATTACHMENT, person),))
    own = insole.load(known).report().holds[0]
    assert own.hold_height_mm.value == pytest.approx(plain.hold_height_mm.value * 1.1, rel=1e-3)
    assert "uncalibrated" in plain.hold_height_mm.reasons
    assert "uncalibrated" not in own.hold_height_mm.reasons


@pytest.mark.parametrize(("told", "seen"), [("step", "floor"), ("floor", None), (None, None)])
def test_a_ground_other_than_the_person_said_is_in_the_report(path, told, seen):
    person = Profile(ground=told).to_json().encode()
    report = insole.load(
        session(path, later=True, attached=((profile.ATTACHMENT, person),))
    ).report()
    assert report.calibration.get("ground") == seen
    text = " ".join(render(report).split())
    assert ("the floor, to judge by the heels' load, though setup says step" in text) == (
        seen is not None
    )


def test_a_profile_that_cannot_be_read_is_left_out_and_said(path):
    session(path, later=True, attached=((profile.ATTACHMENT, b"{"),))
    with pytest.warns(UserWarning, match="profile is left out"):
        loaded = insole.load(path)
    assert len(loaded.holds) == 1


def test_a_recording_of_devices_carries_profile_mass_and_earlier_calibration(
    earlier, tmp_path, monkeypatch
):
    monkeypatch.setattr(profile, "user_config_path", lambda _: tmp_path)
    profile.save_profile(Profile(body_mass_kg=71.0))
    devices = [Device(role, SPEC.id) for role in ("left", "right")]
    members = [SimpleNamespace(introduce=lambda device=device: device) for device in devices]
    live = SimpleNamespace(
        members=members,
        now_ns=lambda: 0,
        started=None,
        exercise="",
        note="",
        scenario="",
        seed=None,
    )
    recording_file.keeper(tmp_path / "live.insole")(live).close()
    simulated = SimpleNamespace(**{**vars(live), "now_ns": None})
    recording_file.keeper(tmp_path / "simulated.insole")(simulated).close()
    with open_session(tmp_path / "live.insole") as file:
        assert file.meta.body_mass_kg == 71.0
        assert profile.from_json(file.attachments[profile.ATTACHMENT], "").body_mass_kg == 71.0
        assert file.attachments[kept.ATTACHMENT] == earlier
    with open_session(tmp_path / "simulated.insole") as file:
        assert file.meta.body_mass_kg is None
        assert not file.attachments


# Real soles --------------------------------------------------------------------------------------


PLATES_N = 576.0
REAL = [
    ("test_poussee_2", (4.5, 12.0), (12.0, 17.6), (17.6, 23.6), (54.0, 60.5)),
    ("test_pointe_5", (5.0, 12.8), (12.8, 19.2), (19.4, 29.8), (48.0, 54.5)),
]


@pytest.mark.parametrize(("trial", "quiet_s", "shift_s", "later_s", "last_s"), REAL)
def test_real_soles_read_body_weight_until_the_first_raise_and_drift_after_it(
    trial, quiet_s, shift_s, later_s, last_s, *, shared_data: Path, tmp_path
):
    source = read_source(shared_data / "loadsol_tiptoe" / f"{trial}.txt")
    path = create_session(source, tmp_path / "s.insole", "")
    raw = insole.load(path)._aligned.force
    steps = [cal.Step("quiet_stand", *quiet_s), cal.Step("shift_flat", *shift_s)]
    told = cal.apply(raw, cal.calibrate(raw, steps, PLATES_N))
    total = told["left_n"] + told["right_n"]
    assert total.loc[slice(*later_s)].median() == pytest.approx(PLATES_N, rel=0.03)

    for mark in (*marks_of("quiet_stand", *quiet_s), *marks_of("shift_flat", *shift_s)):
        add_mark(path, mark)
    first_n = total.loc[slice(*quiet_s)].median()
    after = total.loc[slice(*last_s)].median() / first_n - 1.0
    report = insole.load(path).report()
    assert report.calibration["drift"] == pytest.approx(after, abs=0.015)
    assert report.calibration["drift"] < -0.01


def test_steps_that_teach_rocking_are_read_from_marks():
    marks = [
        Mark(round(at_s * 1e9), "calibration", json.dumps({"step": step, "event": event}))
        for step, start_s, end_s in (("rock_big", 3.0, 6.0), ("unloaded", 7.0, 9.0))
        for at_s, event in ((start_s, "start"), (end_s, "end"))
    ]
    assert rocks_of(marks, 1.0) == [("big", 2.0, 5.0)]
    assert [step.kind for step in steps_of(marks, 1.0)] == ["unloaded"]
