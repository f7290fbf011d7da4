"""Tables as text: comma-separated values, and JSON lines."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from insole.export.table import Table

ROWS = 10_000
"""Rows that become text at once: enough to be quick, few enough to take little memory."""


def csv(tables: Sequence[Table]) -> Iterator[bytes]:
    """Yield one table as comma-separated values in UTF-8, columns named in the first line.

    Numbers have as many digits as they need to be read back exactly; a missing one is empty.

    Parameters
    ----------
    tables : sequence of Table
        The one.
    """
    (table,) = tables
    for start in _starts(table):
        rows = table.frame.iloc[start : start + ROWS]
        yield rows.to_csv(index=False, header=start == 0, lineterminator="\n").encode()


def json_lines(tables: Sequence[Table]) -> Iterator[bytes]:
    """Yield one table as JSON lines in UTF-8, an object a row; a missing number is null.

    Parameters
    ----------
    tables : sequence of Table
        The one.
    """
    (table,) = tables
    names = [str(name) for name in table.frame.columns]
    for start in _starts(table):
        rows = table.frame.iloc[start : start + ROWS]
        columns = [[_plain(value) for value in rows[name].tolist()] for name in names]
        lines = (
            json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False, allow_nan=False)
            for row in zip(*columns, strict=True)
        )
        yield "".join(f"{line}\n" for line in lines).encode()


def _starts(table: Table) -> range:
    """Return where each piece begins; a table without rows has one piece, its header."""
    return range(0, max(len(table.frame), 1), ROWS)


def _plain(value: Any) -> Any:
    if value is pd.NA or (isinstance(value, float) and not math.isfinite(value)):
        return None
    return value
