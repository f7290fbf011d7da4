"""The column map: a TOML text that says what each column of a table of numbers is.

::

    delimiter = ","        # "," ";" "tab" or "whitespace" (any run of spaces and tabs)
    skip_rows = 0          # lines before the row of names, or before the numbers
    header = true          # is there a row of names?
    lost_value = -1        # optional: a force of exactly this masks that side's row
    time = { column = "t_s", unit = "s" }      # or instead: rate_hz = 200

    [[column]]
    column = "left_heel_N" # its name, or its number from 1
    side = "left"          # left, right, or both (one number for both feet)
    quantity = "force"     # force, cop_ap, cop_ml, acc, gyro, lost
    region = "heel"        # of a force; without it the force is the total of its side
    unit = "N"
    axis = "x"             # of acc and gyro: x, y or z

Nothing is guessed: a unit that is not stated is an error. A ``lost`` column has no unit; where it
is not 0, that side's row is missing. A side without a total gets the sum of its regions.
"""

from __future__ import annotations

import math
import tomllib
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NoReturn

from insole import tables
from insole.errors import SpecError
from insole.importers.text import MAX_CELLS, WHITESPACE
from insole.units import SUFFIX, TO_CANONICAL

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

DELIMITERS = {",": ",", ";": ";", "tab": "\t", "\t": "\t", "whitespace": WHITESPACE}
SIDES = ("left", "right", "both")
AXES = ("x", "y", "z")
UNITS_OF = {
    # quantity: canonical units that it may have
    "force": ("N", "adc"),
    "cop_ap": ("mm",),
    "cop_ml": ("mm",),
    "acc": ("g",),
    "gyro": ("dps",),
    "lost": (),
}
_TOP_KEYS = ("delimiter", "skip_rows", "header", "lost_value", "time", "rate_hz", "column")
_COLUMN_KEYS = ("column", "side", "quantity", "region", "unit", "axis")
_TIME_KEYS = ("column", "unit")
_MAX_RATE_HZ = 1e6
_MAX_SKIP_ROWS = 10_000


@dataclass(frozen=True, slots=True)
class TimeColumn:
    """Which column holds the time, and the factor from its unit to s."""

    column: str | int
    to_s: float


@dataclass(frozen=True, slots=True)
class SensorColumn:
    """What one column of the file is.

    ``column`` is its name, or its number from 1; ``factor`` leads to the unit that ``name``, the
    column of the SampleTable, ends in; ``name`` is "" for a mark of lost rows.
    """

    column: str | int
    side: str
    quantity: str
    region: str
    factor: float
    name: str


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """A column map that can be used; either `time` or `rate_hz` is there."""

    path: str
    delimiter: str
    skip_rows: int
    header: bool
    time: TimeColumn | None
    rate_hz: float | None
    lost_value: float | None
    columns: tuple[SensorColumn, ...]

    @property
    def sides(self) -> tuple[str, ...]:
        """The sides that have a column, in the order of `SIDES`."""
        return tuple(side for side in SIDES if any(c.side == side for c in self.columns))


def load_map(text: str, path: str = "column map") -> ColumnMap:
    """Return the column map that a TOML text states.

    Parameters
    ----------
    text : str
        TOML as described in the module.
    path : str
        Name of the file, for errors.

    Raises
    ------
    SpecError
        If the text is no TOML or no column map; names the key and the accepted values.
    """
    return _Reader(path).read(text)


@dataclass(frozen=True, slots=True)
class _Reader:
    path: str

    def read(self, text: str) -> ColumnMap:
        top = self.parse(text)
        self.check_keys("", top, _TOP_KEYS)
        header = self.boolean("header", top.get("header", True))
        columns = self.columns(top.get("column"), header=header)
        self.check_sides(columns)
        if ("time" in top) == ("rate_hz" in top):
            self.fail("time", "give either time = {column, unit} or rate_hz, and only one of them")
        return ColumnMap(
            path=self.path,
            delimiter=DELIMITERS[self.choice("delimiter", top.get("delimiter", ","), DELIMITERS)],
            skip_rows=self.integer("skip_rows", top.get("skip_rows", 0), 0, _MAX_SKIP_ROWS),
            header=header,
            time=self.time(top["time"], header=header) if "time" in top else None,
            rate_hz=self.rate_hz(top["rate_hz"]) if "rate_hz" in top else None,
            lost_value=self.number("lost_value", top["lost_value"])
            if "lost_value" in top
            else None,
            columns=columns,
        )

    def parse(self, text: str) -> dict[str, Any]:
        try:
            return tomllib.loads(text)
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            raise SpecError(self.path, "", f"is no valid TOML: {error}") from error

    def time(self, table: Any, *, header: bool) -> TimeColumn:
        self.check_keys("time", table, _TIME_KEYS)
        units = [unit for unit, (canonical, _) in TO_CANONICAL.items() if canonical == "s"]
        unit = self.choice("time.unit", table.get("unit"), units)
        column = self.place("time.column", table.get("column"), header=header)
        return TimeColumn(column, TO_CANONICAL[unit][1])

    def rate_hz(self, value: Any) -> float:
        rate_hz = self.number("rate_hz", value)
        if not 0.0 < rate_hz <= _MAX_RATE_HZ:
            self.fail("rate_hz", f"must be above 0 and at most {_MAX_RATE_HZ:g}")
        return rate_hz

    def columns(self, entries: Any, *, header: bool) -> tuple[SensorColumn, ...]:
        if not isinstance(entries, list) or not entries:
            self.fail("column", "needs at least one table [[column]]")
        columns = [
            self.column(f"column[{index}]", entry, header=header)
            for index, entry in enumerate(entries, start=1)
        ]
        return tuple(_with_cells(columns))

    def column(self, key: str, entry: Any, *, header: bool) -> SensorColumn:
        self.check_keys(key, entry, _COLUMN_KEYS)
        place = self.place(f"{key}.column", entry.get("column"), header=header)
        side = self.choice(f"{key}.side", entry.get("side"), SIDES)
        quantity = self.choice(f"{key}.quantity", entry.get("quantity"), UNITS_OF)
        region = self.region(key, entry, quantity)
        axis = self.axis(key, entry, quantity)
        if quantity == "lost":
            if entry.get("unit", "1") != "1":
                self.fail(f"{key}.unit", "a lost column has no unit; leave it out")
            return SensorColumn(place, side, quantity, "", 1.0, "")
        accepted = [u for u, (to, _) in TO_CANONICAL.items() if to in UNITS_OF[quantity]]
        canonical, factor = TO_CANONICAL[self.choice(f"{key}.unit", entry.get("unit"), accepted)]
        name = _table_column(quantity, region, axis, canonical)
        return SensorColumn(place, side, quantity, region, factor, name)

    def region(self, key: str, entry: Mapping[str, Any], quantity: str) -> str:
        if "region" not in entry:
            return ""
        if quantity != "force":
            self.fail(f"{key}.region", "only a force has a region; leave it out")
        return self.choice(f"{key}.region", entry["region"], tables.REGIONS)

    def axis(self, key: str, entry: Mapping[str, Any], quantity: str) -> str:
        if quantity in ("acc", "gyro"):
            return self.choice(f"{key}.axis", entry.get("axis"), AXES)
        if "axis" in entry:
            self.fail(f"{key}.axis", "only acc and gyro have an axis; leave it out")
        return ""

    def check_sides(self, columns: tuple[SensorColumn, ...]) -> None:
        sides = {column.side for column in columns}
        if "both" in sides and len(sides) > 1:
            self.fail("column", "side both cannot stand beside left or right")
        for side in sorted(sides):
            names = [column.name for column in columns if column.side == side]
            if repeated := [name for name, count in Counter(names).items() if count > 1]:
                what = repeated[0] or "lost"
                self.fail("column", f"two columns of side {side} would both be {what}")
            if not any(c.quantity == "force" for c in columns if c.side == side):
                self.fail("column", f"side {side} has no force; map its total or its regions")
        if len({c.name.rpartition("_")[2] for c in columns if c.quantity == "force"}) > 1:
            self.fail("column", "forces must be all in N (or kN, kgf) or all in adc")

    def place(self, key: str, value: Any, *, header: bool) -> str | int:
        if isinstance(value, str):
            if not header:
                self.fail(key, f"'{value}' is a name, but header = false; give a number from 1")
            return value.strip()
        return self.integer(key, value, 1, MAX_CELLS)

    def choice(self, key: str, value: Any, accepted: Iterable[str]) -> str:
        if not isinstance(value, str) or value not in set(accepted):
            given = "is missing" if value is None else f"is {value!r}"
            self.fail(key, f"{given}; accepted are {', '.join(map(repr, accepted))}")
        return str(value)

    def boolean(self, key: str, value: Any) -> bool:
        if not isinstance(value, bool):
            self.fail(key, f"is {value!r}; accepted are true and false")
        return bool(value)

    def integer(self, key: str, value: Any, low: int, high: int) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            given = "is missing" if value is None else f"is {value!r}"
            self.fail(key, f"{given}; accepted is a whole number from {low} to {high}")
        return int(value)

    def number(self, key: str, value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.fail(key, f"is {value!r}; accepted is a number")
        if not math.isfinite(value):
            self.fail(key, f"is {value}; accepted is a finite number")
        return float(value)

    def check_keys(self, key: str, table: Any, accepted: tuple[str, ...]) -> None:
        if not isinstance(table, dict):
            self.fail(key, f"must be a table with {', '.join(accepted)}")
        if unknown := sorted(set(table) - set(accepted)):
            place = f"{key}.{unknown[0]}" if key else unknown[0]
            self.fail(place, f"is no key of a column map; accepted are {', '.join(accepted)}")

    def fail(self, key: str, problem: str) -> NoReturn:
        raise SpecError(self.path, key, problem)


def _table_column(quantity: str, region: str, axis: str, canonical: str) -> str:
    suffix = SUFFIX[canonical]
    if quantity == "force":
        return f"{region or 'total'}_{suffix}"
    return f"{quantity}_{axis}_{suffix}" if axis else f"{quantity}_{suffix}"


def _with_cells(columns: list[SensorColumn]) -> list[SensorColumn]:
    """Return the columns with ``cell_01_…`` for regions that several columns of a side share."""
    shared = Counter((column.side, column.region) for column in columns if column.region)
    cells: Counter[str] = Counter()
    named = []
    for column in columns:
        if shared[column.side, column.region] < 2:
            named.append(column)
            continue
        cells[column.side] += 1
        suffix = column.name.rpartition("_")[2]
        named.append(replace(column, name=f"cell_{cells[column.side]:02d}_{suffix}"))
    return named
