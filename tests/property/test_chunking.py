"""However the same samples are cut, the same comes out: one sample at a time or all at once."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insole.detect.base import FootChunk, HeelUp, run
from insole.detect.heel import HeelDetector
from insole.filter import lowpass

RATES_HZ = (7.0, 25.0, 50.0, 100.0)


def random_foot(seed: int, rate_hz: float, length_s: float = 40.0) -> FootChunk:
    """A restless foot: standing, raises, touches, partial reloads, the air, with holes."""
    rng = np.random.default_rng(seed)
    knots_s = np.cumsum(np.r_[0.0, 3.0, rng.choice([0.02, 0.1, 0.3, 1.0, 3.0], 60)])
    levels = rng.choice([0.0, 0.15, 0.22, 0.3, 0.45, 1.0, 1.0, 1.3], len(knots_s))
    levels[:2] = 1.0
    t = np.arange(0.0, length_s, 1.0 / rate_hz)
    heel = 150.0 * np.interp(t, knots_s, levels) + rng.normal(0.0, rng.choice([0.1, 5.0]), len(t))
    total = np.where(np.interp(t, knots_s, rng.random(len(knots_s))) < 0.1, 5.0, 400.0)
    for start in rng.integers(0, len(t), rng.integers(0, 6)):
        heel[start : start + rng.integers(1, 60)] = np.nan
    for start in rng.integers(0, len(t), rng.integers(0, 3)):
        total[start : start + rng.integers(1, 60)] = np.nan
    return FootChunk(total, heel)


def cut(chunk: FootChunk, edges: list[int]) -> list[FootChunk]:
    """Cut at the given places; equal places make empty chunks."""
    edges = [0, *sorted(min(edge, len(chunk.total)) for edge in edges), len(chunk.total)]
    return [FootChunk(chunk.total[a:b], chunk.heel[a:b]) for a, b in pairwise(edges)]


def heel_ups(chunks: list[FootChunk], rate_hz: float) -> list[HeelUp]:
    return run(HeelDetector(rate_hz, newton=True), chunks)


def test_the_feet_of_these_tests_raise_their_heels():
    """Equal empty lists would prove nothing."""
    found = [heel_ups([random_foot(seed, 100.0)], 100.0) for seed in range(30)]
    assert np.mean([len(ups) for ups in found]) > 3
    assert any(not up.closed for ups in found for up in ups)


@given(
    seed=st.integers(0, 2**32 - 1),
    rate_hz=st.sampled_from(RATES_HZ),
    edges=st.lists(st.integers(0, 4000), max_size=30),
)
@settings(max_examples=60)
def test_any_cut_gives_identical_heel_ups(seed, rate_hz, edges):
    chunk = random_foot(seed, rate_hz)
    assert heel_ups(cut(chunk, edges), rate_hz) == heel_ups([chunk], rate_hz)


@given(seed=st.integers(0, 2**32 - 1), rate_hz=st.sampled_from(RATES_HZ), size=st.integers(1, 13))
@settings(max_examples=10)
def test_live_chunks_give_identical_heel_ups(seed, rate_hz, size):
    """A few samples at a time, down to one, as packets bring them."""
    chunk = random_foot(seed, rate_hz, length_s=20.0)
    edges = list(range(size, len(chunk.total), size))
    assert heel_ups(cut(chunk, edges), rate_hz) == heel_ups([chunk], rate_hz)


@pytest.mark.slow
@given(
    seed=st.integers(0, 2**32 - 1),
    rate_hz=st.sampled_from((*RATES_HZ, 60.0, 75.0, 200.0)),
    edges=st.lists(st.integers(0, 8000), max_size=200),
)
@settings(max_examples=1000)
def test_any_cut_gives_identical_heel_ups_at_length(seed, rate_hz, edges):
    chunk = random_foot(seed, rate_hz)
    assert heel_ups(cut(chunk, edges), rate_hz) == heel_ups([chunk], rate_hz)


@given(
    values=st.lists(st.floats(-1e4, 1e4), min_size=1, max_size=200),
    edges=st.lists(st.integers(1, 199), max_size=20, unique=True),
    cutoff_hz=st.sampled_from([1.0, 3.0, 8.0]),
)
def test_a_causal_filter_is_bit_identical_for_any_cut(values, edges, cutoff_hz):
    samples = np.array(values)
    sos = lowpass.design(cutoff_hz, 100.0)
    whole, last = lowpass.causal(sos, samples, None)
    state, parts = None, []
    for part in np.split(samples, sorted(edge for edge in edges if edge < len(samples))):
        out, state = lowpass.causal(sos, part, state)
        parts.append(out)
    assert np.array_equal(np.concatenate(parts), whole)
    assert np.array_equal(state, last)
