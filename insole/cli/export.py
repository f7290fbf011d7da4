"""``insole export``: the tables of a session for other programs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from insole.cli.folder import exercise_option, find_session, folder_option
from insole.cli.progress import bar
from insole.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from insole.export import Format, Table
    from insole.measure.kind import Exercise
    from insole.session import Session

FORMATS = ("csv", "jsonl", "parquet", "xdf")
TABLES = (
    "samples", "sensors", "forces", "events", "holds", "raises", "sets", "weight_shift", "quality",
)  # fmt: skip
"""Names said once more, so that help needs none of the tables' imports; a test compares them."""
DAMAGED = 4
_SCREEN = Path("-")


@click.command()
@click.argument("file", required=False)
@click.option(
    "--table", "names", type=click.Choice(TABLES), multiple=True, help="Only this one; repeatable."
)
@click.option(
    "--format", "style", type=click.Choice(FORMATS), default="csv", show_default=True,
    help="How tables are written.",
)  # fmt: skip
@click.option(
    "--out", type=click.Path(path_type=Path),
    help="Folder to write into, by default one named after FILE here; - prints a single table.",
)  # fmt: skip
@click.option("--list", "listing", is_flag=True, help="Say what tables and formats carry and lose.")
@click.option(
    "--skip-unreadable", is_flag=True, help="Go on although packets did not fit the device's file."
)
@exercise_option
@folder_option
@click.pass_context
def command(
    context: click.Context, *, file: str | None, names: tuple[str, ...], style: str,
    out: Path | None, listing: bool, skip_unreadable: bool, exercise: Exercise | None,
    folder: Path | None,
) -> None:  # fmt: skip
    """Write the tables of a session for other programs: one file each, or one for all in XDF.

    A table called "columns" comes along and tells unit and meaning of every column. Nothing that
    exists is overwritten. Of a damaged FILE the whole part is written; the exit code is then 4.
    """
    from insole.cli.showing import open_whole  # noqa: PLC0415 - imports the analysis
    from insole.export import FORMATS as KNOWN  # noqa: PLC0415 - likewise
    from insole.export import tables  # noqa: PLC0415 - likewise

    if listing:
        click.echo(_about())
        return
    if file is None:
        raise click.UsageError("name a FILE, or say --list")
    session = open_whole(find_session(file, folder), exercise)
    _check_readable(session, skip_unreadable)
    found = tables(session, names)
    if out == _SCREEN:
        _print(found, KNOWN[style])
    else:
        place = out or Path(f"{session.path.stem}_{style}")
        for written in _write(found, KNOWN[style], place, session.path.stem):
            click.echo(written)
    context.exit(DAMAGED if session.damage else 0)


def _check_readable(session: Session, skip: bool) -> None:
    """Refuse to leave something out unasked."""
    errors = sum(quality.decode_errors for quality in session.report().quality.values())
    if errors and not skip:
        problem = f"{errors} packets do not fit the device's file and would be left out"
        raise StoreError(str(session.path), f"{problem}; say --skip-unreadable to go on")


def _print(found: list[Table], style: Format) -> None:
    *wanted, columns = found
    if style.together or len(wanted) > 1:
        raise click.UsageError("only a single table can be printed; name it with --table")
    for piece in style.pieces(wanted or [columns]):
        sys.stdout.buffer.write(piece)
    sys.stdout.flush()


def _write(found: list[Table], style: Format, place: Path, stem: str) -> Iterator[Path]:
    """Write each file under a name that nobody has yet; yield the names."""
    place.mkdir(parents=True, exist_ok=True)
    files = (
        {f"{stem}{style.suffix}": found}
        if style.together
        else {f"{table.name}{style.suffix}": [table] for table in found}
    )
    taken = [name for name in files if (place / name).exists()]
    if taken:
        problem = f"has a {taken[0]} already, which is left alone; choose another --out"
        raise StoreError(str(place), problem)
    with bar(f"writing {style.suffix[1:]}") as show:
        for done, (name, content) in enumerate(files.items(), 1):
            yield _written(place / name, style.pieces(content))
            show(done, len(files))


def _written(path: Path, pieces: Iterator[bytes]) -> Path:
    """Write a file whole or not at all."""
    unfinished = path.with_name(f"{path.name}.unfinished")
    try:
        with unfinished.open("xb") as file:
            file.writelines(pieces)
        unfinished.rename(path)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
    finally:
        unfinished.unlink(missing_ok=True)
    return path


def _about() -> str:
    from insole.export import FORMATS as KNOWN  # noqa: PLC0415 - imports the analysis
    from insole.export import TABLES as HELD  # noqa: PLC0415 - likewise

    lines = ["Tables"]
    for name, table in HELD.items():
        lines += [f"  {name:<13} carries {table.carries}", f"  {'':<13} loses {table.loses}"]
    lines += ["", "Formats"]
    for name, style in KNOWN.items():
        lines += [f"  {name:<13} carries {style.carries}", f"  {'':<13} loses {style.loses}"]
    return "\n".join(lines)
