"""``insole plot``: a session as a picture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from insole.cli.folder import exercise_option, find_session, folder_option

if TYPE_CHECKING:
    from insole.measure.kind import Exercise

DAMAGED = 4


@click.command()
@click.argument("file")
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    help="The PNG; never overwrites. By default a free name beside FILE.",
)
@exercise_option
@folder_option
@click.pass_context
def command(
    context: click.Context,
    *,
    file: str,
    out: Path | None,
    exercise: Exercise | None,
    folder: Path | None,
) -> None:
    """Draw a session over time as a PNG, and print its path.

    Loads per foot and region, heel height and share where known, what was found, what was lost.
    """
    from insole.cli.showing import draw, open_whole  # noqa: PLC0415 - imports the analysis

    path = find_session(file, folder)
    session = open_whole(path, exercise)
    click.echo(draw(session, path, out))
    context.exit(DAMAGED if session.damage else 0)
