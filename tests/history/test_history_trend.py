"""Trends: a row for each session, exercise and foot, filtered, with the pain of both feet."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from insole.history.summary import Summary
from insole.history.trend import pain_of, trend
from insole.programme.entry import Rating
from insole.programme.pain import PainMark
from insole.programme.sets import SetFacts

AT = datetime(2026, 4, 1, 7, 30, tzinfo=timezone(timedelta(hours=2)))
HOLDS = SetFacts(1, "isometric_hold", "double", "both", ((30.0, "phases"), (40.0, "phases")),
                 height_mm=70.0, left_share=0.52)  # fmt: skip
RAISES = SetFacts(2, "eccentric_raise", "single", "left", reps=9, lowered=((5.0, "phases"),))
MORE = replace(RAISES, set=3, reps=12, lowered=((4.0, "phases"), (6.0, "phases")))
FIRST = Summary("first", AT, (HOLDS, RAISES, MORE), (), (PainMark("worst", "left", 3),))
SECOND = Summary("second", AT + timedelta(days=1), (HOLDS,))


def rows(*summaries, told=(), **wanted):
    return trend(summaries, pain_of(summaries, told), **wanted)


def test_sets_of_a_kind_become_one_row():
    holds, raises = rows(FIRST)
    assert (holds.exercise, holds.sets, holds.rounds, holds.reps) == ("isometric_hold", 1, 2, None)
    assert (holds.hold_s, holds.height_mm, holds.left_share) == (35.0, 70.0, 0.52)
    assert (raises.side, raises.sets, raises.reps, raises.lowering_s) == ("left", 2, 12, 5.0)
    assert (raises.hold_s, raises.height_mm) == (None, None)


def test_pain_in_the_file_and_pain_told_afterwards_stand_in_the_row():
    told = [Rating(AT + timedelta(minutes=9), "later", "both", 4, "first"),
            Rating(AT + timedelta(minutes=9), "worst", "right", None, "first")]  # fmt: skip
    holds, raises = rows(FIRST, told=told)
    assert (holds.left.worst, holds.left.later, holds.right.later) == (3, 4, 4)
    assert (holds.right.worst, holds.worst, raises.worst) == (None, 3, 3)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, ["both", "left", "both"]),
        ({"side": "left"}, ["both", "left", "both"]),
        ({"side": "right"}, ["both", "both"]),
        ({"side": "both"}, ["both", "both"]),
        ({"exercise": "eccentric_raise"}, ["left"]),
        ({"since": AT + timedelta(hours=1)}, ["both"]),
    ],
)
def test_only_what_is_asked_for(wanted, found):
    assert [row.side for row in rows(FIRST, SECOND, **wanted)] == found
