"""Bouts of a day against the plan, and what was ticked."""

from __future__ import annotations

from datetime import timedelta

import pytest
from course_days import PROGRAMME, START, held, session

from insole.programme.adherence import Tick, bouts, day_of
from insole.programme.model import DoneSession

TODAY = START.date()


def at_minutes(*minutes: float) -> list[DoneSession]:
    times = [START + timedelta(minutes=each) for each in minutes]
    return [DoneSession(f"{time}", time, TODAY, (held(30),)) for time in times]


@pytest.mark.parametrize(
    ("minutes", "count"),
    [([], 0), ([0], 1), ([0, 10, 50], 1), ([0, 59.9], 1), ([0, 60], 2), ([300, 0, 600], 3),
     ([0, 40, 80, 120], 1)],
)  # fmt: skip
def test_less_than_an_hour_between_sets_is_one_bout(minutes, count):
    assert bouts([s.started_at for s in at_minutes(*minutes)], PROGRAMME.day) == count


@pytest.mark.parametrize(
    ("minutes", "word"),
    [([], "missed"), ([0], "as planned"), ([0, 60, 120], "as planned"),
     ([0, 60, 120, 180], "more than planned")],
)  # fmt: skip
def test_a_day_is_told_in_plain_words(minutes, word):
    assert day_of(PROGRAMME, TODAY, at_minutes(*minutes), []).word == word


def test_a_session_without_a_set_is_no_bout():
    assert day_of(PROGRAMME, TODAY, [session(1)], []).bouts == 0


def test_ticks_count_for_their_day_and_side_only():
    ticks = [
        Tick(START, "toe_yoga", "left", 2), Tick(START, "toe_yoga", "both", 1),
        Tick(START - timedelta(days=1), "toe_yoga", "left", 5), Tick(START, "juggling", "left", 1),
    ]  # fmt: skip
    day = day_of(PROGRAMME, TODAY, [], ticks)
    done = {(due.exercise, due.side): due.ticked for due in day.extras}
    assert done["toe_yoga", "left"] == 3
    assert done["toe_yoga", "right"] == 1
    assert done["ankle_pumps", "both"] == 0
    assert day.bouts == 0
