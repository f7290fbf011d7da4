"""How much is missing, and where."""

from __future__ import annotations

import numpy as np
import pytest

from insole.align.gap import find_gaps

PERIOD_S = 0.01


def present(*samples: range):
    return np.concatenate([np.array(part) for part in samples]) * PERIOD_S


def test_whole_recordings_have_no_gap():
    gaps = find_gaps(present(range(100)), PERIOD_S)
    assert gaps.start_s == gaps.end_s == ()
    assert gaps.loss_fraction == gaps.longest_s == 0.0


def test_a_gap_starts_where_the_first_missing_sample_was_due():
    gaps = find_gaps(present(range(40), range(45, 100)), PERIOD_S)
    assert gaps.start_s == pytest.approx((0.40,))
    assert gaps.end_s == pytest.approx((0.45,))
    assert gaps.longest_s == pytest.approx(0.05)
    assert gaps.loss_fraction == pytest.approx(5 / 100)


def test_each_gap_is_told_and_the_longest_named():
    gaps = find_gaps(present(range(10), range(11, 50), range(70, 100)), PERIOD_S)
    assert len(gaps.start_s) == 2
    assert gaps.longest_s == pytest.approx(0.20)
    assert gaps.loss_fraction == pytest.approx(21 / 100)


def test_what_is_missing_at_the_end_counts_including_the_last_sample():
    gaps = find_gaps(present(range(90)), PERIOD_S, end_s=0.99)
    assert gaps.loss_fraction == pytest.approx(10 / 100)
    assert gaps.longest_s == pytest.approx(0.10)
    assert gaps.start_s == pytest.approx((0.90,))


def test_what_is_missing_at_the_start_counts_too():
    gaps = find_gaps(present(range(10, 100)), PERIOD_S, start_s=0.0)
    assert gaps.loss_fraction == pytest.approx(10 / 100)
    assert gaps.start_s == pytest.approx((0.0,))
    assert gaps.end_s == pytest.approx((0.10,))


def test_an_end_before_the_last_sample_changes_nothing():
    assert find_gaps(present(range(100)), PERIOD_S, end_s=0.5).loss_fraction == 0.0


def test_jitter_of_less_than_half_a_period_is_no_gap():
    jitter = np.random.default_rng(0).uniform(-0.2, 0.2, 1000) * PERIOD_S
    assert find_gaps(present(range(1000)) + jitter, PERIOD_S).loss_fraction == 0.0


def test_without_any_sample_all_is_lost():
    assert find_gaps(np.empty(0), PERIOD_S).loss_fraction == 1.0
    gaps = find_gaps(np.empty(0), PERIOD_S, end_s=0.99, start_s=0.0)
    assert gaps.loss_fraction == 1.0
    assert gaps.longest_s == pytest.approx(1.0)


def test_one_sample_has_no_gap():
    assert find_gaps(np.array([3.0]), PERIOD_S).loss_fraction == 0.0
