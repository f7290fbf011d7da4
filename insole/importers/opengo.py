"""Moticon OpenGo: the text export of the maker's software.

Comment lines (``# Start time: …``), then a row of column names that also begins with ``# ``, then
rows between tabs. Which columns there are depends on what was chosen on export, so they are found
by name; the unit stands in the name. A side has empty cells while it sends nothing: NaN.

Read are the 16 pressures (N/cm²), the total force, acceleration and angular rate. The maker does
not publish where each cell lies, so the cells have no region. The centre of pressure is left out:
it is a fraction of the insole's length and width, and neither the sizes in mm nor which axis is
which are documented. Steps and events become facts, one for each column (``event_left_events``);
their labels and the velocity of the centre of pressure are named under ``not_read``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from insole.errors import FormatError
from insole.importers.assemble import CUT_NOTE, assemble, sample_table
from insole.importers.clock import checked_rate_hz, is_moment
from insole.importers.text import first_lines, plain, read_rows, split_cells, unify

if TYPE_CHECKING:
    from collections.abc import Mapping

    from insole.importers.base import Imported
    from insole.importers.text import Rows

_HEADER_LINES = 40
"""Our choice: exports have 9 or 10."""
_NAME = re.compile(
    r"(?P<side>left|right) (?:"
    r"pressure (?P<cell>[0-9]{1,2})\[N/cm²\]"
    r"|acceleration (?P<acc>[XYZ])\[g\]"
    r"|angular (?P<gyro>[XYZ])\[dps\]"
    r"|total force\[N\])"
)
_EVENT = re.compile(r"(?P<group>[^\[\]]+)\[\]")
_START = re.compile(r"(\d\d)\.(\d\d)\.(\d{4}) (\d\d:\d\d:\d\d(?:\.\d{1,6})?)", re.ASCII)
_STAMP_MS = re.compile(r"\d{1,14}", re.ASCII)
_INSOLES = re.compile(r"(Left|Right) (\w+)")


@dataclass(frozen=True, slots=True)
class _Header:
    lines: int
    columns: Mapping[tuple[str, str], int]
    """(side, column of the SampleTable) → column of the file, from 0."""
    events: Mapping[str, int]
    facts: Mapping[str, str]


class OpenGo:
    """Importer of OpenGo text exports; see the module for the format."""

    name = "opengo"

    def sniff(self, head: bytes) -> bool:
        """Return True if a commented row of column names stands in `head`.

        Parameters
        ----------
        head : bytes
            Begin of the file.
        """
        return _names_line(first_lines(plain(head), _HEADER_LINES)) >= 0

    def decode(self, payload: bytes, options: Mapping[str, str]) -> Imported:  # noqa: ARG002 - the protocol's argument; this format has no option
        """Return the tables of an OpenGo text export.

        Parameters
        ----------
        payload : bytes
            The whole file.
        options : mapping of str to str
            Not used.

        Returns
        -------
        Imported
            Force in N, pressure in N/cm², acceleration in g, angular rate in dps.

        Raises
        ------
        FormatError
            If the file is not a whole OpenGo export.
        """
        text = unify(payload, self.name)
        header = _read_header(first_lines(text, _HEADER_LINES))
        rows = read_rows(
            text,
            self.name,
            skip_lines=header.lines,
            delimiter="\t",
            columns=[0, *header.columns.values()],
        )
        facts = {**header.facts, **_events(text, header)}
        return _imported(header, rows, facts)


def _names_line(lines: list[str]) -> int:
    """Return the index of the row of names, -1 if there is none."""
    for index, line in enumerate(lines):
        names = split_cells(line.removeprefix("#"), "\t")
        if line.startswith("#") and names[0] == "time" and any(map(_NAME.fullmatch, names)):
            return index
    return -1


def _read_header(lines: list[str]) -> _Header:
    names_line = _names_line(lines)
    if names_line < 0:
        problem = "has no row '# time  left pressure 1[N/cm²] …'; is it an OpenGo text export?"
        raise FormatError(OpenGo.name, 0, problem)
    columns: dict[tuple[str, str], int] = {}
    events: dict[str, int] = {}
    left_aside = []
    for place, name in enumerate(split_cells(lines[names_line], "\t")):
        if match := _NAME.fullmatch(name):
            key = match["side"], _column(match)
            if key in columns:
                raise FormatError(
                    OpenGo.name, names_line + 1, f"names {name} twice; export it again"
                )
            columns[key] = place
        elif (match := _EVENT.fullmatch(name)) and not match["group"].endswith(" label"):
            events["event_" + match["group"].strip().lower().replace(" ", "_")] = place
        elif place and name:
            left_aside.append(name)
    facts = _facts(lines[:names_line]) | ({"not_read": ", ".join(left_aside)} if left_aside else {})
    return _Header(names_line + 1, columns, events, facts)


def _column(match: re.Match[str]) -> str:
    if match["cell"]:
        return f"cell_{int(match['cell']):02d}_ncm2"
    if match["acc"]:
        return f"acc_{match['acc'].lower()}_g"
    if match["gyro"]:
        return f"gyro_{match['gyro'].lower()}_dps"
    return "total_n"


def _facts(lines: list[str]) -> dict[str, str]:
    pairs = (line.removeprefix("#").partition(":") for line in lines)
    written = {key.strip().lower(): value.strip() for key, _, value in pairs}
    facts = {
        ("comment" if key == "notes" else key.replace(" ", "_")): value
        for key, value in written.items()
        if key and value
    }
    for side, serial in _INSOLES.findall(facts.pop("sensor_insoles", "")):
        facts[f"serial_{side.lower()}"] = serial
    return facts | _started_at(written)


def _started_at(written: Mapping[str, str]) -> dict[str, str]:
    moments = {}
    if start := _START.fullmatch(written.get("start time", "")):
        day, month, year, time = start.groups()
        moments["started_at_local"] = f"{year}-{month}-{day}T{time}"
    if _STAMP_MS.fullmatch(stamp_ms := written.get("start timestamp", "")):
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(stamp_ms))
        moments["started_at_utc"] = moment.isoformat(timespec="milliseconds")
    return {key: moment for key, moment in moments.items() if is_moment(moment)}


def _events(text: bytes, header: _Header) -> dict[str, str]:
    """Return the events and steps of each of their columns as "CODE at TIME s, …"."""
    facts = {}
    for key, place in header.events.items():
        try:
            rows = read_rows(
                text, OpenGo.name, skip_lines=header.lines, delimiter="\t", columns=[0, place]
            )
        except FormatError as error:  # an event that cannot be read spoils no force
            facts[key] = f"not read: {error}"
            continue
        seen = rows.values[~np.isnan(rows.values[:, 1])]
        facts[key] = ", ".join(f"{code:g} at {time_s:g} s" for time_s, code in seen) or "none"
    return facts


def _imported(header: _Header, rows: Rows, facts: dict[str, str]) -> Imported:
    time_s, sensors = rows.values[:, 0], rows.values[:, 1:]
    rate_hz = checked_rate_hz(OpenGo.name, time_s, rows.lines)
    by_side: dict[str, dict[str, np.ndarray[tuple[int], np.dtype[np.float64]]]] = {}
    for (side, column), values in zip(header.columns, sensors.T, strict=True):
        by_side.setdefault(side, {})[column] = values
    samples = {side: sample_table(time_s, columns) for side, columns in sorted(by_side.items())}
    cells = {
        side: {column: "" for column in columns if column.startswith("cell_")}
        for side, columns in by_side.items()
    }
    facts |= {"last_row": CUT_NOTE} if rows.cut else {}
    return assemble(OpenGo.name, samples, cells, facts, rate_hz)
