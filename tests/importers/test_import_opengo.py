"""OpenGo text exports: excerpts against expected tables, figures of the maker's own reader."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from insole import importers, tables
from insole.errors import FormatError

NAMES = "# time\tleft total force[N]\tright total force[N]"


@pytest.mark.parametrize("file", ["walk", "walk_events"])
def test_an_excerpt_gives_its_expected_tables(fixtures, file):
    folder = fixtures / "imports" / "opengo"
    imported = importers.decode((folder / f"{file}.txt").read_bytes())
    assert tuple(imported.samples) == ("left", "right")
    for side, table in imported.samples.items():
        expected = pd.read_csv(folder / f"{file}.{side}.csv")
        measured = tables.check_samples(table)
        assert set(measured.columns) == {*expected.columns, "host_time_s", "segment"}
        pd.testing.assert_frame_equal(
            measured[expected.columns], expected, check_dtype=False, rtol=1e-9, atol=1e-9
        )


@pytest.mark.parametrize(
    ("file", "rows", "time_s", "figures_n"),
    [
        (
            "230927_102231",
            947,
            (0.60, 10.06),
            {"left": (364, 1157, 371.56), "right": (343, 1391, 441.66)},
        ),
        (
            "text_export",
            499,
            (0.01, 4.99),
            {"left": (12, 905, 345.55), "right": (560, 904, 406.48)},
        ),
    ],
)
def test_figures_of_the_makers_reader(shared_data, file, rows, time_s, figures_n):
    """First, largest and mean force after its default: ends trimmed, single holes filled."""
    imported = importers.decode((shared_data / "opengo_walk" / f"{file}.txt").read_bytes())
    force = pd.DataFrame(
        {
            side: table.set_index("device_time_s")["total_n"]
            for side, table in imported.samples.items()
        }
    )
    both = force.notna().all(axis=1)
    trimmed = force.loc[both.idxmax() : both[::-1].idxmax()].ffill()
    assert len(trimmed) == rows
    assert (trimmed.index[0], trimmed.index[-1]) == time_s
    for side, (first, largest, mean) in figures_n.items():
        assert trimmed[side].iloc[0] == first
        assert trimmed[side].max() == largest
        assert trimmed[side].mean() == pytest.approx(mean, abs=0.005)


def test_an_empty_cell_is_missing(fixtures):
    imported = importers.decode((fixtures / "imports" / "opengo" / "walk.txt").read_bytes())
    left, right = imported.samples["left"], imported.samples["right"]
    assert left["total_n"].isna().sum() == 10
    assert left.loc[left["total_n"].isna(), "cell_01_ncm2"].isna().all()
    assert right["total_n"].notna().all()


def test_no_region_is_claimed_for_a_cell_and_no_centre_of_pressure(fixtures):
    imported = importers.decode((fixtures / "imports" / "opengo" / "walk.txt").read_bytes())
    assert imported.capabilities.to_dict() == {
        "regions": [], "imu": True, "cop": False, "rate_hz": 100.0, "sides": "both", "unit": "N",
    }  # fmt: skip
    assert imported.sensors["left"]["column"].tolist() == [
        f"cell_{k:02d}_ncm2" for k in range(1, 17)
    ]
    assert set(imported.sensors["left"]["region"]) == {""}
    assert "left center of pressure X[-0.5...+0.5]" in imported.facts["not_read"]


def test_facts_of_the_header(fixtures):
    facts = importers.decode((fixtures / "imports" / "opengo" / "walk.txt").read_bytes()).facts
    assert facts["started_at_local"] == "2023-09-27T10:22:31.707"
    assert (facts["serial_left"], facts["serial_right"]) == ("SN5968", "SN9171")
    assert (facts["comment"], facts["size"], facts["tag"]) == ("Some walking steps", "7", "fast")
    live = importers.decode(
        (fixtures / "imports" / "opengo" / "walk_events.txt").read_bytes()
    ).facts
    assert live["started_at_utc"] == "2022-09-15T13:58:36.241+00:00"


def test_events_and_steps_become_facts(shared_data):
    folder = shared_data / "opengo_walk"
    events = importers.decode((folder / "text_export.txt").read_bytes()).facts
    assert events["event_left_events"].startswith("1 at 0.21 s, 2 at 0.58 s")
    assert events["event_right_events"].startswith("1 at 0.77 s")
    steps = importers.decode((folder / "230927_102231.txt").read_bytes()).facts
    strikes = steps["event_left_steps"].count("11 at") + steps["event_right_steps"].count("21 at")
    assert strikes == 10


def test_columns_are_found_by_name_in_any_order():
    rows = "0.00\t7\t5\n0.01\t7\t5\n"
    swapped = f"# time\tright total force[N]\tleft total force[N]\n{rows}".encode()
    imported = importers.decode(swapped)
    assert imported.samples["left"]["total_n"].tolist() == [5, 5]
    assert imported.samples["right"]["total_n"].tolist() == [7, 7]


def test_a_side_without_any_force_is_left_out_and_named():
    imported = importers.decode(f"{NAMES}\n0.00\t\t5\n0.01\t\t6\n".encode())
    assert tuple(imported.samples) == ("right",)
    assert imported.capabilities.sides == "right"
    assert imported.facts["empty_left"] == "no force in any row"


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ("0.00\t1\t2\n0.01\t\t\n0.00\t1\t2\n", "line 4: time runs backwards"),
        ("0.00\t1\t2\n\t1\t2\n", "line 3: has no time stamp"),
        ("0.00\t1\t2\n0.00\t1\t2\n", "time does not advance"),
        ("0.00\t1\t2\n0.01\t1,5\t2\n", "line 3: '1,5' in column 2 is no number; .*decimal points"),
        ("0.00\t1\t2\n0.01\t1\n0.02\t1\t2\n", "line 3: has 2 cells, the rows before have 3"),
        ("0.00\t\t\n0.01\t\t\n", "has no force in any row"),
        ("", "has no row of numbers"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(rows, problem):
    with pytest.raises(FormatError, match=problem):
        importers.decode(f"{NAMES}\n{rows}".encode())


def test_a_column_of_events_that_cannot_be_read_spoils_no_force():
    payload = b"# time\tleft total force[N]\tMarks[]\n0.00\t1\there\n0.01\t2\t\n"
    imported = importers.decode(payload)
    assert imported.samples["left"]["total_n"].tolist() == [1, 2]
    assert imported.facts["event_marks"].startswith("not read: ")


def test_without_the_last_line_end_the_last_force_may_be_cut():
    imported = importers.decode(f"{NAMES}\n0.00\t1\t2\n0.01\t1\t2\n0.02\t1\t2".encode())
    assert len(imported.samples["left"]) == 2
    assert imported.facts["last_row"] == "incomplete, left out"
    assert np.array_equal(imported.samples["right"]["total_n"], [2, 2])
