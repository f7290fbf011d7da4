"""``insole tick``: what was done without being measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from insole.cli.folder import folder_option
from insole.cli.prescribed import present, required
from insole.record.folder import sessions_folder

if TYPE_CHECKING:
    from pathlib import Path

    from insole.programme.model import Programme

MOST = 50


@click.command()
@click.argument("exercise")
@click.option("--side", type=click.Choice(["left", "right"]), help="One side only.")
@click.option(
    "--sets",
    type=click.IntRange(1, MOST),
    default=1,
    show_default=True,
    help="How many sets.",
)
@folder_option
def command(exercise: str, side: str | None, sets: int, folder: Path | None) -> None:
    """Note that an EXERCISE of the programme was done, without insoles.

    It is kept apart from what was measured, and no rule uses it.
    """
    programme = required(folder)
    note(programme, exercise, side, sets, folder)


def note(
    programme: Programme, exercise: str, side: str | None, sets: int, folder: Path | None
) -> None:
    """Write a tick down, and say how many sets that makes today."""
    from insole.journal import read_journal, write_down  # noqa: PLC0415 - only here
    from insole.programme.adherence import Tick, day_of  # noqa: PLC0415 - likewise

    check_side(programme, exercise, side)
    place, now = sessions_folder(folder), present()
    write_down(place, Tick(now, exercise, side or "both", sets))
    ticks = read_journal(place).ticks
    dues = day_of(programme, now.date(), [], ticks).extras
    mine = [due for due in dues if due.exercise == exercise and side in {None, due.side}]
    for due in mine:
        foot = "" if due.side == "both" else f", {due.side}"
        click.echo(f"{exercise}{foot}: {due.ticked} of {due.planned} sets ticked today")
    if not mine:
        total = sum(t.sets for t in ticks if t.exercise == exercise and t.day == now.date())
        click.echo(f"{exercise}: {total} sets ticked today; no rule uses them")


def check_side(programme: Programme, exercise: str, side: str | None) -> None:
    """Refuse an exercise that the programme does not have, or a side of one that has none."""
    from insole.toml_table import suggestion  # noqa: PLC0415 - only here

    per_side = {extra.id: extra.per_side for extra in programme.extras}
    per_side |= dict.fromkeys((stage.exercise for stage in programme.stages), True)
    if exercise not in per_side:
        raise click.BadParameter(
            f"the programme has no {exercise!r}; {suggestion(exercise, per_side)}"
        )
    if side and not per_side[exercise]:
        raise click.BadParameter(f"{exercise} is not done side by side; leave --side out")
