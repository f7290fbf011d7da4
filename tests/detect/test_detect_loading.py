"""Which heel-ups of the two feet make one exercise."""

from __future__ import annotations

import time

import numpy as np
import pytest

from insole.detect.loading import PairParams, PairUp, find_pair_ups

RATE_HZ = 100.0
STANDING = 800.0
N = 2000


def loads(left=0.5, n=N, body=STANDING):
    """Both feet's totals; ``left`` is the share, one number or (n,)."""
    share = np.broadcast_to(left, n)
    return {"left": body * share, "right": body * (1.0 - share)}


def pairs(totals, ups, *, flat=5.0, standing=STANDING, **settings) -> list[PairUp]:
    return find_pair_ups(
        totals,
        ups,
        flat_s={side: [flat] * len(spans) for side, spans in ups.items()},
        standing=standing,
        rate_hz=RATE_HZ,
        params=PairParams(**settings),
    )


def test_both_heels_up_is_the_time_they_share():
    assert pairs(loads(), {"left": [(500, 900)], "right": [(520, 930)]}) == [
        PairUp(520, 900, "both", 5.0)
    ]


def test_edges_between_samples_are_rounded_and_those_outside_cut():
    found = pairs(loads(), {"left": [(-3.2, 900.4)], "right": [(-8.0, 2000.9)]})
    assert found == [PairUp(0, 900, "both", 5.0)]


def test_one_heel_up_while_the_other_foot_stands_is_none():
    assert pairs(loads(), {"left": [(500, 900)], "right": []}) == []


@pytest.mark.parametrize(("share", "side"), [(0.95, "left"), (0.05, "right")])
def test_a_foot_in_the_air_has_no_say(share, side):
    """Single-leg raise: the other foot hangs, heel "up" or not as it likes."""
    ups = {"left": [(500, 900)], "right": [(500, 900)]}
    assert pairs(loads(share), ups) == [PairUp(500, 900, side, 5.0)]
    ups["right" if side == "left" else "left"] = []
    assert pairs(loads(share), ups) == [PairUp(500, 900, side, 5.0)]


def test_up_on_both_and_down_on_one_is_one_heel_up_of_both():
    share = np.full(N, 0.5)
    share[700:] = 0.97
    ups = {"left": [(500, 900)], "right": [(500, 700)]}
    assert pairs(loads(share), ups) == [PairUp(500, 900, "both", 5.0)]


@pytest.mark.parametrize(("share", "side"), [(0.14, "right"), (0.16, "both")])
def test_fifteen_percent_of_the_load_give_a_vote(share, side):
    ups = {"left": [(500, 900)], "right": [(500, 900)]}
    assert [pair.side for pair in pairs(loads(share), ups)] == [side]


def test_who_sits_down_raises_no_heel():
    assert pairs(loads(body=0.45 * STANDING), {"left": [(5, 900)], "right": [(5, 900)]}) == []


@pytest.mark.parametrize("standing", [float("nan")])
def test_without_known_standing_nothing_is_found(standing):
    ups = {"left": [(500, 900)], "right": [(500, 900)]}
    assert pairs(loads(), ups, standing=standing) == []


def test_walking_is_no_exercise():
    """Strides of 1.1 s: a heel is up from push-off through its swing, the other foot stands."""
    t = np.arange(N) / RATE_HZ
    share = 0.5 - 0.5 * np.sin(2 * np.pi * t / 1.1)
    steps = np.arange(0, N - 200, 110)
    ups = {"left": [(s, s + 65) for s in steps], "right": [(s + 55, s + 120) for s in steps]}
    assert pairs(loads(share), ups, flat=0.0) == []


@pytest.mark.parametrize(
    ("up_s", "flat_s", "counts"),
    [(0.55, 5.0, False), (0.65, 5.0, True), (0.65, 0.4, False), (0.65, 0.6, True),
     (0.95, 0.0, False), (1.05, 0.0, True)],
)  # fmt: skip
def test_short_heel_ups_count_only_out_of_quiet_standing(up_s, flat_s, counts):
    span = [(500, 500 + round(up_s * RATE_HZ))]
    assert bool(pairs(loads(), {"left": span, "right": span}, flat=flat_s)) == counts


@pytest.mark.parametrize(("helps", "found"), [(0.21, [(500, 900)]), (0.23, [])])
def test_toes_that_help_waver_about_what_has_a_say_and_have_none(helps, found):
    """The left foot has its heel down; what it bears all the while decides."""
    share = helps + 0.05 * np.sin(np.arange(N) / 10.0)
    got = pairs(loads(share), {"left": [], "right": [(500, 900)]})
    assert [(pair.start, pair.end, pair.side) for pair in got] == [(*f, "right") for f in found]


@pytest.mark.parametrize(("gap", "found"), [(5, [(500, 900)]), (6, [(500, 700), (706, 900)])])
def test_a_heel_that_touches_under_load_is_no_flicker(gap, found):
    spans = [(500, 700), (700 + gap, 900)]
    got = pairs(loads(), {"left": spans, "right": [(500, 900)]})
    assert [(pair.start, pair.end) for pair in got] == found


def test_flat_time_is_that_of_the_heel_up_that_overlaps_most():
    found = find_pair_ups(
        loads(),
        {"left": [(100, 505), (508, 900)], "right": [(500, 900)]},
        flat_s={"left": [9.0, 2.0], "right": [3.0]},
        standing=STANDING,
        rate_hz=RATE_HZ,
        params=PairParams(),
    )
    assert found == [PairUp(500, 900, "both", 3.0)]


@pytest.mark.parametrize("side", ["left", "right"])
def test_one_sole_alone_sees_its_own_foot(side):
    totals = {side: np.full(N, 400.0)}
    assert pairs(totals, {side: [(500, 900)]}, standing=400.0) == [PairUp(500, 900, side, 5.0)]


def test_swapped_feet_swap_the_side_and_nothing_else():
    totals, ups = loads(0.95), {"left": [(500, 900)], "right": [(600, 700)]}
    mirrored = pairs({"left": totals["right"], "right": totals["left"]},
                     {"left": ups["right"], "right": ups["left"]})  # fmt: skip
    assert [(p.start, p.end) for p in mirrored] == [(p.start, p.end) for p in pairs(totals, ups)]
    assert mirrored[0].side == "right"


def test_no_heel_ups_no_pairs():
    assert pairs(loads(), {"left": [], "right": []}) == []
    assert pairs(loads(n=0), {"left": [], "right": []}) == []


def test_an_hour_of_walking_takes_no_longer_than_its_steps():
    """Ten thousand heel-ups are compared each with its own time, not each with each."""
    n = 360_000
    steps = np.arange(0, n - 200, 110)
    ups = {"left": [(s, s + 60) for s in steps], "right": [(s + 55, s + 115) for s in steps]}
    start_s = time.process_time()
    assert pairs(loads(n=n), ups, flat=0.0) == []
    assert time.process_time() - start_s < 5.0  # 0.2 s; each with each took half a minute
