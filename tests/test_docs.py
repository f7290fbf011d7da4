"""What the documents say is so: commands run, code runs, links lead somewhere."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

import click
import pytest
from click.testing import CliRunner

from insole.cli.main import COMMANDS, main
from insole.measure.model import HoldRow, Quality, RaiseRow, SetRow, WeightShiftRow
from insole.record.schema import TABLES
from insole.report.model import SessionReport
from insole.sim.scenario import scenario_names

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("[!.]*/README.md")])

FIRST_COMMAND = "python -m pip install . && insole demo"
SECOND_COMMAND = 'python -m pip install -e ".[test]" && pytest'
FOR_DEVELOPERS = {"pytest", "ruff", "mypy", "lint-imports", "bash", "python"}
"""Programs whose lines in CONTRIBUTING.md are looked at, not run: they would run for minutes."""

FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")


class Block(NamedTuple):
    path: Path
    language: str
    text: str

    @property
    def lines(self):
        without_remarks = [
            re.sub(r"(^|\s)#.*", "", line).strip() for line in self.text.splitlines()
        ]
        return [line for line in without_remarks if line]


def blocks(path):
    text = path.read_text(encoding="utf-8")
    return [Block(path, language, body) for language, body in FENCE.findall(text)]


def shell_lines(path, *languages):
    """Lines to be typed; those in blocks of `console` need a radio, so they are not run here."""
    wanted = languages or ("sh",)
    return [line for block in blocks(path) if block.language in wanted for line in block.lines]


@pytest.fixture(scope="module")
def workshop(tmp_path_factory):
    """A folder like a checkout, empty but for what the documents' commands read."""
    place = tmp_path_factory.mktemp("checkout")
    for name in ("fixtures", "firmware_specs", "docs/examples"):
        shutil.copytree(ROOT / name, place / name)
    return place


def run(line):
    """Run a line as the shell would: a command of ours, perhaps with its output into a file."""
    command, _, file = line.partition(" > ")
    program, *words = shlex.split(command)
    assert program == "insole", line
    done = CliRunner().invoke(main, words)
    if file:
        Path(file.strip()).write_bytes(done.stdout_bytes)
    return done


def test_readme_begins_with_the_two_commands():
    assert shell_lines(README)[:2] == [FIRST_COMMAND, SECOND_COMMAND]


def test_first_command_ends_in_a_report_and_a_picture(workshop):
    # installing is what has made this test run; what comes after it runs as the reader types it
    done = subprocess.run(
        ["sh", "-c", FIRST_COMMAND.removeprefix("python -m pip install . && ")],
        cwd=workshop,
        env=os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "2 holds on both feet" in done.stdout
    assert "3 calf raises" in done.stdout
    picture = workshop / done.stdout.split()[-1]
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_second_command_brings_all_that_tests_need():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    missing = []
    for requirement in project["optional-dependencies"]["test"] + project["dependencies"]:
        name = re.match(r"[\w.-]+", requirement)[0]
        try:
            version(name)
        except PackageNotFoundError:
            missing.append(name)
    assert not missing


def test_all_examples_run_one_after_another(workshop, monkeypatch):
    """Each shell line and each piece of Python, in the order in which a reader meets them."""
    monkeypatch.chdir(workshop)
    monkeypatch.setenv("INSOLE_SESSIONS", str(workshop / "sessions"))
    count = 0
    for path in (README, *sorted((ROOT / "docs").glob("*.md"))):
        for block in blocks(path):
            if block.language == "python":
                exec(compile(block.text, path.name, "exec"), {})  # noqa: S102 - our own example
                count += 1
            for line in block.lines if block.language == "sh" else ():
                if line in {FIRST_COMMAND, SECOND_COMMAND}:
                    continue
                done = run(line)
                assert done.exit_code == 0, f"{path.name}: {line}\n{done.stderr}"
                assert not done.stderr, f"{path.name}: {line} remarks {done.stderr}"
                count += 1
    assert count >= 12
    assert {file.name for file in workshop.glob("*.png")} >= {"holds.png", "timeline.png"}
    assert (workshop / "holds.jsonl").read_text().count("\n") > 1000


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_commands_are_known(path):
    for line in shell_lines(path, "sh", "console"):
        for command in re.split(r"&&|\||;", line):
            words = shlex.split(command)
            if words[0] == "insole":
                assert is_known(words[1:]), command
            else:
                assert words[0] in FOR_DEVELOPERS, command
                for word in words[1:]:
                    if re.fullmatch(r"[\w./]+\.(?:py|md|toml)|\.ci/run", word):
                        assert (ROOT / word).exists(), command


def is_known(words):
    """Return True if click takes the command, each subcommand and each option."""
    command = main
    context = click.Context(main)
    while isinstance(command, click.Group):
        name, *words = words
        command = command.get_command(context, name)
        if command is None:
            return False
    options = {option for parameter in command.params for option in parameter.opts}
    return all(word in options for word in words if word.startswith("-") and word != "-")


@pytest.mark.parametrize(
    ("line", "known"),
    [
        ("demo", True),
        ("spec check x.toml", True),
        ("report last --json", True),
        ("dance", False),
        ("spec dance", False),
        ("report last --yaml", False),
    ],
)
def test_unknown_commands_would_be_seen(line, known):
    assert is_known(line.split()) is known


def all_commands():
    """Return each command as typed, those of groups with their group."""
    context, found = click.Context(main), []
    for name in COMMANDS:
        command = main.get_command(context, name)
        if isinstance(command, click.Group):
            found += [f"insole {name} {sub}" for sub in command.list_commands(context)]
        else:
            found.append(f"insole {name}")
    return found


@pytest.mark.parametrize("command", all_commands())
def test_command_is_in_the_readme(command):
    assert any(
        line.startswith(command) or f"&& {command}" in line
        for line in shell_lines(README, "sh", "console")
    )


def test_every_scenario_is_in_the_readme():
    text = README.read_text(encoding="utf-8")
    assert not [name for name in scenario_names() if f"`{name}`" not in text]


def test_every_exit_code_is_in_the_readme():
    codes = set(re.findall(r"^\| (\d) \|", README.read_text(encoding="utf-8"), re.MULTILINE))
    assert codes == {"0", "1", "2", "3", "4"}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path):
    for target in LINK.findall(path.read_text(encoding="utf-8")):
        if not target.startswith(("https://", "#")):
            assert (path.parent / target.partition("#")[0]).exists(), target


def test_every_document_can_be_reached_from_the_readme():
    reached, todo = set(), [README]
    while todo:
        path = todo.pop()
        if path in reached:
            continue
        reached.add(path)
        targets = LINK.findall(path.read_text(encoding="utf-8"))
        near = [(path.parent / t.partition("#")[0]).resolve() for t in targets if "://" not in t]
        todo += [file for file in near if file.suffix == ".md" and file.exists()]
    assert not [path for path in DOCUMENTS if path not in reached]


def test_figure_is_small():
    assert (ROOT / "docs" / "figure.png").stat().st_size < 200_000


def test_report_page_explains_every_field():
    text = (ROOT / "docs" / "report.md").read_text(encoding="utf-8")
    fields = {
        name
        for row in (SetRow, HoldRow, RaiseRow, WeightShiftRow, Quality, SessionReport)
        for name in row.__dataclass_fields__
    } - {"events"}  # a table of the library, not in the JSON
    words = set(re.findall(r"\w+", text))
    assert not fields - words


def test_session_page_explains_every_table():
    text = (ROOT / "docs" / "session-file.md").read_text(encoding="utf-8")
    assert not [name for name in TABLES if f"| `{name}` |" not in text]
