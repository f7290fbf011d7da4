"""What a spec must be to ship: backed by evidence, safe, unlike every other, without overlaps."""

from __future__ import annotations

from pathlib import Path

import pytest

from insole.codec.script import connect
from insole.codec.vector import check_text
from insole.errors import SpecError
from insole.spec import parse
from insole.spec.check import problems

PATH = "example_insole.toml"
INFO_VECTOR = """
[[vector]]
channel = "info"
hex = "00 04 6400"
expect = { side = 0, sensors = 4, rate = 100 }
"""
TEXT = Path(__file__).with_name(PATH).read_text() + INFO_VECTOR


def said(text, others=()):
    return [(error.key, error.problem) for error in check_text(text, PATH, others)]


def test_a_good_spec_has_no_problems():
    assert said(TEXT) == []


@pytest.mark.parametrize(
    ("old", "new", "key", "words"),
    [
        ('id = "example_insole"', 'id = "other"', "id", "must be the same"),
        (INFO_VECTOR, "", "message[0]", "no vector tests info"),
        ("expect = { side = 0, sensors = 4, rate = 100 }", "expect = {}", "message[0]", "no"),
        ('covers = ["layout", "units", "commands"]', 'covers = ["units"]', "source", "layout"),
        ('covers = ["layout", "units", "commands"]', "", "source[0].covers", "is missing"),
        ('evidence = "simulated"', 'evidence = "capture"', "source", "names a capture"),
        ('evidence = "simulated"', 'evidence = "document"', "source[0].url", "is missing"),
        ('{ to = "command", hex = "00" }', '{ to = "command", hex = "00", changes_device = true }',
         "commands.stop", "sent unasked"),
        ('{ send = "start" }', '{ send = "zero" }', "commands.zero", "sent unasked"),
        ('name = "battery", at = 4', 'name = "battery", at = 3', "message[1]", "they overlap"),
        ("samples = { at = 5", "samples = { at = 4", "message[1]", "samples both have byte 4"),
        ('region = "heel"', "", "sensor[0].region", "every sensor of an insole lies in a region"),
        ('kind = "insole"', 'kind = "force_plate"', "sensor[0].region", "no place on a force"),
        ("sample_period_s = 0.01\n", "", "clock.sample_period_s", "frame may hold several"),
        ("rate = 100", "rate = 101", "vector[1].expect.rate", "decodes to 100"),
        ("load = [[10.0", "load = [[10.01", "vector[0].expect.load", "10"),
        ("[10.1, 20.1, 30.1, nan]]", "[10.1, 20.1, 30.1, 0.0]]", "vector[0].expect.load", "nan"),
        ("[10.1, 20.1, 30.1, nan]]", "[10.1, 20.1, 30.1, nan], [1, 1, 1, 1]]",
         "vector[0].expect.load", "decodes to"),
        ('hex = "00 04 6400"', 'hex = "00 04 64"', "vector[1].hex", "4 bytes long"),
    ],
)  # fmt: skip
def test_problem(old, new, key, words):
    assert old in TEXT
    found = said(TEXT.replace(old, new, 1))
    assert any(key == where and words in what for where, what in found), found


APART = """
[[message]]
name = "columns"
channel = "info"
byte_order = "little"
tag = "ff"
header = [{ name = "kind", at = 0, type = "u8" }]
samples = { count = 3 }
fields = [
  { name = "first", at = 1, type = "u16", stride = 4 },
  { name = "second", at = 3, type = "u16", stride = 4 },
]

[[vector]]
channel = "info"
message = "columns"
hex = "ff 0100 0200 0300 0400 0500 0600"
expect = { kind = 255, first = [1, 3, 5], second = [2, 4, 6] }
"""
COLUMNS = TEXT.replace('[[message]]\nname = "info"', f'{APART}\n[[message]]\nname = "info"', 1)


def test_values_that_take_turns_do_not_overlap():
    assert said(COLUMNS) == []


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"second", at = 3', '"second", at = 2', "first and second both have byte 2"),
        ('"second", at = 3, type = "u16", stride = 4', '"second", at = 3, type = "u16", stride = 3',
         "first and second both have byte 6"),
        ('"first", at = 1, type = "u16", stride = 4', '"first", at = 1, type = "u16", stride = 1',
         "the values of first share bytes"),
        ('"first", at = 1', '"first", at = 0', "kind and first both have byte 0"),
    ],
)  # fmt: skip
def test_values_that_lie_apart_and_still_overlap(old, new, words):
    found = said(COLUMNS.replace(old, new))
    assert any(key == "message[0]" and words in what for key, what in found), found


def test_every_problem_is_listed_not_only_the_first():
    text = TEXT.replace('id = "example_insole"', 'id = "other"').replace("rate = 100", "rate = 101")
    assert [key for key, _ in said(text)] == ["id", "vector[1].expect.rate"]


def test_a_spec_that_cannot_be_used_is_described_without_trying_its_vectors():
    found = said(TEXT.replace("length = 21", "length = 20"))
    assert [key for key, _ in found] == ["message[1]"]


def test_a_file_that_cannot_be_read_is_one_problem():
    assert said("schema = 1\nid = 3") == [("id", "must be a text in quotes, not 3")]


def test_missing_sources():
    start, end = TEXT.index("[[source]]"), TEXT.index("[match]")
    assert [key for key, _ in said(TEXT[:start] + TEXT[end:])] == ["source"]


def test_nothing_to_match_by():
    start, end = TEXT.index("local_name"), TEXT.index("[side]")
    assert [key for key, _ in said(TEXT[:start] + TEXT[end:])] == ["match"]


def test_id_and_priority_must_differ_from_all_others():
    spec, same = parse(TEXT, PATH), parse(TEXT, "folder/other.toml")
    assert [error.key for error in problems(spec, [same])] == ["id", "match.priority"]
    different = parse(
        TEXT.replace('"example_insole"', '"b"').replace("priority = 10", "priority = 11"), "b.toml"
    )
    assert problems(spec, [different, spec]) == []


def test_a_document_as_evidence_needs_url_licence_and_date():
    text = TEXT.replace('evidence = "simulated"', 'evidence = "document"')
    assert {key for key, _ in said(text)} == {
        "source[0].url", "source[0].licence", "source[0].accessed",
    }  # fmt: skip
    facts = 'url = "https://example.org"\nlicence = "none"\naccessed = "2026-01-02"\n'
    assert said(text.replace("[match]", facts + "\n[match]")) == []


def test_an_unsafe_script_is_not_even_made():
    spec = parse(TEXT.replace('{ send = "start" }', '{ send = "zero" }'))
    with pytest.raises(SpecError, match="sent unasked"):
        connect(spec)


def test_an_unsafe_write_under_another_name_is_found():
    same_bytes = TEXT.replace('hex = "01"', 'hex = "02"')
    assert [key for key, _ in said(same_bytes)] == ["commands.start"]
    channel = next(line for line in TEXT.splitlines() if line.startswith("command = {"))
    two_names = same_bytes.replace(channel, f"{channel}\n{channel.replace('command', 'other')}")
    same_place = two_names.replace('start = { to = "command"', 'start = { to = "other"')
    assert 'to = "other"' in same_place
    assert [key for key, _ in said(same_place)] == ["commands.start"]


def test_bytes_that_no_field_explains_do_not_fail_a_vector():
    text = TEXT.replace("length = 21", "length = 23").replace("2d01 ffff", "2d01 ffff aabb")
    assert said(text) == []
