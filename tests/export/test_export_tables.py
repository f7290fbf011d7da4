"""Tables for other programs, read back by readers that are not ours."""

import json
import sys
from io import BytesIO, StringIO

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from pandas.testing import assert_frame_equal

from insole.cli import export as command
from insole.cli.main import main
from insole.errors import MissingExtraError
from insole.export import FORMATS, TABLES, Table, tables
from insole.export.column import explained
from insole.session import load

pyxdf = pytest.importorskip("pyxdf", reason="pyxdf, an independent reader, is not installed")
parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")

ODD = pd.DataFrame(
    {
        "time_s": [0.0, 0.1, 0.2],
        "left_n": [0.1 + 0.2, np.nan, -1e-300],
        "left_ok": [True, False, True],
        "rounds": pd.array([1, None, 3], dtype="Int64"),
        "met": pd.array([True, None, False], dtype="boolean"),
        "reasons": ["", 'a "word", and more', "ümlaut\nline <b>"],
    }
)


@pytest.fixture(scope="module")
def session(fixtures):
    return load(fixtures / "sessions" / "demo.insole")


@pytest.fixture(scope="module")
def found(session):
    return tables(session)


def written(style, *these):
    return b"".join(FORMATS[style].pieces(these))


def test_every_table_comes_in_the_stated_order_and_columns_last(found):
    names = [table.name for table in found]
    assert names[:4] == ["samples_left", "samples_right", "sensors_left", "sensors_right"]
    assert names[-1] == "columns"
    assert {name.removesuffix("_left").removesuffix("_right") for name in names[:-1]} == set(TABLES)


def test_a_choice_brings_its_columns_only(session):
    chosen = tables(session, ["raises", "events"])
    assert [table.name for table in chosen] == ["events", "raises", "columns"]
    assert set(chosen[-1].frame["table"]) == {"events", "raises"}


def test_every_column_is_explained_and_has_a_unit_if_it_is_a_number_of_something(found):
    columns = found[-1].frame
    assert not columns["column"][columns["meaning"] == ""].tolist()
    units = columns.set_index(["table", "column"])["unit"]
    assert units["samples_left", "cell_01_n"] == "N"
    assert units["forces", "left_heel_height_mm"] == "mm"
    assert units["holds", "force_slope_n_per_s"] == "N/s"
    assert units["forces", "left_ok"] == ""


@pytest.mark.parametrize("index", range(6))
def test_csv_is_read_back_exactly(found, index):
    table = found[index]
    again = pd.read_csv(BytesIO(written("csv", table)))
    assert_frame_equal(again, table.frame, check_dtype=False, check_exact=True)


def test_csv_keeps_odd_values():
    again = pd.read_csv(BytesIO(written("csv", Table("odd", ODD))), keep_default_na=False)
    assert again["left_n"].tolist() == ["0.30000000000000004", "", "-1e-300"]
    assert again["reasons"].tolist() == ODD["reasons"].tolist()
    assert again["rounds"].tolist() == ["1", "", "3"]


def test_json_lines_are_strict_json_with_null_for_missing():
    lines = written("jsonl", Table("odd", ODD)).decode().splitlines()
    rows = [json.loads(line, parse_constant=pytest.fail) for line in lines]
    assert rows[1] == {
        "time_s": 0.1, "left_n": None, "left_ok": False, "rounds": None, "met": None,
        "reasons": 'a "word", and more',
    }  # fmt: skip
    assert rows[0]["left_n"] == 0.1 + 0.2
    assert rows[2]["reasons"] == "ümlaut\nline <b>"


def test_json_lines_are_read_back_exactly(found):
    forces = next(table for table in found if table.name == "forces")
    text = StringIO(written("jsonl", forces).decode())
    again = pd.DataFrame(map(json.loads, text))
    assert_frame_equal(again, forces.frame, check_dtype=False, check_exact=True)


def test_parquet_keeps_types_and_tells_units(found):
    for table in found:
        again = parquet.read_table(BytesIO(written("parquet", table)))
        assert_frame_equal(again.to_pandas(), table.frame, check_dtype=False, check_exact=True)
    field = parquet.read_table(BytesIO(written("parquet", found[0]))).schema.field("cell_01_n")
    assert field.metadata == {b"unit": b"N", b"meaning": b"load of cell 01"}


def test_parquet_without_pyarrow_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingExtraError, match=r'pip install "insole\[parquet\]"'):
        written("parquet", Table("odd", ODD))


def test_xdf_has_a_stream_for_each_table_with_a_time(found, tmp_path):
    streams = read_xdf(tmp_path, found)
    assert list(streams) == ["samples_left", "samples_right", "forces", "events"]
    for name in ("samples_left", "forces"):
        stream, frame = streams[name], next(t.frame for t in found if t.name == name)
        labels = [c["label"][0] for c in stream["info"]["desc"][0]["channels"][0]["channel"]]
        np.testing.assert_array_equal(stream["time_stamps"], frame["time_s"])
        np.testing.assert_array_equal(stream["time_series"], frame[labels].astype(float))
    assert streams["forces"]["info"]["nominal_srate"] == ["100"]
    units = streams["samples_left"]["info"]["desc"][0]["channels"][0]["channel"]
    assert {"label": ["cell_01_n"], "unit": ["N"], "meaning": ["load of cell 01"]} in units


def test_xdf_events_are_words_at_their_time(found, tmp_path):
    events = read_xdf(tmp_path, found)["events"]
    frame = next(t.frame for t in found if t.name == "events").sort_values("time_s", kind="stable")
    said = [f"{e} {s}" for e, s in zip(frame["event"], frame["side"], strict=True)]
    assert [word for (word,) in events["time_series"]] == said
    np.testing.assert_array_equal(events["time_stamps"], frame["time_s"])


def test_xdf_of_a_session_in_which_nothing_happened(tmp_path):
    empty = Table("events", pd.DataFrame({"event": [], "side": [], "time_s": [], "method": []}))
    assert len(read_xdf(tmp_path, [empty])["events"]["time_stamps"]) == 0


def read_xdf(folder, found):
    path = folder / "s.xdf"
    path.write_bytes(written("xdf", *found))
    plain = {"synchronize_clocks": False, "dejitter_timestamps": False}
    streams, _ = pyxdf.load_xdf(str(path), **plain)
    return {stream["info"]["name"][0]: stream for stream in streams}


def test_a_table_without_rows_still_has_its_header():
    empty = Table("holds", ODD.iloc[:0])
    assert written("csv", empty) == b"time_s,left_n,left_ok,rounds,met,reasons\n"
    assert written("jsonl", empty) == b""


def test_pieces_are_small_whatever_the_length():
    long = Table("forces", pd.DataFrame({"time_s": np.arange(50_000) / 100}))
    for style in ("csv", "jsonl", "xdf"):
        assert max(map(len, FORMATS[style].pieces([long]))) < 400_000


def test_a_column_that_nobody_knows_is_left_unexplained_not_invented():
    assert list(explained("x", pd.DataFrame({"mystery": []}))) == [("x", "mystery", "", "")]


def test_the_command_offers_what_there_is():
    assert tuple(FORMATS) == command.FORMATS
    assert tuple(TABLES) == command.TABLES


def insole(*words):
    return CliRunner().invoke(main, ["export", *map(str, words)])


def test_export_writes_files_and_never_over_others(fixtures, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    demo = fixtures / "sessions" / "demo.insole"
    first = insole(demo, "--table", "raises")
    assert first.stdout.split() == ["demo_csv/raises.csv", "demo_csv/columns.csv"]
    (tmp_path / "demo_csv" / "raises.csv").write_text("mine")
    again = insole(demo, "--table", "raises")
    assert again.exit_code == 4
    assert "left alone" in again.stderr
    assert (tmp_path / "demo_csv" / "raises.csv").read_text() == "mine"


def test_a_single_table_can_be_printed(fixtures, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    demo = fixtures / "sessions" / "demo.insole"
    printed = insole(demo, "--table", "holds", "--out", "-")
    assert len(pd.read_csv(StringIO(printed.stdout))) == 2
    assert not list(tmp_path.iterdir())


def test_several_tables_are_not_printed(fixtures):
    refused = insole(fixtures / "sessions" / "demo.insole", "--out", "-")
    assert (refused.exit_code, refused.stdout) == (2, "")
