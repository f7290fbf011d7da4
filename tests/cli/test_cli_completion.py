"""Completion in shells: the scripts load, and Tab knows commands, options and values."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from insole.cli.main import main

BIN = Path(sys.executable).parent


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_script_names_the_program_and_its_variable(shell):
    done = CliRunner().invoke(main, ["completion", shell])
    assert done.exit_code == 0
    assert "insole" in done.stdout
    assert f"_INSOLE_COMPLETE={shell}_complete" in done.stdout.replace("env ", "")


def test_another_shell_is_refused_with_the_known_ones():
    done = CliRunner().invoke(main, ["completion", "tcsh"])
    assert done.exit_code == 2
    assert "'bash', 'zsh', 'fish'" in done.stderr


def completed(line, words):
    settings = {"_INSOLE_COMPLETE": "bash_complete", "COMP_WORDS": line, "COMP_CWORD": str(words)}
    run = [str(BIN / "insole")]
    done = subprocess.run(
        run, env=os.environ | settings, capture_output=True, text=True, check=True
    )
    return [entry.partition(",")[2] for entry in done.stdout.split()]


def test_tab_knows_commands_options_and_values():
    assert completed("insole exp", 1) == ["export"]
    assert "--skip-unreadable" in completed("insole export --", 2)
    assert completed("insole export --format j", 3) == ["jsonl"]


@pytest.mark.skipif(not shutil.which("bash"), reason="bash is not installed")
def test_bash_takes_the_script():
    script = CliRunner().invoke(main, ["completion", "bash"]).stdout
    done = subprocess.run(
        ["bash", "-c", f"{script}\ncomplete -p insole"], capture_output=True, text=True, check=True
    )
    assert "_insole_completion" in done.stdout
