"""The heel detector against slower and more obvious ones."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from insole.detect.base import FootChunk, run
from insole.detect.heel import HeelDetector, HeelParams
from insole.detect.levels import LevelParams
from insole.filter import lowpass

RATE_HZ = 100.0
FIRST_S = 1.0
"""Length of quiet standing from which the levels of the fixed-level oracle come."""


def random_heel(seed: int, length_s: float = 40.0):
    rng = np.random.default_rng(seed)
    knots_s = np.cumsum(np.r_[0.0, 2.0, rng.choice([0.02, 0.1, 0.2, 0.3, 1.0, 3.0], 80)])
    share = rng.choice([0.0, 0.1, 0.2, 0.3, 0.5, 1.0, 1.2], len(knots_s))
    share[:2] = 1.0
    t = np.arange(0.0, length_s, 1.0 / RATE_HZ)
    return 150.0 * np.interp(t, knots_s, share) + rng.normal(0.0, 1.0, len(t))


class EverySample(HeelDetector):
    """Looks at every sample, where the real one leaves out the blocks that cannot matter."""

    def _may_change(self, *_):
        return True


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=60)
def test_blocks_that_are_left_out_could_not_have_mattered(seed):
    heel = random_heel(seed)
    chunk = FootChunk(np.full(len(heel), 400.0), heel)
    fast = run(HeelDetector(RATE_HZ, newton=True), [chunk])
    assert fast == run(EverySample(RATE_HZ, newton=True), [chunk])


FIXED = HeelParams(
    slow_return_s=1e6,
    levels=LevelParams(hold_back_s=1e6, floor_below=-1e6),
)
"""Levels stay as the first second taught them, and there is no slow way back."""


def plainly(heel):
    """Hysteresis, then dwell times, over the whole filtered recording at fixed levels."""
    smooth, _ = lowpass.causal(lowpass.design(FIXED.cutoff_hz, RATE_HZ), heel, None)
    first = int(FIRST_S * RATE_HZ)
    base = smooth[:first].mean()
    up, spans = False, []
    for i in range(first, len(smooth)):
        if not up and smooth[i] < FIXED.leave_z * base:
            up, start = True, i
        elif up and smooth[i] > FIXED.return_z * base:
            up = False
            spans.append((start, i))
    if up:
        spans.append((start, len(smooth)))
    kept: list[tuple[int, int]] = []
    for start, end in spans:
        if kept and start - kept[-1][1] <= FIXED.min_down_s * RATE_HZ:
            kept[-1] = kept[-1][0], end
        elif end - start >= FIXED.min_up_s * RATE_HZ:
            kept.append((start, end))
    return kept


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=60)
def test_at_fixed_levels_heel_ups_are_plain_hysteresis_with_dwell_times(seed):
    heel = random_heel(seed)
    chunk = FootChunk(np.full(len(heel), 400.0), heel)
    found = run(HeelDetector(RATE_HZ, newton=True, params=FIXED), [chunk])
    assert [(up.start, up.end) for up in found] == plainly(heel)
