"""A session file as report and figure, and a damaged one as far as it is whole."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import click

from insole.cli.folder import write_beside, write_new
from insole.cli.next_step import with_next_step
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
    session.amend(partial(with_next_step, path=path))
    return session


def print_recorded(path: Path, *, analyse: bool, excuse: bool = True) -> bool:
    """Print the report of a session that was just recorded, and its path; return if that worked.

    What cannot be analysed was recorded all the same, so that its path is printed in any case; with
    `excuse` it is said why there is no report. Ctrl-C leaves the report out.
    """
    whole = True
    if analyse:
        try:
            click.echo(printable(text.render(open_whole(path).report())))
        except InsoleError as problem:
            whole = False
            if excuse:
                say(f"recorded, but not analysed: {problem}")
        except KeyboardInterrupt:
            say(f"recorded whole, and Ctrl-C left the report out; `insole report {path}` prints it")
    click.echo(path)
    return whole


def _damaged(path: Path, damage: Sequence[Damage]) -> str:
    named = "; ".join(str(one) for one in damage[:NAMED])
    more = f"; and {len(damage) - NAMED} more" if len(damage) > NAMED else ""
    return f"{path}: is damaged, and only the rest of it is used: {named}{more}"


def draw_page(session: Session, path: Path, out: Path | None = None) -> Path:
    """Write the report of a session as a page; without `out` beside its file, under a free name.

    Raises
    ------
    FileExistsError
        If `out` exists.
    """
    from insole.plot.page import report_pictures  # noqa: PLC0415 - matplotlib takes long
    from insole.report import html  # noqa: PLC0415 - only a page needs it

    page = html.page(session.report(), report_pictures(session)).encode()
    return _written(page, path.with_suffix(".html"), out)


def draw(session: Session, path: Path, out: Path | None = None) -> Path:
    """Write the figure of a session as PNG; without `out` beside its file, under a free name.

    Raises
    ------
    FileExistsError
        If `out` exists.
    """
    from insole import plot  # noqa: PLC0415 - matplotlib takes long and a report needs none

    return _written(plot.to_png(plot.timeline(session)), path.with_suffix(".png"), out)


def _written(content: bytes, free: Path, out: Path | None) -> Path:
    if out is None:
        return write_beside(free, content)
    write_new(out, content)
    return out
