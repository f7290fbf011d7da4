"""Two soles that read differently, made comparable by how the weight was shifted between them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from insole.filter.calibrate import GainParams, Gains, apply_gains, shift_gains

RATE_HZ = 100.0
STANDING_N = 800.0
BELIEF = 0.05**2 / (0.05**2 + 0.08**2)
"""What part of the ratio that a shift shows is believed."""


def shifts(left_reads=1.0, right_reads=1.0, reach=0.35, rate_hz=RATE_HZ, noise_n=1.0):
    """A minute of slow shifts from foot to foot; each sole reads its load times a factor."""
    t = np.arange(0.0, 60.0, 1.0 / rate_hz)
    share = 0.5 + reach * np.sin(2 * np.pi * t / 20.0)
    noise = np.random.default_rng(0).normal(0.0, noise_n, (2, len(t)))
    return {
        "left": STANDING_N * share * left_reads + noise[0],
        "right": STANDING_N * (1.0 - share) * right_reads + noise[1],
    }


def gains_of(totals, raised=None, standing=STANDING_N, rate_hz=RATE_HZ):
    return shift_gains(totals, raised or {}, standing, rate_hz=rate_hz, params=GainParams())


def test_equal_soles_need_no_gain():
    gains = gains_of(shifts())
    assert gains.left == pytest.approx(1.0, abs=0.002)
    assert gains.share_range == pytest.approx(0.7, abs=0.05)


@pytest.mark.parametrize("ratio", [0.85, 0.95, 1.05, 1.15])
@pytest.mark.parametrize("rate_hz", [25.0, 100.0])
def test_a_known_ratio_is_found_and_believed_in_part(ratio, rate_hz):
    totals = shifts(left_reads=ratio**-0.5, right_reads=ratio**0.5, rate_hz=rate_hz)
    gains = gains_of(totals, rate_hz=rate_hz)
    assert gains.left / gains.right == pytest.approx(ratio**BELIEF, abs=0.003)


def test_the_product_of_the_gains_is_one():
    gains = gains_of(shifts(0.95, 1.05))
    assert gains.left * gains.right == pytest.approx(1.0)


def test_swapped_feet_swap_the_gains():
    totals = shifts(0.95, 1.05)
    there, back = gains_of(totals), gains_of({"left": totals["right"], "right": totals["left"]})
    assert back.left == pytest.approx(there.right, rel=1e-6)


def test_without_a_shift_nothing_is_known():
    assert gains_of(shifts(0.9, 1.1, reach=0.10)) is None


def test_a_ratio_beyond_belief_is_a_fault_and_no_gain():
    assert gains_of(shifts(0.85, 1.15)) is None


@pytest.mark.parametrize("standing", [0.0, -5.0, float("nan")])
def test_without_standing_nothing_is_known(standing):
    assert gains_of(shifts(), standing=standing) is None


@pytest.mark.parametrize("sides", [("left",), ("right",), ("plate",), ("left", "right", "plate")])
def test_exactly_two_soles_are_compared(sides):
    totals = {side: shifts()["left"] for side in sides}
    assert gains_of(totals) is None


def test_short_recordings_tell_nothing():
    assert gains_of({side: load[:5] for side, load in shifts().items()}) is None


def test_a_heel_that_is_up_has_no_say():
    """On tiptoe a sole over-reads: the same shifts with 15 % too much must not enter."""
    totals = shifts(reach=0.35)
    half = len(totals["left"]) // 3
    totals["left"][half:] *= 1.15
    told = gains_of(totals, {"left": [(half, 3 * half)], "right": [(half, 3 * half)]})
    assert told.left == pytest.approx(1.0, abs=0.002)
    assert gains_of(totals).left < 0.99


def test_a_foot_in_the_air_still_tells_what_the_other_reads():
    """Weight all on one foot is the best shift there is, though the other heel counts as up."""
    t = np.arange(0.0, 40.0, 1.0 / RATE_HZ)
    share = np.clip(0.5 + 0.8 * np.sin(2 * np.pi * t / 20.0), 0.0, 1.0)
    totals = {"left": STANDING_N * share, "right": STANDING_N * (1.0 - share)}
    air = {side: [(int(i), int(i) + 1) for i in np.flatnonzero(load < 1.0)]
           for side, load in totals.items()}  # fmt: skip
    assert gains_of(totals, air).share_range > 0.9


def test_an_edge_before_the_first_sample_hides_nothing_else():
    """An extrapolated heel-up from −3 to 30 s covers that stretch, and not the rest."""
    totals = shifts()
    half = len(totals["left"]) // 2
    totals["left"][:half] *= 1.3
    gains = gains_of(totals, {side: [(-3.0, float(half))] for side in totals})
    assert gains.left == pytest.approx(1.0, abs=0.002)


def test_gains_scale_every_load_of_their_side_and_nothing_else():
    force = pd.DataFrame(
        {"left_n": [100.0], "left_heel_n": [50.0], "left_cop_ap_mm": [9.0], "left_ok": [True],
         "right_n": [100.0], "right_heel_n": [50.0], "right_acc_x_g": [1.0]}
    )  # fmt: skip
    scaled = apply_gains(force, Gains(1.1, 1 / 1.1, 0.5)).iloc[0]
    assert scaled["left_n"] == pytest.approx(110.0)
    assert scaled["left_heel_n"] == pytest.approx(55.0)
    assert scaled["right_n"] == pytest.approx(100 / 1.1)
    assert scaled[["left_cop_ap_mm", "right_acc_x_g", "left_ok"]].tolist() == [9.0, 1.0, True]
    assert force["left_n"].tolist() == [100.0]


def test_no_gains_leave_the_table_as_it_is():
    force = pd.DataFrame({"left_n": [100.0]})
    assert apply_gains(force, None) is force


def test_gains_tell_the_report_how_they_were_found():
    assert Gains(1.1, 0.9, 0.5).to_dict() == {
        "method": "natural_weight_shift", "gain_left": 1.1, "gain_right": 0.9, "share_range": 0.5,
    }  # fmt: skip
