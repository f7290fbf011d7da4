"""``insole report``: what was done in a session."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from insole.cli.folder import exercise_option, find_session, folder_option
from insole.cli.talk import printable, say

if TYPE_CHECKING:
    from insole.measure.kind import Exercise

DAMAGED = 4


@click.command()
@click.argument("file")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--html", "as_html", is_flag=True, help="Write a page with figures, print its path.")
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    help="The page; never overwrites. By default a free name beside FILE.",
)
@click.option("--open", "to_open", is_flag=True, help="Write the page and show it in a browser.")
@exercise_option
@folder_option
@click.pass_context
def command(
    context: click.Context,
    *,
    file: str,
    as_json: bool,
    as_html: bool,
    out: Path | None,
    to_open: bool,
    exercise: Exercise | None,
    folder: Path | None,
) -> None:
    """Report what was done in a session: holds, raises, weight shift, and how sure that is.

    The page is one file that needs no other: for the person and for the therapist, on a screen, a
    phone or paper. Of a damaged FILE the whole part is reported; the exit code is then 4.
    """
    page_wanted = as_html or to_open or out is not None
    if as_json and page_wanted:
        raise click.UsageError("give either --json or --html")
    if out is not None and out.exists():  # said before the work is done
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(out))
    from insole.cli.showing import draw_page, open_whole  # noqa: PLC0415 - imports the analysis
    from insole.report import export, text  # noqa: PLC0415 - likewise

    path = find_session(file, folder)
    session = open_whole(path, exercise)
    if page_wanted:
        page = draw_page(session, path, out)
        click.echo(page)
        if to_open:
            show(page)
    elif as_json:
        click.echo(export.to_json(session.report()))
    else:
        click.echo(printable(text.render(session.report())), nl=False)
    context.exit(DAMAGED if session.damage else 0)


def show(page: Path) -> None:
    """Open a page in the browser of whoever sits here; say so if there is none."""
    import webbrowser  # noqa: PLC0415 - only for who asks for it

    if not webbrowser.open(page.resolve().as_uri()):
        say(f"no browser was found; open {page} yourself")
