"""``insole programme``: what is prescribed, shown, checked, taken up, and chosen by hand."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from insole.cli.folder import folder_option
from insole.cli.prescribed import in_use, present, required, take_up
from insole.record.folder import sessions_folder

if TYPE_CHECKING:
    from insole.programme.model import Programme, Stage

SHIPPED = "heel_pain"
_FILE = click.argument("file", required=False, type=click.Path(path_type=Path))


@click.group(name="programme")
def command() -> None:
    """Follow a programme: what is to be done, and when more of it.

    FILE is a programme as TOML, or `heel_pain` for the shipped one.
    """


@command.command()
@_FILE
@folder_option
def show(file: Path | None, folder: Path | None) -> None:
    """Show a programme: the one in FILE, else the one that is followed, else the shipped one."""
    programme = None if file else in_use(folder)
    for line in _lines(programme or _loaded(file)):
        click.echo(line)


@command.command()
@_FILE
def check(file: Path | None) -> None:
    """Check a programme; prints nothing if it can be used."""
    _loaded(file)


@command.command()
@click.argument("file", type=click.Path(path_type=Path))
@folder_option
def use(file: Path, folder: Path | None) -> None:
    """Follow a programme from now on: FILE, or `heel_pain` for the shipped one.

    A copy is kept beside the sessions, so call this again after a change to FILE. A changed file
    with the same id goes on where you stand; another programme begins with its first step.
    """
    place = sessions_folder(folder)
    programme = take_up(place, _file(file))
    click.echo(f"{programme.title}: followed from now on")


@command.command(name="set")
@click.argument("stage")
@click.argument("step", default="")
@click.option("--side", type=click.Choice(["left", "right"]), help="One leg only.")
@folder_option
def set_(stage: str, step: str, side: str | None, folder: Path | None) -> None:
    """Go on at a STAGE, and one of its steps if need be, because your therapist says so.

    Names are those of `insole programme show`. The rules go on from there.
    """
    from insole.journal import write_down  # noqa: PLC0415 - only here
    from insole.programme.course import Choice  # noqa: PLC0415 - likewise
    from insole.toml_table import suggestion  # noqa: PLC0415 - likewise

    programme = required(folder)
    stages = {each.id: each for each in programme.stages}
    if stage not in stages:
        raise click.BadParameter(f"{stage!r} is no stage; {suggestion(stage, stages)}")
    steps = [each.id for each in stages[stage].steps]
    if step and step not in steps:
        raise click.BadParameter(f"{stage} has no step {step!r}; {suggestion(step, steps)}")
    chosen = Choice(present(), "set", stage, step or steps[0], side or "both")
    write_down(sessions_folder(folder), chosen)
    click.echo(f"{chosen.side}: {stages[stage].title} ({stage} {chosen.step}) from now on")


@command.command()
@click.argument("what")
@folder_option
def confirm(what: str, folder: Path | None) -> None:
    """Say that you feel confident and safe with WHAT, which opens the stages that wait for it.

    In the shipped programme that is `single_leg`.
    """
    from insole.journal import write_down  # noqa: PLC0415 - only here
    from insole.programme.course import Choice  # noqa: PLC0415 - likewise
    from insole.toml_table import suggestion  # noqa: PLC0415 - likewise

    programme = required(folder)
    opens = {each.confidence: each.id for each in programme.stages if each.confidence}
    if what not in opens:
        problem = f"nothing in this programme waits for {what!r}; {suggestion(what, opens)}"
        raise click.BadParameter(problem)
    write_down(sessions_folder(folder), Choice(present(), "confirm", what))
    waiting = [each.id for each in programme.stages if each.confidence == what]
    click.echo(f"{what}: noted; it opens {', '.join(waiting)} when all before it is done")


def _file(file: Path | None) -> Path | None:
    """Return the file that is meant; None for the shipped one."""
    return None if file is None or str(file) == SHIPPED else file


def _loaded(file: Path | None) -> Programme:
    from insole.programme.load import load_programme  # noqa: PLC0415 - only here

    return load_programme(_file(file))


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
