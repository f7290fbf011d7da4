"""A simulated person walks through the programme: as the rules say, with setbacks, or not at all.

The whole way is in fixtures/golden/heel_pain_course.json.
"""

from __future__ import annotations

import json

import pytest

from insole.errors import StoreError
from insole.history.rehearse import rehearse
from insole.journal import read_journal
from insole.programme.load import load_programme
from insole.record.store import open_session
from insole.sim.course import CoursePerson, Dose

PROGRAMME = load_programme()
HOLD = Dose("both", "isometric_hold", "double", 3, 30.0)


def way(found) -> list[str]:
    """Each decision in one line: when, which leg, by which rule, where to."""
    day_of = {one.id: one.day.isoformat() for one in found.done}
    return [
        f"{day_of.get(turn.session, '-')} {turn.side} {turn.decision.rule} "
        f"{turn.decision.stage} {turn.decision.step}"
        for turn in found.course.turns
    ]


def rules(found) -> set[str]:
    return {turn.decision.rule for turn in found.course.turns}


@pytest.fixture(scope="module")
def few_days(tmp_path_factory):
    folder = tmp_path_factory.mktemp("course") / "new"
    return folder, rehearse(folder, 1, days=2)


def test_a_few_days_go_as_the_golden_way_begins(few_days, fixtures):
    golden = json.loads((fixtures / "golden" / "heel_pain_course.json").read_text())
    folder, found = few_days
    assert way(found) == golden["way"][: len(found.course.turns)]
    assert len(found.done) == len(list(folder.glob("*.insole"))) >= 1


def test_the_sessions_say_whose_programme_it_was_and_how_it_hurt(few_days):
    folder, found = few_days
    first = min(folder.glob("*.insole"))
    with open_session(first) as session:
        assert session.meta.programme_hash == found.programme.hash
        assert session.meta.utc_offset_s == 3600
        assert {mark.kind for mark in session.marks} == {"pain"}
    journal = read_journal(folder)
    assert journal.problems == ()
    assert journal.ratings
    assert journal.ticks


def test_a_folder_that_holds_something_is_left_alone(few_days):
    with pytest.raises(StoreError, match="another folder"):
        rehearse(few_days[0], 1)


def test_the_same_seed_lives_the_same_days_and_another_does_not():
    def lived(seed):
        person = CoursePerson(seed)
        return [person.outings(day, (HOLD,)) for day in range(10)]

    assert lived(1) == lived(1)
    assert lived(1) != lived(2)


def test_who_cheats_does_less_than_asked():
    honest, cheat = (CoursePerson(1, cheats=c).outings(0, (HOLD,))[0] for c in (False, True))
    tops = [[b.top_s for b in o.scenario.blocks if b.kind == "hold"] for o in (honest, cheat)]
    assert min(tops[0]) > HOLD.seconds
    assert max(tops[1]) < 0.9 * HOLD.seconds
    assert len(tops[0]) == len(tops[1]) == 3


@pytest.mark.slow
def test_six_weeks_go_as_the_rules_say(tmp_path, fixtures, request):
    found = rehearse(tmp_path / "course", 1)
    path = fixtures / "golden" / "heel_pain_course.json"
    if request.config.getoption("--update-golden"):
        days = {one.id: one.day.isoformat() for one in found.done}
        golden = {"seed": 1, "way": way(found), "days": sorted(set(days.values()))}
        path.write_text(json.dumps(golden, indent=1) + "\n")
    golden = json.loads(path.read_text())
    assert way(found) == golden["way"]
    assert {"step_up", "stage_up_hold", "stage_up_raise", "back_off", "stay", "confirm"} <= rules(
        found
    )
    assert {place.stage for place in found.course.places.values()} == {"raise_single"}
    assert found.problems == ()
    _check_each_turn(found)


def _check_each_turn(found):
    """Every step forward rests on the sessions in a row that it needs, all met, rated and calm."""
    done = {one.id: one for one in found.done}
    for turn in found.course.turns:
        if turn.decision.rule.startswith(("step", "stage")):
            rests_on = [done[name] for name in turn.decision.sessions]
            assert len(rests_on) == PROGRAMME.progress.sessions_in_a_row
            for session in rests_on:
                for given in session.pain.values():
                    assert given.worst < PROGRAMME.pain.limit
                    assert given.later <= given.before
        if turn.decision.rule == "back_off":
            worst = [given.worst for given in done[turn.session].pain.values()]
            assert max(worst) >= PROGRAMME.pain.limit


@pytest.mark.slow
def test_who_cheats_does_not_advance_at_any_stage(tmp_path):
    """Holds too short, then the other foot's toes helping, then raises that only begin."""
    choices = {3: [("set", "hold_single")], 6: [("set", "raise_double")]}
    found = rehearse(tmp_path / "course", 1, cheats=True, days=9, choices=choices)
    assert rules(found) <= {"stay", "set", "back_off"}
    assert len(found.done) >= 6
    assert {place.stage for place in found.course.places.values()} == {"raise_double"}
