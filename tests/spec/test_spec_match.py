"""An advertisement belongs to one spec, to none, or is an error that lists the candidates."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from insole.errors import SpecError
from insole.spec import Advertisement, load_spec, match_spec
from insole.spec.match import advertised, fits, side_by_field, side_by_name
from insole.spec.model import LookSpec, MatchSpec

SERVICE = "6e350001-9f1d-4c6b-8b7a-1d5ee7000000"
EXAMPLE = load_spec(Path(__file__).with_name("example_insole.toml"))
EVERY = load_spec(Path(__file__).parents[1] / "codec" / "every_feature.toml")
DATA = "0000181b-0000-1000-8000-00805f9b34fb"


def a_spec(name, priority, **conditions):
    return replace(EXAMPLE, id=name, match=MatchSpec(priority, (LookSpec(**conditions),)))


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
    assert match_spec(Advertisement("B1", (), {9: b"", 6: b""}), [spec]) is spec
    assert match_spec(Advertisement("B1", (), {9: b""}), [spec]) is None


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


@pytest.mark.parametrize(
    ("advertisement", "expected"),
    [
        (Advertisement("EVERY-1", ("ea6d0000-a725-4f9b-893d-c3913e33b39f",)), True),
        (Advertisement("EVERY-1"), False),
        (Advertisement("", (), {0x0100: bytes.fromhex("020317aa")}), True),
        (Advertisement("", (), {0x0100: bytes.fromhex("020327")}), False),
        (Advertisement("", (), {0x0100: bytes.fromhex("0203")}), False),
        (Advertisement("", (), {0x0101: bytes.fromhex("020310")}), False),
        (Advertisement("", (), {}, {DATA.upper(): b""}), True),
        (Advertisement("", (), {}, {DATA.replace("b-", "d-"): b""}), False),
    ],
)
def test_one_of_several_looks_is_enough(advertisement, expected):
    assert fits(advertisement, EVERY) is expected


def test_payload_of_an_advertisement_is_the_first_that_the_spec_names():
    both = Advertisement("", (), {0x0100: b"\1", 7: b"\2"}, {DATA: b"\3"})
    assert advertised(both, EVERY) == ("advertisement", b"\1")
    assert advertised(Advertisement("", (), {}, {DATA.upper(): b"\3"}), EVERY)[1] == b"\3"
    assert advertised(Advertisement("", (), {7: b"\2"}), EVERY) is None
    assert advertised(both, EXAMPLE) is None


def test_side_by_name():
    names = {"*_Left": "left", "*R": "right"}
    spec = replace(EXAMPLE, side=replace(EXAMPLE.side, source="name", names=names))
    assert side_by_name("Insole_Left", spec) == "left"
    assert side_by_name("2R", spec) == "right"
    assert side_by_name("2r", spec) is None
    assert side_by_name("2R", EXAMPLE) is None


def test_side_by_a_field_of_a_message():
    assert side_by_field("info", {"side": 0, "sensors": 4}, EXAMPLE) == "left"
    assert side_by_field("info", {"side": 1}, EXAMPLE) == "right"
    assert side_by_field("info", {"side": 7}, EXAMPLE) is None
    assert side_by_field("info", {"sensors": 1}, EXAMPLE) is None
    assert side_by_field("frame", {"side": 1}, EXAMPLE) is None
    by_user = replace(EXAMPLE, side=replace(EXAMPLE.side, source="user"))
    assert side_by_field("info", {"side": 1}, by_user) is None


def test_as_files_keep_it():
    stored = {"local_name": "A", "services": ["ABCD"], "manufacturer_data": {"0x0100": "02 03"},
              "service_data": {DATA.upper(): "ff"}, "source": "made up"}  # fmt: skip
    advertisement = Advertisement.from_json(stored)
    assert advertisement == Advertisement("A", ("abcd",), {256: b"\2\3"}, {DATA: b"\xff"})
    assert Advertisement.from_json({}) == Advertisement()
