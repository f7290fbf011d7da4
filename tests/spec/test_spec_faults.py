"""Faults in what the language says beyond plain layouts: each named, with what is accepted."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insole.codec import Decoder, Encoder
from insole.codec.vector import check_text
from insole.errors import SpecError
from insole.spec import parse

PATH = "every_feature.toml"
TEXT = (Path(__file__).parents[1] / "codec" / PATH).read_text()


def said(text):
    return [(error.key, error.problem) for error in check_text(text, PATH)]


def test_it_has_no_faults():
    assert said(TEXT) == []


@pytest.mark.parametrize(
    ("old", "new", "key", "words"),
    [
        ('kind = "tlv"', 'kind = "tvl"', "gatt.rx.framing.kind", "did you mean tlv?"),
        (
            'tag = "u8", length = "u16", byte',
            'tag = "i8", length = "u16", byte',
            "gatt.rx.framing.tag",
            "accepted: u8, u16",
        ),
        (', byte_order = "little" }', " }", "gatt.rx.framing.byte_order", "a u16 has one"),
        ('end = "0d0a", most', 'start = "0d0a", most', "framing.start", "accepted: end, most"),
        ('end = "0d0a"', 'end = ""', "gatt.line.framing.end", "1 to 4 bytes"),
        ("most = 60", "most = 0", "gatt.line.framing.most", "from 1 to 4096"),
        ('"crc16-modbus"', '"crc-modbus"', "framing.checksum", "did you mean crc16-modbus?"),
        ('checksum = "sum8", checksum_at', "checksum_at", "framing.checksum_at", "only beside"),
        (
            'use = "notify"\nframing = { kind = "tlv"',
            'use = "read"\nframing = { kind = "tlv"',
            "gatt.rx.framing",
            "where use is notify",
        ),
        ("chunk = 20", "chunk = 0", "gatt.command.chunk", "from 1"),
        ('service = "181d"', 'service = "181"', "gatt.line.service", "must be a UUID"),
        (
            "company_id = [0x0100]\nservice_data",
            "company_ids = [0x0100]\nservice_data",
            "advertisement.company_ids",
            "did you mean company_id?",
        ),
        (
            "company_id = [0x0100]\npayload",
            "company_id = [0x10000]\npayload",
            "match.or[0].company_id",
            "from 0 to 65535",
        ),
        ('mask = "ffff f0"', 'mask = "ffff"', "match.or[0].mask", "as many bytes"),
        ('service_data = ["181b"]\n\n[side]', "\n[side]", "match.or[1]", "nothing to match by"),
        ("repeat_s = 30", "repeat_s = 0", "advertisement.repeat_s", "from 0.01 to 86400"),
        ("optional = true", "optional = 1", "gatt.version.optional", "true or false"),
        (
            "pause_s = 0.5",
            'wait = "version", timeout_s = 1',
            "connect.steps[2].wait",
            "version may never come, as its channel is optional",
        ),
        (
            '[clock]\nkind = "arrival"\nsample_period_s = 0.005',
            '[clock]\nkind = "arrival"',
            "clock.sample_period_s",
            "measured may hold several samples",
        ),
        ("sample_period_s = 0.01", "sample_period_s = 0", "message[10].sample_period_s", "from"),
        (
            "loss = true",
            "sample_period_s = 1",
            "message[7].sample_period_s",
            "only in a message that tells what sensors see",
        ),
        (
            "sample_period_s = 0.01",
            "loss = true",
            "message[10].loss",
            "no place in a message that tells what sensors see",
        ),
        ("locks = true", 'locks = "yes"', "measures.locks", "true or false"),
        ('text = "begin"', 'text = "begin", hex = "00"', "commands.begin.text", "contradicts hex"),
        ('text = "begin"', 'text = "b\u00e9gin"', "commands.begin.text", "ASCII"),
        (
            'now = "unix_ms_u64"',
            'now = "unix_ms"',
            "commands.clock.now",
            "did you mean unix_ms_u64",
        ),
        (
            'now = "unix_ms_u64"',
            'now = "unix_ms_u64", fill = 2',
            "commands.clock.fill",
            "contradicts",
        ),
        ('text = "begin" }', "fill = 3 }", "commands.begin.fill", "names none"),
        ("pause_s = 0.5", "pause_s = 0", "connect.steps[2].pause_s", "from 0.01"),
        ('tag = "0e"\n', 'tag = "0e00"\n', "message[0].tag", "the 1 bytes of a u8"),
        ('tag = "0e"\n', "", "message[0].tag", "that announce the message"),
        (
            'tag = { hex = "01", mask = "01" }',
            'tag = { hex = "03", mask = "01" }',
            "message[8].tag.hex",
            "mask leaves out",
        ),
        (
            'tag = { hex = "01", mask = "01" }',
            'tag = { hex = "01", mask = "0101" }',
            "message[8].tag.mask",
            "as many bytes as hex",
        ),
        ('tag = "05aa"', 'tag = "05bb"\nlenght = 6', "message[4].lenght", "did you mean length?"),
        ('tag = "05"\n', 'tag = "05aa"\n', "message[5]", "never comes: started before it"),
        (
            'tag = { hex = "00", mask = "01" }',
            'tag = { hex = "01", mask = "01" }',
            "message[9]",
            "never comes: imperial before it",
        ),
        ("length = 9\n", "length = 1\n", "message[5]", "beyond the 1"),
        ('tag = "05aa"', 'tag = { at = 5, hex = "05aa" }', "message[4].tag", "ends at byte 7"),
        (
            'tag = "05aa"\nbyte_order = "big"\nlength = 6',
            'tag = "05aa"\nbyte_order = "big"\nlength = 5',
            "message[4]",
            "checksum and rate share a byte",
        ),
        (
            'at = 0, type = "u16" }]\nitems = { at = 2, tag = "u8", length = "u8" }',
            'at = 0, type = "u32" }]\nitems = { at = 2, tag = "u8", length = "u8" }',
            "message[0]",
            "end at byte 4, beyond the 2",
        ),
        ("tag = 1\nname", "tag = 0\nname", "message[0].item[1].tag", "0 stands twice"),
        ("tag = 1\nname", "tag = 256\nname", "message[0].item[1].tag", "a u8 ends with 255"),
        ("tag = [0, 5]", "tag = 5", "message[12].item[1].tag", "list of whole numbers"),
        ("tag = [0, 5]", "tag = [5]", "message[12].item[1].tag", "outer and inner"),
        (
            'name = "quat"\ntype = "i16"\nshape = 4',
            'name = "quat"\ntype = "i16"\nshape = "rest"',
            "message[12].item[1].shape",
            "no length",
        ),
        ('when = "flags.1"', 'when = "flag.1"', "message[8].sequence[2].when", "before it (flags)"),
        ('when = "flags.1"', 'when = "flags.8"', "message[8].sequence[2].when", "has no bit 8"),
        (
            'when = "flags.1"',
            'when = "flags.1", unless = "flags.2"',
            "message[8].sequence[2].unless",
            "contradicts when",
        ),
        (
            '{ name = "user", type = "u8", when = "flags.2", invalid',
            '{ name = "user", type = "u8", when = "year.2", invalid',
            "message[8].sequence[3].when",
            "itself there only by a flag",
        ),
        (
            'type = "text", shape = "rest" }]\n\n# Text',
            'type = "text", shape = "rest" }, { name = "x", type = "u8" }]\n\n# Text',
            "message[2].sequence[1]",
            "ends the message",
        ),
        (
            '"own_name", type = "text", shape = "rest"',
            '"own_name", type = "u8", shape = 2',
            "message[2].sequence[0].shape",
            "only beside type text",
        ),
        ('text = "@ [[#,#],[#,#]] t=#"', 'text = "[[##],[#,#]] t=#"', "message[3].text", "two #"),
        ('text = "@ [[#,#],[#,#]] t=#"', 'text = "end"', "message[3].text", "must hold 1 to 512"),
        ('text = "@ [[#,#],[#,#]] t=#"', 'text = "@ [[#,#],[#,#]]"', "message[3]", "beyond the 40"),
        (
            'text = "@ [[#,#],[#,#]] t=#"',
            'text = "@ [[#,#],[#,#]] t=#"\nlength = 3',
            "message[3].length",
            "no place beside text",
        ),
        (
            'name = "time", at = 5, type = "int"',
            'name = "time", at = 5, type = "u8"',
            "message[3].header[1].type",
            "accepted: int, dec",
        ),
        (
            'kind = "delimited", end = "0d0a", most = 60',
            'kind = "stream", checksum = "sum8"',
            "message[3].text",
            "belong together",
        ),
        (
            'type = "dec", decimals = 2',
            'type = "int", decimals = 2',
            "message[3].fields[0].decimals",
            "only beside type dec",
        ),
        (
            'count = "n" }',
            'count = "m" }',
            "message[6].samples.count",
            "accepted: rest, rolling, n",
        ),
        ('count = "n" }', 'count = "n", order = "newest" }', "samples.order", "mean newest_first?"),
        (
            "samples = { count = 2 }",
            'samples = { count = "rest" }',
            "message[11].length",
            "contradicts",
        ),
        (
            ', type = "u32", stride = 4',
            ', type = "u32"',
            "field taken",
            "needs a stride of its own",
        ),
        ("bits = [0, 3]", "bits = [3, 0]", "message[14].header[0].bits", "first and the last"),
        ("bits = [0, 3]", "bits = [0, 4]", "message[14]", "share a bit"),
        ("bits = [0, 3]", "bits = 8", "message[14].header[0].bits", "from 0 to 7"),
        (
            '"unit", at = 2, type = "u8", bits',
            '"unit", at = 2, type = "i8", bits',
            "message[14].header[0].bits",
            "not of a i8",
        ),
        (
            "bits = [4, 6], scale = 0.5, invalid = 7",
            "bits = [4, 6], scale = 0.5, invalid = 8",
            "message[14].header[1].invalid",
            "from 0 to 7, not 8",
        ),
        (
            "valid = [-100, 99999]",
            "valid = [9, 2]",
            "message[5].header[0].valid",
            "lowest and the highest",
        ),
        (
            "valid = [-100, 99999]",
            "valid = 9",
            "message[5].header[0].valid",
            "list of whole numbers",
        ),
        ('unit = "lbf", valid', 'unit = "lb", valid', "field total", "did you mean lbf?"),
        (
            'channel = "advertisement"\ntag',
            'channel = "rx"\ntag',
            "advertisement",
            "no message says",
        ),
        ('L = "left"', 'L = "links"', "side.values.L", "accepted: left, right"),
        ('from = "line.foot"', 'from = "line.foots"', "side.from", "did you mean line.foot?"),
        (
            "refused = true\nexpect = { place = [[0.5, 0.25]] }",
            "refused = true\nexpect = { place = 1 }",
            "vector[2].expect.place",
            "decodes to",
        ),
        (
            "refused = true\n\n# 0x03e8",
            "expect = { foot = 76 }\n\n# 0x03e8",
            "vector[4].hex",
            "the line is not like",
        ),
        (
            "{ since = 1, cells = [[100, 1000]] },\n",
            "",
            "vector[0].expect",
            "3 messages were decoded",
        ),
        (
            'expect = { firmware = "1.2.3.4" }',
            'expect = { firmware = "1.2" }',
            "vector[16].expect.firmware",
            "decodes to 1.2.3.4",
        ),
    ],
)
def test_fault(old, new, key, words):
    assert old in TEXT
    found = said(TEXT.replace(old, new, 1))
    assert any(key in where and words in what for where, what in found), found[:3]


@given(st.data())
def test_a_spec_with_one_stretch_replaced_works_or_is_a_spec_error(data):
    start = data.draw(st.integers(0, len(TEXT)))
    end = data.draw(st.integers(start, min(len(TEXT), start + 30)))
    filling = st.text(st.sampled_from("0123456789abcxeinf.,[]{}=\"'\n -_#@"), max_size=12)
    try:
        spec = parse(TEXT[:start] + data.draw(filling) + TEXT[end:])
    except SpecError:
        return
    Decoder(spec)
    Encoder(spec)
    check_text(spec.toml, PATH)
