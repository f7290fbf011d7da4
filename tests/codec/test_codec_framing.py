"""Messages cut out of what comes: split anywhere, never too much kept, and on after a fault."""

from __future__ import annotations

from pathlib import Path

import pytest

from insole.codec import Decoder
from insole.codec.checksum import CHECKSUMS
from insole.errors import DecodeError
from insole.spec import load_spec

EVERY = load_spec(Path(__file__).with_name("every_feature.toml"))
HEAVY = bytes.fromhex("05010000 03e800 f1d1")
ANSWER = bytes.fromhex("200d00710d000000000000f83f")


def fed(channel, *payloads):
    """Return the frames of packets of one connection, and how often something did not fit."""
    decoder, frames, errors = Decoder(EVERY), [], 0
    for payload in payloads:
        try:
            frames += decoder.feed(channel, payload, 0)
        except DecodeError as error:
            frames += error.frames
            errors += 1
    return [frame.message for frame in frames], errors


@pytest.mark.parametrize(
    ("name", "check"),
    [("sum8", 0xDD), ("xor8", 0x31), ("crc8-maxim", 0xA1), ("crc16-modbus", 0x4B37),
     ("crc16-ccitt", 0x29B1)],
)  # fmt: skip
def test_check_values_of_the_catalogue(name, check):
    """Those of "123456789", from the catalogue of parametrised CRC algorithms; sums by hand."""
    assert CHECKSUMS[name][0](b"123456789") == check


def test_byte_by_byte_is_all_at_once():
    for channel, octets in (("frames", HEAVY * 2), ("answer", ANSWER * 2), ("line", b"\r\n\r\n")):
        assert fed(channel, octets) == fed(
            channel, *(octets[k : k + 1] for k in range(len(octets)))
        )


def test_a_new_decoder_knows_nothing_of_the_old_ones_rest():
    assert fed("frames", HEAVY[:5]) == ([], 0)
    assert fed("frames", HEAVY[5:]) == ([], 1)


@pytest.mark.parametrize(("channel", "message"), [("frames", HEAVY), ("answer", ANSWER)])
def test_reading_goes_on_behind_bytes_of_no_message(channel, message):
    name = fed(channel, message)[0]
    assert fed(channel, b"\x99\x05\x05" + message) == (name, 1)
    wrong = message[:-1] + bytes([message[-1] ^ 1])
    assert fed(channel, wrong, message, message) == (name * 2, 1)


def test_a_lost_fragment_costs_only_its_own_message():
    assert fed("answer", ANSWER[:6], ANSWER, ANSWER)[0] == ["dropped"] * 2


def test_a_length_that_cannot_be_is_no_message():
    assert fed("answer", b"\x20\x01\x20\xff" + ANSWER) == (["dropped"], 1)


def test_a_line_without_end_is_an_error_and_the_next_one_is_read():
    line = b"L [[0,1],[2,3]] t=4\r\n"
    assert fed("line", line) == (["line"], 0)
    assert fed("line", b"1" * 61, b"1" * 600, b"1\r", b"\n" + line) == (["line"], 1)
    assert fed("line", b"1" * 700 + b"\r\n" + line) == (["line"], 1)
    assert fed("line", b"1" * 60, b"\r", b"\n") == ([], 1)  # not too long, but no line of this kind


def test_nothing_grows_without_bound():
    decoder = Decoder(EVERY)
    for channel in ("line", "frames", "answer"):
        errors = 0
        for _ in range(50):
            try:
                decoder.feed(channel, b"\x31" * 512, 0)
            except DecodeError:
                errors += 1
        assert errors
        cutter = decoder._cutters[channel]
        assert len(getattr(cutter, "_rest", b"") + getattr(cutter, "_buffer", b"")) < 600


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("L [[0,1],[2,3]] t=4", [[0, 2], [4, 6]]),
        ("R  [[ 0 ,\t1.5],[+2,-3.25e1]]\tt= 4 ", [[0, 3], [4, -65]]),
        ("x [[.5,1.],[NaN,nan]] t=-0", [[1, 2], [None, None]]),
    ],
)
def test_lines_that_are_like_the_template(text, numbers):
    frame = Decoder(EVERY).feed("line", f"{text}\r\n".encode(), 0)[0]
    found = [[None if v != v else v for v in row] for row in frame.samples["wet"].tolist()]  # noqa: PLR0124 - NaN
    assert found == numbers
    assert frame.header["foot"] == ord(text[0])


@pytest.mark.parametrize(
    "text",
    [
        "L[[0,1],[2,3]] t=4",
        "L [[0,1],[2,3]] t=4.5",
        "L [[0,,2],[3,4]] t=4",
        "L [[0,1],[2,3]] t=4 5",
        "L [[0,1],[2,inf]] t=4",
        "L [[0,1],[2,1e999]] t=4",
        "LL [[0,1],[2,3]] t=4",
        "L [[0,1],[2,3]] t=",
        "L [[0,1],[2,1_0]] t=4",
        "\x00 [[0,1],[2,3]] t=4",
        "L [[0,1],[2,3]] t=1234567890123456",
        "L [[0,1],[2,\u0663]] t=4",
    ],
)
def test_lines_that_are_not(text):
    with pytest.raises(DecodeError, match="the line is not like"):
        Decoder(EVERY).feed("line", text.encode() + b"\r\n", 0)


def test_unknown_messages_and_items_are_counted():
    decoder = Decoder(EVERY)
    frames = decoder.feed("rx", bytes.fromhex("630100aa 0e0e00 0100 630122 00020100 64030102ff"), 0)
    assert [frame.samples["cells"].tolist() for frame in frames] == [[[1.0]]]
    assert decoder.skipped == 3


@pytest.mark.parametrize(
    ("octets", "words"),
    [("", "is empty"), ("0e", "the message at byte 0 is cut off"), ("0e0500 00", "cut off"),
     ("0e0500 0100 00 02 01", "message told is 2 bytes and whole items long"),
     ("0e0a00 0100 00020100 00020100", "message told is"),
     ("0c0100 01", "message places is 2 bytes or more in steps of 2")],
)  # fmt: skip
def test_what_is_wrong_with_a_packet_of_messages(octets, words):
    with pytest.raises(DecodeError, match=words):
        Decoder(EVERY).feed("rx", bytes.fromhex(octets), 0)
