"""Which heel is up when: standing, raises, touches, slow reloads, bad sensors, gaps."""

from __future__ import annotations

import copy
from dataclasses import replace

import numpy as np
import pytest
from synthetic_foot import HEEL, RAISE, RATE_HZ, STAND, TOTAL, cut, foot, heel_ups, spans_s

from insole.detect.base import FootChunk, run
from insole.detect.heel import HeelDetector, HeelParams

EDGE_S = 0.1
"""The coarse edge lies at z 0.25 or 0.40 and 28 ms later; its refinement is another's work."""


def test_a_raise_is_found_with_its_edges():
    (up,) = heel_ups(foot(RAISE))
    assert up.start / RATE_HZ == pytest.approx(5.3 - 0.25 * 0.3 + 0.028, abs=0.02)
    assert up.end / RATE_HZ == pytest.approx(8.0 + 0.40 * 0.3 + 0.028, abs=0.02)
    assert up.closed
    assert up.base == pytest.approx(HEEL, rel=0.02)
    assert up.floor == pytest.approx(0.0, abs=2.0)
    assert up.flat_s == pytest.approx(
        4.0, abs=0.5
    )  # the first second is needed to know it is quiet


def test_standing_is_no_heel_up():
    assert heel_ups(foot([(0.0, 1.0), (60.0, 1.0)])) == []


def test_swaying_by_a_fifth_of_the_load_is_no_heel_up():
    sway = [(t, 1.0 + 0.2 * (-1) ** t) for t in range(60)]
    assert heel_ups(foot(sway)) == []


def test_a_dip_to_half_is_no_heel_up():
    assert heel_ups(foot([*STAND, (5.3, 0.45), (8.0, 0.45), (8.3, 1.0), (12.0, 1.0)])) == []


def test_every_one_of_many_raises_is_found():
    knots = [(0.0, 1.0)]
    for k in range(20):
        off = 5.0 + 6.0 * k
        knots += [(off, 1.0), (off + 0.3, 0.0), (off + 3.0, 0.0), (off + 3.3, 1.0)]
    found = heel_ups(foot([*knots, (130.0, 1.0)]))
    expected = [(5.25 + 6.0 * k, 8.15 + 6.0 * k) for k in range(20)]
    assert np.array(spans_s(found)) == pytest.approx(np.array(expected), abs=EDGE_S)


@pytest.mark.parametrize(("touch_s", "ups"), [(0.03, 1), (0.10, 2), (0.35, 2), (1.0, 2)])
def test_a_touch_ends_a_heel_up_unless_it_is_as_short_as_noise(touch_s, ups):
    """The heel is above z 0.25 about for as long as the touch lasts."""
    edge = 0.02
    knots = [*STAND, (5.3, 0.0), (8.0, 0.0), (8.0 + edge, 0.9), (8.0 + touch_s, 0.9),
             (8.0 + touch_s + edge, 0.0), (11.0, 0.0), (11.3, 1.0), (14.0, 1.0)]  # fmt: skip
    found = heel_ups(foot(knots))
    assert len(found) == ups
    assert found[0].start / RATE_HZ == pytest.approx(5.25, abs=EDGE_S)
    assert found[-1].end / RATE_HZ == pytest.approx(11.15, abs=EDGE_S)
    assert found[0].flat_s == pytest.approx(4.0, abs=0.5)


@pytest.mark.parametrize(("up_s", "counts"), [(0.2, False), (0.5, True)])
def test_a_heel_up_lasts_at_least_three_tenths_of_a_second(up_s, counts):
    knots = [*STAND, (5.02, 0.0), (5.0 + up_s, 0.0), (5.02 + up_s, 1.0), (9.0, 1.0)]
    assert bool(heel_ups(foot(knots))) == counts


@pytest.mark.parametrize("unload_s", [0.2, 1.0, 2.0, 4.0])
def test_unloading_may_be_slow(unload_s):
    off = 5.0 + unload_s
    (up,) = heel_ups(foot([*STAND, (off, 0.0), (off + 5.0, 0.0), (off + 5.3, 1.0), (20.0, 1.0)]))
    assert 5.0 + 0.7 * unload_s < up.start / RATE_HZ < off + EDGE_S
    if unload_s <= 2.0:  # slower ones look like quiet standing and pull the base down with them
        assert up.base == pytest.approx(HEEL, rel=0.05)


@pytest.mark.parametrize("reload", [0.28, 0.33, 0.38])
def test_a_heel_that_comes_back_only_in_part_is_down_if_it_stays(reload):
    """Real slow raises reload the heel to a fifth or a third while the weight stays in front."""
    knots = [
        *STAND,
        (5.3, 0.0),
        (8.0, 0.0),
        (8.3, reload),
        (13.0, reload),
        (13.5, 1.0),
        (16.0, 1.0),
    ]
    (up,) = heel_ups(foot(knots))
    assert up.end / RATE_HZ == pytest.approx(8.2, abs=0.15)


@pytest.mark.parametrize("reload", [0.28, 0.30, 0.33, 0.38])
def test_a_raise_out_of_a_partly_loaded_heel_begins_where_the_heel_leaves(reload):
    knots = [*STAND, (5.3, 0.0), (8.0, 0.0), (8.3, reload), (18.0, reload), (18.1, 0.0),
             (21.0, 0.0), (21.3, 1.0), (25.0, 1.0)]  # fmt: skip
    first, second = heel_ups(foot(knots))
    assert first.end / RATE_HZ == pytest.approx(8.2, abs=0.15)
    assert second.start / RATE_HZ == pytest.approx(18.05, abs=EDGE_S)
    assert second.end / RATE_HZ == pytest.approx(21.15, abs=EDGE_S)


def test_what_a_shoe_presses_on_the_heel_in_the_air_is_learnt():
    """Laces: 20 N stay on the heel; creep: 15 % of the load stay after the raise."""
    (laced,), (plain,) = spans_s(heel_ups(foot(RAISE, offset=20.0))), spans_s(heel_ups(foot(RAISE)))
    assert laced == pytest.approx(plain, abs=0.05)
    residual = [*STAND, (5.3, 0.15), (20.0, 0.15), (20.3, 1.0), (24.0, 1.0)]
    (up,) = heel_ups(foot(residual))
    assert spans_s([up])[0] == pytest.approx((5.25, 20.15), abs=EDGE_S)
    assert up.floor == pytest.approx(0.15 * HEEL, rel=0.15)


@pytest.mark.parametrize(
    "change",
    [{"heel": 0.7 * HEEL, "total": 0.7 * TOTAL}, {"heel": 1.5 * HEEL, "total": 1.5 * TOTAL},
     {"offset": 15.0}, {"heel": 0.7 * HEEL}, {"heel": 1.5 * HEEL}, {"total": 1.55 * TOTAL}],
    ids=["gain 0.7", "gain 1.5", "offset 15 N", "heel cells 0.7", "heel cells 1.5", "fore cells"],
)  # fmt: skip
def test_how_a_sole_reads_does_not_change_what_is_found(change):
    (plain,), (changed,) = heel_ups(foot(RAISE)), heel_ups(foot(RAISE, **change))
    assert changed.start / RATE_HZ == pytest.approx(plain.start / RATE_HZ, abs=0.05)
    assert changed.end / RATE_HZ == pytest.approx(plain.end / RATE_HZ, abs=0.05)


@pytest.mark.parametrize("rate_hz", [25.0, 50.0, 200.0])
def test_the_rate_does_not_change_what_is_found(rate_hz):
    (plain,), (other,) = heel_ups(foot(RAISE)), heel_ups(foot(RAISE, rate_hz=rate_hz),
                                                         rate_hz=rate_hz)  # fmt: skip
    assert spans_s([other], rate_hz)[0] == pytest.approx(spans_s([plain])[0], abs=0.05)
    assert other.flat_s == pytest.approx(plain.flat_s, abs=0.25)


def test_raw_counts_need_no_newton():
    """A heel of 1.5 counts of 4 is as good as one of 150 N of 400."""
    chunk = foot(RAISE, heel=1.5, total=4.0, noise=0.01)
    assert len(heel_ups(chunk, newton=False)) == 1
    assert heel_ups(chunk, newton=True) == []


def test_a_heel_that_hardly_feels_anything_finds_nothing():
    """Base minus floor must be over 25 N, else up and down cannot be told apart."""
    assert heel_ups(foot(RAISE, heel=20.0)) == []


def test_a_dead_heel_finds_nothing():
    assert heel_ups(foot([(0.0, 0.0), (30.0, 0.0)], noise=0.0)) == []


def test_who_never_stands_raises_no_heel():
    """A foot in the air: its heel is empty, and so is the rest."""
    rng = np.random.default_rng(0)
    air = FootChunk(rng.normal(5.0, 1.0, 3000), rng.normal(0.0, 1.0, 3000))
    assert heel_ups(air) == []


def test_who_is_on_tiptoe_from_the_start_has_no_heel_up_until_having_stood():
    knots = [(0.0, 0.0), (5.0, 0.0), (5.3, 1.0), (10.0, 1.0), (10.3, 0.0), (13.0, 0.0),
             (13.3, 1.0), (16.0, 1.0)]  # fmt: skip
    (up,) = heel_ups(foot(knots))
    assert spans_s([up])[0] == pytest.approx((10.25, 13.15), abs=EDGE_S)


def test_stepping_off_leaves_the_levels_as_they_were():
    """Two minutes in the air say nothing about an empty heel on tiptoe."""
    chunk = foot([*RAISE, (12.1, 0.0), (130.0, 0.0), (130.1, 1.0), (135.0, 1.0), (135.3, 0.0),
                  (138.0, 0.0), (138.3, 1.0), (142.0, 1.0)])  # fmt: skip
    total = chunk.total.copy()
    total[1210:13000] = 5.0
    found = heel_ups(FootChunk(total, chunk.heel))
    assert found[0].base == pytest.approx(found[-1].base, rel=0.03)
    assert spans_s(found[-1:])[0] == pytest.approx((135.25, 138.15), abs=EDGE_S)


def test_a_hole_while_standing_is_no_heel_up():
    chunk = foot([(0.0, 1.0), (20.0, 1.0)])
    chunk.heel[800:1100] = np.nan
    chunk.total[800:1100] = np.nan
    assert heel_ups(chunk) == []


def test_a_hole_at_the_top_does_not_end_a_heel_up():
    whole, holed = foot(RAISE), foot(RAISE)
    holed.heel[600:650] = np.nan
    holed.total[600:650] = np.nan
    assert spans_s(heel_ups(holed)) == spans_s(heel_ups(whole))


def test_a_recording_without_any_value_finds_nothing():
    assert heel_ups(FootChunk(np.full(500, np.nan), np.full(500, np.nan))) == []


def test_values_that_come_late_are_enough():
    chunk = foot(RAISE)
    late = FootChunk(
        np.r_[np.full(300, np.nan), chunk.total], np.r_[np.full(300, np.nan), chunk.heel]
    )
    (up,) = heel_ups(late)
    assert up.start / RATE_HZ == pytest.approx(8.25, abs=EDGE_S)


def test_a_recording_cut_off_at_the_top_says_so():
    (up,) = heel_ups(foot([*STAND, (5.3, 0.0), (8.0, 0.0)]))
    assert up.end == 800
    assert not up.closed


@pytest.mark.parametrize("end_s", [8.2, 8.25, 8.35])
def test_a_contact_just_before_the_end_is_a_contact(end_s):
    chunk = foot(RAISE)
    n = int(end_s * RATE_HZ)
    (up,) = heel_ups(FootChunk(chunk.total[:n], chunk.heel[:n]))
    assert up.closed
    assert up.end == heel_ups(chunk)[0].end


def test_a_heel_that_emptied_only_just_before_the_end_is_no_heel_up():
    assert heel_ups(foot([*STAND, (5.05, 0.0), (5.25, 0.0)])) == []


def test_nothing_in_nothing_out():
    assert run(HeelDetector(RATE_HZ, newton=True), []) == []
    empty = FootChunk(np.empty(0), np.empty(0))
    assert heel_ups(empty) == []


def test_one_sample_is_no_heel_up():
    assert heel_ups(FootChunk(np.array([400.0]), np.array([150.0]))) == []


def test_a_heel_up_is_told_as_soon_as_no_touch_can_extend_it():
    detector, state, told = HeelDetector(RATE_HZ, newton=True), None, None
    state = detector.start()
    for k, chunk in enumerate(cut(foot(RAISE), *range(1, 1200))):
        state, regions = detector.step(state, chunk)
        if regions:
            told = k
    (up,) = heel_ups(foot(RAISE))
    assert up.end + 6 <= told <= up.end + 6 + 10  # min_down_s, and the rest of a block


def fingerprint(state):
    levels = {name: getattr(state.levels, name) for name in state.levels.__slots__}
    return repr(replace(state, levels=None)), repr(levels)


@pytest.mark.parametrize("at_s", [0.0, 2.0, 5.2, 6.0, 8.2, 11.0])
def test_a_state_that_was_passed_in_is_not_changed(at_s):
    """States are values: one may be kept, and stepped twice with the same outcome."""
    before, after = cut(foot(RAISE), int(at_s * RATE_HZ))
    detector = HeelDetector(RATE_HZ, newton=True)
    state, _ = detector.step(detector.start(), before)
    kept = copy.deepcopy(fingerprint(state))
    first = detector.step(state, after)
    assert fingerprint(state) == kept
    detector.finish(state)
    assert fingerprint(state) == kept
    second = detector.step(state, after)
    assert first[1] == second[1]
    assert fingerprint(first[0]) == fingerprint(second[0])


def test_samples_passed_in_are_not_changed():
    chunk = foot(RAISE)
    before = chunk.total.copy(), chunk.heel.copy()
    heel_ups(chunk)
    assert (chunk.total == before[0]).all()
    assert (chunk.heel == before[1]).all()


def test_thresholds_are_parameters():
    """To who calls a heel at 0.4 of its load up, it is up."""
    half = foot([*STAND, (5.3, 0.4), (8.0, 0.4), (8.3, 1.0), (12.0, 1.0)])
    assert heel_ups(half) == []
    generous = HeelParams(leave_z=0.5, slow_return_z=0.55, return_z=0.6)
    assert len(heel_ups(half, params=generous)) == 1
