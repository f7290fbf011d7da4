"""Any table of numbers with delimiters, read by a column map (see `column_map`).

Quotation marks around cells are dropped. Never found by content: a table of numbers says nothing
about itself, so the map has to be given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from insole.errors import FormatError
from insole.importers.assemble import CUT_NOTE, assemble, sample_table
from insole.importers.clock import checked_rate_hz
from insole.importers.column_map import ColumnMap, SensorColumn, load_map
from insole.importers.text import first_lines, read_rows, split_cells, unify

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from insole.importers.base import Imported
    from insole.importers.text import Rows

__all__ = ["ColumnMap", "Columns", "SensorColumn", "decode_columns", "load_map"]

_ROLES = {"left": "left", "right": "right", "both": "plate"}


class Columns:
    """Importer of tables that a column map describes."""

    name = "columns"

    def sniff(self, head: bytes) -> bool:  # noqa: ARG002 - the protocol's argument; content never decides here
        """Return False, since only a map tells what the columns are.

        Parameters
        ----------
        head : bytes
            Begin of the file.
        """
        return False

    def decode(self, payload: bytes, options: Mapping[str, str]) -> Imported:
        """Return the tables of a file by the map in ``options["columns"]``.

        Parameters
        ----------
        payload : bytes
            The whole file.
        options : mapping of str to str
            ``columns``: TOML text of the map; ``columns_path``: its name for errors.

        Raises
        ------
        FormatError
            If the file does not fit the map, or no map is given.
        SpecError
            If the map is wrong.
        """
        if "columns" not in options:
            problem = "a table of numbers needs a column map; give --columns MAP.toml"
            raise FormatError(self.name, 0, problem)
        path = options.get("columns_path", "column map")
        return decode_columns(payload, load_map(options["columns"], path))


def decode_columns(payload: bytes, column_map: ColumnMap) -> Imported:
    """Return the tables of a file by a column map that is loaded already.

    Parameters
    ----------
    payload : bytes
        The whole file.
    column_map : ColumnMap
        What its columns are.

    Returns
    -------
    Imported
        Force in N or adc, centre of pressure in mm, acceleration in g, angular rate in dps; the
        role of side ``both`` is ``plate``.

    Raises
    ------
    FormatError
        If the file does not fit the map.
    """
    text = unify(payload, Columns.name).replace(b'"', b"")
    names = _names(text, column_map)
    wanted = [_place(column.column, names) for column in column_map.columns]
    time = column_map.time
    rows = read_rows(
        text,
        Columns.name,
        skip_lines=column_map.skip_rows + int(column_map.header),
        delimiter=column_map.delimiter,
        columns=[*wanted, _place(time.column, names)] if time else wanted,
    )
    time_s, rate_hz = _clock(rows, column_map)
    facts = {"last_row": CUT_NOTE} if rows.cut else {}
    samples = {}
    for side in column_map.sides:
        columns, total_fact = _with_total(_side_columns(rows, column_map, side), column_map, side)
        samples[_ROLES[side]] = sample_table(time_s, columns)
        facts |= {f"total_{_ROLES[side]}": total_fact} if total_fact else {}
    return assemble(Columns.name, samples, _regions(column_map), facts, rate_hz)


def _names(text: bytes, column_map: ColumnMap) -> list[str]:
    """Return the names of the columns, none if the file has no row of names."""
    if not column_map.header:
        return []
    lines = first_lines(text, column_map.skip_rows + 1)
    if len(lines) <= column_map.skip_rows:
        problem = f"ends before line {column_map.skip_rows + 1}, where the names should stand"
        raise FormatError(Columns.name, 0, f"{problem}; check skip_rows of the map")
    return split_cells(lines[column_map.skip_rows], column_map.delimiter)


def _place(column: str | int, names: list[str]) -> int:
    if isinstance(column, int):
        return column - 1
    if (count := names.count(column)) == 1:
        return names.index(column)
    if count:
        problem = f"has {count} columns called '{column}'; give the column's number in the map"
    else:
        listed = ", ".join(names[:12])[:200]
        problem = f"has no column '{column}'; its first columns are {listed}"
    raise FormatError(Columns.name, 0, problem)


def _clock(rows: Rows, column_map: ColumnMap) -> tuple[NDArray[np.float64], float]:
    if column_map.rate_hz is not None:
        return np.arange(len(rows.lines)) / column_map.rate_hz, column_map.rate_hz
    to_s = column_map.time.to_s if column_map.time else 1.0
    time_s = rows.values[:, -1] * to_s
    return time_s, checked_rate_hz(Columns.name, time_s, rows.lines)


def _side_columns(rows: Rows, column_map: ColumnMap, side: str) -> dict[str, NDArray[np.float64]]:
    """Return the sensor columns of a side in their canonical units, NaN in lost rows."""
    lost = np.zeros(len(rows.lines), dtype=np.bool_)
    columns = {}
    for column, values in zip(column_map.columns, rows.values.T, strict=False):
        if column.side != side:
            continue
        if column.quantity == "lost":
            lost |= values != 0.0  # NaN too: a row that does not say it is whole is not
            continue
        if column.quantity == "force" and column_map.lost_value is not None:
            lost |= values == column_map.lost_value
        columns[column.name] = values * column.factor
    return {name: np.where(lost, np.nan, values) for name, values in columns.items()}


def _with_total(
    columns: dict[str, NDArray[np.float64]], column_map: ColumnMap, side: str
) -> tuple[dict[str, NDArray[np.float64]], str]:
    """Return the columns with a total, and how it was made if it was not in the file."""
    forces = [c.name for c in column_map.columns if c.side == side and c.quantity == "force"]
    total = "total_" + forces[0].rpartition("_")[2]
    if total in columns:
        return columns, ""
    sum_of_regions = np.sum([columns[name] for name in forces], axis=0)
    return {**columns, total: sum_of_regions}, "sum of " + ", ".join(forces)


def _regions(column_map: ColumnMap) -> dict[str, dict[str, str]]:
    return {
        _ROLES[side]: {c.name: c.region for c in column_map.columns if c.side == side and c.region}
        for side in column_map.sides
    }
