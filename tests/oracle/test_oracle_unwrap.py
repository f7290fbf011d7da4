"""Unwrapping against a device whose true ticks are known."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from insole.align.ticks import unwrap_ticks

TICK_S = 0.001

steps = st.one_of(
    st.just(40),  # the next packet
    st.integers(41, 900),  # a few packets lost
    st.integers(1000, 3_000_000),  # the link was down for up to 50 minutes
)


@given(
    steps=st.lists(steps, min_size=1, max_size=80),
    modulus=st.sampled_from([2048, 4096, 65536, 10_000]),
    first=st.integers(0, 100_000),
    seed=st.integers(0, 2**32 - 1),
)
def test_true_ticks_come_back_up_to_the_turns_before_the_first(steps, modulus, first, seed):
    """Arrivals are late by up to 0.3 s: less than half a turn, more than many packets."""
    true = first + np.cumsum([0, *steps])
    rng = np.random.default_rng(seed)
    host_s = np.maximum.accumulate(true * TICK_S + rng.uniform(0.0, 0.3, len(true)))
    unwrapped = unwrap_ticks(true % modulus, modulus, TICK_S, host_s)
    assert (unwrapped - true).tolist() == [first % modulus - first] * len(true)


@given(
    count=st.integers(50, 300),
    stall=st.tuples(st.integers(1, 40), st.integers(2, 100)),
    modulus=st.sampled_from([2048, 4096]),
)
def test_a_stall_of_any_length_that_delivers_all_adds_no_turn(count, stall, modulus):
    true = 40 * np.arange(count)
    host_s = true * TICK_S + 0.02
    start, length = stall
    host_s[start : start + length] = host_s[start : start + length].max()
    assert unwrap_ticks(true % modulus, modulus, TICK_S, host_s).tolist() == true.tolist()


@given(
    count=st.integers(3, 100),
    swaps=st.lists(st.integers(0, 98), max_size=10),
    modulus=st.sampled_from([2048, 65536]),
)
def test_packets_out_of_order_keep_their_own_ticks(count, swaps, modulus):
    true = 40 * np.arange(count)
    for k in swaps:
        if k + 1 < count:
            true[[k, k + 1]] = true[[k + 1, k]]
    host_s = 0.04 * np.arange(count) + 0.05
    unwrapped = unwrap_ticks(true % modulus, modulus, TICK_S, host_s)
    assert (unwrapped - unwrapped[0]).tolist() == (true - true[0]).tolist()
