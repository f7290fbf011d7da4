"""``insole timer``: an exercise that only takes its time, and is ticked when that is over."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import click

from insole.cli.folder import folder_option
from insole.cli.options import as_seconds
from insole.cli.prescribed import required
from insole.cli.tick import check_side, note

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from insole.programme.model import Programme

BELL = "\a"
RINGS = 3
"""So that one is heard (our choice)."""


@click.command()
@click.argument("exercise")
@click.option("--side", type=click.Choice(["left", "right"]), help="Which side.")
@click.option(
    "--duration",
    "duration_s",
    metavar="TIME",
    callback=as_seconds,
    help="Seconds, or m:ss; by default what the programme says.",
)
@click.option("--quiet", is_flag=True, help="Without the bell at the end.")
@folder_option
@click.pass_context
def command(
    context: click.Context,
    exercise: str,
    *,
    side: str | None,
    duration_s: float | None,
    quiet: bool,
    folder: Path | None,
) -> None:
    """Count down the time of an EXERCISE, ring, and tick it.

    Ctrl-C ends it early, and then it is not ticked.
    """
    programme = required(folder)
    check_side(programme, exercise, side)
    length_s = duration_s or _length_s(programme, exercise)
    if _is_per_side(programme, exercise) and side is None:
        raise click.UsageError(f"{exercise} is done side by side; give --side left or right")
    try:
        count_down(length_s, _shown(exercise, side))
    except KeyboardInterrupt:
        click.echo(f"\n{exercise}: ended early, not ticked", err=True)
        context.exit(1)
    if not quiet and sys.stderr.isatty():
        click.echo(BELL * RINGS, err=True, nl=False)
    note(programme, exercise, side, 1, folder)


def count_down(
    length_s: float,
    show: Callable[[float], None],
    *,
    clock_s: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Show what is left of a time, about once a second, until it is over.

    Parameters
    ----------
    length_s : float
        How long, s.
    show : callable
        Gets what is left, s.
    clock_s, sleep : callable
        Tells the time, s; waits so long, s.
    """
    end_s = clock_s() + length_s
    while (left_s := end_s - clock_s()) > 0:
        show(left_s)
        sleep(min(left_s, left_s % 1.0 or 1.0))
    show(0.0)


def _shown(exercise: str, side: str | None) -> Callable[[float], None]:
    """Return what writes the time left over itself at a terminal, and nothing elsewhere."""
    who = f"{exercise}, {side}" if side else exercise

    def show(left_s: float) -> None:
        minutes, seconds = divmod(round(left_s), 60)
        end = "\n" if left_s == 0 else ""
        click.echo(f"\r{minutes}:{seconds:02d}  {who} ", err=True, nl=False)
        click.echo(end, err=True, nl=False)

    return show if sys.stderr.isatty() else lambda _: None


def _length_s(programme: Programme, exercise: str) -> float:
    for extra in programme.extras:
        if extra.id == exercise and extra.seconds is not None:
            return extra.seconds
    problem = f"the programme gives no time for {exercise}; give --duration, or use `insole tick`"
    raise click.UsageError(problem)


def _is_per_side(programme: Programme, exercise: str) -> bool:
    return any(extra.id == exercise and extra.per_side for extra in programme.extras)
