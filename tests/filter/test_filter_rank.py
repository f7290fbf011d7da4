"""Medians and percentiles of short arrays are numpy's to the last bit."""

from __future__ import annotations

import numpy as np
import pytest

from insole.filter import rank

LENGTHS = [*range(1, 30), 100, 101, 999]


@pytest.mark.parametrize("length", LENGTHS)
def test_medians_are_numpys(length):
    for values in draws(length):
        assert rank.median(values) == np.median(values)


@pytest.mark.parametrize("percent", [0.0, 3.0, 25.0, 50.0, 90.0, 95.0, 99.9, 100.0])
@pytest.mark.parametrize("length", LENGTHS)
def test_percentiles_are_numpys(length, percent):
    for values in draws(length):
        assert rank.percentile(values, percent) == np.percentile(values, percent)


def test_what_is_ranked_stays_in_its_order():
    values = np.array([3.0, 1.0, 2.0])
    rank.median(values)
    rank.percentile(values, 10.0)
    assert values.tolist() == [3.0, 1.0, 2.0]


def draws(length):
    rng = np.random.default_rng(length)
    return [*rng.normal(size=(5, length)), rng.integers(0, 3, length).astype(float)]
