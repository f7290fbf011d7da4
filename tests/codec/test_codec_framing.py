"""Messages cut out of what comes: split anywhere, never too much kept, and on after a fault."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from insole.codec import Decoder, checksum
from insole.codec.checksum import CHECKSUMS
from insole.codec.framing import cutter_for
from insole.codec.pieces import cut
from insole.errors import DecodeError
from insole.spec import load_spec
from insole.spec.model import FramingSpec, TagSpec

EVERY = load_spec(Path(__file__).with_name("every_feature.toml"))
CTS500 = load_spec("cts500")
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
        assert len(getattr(cutter, "_rest", b"") + getattr(cutter, "waiting", b"")) < 600


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


UNMARKED = FramingSpec(
    "length_prefixed", at=1, length="u8", most=255, checksum="sum8", checksum_at=3
)


def unmarked(number, octets=b""):
    """Return a message in whose beginning nothing is the same each time."""
    message = bytearray([number % 256, 4 + len(octets), 7, 0, *octets])
    message[3] = sum(message) % 256
    return bytes(message)


def messages_in(packets):
    """Return, packet by packet, the messages cut out where nothing marks their beginning."""
    cutter = cutter_for(UNMARKED, ())
    return [cutter.feed(packet).messages for packet in packets]


@pytest.mark.parametrize("length", [0, 3, 250])
def test_after_an_absurd_length_the_next_packet_is_read_at_once(length):
    """Even if something in the bad one looks like a long message; 255 is the most there can be."""
    wrong = bytes([1, length, 9, 9, 255, 255, 255, 255])
    whole = [unmarked(number, b"1234") for number in range(40)]
    found = messages_in([wrong, *whole])
    came = [message for each in found for message in each]
    assert came == whole
    if length < 4:
        assert found[1:] == [[message] for message in whole]


def test_after_a_message_that_was_cut_none_waits_for_a_false_one():
    """The length of the cut one must be filled to know; then all behind it are there at once."""
    cut_off = unmarked(1, b"\xff" * 40)
    packets = [cut_off[:20], *(unmarked(number, b"\xff" * 6) for number in range(2, 12))]
    found = messages_in(packets)
    filled = next(index for index, each in enumerate(found) if each)
    assert filled == 3
    assert found[filled] == packets[1 : filled + 1]
    assert found[filled + 1 :] == [[packet] for packet in packets[filled + 1 :]]


def test_packets_that_do_not_begin_with_a_message_cost_none_either():
    """Five messages in one packet, a wrong byte among them, and cut as no device would."""
    whole = [unmarked(number, b"abc") for number in range(50)]
    octets = b"".join(whole[:2]) + b"\0\0\0" + b"".join(whole[2:])
    for size in (11, 20, 64, 5):
        packets = [octets[at : at + size] for at in range(0, len(octets), size)]
        came = [message for each in messages_in(packets) for message in each]
        assert came == whole


def test_many_empty_packets_take_no_room():
    cutter = cutter_for(UNMARKED, ())
    cutter.feed(b"\0\xff")
    for _ in range(1000):
        cutter.feed(b"")
    assert len(cutter._begins) < 10


WEIGHT, ECHO = bytes.fromhex("0501000021345b"), bytes.fromhex("05aa000000af")
WIDE = replace(
    next(m for m in EVERY.messages if m.channel == "frames"),
    tag=TagSpec(1, b"\x07\x60", b"\xff\xf0"), length=6,
)  # fmt: skip
"""Its tag is longer than SHORT, and may be half here."""
SHORT = replace(WIDE, tag=TagSpec(0, b"\x05", b"\xff"), length=2)
KINDS = {
    "late": [b"\x05\x08", b"\x05\x07\x6a\x01\x02\x03", b"\x09\x07\x60\x05\x05\x05"],
    "frames": [HEAVY],
    "answer": [ANSWER, bytes.fromhex("200d00730d020000000000f83f")],
    "unmarked": [unmarked(3, b"ab"), unmarked(4)],
    # the last one begins as ECHO does and is as long as WEIGHT: it is neither
    "cts500": [WEIGHT, bytes.fromhex("0580c4000163ad"), ECHO, bytes.fromhex("05aa01020304b9")],
}


def new_cutter(channel):
    if channel == "unmarked":
        return cutter_for(UNMARKED, ())
    if channel == "cts500":
        return cutter_for(CTS500.gatt["line"].framing, CTS500.messages)
    if channel == "late":
        return cutter_for(FramingSpec("stream"), [WIDE, SHORT])
    of = [message for message in EVERY.messages if message.channel == channel]
    return cutter_for(EVERY.gatt[channel].framing, of)


def torrent(rng, kinds):
    """Return packets of hundreds of messages, cut anywhere, with wrong bytes here and there."""
    which = rng.integers(len(kinds), size=400) * (rng.random(400) < rng.choice([0.0, 0.02, 1.0]))
    octets = bytearray(b"".join(kinds[kind] for kind in which))
    for place in rng.integers(len(octets), size=rng.choice([0, 1, 5, 40])):
        octets[place] = rng.integers(256)
    size = int(rng.choice([7, 9, 20, 27, 5000]))
    edges = [*range(size, len(octets), size)]
    if rng.random() < 0.5:
        edges = np.sort(rng.integers(len(octets) + 1, size=rng.choice([0, 3, 300])))
    return [bytes(octets[start:end]) for start, end in pairwise([0, *edges, len(octets)])]


def assert_cut_alike(channel, packets):
    """Require the same of packets cut one by one and all at once."""
    cutter = new_cutter(channel)
    each = [cutter.feed(packet) for packet in packets]
    lengths = np.array([len(packet) for packet in packets])
    pieces = cut(new_cutter(channel), b"".join(packets), lengths)
    messages = [message for one in each for message in one.messages]
    assert b"".join(pieces.octets) == b"".join(messages)
    assert pieces.lengths == [len(message) for message in messages]
    assert pieces.packet == [index for index, one in enumerate(each) for _ in one.messages]
    problems = {index: one.problems[0] for index, one in enumerate(each) if one.problems}
    assert pieces.problems == problems
    return messages


@pytest.mark.parametrize("channel", KINDS)
def test_however_right_messages_are_split_they_are_cut_alike(channel):
    kinds = KINDS[channel][:3]
    octets = b"".join(kinds[number % len(kinds)] for number in range(90))
    for size in (1, 2, 3, 5, 8, 13, len(octets)):
        packets = [octets[at : at + size] for at in range(0, len(octets), size)]
        messages = assert_cut_alike(channel, packets)
        assert messages == [kinds[number % len(kinds)] for number in range(90)]


@pytest.mark.parametrize("channel", KINDS)
@given(seed=st.integers(0, 2**32 - 1))
def test_a_recording_is_cut_as_its_packets_are_one_by_one(channel, seed):
    assert_cut_alike(channel, torrent(np.random.default_rng(seed), KINDS[channel]))


def test_where_packets_began_is_forgotten_with_them():
    """A message waits over two packets until a run takes it; then comes a fault in a packet."""
    split = unmarked(1, b"split")
    fault = b"\0\0\0" + bytes([1, 200]) + unmarked(2, b"in the middle")
    assert fault.index(unmarked(2, b"in the middle")) == 5
    packets = [b"\0", b"\0", unmarked(3) + split[:5], split[5:7], split[7:], fault]
    assert assert_cut_alike("unmarked", packets) == [unmarked(3), split]


def test_a_message_within_another_is_taken_alike():
    """After a fault the one that begins with a packet, though another reaches beyond it."""
    inner = unmarked(9, b"in")
    outer = unmarked(1, b"xy" + inner + b"z")
    at = outer.index(inner)
    packets = [b"\0\0" + outer[:at], outer[at:], *[unmarked(3)] * 3]
    assert assert_cut_alike("unmarked", packets)[:1] == [inner]
    assert assert_cut_alike("unmarked", [outer[:at], outer[at:]]) == [outer]


@pytest.mark.parametrize("name", [None, *CHECKSUMS])
@pytest.mark.parametrize("at", [-1, -2, 0, 3, 9, 10, -12])
def test_checksums_of_many_are_those_of_each(name, at):
    """Right ones, wrong ones, and such as lie outside of the message."""
    framing = FramingSpec("stream", checksum=name, checksum_at=at)
    rng = np.random.default_rng(3)
    messages = [bytearray(octets) for octets in rng.integers(0, 256, (60, 10), np.uint8).tolist()]
    for message in messages[:30]:
        checksum.write(framing, message)
    one_by_one = [checksum.right(framing)(bytes(message)) for message in messages]
    rows = np.array([list(message) for message in messages], np.uint8)
    assert checksum.right_rows(framing, rows).tolist() == one_by_one
    size = CHECKSUMS[name][1] if name else 0
    inside = name is None or 0 <= (at if at >= 0 else 10 + at) <= 10 - size
    assert all(one_by_one[:30]) == inside
    assert all(one_by_one) == (name is None)
