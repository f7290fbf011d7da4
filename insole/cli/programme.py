"""``insole programme``: what is prescribed, shown and checked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from insole.programme.model import Programme, Stage

_FILE = click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))


@click.group(name="programme")
def command() -> None:
    """Show and check programmes: what is to be done, and when more of it."""


@command.command()
@_FILE
def show(file: Path | None) -> None:
    """Show a programme: the shipped one for heel pain, or the one in FILE."""
    from insole.programme.load import load_programme  # noqa: PLC0415 - only here

    for line in _lines(load_programme(file)):
        click.echo(line)


@command.command()
@_FILE
def check(file: Path | None) -> None:
    """Check a programme; prints nothing if it can be used."""
    from insole.programme.load import load_programme  # noqa: PLC0415 - only here

    load_programme(file)


def _lines(programme: Programme) -> list[str]:
    progress, pain, day = programme.progress, programme.pain, programme.day
    slowly = f"{progress.lowering_min_s:g} to {progress.lowering_max_s:g} s"
    rules = {
        "next step": f"{progress.sessions_in_a_row} sessions in a row with every target met",
        "holds": f"at most {progress.short_by_s:g} s short",
        "raises": f"more than {progress.reps_more_than} in a set, lowered in {slowly}",
        "pain": f"below {pain.limit} of 10, care from {pain.caution}, "
        f"settled within {pain.settles_within_min:g} min",
        "a day": f"{day.bouts_min} to {day.bouts_max} bouts, {day.bout_pause_min:g} min apart",
    }
    return [
        programme.title,
        "",
        *(line for stage in programme.stages for line in _stage_lines(stage)),
        "",
        *(f"{name:<22} {rule}" for name, rule in rules.items()),
        "",
        "besides",
        *(f"{extra.id:<22} {extra.title}" for extra in programme.extras),
    ]


def _stage_lines(stage: Stage) -> list[str]:
    steps = " → ".join(
        f"{step.rounds} × {step.seconds:g} s" if step.seconds else f"{step.rounds} sets to fatigue"
        for step in stage.steps
    )
    ways = f", then {' or '.join(stage.next)}" if stage.next else ""
    return [f"{stage.id:<22} {stage.title}", f"{'':<22} {steps}{ways}"]
