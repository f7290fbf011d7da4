"""The metric dictionary: it has every measured number of a report, and nothing else."""

from dataclasses import fields

import pytest

from insole.capabilities import Capabilities
from insole.measure import model
from insole.measure.metric import METRICS, NEEDS, Metric, missing
from insole.report.model import SessionReport
from insole.session import load

ROWS = {
    "sets": model.SetRow,
    "holds": model.HoldRow,
    "raises": model.RaiseRow,
    "weight_shift": model.WeightShiftRow,
    "toe_yoga": model.ToeYogaRow,
    "rocking": model.RockRow,
    "sway": model.SwayRow,
    "quality": model.Quality,
}
INSOLES = Capabilities(
    ("toes", "forefoot", "midfoot", "heel"), imu=True, cop=True, rate_hz=100.0, sides="both",
    unit="N",
)  # fmt: skip
PULL = Capabilities((), imu=False, cop=False, rate_hz=80.0, sides="pull", unit="N")
SCALE = Capabilities((), imu=False, cop=False, rate_hz=10.0, sides="merged", unit="N")


def test_every_measured_number_of_a_report_is_explained_once():
    in_rows = {
        (table, field.name)
        for table, row in ROWS.items()
        for field in fields(row)
        if field.type == "Measured"
    }
    alone = {field.name for field in fields(SessionReport) if field.type == "Measured"}
    of_session = {("quality" if name == "sync" else "session", name) for name in alone}
    explained = [(metric.table, metric.name) for metric in METRICS]
    assert len(explained) == len(set(explained))
    assert set(explained) == in_rows | of_session


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: f"{metric.table}.{metric.name}")
def test_an_entry_is_complete(metric: Metric):
    assert metric.unit
    assert metric.definition.endswith(".")
    assert metric.source
    assert set(metric.needs) <= set(NEEDS)


def test_calibrated_insoles_with_motion_observe_everything():
    assert not [metric for metric in METRICS if missing(metric, INSOLES)]


def test_a_scale_cannot_time_a_lowering_and_the_reason_is_named():
    lowering = next(metric for metric in METRICS if metric.name == "lowering_s")
    assert missing(lowering, SCALE) == ("regions", "imu")
    weight = next(metric for metric in METRICS if metric.name == "body_weight_n")
    assert missing(weight, SCALE) == ()


def test_units_are_those_of_reports(fixtures):
    report = load(fixtures / "sessions" / "demo.insole").report()
    units = {(metric.table, metric.name): metric.unit for metric in METRICS}
    seen = {
        (table, field.name): getattr(row, field.name).unit
        for table, kind in ROWS.items()
        for row in _rows(getattr(report, table))
        for field in fields(kind)
        if field.type == "Measured"
    }
    assert {"holds", "raises", "sets", "quality"} <= {table for table, _ in seen}
    assert seen == {place: units[place] for place in seen}


def _rows(of_report):
    return of_report.values() if hasattr(of_report, "values") else of_report


def test_a_pull_cell_sees_nothing_of_who_stands():
    seen = {(metric.table, metric.name) for metric in METRICS if not missing(metric, PULL)}
    assert {table for table, _ in seen} <= {"quality"}
