"""``insole record``: a session into a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from insole.cli.folder import exercise_option, folder_option, place_for_session
from insole.cli.options import Chosen, duration_option, out_option, source_options

if TYPE_CHECKING:
    from pathlib import Path

    from insole.measure.kind import Exercise

AUTO_STOP_S = 30.0


@click.command()
@source_options
@duration_option
@click.option("--auto-stop", is_flag=True, help="End 30 s after the last exercise.")
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
    auto_stop: bool,
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

    Meanwhile m marks a moment, and n notes a text. A link that is lost is found again. Whatever
    happens, the file keeps what has arrived.

    A simulated person needs no time, unless --speed says so.
    """
    from insole.cli.attend import attend, conclude  # noqa: PLC0415 - imports numpy and pandas
    from insole.recording.course import Rules  # noqa: PLC0415 - likewise
    from insole.recording.file import keeper  # noqa: PLC0415 - likewise

    place = place_for_session(out, folder)

    is_fast = chosen.scenario is not None and chosen.speed is None
    rules = Rules(duration_s, AUTO_STOP_S if auto_stop else None)
    keep = keeper(place, exercise=exercise or "", note=note)
    outcome = attend(chosen.find, keep, rules, follow=auto_stop or not is_fast)
    conclude(context, outcome, analyse=not no_analyse)
