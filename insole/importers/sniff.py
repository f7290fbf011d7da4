"""Which importer a file belongs to: the registry of importers, and the question to each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from insole.errors import FormatError
from insole.importers.columns import Columns
from insole.importers.loadsol import Loadsol
from insole.importers.opengo import OpenGo

if TYPE_CHECKING:
    from insole.importers.base import Importer

IMPORTERS: tuple[Importer, ...] = (Loadsol(), OpenGo(), Columns())
HEAD_BYTES = 65536
"""How much of a file `identify` wants to see."""

_WAY_OUT = "--columns MAP.toml reads any table of numbers, --format NAME settles the format"


def by_name(name: str) -> Importer:
    """Return the importer called `name`.

    Parameters
    ----------
    name : str
        One of `names`.

    Raises
    ------
    FormatError
        If there is none; the message lists the names.
    """
    for importer in IMPORTERS:
        if importer.name == name:
            return importer
    raise FormatError(name, 0, f"is no importer; there are {', '.join(names())}")


def names() -> list[str]:
    """Return the names of all importers."""
    return [importer.name for importer in IMPORTERS]


def identify(head: bytes, filename: str = "") -> Importer:
    """Return the one importer that knows a file by its content.

    Parameters
    ----------
    head : bytes
        The file, or its first `HEAD_BYTES`.
    filename : str
        Used in the error alone; a name proves nothing.

    Raises
    ------
    FormatError
        If no importer knows the file, or several do.
    """
    found = [importer for importer in IMPORTERS if importer.sniff(head[:HEAD_BYTES])]
    if len(found) == 1:
        return found[0]
    file = filename or "file"
    if found:
        listed = ", ".join(importer.name for importer in found)
        raise FormatError(file, 0, f"could be {listed}; settle it with --format NAME")
    tried = ", ".join(name for name in names() if name != Columns.name)
    raise FormatError(file, 0, f"{_look(head)}, tried {tried}; {_WAY_OUT}")


def _look(head: bytes) -> str:
    if not head.strip():
        return "is empty"
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "is UTF-16 text, which no export here is (save it as UTF-8)"
    if b"\0" in head:
        return "is a binary file"
    return "is of no known format"
