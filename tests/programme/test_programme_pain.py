"""Pain ratings: what marks say, and that what was not said stays unsaid."""

from __future__ import annotations

import pytest
from course_days import PROGRAMME

from insole.programme import pain
from insole.programme.model import Ratings
from insole.programme.pain import PainMark, pain_mark, ratings


def test_of_several_answers_the_latest_counts_and_the_worst_stays_the_worst():
    given = [
        PainMark("before", "left", 2), PainMark("worst", "left", 5), PainMark("worst", "left", 3),
        PainMark("before", "left", 1),
    ]  # fmt: skip
    assert ratings(given) == {"left": Ratings(before=1, worst=5)}


def test_an_answer_for_both_feet_counts_for_each():
    assert ratings([PainMark("after", "both", 4)]) == {
        "left": Ratings(after=4),
        "right": Ratings(after=4),
    }


def test_nothing_said_is_nothing_and_not_zero():
    assert ratings([]) == {}
    assert pain.missing(Ratings()) == ("before", "worst", "later")
    assert pain.missing(Ratings(before=0, worst=0, later=0)) == ()


@pytest.mark.parametrize(
    "stored",
    [
        {}, {"when": "before", "side": "left"}, {"when": "never", "side": "left", "score": 3},
        {"when": "before", "side": "arm", "score": 3},
        {"when": "before", "side": "left", "score": 11},
        {"when": "before", "side": "left", "score": -1},
        {"when": "before", "side": "left", "score": True},
        {"when": "before", "side": "left", "score": "3"},
    ],
)  # fmt: skip
def test_a_mark_that_says_nothing_usable_is_no_answer(stored):
    assert pain_mark(stored) is None


def test_a_mark_that_says_it_all():
    stored = {"when": "later", "side": "right", "score": 0}
    assert pain_mark(stored) == PainMark("later", "right", 0)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (Ratings(2, 6, 2, 2), "at worst 6"), (Ratings(2, 5, 6, 2), "right after 6"),
        (Ratings(2, 5, 5, 3), "must settle"), (Ratings(7, 5, 5, 6), "minutes later 6"),
        (Ratings(2, 5, 5, 2), ""), (Ratings(), ""), (Ratings(worst=5, later=5), ""),
    ],
)  # fmt: skip
def test_the_limit_and_the_settling_rule(given, words):
    broken = pain.over_limit(given, PROGRAMME.pain)
    assert words in broken
    assert bool(words) == bool(broken)


def test_care_is_asked_for_between_caution_and_limit():
    said = {worst: pain.cautions([Ratings(worst=worst)], PROGRAMME.pain) for worst in (4, 5, 6)}
    assert said == {4: False, 5: True, 6: False}
    assert not pain.cautions([Ratings()], PROGRAMME.pain)
