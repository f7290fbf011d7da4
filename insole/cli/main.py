"""The command ``insole``: a group that loads a command's module only when that command runs.

Standard output is for results, standard error for talk. An error of ours, or of the disk, is one
sentence there and an exit code: 2 usage, 3 device, 4 data; 1 is a fault in the program itself.
Whoever reads the output may stop reading at any time; that is no error.
"""

from __future__ import annotations

import errno
import os
import sys
import warnings
from contextlib import contextmanager
from importlib import import_module
from importlib.metadata import version
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from insole.cli.talk import DATA_ERROR, drop, say, tell_our_warnings
from insole.errors import InsoleError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

COMMANDS = {
    "demo": ("insole.cli.demo", "Record a simulated person, then report and draw it."),
    "doctor": ("insole.cli.doctor", "Check whether this computer is ready to record."),
    "setup": ("insole.cli.setup", "Say once who stands on the soles."),
    "scan": ("insole.cli.scan", "List the devices in reach."),
    "calibrate": ("insole.cli.calibrate", "Calibrate the soles on you, in a guided minute."),
    "record": ("insole.cli.record", "Record a session into a file, then report it."),
    "live": ("insole.cli.live", "Show what devices send, without keeping it."),
    "import": ("insole.cli.import_", "Make sessions from files that other programs wrote."),
    "report": ("insole.cli.report", "Report what was done in a session."),
    "edit": ("insole.cli.edit", "Correct by hand what was found."),
    "plot": ("insole.cli.plot", "Draw a session over time as a PNG."),
    "export": (
        "insole.cli.export",
        "Write the tables of a session as CSV, Parquet, JSON lines or XDF.",
    ),
    "metrics": ("insole.cli.metrics", "Explain the numbers of a report."),
    "replay": ("insole.cli.replay", "Play a session back as if its devices were sending."),
    "packets": ("insole.cli.packets", "Print what the devices sent, as JSON lines."),
    "simulate": ("insole.cli.simulate", "Write sessions of simulated people, with the truth."),
    "programme": ("insole.cli.programme", "Follow a programme: what is prescribed."),
    "today": ("insole.cli.today", "Show what is due today, what is done, and why."),
    "tick": ("insole.cli.tick", "Note what was done without being measured."),
    "timer": ("insole.cli.timer", "Count down an exercise that only takes time."),
    "pain": ("insole.cli.pain", "Note how much it hurt."),
    "history": ("insole.cli.history", "Show how things went over time."),
    "spec": ("insole.cli.spec", "List, show and check device files."),
    "completion": ("insole.cli.completion", "Let a shell complete commands and options."),
}
"""Module of each command, and its line in ``insole --help``."""

OWN_FAULT = 1
"""Exit code of a fault in the program itself."""
TRACEBACK_VARIABLE = "INSOLE_TRACEBACK"
"""Environment variable that lets such a fault show where it happened, for who mends it."""


class LazyGroup(click.Group):
    """A group whose help needs no command's module, and whose errors are sentences."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names in the order in which a newcomer meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Import and return a command."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(COMMANDS[cmd_name][0]).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        """Write the list of commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        """Read the words of the command line."""
        with _for_a_reader():
            return super().make_context(*args, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        with _for_a_reader():
            return super().invoke(ctx)

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run, with warnings and errors as sentences on standard error."""
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, TextIOWrapper):  # a dash that a terminal lacks costs no report
                stream.reconfigure(errors="replace")
        tell_our_warnings()
        with warnings.catch_warnings():
            warnings.simplefilter("always", UserWarning)
            warnings.showwarning = _tell_warning(warnings.showwarning)
            try:
                return super().main(*args, **extra)
            except InsoleError as error:
                say(str(error))
                sys.exit(error.exit_code)
            except OSError as error:
                say(disk_sentence(error))
                sys.exit(DATA_ERROR)
            except Exception as error:
                if os.environ.get(TRACEBACK_VARIABLE):
                    raise
                say(_own_fault(error))
                sys.exit(OWN_FAULT)


@contextmanager
def _for_a_reader() -> Iterator[None]:
    """End silently and well when whoever reads the output has stopped, as ``head`` does."""
    try:
        yield
    except BrokenPipeError:
        drop(sys.stdout)
        raise click.exceptions.Exit(0) from None


def _tell_warning(otherwise: Callable[..., None]) -> Callable[..., None]:
    """Say what is meant for the user; leave what is meant for programmers as it is."""

    def show(message: Warning | str, category: type[Warning], *place: Any) -> None:
        if issubclass(category, UserWarning):
            say(str(message))
        else:
            otherwise(message, category, *place)

    return show


def _own_fault(error: Exception) -> str:
    """Return one sentence for what should never have happened: what, where, and what to do."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    place = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "?"
    return (
        f"a fault in the program itself, {type(error).__name__} at {place} ({error}); please "
        f"report this line, and what you typed; with {TRACEBACK_VARIABLE}=1 it tells more"
    )


_WAY_OUT = {
    errno.ENOENT: "does not exist; check the name",
    errno.EACCES: "may not be read or written; check the rights",
    errno.EPERM: "may not be read or written; check the rights",
    errno.EROFS: "lies on a disk that cannot be written; choose another folder",
    errno.EISDIR: "is a folder; name a file",
    errno.ENOTDIR: "lies below something that is no folder; check the name",
    errno.EEXIST: "exists already and is left alone; choose another name",
    errno.ENOSPC: "does not fit on the disk; free some space and try again",
}


def disk_sentence(error: OSError) -> str:
    """Return one sentence for an error of the file system: which file, what, what to do."""
    reason = (error.strerror or str(error)).lower()
    problem = _WAY_OUT.get(error.errno or 0, f"cannot be used: {reason}")
    return f"{error.filename or 'the output'}: {problem}"


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version("insole"), prog_name="insole", message="%(prog)s %(version)s")
def main() -> None:
    """Measure calf raises with Bluetooth pressure insoles and force sensors.

    FILE is a session file, *.insole, or the word "last" for the newest one in the sessions folder.
    Each command has its own --help.
    """
