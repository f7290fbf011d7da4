"""Vendor export files → tables: the codec for files, without input or output."""

from __future__ import annotations

from typing import TYPE_CHECKING

from insole.importers.base import Imported, Importer
from insole.importers.sniff import HEAD_BYTES, by_name, identify, names

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["HEAD_BYTES", "Imported", "Importer", "by_name", "decode", "identify", "names"]


def decode(
    payload: bytes, *, name: str | None = None, options: Mapping[str, str] | None = None
) -> Imported:
    """Return the tables of an imported file.

    Parameters
    ----------
    payload : bytes
        The whole file.
    name : str, optional
        Name of the importer; found by content if not given.
    options : mapping of str to str, optional
        What the importer cannot know by itself: ``columns`` (the text of a column map) and
        ``columns_path`` (its name for errors) for the importer ``columns``.

    Raises
    ------
    FormatError
        If the file is of no known format, or broken.
    SpecError
        If a column map is wrong.
    """
    importer = by_name(name) if name else identify(payload[:HEAD_BYTES])
    return importer.decode(payload, options or {})
