"""The coach beside a recording: its cues are marks, and nothing it does can end the recording."""

from __future__ import annotations

import asyncio
import json

import pytest
from acting import holds, plan, raises

from insole.cli.attend import attend
from insole.cli.coaching import Coaching, rig_of
from insole.coach import engine
from insole.coach.model import Rig
from insole.record.store import open_session
from insole.recording.course import Rules
from insole.recording.file import keeper
from insole.recording.source import simulated

LENGTH_S = 4.0


def recorded(tmp_path, coach, *, spec="sim_insole"):
    """Return the marks and the number of packets of a short recording with a coach."""

    async def find(_):
        return simulated("quiet_stance", spec, speed=8.0)[0]

    outcome = attend(find, keeper(tmp_path), Rules(LENGTH_S), coach=coach)
    assert outcome.error is None
    with open_session(outcome.path) as session:
        packets = [max(len(session.packets(*s)) for s in session.streams() if s[0] == role)
                   for role in ("left", "right")]  # fmt: skip
        return session.marks, packets


def whole(packets):
    return all(count > 0.9 * 25 * LENGTH_S for count in packets)


def coaching(**more):
    return Coaching(lambda rig: plan(holds(), rig=rig), **{"sound": None, **more})


def failing(*_, **__):
    raise RuntimeError("broken")


def test_what_the_coach_said_is_in_the_file(tmp_path, capsys):
    marks, packets = recorded(tmp_path, coaching())
    assert whole(packets)
    (cue,) = [json.loads(mark.json) for mark in marks if mark.kind == "cue"]
    assert (cue["cue"], cue["by"]) == ("pain_question", "coach")
    assert "Pain now, before you begin, left foot" in capsys.readouterr().err


@pytest.mark.parametrize(
    "coach",
    [
        coaching(advance=failing),
        coaching(sound=failing),
        Coaching(failing, sound=None),
    ],
    ids=["rules", "sound", "plan"],
)
def test_a_coach_that_fails_is_said_once_and_the_recording_goes_on(tmp_path, capsys, coach):
    _, packets = recorded(tmp_path, coach)
    assert whole(packets)
    told = capsys.readouterr().err
    assert told.count("the coach has failed (RuntimeError('broken'))") == 1


def test_a_screen_that_fails_costs_nothing(tmp_path, capsys, monkeypatch):
    coach = coaching()
    monkeypatch.setattr(coach, "_lines", failing)
    _, packets = recorded(tmp_path, coach)
    assert whole(packets)
    assert capsys.readouterr().err.count("the coach has failed") == 1


def test_the_end_of_the_coach_is_the_end_of_the_recording(tmp_path):
    coach = Coaching(lambda rig: plan(rig=rig), sound=None)

    async def find(_):
        return simulated("quiet_stance", speed=8.0)[0]

    outcome = attend(find, keeper(tmp_path), Rules(30.0), coach=coach)
    with open_session(outcome.path) as session:
        assert [event.reason for event in session.link_events("left")][-1] == (
            "the coach has finished"
        )


@pytest.mark.parametrize(
    ("sets", "expected"),
    [
        ((holds(), holds()), "isometric_hold"),
        ((raises(),), "eccentric_raise"),
        ((holds(), raises()), ""),
        ((), ""),
    ],
)
def test_what_the_plan_asks_for_is_told_to_whoever_judges(sets, expected):
    async def find(_):
        return simulated("quiet_stance")[0]

    coach = Coaching(lambda rig: plan(*sets, rig=rig), sound=None)
    assert asyncio.run(coach.find(find, print)).exercise == expected


def test_keys_are_the_coachs_or_anothers():
    coach = coaching()
    assert coach.press("m") == "m"  # there is no coach yet
    coach._state, _ = engine.start(plan(holds()), 0.0)
    coach.shows = True
    assert coach.press("7 x") == "x"
    assert coach._typed == "7 "
    assert coach.press("\x1b[A") == "\x1b[A"
    assert coach.press("snspam") == "nspam"
    assert coach._typed == "7 s"


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("sim_insole", Rig(heel=True, height=True, share=True)),
        ("sig_weight_scale", Rig(heel=False, height=False, share=False)),
    ],
)
def test_what_the_devices_see_is_read_from_their_descriptions(spec, expected):
    assert rig_of(simulated("quiet_stance", spec)[0]) == expected
