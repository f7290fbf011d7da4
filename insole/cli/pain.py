"""``insole pain``: how much it hurt, when nobody asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from insole.cli.folder import folder_option
from insole.cli.prescribed import (
    REMEMBERED_H,
    evening_before,
    last_session,
    moment,
    present,
    required,
    stands,
)
from insole.record.folder import sessions_folder

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from insole.history.standing import Standing
    from insole.programme.model import When

WHEN = ("before", "worst", "after", "later", "next_morning")


@click.command()
@click.argument("score", type=click.IntRange(0, 10))
@click.option(
    "--when",
    type=click.Choice(WHEN),
    required=True,
    help="Before the session, at worst during it, right after, some minutes later; or with the "
    "first steps of this morning.",
)
@click.option("--side", type=click.Choice(["left", "right", "both"]), help="Which foot.")
@folder_option
def command(score: int, *, when: When, side: str | None, folder: Path | None) -> None:
    """Note how much a foot hurts or hurt: SCORE from 0, no pain, to 10, the worst.

    It belongs to the last session, however late you tell it within a day and a half. Without
    --side it is of the foot that `insole setup` knows to be sore, else of both.
    """
    from insole.history.standing import asked_sides  # noqa: PLC0415 - only here
    from insole.journal import write_down  # noqa: PLC0415 - likewise
    from insole.programme.entry import Rating  # noqa: PLC0415 - likewise

    programme, now = required(folder), present()
    found = stands(folder, programme)
    session = _session_of(found, when, now)
    sides = asked_sides()
    foot = side or (sides[0] if len(sides) == 1 else "both")
    write_down(sessions_folder(folder), Rating(now, when, foot, score, session))
    click.echo(f"noted: {score} of 10, {_feet(foot)}")
    limits = programme.pain
    if when not in {"before", "next_morning"} and score >= limits.limit:
        click.echo(f"{limits.limit} or more ends the exercise for today; ask your therapist")


def _feet(side: str) -> str:
    return "both feet" if side == "both" else f"{side} foot"


def _session_of(found: Standing, when: When, now: datetime) -> str:
    """Return the id of the session that a rating belongs to; "" for one of the day alone."""
    if when == "next_morning":
        before = evening_before(found.done, now)
        return before.id if before else ""
    last = last_session(found.done, now)
    if last is None:
        told = f"no session began in the last {REMEMBERED_H:.0f} h that this could belong to"
        latest = found.done[-1:]
        known = f"; the last one is of {moment(latest[0].started_at, now)}" if latest else ""
        raise click.UsageError(f"{told}{known}; record one first")
    return last.id
