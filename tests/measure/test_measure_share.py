"""The curve of the left share, and what rigs cannot tell of it."""

import numpy as np
import pytest
from feet import feet, heel_up, lost, report_of, stand

from insole.measure.params import ShareParams
from insole.measure.share import ShareCurve, mean_share, resting_share, share_curve


def curve(*acts, **rig):
    return share_curve(feet(*acts, **rig), ShareParams())


def test_share_is_left_over_total():
    share = curve(stand(4), left_share=0.7).left_share
    assert share == pytest.approx(np.full(401, 0.7), abs=0.005)


@pytest.mark.parametrize(
    ("rig", "reason"),
    [
        ({"sides": "left"}, "one_side"),
        ({"sides": "right"}, "one_side"),
        ({"sides": "merged"}, "merged_sides"),
        ({"unit": "adc"}, "uncalibrated"),
    ],
)
def test_rigs_that_cannot_tell_say_why(rig, reason):
    found = curve(stand(4), **rig)
    assert found.left_share is found.quick is None
    assert mean_share(found, 0, 100).reasons == (reason,)


def test_share_is_nan_where_a_foot_is_missing_and_a_mean_leaves_it_out():
    found = share_curve(lost(feet(stand(6), left_share=0.6), 2.0, 3.0), ShareParams())
    assert np.isnan(found.left_share[200:300]).all()
    assert np.isfinite(found.left_share[:200]).all()
    assert mean_share(found, 0, 601).value == pytest.approx(0.6, abs=0.005)
    assert mean_share(found, 210, 290).reasons == ("gap",)


def test_nobody_on_the_sensors_is_no_share():
    table = feet(stand(4), noise_n=0.0)
    loads = [c for c in table.columns if c.endswith("_n")]
    found = share_curve(table.assign(**dict.fromkeys(loads, 0.0)), ShareParams())
    assert np.isnan(found.left_share).all()


def test_the_resting_foot_has_what_the_other_leaves():
    half = ShareCurve(np.linspace(0.8, 0.9, 101), np.linspace(0.8, 0.9, 101))
    right = resting_share(half, "right", np.mean, (0, 101))
    left = resting_share(half, "left", np.max, (0, 101), "sync")
    assert right.value == pytest.approx(0.15)
    assert (left.value, left.reasons) == (pytest.approx(0.9), ("sync",))
    assert right.method == left.method == "resting_over_total"


def test_a_share_in_body_weights_is_calibrated_at_two_points():
    report = report_of(feet(stand(6), heel_up(1, 2, 5, load=0.55), stand(4), unit="bw"))
    (row,) = report.raises
    assert row.left_share.value == pytest.approx(0.55, abs=0.01)
    assert "two_point" in row.left_share.reasons
    assert report.weight_shift[0].left_share_flat.reasons == ("two_point",)
    assert report.body_weight_n.quality == "not_observable"
