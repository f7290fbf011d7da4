"""Where the load left a heel and came back, and by which rule."""

import numpy as np
import pytest

from insole.detect.base import HeelUp
from insole.measure.edge import EdgeParams, noise_of, refine

RATE_HZ = 100.0
BASE_N = 150.0


def heel(*points, rate_hz=RATE_HZ):
    """Return a heel load (N) that runs straight through (s, fraction of standing) points."""
    times, loads = zip(*points, strict=True)
    time_s = np.arange(round(times[-1] * rate_hz) + 1) / rate_hz
    return BASE_N * np.interp(time_s, times, loads)


def refined(load, start_s, end_s, *, closed=True, rate_hz=RATE_HZ):
    region = HeelUp(round(start_s * rate_hz), round(end_s * rate_hz), BASE_N, 0.0, 3.0, closed)
    (found,) = refine(load, np.full(len(load), 400.0), [region], rate_hz, EdgeParams())
    return found


@pytest.mark.parametrize("rate_hz", [50.0, 100.0, 200.0])
def test_quick_edges_are_where_the_straight_line_meets_zero(rate_hz):
    load = heel((0, 1), (4, 1), (4.2, 0), (9, 0), (9.3, 1), (12, 1), rate_hz=rate_hz)
    found = refined(load, 4.15, 9.1, rate_hz=rate_hz)
    assert found.off / rate_hz == pytest.approx(4.2, abs=0.03)
    assert found.contact / rate_hz == pytest.approx(9.0, abs=0.03)
    assert found.off_method == found.contact_method == "edge_line"
    assert found.end == found.contact


def test_slow_edges_are_where_the_load_begins_to_stay():
    load = heel((0, 1), (4, 1), (6, 0), (12, 0), (15, 0.7), (20, 0.7))
    found = refined(load, 5.6, 13.7)
    # 5 % of the load of a straight edge of 2 s and 0.7 in 3 s
    assert found.off / RATE_HZ == pytest.approx(5.9, abs=0.1)
    assert found.contact / RATE_HZ == pytest.approx(12.2, abs=0.1)
    assert found.off_method == found.contact_method == "edge_walk"


def test_a_recording_that_ends_with_the_heel_up_has_no_contact():
    found = refined(heel((0, 1), (4, 1), (4.2, 0), (9, 0)), 4.15, 9.01, closed=False)
    assert found.contact is None
    assert found.end == pytest.approx(901)
    assert found.contact_method == "cut_off"


def test_a_false_start_is_left_out():
    load = heel(
        (0, 1),
        (4, 1),
        (4.2, 0),
        (4.8, 0),
        (4.9, 0.1),
        (5.4, 0.1),
        (5.5, 0),
        (12, 0),
        (12.2, 1),
        (14, 1),
    )
    found = refined(load, 4.15, 12.1)
    assert found.off / RATE_HZ == pytest.approx(5.5, abs=0.1)
    assert found.off_method == "after_touch"
    assert found.start / RATE_HZ == pytest.approx(4.15, abs=0.01)


def test_a_wander_of_an_empty_heel_is_no_touch():
    wander = heel(
        (0, 1),
        (4, 1),
        (4.2, 0),
        (8.5, 0),
        (8.6, 0.02),
        (9.1, 0.02),
        (9.2, 0),
        (9.6, 0),
        (9.8, 1),
        (12, 1),
    )
    found = refined(wander, 4.15, 9.7)
    assert found.contact / RATE_HZ == pytest.approx(9.6, abs=0.05)
    assert found.contact_method == "edge_line"


def test_a_gap_in_the_heel_load_is_bridged():
    load = heel((0, 1), (4, 1), (4.2, 0), (9, 0), (9.3, 1), (12, 1))
    load[600:620] = np.nan
    assert refined(load, 4.15, 9.1).contact / RATE_HZ == pytest.approx(9.0, abs=0.03)


def test_neighbours_never_cross():
    load = heel((0, 1), (2, 1), (2.2, 0), (4, 0), (4.2, 0.45), (4.4, 0), (7, 0), (7.2, 1), (9, 1))
    regions = [HeelUp(215, 418, BASE_N, 0.0, 2.0, True), HeelUp(422, 710, BASE_N, 0.0, 0.0, True)]
    first, second = refine(load, np.full(len(load), 400.0), regions, RATE_HZ, EdgeParams())
    assert first.start < first.end <= 422
    assert 418 <= second.start < second.end


def test_nothing_found_is_nothing_refined():
    assert refine(np.zeros(100), np.zeros(100), [], RATE_HZ, EdgeParams()) == []


def test_noise_is_the_spread_under_load_and_steps_do_not_count():
    rng = np.random.default_rng(0)
    smooth = np.where(np.arange(20000) < 10000, 100.0, 0.0)
    values = smooth + rng.normal(0.0, 2.0, 20000) * (smooth > 0)
    values[::100] += 50.0
    assert noise_of(values, smooth, smooth > 50.0) == pytest.approx(2.0, rel=0.05)
    assert noise_of(values, smooth, np.zeros(20000, dtype=bool)) == 0.0
