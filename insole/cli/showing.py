"""A session file as report and figure, and a damaged one as far as it is whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from insole.cli.folder import write_beside, write_new
from insole.cli.talk import printable, say
from insole.errors import InsoleError
from insole.report import text
from insole.session import load

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from insole.measure.kind import Exercise
    from insole.record.store import Damage
    from insole.session import Session

NAMED = 8
"""How many damaged parts are named before the rest is only counted."""


def open_whole(path: Path, exercise: Exercise | None = None) -> Session:
    """Return a session; whatever is damaged in it is said on standard error.

    So is, as a warning, that its recording was cut off and its file finished first.

    Raises
    ------
    StoreError
        If the file cannot be opened.
    """
    session = load(path, exercise=exercise)
    if session.damage:
        say(_damaged(path, session.damage))
    return session


def print_recorded(path: Path, *, analyse: bool, excuse: bool = True) -> bool:
    """Print the report of a session that was just recorded, and its path; return if that worked.

    What cannot be analysed was recorded all the same, so that its path is printed in any case; with
    `excuse` it is said why there is no report.
    """
    error = None
    if analyse:
        try:
            click.echo(printable(text.render(open_whole(path).report())))
        except InsoleError as problem:
            error = problem
            if excuse:
                say(f"recorded, but not analysed: {problem}")
    click.echo(path)
    return error is None


def _damaged(path: Path, damage: Sequence[Damage]) -> str:
    named = "; ".join(str(one) for one in damage[:NAMED])
    more = f"; and {len(damage) - NAMED} more" if len(damage) > NAMED else ""
    return f"{path}: is damaged, and only the rest of it is used: {named}{more}"


def draw(session: Session, path: Path, out: Path | None = None) -> Path:
    """Write the figure of a session as PNG; without `out` beside its file, under a free name.

    Raises
    ------
    FileExistsError
        If `out` exists.
    """
    from insole import plot  # noqa: PLC0415 - matplotlib takes long and a report needs none

    png = plot.to_png(plot.timeline(session))
    if out is None:
        return write_beside(path.with_suffix(".png"), png)
    write_new(out, png)
    return out
