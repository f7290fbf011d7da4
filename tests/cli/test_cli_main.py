"""The group: errors and warnings are one line each on standard error, with the right exit code."""

import errno
import io
import logging
import os
import subprocess
import sys
import warnings
from importlib.metadata import version

import click
import pytest
from click.testing import CliRunner

from insole.cli import main as cli
from insole.cli import talk
from insole.errors import FormatError, LinkError, SpecError, StoreError


@pytest.fixture
def run(monkeypatch):
    """Return a function that runs `insole spec` with its work replaced by `work`."""

    def run_with(work):
        command = click.Command("spec", callback=work)
        monkeypatch.setattr(cli.LazyGroup, "get_command", lambda *_: command)
        return CliRunner().invoke(cli.main, ["spec"])

    return run_with


def raising(error):
    def work():
        raise error

    return work


@pytest.mark.parametrize(
    ("error", "exit_code", "sentence"),
    [
        (StoreError("x.insole", "is cut\nin half"), 4, "insole: x.insole: is cut in half\n"),
        (FormatError("loadsol", 7, "has no force"), 4, "insole: loadsol, line 7: has no force\n"),
        (SpecError("a.toml", "clock", "is missing"), 4, "insole: a.toml: clock: is missing\n"),
        (LinkError("left", "is out of reach"), 3, "insole: left: is out of reach\n"),
        (
            OSError(errno.ENOSPC, "No space", "x.png"), 4,
            "insole: x.png: does not fit on the disk; free some space and try again\n",
        ),
        (OSError(errno.EIO, "I/O error", "x"), 4, "insole: x: cannot be used: i/o error\n"),
    ],
)  # fmt: skip
def test_an_error_is_one_line_and_an_exit_code(run, error, exit_code, sentence):
    result = run(raising(error))
    assert (result.exit_code, result.stderr, result.stdout) == (exit_code, sentence, "")


def test_a_fault_of_ours_is_one_line_too_and_says_where(run, monkeypatch):
    monkeypatch.delenv("INSOLE_TRACEBACK", raising=False)
    result = run(raising(ZeroDivisionError("by 0\nat once")))
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.count("\n") == 1
    assert "ZeroDivisionError at test_cli_main.py:" in result.stderr
    assert "please report" in result.stderr


def test_who_mends_it_sees_where_it_happened(run, monkeypatch):
    monkeypatch.setenv("INSOLE_TRACEBACK", "1")
    assert isinstance(run(raising(ZeroDivisionError())).exception, ZeroDivisionError)


def test_what_others_chose_to_be_called_cannot_steer_the_terminal(run):
    result = run(raising(LinkError("left", "\x1b[2Jgone \u202e and \x07rung")))
    assert result.stderr == "insole: left: ?[2Jgone ? and ?rung\n"


def test_logged_warnings_are_sentences_without_traceback(run):
    def work():
        try:
            raise ValueError("deep inside")  # noqa: TRY301 - it must have a traceback
        except ValueError:
            logging.getLogger("insole.record").exception("a listener failed")
            logging.getLogger("insole.record").info("not worth saying")
            logging.getLogger("dbus_fast").exception("not ours")

    assert run(work).stderr == "insole: a listener failed\n"


def test_a_terminal_that_is_gone_stops_nothing(monkeypatch):
    class Gone(io.StringIO):
        def write(self, _):
            raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr("sys.stderr", Gone())
    talk.say("anything")


def test_a_warning_is_one_line_on_standard_error_each_time(run):
    def work():
        for _ in range(2):
            warnings.warn("two samples\nare missing", UserWarning, stacklevel=1)
        click.echo("result")

    result = run(work)
    assert result.stdout == "result\n"
    assert result.stderr == "insole: two samples are missing\n" * 2
    assert result.exit_code == 0


def test_a_wrong_command_is_a_usage_error():
    assert CliRunner().invoke(cli.main, ["reprot"]).exit_code == 2


def test_the_version_is_the_package_s():
    assert CliRunner().invoke(cli.main, ["--version"]).stdout == f"insole {version('insole')}\n"


@pytest.mark.parametrize("words", [["spec", "list"], ["--help"], ["report", "--help"]])
def test_nobody_reading_is_no_error(words):
    """`insole spec list | head -0` ends well and without a word."""
    code = f"from insole.cli.main import main; main({words!r})"
    reader, writer = os.pipe()
    os.close(reader)
    run = subprocess.run(
        [sys.executable, "-c", code], stdout=writer, stderr=subprocess.PIPE, check=False
    )
    os.close(writer)
    assert (run.stderr, run.returncode) == (b"", 0)
