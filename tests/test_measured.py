"""A measured number always says how far to trust it."""

from __future__ import annotations

import math
from dataclasses import FrozenInstanceError

import pytest

from insole import measured
from insole.measured import REASONS, Measured


def test_ok_has_a_value_and_no_reason():
    number = measured.ok(5, "s", "band_exit")
    assert number == Measured(5.0, "s", "band_exit", "ok", ())
    assert isinstance(number.value, float)


def test_low_has_a_value_and_reasons():
    number = measured.low(5.0, "s", "band_exit", "gap", "partial")
    assert number.quality == "low"
    assert number.reasons == ("gap", "partial")


def test_not_observable_has_reasons_and_no_value():
    number = measured.not_observable("s", "band_exit", "no_imu")
    assert number.value is None
    assert number.quality == "not_observable"


def test_of_is_ok_without_reasons_and_low_with_some():
    assert measured.of(1.0, "s", "m") == measured.ok(1.0, "s", "m")
    assert measured.of(1.0, "s", "m", "gap") == measured.low(1.0, "s", "m", "gap")


@pytest.mark.parametrize(
    "build",
    [
        lambda: measured.low(1.0, "s", "m"),
        lambda: measured.not_observable("s", "m"),
        lambda: Measured(1.0, "s", "m", "ok", ("gap",)),
    ],
)
def test_reasons_stand_beside_every_quality_but_ok(build):
    with pytest.raises(ValueError, match="reasons stand beside"):
        build()


@pytest.mark.parametrize(
    "build",
    [
        lambda: Measured(None, "s", "m", "ok"),
        lambda: Measured(None, "s", "m", "low", ("gap",)),
        lambda: Measured(1.0, "s", "m", "not_observable", ("gap",)),
    ],
)
def test_a_value_is_missing_exactly_if_it_is_not_observable(build):
    with pytest.raises(ValueError, match="missing exactly when"):
        build()


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_value_is_a_finite_number(value):
    with pytest.raises(ValueError, match="finite"):
        measured.ok(value, "s", "m")


def test_reasons_come_from_a_closed_list():
    with pytest.raises(ValueError, match="because"):
        measured.low(1.0, "s", "m", "because")
    for reason in REASONS:
        assert measured.low(1.0, "s", "m", reason).reasons == (reason,)


def test_it_is_a_value_that_nobody_changes():
    number = measured.ok(1.0, "s", "m")
    with pytest.raises(FrozenInstanceError):
        number.value = 2.0


def test_the_report_gets_plain_values():
    assert measured.low(1.0, "s", "m", "gap").to_dict() == {
        "value": 1.0, "unit": "s", "method": "m", "quality": "low", "reasons": ["gap"],
    }  # fmt: skip
