"""Every error is one sentence for people, and facts as attributes for programs."""

from __future__ import annotations

import inspect

import pytest

from insole import errors
from insole.errors import (
    AlignError,
    DecodeError,
    FormatError,
    InsoleError,
    LinkError,
    MissingExtraError,
    SpecError,
    StoreError,
    TableError,
)

EXAMPLES = [
    (
        SpecError("dev.toml", "clock.kind", "is 'x'; accepted: ticks"),
        {"path": "dev.toml", "key": "clock.kind", "problem": "is 'x'; accepted: ticks"},
        "dev.toml: clock.kind: is 'x'; accepted: ticks",
    ),
    (
        DecodeError("sim", "frames", b"\x01\x02", "is too short"),
        {"spec": "sim", "channel": "frames", "payload": b"\x01\x02", "problem": "is too short"},
        "sim, channel frames, 2 bytes: is too short",
    ),
    (
        FormatError("loadsol", 7, "has no time"),
        {"importer": "loadsol", "line": 7, "problem": "has no time"},
        "loadsol, line 7: has no time",
    ),
    (LinkError("left", "is out of reach"), {"role": "left", "problem": "is out of reach"},
     "left: is out of reach"),
    (StoreError("a.insole", "is cut off"), {"path": "a.insole", "problem": "is cut off"},
     "a.insole: is cut off"),
    (AlignError("no samples"), {"problem": "no samples"}, "no samples"),
    (
        TableError("ForceTable", "left_n", "is missing"),
        {"table": "ForceTable", "column": "left_n", "problem": "is missing"},
        "ForceTable, column left_n: is missing",
    ),
    (
        MissingExtraError("Parquet", "parquet"),
        {"purpose": "Parquet", "extra": "parquet"},
        'Parquet needs an extra package; install it with: pip install "insole[parquet]"',
    ),
]  # fmt: skip
IDS = [type(error).__name__ for error, _, _ in EXAMPLES]


@pytest.mark.parametrize(("error", "facts", "text"), EXAMPLES, ids=IDS)
def test_an_error_carries_its_facts_and_says_them(error, facts, text):
    assert {name: getattr(error, name) for name in facts} == facts
    assert str(error) == text
    assert isinstance(error, InsoleError)


def test_every_error_stands_among_the_examples_and_in_the_overview():
    classes = {
        value
        for _, value in inspect.getmembers(errors, inspect.isclass)
        if issubclass(value, InsoleError)
    }
    assert classes - {InsoleError} == {type(error) for error, _, _ in EXAMPLES}
    assert all(cls.__name__ in errors.__doc__ for cls in classes)


def test_a_place_that_is_unknown_is_left_out():
    assert str(SpecError("dev.toml", "", "is empty")) == "dev.toml: is empty"
    assert str(FormatError("loadsol", 0, "is empty")) == "loadsol: is empty"


@pytest.mark.parametrize("cls", [SpecError, DecodeError, FormatError, TableError])
def test_errors_of_bad_input_are_value_errors_too(cls):
    assert issubclass(cls, ValueError)


@pytest.mark.parametrize("error", [error for error, _, _ in EXAMPLES], ids=IDS)
def test_the_command_line_returns_3_for_devices_2_for_extras_and_4_for_data(error):
    expected = {LinkError: 3, MissingExtraError: 2}.get(type(error), 4)
    assert error.exit_code == expected
