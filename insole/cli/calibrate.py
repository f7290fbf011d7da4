"""``insole calibrate``: a guided minute that makes the loads of two soles comparable."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from insole.cli.folder import find_session, folder_option, place_for_session
from insole.cli.options import Chosen, out_option, source_options
from insole.cli.talk import DATA_ERROR, say

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from insole.recording.guide import Guide
    from insole.session import Session

_SIDES = ("left", "right")
_NAMES = {
    "press_left": "left heel pressed",
    "unloaded": "unloaded",
    "quiet_stand": "quiet stand",
    "shift_flat": "shifts, heels down",
    "shift_tiptoe": "shifts on tiptoe",
}


@click.command()
@click.argument("file", required=False)
@source_options
@click.option("--mass", "mass_kg", type=float, help="Your mass in kg, if setup does not know it.")
@click.option("--rocking", is_flag=True, help="Then learn rocking over the toes, 30 s more.")
@out_option
@folder_option
@click.pass_context
def command(
    context: click.Context,
    *,
    file: str | None,
    chosen: Chosen,
    mass_kg: float | None,
    rocking: bool,
    out: Path | None,
    folder: Path | None,
) -> None:
    """Calibrate the soles on you: one minute, step by step, each said and timed.

    Press your left heel; sit with both feet off the ground; stand still; lean slowly from foot to
    foot with the heels down, then on tiptoe. Afterwards each step is judged. What is accepted is
    kept for these soles, and later sessions need no more than 3 s of quiet standing.

    With --rocking, rock over the big, the middle and the little toes besides, so that the report
    tells over which toe you rocked, in later sessions too.

    If the left heel pressed the sole called right, the report of that session goes by the feet.

    With FILE nothing is recorded: the steps in that session are judged again.
    """
    if file and (mass_kg or rocking or out or chosen.is_told):
        raise click.UsageError("FILE is judged again as it is; leave out all other options")
    path = (
        find_session(file, folder)
        if file
        else _record(chosen, mass_kg, out, folder, rocking=rocking)
    )
    whole = judge(path)
    if not file:
        click.echo(path)
    context.exit(0 if whole else DATA_ERROR)


def _record(
    chosen: Chosen, mass_kg: float | None, out: Path | None, folder: Path | None, *, rocking: bool
) -> Path:
    """Record the guided minute; return the session, with the marks of its steps."""
    from insole import profile  # noqa: PLC0415 - only here
    from insole.cli.attend import attend  # noqa: PLC0415 - imports numpy and pandas
    from insole.recording.course import Rules  # noqa: PLC0415 - likewise
    from insole.recording.file import keeper  # noqa: PLC0415 - likewise
    from insole.recording.guide import ROCKS, TASKS, Guide  # noqa: PLC0415 - likewise

    known = profile.load_profile() if chosen.scenario is None else None
    if mass_kg is None and (known is None or known.body_mass_kg is None):
        say("your mass is not known, so only the feet become comparable; give --mass or answer "
            "`insole setup`")  # fmt: skip
    keep = keeper(place_for_session(out, folder), note="calibration", body_mass_kg=_mass(mass_kg))
    guide = Guide((*TASKS, *ROCKS) if rocking else TASKS)
    follow = chosen.scenario is None or chosen.speed is not None
    outcome = attend(chosen.find, keep, Rules(guide.length_s), lead=guide.tell, follow=follow)
    path = outcome.whole_path()
    leave_marks(path, guide, outcome.began_ns)
    return path


def leave_marks(path: Path, guide: Guide, began_ns: int) -> None:
    """Leave the marks of the steps that were done to their end in a session."""
    from insole.record.store import add_mark  # noqa: PLC0415 - imports numpy

    for mark in guide.marks(began_ns, _last_ns(path)):
        add_mark(path, mark)


def _mass(mass_kg: float | None) -> float | None:
    """Return the mass typed, if a person can have it."""
    from insole.profile import BODY_MASS_KG  # noqa: PLC0415 - only here

    low, high = BODY_MASS_KG
    if mass_kg is not None and not low <= mass_kg <= high:  # neither does NaN
        raise click.BadParameter(f"a mass lies between {low:g} and {high:g} kg")
    return mass_kg


def _last_ns(path: Path) -> int:
    from insole.record.store import open_session  # noqa: PLC0415 - imports numpy

    with open_session(path) as file:
        packets = [file.packets(*stream) for stream in file.streams()]
        return max((int(p.host_time_ns[-1]) for p in packets if len(p)), default=0)


def judge(path: Path) -> bool:
    """Print what became of each step, and keep what can be believed; return if all can."""
    from insole.cli.showing import open_whole  # noqa: PLC0415 - imports the analysis
    from insole.errors import StoreError  # noqa: PLC0415 - only here

    session = _by_feet(path, open_whole(path))
    told = session.report().calibration
    verdicts: list[Mapping[str, Any]] = list(told.get("verdicts", ()))
    if not verdicts or told.get("method") != "guided":
        why = told.get("reason", "") or "no step of a calibration was done to its end"
        raise StoreError(str(path), f"{why}; calibrate anew with `insole calibrate`")
    for verdict in verdicts:
        words = "accepted" if verdict["accepted"] else f"not accepted: {verdict['advice']}"
        click.echo(f"{_NAMES[verdict['step']]:20}{words}")
    missing = [name for step, name in _NAMES.items() if step not in {v["step"] for v in verdicts}]
    for name in missing:
        click.echo(f"{name:20}not done")
    # which foot is which was not asked in earlier versions, and costs the rest nothing
    whole = set(missing) <= {_NAMES["press_left"]} and all(
        verdict["accepted"] for verdict in verdicts
    )
    rocks = told.get("rocking")
    if rocks is not None:
        click.echo(f"{'rocking':20}{_of_rocks(rocks)}")
    _keep(session, path, rocks or {}, whole=whole)
    return whole and (rocks is None or len(rocks) == len(_SIDES))


def _of_rocks(centres: Mapping[str, Any]) -> str:
    """Return what became of the steps that teach rocking."""
    if len(centres) == len(_SIDES):
        return "accepted"
    lacking = " and ".join(side for side in _SIDES if side not in centres)
    return (
        f"not accepted, {lacking}: the load did not go apart over the three toes, or one was left "
        "out; rock further, with the heels down, and repeat"
    )


def _by_feet(path: Path, session: Session) -> Session:
    """Return a session by feet: if its left heel pressed the right sole, they are exchanged."""
    from insole.cli.showing import open_whole  # noqa: PLC0415 - imports the analysis
    from insole.filter.press import SWAPPED  # noqa: PLC0415 - likewise
    from insole.record.store import add_mark, open_session  # noqa: PLC0415 - imports numpy
    from insole.worn import can_exchange, is_exchanged, sides_mark  # noqa: PLC0415 - likewise

    verdicts = session.report().calibration.get("verdicts", ())
    if not any(verdict["advice"] == SWAPPED for verdict in verdicts):
        return session
    with open_session(path) as file:
        if not can_exchange(file):
            return session
        add_mark(path, sides_mark(_last_ns(path), exchanged=not is_exchanged(file)))
    say("the sole called right bore your left foot: the two are exchanged in all that is told of "
        "this session; what was recorded stays as it is. Next time change the soles, or name them "
        "by --left and --right")  # fmt: skip
    return open_whole(path)


def _keep(session: Session, path: Path, rocks: Mapping[str, Any], *, whole: bool) -> None:
    """Keep a whole calibration of a person for later sessions."""
    from insole.kept import keep_calibration  # noqa: PLC0415 - only here
    from insole.record.store import open_session  # noqa: PLC0415 - imports numpy
    from insole.worn import as_worn  # noqa: PLC0415 - likewise

    if not whole or session.calibration is None:
        say("not kept for later sessions, since not all of it was accepted; repeat the minute")
        return
    with open_session(path) as file:
        if file.meta.scenario:
            say("a simulated person's calibration serves this session only")
            return
        kept = keep_calibration(as_worn(file), session.calibration, rocking=rocks)
        say(f"kept for later sessions with these soles: {kept}")
