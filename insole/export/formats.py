"""The formats that tables can be written in, and what each carries and loses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from insole.export import parquet, text, xdf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from insole.export.table import Table


@dataclass(frozen=True, slots=True)
class Format:
    """A format: end of its files' names, how tables become bytes, what it carries and loses.

    ``together`` is True where one file holds all tables, else each has its own.
    """

    suffix: str
    pieces: Callable[[Sequence[Table]], Iterator[bytes]]
    together: bool
    carries: str
    loses: str


FORMATS = {
    "csv": Format(
        ".csv", text.csv, together=False,
        carries="text with a header; the table `columns` has units and meanings",
        loses="types: a reader has to guess them; empty stands for missing",
    ),
    "jsonl": Format(
        ".jsonl", text.json_lines, together=False,
        carries="one JSON object a row; missing is null",
        loses="nothing but room: the largest files",
    ),
    "parquet": Format(
        ".parquet", parquet.parquet, together=False,
        carries="types, units and meanings of each column; small files (needs the extra `parquet`)",
        loses="nothing",
    ),
    "xdf": Format(
        ".xdf", xdf.xdf, together=True,
        carries="a stream each for samples, forces and events, with channels and units",
        loses="tables without a time: sensors, holds, raises, sets, weight_shift, quality, columns",
    ),
}  # fmt: skip
"""All formats, by name."""
