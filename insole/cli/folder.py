"""Where sessions lie, which one is meant, and names that nobody has yet, for the commands."""

from __future__ import annotations

from itertools import chain, count
from pathlib import Path

import click

from insole.errors import StoreError
from insole.record.folder import FOLDER_VARIABLE, find_session, sessions_folder

__all__ = [
    "exercise_option",
    "find_session",
    "folder_option",
    "made_folder",
    "place_for_session",
    "sessions_folder",
    "write_beside",
    "write_new",
]

folder_option = click.option(
    "--folder",
    envvar=FOLDER_VARIABLE,
    show_envvar=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Sessions folder; by default one in your user data.",
)

exercise_option = click.option(
    "--exercise",
    type=click.Choice(["isometric_hold", "eccentric_raise"]),
    help="What was done, where the sensors cannot tell.",
)


def made_folder(folder: Path | None) -> Path:
    """Return the sessions folder, made if need be."""
    path = sessions_folder(folder)
    path.mkdir(parents=True, exist_ok=True)
    return path


def place_for_session(out: Path | None, folder: Path | None) -> Path:
    """Return where a session shall be: a file that does not exist yet, or a folder.

    Raises
    ------
    StoreError
        If there is no room for it, said before anybody is made to stand on a device.
    """
    place = out or made_folder(folder)
    if place.is_dir():
        return place
    if place.exists():
        raise StoreError(str(place), "exists already and is left alone; choose another name")
    if not place.parent.is_dir():
        raise StoreError(str(place), "lies in no folder that exists; make it, or name another")
    return place


def write_beside(path: Path, content: bytes) -> Path:
    """Write a file under `path`, or if that is taken under ``name-2``, ``name-3``, …; say which."""
    suffixes = chain([""], (f"-{number}" for number in count(2)))
    for name in (path.with_name(f"{path.stem}{suffix}{path.suffix}") for suffix in suffixes):
        try:
            write_new(name, content)
        except FileExistsError:
            continue
        return name
    raise AssertionError  # the names never end


def write_new(path: Path, content: bytes) -> None:
    """Write a file that does not exist yet.

    Raises
    ------
    FileExistsError
        If it does.
    """
    with path.open("xb") as file:
        try:
            file.write(content)
            file.flush()
        except OSError as error:
            path.unlink(missing_ok=True)  # a piece would only be in the way of the next try
            raise OSError(error.errno, error.strerror, str(path)) from error
