"""``insole record``: a session into a file."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from insole.cli.calibrate import judge, leave_marks
from insole.cli.folder import exercise_option, folder_option, place_for_session
from insole.cli.options import Chosen, duration_option, out_option, source_options
from insole.cli.prescribed import ask_missing, in_use, offer
from insole.cli.setup import offer_setup
from insole.cli.talk import say
from insole.errors import InsoleError

if TYPE_CHECKING:
    from pathlib import Path

    from insole.measure.kind import Exercise
    from insole.recording.guide import Guide

AUTO_STOP_S = 30.0


@click.command()
@source_options
@duration_option
@click.option(
    "--coach/--no-coach",
    "wants_coach",
    default=None,
    help="Lead through what the programme asks for; by default if one is followed.",
)
@click.option("--quiet", is_flag=True, help="Let the coach make no sound.")
@click.option(
    "--auto-stop/--no-auto-stop",
    default=None,
    help="End 30 s after the last exercise; by default once a programme is followed.",
)
@click.option("--calibrate", is_flag=True, help="Begin with the guided minute of a calibration.")
@click.option("--no-setup", is_flag=True, help="Ask nothing before the first recording.")
@click.option("--lsl", is_flag=True, help="Stream to Lab Streaming Layer meanwhile (extra lsl).")
@exercise_option
@click.option("--note", default="", metavar="TEXT", help="A remark for the report.")
@out_option
@click.option("--no-analyse", is_flag=True, help="Record only, and print the path.")
@folder_option
@click.pass_context
def command(
    context: click.Context,
    *,
    chosen: Chosen,
    duration_s: float | None,
    wants_coach: bool | None,
    quiet: bool,
    auto_stop: bool | None,
    calibrate: bool,
    no_setup: bool,
    lsl: bool,
    exercise: Exercise | None,
    note: str,
    out: Path | None,
    no_analyse: bool,
    folder: Path | None,
) -> None:
    """Record a session into a file, then print its report and its path.

    Looks for both insoles, connects one after the other, and records until Ctrl-C, or until
    --duration or --auto-stop ends it. SPEC is a device as `insole spec list` names it, ADDRESS one
    as `insole scan` does.

    The first time you are asked who stands on the soles (`insole setup`), whether to calibrate, and
    whether to follow a programme; later, what you did not say of the last session's pain. While a
    programme is followed, --auto-stop is the default.

    The coach counts holds and repetitions as they are measured, says when to go up and down, asks
    for pain (one digit answers), and ends the recording itself. Its keys stand on the screen.

    Meanwhile m marks a moment, and n notes a text. A link that is lost is found again. Whatever
    happens, the file keeps what has arrived.

    With --lsl, other programs on the network can follow: what each device measures is streamed, and
    whoever looks for it finds it.

    A simulated person needs no time, unless --speed says so.
    """
    from insole.cli.attend import attend, conclude  # noqa: PLC0415 - imports numpy and pandas
    from insole.cli.coaching import coach_for  # noqa: PLC0415 - likewise
    from insole.cli.screen import is_terminal  # noqa: PLC0415 - likewise
    from insole.recording.course import Rules  # noqa: PLC0415 - likewise
    from insole.recording.file import keeper  # noqa: PLC0415 - likewise
    from insole.recording.guide import Guide  # noqa: PLC0415 - likewise
    from insole.recording.outlet import library  # noqa: PLC0415 - likewise

    place = place_for_session(out, folder)
    if lsl:
        library()
    if chosen.scenario is None and not no_setup:
        calibrate |= offer_setup(may_calibrate=not calibrate and chosen.side is None)
        offer(folder)
        ask_missing(folder)
    follows = chosen.scenario is None and _follows_a_programme(folder)
    if wants_coach or (wants_coach is None and follows and is_terminal()):
        coach = coach_for(folder, quiet=quiet)
        chosen = replace(chosen, speed=1.0) if chosen.speed is None else chosen
    else:
        coach = None
    if auto_stop is None:
        auto_stop = follows and coach is None

    is_fast = chosen.scenario is not None and chosen.speed is None
    guide = Guide() if calibrate else None
    rules = Rules(duration_s, AUTO_STOP_S if auto_stop else None, guide.length_s if guide else 0.0)
    keep = keeper(place, exercise=exercise or "", note=note)
    lead = guide.tell if guide else None
    if coach and guide:
        coach.begins_at_s = guide.length_s
    outcome = attend(
        chosen.find, keep, rules, lead=lead, follow=auto_stop or lsl or not is_fast, coach=coach,
        stream=lsl,
    )  # fmt: skip
    if guide and outcome.path:
        _calibrated(outcome.path, guide, outcome.began_ns)
    conclude(context, outcome, analyse=not no_analyse)


def _follows_a_programme(folder: Path | None) -> bool:
    """Return whether a programme is in use; one that cannot be read costs no recording."""
    try:
        return in_use(folder) is not None
    except InsoleError as problem:
        say(f"the programme is left out: {problem}")
        return False


def _calibrated(path: Path, guide: Guide, began_ns: int) -> None:
    """Judge the steps of a calibration that the recording began with."""
    leave_marks(path, guide, began_ns)
    try:
        judge(path)
    except InsoleError as problem:
        say(f"the calibration counts for nothing: {problem}")
