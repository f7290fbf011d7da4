"""The report of a stored session stays as it was, field by field.

``pytest tests/test_golden.py --update-golden`` writes it anew; see CONTRIBUTING.md for when.
"""

from __future__ import annotations

import json
import math
from copy import deepcopy
from pathlib import Path

import pytest

import insole
from insole.report import export

ROOT = Path(__file__).resolve().parents[1]
SESSION = ROOT / "fixtures" / "sessions" / "demo.insole"
GOLDEN = ROOT / "fixtures" / "golden" / "demo.json"

TIME_TOLERANCE_S = 1e-3
OTHER_TOLERANCE = 1e-6
VOLATILE = {
    "software.insole": "changes with every release",
    "software.python": "is that of whoever runs the test",
}
"""Fields that say with what the report was made; they may differ."""
MISSING = "(not there)"


@pytest.fixture(scope="module")
def report():
    return export.to_dict(insole.load(SESSION).report())


def test_report_is_as_stored(report, request):
    if request.config.getoption("--update-golden"):
        GOLDEN.write_text(stored_form(report), encoding="utf-8")
    differ = differences(json.loads(GOLDEN.read_text(encoding="utf-8")), report)
    assert not differ, "\n".join(differ)


def test_report_survives_its_own_json(report):
    again = export.to_dict(export.from_json(json.dumps(report)))
    assert not differences(report, again)


@pytest.mark.parametrize(
    ("path", "change", "noticed"),
    [
        (("raises", 0, "heel_off_s"), lambda s: s + 0.0005, False),
        (("raises", 0, "heel_off_s"), lambda s: s + 0.002, True),
        (("raises", 0, "lowering_s", "value"), lambda s: s - 0.0009, False),
        (("raises", 0, "lowering_s", "value"), lambda s: s - 0.002, True),
        (("raises", 0, "heel_height_mm", "value"), lambda mm: mm * (1 + 1e-5), True),
        (("raises", 0, "heel_height_mm", "value"), lambda mm: mm * (1 + 1e-8), False),
        (("raises", 0, "heel_height_mm", "value"), lambda _: None, True),
        (("raises", 0, "counted"), int, True),
        (("raises", 0, "variant"), lambda _: "single_left", True),
        (("raises", 0, "reasons"), lambda reasons: [*reasons, "gap"], True),
        (("holds", 0, "breaks"), lambda n: n + 1, True),
        (("software", "python"), lambda _: "3.99.0", False),
        (("software", "specs"), lambda _: {}, True),
    ],
)
def test_comparison_sees_what_matters(report, path, change, noticed):
    changed = deepcopy(report)
    *way, last = path
    place = changed
    for step in way:
        place = place[step]
    place[last] = change(place[last])
    assert bool(differences(report, changed)) is noticed


def test_comparison_sees_missing_and_new_keys(report):
    assert differences(report, {k: v for k, v in report.items() if k != "sets"})
    assert differences(report, report | {"advice": "none"})


def stored_form(report):
    """Return JSON with one value a line and without what is volatile, so that diffs are short."""
    tree = deepcopy(report)
    for path in VOLATILE:
        *way, last = path.split(".")
        place = tree
        for step in way:
            place = place[step]
        place[last] = "…"
    return json.dumps(tree, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def differences(stored, found, path="", *, seconds=False):
    """Return one line for each field in which two trees differ."""
    if path in VOLATILE:
        return []
    if isinstance(stored, dict) and isinstance(found, dict):
        in_s = stored.get("unit") == "s"
        return [
            line
            for key in sorted(stored.keys() | found.keys())
            for line in differences(
                stored.get(key, MISSING),
                found.get(key, MISSING),
                f"{path}.{key}".lstrip("."),
                seconds=key.endswith("_s") or (in_s and key == "value"),
            )
        ]
    if isinstance(stored, list) and isinstance(found, list) and len(stored) == len(found):
        return [
            line
            for i, pair in enumerate(zip(stored, found, strict=True))
            for line in differences(*pair, f"{path}[{i}]")
        ]
    if is_number(stored) and is_number(found):
        close = (
            math.isclose(stored, found, rel_tol=0.0, abs_tol=TIME_TOLERANCE_S)
            if seconds
            else math.isclose(stored, found, rel_tol=OTHER_TOLERANCE)
        )
        return [] if close else [f"{path}: stored {stored!r}, now {found!r}"]
    same = type(stored) is type(found) and stored == found
    return [] if same else [f"{path}: stored {stored!r}, now {found!r}"]


def is_number(value):
    return isinstance(value, int | float) and not isinstance(value, bool)
