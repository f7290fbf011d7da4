"""Results do not depend on what should not matter: gain, offset, rate, which foot is which."""

import numpy as np
import pytest
from feet import mirrored, report_of
from simulated import simulated

NEAR_S, NEAR = 0.05, 0.02
"""Results may change by 50 ms or 2 %, whichever is more."""


def raw(name, seed):
    force = simulated(name, seed).forces
    return force[[c for c in force.columns if not c.endswith(("height_mm", "pitch_deg", "_lost"))]]


def loads(force):
    return [c for c in force.columns if c.endswith("_n")]


def times(report):
    rows = [*report.raises, *report.holds]
    values = [
        (row.heel_off_s, row.heel_contact_s, row.heel_up_s.value, row.heel_height_mm.value)
        if hasattr(row, "counted")
        else (row.heel_off_s, row.heel_contact_s, row.heel_up_s.value, row.hold_height_mm.value)
        for row in rows
    ]
    lowered = [row.lowering_s.value for row in report.raises]
    return np.array(values), np.array(lowered), [row.variant for row in report.raises]


CHANGES = {
    "gain 0.7": lambda f: f.assign(**{c: 0.7 * f[c] for c in loads(f)}),
    "gain 1.5": lambda f: f.assign(**{c: 1.5 * f[c] for c in loads(f)}),
    "15 N more": lambda f: f.assign(
        **{c: f[c] + 15.0 for c in loads(f) if c.endswith(("left_n", "right_n", "heel_n"))}
    ),
    "50 Hz": lambda f: f.iloc[::2],
    "25 Hz": lambda f: f.iloc[::4],
}


@pytest.mark.parametrize("name", ["raise_double", "two_up_one_down", "hold_double"])
@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.slow
def test_results_stay(name, change):
    force = raw(name, 400)
    plain, lowered, variants = times(report_of(force))
    other, slower, named = times(report_of(CHANGES[change](force)))
    assert other.shape == plain.shape
    assert named == variants
    assert np.abs(other[:, :2] - plain[:, :2]).max() <= NEAR_S
    assert (np.abs(other[:, 2:] / plain[:, 2:] - 1.0) <= NEAR).all()
    # the onset of a lowering is a median of what explains the fall: no edge
    assert np.median(np.abs(slower - lowered)) <= NEAR_S if len(lowered) else True


@pytest.mark.slow
def test_swapped_feet_give_the_mirror_image():
    force = raw("two_up_one_down", 401)
    plain, swapped = report_of(force), report_of(mirrored(force))
    assert np.allclose(times(plain)[0], times(swapped)[0], atol=1e-6)
    shares = [
        (a.left_share.value, b.left_share.value)
        for a, b in zip(plain.raises, swapped.raises, strict=True)
    ]
    assert all(a + b == pytest.approx(1.0, abs=1e-6) for a, b in shares)
