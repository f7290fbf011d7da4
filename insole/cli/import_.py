"""``insole import``: files of other programs become sessions."""

from __future__ import annotations

from pathlib import Path

import click

from insole.cli.folder import exercise_option, folder_option, made_folder
from insole.cli.progress import bar
from insole.cli.talk import DATA_ERROR, say

COLUMNS = "columns"


@click.command(name="import")
@click.argument(
    "files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path)
)
@click.option("--format", "name", metavar="NAME", help="Format, if the content leaves it open.")
@click.option(
    "--columns",
    "columns_path",
    metavar="MAP.toml",
    type=click.Path(path_type=Path),
    help="Column map for a table of numbers.",
)
@exercise_option
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    help="The new session; never overwrites. By default a free name in the sessions folder.",
)
@folder_option
def command(
    *,
    files: tuple[Path, ...],
    name: str | None,
    columns_path: Path | None,
    exercise: str | None,
    out: Path | None,
    folder: Path | None,
) -> None:
    """Make sessions from files that other programs wrote, and print their paths.

    Reads novel loadsol text, Moticon OpenGo text, tables of numbers with --columns, and the lines
    of `insole packets`. Each FILE becomes a session that keeps it byte for byte. If one of them
    cannot be read, none is made. What is whole of a file that was cut or changed is kept, said, and
    ends in exit code 4.
    """
    if out is not None and len(files) > 1 and not out.is_dir():
        raise click.UsageError("-o names one session, so give one FILE, or a folder to -o")
    if columns_path is not None and name not in (None, COLUMNS):
        raise click.UsageError("--columns goes with --format columns only")
    from insole.cli.importing import create_session, read_source  # noqa: PLC0415 - imports pandas

    sources = []
    with bar("reading") as show:
        for done, file in enumerate(files, 1):
            sources.append(read_source(file, name=name, columns_path=columns_path))
            show(done, len(files))
    place = out or made_folder(folder)
    for source in sources:
        for remark in source.left_aside:
            say(remark)
        click.echo(create_session(source, place, exercise or ""))
        if source.damage:
            say(f"{source.path}: {'; '.join(source.damage)}; what is whole was imported")
    if any(source.damage for source in sources):
        click.get_current_context().exit(DATA_ERROR)
