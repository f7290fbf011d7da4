"""Column maps: what is accepted, and that each mistake names its key and what would do."""

from __future__ import annotations

import pytest

from insole.errors import SpecError
from insole.importers.column_map import load_map

ENTRY = {"column": 1, "side": '"left"', "quantity": '"force"', "unit": '"N"'}


def column_map(*entries: dict, **top: str) -> str:
    lines = [f"{key} = {value}" for key, value in {"rate_hz": "100", "header": "false"}.items()]
    lines = [line for line in lines if line.split(" ")[0] not in top]
    lines += [f"{key} = {value}" for key, value in top.items() if value]
    for entry in entries or (ENTRY,):
        lines += ["[[column]]", *(f"{key} = {value}" for key, value in entry.items())]
    return "\n".join(lines)


def test_defaults_and_the_parts_of_a_map():
    loaded = load_map(column_map(), "m.toml")
    assert (loaded.path, loaded.delimiter, loaded.skip_rows, loaded.header) == (
        "m.toml", ",", 0, False,
    )  # fmt: skip
    assert (loaded.rate_hz, loaded.time, loaded.lost_value) == (100.0, None, None)
    assert loaded.columns[0].name == "total_n"
    assert loaded.sides == ("left",)


@pytest.mark.parametrize(
    ("written", "meant"),
    [('"tab"', "\t"), ('"\\t"', "\t"), ('","', ","), ('";"', ";"), ('"whitespace"', "whitespace")],
)
def test_delimiters(written, meant):
    assert load_map(column_map(delimiter=written)).delimiter == meant


def test_every_shipped_map_loads(fixtures):
    maps = sorted((fixtures / "imports" / "columns").glob("*.toml"))
    assert len(maps) >= 10
    for file in maps:
        assert load_map(file.read_text(), file.name).columns


@pytest.mark.parametrize(
    ("text", "key", "problem"),
    [
        ("x = [", "", "is no valid TOML"),
        ("x = " + "[" * 5000, "", "is no valid TOML"),
        (column_map(speed="3"), "speed", "accepted are delimiter, skip_rows"),
        (column_map(delimiter='"pipe"'), "delimiter", "accepted are ',', ';', 'tab'"),
        (column_map(skip_rows="-1"), "skip_rows", "whole number from 0"),
        (column_map(skip_rows="true"), "skip_rows", "whole number from 0"),
        (column_map(header='"yes"'), "header", "accepted are true and false"),
        (column_map(lost_value='"-1"'), "lost_value", "accepted is a number"),
        (column_map(lost_value="nan"), "lost_value", "finite number"),
        (column_map(rate_hz=""), "time", "either time = {column, unit} or rate_hz"),
        (column_map(rate_hz="0"), "rate_hz", "above 0"),
        (column_map(time='{column = 1, unit = "s"}'), "time", "only one of them"),
        (column_map(rate_hz="", time="3"), "time", "must be a table with column, unit"),
        (column_map(rate_hz="", time="{column = 1}"), "time.unit", "'s', 'ms', 'us', 'min'"),
        (
            column_map(rate_hz="", time='{column = "t", unit = "s"}'),
            "time.column",
            "header = false",
        ),
        ("rate_hz = 1", "column", "at least one table"),
        ("rate_hz = 1\ncolumn = [3]", "column[1]", "must be a table with column, side"),
        (column_map({**ENTRY, "column": 0}), "column[1].column", "whole number from 1"),
        (column_map({**ENTRY, "column": '"L"'}), "column[1].column", "'L' is a name"),
        (column_map({**ENTRY, "side": '"middle"'}), "column[1].side", "'left', 'right', 'both'"),
        (column_map({**ENTRY, "quantity": '"load"'}), "column[1].quantity", "'force', 'cop_ap'"),
        (column_map({**ENTRY, "unit": '"lb"'}), "column[1].unit", "'N', 'kN', 'kgf', 'adc'"),
        (column_map({**ENTRY, "unit": '"mm"'}), "column[1].unit", "'N', 'kN', 'kgf', 'adc'"),
        (
            column_map({k: v for k, v in ENTRY.items() if k != "unit"}),
            "column[1].unit",
            "is missing",
        ),
        (column_map({**ENTRY, "region": '"arch"'}), "column[1].region", "'hallux', 'toes'"),
        (column_map({**ENTRY, "axis": '"x"'}), "column[1].axis", "only acc and gyro"),
        (column_map({**ENTRY, "colour": '"x"'}), "column[1].colour", "is no key"),
        (column_map({**ENTRY, "quantity": '"acc"', "unit": '"g"'}), "column[1].axis", "is missing"),
        (column_map({**ENTRY, "quantity": '"lost"'}), "column[1].unit", "leave it out"),
        (
            column_map({**ENTRY, "quantity": '"cop_ap"', "unit": '"m"', "region": '"heel"'}),
            "column[1].region",
            "only a force",
        ),
        (column_map(ENTRY, ENTRY), "column", "two columns of side left would both be total_n"),
        (column_map(ENTRY, {**ENTRY, "side": '"both"'}), "column", "both cannot stand beside"),
        (
            column_map(ENTRY, {**ENTRY, "side": '"right"', "unit": '"adc"'}),
            "column",
            "all in N .* or all in adc",
        ),
        (
            column_map({**ENTRY, "quantity": '"cop_ap"', "unit": '"mm"'}),
            "column",
            "side left has no force",
        ),
    ],
)
def test_a_mistake_names_file_key_and_what_is_accepted(text, key, problem):
    with pytest.raises(SpecError, match=problem) as caught:
        load_map(text, "my.toml")
    assert caught.value.path == "my.toml"
    assert caught.value.key == key
    assert str(caught.value).startswith("my.toml: ")
