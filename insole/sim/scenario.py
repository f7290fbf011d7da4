"""What the simulated person does, and with which faults: a list of blocks in a TOML file."""

from __future__ import annotations

import tomllib
from dataclasses import MISSING, dataclass, fields
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar

from insole.errors import SpecError

if TYPE_CHECKING:
    from collections.abc import Mapping

SpellKind: TypeAlias = Literal["stand", "rest", "walk", "lean", "fidget", "step_off"]
RiseKind: TypeAlias = Literal["hold", "raise"]
Feet: TypeAlias = Literal["left", "right", "both"]

SPELL_KINDS = ("stand", "rest", "walk", "lean", "fidget", "step_off")
RISE_KINDS = ("hold", "raise")
FEET = ("left", "right", "both")
SHORTEST_PAUSE_S = 1.5
"""A shorter pause at the bottom would be a bounce, which is not simulated."""
ABOVE_ZERO = ("duration_s", "up_s", "down_s", "height", "interval_ms")


@dataclass(frozen=True, slots=True)
class Spell:
    """A stretch without exercise.

    Parameters
    ----------
    kind : {"stand", "rest", "walk", "lean", "fidget", "step_off"}
        Stand still; shift weight from foot to foot; walk on the spot; lean forward and back;
        fidget (any of these, with restless standing); take weight off.
    duration_s : float
        Length, s.
    side : {"left", "right", "both"}
        `step_off` only: the foot taken off the ground; both feet means sitting down.
    """

    kind: SpellKind
    duration_s: float
    side: Feet = "both"


@dataclass(frozen=True, slots=True)
class Rise:
    """Repetitions on tiptoe: holds, or raises with a slow lowering.

    Parameters
    ----------
    kind : {"hold", "raise"}
        What the person means to do; the movement is the same.
    up_s, top_s, down_s : float
        Time of each phase that the person aims at, s.
    reps : int
        How many, one behind the other.
    pause_s : float
        Flat standing after each, s; at least `SHORTEST_PAUSE_S`.
    side : {"left", "right", "both"}
        The foot, or feet, stood on.
    height : float
        Heel height aimed at, as a fraction of the person's peak.
    """

    kind: RiseKind
    up_s: float
    top_s: float
    down_s: float
    reps: int = 1
    pause_s: float = 3.0
    side: Feet = "both"
    height: float = 0.9


Block: TypeAlias = Spell | Rise


@dataclass(frozen=True, slots=True)
class Faults:
    """Faults of the radio and of the devices' clocks.

    Parameters
    ----------
    loss_fraction : float
        Part of the packets that never arrive, each on its own, 0 to 1.
    interval_ms : float
        Connection interval, ms: packets arrive together at these times.
    jitter_ms : float
        SD of the further delay of a packet, ms.
    stall_fraction : float
        Part of the packets that start a burst of retransmissions, 0 to 1.
    skew_ppm : float
        Clock error, ppm: the left clock is fast by this, the right one slow.

    Notes
    -----
    Losses are single packets and independent between the feet, as recordings of a real pair of
    insoles show. Delays and stalls: our choice.
    """

    loss_fraction: float = 0.0
    interval_ms: float = 30.0
    jitter_ms: float = 3.0
    stall_fraction: float = 0.002
    skew_ppm: float = 0.0


@dataclass(frozen=True, slots=True)
class Scenario:
    """A named script for the simulated person."""

    name: str
    description: str
    blocks: tuple[Block, ...]
    faults: Faults


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
        `name`, `description`, at least one `[[block]]`, and `[faults]` if any.
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
    _check_keys(table, {"name", "description", "block", "faults"}, path, "")
    return Scenario(
        name=_text(table, "name", path),
        description=_text(table, "description", path),
        blocks=_blocks(table.get("block"), path),
        faults=_faults(table.get("faults", {}), path),
    )


def _blocks(tables: Any, path: str) -> tuple[Block, ...]:
    if not isinstance(tables, list) or not tables:
        raise SpecError(path, "block", "must be a list with at least one [[block]]")
    return tuple(_block(table, path, f"block[{index}]") for index, table in enumerate(tables))


def _block(table: Mapping[str, Any], path: str, key: str) -> Block:
    kind = table.get("kind") if isinstance(table, dict) else None
    if kind in SPELL_KINDS:
        return _build(Spell, table, path, key)
    if kind in RISE_KINDS:
        return _rise(table, path, key)
    raise SpecError(path, f"{key}.kind", f"must be one of {_words(SPELL_KINDS + RISE_KINDS)}")


def _rise(table: Mapping[str, Any], path: str, key: str) -> Rise:
    rise = _build(Rise, table, path, key)
    if rise.pause_s < SHORTEST_PAUSE_S:
        raise SpecError(path, f"{key}.pause_s", f"must be {SHORTEST_PAUSE_S} or more")
    return rise


def _faults(table: Any, path: str) -> Faults:
    if not isinstance(table, dict):
        raise SpecError(path, "faults", "must be a table")
    faults = _build(Faults, table, path, "faults")
    for name in ("loss_fraction", "stall_fraction"):
        if getattr(faults, name) > 1:
            raise SpecError(path, f"faults.{name}", "must be from 0 to 1")
    return faults


Part = TypeVar("Part", Spell, Rise, Faults)


def _build(part: type[Part], table: Mapping[str, Any], path: str, key: str) -> Part:
    """Make a dataclass from a table: its fields are the keys, its defaults the defaults."""
    _check_keys(table, {entry.name for entry in fields(part)}, path, key)
    for entry in fields(part):
        if entry.name in table:
            _check_value(entry.name, str(entry.type), table[entry.name], path, key)
        elif entry.default is MISSING:
            raise SpecError(path, f"{key}.{entry.name}", "is missing")
    return part(**table)


def _check_value(name: str, type_name: str, value: Any, path: str, key: str) -> None:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if type_name == "float" and not (number and 0 <= value < 1e5):
        raise SpecError(path, f"{key}.{name}", "must be a number, 0 or more")
    if name in ABOVE_ZERO and not value > 0:
        raise SpecError(path, f"{key}.{name}", "must be above 0")
    if type_name == "int" and not (isinstance(value, int) and number and value > 0):
        raise SpecError(path, f"{key}.{name}", "must be a whole number above 0")
    if type_name == "Feet" and value not in FEET:
        raise SpecError(path, f"{key}.{name}", f"must be one of {_words(FEET)}")


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
