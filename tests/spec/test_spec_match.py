"""An advertisement belongs to one spec, to none, or is an error that lists the candidates."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from insole.errors import SpecError
from insole.spec import Advertisement, load_spec, match_spec
from insole.spec.model import MatchSpec

SERVICE = "6e350001-9f1d-4c6b-8b7a-1d5ee7000000"
EXAMPLE = load_spec(Path(__file__).with_name("example_insole.toml"))


def a_spec(name, priority, **conditions):
    return replace(EXAMPLE, id=name, match=MatchSpec(priority, **conditions))


@pytest.mark.parametrize(
    ("advertisement", "fits"),
    [
        (Advertisement("EXAMPLE-7", (SERVICE,)), True),
        (Advertisement("EXAMPLE-7", ("x", SERVICE.upper())), True),
        (Advertisement("EXAMPLE-7"), False),
        (Advertisement("example-7", (SERVICE,)), False),
        (Advertisement("", (SERVICE,)), False),
        (Advertisement(), False),
    ],
)
def test_every_condition_must_be_met(advertisement, fits):
    assert match_spec(advertisement, [EXAMPLE]) is (EXAMPLE if fits else None)


def test_one_entry_of_a_condition_is_enough():
    spec = a_spec("a", 1, local_name=("A*", "B*"), company_id=(5, 6))
    assert match_spec(Advertisement("B1", (), (9, 6)), [spec]) is spec
    assert match_spec(Advertisement("B1", (), (9,)), [spec]) is None


def test_a_spec_without_conditions_fits_nothing():
    assert match_spec(Advertisement("x"), [a_spec("a", 1)]) is None


def test_the_highest_priority_wins():
    general, own = a_spec("general", 1, service=("s",)), a_spec("own", 2, local_name=("X",))
    for specs in ([general, own], [own, general]):
        assert match_spec(Advertisement("X", ("s",)), specs) is own


def test_equal_priority_is_an_error_that_lists_the_candidates():
    specs = [a_spec("one", 2, local_name=("X*",)), a_spec("two", 2, local_name=("*1",))]
    with pytest.raises(SpecError, match="one and two fit 'X1' alike"):
        match_spec(Advertisement("X1"), specs)
