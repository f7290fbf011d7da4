"""Scenarios from TOML files: what the person does, and how they, the devices and the radio are."""

from __future__ import annotations

import tomllib
from dataclasses import MISSING, fields
from importlib.resources import files
from typing import TYPE_CHECKING, Any, TypeVar, get_args

from insole.errors import SpecError
from insole.sim import blocks as forms
from insole.sim.blocks import Faults, Rise, Scenario, Spell

if TYPE_CHECKING:
    from collections.abc import Mapping

    from _typeshed import DataclassInstance

    from insole.sim.blocks import Block

__all__ = ["Faults", "Rise", "Scenario", "Spell", "load_scenario", "parse", "scenario_names"]

BLOCKS: dict[str, type[Block]] = {
    kind: form
    for form, kinds in (
        (Spell, forms.SpellKind),
        (Rise, forms.RiseKind),
        (forms.ToeYoga, forms.ToeKind),
        (forms.Rocking, forms.RockKind),
    )
    for kind in get_args(kinds)
}
"""Kinds of block and what describes each."""
ABOVE_ZERO = frozenset(
    {"duration_s", "up_s", "down_s", "height", "interval_ms", "press_s", "rock_s"}
)
FRACTIONS = {
    "loss_fraction": 1.0, "stall_fraction": 1.0, "duplicate_fraction": 1.0,
    "reordered_fraction": 1.0, "assist": 0.5, "hand_support": 0.5,
    "fatigue": 1.0, "left_share": 1.0, "arch_flex": 1.0,
}  # fmt: skip
"""Numbers that are parts of something, and the most they may be."""
PAIRS = frozenset({"swapped", "silences", "reconnects", "tiptoe_gains"})
"""Lists that come in pairs."""
SIGNED = frozenset({"roll_mm"})
MOST = 1e5


def scenario_names() -> list[str]:
    """Return the names of the shipped scenarios, sorted."""
    folder = files("insole.sim") / "scenarios"
    return sorted(
        entry.name.removesuffix(".toml")
        for entry in folder.iterdir()
        if entry.name.endswith(".toml")
    )


def load_scenario(name: str) -> Scenario:
    """Return a shipped scenario by name.

    Parameters
    ----------
    name : str
        One of `scenario_names`.

    Raises
    ------
    SpecError
        If there is no such scenario, or its file is wrong.
    """
    if name not in scenario_names():
        raise SpecError(f"scenario {name}", "", f"unknown; choose from {_words(scenario_names())}")
    resource = files("insole.sim") / "scenarios" / f"{name}.toml"
    return parse(resource.read_text(encoding="utf-8"), f"{name}.toml")


def parse(toml: str, path: str = "") -> Scenario:
    """Return the scenario that a TOML text describes.

    Parameters
    ----------
    toml : str
        `name`, `description`, at least one `[[block]]`, and `[person]`, `[sensors]` and `[faults]`
        if any.
    path : str
        Where the text came from, for error messages.

    Raises
    ------
    SpecError
        If a key is unknown, missing, or its value out of range.
    """
    try:
        table = tomllib.loads(toml)
    except tomllib.TOMLDecodeError as error:
        raise SpecError(path, "", f"is not TOML: {error}") from error
    tables = {"faults", "person", "sensors"}
    _check_keys(table, {"name", "description", "block", *tables}, path, "")
    return Scenario(
        name=_text(table, "name", path),
        description=_text(table, "description", path),
        blocks=_blocks(table.get("block"), path),
        faults=_part(Faults, table, "faults", path),
        person=_part(forms.Habits, table, "person", path),
        sensors=_part(forms.Sensors, table, "sensors", path),
    )


def _blocks(tables: Any, path: str) -> tuple[Block, ...]:
    if not isinstance(tables, list) or not tables:
        raise SpecError(path, "block", "must be a list with at least one [[block]]")
    return tuple(_block(table, path, f"block[{index}]") for index, table in enumerate(tables))


def _block(table: Mapping[str, Any], path: str, key: str) -> Block:
    kind = table.get("kind") if isinstance(table, dict) else None
    if not isinstance(kind, str) or kind not in BLOCKS:
        raise SpecError(path, f"{key}.kind", f"must be one of {_words(tuple(BLOCKS))}")
    block: Block = _build(BLOCKS[kind], table, path, key)
    if isinstance(block, Rise):
        _check_rise(block, path, key)
    return block


def _check_rise(rise: Rise, path: str, key: str) -> None:
    if rise.pause_s < forms.SHORTEST_PAUSE_S:
        raise SpecError(path, f"{key}.pause_s", f"must be {forms.SHORTEST_PAUSE_S} or more")
    if rise.ramp and not 0.05 <= rise.ramp <= 0.5:
        raise SpecError(path, f"{key}.ramp", "must be from 0.05 to 0.5, or 0 to draw it")
    if rise.lower_on and rise.side != "both":
        raise SpecError(path, f"{key}.lower_on", 'needs side = "both": up on both, down on one')


def _part(part: type[Part], table: Mapping[str, Any], key: str, path: str) -> Part:
    own = table.get(key, {})
    if not isinstance(own, dict):
        raise SpecError(path, key, "must be a table")
    return _build(part, own, path, key)


Part = TypeVar("Part", bound="DataclassInstance")


def _build(part: type[Part], table: Mapping[str, Any], path: str, key: str) -> Part:
    """Make a dataclass from a table: its fields are the keys, its defaults the defaults."""
    _check_keys(table, {entry.name for entry in fields(part)}, path, key)
    values = {
        name: tuple(value) if isinstance(value, list) else value for name, value in table.items()
    }
    for entry in fields(part):
        if entry.name in table:
            _check_value(entry.name, str(entry.type), table[entry.name], path, key)
        elif entry.default is MISSING:
            raise SpecError(path, f"{key}.{entry.name}", "is missing")
    return part(**values)


def _check_value(name: str, type_name: str, value: Any, path: str, key: str) -> None:
    """Refuse a value that does not fit its field, saying what does."""
    each, listed = type_name, type_name.startswith("tuple[")
    if listed:
        each = type_name.removeprefix("tuple[").removesuffix(", ...]")
        if not isinstance(value, list) or (name in PAIRS and len(value) % 2):
            raise SpecError(path, f"{key}.{name}", "must be a list" + " of pairs" * (name in PAIRS))
    for one in value if listed else [value]:
        if problem := _problem(name, each, one):
            raise SpecError(path, f"{key}.{name}", problem)


def _problem(name: str, type_name: str, value: Any) -> str:
    """Return what is wrong with one value; "" if nothing is."""
    if type_name in {"float", "int"}:
        return _number_problem(name, type_name, value)
    if type_name == "bool":
        return "" if isinstance(value, bool) else "must be true or false"
    words = get_args(getattr(forms, type_name, None))
    if words and value not in words:
        return f"must be one of {_words(tuple(word for word in words if word))}"
    return ""


def _number_problem(name: str, type_name: str, value: Any) -> str:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if type_name == "int":
        whole = number and isinstance(value, int) and value > 0
        return "" if whole else "must be a whole number above 0"
    if name in SIGNED:
        return "" if number and abs(value) < MOST else "must be a number"
    if not (number and 0 <= value < MOST):
        return "must be a number, 0 or more"
    if name in ABOVE_ZERO and not value > 0:
        return "must be above 0"
    if name in FRACTIONS and value > FRACTIONS[name]:
        return f"must be from 0 to {FRACTIONS[name]:g}"
    return ""


def _check_keys(table: Mapping[str, Any], known: set[str], path: str, key: str) -> None:
    unknown = sorted(set(table) - known)
    if unknown:
        place = f"{key}.{unknown[0]}" if key else unknown[0]
        raise SpecError(path, place, f"unknown key; accepted are {_words(sorted(known))}")


def _text(table: Mapping[str, Any], key: str, path: str) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value:
        raise SpecError(path, key, "must be a text that is not empty")
    return value


def _words(names: list[str] | tuple[str, ...]) -> str:
    return ", ".join(names)
