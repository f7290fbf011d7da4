"""A programme file → `Programme`; every complaint names file, key and what is accepted."""

from __future__ import annotations

import hashlib
import tomllib
from importlib import resources
from itertools import pairwise
from typing import TYPE_CHECKING, get_args

from insole.errors import SpecError
from insole.programme.model import (
    DayLimits,
    Extra,
    PainLimits,
    Programme,
    ProgressLimits,
    Stage,
    StageVariant,
    Step,
    Strength,
)
from insole.toml_table import Table, shown

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SHIPPED = "heel_pain"
SEEN = ("toe_yoga", "ankle_rocking")
"""Exercises beside the strength part that sensors can see."""
_MOST = 1000


def load_programme(path: Path | None = None) -> Programme:
    """Return the programme in a file, or the shipped one.

    Parameters
    ----------
    path : Path, optional
        A TOML file; without it the shipped programme for heel pain.

    Raises
    ------
    SpecError
        If it cannot be read or used; names the key and what is accepted.
    """
    return parse(read_text(path), f"{SHIPPED}.toml" if path is None else str(path))


def read_text(path: Path | None = None) -> str:
    """Return the text of a programme file, or of the shipped one, not looked into.

    Parameters
    ----------
    path : Path, optional
        A TOML file; without it the shipped programme for heel pain.

    Raises
    ------
    SpecError
        If it cannot be read as text.
    """
    if path is None:
        shipped = resources.files("insole.programme") / f"{SHIPPED}.toml"
        return shipped.read_text(encoding="utf-8")
    try:
        if not path.is_file():
            raise SpecError(str(path), "", "cannot be read: it is no file; name another")
        return path.read_bytes().decode("utf-8-sig")  # some editors begin a file with a mark
    except UnicodeDecodeError:
        raise SpecError(str(path), "", "is no UTF-8 text; save it as UTF-8") from None
    except OSError as error:
        raise SpecError(str(path), "", f"cannot be read: {error.strerror}") from None


def parse(toml: str, path: str = "") -> Programme:
    """Return the programme that a text describes.

    Parameters
    ----------
    toml : str
        The whole file.
    path : str
        Where it came from, for errors.

    Raises
    ------
    SpecError
        If it is no TOML, a key is missing, unknown or out of range, or the parts contradict each
        other.
    """
    try:
        values = tomllib.loads(toml)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise SpecError(path, "", f"is no TOML: {error}") from None
    names = ("schema", "id", "title", "source", "pain", "progress", "day", "stage", "extra")
    table = Table(values, path, "", names)
    table.integer("schema", 1, 1)
    programme = Programme(
        id=table.identifier("id"),
        title=_line(table, "title"),
        hash=hashlib.sha256(toml.encode()).hexdigest(),
        sources=tuple(
            source.text("title") for source in table.tables("source", ("title", "covers", "url"))
        ),
        stages=tuple(_stage(each) for each in table.tables("stage", _STAGE_KEYS)),
        extras=tuple(_extra(each) for each in table.tables("extra", _EXTRA_KEYS)),
        pain=_pain(table.table("pain", ("limit", "caution", "settles_within_min"))),
        progress=_progress(table.table("progress", _PROGRESS_KEYS)),
        day=_day(table.table("day", ("bouts_min", "bouts_max", "bout_pause_min"))),
        path=path,
    )
    _check_sources(programme, table)
    _check_stages(programme, table)
    _check_extras(programme, table)
    return programme


_STAGE_KEYS = ("id", "title", "exercise", "variant", "steps", "next", "confidence")
_EXTRA_KEYS = ("id", "title", "sets", "reps", "seconds", "per_side", "measured")
_PROGRESS_KEYS = (
    "sessions_in_a_row", "short_by_s", "reps_more_than", "lowering_min_s", "lowering_max_s",
    "stalled_after_days",
)  # fmt: skip


def _stage(table: Table) -> Stage:
    exercise = table.word("exercise", get_args(Strength))
    hold = exercise == "isometric_hold"
    stage = Stage(
        id=table.identifier("id"),
        title=_line(table, "title"),
        exercise=exercise,
        variant=table.word("variant", get_args(StageVariant)),
        steps=tuple(
            _step(each, hold=hold) for each in table.tables("steps", ("id", "rounds", "seconds"))
        ),
        next=table.texts("next"),
        confidence=_confidence(table),
    )
    if not stage.steps:
        raise table.error("steps", "is empty; give the stage at least one step")
    if hold and stage.variant == "two_up_one_down":
        raise table.error("variant", "two_up_one_down is a raise; accepted: double, single")
    if len({step.id for step in stage.steps}) < len(stage.steps):
        raise table.error("steps", "has an id twice; give each step its own")
    for last, now in pairwise(stage.steps):
        if not _is_more(now, last):
            raise table.error("steps", f"{now.id} is no more than {last.id}; the smallest is first")
    return stage


def _is_more(now: Step, last: Step) -> bool:
    """Tell whether a step is longer, or as long and of more rounds, than another."""
    return (now.seconds or 0.0, now.rounds) > (last.seconds or 0.0, last.rounds)


def _step(table: Table, *, hold: bool) -> Step:
    if not hold and "seconds" in table:
        raise table.error("seconds", "belongs to holds; a raise is done to fatigue")
    seconds = table.number("seconds", 1.0, 600.0) if hold else None
    return Step(_word(table, "id"), table.integer("rounds", 1, 50), seconds)


def _line(table: Table, name: str) -> str:
    """Return a text that can be shown on one line of a terminal."""
    text = table.text(name)
    if not text.strip() or not text.isprintable():
        raise table.error(name, f"must be one line of plain text, not {shown(text)}")
    return text


def _word(table: Table, name: str) -> str:
    """Return a name that can be typed as one word."""
    word = _line(table, name)
    if len(word.split()) > 1 or word.startswith("-"):
        raise table.error(name, f"is {shown(word)}; a name has no spaces and begins with no dash")
    return word


def _confidence(table: Table) -> str:
    return _word(table, "confidence") if "confidence" in table else ""


def _extra(table: Table) -> Extra:
    return Extra(
        id=table.identifier("id"),
        title=_line(table, "title"),
        sets=table.integer("sets", 1, 50),
        reps=table.integer("reps", 1, _MOST) if "reps" in table else None,
        seconds=table.number("seconds", 1.0, 3600.0) if "seconds" in table else None,
        per_side=table.flag("per_side", default=False),
        measured=table.flag("measured", default=False),
    )


def _pain(table: Table) -> PainLimits:
    limits = PainLimits(
        table.integer("limit", 1, 10),
        table.integer("caution", 0, 10),
        table.number("settles_within_min", 1.0, 60.0),
    )
    if limits.caution > limits.limit:
        raise table.error("caution", f"must not lie above limit, which is {limits.limit}")
    return limits


def _progress(table: Table) -> ProgressLimits:
    limits = ProgressLimits(
        table.integer("sessions_in_a_row", 1, 20),
        table.number("short_by_s", 0.0, 30.0),
        table.integer("reps_more_than", 1, _MOST),
        table.number("lowering_min_s", 0.5, 30.0),
        table.number("lowering_max_s", 0.5, 30.0),
        table.integer("stalled_after_days", 1, 365),
    )
    if limits.lowering_min_s >= limits.lowering_max_s:
        problem = f"must lie below lowering_max_s, which is {limits.lowering_max_s:g}"
        raise table.error("lowering_min_s", problem)
    return limits


def _day(table: Table) -> DayLimits:
    limits = DayLimits(
        table.integer("bouts_min", 0, 20),
        table.integer("bouts_max", 1, 20),
        table.number("bout_pause_min", 1.0, 720.0),
    )
    if limits.bouts_min > limits.bouts_max:
        raise table.error("bouts_min", f"must not lie above bouts_max, {limits.bouts_max}")
    return limits


def _check_extras(programme: Programme, table: Table) -> None:
    """Refuse what could be taken for strength work, or is said to be seen and is not."""
    for index, extra in enumerate(programme.extras):
        if extra.id in get_args(Strength):
            raise table.error(f"extra[{index}].id", f"is {extra.id}, which is done in stages")
        if extra.measured and extra.id not in SEEN:
            problem = f"is true, but sensors see no {extra.id}; accepted for {', '.join(SEEN)}"
            raise table.error(f"extra[{index}].measured", problem)


def _check_sources(programme: Programme, table: Table) -> None:
    if not programme.sources:
        raise table.error("source", "is missing; say where the figures come from")


def _check_stages(programme: Programme, table: Table) -> None:
    """Refuse stages that are missing, doubled, or lead round in a circle."""
    if not programme.stages:
        raise table.error("stage", "is missing; give at least one stage")
    ids = [stage.id for stage in programme.stages]
    ids_of_all = [*ids, *(extra.id for extra in programme.extras)]
    for name in ids_of_all:
        if ids_of_all.count(name) > 1:
            raise table.error(name, "is the id of two parts; give each its own")
    if programme.stages[0].confidence:
        problem = "keeps the first stage closed, and there is none before it; leave it out"
        raise table.error("stage[0].confidence", problem)
    for index, stage in enumerate(programme.stages):
        _check_ways(stage, ids[: index + 1], ids, table, f"stage[{index}].next")
        longest_s = max((step.seconds or 0.0 for step in stage.steps), default=0.0)
        if stage.exercise == "isometric_hold" and longest_s <= programme.progress.short_by_s:
            problem = f"has holds no longer than short_by_s, {programme.progress.short_by_s:g} s"
            raise table.error(f"stage[{index}].steps", problem)


def _check_ways(
    stage: Stage, so_far: Sequence[str], ids: Sequence[str], table: Table, key: str
) -> None:
    """Refuse ways that lead nowhere, back, or to one place twice."""
    if len(set(stage.next)) < len(stage.next):
        raise table.error(key, "names a stage twice; name it once")
    for name in stage.next:
        if name not in ids:
            problem = f"names {name}, which is no stage; accepted: {', '.join(ids)}"
            raise table.error(key, problem)
        if name in so_far:
            problem = f"leads back to {name}; stages only lead on, in the order of the file"
            raise table.error(key, problem)
