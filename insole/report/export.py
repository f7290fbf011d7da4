"""A report as JSON and back, and its rows as tables; strings and frames, never files."""

from __future__ import annotations

import json
import math
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any, TypeVar, get_args

import numpy as np
import pandas as pd

from insole.capabilities import Capabilities, ForceUnit, Sides
from insole.errors import FormatError
from insole.measure.model import (
    ActivityRow,
    EditRow,
    Event,
    HoldRow,
    Quality,
    RaiseRow,
    RockRow,
    SetRow,
    SwayRow,
    ToeYogaRow,
    WeightShiftRow,
)
from insole.measured import Measured
from insole.report.model import SCHEMA, SessionFacts, SessionReport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

Row = TypeVar("Row")

TOP_KEYS = (
    "schema", "session", "capabilities", "body_weight_n", "activities", "sets", "holds", "raises",
    "weight_shift", "toe_yoga", "rocking", "sway", "pain", "calibration", "edits", "programme",
    "quality", "params", "software",
)  # fmt: skip
"""Keys of the report object, in the order in which they are written; there are no others."""


# ---------------------------------------------------------------------------------------- JSON


def to_dict(report: SessionReport) -> dict[str, Any]:
    """Return the report as an object of plain JSON values.

    Keys are `TOP_KEYS`. A parameter that is not finite becomes null, since JSON has no word for it.
    """
    plain = {"schema": SCHEMA, "quality": {**report.quality, "sync": report.sync}}
    return {key: _plain(plain[key] if key in plain else getattr(report, key)) for key in TOP_KEYS}


def to_json(report: SessionReport) -> str:
    """Return the report as one line of JSON, without a line end."""
    return json.dumps(to_dict(report), ensure_ascii=False, allow_nan=False)


def from_dict(tree: Any) -> SessionReport:
    """Return the report that `to_dict` wrote.

    Raises
    ------
    FormatError
        If a key is missing, unknown or of the wrong kind, or the schema is another one.
    """
    schema = _object(tree, "the file").get("schema")
    if schema != SCHEMA:
        raise _error("schema", f"is {schema!r} and this version reads {SCHEMA!r} only")
    _check_keys(tree, TOP_KEYS, "")
    quality = dict(_object(tree["quality"], "quality"))
    if "sync" not in quality:
        raise _error("quality.sync", "is missing")
    sync = quality.pop("sync")
    return SessionReport(
        session=_record(SessionFacts, tree["session"], "session"),
        capabilities=_record(Capabilities, tree["capabilities"], "capabilities"),
        body_weight_n=_measured(tree["body_weight_n"], "body_weight_n"),
        sets=_records(SetRow, tree["sets"], "sets"),
        holds=_records(HoldRow, tree["holds"], "holds"),
        raises=_records(RaiseRow, tree["raises"], "raises"),
        weight_shift=_records(WeightShiftRow, tree["weight_shift"], "weight_shift"),
        quality={role: _record(Quality, q, f"quality.{role}") for role, q in quality.items()},
        sync=_measured(sync, "quality.sync"),
        events=(),
        params=_object(tree["params"], "params"),
        software=_object(tree["software"], "software"),
        activities=_records(ActivityRow, tree["activities"], "activities"),
        toe_yoga=_records(ToeYogaRow, tree["toe_yoga"], "toe_yoga"),
        rocking=_records(RockRow, tree["rocking"], "rocking"),
        sway=_records(SwayRow, tree["sway"], "sway"),
        pain=tuple(_list(tree["pain"], "pain")),
        calibration=_object(tree["calibration"], "calibration"),
        edits=_records(EditRow, tree["edits"], "edits"),
        programme=_object(tree["programme"], "programme"),
    )


def from_json(text: str | bytes) -> SessionReport:
    """Return the report that `to_json` wrote; its events, which JSON does not carry, are empty.

    Raises
    ------
    FormatError
        If the text is not JSON, or not a report of this schema.
    """
    try:
        tree = json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise FormatError(SCHEMA, error.lineno, f"is not JSON ({error.msg})") from error
    except (UnicodeDecodeError, RecursionError) as error:
        raise FormatError(SCHEMA, 0, "is not JSON text in UTF-8") from error
    return from_dict(tree)


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if is_dataclass(value):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    if hasattr(value, "items"):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value


# ------------------------------------------------------------- the strict reader, part by part


def _records(kind: type[Row], tree: Any, place: str) -> tuple[Row, ...]:
    rows = enumerate(_list(tree, place))
    return tuple(_record(kind, row, f"{place}[{index}]") for index, row in rows)


def _record(kind: type[Row], tree: Any, place: str) -> Row:
    """Read an object with exactly the fields of dataclass `kind`, each by its annotation."""
    declared = {f.name: str(f.type) for f in fields(kind)}  # type: ignore[arg-type]  # a dataclass
    _check_keys(_object(tree, place), declared, place)
    return kind(**{key: _READ[note](tree[key], f"{place}.{key}") for key, note in declared.items()})


def _check_keys(tree: Mapping[str, Any], expected: Iterable[str], place: str) -> None:
    prefix = f"{place}." if place else ""
    for key in expected:
        if key not in tree:
            raise _error(prefix + key, "is missing")
    for key in tree:
        if key not in expected:
            raise _error(prefix + key, "is not a key of this schema")


def _measured(tree: Any, place: str) -> Measured:
    _check_keys(_object(tree, place), [f.name for f in fields(Measured)], place)
    try:
        return Measured(
            value=_optional(_float)(tree["value"], f"{place}.value"),
            unit=_str(tree["unit"], f"{place}.unit"),
            method=_str(tree["method"], f"{place}.method"),
            quality=_one_of("ok", "low", "not_observable")(tree["quality"], f"{place}.quality"),
            reasons=_words(tree["reasons"], f"{place}.reasons"),
        )
    except FormatError:
        raise
    except ValueError as error:
        raise _error(place, str(error)) from error


def _object(tree: Any, place: str) -> dict[str, Any]:
    return _of_kind(dict, "an object", tree, place)


def _list(tree: Any, place: str) -> list[Any]:
    return _of_kind(list, "a list", tree, place)


def _str(tree: Any, place: str) -> str:
    return _of_kind(str, "text", tree, place)


def _bool(tree: Any, place: str) -> bool:
    return _of_kind(bool, "true or false", tree, place)


def _int(tree: Any, place: str) -> int:
    if isinstance(tree, bool):
        raise _error(place, "must be a whole number")
    return _of_kind(int, "a whole number", tree, place)


def _float(tree: Any, place: str) -> float:
    if isinstance(tree, bool) or not isinstance(tree, int | float):
        raise _error(place, "must be a number")
    return float(tree)


def _words(tree: Any, place: str) -> tuple[str, ...]:
    return tuple(_str(word, place) for word in _list(tree, place))


def _devices(tree: Any, place: str) -> dict[str, dict[str, str]]:
    return {
        role: {key: _str(text, f"{place}.{role}.{key}") for key, text in facts.items()}
        for role, facts in (
            (r, _object(f, f"{place}.{r}")) for r, f in _object(tree, place).items()
        )
    }


def _optional(read: Callable[[Any, str], Any]) -> Callable[[Any, str], Any]:
    return lambda tree, place: None if tree is None else read(tree, place)


def _one_of(*words: str) -> Callable[[Any, str], Any]:
    def read(tree: Any, place: str) -> Any:
        if tree not in words:
            raise _error(place, f"must be one of {', '.join(words)}")
        return tree

    return read


Plain = TypeVar("Plain")


def _of_kind(kind: type[Plain], name: str, tree: Any, place: str) -> Plain:
    if not isinstance(tree, kind):
        raise _error(place, f"must be {name}")
    return tree


def _refuse_constant(word: str) -> Any:
    raise FormatError(SCHEMA, 0, f"{word} is not a JSON number")


def _error(place: str, problem: str) -> FormatError:
    return FormatError(SCHEMA, 0, f"{place} {problem}")


_READ: dict[str, Callable[[Any, str], Any]] = {
    "Measured": _measured,
    "str": _str,
    "str | None": _optional(_str),
    "bool": _bool,
    "bool | None": _optional(_bool),
    "int": _int,
    "int | None": _optional(_int),
    "float": _float,
    "float | None": _optional(_float),
    "tuple[str, ...]": _words,
    "Mapping[str, Any]": _object,
    "Mapping[str, Mapping[str, str]]": _devices,
    "Sides": _one_of(*get_args(Sides)),
    "ForceUnit": _one_of(*get_args(ForceUnit)),
}
"""How to read a field, by its annotation as the dataclass writes it."""


# -------------------------------------------------------------------------------------- tables


def hold_frame(rows: Sequence[HoldRow]) -> pd.DataFrame:
    """Return the holds as a table, (n,) rows; units as the column names say, shares 0 to 1.

    A measured quantity gives two columns, its value (NaN where not observable) and, further to the
    right, ``<name>_quality``; `HoldRow` has the methods and reasons too.
    """
    return _frame(HoldRow, rows)


def raise_frame(rows: Sequence[RaiseRow]) -> pd.DataFrame:
    """Return the calf raises as a table, (n,) rows, with columns as in `hold_frame`."""
    return _frame(RaiseRow, rows)


def set_frame(rows: Sequence[SetRow]) -> pd.DataFrame:
    """Return the sets as a table, (n,) rows, with columns as in `hold_frame`."""
    return _frame(SetRow, rows)


def event_frame(rows: Sequence[Event]) -> pd.DataFrame:
    """Return the events of single feet as a table, (n,) rows: event, side, time_s, method."""
    return _frame(Event, rows)


def weight_shift_frame(rows: Sequence[WeightShiftRow]) -> pd.DataFrame:
    """Return the weight shift of each set as a table, (n,) rows; columns as in `hold_frame`."""
    return _frame(WeightShiftRow, rows)


def quality_frame(devices: Mapping[str, Quality]) -> pd.DataFrame:
    """Return how good the recording of each device is as a table, (n,) rows; role comes first."""
    frame = _frame(Quality, list(devices.values()))
    frame.insert(0, "role", pd.Series(list(devices), dtype=object))
    return frame


_DTYPE: dict[str, Any] = {
    "str": object,
    "str | None": object,
    "tuple[str, ...]": object,
    "bool": bool,
    "bool | None": "boolean",
    "int": "int64",
    "int | None": "Int64",
    "float": float,
    "float | None": float,
}
"""Type of a column, by the annotation of the field; None becomes NaN or <NA>."""


def _frame(kind: type[Row], rows: Sequence[Row]) -> pd.DataFrame:
    values: dict[str, pd.Series[Any]] = {}
    qualities: dict[str, pd.Series[Any]] = {}
    for field in fields(kind):  # type: ignore[arg-type]  # a dataclass
        cells = [getattr(row, field.name) for row in rows]
        if field.type == "Measured":
            numbers = [math.nan if cell.value is None else cell.value for cell in cells]
            values[field.name] = pd.Series(numbers, dtype=float)
            qualities[f"{field.name}_quality"] = pd.Series(
                [cell.quality for cell in cells], dtype=object
            )
        elif field.type == "tuple[str, ...]":
            values[field.name] = pd.Series([" ".join(cell) for cell in cells], dtype=object)
        else:
            values[field.name] = pd.Series(cells, dtype=_DTYPE[str(field.type)])
    return pd.DataFrame(values | qualities)
