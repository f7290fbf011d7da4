"""Numbers to bytes: clamped, wrapped, marked as missing, or refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from insole.codec import Decoder, Encoder
from insole.errors import SpecError
from insole.spec import load_spec

SIM = load_spec("sim_insole")
ODD = load_spec(Path(__file__).with_name("odd_plate.toml"))
HEADER = {"counter": 1, "device_ms": 2, "battery": 3}


def samples(**changes):
    shapes = {"load": (4, 16), "acc": (4, 3), "gyro": (4, 3)}
    return {name: np.full(shape, changes.get(name, 0.0)) for name, shape in shapes.items()}


def sim_frame(header=HEADER, **changes):
    payload = Encoder(SIM).message("frame", header, samples(**changes))
    return Decoder(SIM).feed("frames", payload, 0)[0]


def test_bytes_of_a_message_without_samples():
    message = Encoder(SIM).message("info", {"side": 1, "cells": 16, "rate": 100})
    assert message == bytes.fromhex("01 10 6400")


@pytest.mark.parametrize(
    ("load_n", "decoded_n"),
    [(10.1, 10.0), (10.13, 10.25), (-5.0, 0.0), (1e9, 16383.5), (np.inf, 16383.5), (-np.inf, 0)],
)
def test_rounded_and_clamped_without_touching_the_marker(load_n, decoded_n):
    assert (sim_frame(load=load_n).samples["load"] == decoded_n).all()


def test_missing_value_becomes_the_marker():
    payload = Encoder(SIM).message("frame", HEADER, samples(load=np.nan))
    assert payload[5:37] == b"\xff" * 32
    assert np.isnan(sim_frame(load=np.nan).samples["load"]).all()


def test_missing_value_without_a_marker_is_refused():
    with pytest.raises(SpecError, match=r"message frame, field acc: cannot be NaN"):
        sim_frame(acc=np.nan)


def test_negative_numbers_clamp_at_both_ends():
    assert (sim_frame(acc=-100.0).samples["acc"] == -16.0).all()
    assert (sim_frame(acc=100.0).samples["acc"] == 32767 / 2048).all()


def test_counter_and_clock_wrap():
    header = sim_frame({"counter": 65537, "device_ms": 65536 * 3 + 14, "battery": 300}).header
    assert header == {"counter": 1, "device_ms": 14, "battery": 255}


def test_a_value_that_would_read_as_missing_moves_to_the_neighbour():
    encoder, decoder = Encoder(ODD), Decoder(ODD)
    cop_cm = np.array([[0.0, 0.04], [-0.04, np.nan]])
    payload = encoder.message("tail", {"count": 0, "battery": 255}, {"cop": cop_cm})
    frame = decoder.feed("tail", payload, 0)[0]
    np.testing.assert_allclose(frame.samples["cop"], [[0.1, 0.1], [-0.1, np.nan]])
    assert frame.header["battery"] == 254


def test_number_of_samples_sets_the_length_when_they_fill_the_rest():
    encoder = Encoder(ODD)
    header = {"count": 66051, "warmth": 19}
    for count in (1, 3, 42):
        wide = {"load": np.ones((count, 2)), "total": np.ones(count)}
        payload = encoder.message("wide", header, wide)
        assert len(payload) == 4 + 12 * count
        assert Decoder(ODD).feed("wide", payload, 0)[0].header["count"] == 66051
    for count in (0, 43):
        wide = {"load": np.ones((count, 2)), "total": np.ones(count)}
        with pytest.raises(SpecError, match="takes 1 to 42 samples"):
            encoder.message("wide", header, wide)


@pytest.mark.parametrize(
    ("name", "header", "given", "words"),
    [
        ("frames", HEADER, samples(), "is none of info, frame"),
        ("frame", {"counter": 1}, samples(), "takes numbers for counter, device_ms, battery"),
        ("frame", HEADER | {"x": 1}, samples(), "not for counter, device_ms, battery, x"),
        ("frame", HEADER, {}, "takes numbers for load, acc, gyro"),
        ("frame", HEADER, samples() | {"acc": np.zeros((3, 3))}, r"shape \(4, 3\), not \(3, 3\)"),
        ("frame", HEADER, samples() | {"acc": np.zeros(4)}, r"shape \(4, 3\), not \(4,\)"),
        ("frame", HEADER | {"counter": [1, 2]}, samples(), r"shape \(\), not \(2,\)"),
        ("frame", HEADER | {"counter": float("nan")}, samples(), "field counter: cannot be NaN"),
        ("frame", HEADER | {"counter": float("inf")}, samples(), "field counter: cannot be"),
        ("frame", HEADER, samples() | {"acc": "x"}, "field acc: takes numbers, not 'x'"),
        ("frame", HEADER, samples() | {"acc": [[1], [1, 2]]}, "field acc: takes numbers"),
        (
            "info",
            {"side": 0, "cells": 1, "rate": 1},
            samples(),
            "for nothing, not for load",
        ),
    ],
)
def test_refused(name, header, given, words):
    with pytest.raises(SpecError, match=words):
        Encoder(SIM).message(name, header, given)
