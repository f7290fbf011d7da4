"""novel loadsol: the ASCII export of the maker's app, also as a copy with commas.

Four header lines: name of the recording (its date and time), comment, name of each column, unit of
each column. A column is ``SERIAL-L::heel`` (zone), ``SERIAL-L`` (total) or ``SERIAL-L::xAcc``; the
order of the zones differs between the feet, so only names count. A lost packet stands as -1 in the
zones, 0 in the total and ``-`` in the inertial columns: such rows are NaN throughout, while a total
of 0 beside zones of 0 is a foot in the air. Printed time stamps repeat and jump, so a row's time is
its number times the period. The zones become ``heel``, ``forefoot_medial``, ``forefoot_lateral``.

An older export has three header lines, columns ``Time_L Force_L Time_R Force_R`` between spaces,
100 Hz and totals only. How it marks a lost packet is not known, so nothing is masked there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from insole.errors import FormatError
from insole.importers.assemble import CUT_NOTE, assemble, sample_table
from insole.importers.clock import estimate_rate_hz, is_moment
from insole.importers.text import (
    WHITESPACE,
    first_lines,
    plain,
    read_rows,
    split_cells,
    unify,
)
from insole.units import TO_CANONICAL

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from insole.importers.base import Imported
    from insole.importers.text import Rows

_SIDES = {"L": "left", "R": "right"}
_REGIONS = {
    "heel_n": "heel",
    "forefoot_medial_n": "forefoot_medial",
    "forefoot_lateral_n": "forefoot_lateral",
}
_COLUMNS = {
    # word after the serial: (column of the SampleTable, unit that the file must state)
    "": ("total_n", "N"),
    "heel": ("heel_n", "N"),
    "medial": ("forefoot_medial_n", "N"),
    "lateral": ("forefoot_lateral_n", "N"),
    "xAcc": ("acc_x_g", "g"),
    "yAcc": ("acc_y_g", "g"),
    "zAcc": ("acc_z_g", "g"),
    "xGyro": ("gyro_x_dps", "rad/s"),
    "yGyro": ("gyro_y_dps", "rad/s"),
    "zGyro": ("gyro_z_dps", "rad/s"),
}
_LOST_ZONE_N = -1.0
_NOMINAL_HZ = (100.0, 200.0)
_RATE_TOLERANCE = 0.02
_CLOCK_TOLERANCE_S = 0.1
_LONGEST_HOLE_S = 3600.0
"""Our choice: far above the rounding of the stamps (0.005 s), far below an interrupted export."""
_OLD_COLUMNS = ("Time_L", "Force_L", "Time_R", "Force_R")
_OLD_HEADER_LINES = 3
_HEADER_LINES = 10
"""Our choice: a comment of several lines may stand before the names."""
_STAMP = re.compile(r"(\d{4})_(\d\d)_(\d\d)_(\d\d)_(\d\d)_(\d\d)_(\d{3})", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Header:
    delimiter: str
    lines: int
    time: int
    columns: Mapping[tuple[str, str], int]
    """(side, column of the SampleTable) → column of the file, from 0."""
    facts: Mapping[str, str]


class Loadsol:
    """Importer of loadsol ASCII files; see the module for the format."""

    name = "loadsol"

    def sniff(self, head: bytes) -> bool:
        """Return True if the header names loadsol columns.

        Parameters
        ----------
        head : bytes
            Begin of the file.
        """
        lines = first_lines(plain(head), _HEADER_LINES)
        return _is_old(lines) or _units_line(lines) > 0

    def decode(self, payload: bytes, options: Mapping[str, str]) -> Imported:  # noqa: ARG002 - the protocol's argument; this format has no option
        """Return the tables of a loadsol file.

        Parameters
        ----------
        payload : bytes
            The whole file.
        options : mapping of str to str
            Not used.

        Returns
        -------
        Imported
            Force in N, acceleration in g, angular rate in dps.

        Raises
        ------
        FormatError
            If the file is not a whole loadsol export.
        """
        text = unify(payload, self.name)
        header = _read_header(first_lines(text, _HEADER_LINES))
        rows = read_rows(
            text,
            self.name,
            skip_lines=header.lines,
            delimiter=header.delimiter,
            columns=[header.time, *header.columns.values()],
        )
        return _imported(header, rows)


def _is_old(lines: list[str]) -> bool:
    return any(set(_OLD_COLUMNS) <= set(line.split()) for line in lines[:_OLD_HEADER_LINES])


def _units_line(lines: list[str]) -> int:
    """Return the index of the line of units, 0 if there is none below a line of names."""
    for index, line in enumerate(lines):
        if line.startswith("Time[secs]") and index and "::" in lines[index - 1]:
            return index
    return 0


def _read_header(lines: list[str]) -> _Header:
    if _is_old(lines):
        return _read_old_header(lines)
    units_line = _units_line(lines)
    if not units_line:
        problem = "no line of column names above a line 'Time[secs] Force[N] …' at its beginning"
        raise FormatError(Loadsol.name, 0, f"has {problem}; is it a loadsol export?")
    delimiter = "\t" if "\t" in lines[units_line - 1] else ","
    names = split_cells(lines[units_line - 1], delimiter)
    units = split_cells(lines[units_line], delimiter)
    columns, serials, left_aside = _find_columns(names, units, units_line)
    facts = _facts(lines[: units_line - 1]) | serials
    if left_aside:
        facts["not_read"] = ", ".join(left_aside)
    return _Header(delimiter, units_line + 1, 0, columns, facts)


def _read_old_header(lines: list[str]) -> _Header:
    header = lines[:_OLD_HEADER_LINES]
    names_line = next(line for line in header if set(_OLD_COLUMNS) <= set(line.split()))
    names = names_line.split()
    columns = {(side, "total_n"): names.index(f"Force_{letter}") for letter, side in _SIDES.items()}
    facts = _facts([line for line in header if line is not names_line])
    return _Header(WHITESPACE, _OLD_HEADER_LINES, names.index("Time_L"), columns, facts)


def _find_columns(
    names: list[str], units: list[str], units_line: int
) -> tuple[dict[tuple[str, str], int], dict[str, str], list[str]]:
    """Return places by side and column, the serials, and the names that mean nothing here."""
    columns: dict[tuple[str, str], int] = {}
    serials: dict[str, str] = {}
    left_aside = []
    for place, name in enumerate(names):
        sensor, _, word = name.partition("::")
        serial, _, letter = sensor.rpartition("-")
        if letter not in _SIDES or word not in _COLUMNS:
            left_aside += [name] if name else []
            continue
        side, (column, unit) = _SIDES[letter], _COLUMNS[word]
        if (side, column) in columns:
            raise FormatError(Loadsol.name, units_line, f"names {name[:40]} twice; export it again")
        stated = units[place] if place < len(units) else ""
        if not stated.endswith(f"[{unit}]"):
            problem = f"states '{stated[:20]}' for {name[:40]}, expected [{unit}]; export it so"
            raise FormatError(Loadsol.name, units_line + 1, problem)
        columns[side, column] = place
        serials[f"serial_{side}"] = serial
    return columns, serials, left_aside


def _facts(lines: list[str]) -> dict[str, str]:
    facts = {}
    for line in lines:
        words = line.strip().strip(",").strip()
        if words.endswith(".loadflux"):
            facts["file_name"] = words
        elif words.removeprefix("comment").strip():
            facts["comment"] = words.removeprefix("comment").strip()
    if stamp := _STAMP.search(facts.get("file_name", "")):
        year, month, day, hour, minute, second, millisecond = stamp.groups()
        moment = f"{year}-{month}-{day}T{hour}:{minute}:{second}.{millisecond}"
        facts |= {"started_at_local": moment} if is_moment(moment) else {}
    return facts


def _imported(header: _Header, rows: Rows) -> Imported:
    stamps_s, sensors = rows.values[:, 0], rows.values[:, 1:]
    rate_hz = _nominal_rate_hz(stamps_s)
    missing = _missing_rows(stamps_s, rate_hz, rows.lines)
    time_s = (np.arange(len(stamps_s)) + np.cumsum(missing)) / rate_hz
    facts = {**header.facts, **_clock_facts(stamps_s, time_s, cut=rows.cut)}
    if missing.any():
        facts["missing_rows"] = f"{missing.sum()} rows are not in the file; they count as lost"
    by_side: dict[str, dict[str, NDArray[np.float64]]] = {}
    for (side, column), values in zip(header.columns, sensors.T, strict=True):
        factor = TO_CANONICAL["rad/s"][1] if column.startswith("gyro") else 1.0
        by_side.setdefault(side, {})[column] = values * factor
    samples = {side: sample_table(time_s, _masked(by_side[side])) for side in sorted(by_side)}
    return assemble(Loadsol.name, samples, dict.fromkeys(samples, _REGIONS), facts, rate_hz)


def _masked(columns: dict[str, NDArray[np.float64]]) -> dict[str, NDArray[np.float64]]:
    """Return the columns of a side, in N, g and dps, with NaN throughout each lost row."""
    lost = np.zeros(len(next(iter(columns.values()))), dtype=np.bool_)
    for column, values in columns.items():
        if column in _REGIONS:
            lost |= values == _LOST_ZONE_N
        elif column != "total_n" and not np.isnan(values).all():  # else the IMU was off
            lost |= np.isnan(values)
    return {column: np.where(lost, np.nan, values) for column, values in columns.items()}


def _nominal_rate_hz(stamps_s: NDArray[np.float64]) -> float:
    estimate = estimate_rate_hz(stamps_s)
    if not estimate > 0.0:
        raise FormatError(
            Loadsol.name, 0, "has no two valid time stamps; export the recording again"
        )
    for nominal in _NOMINAL_HZ:
        if abs(estimate / nominal - 1.0) < _RATE_TOLERANCE:
            return nominal
    problem = f"time stamps advance at {estimate:g} Hz, where loadsol exports have 100 or 200 Hz"
    raise FormatError(Loadsol.name, 0, f"{problem}; read it as columns with a column map")


def _missing_rows(
    stamps_s: NDArray[np.float64], rate_hz: float, lines: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return how many rows were taken out of the file before each row, (n,).

    The export repeats a stamp and then jumps by one row, from rounding; what jumps further was cut
    out by somebody, and what runs backwards was put together from two recordings.
    """
    step = np.diff(stamps_s, prepend=stamps_s[:1])
    step[~np.isfinite(step)] = 0.0
    if (step < -_CLOCK_TOLERANCE_S).any():
        line = int(lines[int(np.argmax(step < -_CLOCK_TOLERANCE_S))])
        problem = "the time runs backwards; import each recording by itself"
        raise FormatError(Loadsol.name, line, problem)
    if (step > _LONGEST_HOLE_S).any():
        line = int(lines[int(np.argmax(step > _LONGEST_HOLE_S))])
        raise FormatError(Loadsol.name, line, "the time jumps by hours; export the recording again")
    rows = np.where(step > _CLOCK_TOLERANCE_S, np.rint(step * rate_hz) - 1.0, 0.0)
    return rows.astype(np.int64)


def _clock_facts(
    stamps_s: NDArray[np.float64], time_s: NDArray[np.float64], *, cut: bool
) -> dict[str, str]:
    facts = {"last_row": CUT_NOTE} if cut else {}
    off_s = np.abs(stamps_s - stamps_s[0] - time_s)
    if not np.nanmax(np.append(off_s, 0.0)) <= _CLOCK_TOLERANCE_S:
        facts["clock"] = f"stamps and row numbers differ by up to {np.nanmax(off_s):.3f} s"
    return facts
