"""A dialect hears what comes, says what is allowed, and gives live what it gives afterwards."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import learning
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from insole.codec import Decoder, Encoder, decode_block, decode_channels
from insole.codec.script import Write
from insole.codec.vector import check_text
from insole.errors import DecodeError, SpecError
from insole.spec import load_spec

PLAIN = load_spec(Path(__file__).with_name("every_feature.toml"))
SPEC = replace(PLAIN, dialect="learning")
TOLD = bytes.fromhex("0e0800 0100 00 04 6400 e803")  # 100 and 1000
PLACES = {k: bytes([0x0C, 2, 0, k, 0]) for k in (0, 64, 128)}  # k / 256


@pytest.fixture(autouse=True)
def _the_dialect(monkeypatch):
    monkeypatch.setitem(sys.modules, "insole.codec.dialects.learning", learning)
    monkeypatch.setattr(
        "insole.codec.dialect.find_spec", lambda name: name.endswith("learning") or None
    )


class Packets:
    """The packets of one channel, as a recording has them."""

    def __init__(self, numbered):
        self.id = self.host_time_ns = np.array([number for number, _ in numbered], np.int64)
        self.lengths = np.array([len(payload) for _, payload in numbered], np.int64)
        self.payload = b"".join(payload for _, payload in numbered)


def live(packets, seams=()):
    """Return (message, first number) of every frame, a new decoder beginning at each seam."""
    decoder, found = Decoder(SPEC), []
    for number, (channel, payload) in enumerate(packets):
        if number in seams:
            decoder = Decoder(SPEC)
        for frame in decoder.feed(channel, payload, number):
            numbers = frame.samples.get("cells", np.full((1, 1), np.nan))
            found.append((number, frame.message, numbers[0].tolist()))
    return found, decoder.spec.name


def at_once(packets, seams=()):
    channels = {}
    for number, (channel, payload) in enumerate(packets):
        channels.setdefault(channel, []).append((number, payload))
    numbered = {name: Packets(each) for name, each in channels.items()}
    decoded, spec = decode_channels(SPEC, numbered, seams)
    found = []
    for each in decoded.values():
        for name, block in each.blocks.items():
            for row, number in enumerate(block.host_time_ns.tolist()):
                cells = block.samples.get("cells", np.full((len(block.packet), 1, 1), np.nan))
                numbers = cells[row, 0]
                known = numbers[~np.isnan(numbers)] if name == "told" else numbers
                found.append((number, name, known.tolist()))
    return sorted(found, key=lambda one: one[0]), spec.name


def test_what_one_message_tells_another_is_read_by():
    packets = [("rx", TOLD), ("rx", PLACES[128]), ("rx", TOLD), ("version", b"1.2"), ("rx", TOLD)]
    frames, name = live(packets)
    assert [numbers for _, message, numbers in frames if message == "told"] == [
        [100, 1000], [150, 1500], [300, 3000],
    ]  # fmt: skip
    assert name.endswith("factor 3")


def test_in_one_packet_only_what_comes_behind_is_read_anew():
    frames = Decoder(SPEC).feed("rx", TOLD + PLACES[128] + TOLD, 0)
    assert [frame.message for frame in frames] == ["told", "places", "told"]
    assert frames[0].samples["cells"][0, 0] == 100
    assert frames[2].samples["cells"][0, 0] == 150
    lengths = np.array([len(TOLD) * 2 + 5])
    block = decode_block(SPEC, "rx", TOLD + PLACES[128] + TOLD, lengths, np.array([0]))
    assert block.blocks["told"].samples["cells"][:, 0, 0].tolist() == [100, 150]


def test_a_message_may_be_left_out():
    assert Decoder(SPEC).feed("rx", bytes.fromhex("040100 41"), 0) == []
    assert at_once([("rx", bytes.fromhex("040100 41"))])[0] == []


def test_actions_are_told_once():
    decoder = Decoder(SPEC)
    decoder.feed("rx", PLACES[0], 0)
    assert decoder.actions() == [Write("command", b"begin", response=False, chunk=20)]
    assert decoder.actions() == []


def test_nothing_but_the_allow_list_is_written(monkeypatch):
    wanted = Write("command", b"\x64", response=False)  # the bytes of `zero`, which changes
    monkeypatch.setattr(learning.Dialect, "on_frame", lambda *_: [wanted])
    with pytest.raises(SpecError, match="wants to write 64 to command; no command allows it"):
        Decoder(SPEC).feed("rx", TOLD, 0)


def test_encoder_learns_from_what_it_says():
    encoder, decoder = Encoder(SPEC), Decoder(SPEC)
    said = [
        encoder.message("places", {}, {"place": [[0.25, 0.0]]}),
        encoder.message("told", {"since": 1}, {"cells": [[125.0, 1250.0]]}),
    ]
    assert said[1] == TOLD
    assert decoder.feed("rx", b"".join(said), 0)[1].samples["cells"].tolist() == [[125, 1250]]


packets = st.lists(
    st.sampled_from(
        [("rx", TOLD), *(("rx", place) for place in PLACES.values()), ("version", b"1.2"),
         ("version", b"1"), ("rx", TOLD + PLACES[64] + TOLD), ("rx", b"\x04\x00\x00")]
    ),
    max_size=12,
)  # fmt: skip


@given(packets, st.lists(st.integers(0, 12), max_size=2))
def test_afterwards_is_as_it_was_live(sent, seams):
    frames, name = live(sent, seams)
    found, again = at_once(sent, seams)
    assert sorted(frames) == sorted(found) or repr(sorted(frames)) == repr(sorted(found))
    assert again == name or max(seams, default=0) >= len(sent)


def test_a_seam_drops_the_rest_of_a_message():
    frames = [("frames", bytes.fromhex("05010000")), ("frames", bytes.fromhex("03e800f1d1"))]
    assert [name for _, name, _ in at_once(frames)[0]] == ["heavy"]
    numbered = {"frames": Packets(list(enumerate(octets for _, octets in frames)))}
    decoded, _ = decode_channels(SPEC, numbered, seams_ns=[1])
    assert (decoded["frames"].blocks, decoded["frames"].errors) == ({}, 1)
    assert decoded["frames"].first_error.payload == frames[1][1]


def test_an_unknown_channel_is_counted():
    decoded, _ = decode_channels(SPEC, {"nowhere": Packets([(0, b"1")])})
    assert decoded["nowhere"].errors == 1
    assert isinstance(decoded["nowhere"].first_error, DecodeError)


def test_a_dialect_that_is_not_there_is_named():
    text = PLAIN.toml.replace('kind = "insole"', 'kind = "insole"\ndialect = "missing"')
    found = check_text(text, "every_feature.toml")
    assert [
        (error.key, "no file in insole/codec/dialects" in error.problem) for error in found
    ] == [("dialect", True)]
