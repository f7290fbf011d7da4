"""The journal and the programme of a sessions folder: what is done besides recording.

Both lie beside the sessions, so that a folder is all there is of a person. The journal is only
ever added to, one sealed line at a time; a line that was cut off or damaged costs nothing but
itself.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from insole.errors import StoreError
from insole.profile import read_private, write_private
from insole.programme.entry import Journal, Use, read, to_line
from insole.programme.load import parse

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from insole.programme.entry import Entry
    from insole.programme.model import Programme

JOURNAL, PROGRAMME = "journal.jsonl", "programme.toml"
_APPEND = os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0)


def read_journal(folder: Path) -> Journal:
    """Return what was written down in a sessions folder; nothing if there is no journal.

    Parameters
    ----------
    folder : Path
        Where the sessions lie.

    Raises
    ------
    StoreError
        If it cannot be read.
    """
    text = read_private(folder / JOURNAL)
    return Journal() if text is None else read(text)


def write_down(folder: Path, *entries: Entry) -> None:
    """Add entries to the journal of a sessions folder; they are on the disk on return.

    Parameters
    ----------
    folder : Path
        Where the sessions lie; made if need be.
    *entries : Entry
        All of them, or none if that fails.

    Raises
    ------
    StoreError
        If it cannot be written.
    """
    path = folder / JOURNAL
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _append(path, "".join(f"{to_line(entry)}\n" for entry in entries).encode())
    except OSError as error:
        problem = f"cannot be written: {error.strerror}; check its rights and its disk"
        raise StoreError(str(path), problem) from None


def _append(path: Path, lines: bytes) -> None:
    """Add lines at the end in one write, which no other program's can come into."""
    handle = os.open(path, _APPEND, 0o600)  # health data: for the user alone
    try:
        end = os.lseek(handle, 0, os.SEEK_END)
        if end:
            os.lseek(handle, end - 1, os.SEEK_SET)
            if os.read(handle, 1) != b"\n":  # the last line was cut off; let it hurt no other
                lines = b"\n" + lines
        written = os.write(handle, lines)
        if written < len(lines):
            raise OSError(0, "the disk is full")
        os.fsync(handle)
    finally:
        os.close(handle)


def programme_in_use(folder: Path) -> Programme | None:
    """Return the programme that is followed in a sessions folder; None if there is none.

    Parameters
    ----------
    folder : Path
        Where the sessions lie.

    Raises
    ------
    StoreError
        If it cannot be read.
    SpecError
        If it is no programme any more.
    """
    path = folder / PROGRAMME
    text = read_private(path)
    return None if text is None else parse(text.decode("utf-8", "replace"), str(path))


def use_programme(folder: Path, text: str, at: datetime) -> Programme:
    """Take up a programme: keep a copy of it, and write down when.

    Parameters
    ----------
    folder : Path
        Where the sessions lie; made if need be.
    text : str
        The programme, as TOML.
    at : datetime
        Now, with its UTC offset.

    Raises
    ------
    SpecError
        If it cannot be used; the one before is kept.
    StoreError
        If it cannot be written; the one before is kept.
    """
    path = folder / PROGRAMME
    programme = parse(text, str(path))
    write_private(path, text)
    write_down(folder, Use(at, programme.id, programme.hash))
    return programme


def began_at(journal: Journal, programme: Programme) -> datetime | None:
    """Return since when a programme is followed; None if that was not written down.

    Taking up a changed file of the same id goes on where the person stands; another programme
    begins anew.

    Parameters
    ----------
    journal : Journal
        Of the same folder.
    programme : Programme
        The one in use.
    """
    began = None
    for use in journal.uses:
        if use.programme != programme.id:
            began = None if use.programme else began
        elif began is None:
            began = use.at
    return began
