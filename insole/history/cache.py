"""Summaries kept between runs, each for one state of one file and of this software."""

from __future__ import annotations

import json
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from platformdirs import user_cache_path

from insole import history
from insole.history.summary import Summary, from_plain, to_plain
from insole.profile import read_private, write_private

if TYPE_CHECKING:
    from collections.abc import Mapping

FORM = 1
"""Of the cache itself; another one is passed over."""


class State(NamedTuple):
    """What tells one state of a file from another."""

    size: int
    mtime_ns: int


class Kept(NamedTuple):
    """A summary, or why there is none, and the state of the file that it was made of."""

    state: State
    summary: Summary | None
    problem: str = ""


def state_of(path: Path) -> State:
    """Return the present state of a file."""
    stat = path.stat()
    return State(stat.st_size, stat.st_mtime_ns)


def software() -> str:
    """Return what changes whenever the analysis may give other numbers.

    Versions, and size and time of each of the package's own files, so that an installation from a
    checkout counts as new after each change.
    """
    folder = Path(history.__file__).parents[1]
    files = sorted(path for pattern in ("*.py", "*.toml") for path in folder.rglob(pattern))
    facts: list[Any] = [FORM, *(version(name) for name in ("insole", "numpy", "scipy", "pandas"))]
    facts += [(str(path.relative_to(folder)), *state_of(path)) for path in files]
    return sha256(json.dumps(facts).encode()).hexdigest()


def load_cache(folder: Path, key: str) -> dict[str, Kept]:
    """Return what is kept of a sessions folder, by file name; nothing if it does not fit.

    Parameters
    ----------
    folder : Path
        Where the sessions lie.
    key : str
        From `software`.

    Raises
    ------
    StoreError
        If it may not be read.
    """
    text = read_private(_place(folder))
    try:
        stored = json.loads(text or "{}")
        if stored.get("software") != key:
            return {}
        return {name: _kept(plain) for name, plain in stored["sessions"].items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}  # made by something else, or damaged: it is made anew


def save_cache(folder: Path, key: str, kept: Mapping[str, Kept]) -> None:
    """Keep summaries, all or none; whoever does so last is right, since all say the same.

    Parameters
    ----------
    folder : Path
        Where the sessions lie.
    key : str
        From `software`.
    kept : mapping
        By file name.

    Raises
    ------
    StoreError
        If that fails.
    """
    sessions = {
        name: [*one.state, one.summary and to_plain(one.summary), one.problem]
        for name, one in kept.items()
    }
    write_private(_place(folder), json.dumps({"software": key, "sessions": sessions}))


def _kept(plain: Any) -> Kept:
    size, mtime_ns, summary, problem = plain
    state = State(int(size), int(mtime_ns))
    return Kept(state, None if summary is None else from_plain(summary), str(problem))


def _place(folder: Path) -> Path:
    name = sha256(str(folder.resolve()).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return user_cache_path("insole", appauthor=False) / "history" / f"{name}.json"
