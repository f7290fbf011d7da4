"""How fast packets of the devices are decoded, as `benchmarks/codec.py` measures it."""

from __future__ import annotations

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from insole.spec import list_specs, load_spec

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "codec.py"
_found = spec_from_file_location("codec_benchmark", SCRIPT)
benchmark = sys.modules[_found.name] = module_from_spec(_found)
_found.loader.exec_module(benchmark)


@pytest.mark.parametrize("name", ["orphe_insole", "brilliant_sole", "cts500"])
def test_the_benchmark_measures(name):
    """Its loops give the tables that ours are, or it would not come to an end."""
    found = benchmark.measured(load_spec(name), rounds=2, packets=200)
    assert found["values"] == {"orphe_insole": 54, "brilliant_sole": 31, "cts500": 3}[name]
    assert ("ratio" in found) == (name in benchmark.LOOPS)
    assert benchmark._line(found).startswith(name)


@pytest.mark.slow
@pytest.mark.parametrize("spec", list_specs(), ids=lambda spec: spec.id)
def test_packets_are_decoded_fast(spec):
    found = benchmark.measured(spec, rounds=1000, packets=20_000)
    print(benchmark._HEAD, benchmark._line(found), sep="\n")  # noqa: T201 - the measurement
    assert not benchmark._missed(found)
