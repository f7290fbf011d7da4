"""Packets that were asked for again stand where they belong; counters that begin anew stay."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from insole.align.sequence import in_sequence

PERIOD_S, SAMPLES = 0.02, 4


def rows(counters, host_s=None, modulus=256):
    """Return rows of packets that arrive one by one, `SAMPLES` each, marked by their counter."""
    counters = np.asarray(counters)
    host_s = np.arange(len(counters)) * PERIOD_S if host_s is None else np.asarray(host_s)
    return pd.DataFrame({
        "host_time_s": np.repeat(host_s, SAMPLES),
        "counter": np.repeat(counters % modulus, SAMPLES),
        "sample": np.tile(np.arange(SAMPLES), len(counters)),
        "mark": np.repeat(counters, SAMPLES) * SAMPLES + np.tile(np.arange(SAMPLES), len(counters)),
    })  # fmt: skip


@given(
    st.integers(0, 255),
    st.lists(st.integers(1, 98), max_size=6, unique=True),
    st.integers(1, 25),
)
def test_what_was_sent_again_fills_its_hole(first, lost, later):
    arrival_s = np.arange(100) * PERIOD_S
    arrival_s[lost] += later * PERIOD_S + 0.001
    order = np.argsort(arrival_s, kind="stable")
    found = in_sequence(rows(first + order, arrival_s[order]), 256, [])
    assert (np.diff(found["mark"]) == 1).all()
    assert (np.diff(found["host_time_s"]) >= 0).all()
    arrived_s = found["arrived_s"] if "arrived_s" in found else found["host_time_s"]
    np.testing.assert_allclose(arrived_s, np.repeat(arrival_s, SAMPLES))
    on_time = ~np.isin(np.arange(100), lost)
    host_s = found["host_time_s"].to_numpy()[::SAMPLES]
    np.testing.assert_allclose(host_s[on_time][:-6], arrival_s[on_time][:-6])


@pytest.mark.parametrize(
    "counters",
    [
        range(600),  # wraps twice
        [*range(50), *range(50)],  # begins anew
        [*range(20), *range(25, 50), *range(50)],  # and there was a hole
        [*range(50), *range(200, 250)],  # half a turn was lost: which way it went, nobody knows
        [*range(50), 49, *range(50, 60)],  # came twice
        [7],
    ],
)
def test_everything_else_stays_as_it_came(counters):
    came = rows(counters)
    assert in_sequence(came, 256, []) is came


def test_each_connection_counts_for_itself():
    host_s = np.arange(100) * PERIOD_S
    counters = np.array([*range(50), *range(3, 53)])
    counters[60:70] = np.roll(counters[60:70], -1)  # in the second connection one comes late
    found = in_sequence(rows(counters, host_s), 256, [host_s[50]])
    assert found["mark"].tolist()[: 50 * SAMPLES] == list(range(50 * SAMPLES))
    assert (np.diff(found["mark"].to_numpy()[50 * SAMPLES :]) == 1).all()
