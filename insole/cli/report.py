"""``insole report``: what was done in a session."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from insole.cli.folder import exercise_option, find_session, folder_option
from insole.cli.talk import printable

if TYPE_CHECKING:
    from pathlib import Path

    from insole.measure.kind import Exercise

DAMAGED = 4


@click.command()
@click.argument("file")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@exercise_option
@folder_option
@click.pass_context
def command(
    context: click.Context,
    *,
    file: str,
    as_json: bool,
    exercise: Exercise | None,
    folder: Path | None,
) -> None:
    """Report what was done in a session: holds, raises, weight shift, and how sure that is.

    Of a damaged FILE the whole part is reported; the exit code is then 4.
    """
    from insole.cli.showing import open_whole  # noqa: PLC0415 - imports the analysis
    from insole.report import export, text  # noqa: PLC0415 - likewise

    session = open_whole(find_session(file, folder), exercise)
    report = session.report()
    click.echo(export.to_json(report) if as_json else printable(text.render(report)), nl=as_json)
    context.exit(DAMAGED if session.damage else 0)
