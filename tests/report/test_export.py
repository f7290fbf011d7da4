"""The JSON of a report: exactly the documented keys, read back strictly; and its tables."""

import copy
import json
from dataclasses import fields, replace

import numpy as np
import pytest
from example_report import report
from hypothesis import given
from hypothesis import strategies as st

from insole.capabilities import Capabilities
from insole.errors import FormatError
from insole.measure.model import (
    ActivityRow,
    EditRow,
    Event,
    HoldRow,
    Quality,
    RaiseRow,
    RockRow,
    SetRow,
    SwayRow,
    ToeYogaRow,
    WeightShiftRow,
)
from insole.measured import ok
from insole.report import export
from insole.report.model import SessionFacts

FREE = ("params", "software", "calibration", "programme", "pain", "schema")
"""Top keys whose content is not checked key by key."""


@pytest.fixture
def tree():
    return export.to_dict(report())


LOOSE = ("change", "original")
"""What a correction asks for, and what was there before: objects of any content."""


def places(node, path=()):
    """Yield the path of every value below `node` whose content the schema fixes."""
    for key, inner in node.items() if isinstance(node, dict) else enumerate(node):
        if not path and key in FREE:
            continue
        yield (*path, key)
        if isinstance(inner, dict | list) and key not in {"reasons", *LOOSE}:
            yield from places(inner, (*path, key))


def parent(tree, path):
    for key in path[:-1]:
        tree = tree[key]
    return tree


def test_top_keys_are_exactly_the_documented_ones(tree):
    documented = (
        "schema session capabilities body_weight_n activities sets holds raises weight_shift "
        "toe_yoga rocking sway pain calibration edits programme quality params software"
    )
    assert list(tree) == documented.split()
    assert tree["schema"] == "insole.report/1"
    assert set(tree["quality"]) == {"left", "right", "sync"}


def test_a_measured_is_an_object(tree):
    assert tree["holds"][0]["left_share"] == {
        "value": 0.513,
        "unit": "1",
        "method": "total_ratio",
        "quality": "low",
        "reasons": ["uncalibrated_tiptoe"],
    }
    assert tree["raises"][0]["resting_foot_share"]["value"] is None


@pytest.mark.parametrize("written", [report(), report(imu=False), report(sides="left")])
def test_what_was_written_is_read_back(written):
    text = export.to_json(written)
    assert "\n" not in text
    assert export.from_json(text) == replace(written, events=())
    assert export.to_json(export.from_json(text.encode())) == text


def test_json_holds_no_number_that_json_lacks():
    odd = {"limit_s": float("inf"), "step": np.float64(0.5), "n": np.int64(3), "of": (1, None)}
    text = export.to_json(report(params={"hold": odd}))
    read = {"limit_s": None, "step": 0.5, "n": 3, "of": [1, None]}
    assert json.loads(text)["params"]["hold"] == read


def test_any_unknown_key_is_an_error(tree):
    objects = [path for path in places(tree) if isinstance(parent(tree, path)[path[-1]], dict)]
    objects = [path for path in objects if path[-1] not in LOOSE]
    keyed_by_name = [("session", "devices"), ("quality",)]
    objects = [path for path in objects if path not in keyed_by_name and "devices" not in path]
    assert len(objects) > 50
    for path in [(), *objects]:
        changed = copy.deepcopy(tree)
        parent(changed, (*path, "x"))["surprise"] = 1
        with pytest.raises(FormatError, match="surprise is not a key of this schema"):
            export.from_dict(changed)


def test_any_missing_key_is_an_error(tree):
    keys = [path for path in places(tree) if isinstance(path[-1], str)]
    keys = [path for path in keys if "devices" not in path[:-1] and path[0] != "quality"]
    assert len(keys) > 200
    for path in [*keys, ("quality", "sync"), ("quality", "left", "drift_ppm"), ("params",)]:
        changed = copy.deepcopy(tree)
        del parent(changed, path)[path[-1]]
        with pytest.raises(FormatError, match=f"{path[-1]} is missing"):
            export.from_dict(changed)


def test_any_value_of_the_wrong_kind_is_an_error(tree):
    for path in places(tree):
        changed = copy.deepcopy(tree)
        parent(changed, path)[path[-1]] = [{"wrong": True}]
        with pytest.raises(FormatError):
            export.from_dict(changed)


def test_true_is_no_number(tree):
    for path in (("holds", 0, "breaks"), ("holds", 0, "heel_off_s"), ("capabilities", "rate_hz")):
        changed = copy.deepcopy(tree)
        parent(changed, path)[path[-1]] = True
        with pytest.raises(FormatError, match="must be a"):
            export.from_dict(changed)


def test_a_measured_that_contradicts_itself_is_an_error(tree):
    tree["holds"][1]["duration_s"]["quality"] = "not_observable"
    with pytest.raises(FormatError, match=r"holds\[1\]\.duration_s a value is missing exactly"):
        export.from_dict(tree)


def test_another_schema_is_named(tree):
    tree["schema"] = "insole.report/2"
    with pytest.raises(FormatError, match=r"'insole\.report/2' and this version reads"):
        export.from_dict(tree)


@pytest.mark.parametrize("text", ["", "{", '{"schema": NaN}', "[]", b"\xff\xfe", "[" * 100_000])
def test_what_is_no_report_is_a_format_error(text):
    with pytest.raises(FormatError):
        export.from_json(text)


def test_broken_json_names_the_line():
    with pytest.raises(FormatError) as caught:
        export.from_json('{\n"schema": 1,\n}')
    assert caught.value.line == 3


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


@given(st.data())
def test_any_change_is_read_or_refused(data):
    changed = export.to_dict(report())
    path = data.draw(st.sampled_from(list(places(changed))))
    parent(changed, path)[path[-1]] = data.draw(JSON)
    try:
        export.to_json(export.from_dict(changed))
    except FormatError:
        return


@given(st.text() | st.binary())
def test_any_text_is_refused(text):
    with pytest.raises(FormatError):
        export.from_json(text)


ROWS = (
    HoldRow, RaiseRow, SetRow, WeightShiftRow, ActivityRow, ToeYogaRow, RockRow, SwayRow, EditRow,
    Event, Quality, SessionFacts, Capabilities,
)  # fmt: skip


@pytest.mark.parametrize("kind", ROWS)
def test_every_field_of_a_row_can_be_read(kind):
    assert {str(field.type) for field in fields(kind)} <= set(export._READ)


def test_holds_as_a_table():
    holds = export.hold_frame(report().holds)
    assert list(holds["duration_s"]) == [10.1, 10.0]
    assert list(holds["left_share_quality"]) == ["low", "low"]
    assert list(holds.columns)[:3] == ["set", "side", "heel_off_s"]
    assert holds["target_s"].isna().all()


def test_what_cannot_be_observed_is_nan_in_a_table():
    raises = export.raise_frame(report(imu=False).raises)
    assert raises["lowering_s"].isna().all()
    assert set(raises["lowering_s_quality"]) == {"not_observable"}
    assert raises["top_s"].isna().all()
    assert raises["counted"].all()


@pytest.mark.parametrize(
    ("frame", "rows"),
    [
        (export.hold_frame, report().holds),
        (export.raise_frame, report().raises),
        (export.set_frame, report().sets),
        (export.event_frame, report().events),
    ],
)
def test_an_empty_table_has_the_columns_of_a_full_one(frame, rows):
    assert len(frame(rows)) == len(rows)
    assert frame(()).dtypes.equals(frame(rows).dtypes)


def test_reasons_are_words_in_a_table():
    row = replace(report().holds[0], reasons=("gap", "unsteady"), force_cv=ok(0.5, "1", "cv"))
    assert export.hold_frame((row,))["reasons"][0] == "gap unsteady"
