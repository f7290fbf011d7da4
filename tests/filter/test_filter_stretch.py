"""Means of blocks, windows that passed, runs of a mask."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from insole.filter.stretch import block_means, in_windows, joined


def test_what_fills_no_block_is_left_out():
    assert block_means(np.array([1.0, 3.0, 5.0, 7.0, 100.0]), 2).tolist() == [2.0, 6.0]


def test_a_missing_sample_costs_its_block_only():
    assert np.isnan(block_means(np.array([1.0, np.nan, 5.0, 7.0]), 2)).tolist() == [True, False]


@given(st.lists(st.booleans(), min_size=1, max_size=30), st.integers(1, 6))
def test_windows_cover_what_they_cover(passed, length):
    covered = [False] * (len(passed) + length - 1)
    for start in np.flatnonzero(passed):
        covered[start : start + length] = [True] * length
    assert in_windows(np.array(passed), length).tolist() == covered


@pytest.mark.parametrize(
    ("mask", "longest", "runs"),
    [("", 0, []), ("...", 0, []), ("###", 0, [(0, 3)]), (".#.#", 0, [(1, 2), (3, 4)]),
     (".#.#", 1, [(1, 4)]), ("#..#.#", 1, [(0, 1), (3, 6)]), ("#..#.#", 2, [(0, 6)])],
)  # fmt: skip
def test_runs_that_lie_near_one_another_are_joined(mask, longest, runs):
    assert joined(np.array([c == "#" for c in mask], dtype=bool), longest) == runs
