"""A pull cell knows force alone: whatever is pulled, nothing is said of feet or of body weight."""

import dataclasses

import pytest
import simulated

from insole.measured import Measured
from insole.report import html, text
from insole.spec import load_spec


@pytest.mark.parametrize(
    "spec",
    ["tindeq_progressor", pytest.param("cts500", marks=pytest.mark.slow),
     pytest.param("wh_c06", marks=pytest.mark.slow)],
)  # fmt: skip
@pytest.mark.parametrize(
    "scenario", ["hold_double", pytest.param("raise_double", marks=pytest.mark.slow)]
)
def test_what_is_pulled_is_neither_a_foot_nor_a_weight(spec, scenario, monkeypatch):
    monkeypatch.setitem(simulated.KINDS, spec, lambda: load_spec(spec))
    report = simulated.simulated(scenario, 2200, spec).report
    assert report.capabilities.sides == "pull"
    assert report.body_weight_n.value is None
    assert report.body_weight_n.reasons == ("no_body_weight",)
    for field in dataclasses.fields(report):
        rows = getattr(report, field.name)
        assert not isinstance(rows, tuple) or rows == (), field.name
        assert not isinstance(rows, Measured) or field.name in {"body_weight_n", "sync"}
    told = text.render(report)
    assert "pulled at" in told
    assert "standing" not in told
    assert "both feet" not in told
    assert "pulled at" in html.page(report)
