"""``insole record``: a session into a file."""

from __future__ import annotations

from pathlib import Path

import click

from insole.cli.folder import exercise_option, folder_option, made_folder


@click.command()
@click.option("--simulate", "scenario", metavar="SCENARIO", help="A simulated person instead.")
@click.option("--spec", "spec_name", default="sim_insole", help="Device to simulate.")
@click.option("--seed", default=1, show_default=True, help="Draws the person, noise and losses.")
@exercise_option
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    help="The new session; never overwrites. By default a free name in the sessions folder.",
)
@click.option("--no-analyse", is_flag=True, help="Record only, and print the path.")
@folder_option
def command(
    *,
    scenario: str | None,
    spec_name: str,
    seed: int,
    exercise: str | None,
    out: Path | None,
    no_analyse: bool,
    folder: Path | None,
) -> None:
    """Record a session into a file, then print its report and its path.

    This version records simulated devices: --simulate demo, for example. Time is simulated too, so
    that minutes take seconds.
    """
    if scenario is None:
        from insole.errors import LinkError  # noqa: PLC0415 - only here

        problem = "this version has no radio; give --simulate SCENARIO"
        raise LinkError("record", problem)
    from insole.cli.recording import record_simulated  # noqa: PLC0415 - imports numpy and pandas

    path = record_simulated(
        scenario, out or made_folder(folder), seed=seed, spec_name=spec_name,
        exercise=exercise or "",
    )  # fmt: skip
    if not no_analyse:
        from insole.cli.showing import open_whole  # noqa: PLC0415 - imports the analysis
        from insole.report import text  # noqa: PLC0415 - likewise

        click.echo(text.render(open_whole(path).report()))
    click.echo(path)
