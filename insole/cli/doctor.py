"""``insole doctor``: whether this computer is ready to record, and what to do if not."""

from __future__ import annotations

import json
from dataclasses import asdict
from shutil import get_terminal_size
from textwrap import wrap
from typing import TYPE_CHECKING

import click

from insole.cli.folder import folder_option
from insole.cli.options import json_option, spec_folder_option
from insole.cli.talk import one_line

if TYPE_CHECKING:
    from pathlib import Path

    from insole.cli.checks import Check

WIDEST = 100
INDENT = " " * 16


@click.command()
@spec_folder_option
@json_option
@folder_option
@click.pass_context
def command(
    context: click.Context, *, spec_folder: Path | None, as_json: bool, folder: Path | None
) -> None:
    """Check whether this computer is ready to record, and say what to do if not.

    Looks at the system, the Bluetooth adapter and its service, listens for devices for a few
    seconds, and looks at device files, sessions folder, free space and terminal. Each line begins
    with ok, note or fault. Ends in 3 if Bluetooth cannot be used, in 4 if files cannot.
    """
    from insole.cli.checks import all_checks  # noqa: PLC0415 - only here

    checks = all_checks(folder, spec_folder)
    width = min(get_terminal_size().columns, WIDEST)
    for check in checks:
        facts = {key: value for key, value in asdict(check).items() if key != "exit_code"}
        click.echo(json.dumps(facts) if as_json else "\n".join(lines(check, width)))
    context.exit(max((one.exit_code for one in checks if one.verdict == "fault"), default=0))


def lines(check: Check, width: int) -> list[str]:
    """Return a check as lines: verdict, name and finding, then what to do.

    Parameters
    ----------
    check : Check
        The check.
    width : int
        Columns of the terminal.
    """
    head = f"{check.verdict:<6}{check.name:<10}"
    told = wrap(one_line(check.finding), width, initial_indent=head, subsequent_indent=INDENT)
    to_do = wrap(
        one_line(check.advice), width, initial_indent=f"{INDENT}> ", subsequent_indent=f"{INDENT}  "
    )
    return told + to_do
