"""``insole demo``: everything at once, without a device."""

from __future__ import annotations

from pathlib import Path

import click

SCENARIO = "demo"


@click.command()
@click.option("--seed", default=1, show_default=True, help="Draws the person, noise and losses.")
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
    from insole.cli.recording import record_simulated  # noqa: PLC0415 - imports numpy and pandas
    from insole.cli.showing import draw, open_whole  # noqa: PLC0415 - imports the analysis
    from insole.report import text  # noqa: PLC0415 - likewise

    out.mkdir(parents=True, exist_ok=True)
    path = record_simulated(SCENARIO, out, seed=seed)
    session = open_whole(path)
    click.echo(text.render(session.report()))
    click.echo(f"session  {path}")
    click.echo(f"figure   {draw(session, path)}")
