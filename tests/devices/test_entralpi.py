"""Entralpi: two bytes of weight, in a service that says it is standard and is not."""

from __future__ import annotations

import math

import pytest
from force_rig import every_write, fed, rows, unasked
from hypothesis import given
from hypothesis import strategies as st

from insole.codec.script import Read, Subscribe, connect
from insole.spec import Advertisement, list_specs, load_spec, match_spec
from insole.spec.match import fits

SPEC = load_spec("entralpi")
STANDARD_WEIGHT = "0000181d-0000-1000-8000-00805f9b34fb"


@given(st.integers(0, 65534))
def test_hundredths_of_a_kilogram_become_newton(raw):
    table = rows(SPEC, "weight", [raw.to_bytes(2, "big")], "weight")
    assert table["total_n"].tolist() == pytest.approx([raw * 0.01 * 9.80665], rel=1e-12)


def test_the_highest_number_is_none():
    (frame,), _ = fed(SPEC, "weight", [b"\xff\xff"])
    assert math.isnan(frame.header["total"])


@given(st.binary(min_size=2, max_size=60))
def test_what_follows_the_weight_does_not_change_it(payload):
    (frame,), _ = fed(SPEC, "weight", [payload])
    (alone,), _ = fed(SPEC, "weight", [payload[:2]])
    assert str(frame.header["total"]) == str(alone.header["total"])


@pytest.mark.parametrize("payload", [b"", b"\x04"])
def test_less_than_a_weight_is_an_error(payload):
    frames, errors = fed(SPEC, "weight", [payload])
    assert (frames, len(errors)) == ([], 1)


def test_it_is_not_taken_for_a_standard_scale_nor_one_for_it():
    its_own = Advertisement("ENTRALPI", (STANDARD_WEIGHT,))
    specs = list_specs()
    fitting = [spec.id for spec in specs if fits(its_own, spec)]
    assert "sig_weight_scale" in fitting  # by the service; so the priority decides
    assert match_spec(its_own, specs).id == "entralpi"
    assert not fits(Advertisement("Scale", (STANDARD_WEIGHT,)), SPEC)


def test_the_weight_is_that_of_the_standard_service():
    assert SPEC.gatt["weight"].service == STANDARD_WEIGHT
    assert SPEC.gatt["weight"].characteristic.startswith("0000fff1-")


def test_nothing_is_ever_written():
    assert every_write(SPEC) == {}
    assert unasked(SPEC) == []
    assert connect(SPEC) == [Read("battery", optional=True), Subscribe("weight")]
