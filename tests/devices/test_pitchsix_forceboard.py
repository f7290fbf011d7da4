"""Force Board: whole pounds in 24 bits, a count that must agree, numbers that are no force."""

from __future__ import annotations

import math

import numpy as np
import pytest
from force_rig import every_write, fed, rows, unasked
from hypothesis import given
from hypothesis import strategies as st

from insole.spec import load_spec

SPEC = load_spec("pitchsix_forceboard")
POUNDS = st.lists(st.integers(0, 2000), min_size=1, max_size=40)


def packet_of(pounds, count=None):
    """Return a packet, written without the encoder."""
    told = len(pounds) if count is None else count
    return told.to_bytes(2, "big") + b"".join(pound.to_bytes(3, "big") for pound in pounds)


@given(POUNDS)
def test_pounds_become_newton(pounds):
    table = rows(SPEC, "force", [packet_of(pounds)], "force")
    wanted = np.array(pounds) * 0.45359237 * 9.80665
    np.testing.assert_allclose(table["total_n"], wanted, rtol=1e-12)
    assert table["sample"].tolist() == list(range(len(pounds)))


def test_a_thousand_pounds():
    assert rows(SPEC, "force", [packet_of([1000])], "force")["total_n"][0] == pytest.approx(
        4448.2216152605
    )


@given(POUNDS, st.integers(0, 65535))
def test_a_count_that_disagrees_is_an_error(pounds, count):
    frames, errors = fed(SPEC, "force", [packet_of(pounds, count)])
    agrees = count == len(pounds)
    assert (len(frames), len(errors)) == ((1, 0) if agrees else (0, 1))


@given(POUNDS, st.data())
def test_a_packet_cut_anywhere_is_an_error(pounds, data):
    whole = packet_of(pounds)
    frames, errors = fed(SPEC, "force", [whole[: data.draw(st.integers(0, len(whole) - 1))]])
    assert (frames, len(errors)) == ([], 1)


@given(st.integers(2001, 2**24 - 1))
def test_beyond_what_the_board_can_bear_is_missing(raw):
    (frame,), _ = fed(SPEC, "force", [packet_of([100, raw, 101])])
    low, none, high = frame.samples["total"]
    assert (low, high) == (100, 101)
    assert math.isnan(none)


def test_every_byte_string_that_can_be_written():
    assert every_write(SPEC) == {
        "start": ("467a8517", "04", False),
        "stop": ("467a8517", "07", False),
        "tare": ("467a8517", "05", True),
    }
    assert unasked(SPEC) == ["04", "07"]
