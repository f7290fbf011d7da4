"""``insole simulate``: simulated people, as sessions with their truth, or over the air."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from insole.cli.folder import write_new
from insole.cli.options import SIMULATED, as_speed, spec_folder_option
from insole.cli.progress import bar
from insole.cli.talk import say

if TYPE_CHECKING:
    from insole.sim.gatt_server import AirDevice

ROLES = ("left", "right", "plate")
COURSE = "heel_pain_course"
"""Not one session but six weeks of them."""


@click.command()
@click.argument("scenario")
@click.option(
    "--spec", default=SIMULATED, metavar="SPEC", show_default=True, help="Device to simulate."
)
@click.option(
    "--people",
    type=click.IntRange(1, 10_000),
    default=1,
    show_default=True,
    help="How many, each with the next seed.",
)
@click.option(
    "--seed",
    type=click.IntRange(0),
    default=1,
    show_default=True,
    help="Draws the first person.",
)
@click.option(
    "--role",
    "roles",
    type=click.Choice(ROLES),
    multiple=True,
    help="A device; may be repeated. By default all that a person would have of it.",
)
@click.option(
    "-o",
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    help="Folder for the new files; by default this one.",
)
@click.option("--peripheral", is_flag=True, help="Play over the air instead, until Ctrl-C.")
@click.option(
    "--transport",
    metavar="TRANSPORT",
    help="Radio to play over, as Bumble names it.  [default: vhci]",
)
@click.option(
    "--speed",
    type=float,
    default=1.0,
    callback=as_speed,
    help="Over the air: 1 for real time, 2 for double.",
)
@click.option("--cheat", is_flag=True, help="With heel_pain_course: make it easier than asked.")
@click.option("--days", type=click.IntRange(1, 42), help="With heel_pain_course.  [default: 42]")
@spec_folder_option
def command(
    *,
    scenario: str,
    spec: str,
    people: int,
    seed: int,
    roles: tuple[str, ...],
    out: Path,
    peripheral: bool,
    transport: str | None,
    speed: float,
    cheat: bool,
    days: int | None,
    spec_folder: Path | None,
) -> None:
    """Write sessions of simulated people, with what they really did beside them as CSV.

    For each person three files: the session, the truth of each hold and raise, and each event.
    Their paths are printed. SCENARIO is what the person does, SPEC a device as `insole spec list`
    names it.

    With --peripheral the devices go on the air, so that another program, or another computer,
    finds and records them; the person begins anew each time. It needs the package bumble.
    TRANSPORT is `vhci` for this computer's own Linux (as root), `tcp-server:127.0.0.1:9000` for a
    program that uses Bumble, or `usb:0` for a dongle, which was never tried on hardware.

    The SCENARIO `heel_pain_course` is somebody who walks through the shipped programme in six
    weeks: sessions, ticks and ratings go into a folder of that name, for `insole history --folder`
    and `insole today --folder`. It takes about a minute.
    """
    if scenario == COURSE:
        if people > 1 or roles or peripheral or transport or spec != SIMULATED or spec_folder:
            raise click.UsageError(f"{COURSE} takes --seed, --out, --days and --cheat only")
        _walk(seed, out / f"{COURSE}_{seed}", cheats=cheat, days=days)
        return
    if cheat or days is not None:
        raise click.UsageError(f"--cheat and --days go with {COURSE} only")
    person = Person(scenario, spec, tuple(dict.fromkeys(roles)) or None, spec_folder)
    if peripheral:
        if people > 1:
            raise click.UsageError("--peripheral plays one person; leave --people out")
        asyncio.run(_broadcast(person, seed, transport or "vhci", speed))
        return
    if transport or speed != 1.0:
        raise click.UsageError("--transport and --speed go with --peripheral only")
    out.mkdir(parents=True, exist_ok=True)
    with bar("simulating") as show:
        for done, number in enumerate(range(seed, seed + people), 1):
            _write(person, number, out)
            show(done, people)


def _walk(seed: int, folder: Path, *, cheats: bool, days: int | None) -> None:
    """Let somebody walk through the programme, and print how they came through it."""
    from insole.cli.progress import bar  # noqa: PLC0415 - only here
    from insole.history.rehearse import rehearse  # noqa: PLC0415 - imports numpy and pandas
    from insole.sim.course import DAYS  # noqa: PLC0415 - likewise

    with bar("days") as tell:
        found = rehearse(folder, seed, cheats=cheats, days=days or DAYS, tell=tell)
    day_of = {session.id: session.day.isoformat() for session in found.done}
    for turn in found.course.turns:
        decision = turn.decision
        words = f"{turn.side:<6}{decision.rule:<15} {decision.stage} {decision.step}"
        click.echo(f"{day_of.get(turn.session, ''):<11}{words}")
    click.echo(folder)


class Person(NamedTuple):
    """What a simulated person does, and on which devices."""

    scenario: str
    spec: str
    roles: tuple[str, ...] | None
    spec_folder: Path | None


def _write(person: Person, seed: int, folder: Path) -> None:
    """Write the files of one person, and print their paths."""
    from insole.recording.course import Recording  # noqa: PLC0415 - imports numpy and pandas
    from insole.recording.file import keeper  # noqa: PLC0415 - likewise
    from insole.recording.source import simulated  # noqa: PLC0415 - likewise
    from insole.sim.truth import truth_table  # noqa: PLC0415 - likewise

    source, truth = simulated(
        person.scenario, person.spec, seed, folder=person.spec_folder, roles=person.roles
    )
    stem = f"{person.scenario}_{seed}"
    keep = keeper(folder / f"{stem}.insole")
    asyncio.run(Recording(source, lambda: keep(source), follow=False).run())
    click.echo(folder / f"{stem}.insole")
    for name, table in (("truth", truth_table(truth)), ("events", truth.events)):
        path = folder / f"{stem}.{name}.csv"
        write_new(path, table.to_csv(index=False, lineterminator="\n").encode())
        click.echo(path)


async def _broadcast(person: Person, seed: int, transport: str, speed: float) -> None:
    """Play one person's devices over the air until somebody ends it."""
    from insole.recording.source import check_roles  # noqa: PLC0415 - imports numpy and pandas
    from insole.recording.stop import (  # noqa: PLC0415 - imports numpy and pandas
        Stop,
        stopped_by_signals,
        until_stopped,
    )
    from insole.sim.air import broadcast  # noqa: PLC0415 - imports bumble, which few have
    from insole.sim.peripheral import peripherals  # noqa: PLC0415 - imports numpy and pandas
    from insole.spec import load_spec  # noqa: PLC0415 - likewise

    spec = load_spec(person.spec, person.spec_folder)
    check_roles(spec, person.roles or ())
    devices, _ = peripherals(person.scenario, spec, seed, person.roles, repeat=True)
    stop = Stop()
    with stopped_by_signals(stop):
        await until_stopped(broadcast(devices, transport, _tell_on_air, speed=speed), stop)


def _tell_on_air(devices: list[AirDevice]) -> None:
    for device in devices:
        played = device.peripheral
        say(f"{played.role}: {played.local_name} at {device.address} is on the air; Ctrl-C ends it")
