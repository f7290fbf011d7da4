"""loadsol exports: excerpts against tables made by a plain loop, and the marks of lost packets."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from insole import importers, tables
from insole.errors import FormatError

SENSORS = (
    "heel_n", "forefoot_medial_n", "forefoot_lateral_n", "total_n", *tables.ACC, *tables.GYRO,
)  # fmt: skip


def two_sided(*rows: str, names: str | None = None, units: str | None = None) -> bytes:
    """A file of a left and a right insole without IMU; a row is 10 cells."""
    names = names or (
        "\tA1-L::heel\tA1-L::medial\tA1-L::lateral\tA1-L"
        "\t\tA2-R::lateral\tA2-R::medial\tA2-R::heel\tA2-R"
    )
    units = units or "\t".join(["Time[secs]", *["Force[N]"] * 4] * 2)
    header = ["loadapp_2024_01_17_16_02_12_181.loadflux", "comment x", names, units]
    return "\n".join([*header, *(row.replace(" ", "\t") for row in rows)]).encode() + b"\n"


@pytest.mark.parametrize(
    ("file", "sides"),
    [
        ("two_sided", ("left", "right")),
        ("right_only", ("right",)),
        ("older_handmade", ("left", "right")),
    ],
)
def test_an_excerpt_gives_its_expected_tables(fixtures, file, sides):
    folder = fixtures / "imports" / "loadsol"
    imported = importers.decode((folder / f"{file}.txt").read_bytes())
    assert tuple(imported.samples) == sides
    for side in sides:
        expected = pd.read_csv(folder / f"{file}.{side}.csv")
        measured = tables.check_samples(imported.samples[side])
        assert set(measured.columns) == {*expected.columns, "host_time_s", "segment"}
        pd.testing.assert_frame_equal(
            measured[expected.columns], expected, check_dtype=False, rtol=1e-9, atol=1e-9
        )


def test_the_zone_order_of_each_foot_is_taken_from_the_names():
    imported = importers.decode(
        two_sided("0.000 1 2 3 6 0.000 30 20 10 60", "0.005 1 2 3 6 0.005 30 20 10 60")
    )
    left, right = imported.samples["left"].iloc[0], imported.samples["right"].iloc[0]
    assert [left[column] for column in SENSORS[:4]] == [1, 2, 3, 6]
    assert [right[column] for column in SENSORS[:4]] == [10, 20, 30, 60]


def test_both_generations_of_sensors_are_read():
    """Whole newtons beside decimals: figures of the first rows of a published file."""
    imported = importers.decode(
        two_sided(
            "0.000 245 25 35 305 0.000 92.12 72.38 114.68 279.18",
            "0.005 247 25 37 309 0.005 89.77 69.56 114.68 274.01",
        )
    )
    left, right = imported.samples["left"], imported.samples["right"]
    assert left["heel_n"].tolist() == [245, 247]
    assert right["heel_n"].tolist() == [114.68, 114.68]
    assert (left["total_n"] + right["total_n"]).tolist() == pytest.approx([584.18, 583.01])


def test_a_lost_packet_is_missing_and_a_foot_in_the_air_is_zero():
    lost = importers.decode(
        two_sided(
            "0.000 1 2 3 6 0.000 30 20 10 60",
            "0.005 -1.000 -1.000 -1.000 0.000 0.005 30 20 10 60",
            "0.010 0 0 0 0 0.010 30 20 10 60",
        )
    )
    left, right = lost.samples["left"], lost.samples["right"]
    assert left[[*SENSORS[:4]]].isna().to_numpy().tolist() == [[False] * 4, [True] * 4, [False] * 4]
    assert left["total_n"].iloc[2] == 0.0
    assert right["total_n"].tolist() == [60, 60, 60]


def test_zones_and_inertial_channels_are_masked_together(fixtures):
    payload = (fixtures / "imports" / "loadsol" / "two_sided.txt").read_bytes()
    row = payload.split(b"\n")[4].split(b"\t")
    only_imu_lost = b"\t".join([*row[:6], *[b"-"] * 6, *row[12:]])
    only_zone_lost = b"\t".join([row[0], b"-1.000", *row[2:]])
    lines = payload.split(b"\n")
    lines[5:7] = [only_imu_lost, only_zone_lost]
    left = importers.decode(b"\n".join(lines)).samples["left"]
    assert left.loc[0, [*SENSORS]].notna().all()
    assert left.loc[1:2, [*SENSORS]].isna().to_numpy().all()


def test_inertial_columns_that_are_empty_throughout_do_not_mask_the_force(fixtures):
    payload = (fixtures / "imports" / "loadsol" / "right_only.txt").read_bytes()
    lines = payload.rstrip().split(b"\n")
    rows = [b"\t".join([*row.split(b"\t")[:6], *[b"-"] * 6, b"", b""]) for row in lines[4:]]
    imported = importers.decode(b"\n".join([*lines[:4], *rows]) + b"\n")
    assert imported.capabilities.imu is False
    assert imported.samples["right"]["total_n"].notna().mean() > 0.8


def test_time_is_the_row_number_whatever_the_stamps_do():
    row = "{} 1 2 3 6 0.000 30 20 10 60"
    stamps = ["0.000", "0.005", "0.005", "0.015", "0.020", "0.025", "0.030", "0.035"]
    imported = importers.decode(two_sided(*(row.format(stamp) for stamp in stamps)))
    assert imported.capabilities.rate_hz == 200.0
    assert imported.samples["left"]["device_time_s"].to_numpy() == pytest.approx(
        np.arange(8) * 0.005
    )
    assert "clock" not in imported.facts


def test_rows_that_were_cut_out_leave_a_hole():
    row = "{} 1 2 3 6 0.000 30 20 10 60"
    stamps = ["0.000", "0.005", "0.010", "3.010", "3.015", "3.020"]
    imported = importers.decode(two_sided(*(row.format(stamp) for stamp in stamps)))
    time_s = imported.samples["left"]["device_time_s"].to_numpy()
    assert time_s == pytest.approx([0.0, 0.005, 0.010, 3.010, 3.015, 3.020])
    assert imported.facts["missing_rows"] == "599 rows are not in the file; they count as lost"


def test_two_recordings_in_one_file_are_refused():
    row = "{} 1 2 3 6 0.000 30 20 10 60"
    stamps = ["3.000", "3.005", "3.010", "0.000", "0.005", "0.010"]
    with pytest.raises(FormatError, match="line 8: the time runs backwards"):
        importers.decode(two_sided(*(row.format(stamp) for stamp in stamps)))


def test_a_stamp_that_is_hours_away_is_refused():
    row = "{} 1 2 3 6 0.000 30 20 10 60"
    stamps = ["0.000", "0.005", "0.010", "9000.000", "9000.005", "9000.010"]
    with pytest.raises(FormatError, match="line 8: the time jumps by hours"):
        importers.decode(two_sided(*(row.format(stamp) for stamp in stamps)))


def test_a_rate_that_no_loadsol_has_is_refused():
    rows = [f"{k * 0.05:.3f} 1 2 3 6 0.000 30 20 10 60" for k in range(5)]
    with pytest.raises(FormatError, match="20 Hz, where loadsol exports have 100 or 200 Hz"):
        importers.decode(two_sided(*rows))


def test_the_header_gives_start_serials_and_comment(fixtures):
    payload = (fixtures / "imports" / "loadsol" / "two_sided.txt").read_bytes()
    assert importers.decode(payload).facts == {
        "file_name": "loadapp_2024_01_17_15_24_36_226.loadflux",
        "comment": "test_poussee_2",
        "started_at_local": "2024-01-17T15:24:36.226",
        "serial_left": "PGV247",
        "serial_right": "PGV244",
    }


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
def test_accents_of_the_header_survive_either_encoding(encoding):
    payload = two_sided("0.000 1 2 3 6 0.000 30 20 10 60", "0.005 1 2 3 6 0.005 30 20 10 60")
    accented = payload.decode().replace("comment x", "comment derrière").encode(encoding)
    assert importers.decode(accented).facts["comment"] == "derrière"


def test_a_copy_with_commas_gives_the_same_tables(fixtures):
    payload = (fixtures / "imports" / "loadsol" / "two_sided.txt").read_bytes()
    tabs, commas = importers.decode(payload), importers.decode(payload.replace(b"\t", b","))
    for side in ("left", "right"):
        pd.testing.assert_frame_equal(commas.samples[side], tabs.samples[side])
    assert commas.facts == tabs.facts


def test_regions_and_capabilities(fixtures):
    payload = (fixtures / "imports" / "loadsol" / "two_sided.txt").read_bytes()
    imported = importers.decode(payload)
    assert imported.capabilities.to_dict() == {
        "regions": ["forefoot_medial", "forefoot_lateral", "heel"],
        "imu": True,
        "cop": False,
        "rate_hz": 200.0,
        "sides": "both",
        "unit": "N",
    }
    sensors = imported.sensors["right"].set_index("column")["region"]
    assert sensors["heel_n"] == "heel"
    assert "total_n" not in sensors


def test_a_unit_or_column_that_is_not_as_documented_is_refused_or_named():
    rows = ("0.000 1 2 3 6 0.000 30 20 10 60", "0.005 1 2 3 6 0.005 30 20 10 60")
    payload = two_sided(*rows)
    with pytest.raises(FormatError, match=r"line 4: states 'Force\[kg\]' for A1-L::heel"):
        importers.decode(payload.replace(b"Force[N]", b"Force[kg]", 1))
    with pytest.raises(FormatError, match="line 3: names A1-L::heel twice"):
        importers.decode(payload.replace(b"A1-L::medial", b"A1-L::heel"))
    strange = importers.decode(payload.replace(b"A1-L::medial", b"A1-L::arch"))
    assert strange.facts["not_read"] == "A1-L::arch"
    assert strange.capabilities.regions == ("forefoot_lateral", "heel")


@pytest.mark.parametrize("cut", range(1, 60, 3))
def test_a_file_cut_anywhere_in_its_last_row_loses_that_row_alone(fixtures, cut):
    payload = (fixtures / "imports" / "loadsol" / "two_sided.txt").read_bytes().rstrip(b"\n")
    whole = importers.decode(payload + b"\n")
    short = importers.decode(payload[:-cut])
    assert short.facts["last_row"] == "incomplete, left out"
    pd.testing.assert_frame_equal(short.samples["left"], whole.samples["left"].iloc[:-1])


def test_published_recordings_have_their_known_size_and_loss(shared_data):
    """Rows and loss of each side as counted independently; totals are the sum of the zones."""
    known = {
        # file: (rows, lost rows left, lost rows right)
        "test_pointe_5": (12608, 1249, 1103),
        "test_pointe_3_05_02": (5648, 557, 402),
        "test_pointe_4_05_02": (4859, 344, 366),
        "test_pointe_5_05_02": (5724, 458, 446),
        "test_poussee_2": (14477, 1455, 1257),
        "test_poids": (1094, 91, 178),
        "poids_par_zone": (7310, 472, 194),
    }
    for name, (rows, *lost) in known.items():
        payload = (shared_data / "loadsol_tiptoe" / f"{name}.txt").read_bytes()
        imported = importers.decode(payload)
        for side, lost_rows in zip(("left", "right"), lost, strict=True):
            table = imported.samples[side]
            assert (len(table), int(table["total_n"].isna().sum())) == (rows, lost_rows), name
            assert not (table[[*SENSORS[:4]]] < 0).any(axis=None)
            zones = table[[*SENSORS[:3]]].sum(axis=1, skipna=False)
            assert np.nanmax(np.abs(zones - table["total_n"])) < 0.01
