"""The truth bench gives a whole table, and what holds of it today on people not tuned on."""

import json

import bench
import pytest
from bench import run, table
from scores import _compared
from simulated import SCENARIOS

FAULTY = ("faulty", "mistakes")
PEOPLE = range(300, 308)


def rows_of(found):
    return {(row["sensors"], row["metric"]): row for row in table(found)}


def test_the_table_names_each_metric_once_and_is_json(tmp_path, capsys):
    words = ["--people", "1", "--seed", "40", "--scenarios", "raise_double", "--sensors"]
    bench.main([*words, "cells_imu", "scale", "--json", str(tmp_path / "t.json")])
    told, progress = capsys.readouterr()
    rows = json.loads((tmp_path / "t.json").read_text())["rows"]
    names = [(row["sensors"], row["metric"]) for row in rows]
    assert len(set(names)) == len(names)
    assert len(told.splitlines()) == len(rows) + 1
    assert progress.endswith("2 of 2 sessions\n")
    by_name = dict(zip(names, rows, strict=True))
    assert by_name["cells_imu", "count"]["true"] == 8
    assert by_name["cells_imu", "count"]["f1"] == 1.0
    assert by_name["scale", "repetition"]["refused"] == 8


def test_a_missed_and_an_extra_event_are_seen():
    import numpy as np

    found, true = np.array([10.1, 30.0]), np.array([10.0, 20.0])
    outcomes = [score.outcome for score in _compared("heel_off", found, true, np.empty(0))]
    assert outcomes == ["found", "missed", "extra"]
    beside = [score.outcome for score in _compared("heel_off", found, true, np.array([30.5]))]
    assert beside == ["found", "missed"]


@pytest.mark.slow
def test_half_of_the_repetitions_may_go_wrong():
    rows = rows_of(run(FAULTY, PEOPLE, ["cells_imu", "zones"]))
    imu = {metric: row for (kind, metric), row in rows.items() if kind == "cells_imu"}
    assert imu["count"]["f1"] >= 0.98
    assert recall(imu["partial"]) >= 0.95
    assert recall(imu["touch_and_go"]) >= 0.8
    assert recall(rows["zones", "touch_and_go"]) >= 0.5
    assert imu["lowering_3_5_s"]["median"] <= 0.35
    assert imu["lowering_3_5_s"]["p95"] <= 0.9
    for event in ("heel_off", "heel_contact"):
        assert imu[event]["sd"] <= 0.040
        assert abs(imu[event]["bias"]) <= 0.120


ASKED_BUT_MISSED = "asked for and not reached without a motion sensor"


@pytest.mark.slow
@pytest.mark.xfail(strict=True, reason=f"{ASKED_BUT_MISSED}: 0.94 of 0.96")
@pytest.mark.parametrize("kind", ["cells", "zones"])
def test_half_of_the_repetitions_may_go_wrong_without_a_motion_sensor(kind):
    rows = rows_of(run(FAULTY, PEOPLE, [kind]))
    assert rows[kind, "count"]["f1"] >= 0.96


@pytest.mark.slow
def test_variants_are_right_and_help_is_never_called_single():
    rows = rows_of(run(("two_up_one_down", "assist_05", "assist_15"), PEOPLE, ["cells_imu"]))
    assert recall(rows["cells_imu", "variant_single"]) >= 0.98
    assert recall(rows["cells_imu", "variant_two_up_one_down"]) >= 0.98
    assert recall(rows["cells_imu", "variant_helped"]) == 1.0
    assert rows["cells_imu", "count"]["f1"] >= 0.98


@pytest.mark.slow
@pytest.mark.parametrize(
    "kind",
    [
        "cells_imu",
        "cells",
        # three zones have no midfoot, by which a lean would be told from a raise
        pytest.param("zones", marks=pytest.mark.xfail(strict=True, reason=ASKED_BUT_MISSED)),
    ],
)
def test_talking_walking_leaning_sitting_and_rocking_count_for_nothing(kind):
    rows = rows_of(run(("fidget", "rocking", "quiet_stance"), PEOPLE, [kind]))
    assert (kind, "count") not in rows
    assert (kind, "hold") not in rows


@pytest.mark.parametrize("kind", ["cells_imu", "cells"])
def test_raises_on_a_step_are_found(kind):
    rows = rows_of(run(("step",), PEOPLE[:1], [kind]))
    assert rows[kind, "count"]["f1"] == 1.0
    for event in ("heel_off", "heel_contact"):
        assert rows[kind, event]["f1"] == 1.0
        assert abs(rows[kind, event]["bias"]) <= 0.2


@pytest.mark.slow
def test_mistakes_are_named():
    rows = rows_of(run(("mistakes",), PEOPLE, ["cells_imu"]))
    assert rows["cells_imu", "count"]["f1"] >= 0.98


@pytest.mark.slow
def test_a_plate_times_heel_ups_and_no_phase():
    rows = rows_of(run(("raise_double", "raise_single"), PEOPLE, ["plate"]))
    assert rows["plate", "count"]["f1"] >= 0.98
    assert rows["plate", "heel_up_s"]["p95"] <= 0.4
    assert rows["plate", "lowering_s"]["refused"] == rows["plate", "lowering_s"]["true"]


@pytest.mark.slow
def test_what_sensors_cannot_tell_is_refused():
    for row in table(run(SCENARIOS, PEOPLE[:1], ["cells", "zones", "plate", "scale"])):
        if row["metric"] == "refusal":
            assert row["extra"] == 0


@pytest.mark.slow
def test_holds_with_a_touch_are_one_hold_with_one_break():
    rows = rows_of(run(("touches",), PEOPLE, ["cells_imu"]))
    assert rows["cells_imu", "hold"]["f1"] == 1.0
    assert rows["cells_imu", "hold_breaks"]["p95"] == 0.0
    assert rows["cells_imu", "hold_s"]["p95"] <= 0.7


def recall(row):
    return 1.0 - row["missed"] / row["true"]
