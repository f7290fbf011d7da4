"""Advertisements come many times over; a reading counts once."""

from __future__ import annotations

import pytest

from insole.codec.repeat import is_repeat
from insole.spec import load_spec

MI_SCALE = load_spec("xiaomi_mi_scale_2")
HANGING = load_spec("wh_c06")
S = 10**9
SETTLING = bytes.fromhex("0204e3070a1e163b0d00005230")
STABLE = bytes.fromhex("0224e3070a1e163b2cfdff3e30")


def readings(spec, heard):
    """Return the payloads that are kept of what is heard, as (payload, seconds)."""
    kept, every = None, []
    for payload, seconds in heard:
        if not is_repeat(spec, payload, round(seconds * S), kept):
            kept = payload, round(seconds * S)
            every.append((payload, seconds))
    return every


def test_a_locked_reading_counts_once_however_long_it_is_told():
    heard = [(SETTLING, 0.0), (SETTLING, 0.3), *((STABLE, 1.0 + 0.5 * k) for k in range(1800))]
    assert readings(MI_SCALE, heard) == [(SETTLING, 0.0), (STABLE, 1.0)]


def test_a_reading_that_comes_back_is_new():
    heard = [(SETTLING, 0.0), (STABLE, 1.0), (SETTLING, 2.0)]
    assert readings(MI_SCALE, heard) == heard


def test_equal_loads_count_again_once_the_next_is_due():
    load = bytes.fromhex("020311ffffffffffff011e1e01f4011234")
    heard = [(load, 0.1 * k) for k in range(11)]
    assert readings(HANGING, heard) == [(load, 0.0), (load, 0.5), (load, 1.0)]


@pytest.mark.parametrize("name", ["sim_insole", "tindeq_progressor"])
def test_nothing_is_a_repeat_where_no_advertisement_is_read(name):
    assert not is_repeat(load_spec(name), b"\x01", 1, (b"\x01", 0))
