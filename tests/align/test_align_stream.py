"""A grid that grows: what it holds depends on the packets alone, a fixed time behind them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from insole.align.gap import BRIDGE_S
from insole.align.grid import to_grid
from insole.align.stream import LATENCY_S, Stream, joined, latency_s

RATE_HZ = 100.0
PERIOD_S = 0.01
ROLES = ("left", "right")


def packet(role, k, late_s=0.03):
    """Return the k-th packet of four samples, whose value is their time in ms."""
    time_s = (4 * k + np.arange(4)) * PERIOD_S
    return role, float(time_s[-1]) + late_s, time_s, 1000.0 * time_s[:, None]


def stream(latency=LATENCY_S, periods_s=(PERIOD_S, PERIOD_S)):
    return Stream(dict(zip(ROLES, periods_s, strict=True)), 1, RATE_HZ, latency)


def settled(grid, packets, looks=()):
    """Return all points as one chunk; `looks` are times at which somebody looks in between."""
    chunks, looks = [], sorted(looks)
    for role, host_s, time_s, values in sorted(packets, key=lambda each: each[1]):
        while looks and looks[0] < host_s:
            chunks += grid.advance(looks.pop(0))
        chunks += grid.feed(role, host_s, time_s, values)
    return joined([*chunks, *grid.finish()])


def both(count, lost=(), late=()):
    return [
        packet(role, k, 0.2 if (role, k) in late else 0.03)
        for role in ROLES
        for k in range(count)
        if (role, k) not in lost
    ]


def test_whole_streams_are_whole_on_the_grid():
    chunk = settled(stream(), both(50))
    assert chunk.start == 0
    for role in ROLES:
        assert chunk.ok[role].all()
        assert chunk.samples[role][:, 0] == pytest.approx(10.0 * np.arange(200))


def test_a_point_is_settled_when_the_latency_has_passed_and_not_before():
    grid = stream()
    for each in both(10):
        assert grid.feed(*each) == [] or each[1] >= LATENCY_S
    # the last packet arrived at 0.42 s
    assert grid.advance(0.42) == []
    (chunk,) = grid.advance(0.48)
    assert (chunk.start + len(chunk.ok["left"]) - 1) / RATE_HZ == pytest.approx(0.48 - LATENCY_S)


def test_points_between_samples_are_interpolated():
    shifted = [(role, host_s, time_s + 0.004, values + 4.0) for role, host_s, time_s, values in
               both(20)]  # fmt: skip
    chunk = settled(stream(), shifted)
    assert chunk.start == 1
    assert chunk.samples["left"][:, 0] == pytest.approx(10.0 * np.arange(1, 80))


def test_what_is_too_late_is_missing_and_a_short_hole_is_bridged_if_its_end_is_in_time():
    late = {("left", k) for k in range(20, 24)}
    chunk = settled(stream(), both(50, late=late, lost={("right", 10)}))
    assert not chunk.ok["left"][80:88].any()
    assert chunk.ok["right"][40:44].all()
    assert chunk.samples["right"][:, 0] == pytest.approx(10.0 * np.arange(200))


def test_a_long_hole_stays_a_hole():
    lost = {("left", k) for k in range(20, 30)}
    chunk = settled(stream(), both(50, lost))
    assert not chunk.ok["left"][80:120].any()
    assert np.isnan(chunk.samples["left"][80:120]).all()
    assert chunk.ok["right"].all()


def test_one_silent_device_does_not_hold_up_the_other():
    chunk = settled(stream(), [packet("left", k) for k in range(50)])
    assert chunk.ok["left"].all()
    assert not chunk.ok["right"].any()


@given(
    looks=st.lists(st.floats(0.0, 2.2), max_size=30),
    lost=st.sets(st.tuples(st.sampled_from(ROLES), st.integers(0, 49)), max_size=20),
    late=st.sets(st.tuples(st.sampled_from(ROLES), st.integers(0, 49)), max_size=10),
)
def test_it_does_not_matter_when_somebody_looks(looks, lost, late):
    packets = both(50, lost, late)
    if not packets:
        return
    alone, watched = settled(stream(), packets), settled(stream(), packets, looks)
    assert alone.start == watched.start
    for role in ROLES:
        assert np.array_equal(alone.ok[role], watched.ok[role])
        assert np.array_equal(alone.samples[role], watched.samples[role], equal_nan=True)


def test_with_time_enough_it_is_the_grid_of_the_finished_session():
    rng = np.random.default_rng(0)
    lost = {(role, int(k)) for role in ROLES for k in rng.integers(1, 99, 12)}
    packets = [(r, h, t + (0.003 if r == "right" else 0.0), v) for r, h, t, v in both(100, lost)]
    chunk = settled(stream(latency=1.0), packets)
    sides = {role: _table([each for each in packets if each[0] == role]) for role in ROLES}
    offline = to_grid(sides, RATE_HZ)
    for role in ROLES:
        ok = offline[f"{role}_ok"].to_numpy()[: len(chunk.ok[role])]
        assert np.array_equal(chunk.ok[role][: len(ok)], ok)
        values = offline[f"{role}_n"].to_numpy()[: len(ok)]
        assert chunk.samples[role][: len(ok), 0] == pytest.approx(values, nan_ok=True)
    assert BRIDGE_S > 0.04


def _table(packets):
    import pandas as pd

    time_s = np.concatenate([each[2] for each in packets])
    return pd.DataFrame(
        {"time_s": time_s, "total_n": np.concatenate([e[3][:, 0] for e in packets])}
    )


def test_readings_of_a_slow_device_hold_until_the_next():
    grid = stream(periods_s=(PERIOD_S, 0.5))
    slow = [("right", 0.5 * k + 0.02, np.array([0.5 * k]), np.array([[float(k)]]))
            for k in range(4)]  # fmt: skip
    chunk = settled(grid, [*(packet("left", k) for k in range(100)), *slow])
    assert chunk.ok["right"][5:250].all()
    assert chunk.samples["right"][[20, 70, 120, 170, 240], 0].tolist() == [0, 1, 2, 3, 3]
    assert not chunk.ok["right"][260:].any()


def test_a_device_without_a_rhythm_holds_for_three_seconds():
    grid = stream(periods_s=(PERIOD_S, 0.0))
    chunk = settled(
        grid,
        [
            *(packet("left", k) for k in range(150)),
            ("right", 1.0, np.array([1.0]), np.ones((1, 1))),
        ],
    )
    assert chunk.ok["right"].nonzero()[0][[0, -1]].tolist() == [100, 400]


def test_nothing_comes_of_nothing():
    grid = stream()
    assert grid.advance(5.0) == grid.finish() == []
    assert grid.feed("left", 6.0, np.empty(0), np.empty((0, 1))) == []


@pytest.mark.parametrize(
    ("packets_s", "expected"),
    [([0.04, 0.04], 0.15), ([0.04, None], 0.15), ([], 0.15), ([0.2, 0.04], 0.29)],
)
def test_long_packets_need_a_longer_latency(packets_s, expected):
    assert latency_s(packets_s) == pytest.approx(expected)
