"""How load moves between the feet in a set, and its index."""

import pytest
from feet import feet, heel_up, lost, report_of, stand

SLOW = (1.0, 2.0, 5.0)


def shift(*acts, **rig):
    (row,) = report_of(feet(*acts, **rig)).weight_shift
    return row


def test_55_to_45_is_a_robinson_index_of_20_percent():
    row = shift(stand(6), heel_up(*SLOW, load=0.55), stand(4), left_share=0.5)
    assert row.left_share_top.value == pytest.approx(0.55, abs=0.002)
    assert row.robinson_si_pct.value == pytest.approx(20.0, abs=1.0)


def test_shift_is_top_minus_flat_and_positive_to_the_left():
    row = shift(stand(6), heel_up(*SLOW, load=0.6), stand(4), left_share=0.48)
    assert row.left_share_flat.value == pytest.approx(0.48, abs=0.01)
    assert row.shift.value == pytest.approx(0.12, abs=0.01)
    assert row.peak_shift.value >= row.shift.value - 1e-6


def test_flat_share_is_sure_and_the_rest_waits_for_a_calibration_on_tiptoe():
    row = shift(stand(6), heel_up(*SLOW), stand(4))
    assert row.left_share_flat.quality == "ok"
    for value in (row.left_share_top, row.shift, row.peak_shift, row.robinson_si_pct):
        assert value.quality == "low"
        assert value.reasons == ("uncalibrated_tiptoe",)


def test_flat_share_is_also_that_between_the_raises():
    row = shift(
        stand(6), heel_up(*SLOW), stand(8, load=0.6), heel_up(*SLOW), stand(4), left_share=0.5
    )
    assert 0.52 < row.left_share_flat.value < 0.6


def test_a_set_without_any_valid_share_says_gap():
    table = feet(stand(6), heel_up(*SLOW), stand(4))
    (row,) = report_of(lost(table, 0.0, 99.0, "left")).weight_shift or (None,)
    assert row is None or row.left_share_top.reasons == ("gap",)
