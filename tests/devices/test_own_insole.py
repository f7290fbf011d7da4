"""The page on adding an insole: what it prints runs as it stands."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from insole.cli.spec import command
from insole.codec.table import calibration, capabilities
from insole.codec.vector import check_text
from insole.spec import Advertisement, list_specs, load_spec, match_spec

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "add-your-own-insole.md").read_text(encoding="utf-8")
EXAMPLE = ROOT / "docs" / "examples" / "my_insole.toml"
TEXT_EXAMPLE = 1


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


@pytest.fixture
def in_root(monkeypatch):
    monkeypatch.chdir(ROOT)


def test_the_file_on_the_page_is_the_one_beside_it_and_has_20_lines():
    text = EXAMPLE.read_text(encoding="utf-8")
    assert blocks("toml")[0] == text
    assert len(text.splitlines()) == 20


def test_nothing_is_wrong_with_it():
    text = EXAMPLE.read_text(encoding="utf-8")
    assert check_text(text, str(EXAMPLE), list_specs()) == []
    assert check_text(text.replace("[[100, 200, 300]]", "[[100, 200, 301]]"), str(EXAMPLE))


def test_the_text_variant_is_right_too():
    lines = EXAMPLE.read_text(encoding="utf-8").split("[[message]]")[0].splitlines()
    changed = ("gatt", "side", "vector")
    rest = "\n".join(line for line in lines if not line.startswith(changed))
    assert check_text(f"{rest}\n{blocks('toml')[TEXT_EXAMPLE]}", str(EXAMPLE)) == []


@pytest.mark.usefixtures("in_root")
@pytest.mark.parametrize("line", "".join(blocks("sh")).splitlines())
def test_the_commands_run(line):
    program, group, *arguments = line.split()
    assert (program, group) == ("insole", "spec")
    result = CliRunner().invoke(command, arguments)
    assert result.exit_code == 0, result.output
    assert bool(result.output) == (arguments[0] != "check")


@pytest.mark.usefixtures("in_root")
def test_the_program_runs():
    for program in blocks("python"):
        exec(compile(program, "page", "exec"), {})  # noqa: S102 - it is ours


def test_it_measures_and_is_recognised():
    spec = load_spec(EXAMPLE)
    assert calibration(spec) == "adc"
    assert capabilities(spec, "left").regions == ("hallux", "forefoot", "heel")
    advert = Advertisement.from_json(json.loads('{"local_name": "MySole-L1"}'))
    assert match_spec(advert, [*list_specs(), spec]).id == "my_insole"
