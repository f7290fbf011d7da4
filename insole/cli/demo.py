"""``insole demo``: everything at once, without a device."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    from insole.recording.source import Source

SCENARIO = "demo"


@click.command()
@click.option(
    "--seed",
    type=click.IntRange(0),
    default=1,
    show_default=True,
    help="Draws the person, noise and losses.",
)
@click.option(
    "-o",
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    help="Folder for the two new files; by default this one.",
)
def command(seed: int, out: Path) -> None:
    """Record a simulated person on simulated insoles, then print the report and draw it.

    Two holds of 10 s and three slow raises. Needs no device, no network and less than 10 s, since
    time is simulated. Prints the report, then the paths of the session and of the figure.
    """
    from insole.cli.attend import attend  # noqa: PLC0415 - imports numpy and pandas
    from insole.cli.showing import draw, open_whole  # noqa: PLC0415 - imports the analysis
    from insole.recording.course import Rules  # noqa: PLC0415 - likewise
    from insole.recording.file import keeper  # noqa: PLC0415 - likewise
    from insole.recording.source import simulated  # noqa: PLC0415 - likewise
    from insole.report import text  # noqa: PLC0415 - likewise

    out.mkdir(parents=True, exist_ok=True)

    async def find(_: Callable[[str], None]) -> Source:
        return simulated(SCENARIO, seed=seed)[0]

    outcome = attend(find, keeper(out), Rules(), follow=False)
    path = outcome.whole_path()
    session = open_whole(path)
    click.echo(text.render(session.report()))
    click.echo(f"session  {path}")
    click.echo(f"figure   {draw(session, path)}")
