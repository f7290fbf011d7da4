"""A spec in words names what a plain one leaves out."""

from __future__ import annotations

import json
from pathlib import Path

from insole.spec import load_spec
from insole.spec.describe import describe, to_dict

ODD = load_spec(Path(__file__).parents[1] / "codec" / "odd_plate.toml")


def test_words_for_the_odd_ones():
    text = describe(ODD)
    for words in (
        "kind       force plate", "known by   company 0x1234, priority 1", "told by the user",
        "count (counter) in steps of 0.02 s", "at the last sample", "wait wide up to 2.5 s",
        "as long as its samples, big endian", "as many samples as there are", "i24 x 2", "-8388608",
    ):  # fmt: skip
        assert words in text, words
    assert "Sensors" not in text
    assert "changes the device" not in text


def test_lines_do_not_end_in_spaces():
    assert all(line == line.rstrip() for line in describe(ODD).splitlines())


def test_object_is_json_and_holds_everything_but_the_text():
    plain = json.loads(json.dumps(to_dict(ODD), allow_nan=False))
    assert plain["hash"] == ODD.hash
    assert plain["vectors"][1]["expect"]["battery"] is None
    assert plain["messages"][0]["samples"] == {"at": 4, "stride": 12, "count": None}
    assert "toml" not in plain
