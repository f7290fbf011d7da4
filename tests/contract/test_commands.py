"""What every command must hold: help, a line in the README, and a light start."""

import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from insole.cli.main import COMMANDS, main

README = Path(__file__).resolve().parents[2] / "README.md"
HEAVY = ("numpy", "scipy", "pandas", "matplotlib", "bleak", "rich", "bumble", "sqlite3")


def load(name):
    return main.get_command(click.Context(main), name)


@pytest.mark.parametrize("name", COMMANDS)
def test_has_help(name):
    result = CliRunner().invoke(main, [name, "--help"])
    assert result.exit_code == 0
    assert load(name).help.strip().split("\n")[0].endswith(".")
    options = [p for p in load(name).params if isinstance(p, click.Option)]
    assert [option.name for option in options if not option.help] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_stands_in_the_readme(name):
    assert f"insole {name}" in README.read_text(encoding="utf-8")


def test_the_overall_help_lists_each_command():
    text = CliRunner().invoke(main, ["--help"]).stdout
    for name, (_, line) in COMMANDS.items():
        assert f"  {name} " in text
        assert line in text


@pytest.mark.parametrize(
    "code",
    [
        "import insole",
        "from insole.cli.main import main; main(['--help'], standalone_mode=False)",
        *(
            f"from insole.cli.main import main; main([{name!r}, '--help'], standalone_mode=False)"
            for name in COMMANDS
        ),
    ],
)
def test_starts_light(code):
    """In a fresh interpreter, nothing that takes long to import is imported."""
    check = (
        f"{code}\nimport sys\nprint([n for n in {HEAVY!r} if n in sys.modules], file=sys.stderr)"
    )
    run = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert run.stderr == "[]\n"
