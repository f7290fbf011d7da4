"""Plain tables by column map: every public recording, and what each key of a map does."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from insole import importers, tables
from insole.errors import FormatError, SpecError
from insole.importers.columns import decode_columns, load_map

TOTALS = """
delimiter = ","
time = { column = "t", unit = "ms" }
[[column]]
column = "L"
side = "left"
quantity = "force"
unit = "kN"
[[column]]
column = "R"
side = "right"
quantity = "force"
unit = "N"
"""


def by_map(payload: bytes, column_map: str):
    return importers.decode(payload, name="columns", options={"columns": column_map})


@pytest.mark.parametrize(
    ("column_map", "file", "sides"),
    [
        ("loadsol_two_sided", "loadsol/two_sided.txt", ("left", "right")),
        ("loadsol_right_only", "loadsol/right_only.txt", ("right",)),
        ("insole_gait", "gait/gait_excerpt.txt", ("left", "right")),
        ("plates_stance", "plates/stance.txt", ("left", "right")),
        ("plates_squatjump", "plates/squatjump.csv", ("left", "right")),
    ],
)
def test_an_excerpt_gives_its_expected_tables(fixtures, column_map, file, sides):
    folder = fixtures / "imports"
    text = (folder / "columns" / f"{column_map}.toml").read_text()
    imported = by_map((folder / file).read_bytes(), text)
    assert tuple(imported.samples) == sides
    for side in sides:
        expected = pd.read_csv((folder / file).with_suffix(f".{side}.csv"))
        measured = tables.check_samples(imported.samples[side])
        assert set(measured.columns) == {*expected.columns, "host_time_s", "segment"}
        pd.testing.assert_frame_equal(
            measured[expected.columns], expected, check_dtype=False, rtol=1e-9, atol=1e-9
        )


@pytest.mark.parametrize("name", ["test_poussee_2", "test_pointe_5_05_02", "roll_test"])
def test_the_loadsol_map_and_the_loadsol_importer_agree(shared_data, fixtures, name):
    payload = (shared_data / "loadsol_tiptoe" / f"{name}.txt").read_bytes()
    column_map = "loadsol_right_only" if name == "roll_test" else "loadsol_two_sided"
    text = (fixtures / "imports" / "columns" / f"{column_map}.toml").read_text()
    vendor, plain = importers.decode(payload), by_map(payload, text)
    assert plain.capabilities == vendor.capabilities
    for side, table in vendor.samples.items():
        pd.testing.assert_frame_equal(plain.samples[side], table, check_like=True)


@pytest.mark.parametrize(
    ("column_map", "pattern", "rate_hz", "cop"),
    [
        ("loadsol_plates_digitised", "loadsol_tiptoe/*_plate_fz_digitised.csv", 10.0, False),
        ("opengo_walk_230927", "opengo_walk/230927_102231.txt", 100.0, False),
        ("opengo_walk_events", "opengo_walk/text_export.txt", 100.0, False),
        ("insole_gait", "insole_gait/GaCo*.txt", 100.0, False),
        ("plates_stance", "plates_stance/PDS*.txt", 100.0, True),
        ("plates_squatjump", "plates_squatjump/*.csv", 1000.0, False),
        ("splices_session", "splices/session_holds_and_raise.csv", 200.0, False),
        ("splices_stance", "splices/stance_*.csv", 200.0, False),
    ],
)
def test_every_public_recording_has_a_map(shared_data, fixtures, column_map, pattern, rate_hz, cop):  # noqa: PLR0917 - two fixtures beside four figures
    text = (fixtures / "imports" / "columns" / f"{column_map}.toml").read_text()
    files = sorted(shared_data.glob(pattern))
    assert files
    for file in files:
        imported = by_map(file.read_bytes(), text)
        assert imported.capabilities.rate_hz == rate_hz
        assert imported.capabilities.cop is cop
        assert imported.capabilities.sides == "both"
        for table in imported.samples.values():
            tables.check_samples(table)


def test_forces_of_the_public_recordings_are_as_stated(shared_data, fixtures):
    """Sums that the sources state: body weight on plates, exact zero in flight, known excess."""
    maps = fixtures / "imports" / "columns"

    def total_n(column_map: str, file: str):
        imported = by_map(
            (shared_data / file).read_bytes(), (maps / f"{column_map}.toml").read_text()
        )
        return imported.samples["left"]["total_n"] + imported.samples["right"]["total_n"]

    assert total_n("plates_stance", "plates_stance/PDS13OR1grf.txt").mean() == pytest.approx(
        636, abs=2
    )
    jump_n = total_n("plates_squatjump", "plates_squatjump/BFR003_squat_jump.csv").to_numpy()
    flights = np.flatnonzero(np.diff((jump_n == 0).astype(int)) == 1)
    assert len(flights) == 3
    gait_n = total_n("insole_gait", "insole_gait/GaCo01_01.txt").mean()
    assert gait_n / (83 * 9.80665) == pytest.approx(1.33, abs=0.005)


def test_lost_rows_of_the_spliced_session_are_missing(shared_data, fixtures):
    payload = (shared_data / "splices" / "session_holds_and_raise.csv").read_bytes()
    text = (fixtures / "imports" / "columns" / "splices_session.toml").read_text()
    imported = by_map(payload, text)
    flags = pd.read_csv(shared_data / "splices" / "session_holds_and_raise.csv")
    for side, table in imported.samples.items():
        lost = (flags[f"{side}_lost"] != 0).to_numpy()
        assert table["total_n"].isna().to_numpy().tolist() == lost.tolist()
        assert imported.facts[f"total_{side}"] == (
            "sum of heel_n, forefoot_medial_n, forefoot_lateral_n"
        )


def test_units_are_converted_and_time_kept():
    imported = by_map(b"t,L,R\n100,0.3,290\n110,0.31,280\n", TOTALS)
    assert imported.samples["left"]["total_n"].tolist() == pytest.approx([300, 310])
    assert imported.samples["left"]["device_time_s"].tolist() == pytest.approx([0.1, 0.11])
    assert imported.capabilities.rate_hz == 100.0


def test_one_number_for_both_feet_is_a_plate():
    text = """
    header = false
    rate_hz = 50
    [[column]]
    column = 2
    side = "both"
    quantity = "force"
    unit = "kgf"
    """
    imported = by_map(b"a,70\nb,71\n", text)
    assert tuple(imported.samples) == ("plate",)
    assert imported.capabilities.sides == "merged"
    assert imported.samples["plate"]["total_n"].tolist() == pytest.approx([686.4655, 696.27215])
    assert imported.samples["plate"]["device_time_s"].tolist() == [0.0, 0.02]


def test_all_quantities_of_a_foot():
    sensor = '[[column]]\ncolumn = {}\nside = "left"\nquantity = "{}"\n{}\n'
    parts = [sensor.format(1, "force", 'unit = "adc"')]
    parts += [sensor.format(2, "cop_ap", 'unit = "cm"'), sensor.format(3, "cop_ml", 'unit = "mm"')]
    for offset, (quantity, unit) in ((4, ("acc", "m/s2")), (7, ("gyro", "rad/s"))):
        parts += [
            sensor.format(offset + k, quantity, f'axis = "{axis}"\nunit = "{unit}"')
            for k, axis in enumerate("xyz")
        ]
    text = 'delimiter = "whitespace"\nheader = false\nrate_hz = 100\n' + "".join(parts)
    imported = by_map(b" 512 20\t-5 0 0 9.80665  1 0 0 \n\n513 20 -5 0 0 9.80665 0 0 0\n", text)
    left = imported.samples["left"].iloc[0]
    assert (left["total_adc"], left["cop_ap_mm"], left["cop_ml_mm"]) == (512, 200, -5)
    assert (left["acc_z_g"], left["gyro_x_dps"]) == pytest.approx((1.0, 57.29577951))
    assert imported.capabilities.to_dict() == {
        "regions": [], "imu": True, "cop": True, "rate_hz": 100.0, "sides": "left", "unit": "adc",
    }  # fmt: skip


def test_a_lost_mark_or_value_masks_the_row_of_its_side_alone():
    text = TOTALS.replace('"kN"', '"N"') + (
        '[[column]]\ncolumn = "lost"\nside = "left"\nquantity = "lost"\n'
    )
    rows = b"t,L,R,lost\n0,1,2,0\n10,1,2,1\n20,-1,2,0\n30,1,-1,\n"
    marked = by_map(rows, text)
    assert marked.samples["left"]["total_n"].isna().tolist() == [False, True, False, True]
    assert marked.samples["right"]["total_n"].tolist() == [2, 2, 2, -1]
    valued = by_map(rows, "lost_value = -1\n" + text)
    assert valued.samples["left"]["total_n"].isna().tolist() == [False, True, True, True]
    assert valued.samples["right"]["total_n"].isna().tolist() == [False, False, False, True]


def test_regions_of_several_columns_become_cells_and_the_total_their_sum():
    sensor = (
        '[[column]]\ncolumn = {}\nside = "right"\nquantity = "force"\nregion = "{}"\nunit = "N"\n'
    )
    regions = ("heel", "heel", "forefoot")
    text = "header = false\nrate_hz = 10\n" + "".join(
        sensor.format(place, region) for place, region in enumerate(regions, start=1)
    )
    imported = by_map(b"1,2,4\n1,,4\n", text)
    right = imported.samples["right"]
    assert right[["cell_01_n", "cell_02_n", "forefoot_n"]].iloc[0].tolist() == [1, 2, 4]
    assert right["total_n"].iloc[0] == 7
    assert np.isnan(right["total_n"].iloc[1])
    sensors = imported.sensors["right"].set_index("column")["region"].to_dict()
    assert sensors == {"cell_01_n": "heel", "cell_02_n": "heel", "forefoot_n": "forefoot"}
    assert imported.capabilities.regions == ("forefoot", "heel")


def test_quoted_cells_and_words_for_missing():
    imported = by_map(b'"t","L","R"\n"0","0.1",NA\n"10", -,"5"\n', TOTALS.replace("kN", "N"))
    assert imported.samples["left"]["total_n"].iloc[0] == 0.1
    assert np.isnan(imported.samples["left"]["total_n"].iloc[1])
    assert np.isnan(imported.samples["right"]["total_n"].iloc[0])


@pytest.mark.parametrize(
    ("payload", "problem"),
    [
        (b"t,L\n0,1\n", "has no column 'R'; its first columns are t, L"),
        (b"t,L,R,R\n0,1,2,3\n", "has 2 columns called 'R'; give the column's number"),
        (b"t,L,R\n", "has no row of numbers"),
        (b"t,L,R\n0,a,2\n", "line 2: 'a' in column 2 is no number"),
        (b"t,L,R\n\n\n0,1,2\n10,1\n20,1,2\n", "line 5: has 2 cells, the rows before have 3"),
        (b"t,L,R\n0,,\n10,,\n", "has no force in any row"),
        (b"t,L,R\n10,1,2\n0,1,2\n", "line 3: time runs backwards"),
        (b"t,L,R\n0,1", "line 2: .*"),
    ],
)
def test_a_file_that_does_not_fit_its_map_is_refused(payload, problem):
    with pytest.raises(FormatError, match=problem):
        by_map(payload, TOTALS)


def test_a_header_beyond_the_end_of_the_file_is_said():
    with pytest.raises(FormatError, match="ends before line 8, where the names should stand"):
        by_map(b"t,L,R\n0,1,2\n", "skip_rows = 7\n" + TOTALS)


def test_without_a_map_the_way_out_is_named():
    with pytest.raises(FormatError, match="give --columns"):
        importers.decode(b"1,2\n", name="columns")


def test_a_wrong_map_is_a_spec_error_with_the_name_of_its_file():
    with pytest.raises(SpecError) as caught:
        importers.decode(
            b"", name="columns", options={"columns": "delimiter = 3", "columns_path": "my.toml"}
        )
    assert caught.value.path == "my.toml"


def test_a_last_column_that_is_not_wanted_may_end_without_a_line_end():
    column_map = load_map(TOTALS.replace('"kN"', '"N"'))
    whole = decode_columns(b"t,L,R,x\n0,1,2,3\n10,1,2,3", column_map)
    cut = decode_columns(b"t,L,R\n0,1,2\n10,1,2\n20,1,2", column_map)
    assert (len(whole.samples["left"]), dict(whole.facts)) == (2, {})
    assert (len(cut.samples["left"]), cut.facts["last_row"]) == (2, "incomplete, left out")
