"""A report from a table of forces: all its keys, for each kind of rig, as JSON."""

import json
from dataclasses import fields

import pytest
from feet import feet, heel_up, report_of, scaled, stand

from insole.measure.kind import sort_kinds
from insole.measure.model import HoldRow, RaiseRow, SetRow, WeightShiftRow
from insole.measure.params import ExerciseParams, Params
from insole.report import export, text

ACTS = (stand(6), heel_up(1.0, 22.0, 2.0), stand(5), heel_up(1.0, 2.0, 5.0), stand(5))
RIGS = [
    {}, {"imu": False}, {"sides": "left"}, {"sides": "right", "imu": False}, {"unit": "adc"},
    {"unit": "bw"}, {"regions": False}, {"regions": False, "imu": False}, {"sides": "merged"},
    {"rate_hz": 25.0}, {"rate_hz": 200.0},
]  # fmt: skip
KEYS = {
    "schema", "session", "capabilities", "body_weight_n", "activities", "sets", "holds", "raises",
    "weight_shift", "toe_yoga", "rocking", "sway", "pain", "calibration", "edits", "programme",
    "quality", "params", "software",
}  # fmt: skip
ROWS = {"holds": HoldRow, "raises": RaiseRow, "sets": SetRow, "weight_shift": WeightShiftRow}


@pytest.mark.parametrize("rig", RIGS, ids=str)
@pytest.mark.parametrize("exercise", [None, "isometric_hold", "eccentric_raise"])
def test_every_key_is_there_and_survives_json(rig, exercise):
    report = report_of(feet(*ACTS, **rig), exercise)
    tree = export.to_dict(report)
    assert tree.keys() == KEYS
    assert tree["schema"] == "insole.report/1"
    for name, kind in ROWS.items():
        for row in tree[name]:
            assert list(row) == [field.name for field in fields(kind)]
    again = export.from_json(json.dumps(tree, allow_nan=False))
    assert export.to_dict(again) == tree
    assert text.render(report)


def test_no_heel_up_is_both_or_neither():
    found = report_of(feet(*ACTS))
    spans = [(row.heel_off_s, row.heel_contact_s) for row in (*found.holds, *found.raises)]
    assert len(spans) == len(set(spans)) == 2


def test_rows_are_numbered_by_set_and_repetition():
    slow = heel_up(1.0, 2.0, 5.0)
    found = report_of(feet(stand(6), slow, stand(3), slow, stand(15), slow, stand(4)))
    assert [(row.set, row.rep) for row in found.raises] == [(1, 1), (1, 2), (2, 1)]
    assert [row.set for row in found.sets] == [row.set for row in found.weight_shift] == [1, 2]


def test_settings_are_in_the_report_and_at_work():
    params = Params(exercise=ExerciseParams(hold_top_s=30.0))
    found = report_of(feet(*ACTS), params=params)
    assert not found.holds
    assert found.params["exercise"]["hold_top_s"] == 30.0


@pytest.mark.parametrize("factor", [0.0, 0.05])
def test_nobody_on_the_sensors_is_no_exercise_and_no_weight(factor):
    found = report_of(scaled(feet(*ACTS), factor), "isometric_hold")
    assert not found.holds
    assert not found.raises
    assert found.body_weight_n.reasons == ("no_body_weight",)


def test_standing_is_an_empty_report_with_a_weight():
    found = report_of(feet(stand(20)))
    assert found.sets == found.holds == found.raises == found.weight_shift == ()
    assert found.body_weight_n.value == pytest.approx(700.0, rel=0.01)
    assert found.body_weight_n.reasons == ("uncalibrated",)


@pytest.mark.parametrize("seconds", [0.01, 0.05, 0.5, 1.0, 2.0])
@pytest.mark.parametrize("start", ["standing", "on tiptoe"])
def test_a_few_samples_are_no_exercise(seconds, start):
    table = feet(stand(6), heel_up(1.0, 5.0, 2.0), stand(4))
    first = 0.0 if start == "standing" else 8.0
    table = table.loc[first : first + seconds]
    table.index = table.index - table.index[0]
    found = report_of(table)
    assert found.holds == found.raises == ()
    assert text.render(found)


def test_nothing_sorts_into_nothing():
    assert sort_kinds([], None, 100.0, ExerciseParams()) == ([], [])
