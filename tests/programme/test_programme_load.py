"""Programme files: the shipped one, and what is wrong with others, named precisely."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import pytest
from course_days import PROGRAMME
from hypothesis import given
from hypothesis import strategies as st

from insole.errors import SpecError
from insole.programme.load import load_programme, parse

TEXT = (resources.files("insole.programme") / "heel_pain.toml").read_text(encoding="utf-8")


def test_the_shipped_programme_leads_from_small_holds_to_single_raises():
    assert [stage.id for stage in PROGRAMME.stages] == [
        "hold_double", "hold_single", "raise_double", "raise_two_up_one_down", "raise_single",
    ]  # fmt: skip
    steps = PROGRAMME.stage("hold_double").steps
    assert [(step.rounds, step.seconds) for step in steps] == [(3, 30), (5, 30), (3, 45), (5, 45)]
    assert PROGRAMME.pain.limit == 6
    assert PROGRAMME.progress.reps_more_than == 15


def test_a_copy_with_another_figure_is_another_programme(tmp_path):
    mine = tmp_path / "mine.toml"
    mine.write_text(TEXT.replace("limit = 6 ", "limit = 4 ").replace("caution = 5", "caution = 3"))
    programme = load_programme(mine)
    assert programme.pain.limit == 4
    assert programme.hash != PROGRAMME.hash


@pytest.mark.parametrize(
    ("old", "new", "place", "words"),
    [
        ("limit = 6 ", "limit = 11 ", "pain.limit", "from 1 to 10"),
        ("caution = 5 ", "caution = 7 ", "pain.caution", "not lie above limit"),
        ("[pain]", "[pains]", "pains", "did you mean pain"),
        ('exercise = "isometric_hold"', 'exercise = "handstand"', "stage[0].exercise",
         "isometric_hold, eccentric_raise"),
        ('next = ["raise_single"]', 'next = ["hold_double"]', "stage[3].next", "leads back"),
        ('next = ["raise_single"]', 'next = ["fly"]', "stage[3].next", "no stage"),
        ('id = "raise_single"', 'id = "raise_double"', "raise_double", "two parts"),
        ("lowering_min_s = 4.0", "lowering_min_s = 7.0", "progress.lowering_min_s", "below"),
        ("bouts_min = 1", "bouts_min = 4", "day.bouts_min", "bouts_max"),
        ('steps = [{ id = "to_fatigue", rounds = 3 }]',
         'steps = [{ id = "to_fatigue", rounds = 3, seconds = 5 }]', "stage[2].steps[0].seconds",
         "belongs to holds"),
        ("short_by_s = 1.0", "short_by_s = -1.0", "progress.short_by_s", "from 0 to 30"),
        ("schema = 1\n", "schema = 2\n", "schema", "must be 1"),
        ('variant = "double"', 'variant = "two_up_one_down"', "stage[0].variant", "is a raise"),
        ("[[source]]", "[[sauce]]", "sauce", "no key here"),
        ("rounds = 5, seconds = 30.0 },  # default", "rounds = 5, seconds = 20.0 },",
         "stage[0].steps", "30x5 is no more than 30x3"),
        ("rounds = 5, seconds = 45.0 },  # therapist: the goal", "rounds = 3, seconds = 45.0 },",
         "stage[0].steps", "45x5 is no more than 45x3"),
        ('id = "30x3", rounds = 3', 'id = "30 x 3", rounds = 3', "stage[0].steps[0].id",
         "no spaces"),
        ('id = "30x3", rounds = 3', 'id = "--help", rounds = 3', "stage[0].steps[0].id", "no dash"),
        ('title = "Hold on both feet"', 'title = "Hold\\u001b[2J"', "stage[0].title", "plain text"),
        ('title = "Hold on both feet"', 'title = " "', "stage[0].title", "plain text"),
        ('next = ["raise_single"]', 'next = ["raise_single", "raise_single"]', "stage[3].next",
         "twice"),
        ('next = ["hold_single", "raise_double"]', 'next = ["hold_single"]\nconfidence = "x"',
         "stage[0].confidence", "first stage"),
        ('confidence = "single_leg"', 'confidence = "single leg"', "stage[1].confidence",
         "no spaces"),
        ('id = "toe_yoga"', 'id = "isometric_hold"', "extra[1].id", "done in stages"),
        ('id = "toe_yoga"', 'id = "toe_curls"', "extra[1].measured", "see no toe_curls"),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_place_and_what_is_accepted(old, new, place, words):
    assert old in TEXT
    with pytest.raises(SpecError, match="mine") as caught:
        parse(TEXT.replace(old, new), "mine.toml")
    assert caught.value.key == place
    assert words in caught.value.problem


@pytest.mark.parametrize("toml", ["", "id", "schema = 1", "stage = 3", "[" * 5000])
def test_what_is_no_programme_is_one_error(toml):
    with pytest.raises(SpecError, match=r"mine\.toml"):
        parse(toml, "mine.toml")


@given(st.data())
def test_a_file_with_any_line_left_out_loads_or_names_its_fault(data):
    lines = TEXT.splitlines()
    gone = data.draw(st.integers(0, len(lines) - 1))
    try:
        parse("\n".join(lines[:gone] + lines[gone + 1 :]), "mine.toml")
    except SpecError as error:
        problem = error.problem
    else:
        problem = "none"
    assert problem


def test_a_file_that_is_not_there_or_no_text_is_one_sentence(tmp_path):
    with pytest.raises(SpecError, match="cannot be read"):
        load_programme(tmp_path / "none.toml")
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SpecError, match="UTF-8"):
        load_programme(binary)


def test_a_file_as_some_editors_save_it_is_the_same_programme(tmp_path):
    mine = tmp_path / "mine.toml"
    mine.write_bytes(b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode())
    assert load_programme(mine).stages == PROGRAMME.stages


def test_a_device_is_no_file_and_is_not_read():
    with pytest.raises(SpecError, match="no file"):
        load_programme(Path("/dev/zero"))
