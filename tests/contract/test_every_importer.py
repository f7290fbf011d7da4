"""What holds for every importer: one owner for each file, whole tables, one kind of error."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from insole import importers, tables
from insole.errors import FormatError
from insole.importers.sniff import IMPORTERS

ROOT = Path(__file__).resolve().parents[2]
EXPORTS = [
    (folder, file)
    for folder in ("loadsol", "opengo")
    for file in sorted((ROOT / "fixtures" / "imports" / folder).glob("*.txt"))
    if not file.name.startswith("LICENSE")
]
PLAIN = [
    file
    for folder in ("gait", "plates")
    for file in sorted((ROOT / "fixtures" / "imports" / folder).iterdir())
    if not file.name.startswith("LICENSE")
]
MAP = """
header = false
rate_hz = 100
[[column]]
column = 1
side = "left"
quantity = "force"
unit = "N"
"""
OPTIONS = {"columns": MAP}


def short(file: Path) -> str:
    return f"{file.parent.name}/{file.name}"


@pytest.mark.parametrize(("name", "file"), EXPORTS, ids=lambda value: getattr(value, "name", value))
def test_an_export_belongs_to_exactly_its_importer(name, file):
    head = file.read_bytes()[: importers.HEAD_BYTES]
    assert [importer.name for importer in IMPORTERS if importer.sniff(head)] == [name]
    assert importers.identify(head, file.name).name == name


@pytest.mark.parametrize("file", PLAIN, ids=short)
def test_a_plain_table_belongs_to_none(file):
    with pytest.raises(FormatError, match="tried loadsol, opengo"):
        importers.identify(file.read_bytes()[: importers.HEAD_BYTES], file.name)


def test_every_importer_has_an_export_here():
    assert {name for name, _ in EXPORTS} | {"columns"} == {i.name for i in IMPORTERS}


@pytest.mark.parametrize(("name", "file"), EXPORTS, ids=lambda value: getattr(value, "name", value))
def test_tables_keep_their_promises(name, file):
    imported = importers.decode(file.read_bytes())
    assert imported.importer == name
    assert set(imported.samples) == set(imported.sensors)
    for role, table in imported.samples.items():
        tables.check_samples(table)
        tables.check_sensor_map(imported.sensors[role])
        assert set(imported.sensors[role]["column"]) <= set(table.columns)
        assert table["host_time_s"].isna().all()
        assert (table["segment"] == 0).all()
        assert table["total_n"].notna().any()
        assert table.dtypes.drop("segment").eq(np.float64).all()
    regions = {region for sensors in imported.sensors.values() for region in sensors["region"]}
    assert set(imported.capabilities.regions) == regions - {""}
    assert all(isinstance(fact, str) and fact for fact in imported.facts.values())


@pytest.mark.parametrize(
    ("_name", "file"), EXPORTS, ids=lambda value: getattr(value, "name", value)
)
def test_decoding_twice_gives_the_same_and_changes_nothing(_name, file):
    payload = bytearray(file.read_bytes())
    before = bytes(payload)
    first, second = importers.decode(before), importers.decode(before)
    assert bytes(payload) == before
    assert first.facts == second.facts
    assert all(first.samples[role].equals(second.samples[role]) for role in first.samples)


@pytest.mark.parametrize("importer", IMPORTERS, ids=lambda importer: importer.name)
@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\n\n\n",
        b"\0" * 100,
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
        "loadapp\ncomment\n\tA-L::heel\nTime[secs]\tForce[N]\n".encode("utf-16"),
        b"\xef\xbb\xbf",
        b"Time[secs]\n",
        b"# time\n",
        b",,,,\n",
        b"\r",
        b'{"packets": 1}\n',
        b"nan\nnan\n",
    ],
    ids=lambda payload: repr(payload[:12]),
)
def test_what_is_no_export_is_a_format_error(importer, payload):
    with pytest.raises(FormatError) as caught:
        importer.decode(payload, OPTIONS)
    assert caught.value.importer == importer.name
    assert "\n" not in str(caught.value)
