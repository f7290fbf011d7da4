"""Bytes of a text table → lines of its header and numbers of its columns.

The rules are the same for every format. Line ends may be CRLF, LF or CR, also mixed. Every row has
as many cells as the first one. A last row that is shorter, or whose last cell is wanted although no
line end follows it, was cut: it is left out and `Rows.cut` says so. An empty cell, ``-`` and the
usual words for "not a number" are NaN, and so is a magnitude that no sensor has.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, NoReturn

import numpy as np
import pandas as pd

from insole.errors import FormatError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

WHITESPACE = "whitespace"
"""The delimiter that stands for any run of spaces and tabs."""

_MISSING = ["", "-", "nan", "NaN", "NAN", "NA", "N/A", "null"]
MAX_CELLS = 4096
"""Our choice: far above any known export (57), far below what a broken file may claim."""
_MAX_MAGNITUDE = 1e20
"""Our choice: above any stamp or reading, and safe to multiply and to sum."""


@dataclass(frozen=True, slots=True)
class Rows:
    """The numbers of some columns of a text table.

    Parameters
    ----------
    values : ndarray, (n, k)
        One row a line, one column for each that was asked for, in that order; file's units.
    lines : ndarray of int, (n,)
        Number of the line in the file, from 1.
    cut : bool
        True when the last row of the file was incomplete and is left out.
    """

    values: NDArray[np.float64]
    lines: NDArray[np.int64]
    cut: bool


def unify(payload: bytes, importer: str) -> bytes:
    """Return `payload` with LF line ends and without byte order mark; refuse what is no text."""
    if not payload.strip():
        raise FormatError(importer, 0, "the file is empty; export it again")
    if payload.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise FormatError(importer, 0, "the file is UTF-16 text; save it as UTF-8")
    if b"\0" in payload:
        line = payload.count(b"\n", 0, payload.index(b"\0")) + 1
        raise FormatError(importer, line, "holds zero bytes, so it is no text; export it again")
    return plain(payload)


def plain(payload: bytes) -> bytes:
    """Return `payload` with LF line ends and without byte order mark, whatever it is."""
    return payload.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def first_lines(text: bytes, count: int) -> list[str]:
    """Return up to `count` first lines as str; a line that is not UTF-8 is taken as Latin-1."""
    return [_decoded(line) for line in text.split(b"\n", count)[:count]]


def split_cells(line: str, delimiter: str) -> list[str]:
    """Return the cells of a line without the spaces around them."""
    if delimiter == WHITESPACE:
        return line.split()
    return [cell.strip() for cell in line.split(delimiter)]


def read_rows(
    text: bytes, importer: str, *, skip_lines: int, delimiter: str, columns: Sequence[int]
) -> Rows:
    """Return the numbers of some columns of a text table.

    Parameters
    ----------
    text : bytes
        What `unify` returned.
    importer : str
        Name for errors.
    skip_lines : int
        Lines before the first row.
    delimiter : str
        One character, or `WHITESPACE`.
    columns : sequence of int, (k,)
        Columns wanted, counted from 0.

    Raises
    ------
    FormatError
        If there is no row, a row has another number of cells than the first, or a wanted cell
        holds no number; the line is named.
    """
    begin = _offset_of_line(text, skip_lines)
    starts, cells, lines = _find_rows(text, begin, delimiter)
    lines += skip_lines + 1
    width = _width(importer, cells, lines, max(columns))
    open_end = not text.endswith(b"\n") and max(columns) == width - 1
    cut = bool(cells[-1] < width) or open_end
    whole = len(cells) - int(cut)
    _check_cells(importer, cells[:whole], lines, width)
    body = text[begin : int(starts[-1]) if cut else len(text)]
    grid = _Grid(importer, body, lines[:whole], delimiter, width, tuple(columns))
    return Rows(_parse(grid), grid.lines, cut)


@dataclass(frozen=True, slots=True)
class _Grid:
    """Rows that all have `width` cells."""

    importer: str
    body: bytes
    lines: NDArray[np.int64]
    delimiter: str
    width: int
    columns: tuple[int, ...]


def _decoded(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("latin-1")


def _offset_of_line(text: bytes, line: int) -> int:
    begin = 0
    for _ in range(line):
        begin = text.find(b"\n", begin) + 1
        if begin == 0:
            return len(text)
    return begin


def _find_rows(
    text: bytes, begin: int, delimiter: str
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return offset in `text`, number of cells and line (from `begin`) of each row not blank."""
    octets = np.frombuffer(text, np.uint8)[begin:]
    ends = np.append(np.flatnonzero(octets == ord("\n")), len(octets))
    starts = np.concatenate(([0], ends[:-1] + 1))
    marks, extra = _cell_marks(octets, delimiter)
    cells = np.searchsorted(marks, ends) - np.searchsorted(marks, starts) + extra
    filled = np.flatnonzero((ends > starts) & (cells > 0))
    return starts[filled] + begin, cells[filled], filled


def _cell_marks(octets: NDArray[np.uint8], delimiter: str) -> tuple[NDArray[np.int64], int]:
    """Return the places to count in a line, and what to add for the number of its cells."""
    if delimiter != WHITESPACE:
        return np.flatnonzero(octets == ord(delimiter)), 1
    inside = (octets != ord(" ")) & (octets != ord("\t")) & (octets != ord("\n"))
    inside[1:] &= ~inside[:-1]
    return np.flatnonzero(inside), 0


def _width(
    importer: str, cells: NDArray[np.int64], lines: NDArray[np.int64], last_column: int
) -> int:
    if not cells.size:
        raise FormatError(importer, 0, "has no row of numbers; export the recording again")
    width = int(cells[0])
    if width > MAX_CELLS:
        problem = f"has {width} cells, more than any export; the line ends seem to be lost"
        raise FormatError(importer, int(lines[0]), problem)
    if last_column >= width:
        problem = f"has {width} cells, but column {last_column + 1} is needed; export it again"
        raise FormatError(importer, int(lines[0]), problem)
    return width


def _check_cells(
    importer: str, cells: NDArray[np.int64], lines: NDArray[np.int64], width: int
) -> None:
    if not cells.size:
        problem = "is cut within its only row of numbers; export the recording again"
        raise FormatError(importer, int(lines[0]), problem)
    odd = np.flatnonzero(cells != width)
    if odd.size:
        problem = f"has {cells[odd[0]]} cells, the rows before have {width}; mend or remove it"
        raise FormatError(importer, int(lines[odd[0]]), problem)


def _parse(grid: _Grid) -> NDArray[np.float64]:
    try:
        frame = _read(grid, np.float64)
    except ValueError:  # pandas says which text it was, but not where
        _raise_at_text(grid)
    if len(frame) != len(grid.lines):
        problem = "has lines of spaces alone among its rows; remove them"
        raise FormatError(grid.importer, 0, problem)
    values = frame[list(grid.columns)].to_numpy(copy=True)
    values[np.abs(values) > _MAX_MAGNITUDE] = np.nan
    return values


def _read(grid: _Grid, dtype: type) -> pd.DataFrame:
    return pd.read_csv(
        BytesIO(grid.body),
        sep=r"\s+" if grid.delimiter == WHITESPACE else grid.delimiter,
        header=None,
        names=range(grid.width),
        usecols=sorted(set(grid.columns)),
        dtype=dtype,
        na_values=_MISSING,
        keep_default_na=False,
        skipinitialspace=True,
        quoting=csv.QUOTE_NONE,
        encoding="latin-1",
    )


def _raise_at_text(grid: _Grid) -> NoReturn:
    frame = _read(grid, str)
    for column in sorted(set(grid.columns)):
        words = frame[column]
        wrong = np.flatnonzero(pd.to_numeric(words, errors="coerce").isna() & words.notna())
        if wrong.size:
            word = str(words.iloc[wrong[0]])[:20]
            problem = f"'{word}' in column {column + 1} is no number{_advice(word)}"
            raise FormatError(grid.importer, int(grid.lines[wrong[0]]), problem)
    problem = "holds text where numbers should stand; export it again"
    raise FormatError(grid.importer, 0, problem)


def _advice(word: str) -> str:
    return "; export it with decimal points" if "," in word else "; mend or remove the row"
