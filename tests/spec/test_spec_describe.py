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


def test_a_plate_and_a_device_without_a_rate_say_so():
    assert "Sensors on the plate (x from left to right" in describe(load_spec("ferra_plate"))
    assert "clock      none; no steady rhythm" in describe(load_spec("sig_weight_scale"))


def test_lines_do_not_end_in_spaces():
    assert all(line == line.rstrip() for line in describe(ODD).splitlines())


def test_object_is_json_and_holds_everything_but_the_text():
    plain = json.loads(json.dumps(to_dict(ODD), allow_nan=False))
    assert plain["hash"] == ODD.hash
    assert plain["vectors"][1]["expect"][0]["battery"] is None
    assert plain["messages"][0]["samples"] == {
        "at": 4, "stride": 12, "count": None, "count_field": "", "newest_first": False,
    }  # fmt: skip
    assert "toml" not in plain


def test_words_for_every_feature():
    every = load_spec(Path(__file__).parents[1] / "codec" / "every_feature.toml")
    text = describe(every)
    for words in (
        "company 0x0100 and data that begins with 020310, or service data 0000181b", "pause 0.5 s",
        "settles on one reading", "its newtons are estimated", "which way up its sensors lie",
        "tlv", "stream, crc16-modbus", "090800 and the time (unix_ms_u64)", "text like @ [[#,#]",
        "known by 060200 at byte 4", "known by 01 under 01 at byte 0", "as many samples as n says",
        "the newest first", "tag 1.4", "u8 bits 0-3", "u8 bit 7", "7 or not -100..99999",
        "unless flags.7", "text x rest", "u16 x rest", "data of company 0x0100 or service 0000181b",
        "equal ones within 30 s are one reading", "read, where it is there",
        "a sample every 0.01 s",
        "says that the device has lost samples",
    ):  # fmt: skip
        assert words in text, words
