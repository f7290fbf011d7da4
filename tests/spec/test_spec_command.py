"""`insole spec`: list, show and check."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from insole.cli.spec import command
from insole.errors import SpecError

EXAMPLE = Path(__file__).with_name("example_insole.toml")


def run(*arguments):
    return CliRunner().invoke(command, [str(argument) for argument in arguments])


@pytest.mark.parametrize("name", [(), ("list",), ("show",), ("check",)])
def test_help(name):
    result = run(*name, "--help")
    assert result.exit_code == 0
    assert "Usage" in result.output


def test_list():
    line = next(line for line in run("list").stdout.splitlines() if line.startswith("sim_insole"))
    assert line.split()[1:3] == ["insole", "simulated"]


def test_list_as_json_with_a_folder():
    lines = run("list", "--json", "--spec-folder", EXAMPLE.parent).stdout.splitlines()
    facts = {spec["id"]: spec for spec in map(json.loads, lines)}
    assert facts["example_insole"]["path"] == str(EXAMPLE)
    assert "sim_insole" in facts


def test_show_says_what_a_person_wants_to_know():
    text = run("show", "sim_insole").stdout
    for words in (
        "Simulated pressure insole", "evidence   simulated", "Written for the simulator",
        "INSOLE-SIM-*", "info.side: 0 left, 1 right", "wraps every 65.536 s",
        "subscribe frames", "sent only when the user asks", "Message frame on frames: 181 bytes",
        "from byte 5 on: 4 samples, 44 bytes each", "u16 x 16", "65535", "forefoot_lateral",
    ):  # fmt: skip
        assert words in text, words


def test_show_as_json():
    spec = json.loads(run("show", EXAMPLE, "--json").stdout)
    assert spec["commands"]["zero"] == {
        "name": "zero", "to": "command", "payload": "02", "changes_device": True,
        "now": None, "fill": 0,
    }  # fmt: skip
    assert spec["sensors"][0]["area_mm2"] is None
    assert spec["side"]["values"] == {"0": "left", "1": "right"}


def test_show_of_an_unknown_device_is_our_error():
    assert isinstance(run("show", "nothing").exception, SpecError)


def test_check_of_all_known_devices_is_silent():
    result = run("check")
    assert (result.exit_code, result.output) == (0, "")


def test_check_prints_each_problem_and_exits_4():
    result = run("check", EXAMPLE, "sim_insole")
    assert result.exit_code == 4
    assert result.stdout == f"{EXAMPLE}: message[0]: no vector tests info; add one worked by hand\n"


def test_check_as_json():
    problem = json.loads(run("check", EXAMPLE, "--json").stdout)
    assert (problem["path"], problem["key"]) == (str(EXAMPLE), "message[0]")


def test_check_holds_a_file_against_the_known_devices(tmp_path):
    text = EXAMPLE.read_text()
    for name in ("a", "b", "broken"):
        (tmp_path / f"{name}.toml").write_text(text.replace("example_insole", name))
    (tmp_path / "broken.toml").write_text("schema =")
    result = run("check", "a", "--spec-folder", tmp_path)
    assert "priority: 10 is taken by b" in result.stdout
    assert "broken" not in result.stdout
    assert "broken.toml: is not TOML" in run("check", "--spec-folder", tmp_path).stdout


def test_show_draws_the_sensors(tmp_path):
    pytest.importorskip("insole.plot.style")
    picture = tmp_path / "sole.png"
    result = run("show", "sim_insole", "--map", picture, "--side", "right")
    assert result.exit_code == 0
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_schema_is_json():
    assert json.loads(run("schema").stdout)["$defs"]["clock"]["additionalProperties"] is False
