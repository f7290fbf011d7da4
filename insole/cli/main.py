"""The command ``insole``: a group that loads a command's module only when that command runs.

Standard output is for results, standard error for talk. An error of ours, or of the disk, is one
sentence there and an exit code: 2 usage, 3 device, 4 data.
"""

from __future__ import annotations

import errno
import sys
import warnings
from importlib import import_module
from importlib.metadata import version
from io import TextIOWrapper
from typing import TYPE_CHECKING, Any

import click

from insole.cli.talk import DATA_ERROR, say
from insole.errors import InsoleError

if TYPE_CHECKING:
    from collections.abc import Callable

COMMANDS = {
    "demo": ("insole.cli.demo", "Record a simulated person, then report and draw it."),
    "record": ("insole.cli.record", "Record a session into a file, then report it."),
    "import": ("insole.cli.import_", "Make sessions from files that other programs wrote."),
    "report": ("insole.cli.report", "Report what was done in a session."),
    "plot": ("insole.cli.plot", "Draw a session over time as a PNG."),
    "packets": ("insole.cli.packets", "Print what the devices sent, as JSON lines."),
    "spec": ("insole.cli.spec", "List, show and check device files."),
}
"""Module of each command, and its line in ``insole --help``."""


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

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run, with warnings and errors as sentences on standard error."""
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, TextIOWrapper):  # a dash that a terminal lacks costs no report
                stream.reconfigure(errors="replace")
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


def _tell_warning(otherwise: Callable[..., None]) -> Callable[..., None]:
    """Say what is meant for the user; leave what is meant for programmers as it is."""

    def show(message: Warning | str, category: type[Warning], *place: Any) -> None:
        if issubclass(category, UserWarning):
            say(str(message))
        else:
            otherwise(message, category, *place)

    return show


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
    return f"{error.filename or 'a file'}: {problem}"


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version("insole"), prog_name="insole", message="%(prog)s %(version)s")
def main() -> None:
    """Measure calf raises with Bluetooth pressure insoles and force sensors.

    FILE is a session file, *.insole, or the word "last" for the newest one in the sessions folder.
    Each command has its own --help.
    """
