"""Spec files become models, and every complaint says where, what and what is accepted."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from insole.codec import Decoder
from insole.errors import SpecError
from insole.spec import list_specs, load_spec, parse
from insole.spec.load import read
from insole.spec.model import FieldSpec, SamplesSpec, StepSpec

EXAMPLE = Path(__file__).with_name("example_insole.toml")
TEXT = EXAMPLE.read_text()


def test_example_parses():
    spec = load_spec(EXAMPLE)
    assert (spec.id, spec.kind, spec.evidence) == ("example_insole", "insole", "simulated")
    assert spec.toml == TEXT
    assert [look.local_name for look in spec.match.looks] == [("EXAMPLE-*",)]
    assert spec.side.values == {0: "left", 1: "right"}
    assert spec.connect[1] == StepSpec("subscribe", "frames")
    assert spec.commands["zero"].payload == b"\x02"
    assert [name for name, command in spec.commands.items() if command.changes_device] == ["zero"]
    assert spec.clock.modulus == 65536
    assert spec.sensors[0].region == "heel"
    assert math.isnan(spec.sensors[0].area_mm2)


def test_example_message_layout():
    info, frame = load_spec(EXAMPLE).messages
    assert [(field.name, field.at) for field in info.header] == [
        ("side", 0), ("sensors", 1), ("rate", 2),
    ]  # fmt: skip
    assert (info.length, info.samples) == (4, None)
    assert frame.samples == SamplesSpec(at=5, stride=8, count=2)
    assert frame.header[2] == FieldSpec("battery", 4, "u8", unit="%", role="battery")
    assert frame.fields[0].invalid == 65535
    assert frame.fields[0].role == "load"


def test_example_vector_decodes_to_the_numbers_it_shows():
    spec = load_spec(EXAMPLE)
    frame = Decoder(spec).feed("frames", spec.vectors[0].payload, 12)[0]
    assert frame.message == "frame"
    assert frame.host_time_ns == 12
    assert frame.header == {"counter": 7, "device_ms": 1000, "battery": 90}
    np.testing.assert_allclose(
        frame.samples["load"],
        [[10.0, 20.0, 30.0, 40.0], [10.1, 20.1, 30.1, np.nan]],
        rtol=1e-12,
    )


def test_hash_is_that_of_the_text():
    assert parse(TEXT).hash == parse(TEXT, "elsewhere").hash
    assert parse(TEXT).hash != parse(TEXT + "\n").hash


@pytest.mark.parametrize(
    ("old", "new", "key", "words"),
    [
        ("schema = 1", "schema = 2", "schema", "update insole"),
        ("schema = 1", "", "schema", "is missing; give 1"),
        ('kind = "insole"', 'kind = "insoles"', "kind", "did you mean insole? accepted: insole, s"),
        ("[clock]", "[clok]", "clok", "did you mean clock?"),
        ('kind = "ticks"', 'kind = "tick"', "clock.kind", "accepted: ticks, counter, time_of_day"),
        ("modulus = 65536", "modulus = 1", "clock.modulus", "from 2 to 4294967296, not 1"),
        ("modulus = 65536", "modulus = true", "clock.modulus", "whole number"),
        ("modulus = 65536", "modulus = 70000", "clock.modulus", "a u16 has at most 65536"),
        ("tick_s = 0.001", "tick_s = nan", "clock.tick_s", "must be a number from"),
        ('field = "device_ms"', 'field = "device_s"', "clock.field", "did you mean device_ms?"),
        ('field = "device_ms"', 'field = "rate"', "clock.field", "every message that measures"),
        ('field = "device_ms"', 'field = "counter"', "clock.field", 'must have role = "clock"'),
        ('"u16", unit', '"u61", unit', "message[0].sequence[2].type", "did you mean u16?"),
        ("length = 21", "lenght = 21", "message[1].lenght", "did you mean length?"),
        ("length = 21", "length = 20", "message[1]", "end at byte 21, beyond the 20"),
        ("length = 21", "length = 600", "message[1].length", "from 1 to 512"),
        ("count = 2", 'count = "rest"', "message[1].length", "contradicts"),
        ("count = 2", 'count = "all"', "message[1].length", "contradicts"),
        ("count = 2", "count = true", "message[1].samples.count", "whole number"),
        ("stride = 8", "stride = 7", "field load", "ends at byte 8, beyond the stride 7"),
        ("scale = 0.1", "scale = 0", "message[1].fields[0].scale", "not 0"),
        ("scale = 0.1", "scale = inf", "message[1].fields[0].scale", "must be a number from"),
        ("scale = 0.1", 'scale = "a"', "message[1].fields[0].scale", "not 'a'"),
        ("65535", "65536", "message[1].fields[0].invalid", "from 0 to 65535, not 65536"),
        ("shape = 4", "shape = 0", "message[1].fields[0].shape", "from 1"),
        ('unit = "N"', 'unit = "Newton"', "field load", "unit is 'Newton'"),
        ('unit = "N"', 'unit = "g"', "field load", "accepted: 1, N"),
        ('role = "counter"', 'role = "count"', "message[1].header[0].role", "did you mean counter"),
        ('"u16", role = "clock"', '"i16", role = "clock"', "field device_ms", "needs an unsigned"),
        ('"device_ms", at', '"counter", at', "field counter", "stands twice"),
        ('name = "counter", at', 'name = "Counter", at', "header[0].name", "small letters"),
        (
            'unit = "%" }',
            'unit = "%", role = "clock" }',
            "field device_ms",
            "role clock stands twice",
        ),
        ('read = "info"', 'read = "frames"', "connect.steps[0].read", "accepted: info"),
        ('send = "start"', 'send = "star"', "connect.steps[2].send", "did you mean start?"),
        ('{ send = "start" }', '{ wait = "frame" }', "connect.steps[2].timeout_s", "is missing"),
        ('send = "start"', 'timeout_s = 1, send = "start"', "timeout_s", "only beside wait"),
        ('{ send = "start" }', "{ }", "connect.steps[2]", "exactly one of"),
        ('hex = "01"', 'hex = "1"', "commands.start.hex", "two digits each"),
        ('hex = "01"', 'hex = ""', "commands.start.hex", "1 to 512 bytes"),
        ('start = { to = "command"', 'start = { to = "info"', "commands.start.to", "command"),
        ('use = "notify"', 'use = "read", response = true', "gatt.frames.response", "write"),
        ('"6e350002-9f1d', '"6e350002-9f1', "gatt.frames.characteristic", "must be a UUID"),
        ('from = "info.side"', 'from = "info.sid"', "side.from", "did you mean info.side?"),
        ('from = "info.side"', 'from = "user"', "side.values", "stands only beside"),
        ('values = { 0 = "left", 1 = "right" }', "", "side.values", "what info.side says"),
        ('0 = "left"', 'ab = "left"', "side.values.ab", "whole number"),
        ('0 = "left"', '0 = "links"', "side.values.0", "accepted: left, right"),
        ('region = "heel"', 'region = "heal"', "sensor[0].region", "did you mean heel?"),
        ("index = 0", "index = 4", "sensor[0].index", "load ends with 3"),
        ('field = "load"', 'field = "loads"', "sensor[0].field", "did you mean load?"),
        ("counter = 7,", "count = 7,", "vector[0].expect.count", "did you mean counter?"),
        ("counter = 7,", "counter = true,", "vector[0].expect.counter", "must be a text, a number"),
        ("nan]]", "nan, 1.0]]", "vector[0].expect.load", "equally long"),
        ('channel = "frames"\nhex', 'channel = "info2"\nhex', "vector[0].channel", "mean info?"),
        ('channel = "info"', 'channel = "infos"', "message[0].channel", "did you mean info?"),
        ('name = "info"', 'name = "frame"', "message[0].name", "stands twice"),
        ('covers = ["layout",', 'covers = ["lay",', "source[0].covers", "did you mean layout?"),
        ("priority = 10", "", "match.priority", "is missing"),
        ('local_name = ["EXAMPLE-*"]', "local_name = [1]", "match.local_name", "list of texts"),
        ("[connect]", "connect = 1\n[connec]", "connec", "did you mean connect?"),
    ],
)
def test_error_names_file_key_and_what_is_accepted(old, new, key, words):
    assert old in TEXT
    with pytest.raises(SpecError) as caught:
        parse(TEXT.replace(old, new, 1), "folder/x.toml")
    assert caught.value.path == "folder/x.toml"
    assert key in caught.value.key
    assert words in caught.value.problem
    assert str(caught.value).startswith("folder/x.toml: ")


@pytest.mark.parametrize("text", ["schema = ", "a = 1\na = 2", "[" * 5000, "a = " + "9" * 5000])
def test_text_that_is_no_toml(text):
    with pytest.raises(SpecError, match="is not TOML"):
        parse(text, "x.toml")


def test_a_number_too_long_to_print_is_still_a_spec_error():
    text = TEXT.replace("modulus = 65536", "modulus = 0x1" + "0" * 5000)
    with pytest.raises(SpecError, match="thousands of digits"):
        parse(text)


def test_arrival_clock_has_no_field():
    start, end = TEXT.index("[clock]"), TEXT.index("[[message]]")
    arrival = '[clock]\nkind = "arrival"\nsample_period_s = 0.01\n'
    spec = parse(TEXT[:start] + arrival + TEXT[end:])
    assert (spec.clock.field, spec.clock.modulus, spec.clock.tick_s) == ("", 0, 0.0)
    with pytest.raises(SpecError, match="there is no clock"):
        parse(TEXT[:start] + arrival + "tick_s = 1.0\n" + TEXT[end:])


def test_short_uuid_is_one_of_the_bluetooth_sig():
    spec = parse(TEXT.replace("6e350002-9f1d-4c6b-8b7a-1d5ee7000000", "2A9D"))
    assert spec.gatt["frames"].characteristic == "00002a9d-0000-1000-8000-00805f9b34fb"


def test_read_leaves_cross_checks_to_others():
    text = TEXT.replace('channel = "info"', 'channel = "infos"')
    assert read(text).messages[0].channel == "infos"


def test_a_header_behind_samples_that_fill_the_rest_has_no_place():
    text = TEXT.replace("length = 21\n", "").replace("count = 2", 'count = "rest"')
    assert parse(text).messages[1].length is None
    with pytest.raises(SpecError, match="end at byte 6, beyond the 5 there are"):
        parse(text.replace('"battery", at = 4', '"battery", at = 5'))


def with_a_twin(**changes):
    """Return the text with the message "frame" a second time, on a channel of its own, changed."""
    start, end = TEXT.index('[[message]]\nname = "frame"'), TEXT.index("[[sensor]]")
    twin = (
        TEXT[start:end].replace('"frame"', '"twin"').replace('channel = "frames"', 'channel = "x"')
    )
    for old, new in changes.values():
        assert old in twin
        twin = twin.replace(old, new)
    channel = 'x = { characteristic = "ffe9", use = "notify" }\n\n[connect]'
    return (TEXT[:end] + twin + TEXT[end:]).replace("[connect]", channel)


def test_a_load_field_of_the_same_name_means_the_same_sensors():
    assert len(parse(with_a_twin()).messages) == 3
    for change in (("shape = 4", "shape = 3"), ('unit = "N"', 'unit = "adc"')):
        with pytest.raises(SpecError, match="another shape or unit than in an earlier message"):
            parse(with_a_twin(change=change))


def test_numbers_of_a_vector_are_of_a_size_that_floats_hold():
    with pytest.raises(SpecError, match=r"expect\.counter: must be a text"):
        parse(TEXT.replace("counter = 7,", "counter = 0x" + "f" * 400 + ","))


def test_samples_and_fields_belong_together():
    samples = "samples = { at = 5, stride = 8, count = 2 }\n"
    start, end = TEXT.index("fields = ["), TEXT.index("[[sensor]]")
    for text in (TEXT.replace(samples, ""), TEXT[:start] + TEXT[end:]):
        with pytest.raises(SpecError, match="belong together"):
            parse(text)


@given(st.text())
def test_any_text_is_a_spec_or_a_spec_error(text):
    with pytest.raises(SpecError):
        parse(text)


@given(st.data())
def test_a_spec_with_one_stretch_replaced_parses_or_is_a_spec_error(data):
    start = data.draw(st.integers(0, len(TEXT)))
    end = data.draw(st.integers(start, min(len(TEXT), start + 30)))
    filling = st.text(st.sampled_from("0123456789abcxeinf.,[]{}=\"'\n -_"), max_size=12)
    try:
        spec = parse(TEXT[:start] + data.draw(filling) + TEXT[end:])
    except SpecError:
        return
    Decoder(spec)


def test_list_specs_holds_the_simulated_insole():
    assert "sim_insole" in [spec.id for spec in list_specs()]
