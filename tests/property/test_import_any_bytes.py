"""Any bytes, and any damage to a real export: tables that keep their promises, or FormatError."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insole import importers, tables
from insole.errors import FormatError, SpecError
from insole.importers.columns import load_map
from insole.importers.sniff import IMPORTERS

IMPORTS = Path(__file__).resolve().parents[2] / "fixtures" / "imports"
REAL = (
    # importer, file, column map
    ("loadsol", "loadsol/two_sided.txt", ""),
    ("loadsol", "loadsol/older_handmade.txt", ""),
    ("opengo", "opengo/walk_events.txt", ""),
    ("columns", "plates/squatjump.csv", "plates_squatjump"),
    ("columns", "gait/gait_excerpt.txt", "insole_gait"),
    ("columns", "loadsol/right_only.txt", "loadsol_right_only"),
)
MAP_NAMES = ("plates_squatjump", "plates_stance", "splices_session", "loadsol_two_sided")
TRICKY = (
    b"", b"\0", b"\n", b"\r", b"\r\n", b"\t", b",", b";", b" ", b"-", b"--", b"nan", b"inf",
    b"1e400", b"-1.000", b"1,5", b'"', b"'", b"#", b"# ", b"\xff\xfe", b"\xef\xbb\xbf", b"\xb2",
    b"\xc2\xb2", b"9" * 400, b"5e-324", b"Time[secs]", b"# time\t", b"::heel", b"-L", b"True",
    b"0x10", b"\x1a", b"\x0c",
)  # fmt: skip


@cache
def rows_of(file: str) -> bytes:
    """The first rows of a real export: enough for every rule, short enough to damage often."""
    return b"\n".join((IMPORTS / file).read_bytes().split(b"\n")[:18]) + b"\n"


@cache
def options_of(column_map: str) -> dict[str, str]:
    return {"columns": (IMPORTS / "columns" / f"{column_map or 'insole_gait'}.toml").read_text()}


def decoded(name: str, payload: bytes, options: dict[str, str]) -> importers.Imported | FormatError:
    try:
        return importers.decode(payload, name=name, options=options)
    except FormatError as error:
        return error


def check(name: str, payload: bytes, options: dict[str, str]) -> None:
    outcome = decoded(name, payload, options)
    if isinstance(outcome, FormatError):
        assert "\n" not in str(outcome)
        return
    assert outcome.samples
    assert outcome.capabilities.rate_hz > 0
    for role, table in outcome.samples.items():
        tables.check_samples(table)
        tables.check_sensor_map(outcome.sensors[role])
        assert table[[c for c in table.columns if c.startswith("total_")]].notna().any(axis=None)


@st.composite
def damaged(draw, payload: bytes) -> bytes:
    """One to four bites out of, or splinters into, an export."""
    for _ in range(draw(st.integers(1, 4))):
        begin = draw(st.integers(0, len(payload)))
        end = begin + draw(st.integers(0, 12) | st.integers(0, len(payload)))
        splinter = draw(st.sampled_from(TRICKY) | st.binary(max_size=6))
        payload = payload[:begin] + splinter + payload[end:]
    return payload


@st.composite
def damaged_exports(draw) -> tuple[str, bytes, dict[str, str]]:
    name, file, column_map = draw(st.sampled_from(REAL))
    payload = draw(damaged(rows_of(file)))
    old, new = draw(
        st.sampled_from(((b"", b""), (b"\n", b"\r\n"), (b"\n", b"\r"), (b".", b","), (b"\t", b",")))
    )
    return name, payload.replace(old, new) if old else payload, options_of(column_map)


@given(st.sampled_from([importer.name for importer in IMPORTERS]), st.binary(max_size=400))
def test_any_bytes_give_tables_or_a_format_error(name, payload):
    check(name, payload, options_of("plates_squatjump"))


@given(st.sampled_from(MAP_NAMES), st.text("0123456789.,;-+eEnaif \t\r\n\"'#", max_size=200))
def test_any_table_of_numbers_gives_tables_or_a_format_error(column_map, text):
    check("columns", text.encode(), options_of(column_map))


@given(damaged_exports())
def test_any_damage_to_an_export_gives_tables_or_a_format_error(case):
    check(*case)


@pytest.mark.slow
@settings(max_examples=3000)
@given(damaged_exports())
def test_much_more_damage(case):
    check(*case)


@given(st.binary(max_size=300))
def test_sniffing_never_fails_and_identify_answers_or_says_why(head):
    claims = [importer for importer in IMPORTERS if importer.sniff(head)]
    if len(claims) == 1:
        assert importers.identify(head) is claims[0]
    else:
        with pytest.raises(FormatError, match="--format NAME"):
            importers.identify(head)


def check_cuts(name: str, payload: bytes, options: dict[str, str], step: int) -> None:
    """What is left of a cut file equals the rows of the whole one; no number is a torso."""
    whole = importers.decode(payload, name=name, options=options).samples
    for end in range(0, len(payload), step):
        outcome = decoded(name, payload[:end], options)
        if isinstance(outcome, FormatError):
            continue
        for role, table in outcome.samples.items():
            columns = [column for column in table.columns if column in whole[role]]
            assert table[columns].equals(whole[role][columns].iloc[: len(table)])


@pytest.mark.parametrize(("name", "file", "column_map"), REAL)
def test_a_cut_file_never_invents_a_number(name, file, column_map):
    check_cuts(name, rows_of(file), options_of(column_map), step=17)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "file", "column_map"), REAL)
def test_a_file_cut_at_any_byte_never_invents_a_number(name, file, column_map):
    check_cuts(name, rows_of(file), options_of(column_map), step=1)


def refusal(toml: str) -> str:
    try:
        load_map(toml)
    except SpecError as error:
        return str(error)
    return ""


@given(st.text(max_size=200) | damaged((IMPORTS / "columns" / "splices_session.toml").read_bytes()))
def test_any_map_loads_or_is_a_spec_error(text):
    reason = refusal(text if isinstance(text, str) else text.decode("latin-1"))
    assert not reason or reason.startswith("column map: ")
