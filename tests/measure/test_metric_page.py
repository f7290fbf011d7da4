"""The page of all numbers is what its generator writes."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[2] / "docs" / "make_metrics.py"
_found = spec_from_file_location("make_metrics", SCRIPT)
make_metrics = module_from_spec(_found)
_found.loader.exec_module(make_metrics)


def test_the_page_is_fresh():
    stale = "docs/metrics.md is stale; run: python docs/make_metrics.py"
    assert make_metrics.PAGE.read_text(encoding="utf-8") == make_metrics.page(), stale


def test_it_says_what_a_scale_cannot_see():
    (line,) = [row for row in make_metrics.page().splitlines() if row.startswith("| `raises.lower")]
    assert line == "| `raises.lowering_s` | yes | – | yes | – |"
