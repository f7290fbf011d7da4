"""A TOML table read key by key; every complaint names file, key and what is accepted."""

from __future__ import annotations

import math
import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, TypeVar, cast

from insole.errors import SpecError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_SHOWN = 60
_LARGEST = 1e18
Value = TypeVar("Value")
Word = TypeVar("Word", bound=str)


def suggestion(word: str, accepted: Iterable[str]) -> str:
    """Return the words accepted, led by the closest one if one is close."""
    words = tuple(accepted)
    close = get_close_matches(word, words, n=1)
    hint = f"did you mean {close[0]}? " if close else ""
    return f"{hint}accepted: {', '.join(words) or 'none'}"


def shown(value: Any) -> str:
    """Return a value as it stands in the file, cut short."""
    try:
        written = repr(value)
    except ValueError:  # Python writes no number of more than 4300 digits
        return "a number of thousands of digits"
    return written if len(written) <= _SHOWN else f"{written[:_SHOWN]}…"


def _is_numbers(value: Any, depth: int = 2) -> bool:
    if isinstance(value, list) and depth:
        lengths = {len(row) if isinstance(row, list) else -1 for row in value}
        return len(lengths) == 1 and all(_is_numbers(row, depth - 1) for row in value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) <= _LARGEST or (isinstance(value, float) and math.isnan(value))


class Table:
    """One TOML table, with its place in the file.

    Parameters
    ----------
    values : mapping
        The table as tomllib read it.
    path, key : str
        The file, and where the table stands in it.
    accepted : iterable of str
        The keys it may have; any other is an error.
    """

    def __init__(
        self, values: Mapping[str, Any], path: str, key: str, accepted: Iterable[str]
    ) -> None:
        self.path, self.key, self._values = path, key, values
        accepted = tuple(accepted)
        for name in values:
            if name not in accepted:
                raise self.error(name, f"is no key here; {suggestion(name, accepted)}")

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def error(self, name: str, problem: str) -> SpecError:
        """Return the error for one key of this table."""
        return SpecError(self.path, f"{self.key}.{name}".strip("."), problem)

    def text(self, name: str, default: str | None = None) -> str:
        """Return a text."""
        return self._typed(name, str, "a text in quotes", default)

    def identifier(self, name: str) -> str:
        """Return a name that can be a column, a file and a key."""
        value = self.text(name)
        self._require_identifier(name, value)
        return value

    def word(self, name: str, accepted: Iterable[Word], default: Word | None = None) -> Word:
        """Return one word of a closed list."""
        value = self.text(name, default)
        if name in self and value not in tuple(accepted):
            raise self.error(name, f"is {shown(value)}; {suggestion(value, accepted)}")
        return cast("Word", value)

    def flag(self, name: str, *, default: bool) -> bool:
        """Return true or false."""
        return self._typed(name, bool, "true or false", default)

    def integer(self, name: str, low: int, high: int, default: int | None = None) -> int:
        """Return a whole number between two others, both included."""
        kind = f"a whole number from {low} to {high}" if low < high else str(low)
        value = self._typed(name, int, kind, default)
        if name in self and not low <= value <= high:
            raise self.error(name, f"must be {kind}, not {shown(value)}")
        return value

    def number(self, name: str, low: float, high: float, default: float | None = None) -> float:
        """Return a finite number between two others, both included."""
        kind = f"a number from {low:g} to {high:g}"
        value = self._values.get(name, default)
        if value is None:
            raise self._missing(name, kind)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.error(name, f"must be {kind}, not {shown(value)}")
        if name in self and not low <= value <= high:  # NaN is in no range
            raise self.error(name, f"must be {kind}, not {shown(value)}")
        return float(value)

    def get(self, name: str) -> Any:
        """Return a value of any kind, None if it is absent."""
        return self._values.get(name)

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts."""
        kind = "a list of texts in quotes"
        values = self._typed(name, list, kind, [])
        if not all(isinstance(value, str) for value in values):
            raise self.error(name, f"must be {kind}, not {shown(values)}")
        return tuple(values)

    def words(self, name: str, accepted: Iterable[str]) -> tuple[str, ...]:
        """Return a list of words of a closed list."""
        accepted = tuple(accepted)
        words = self.texts(name)
        for word in words:
            if word not in accepted:
                raise self.error(name, f"has {shown(word)}; {suggestion(word, accepted)}")
        return words

    def integers(self, name: str, low: int, high: int) -> tuple[int, ...]:
        """Return a list of whole numbers between two others, both included."""
        kind = f"a list of whole numbers from {low} to {high}"
        values = self._typed(name, list, kind, [])
        if not all(type(value) is int and low <= value <= high for value in values):
            raise self.error(name, f"must be {kind}, not {shown(values)}")
        return tuple(values)

    def expected(self, name: str) -> Any:
        """Return a text, a number, a list of these, or a list of equally long lists of these."""
        value = self._values[name]
        if not isinstance(value, str) and not _is_numbers(value):
            kind = "a text, a number, a list of these, or a list of equally long lists of these"
            raise self.error(name, f"must be {kind}, not {shown(value)}")
        return value

    def octets(self, name: str) -> bytes:
        """Return bytes written in hex, spaces allowed."""
        written = self.text(name)
        try:
            return bytes.fromhex(written)
        except ValueError:
            problem = f"must be bytes in hex, two digits each, not {shown(written)}"
            raise self.error(name, problem) from None

    def keys(self, name: str) -> tuple[str, ...]:
        """Return the keys that a table in this one happens to have."""
        return tuple(self._typed(name, dict, "a table", None))

    def table(self, name: str, accepted: Iterable[str]) -> Table:
        """Return a table in this one."""
        values = self._typed(name, dict, "a table", None)
        return Table(values, self.path, f"{self.key}.{name}".lstrip("."), accepted)

    def tables(self, name: str, accepted: Iterable[str]) -> Iterator[Table]:
        """Yield the tables of a list of tables; none if it is absent."""
        for index, values in enumerate(self._typed(name, list, "a list of tables", [])):
            place = f"{name}[{index}]"
            if not isinstance(values, dict):
                raise self.error(place, f"must be a table, not {shown(values)}")
            yield Table(values, self.path, f"{self.key}.{place}".lstrip("."), accepted)

    def named(self, name: str, accepted: Iterable[str]) -> Iterator[tuple[str, Table]]:
        """Yield name and table of a table of tables; none if it is absent."""
        values = self._typed(name, dict, "a table of tables", {})
        outer = Table(values, self.path, f"{self.key}.{name}".lstrip("."), values)
        for inner in values:
            outer._require_identifier(inner, inner)
            yield inner, outer.table(inner, accepted)

    def _typed(
        self, name: str, kind: type[Value], description: str, default: Value | None
    ) -> Value:
        value = self._values.get(name, default)
        if value is None:
            raise self._missing(name, description)
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise self.error(name, f"must be {description}, not {shown(value)}")
        return value

    def _require_identifier(self, name: str, value: str) -> None:
        if not re.fullmatch(r"[a-z][a-z0-9_]*", value):
            problem = "must be small letters, digits and _, a letter first"
            raise self.error(name, f"is {shown(value)}; a name {problem}")

    def _missing(self, name: str, description: str) -> SpecError:
        return self.error(name, f"is missing; give {description}")
