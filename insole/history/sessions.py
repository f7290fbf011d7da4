"""The sessions of a folder, each summed up; what was summed up before is not read again."""

from __future__ import annotations

import json
import logging
import warnings
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, TypeAlias

from insole.errors import InsoleError, StoreError
from insole.history.cache import Kept, State, load_cache, save_cache, software, state_of
from insole.history.summary import Summary, extras_of
from insole.programme.pain import pain_mark
from insole.programme.sets import set_facts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from insole.programme.pain import PainMark
    from insole.record.store import Mark
    from insole.report.model import SessionFacts

    Tell: TypeAlias = Callable[[int, int], None]

KEEP_EVERY = 20
"""After so many sessions what was found is kept, so that little is lost if somebody stops it."""
LOWER_CUE = "lower"
"""The word of a cue's mark that tells the person to lower."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Sessions:
    """What was found in a folder.

    Parameters
    ----------
    summaries : tuple of Summary
        Sessions that say when they began, in order of time; each once.
    problems : tuple of str
        A sentence for each file that is left out, or not whole.
    names : mapping
        File name of each session by its id.
    """

    summaries: tuple[Summary, ...] = ()
    problems: tuple[str, ...] = ()
    names: Mapping[str, str] | None = None


def sessions_in(
    folder: Path, *, now: datetime | None = None, tell: Tell = lambda _, __: None
) -> Sessions:
    """Return the sessions of a folder in short.

    Parameters
    ----------
    folder : Path
        Where the sessions lie.
    now : datetime, optional
        With its UTC offset; sessions that say they began later are left out, since a clock was
        wrong. By default any time is believed.
    tell : callable
        Gets how many of how many have been read that were not known before.
    """
    files = sorted(folder.glob("*.insole"), key=lambda path: path.name)
    key = software()
    before = _known_before(folder, key)
    states = {path: _state(path) for path in files}
    kept = {
        path.name: one
        for path, state in states.items()
        if (one := before.get(path.name)) is not None and one.state == state
    }
    missing = [path for path in files if path.name not in kept and states[path] is not None]
    for count, path in enumerate(missing):
        tell(count, len(missing))
        kept[path.name] = _summed_up(path)
        if count % KEEP_EVERY == KEEP_EVERY - 1:
            _keep(folder, key, kept)
    if missing:
        tell(len(missing), len(missing))
    if kept.keys() != before.keys() or missing:
        _keep(folder, key, kept)
    return _sorted({name: kept[name] for name in sorted(kept)}, now)


def _known_before(folder: Path, key: str) -> dict[str, Kept]:
    try:
        return load_cache(folder, key)
    except StoreError as error:
        _log.warning("%s", error)
        return {}


def _keep(folder: Path, key: str, kept: Mapping[str, Kept]) -> None:
    lasting = {name: one for name, one in kept.items() if one.state.mtime_ns}
    try:
        save_cache(folder, key, lasting)
    except StoreError as error:  # it only costs time
        _log.warning("%s", error)


def _state(path: Path) -> State | None:
    """Return the state of a file; None for one that has gone meanwhile."""
    with suppress(OSError):
        return state_of(path)
    return None


def _summed_up(path: Path) -> Kept:
    """Return a session in short, or why it cannot be had; only a whole answer is kept for long."""
    state = _state(path) or State(0, 0)
    try:
        summary = _summary(path)
    except InsoleError as error:
        lasting = not path.with_name(f"{path.name}-wal").exists()  # else it is being recorded
        return Kept(state if lasting else State(0, 0), None, str(error))
    except Exception as error:  # noqa: BLE001 - one session shall not cost the history of all
        fault = f"{type(error).__name__}: {error}"
        return Kept(State(0, 0), None, f"{path}: is left out, by a fault in the program ({fault})")
    return Kept(_state(path) or state, summary)  # finishing a cut-off recording changes its file


def _summary(path: Path) -> Summary:
    """Return a session in short, from its report."""
    # everything that analyses takes a second to import, and is mostly not needed
    from insole.measure.params import Params  # noqa: PLC0415
    from insole.record import store  # noqa: PLC0415
    from insole.session import Session  # noqa: PLC0415

    file, done = store.open_whole(path)
    if done:
        warnings.warn(f"{path}: {done}", stacklevel=2)
    session = Session(file, None, Params())
    report = session.report()
    cues_s = _lower_cues_s(file.marks, session.start_s)
    return Summary(
        report.session.id,
        _started(report.session),
        set_facts(report.sets, report.holds, report.raises, cues_s),
        extras_of(report),
        _pain(file.marks),
        report.session.duration_s,
        f"{path}: is damaged, and only the rest of it counts" if file.damage else "",
    )


def _lower_cues_s(marks: Iterable[Mark], start_s: float) -> list[float]:
    return [
        mark.host_time_ns / 1e9 - start_s
        for mark in marks
        if mark.kind == "cue" and _object(mark).get("cue") == LOWER_CUE
    ]


def _pain(marks: Iterable[Mark]) -> tuple[PainMark, ...]:
    told = (pain_mark(_object(mark)) for mark in marks if mark.kind == "pain")
    return tuple(one for one in told if one is not None)


def _object(mark: Mark) -> dict[str, object]:
    with suppress(ValueError, RecursionError):
        stored = json.loads(mark.json)
        if isinstance(stored, dict):
            return stored
    return {}


def _started(facts: SessionFacts) -> datetime | None:
    """Return when a session began, by the clock of the place where it was recorded."""
    if facts.started_at_utc is None:
        return None
    offset = timedelta(seconds=facts.utc_offset_s or 0)
    try:
        return datetime.fromisoformat(facts.started_at_utc).astimezone(timezone(offset))
    except (ValueError, OverflowError):
        return None


def _sorted(kept: Mapping[str, Kept], now: datetime | None) -> Sessions:
    found: dict[str, Summary] = {}
    names: dict[str, str] = {}
    problems = []
    for name, one in kept.items():
        if one.summary is None:
            problems.append(one.problem)
            continue
        if why := _left_out(one.summary, names, now):
            problems.append(f"{name}: {why}")
            continue
        problems += [one.summary.damage] if one.summary.damage else []
        found[one.summary.id], names[one.summary.id] = one.summary, name
    ordered = sorted(found.values(), key=_when_and_which)
    return Sessions(tuple(ordered), tuple(problems), names)


def _when_and_which(summary: Summary) -> tuple[float, str]:
    return (summary.started_at.timestamp() if summary.started_at else 0.0), summary.id


def _left_out(summary: Summary, names: Mapping[str, str], now: datetime | None) -> str:
    """Return why a session does not count; "" if it does."""
    if summary.started_at is None:
        return "does not say when it was recorded, so it has no place in the history"
    if summary.id in names:
        return f"is the same session as {names[summary.id]}, which counts once"
    if now is not None and summary.started_at > now:
        said = f"{summary.started_at:%Y-%m-%d %H:%M}"
        return f"says it began at {said}, which is to come; it counts from then on"
    return ""
