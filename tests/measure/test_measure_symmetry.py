"""What must not matter: which foot is left, how heavy, when, at which rate, how sensitive."""

from dataclasses import fields

import numpy as np
import pytest
from feet import WEIGHT_N, feet, heel_up, mirrored, report_of, scaled, stand

from insole.measured import Measured

ACTS = (
    stand(6), heel_up(1.0, 10.0, 2.0, load=0.56), stand(5), heel_up(1.0, 2.0, 5.0, side="left"),
    stand(4), heel_up(1.0, 2.0, 5.0, lowers="right"), stand(4),
)  # fmt: skip
SWAP = {
    "left": "right", "right": "left", "single_left": "single_right", "single_right": "single_left",
}  # fmt: skip


def values(report):
    """Return all numbers and words of holds, raises, sets and weight shifts by their place."""
    found = {}
    for kind in ("holds", "raises", "sets", "weight_shift"):
        for k, row in enumerate(getattr(report, kind)):
            for field in fields(row):
                value = getattr(row, field.name)
                value = value.value if isinstance(value, Measured) else value
                found[f"{kind}[{k}].{field.name}"] = value
    return found


def assert_same(one, other, *, tolerance=1e-6, but=()):
    one, other = values(one), values(other)
    assert one.keys() == other.keys()
    for key, value in one.items():
        name = key.split(".")[1]
        if name in but:
            continue
        expected = pytest.approx(value, abs=tolerance) if isinstance(value, float) else value
        assert other[key] == expected, key


@pytest.fixture(scope="module")
def plain():
    return report_of(feet(*ACTS, noise_n=0.0))


def test_all_acts_are_found(plain):
    assert [(row.exercise, row.variant) for row in plain.sets] == [
        ("isometric_hold", "double"),
        ("eccentric_raise", "single_left"),
        ("eccentric_raise", "two_up_one_down"),
    ]


def test_swapped_feet_are_the_mirror_image(plain):
    swapped = report_of(mirrored(feet(*ACTS, noise_n=0.0)))
    one, other = values(plain), values(swapped)
    signed = ("shift", "robinson_si_pct")
    for key, value in one.items():
        name = key.split(".")[1]
        if name.startswith("left_share") and value is not None:
            assert other[key] == pytest.approx(1.0 - value, abs=1e-9), key
        elif name in signed:
            assert other[key] == pytest.approx(-value, abs=1e-6), key
        elif isinstance(value, float):
            assert other[key] == pytest.approx(value, abs=1e-6), key
        else:
            assert other[key] == SWAP.get(value, value), key


@pytest.mark.parametrize("factor", [0.7, 1.5])
def test_more_sensitive_soles_change_nothing_but_newton(plain, factor):
    report = report_of(scaled(feet(*ACTS, noise_n=0.0), factor))
    assert_same(plain, report, tolerance=1e-4, but=("force_slope_n_per_s", "work_j"))
    assert report.body_weight_n.value == pytest.approx(factor * plain.body_weight_n.value)


def test_later_is_later_and_nothing_else(plain):
    report = report_of(feet(stand(7.0), *ACTS, noise_n=0.0))
    one, other = values(plain), values(report)
    moved = ("heel_off_s", "heel_contact_s", "onset_s", "end_s", "top_s", "lowering_onset_s",
             "start_s")  # fmt: skip
    for key, value in one.items():
        name = key.split(".")[1]
        if name in moved and not (key.startswith("sets") and value is None):
            expected = pytest.approx(value + 7.0, abs=0.02)
        elif isinstance(value, float):
            expected = pytest.approx(value, rel=0.02, abs=0.02)
        else:
            expected = value
        assert other[key] == expected, key


@pytest.mark.parametrize("rate_hz", [25.0, 50.0, 200.0])
def test_the_rate_hardly_matters(plain, rate_hz):
    report = report_of(feet(*ACTS, noise_n=0.0, rate_hz=rate_hz))
    one, other = values(plain), values(report)
    assert one.keys() == other.keys()
    for key, value in one.items():
        name = key.split(".")[1]
        if isinstance(value, float) and name.endswith("_s"):
            assert other[key] == pytest.approx(value, abs=0.1), key
        elif isinstance(value, float) and "share" in name:
            assert other[key] == pytest.approx(value, abs=0.02), key
        elif name in {"variant", "side", "exercise", "counted", "reps", "rounds", "breaks"}:
            assert other[key] == value, key


def test_soles_that_over_read_on_tiptoe_find_the_same_raises(plain):
    table = feet(*ACTS, noise_n=0.0)
    for side, gain in (("left", 1.3), ("right", 1.5)):
        up = (table[f"{side}_heel_n"] < 1.0) & (table[f"{side}_n"] > 0.05 * WEIGHT_N)
        fore = table[f"{side}_forefoot_n"] * np.where(up, gain, 1.0)
        extra = fore - table[f"{side}_forefoot_n"]
        table = table.assign(
            **{f"{side}_forefoot_n": fore, f"{side}_n": table[f"{side}_n"] + extra}
        )
    report = report_of(table)
    for old, new in zip(
        (*plain.holds, *plain.raises), (*report.holds, *report.raises), strict=True
    ):
        assert new.heel_off_s == pytest.approx(old.heel_off_s, abs=0.05)
        assert new.heel_contact_s == pytest.approx(old.heel_contact_s, abs=0.05)
        assert new.left_share.quality == "low"
