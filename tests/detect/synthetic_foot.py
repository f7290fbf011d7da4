"""A foot whose heel load is drawn as a line through knots, for tests of detectors."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from insole.detect.base import FootChunk, HeelUp, run
from insole.detect.heel import HeelDetector

RATE_HZ = 100.0
HEEL = 150.0
TOTAL = 400.0

STAND = [(0.0, 1.0), (5.0, 1.0)]
RAISE = [*STAND, (5.3, 0.0), (8.0, 0.0), (8.3, 1.0), (12.0, 1.0)]
"""Standing, the heel leaves between 5.0 and 5.3 s and is back between 8.0 and 8.3 s."""


def foot(knots, *, rate_hz=RATE_HZ, heel=HEEL, total=TOTAL, offset=0.0, noise=1.0) -> FootChunk:
    """Heel and total load; ``knots`` are (time in s, share of the standing heel load)."""
    time_s, share = np.array(knots).T
    t = np.arange(time_s[0], time_s[-1], 1.0 / rate_hz)
    rng = np.random.default_rng(0)
    load = heel * np.interp(t, time_s, share) + offset + rng.normal(0.0, noise, len(t))
    return FootChunk(total + offset + rng.normal(0.0, noise, len(t)), load)


def heel_ups(chunk: FootChunk, *, rate_hz=RATE_HZ, newton=True, params=None) -> list[HeelUp]:
    return run(HeelDetector(rate_hz, newton=newton, params=params), [chunk])


def spans_s(found: list[HeelUp], rate_hz=RATE_HZ) -> list[tuple[float, float]]:
    return [(up.start / rate_hz, up.end / rate_hz) for up in found]


def cut(chunk: FootChunk, *at: int) -> list[FootChunk]:
    edges = [0, *at, len(chunk.total)]
    return [FootChunk(chunk.total[a:b], chunk.heel[a:b]) for a, b in pairwise(edges)]
