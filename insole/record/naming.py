"""Names of session files, from the time they start and what is done in them."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import chain, count
from typing import TYPE_CHECKING

from insole.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def session_path(folder: Path, started_at_utc: str, exercise: str) -> Path:
    """Return the first free name for a session, ``20260412T063000Z_hold_double.insole``.

    A name that is taken gets ``-2``, ``-3``, … `Store.create_in` does the same without the chance
    that somebody else takes the name in between.
    """
    return next(path for path in names(folder, started_at_utc, exercise) if not path.exists())


def names(folder: Path, started_at_utc: str, exercise: str) -> Iterator[Path]:
    """Yield the names that a session may have, the plain one first, without end."""
    stamp = f"{parse_start(folder, started_at_utc):%Y%m%dT%H%M%SZ}"
    word = re.sub(r"[^a-z0-9]+", "_", exercise.lower()).strip("_")
    stem = f"{stamp}_{word}" if word else stamp
    suffixes = chain([""], (f"-{number}" for number in count(2)))
    return (folder / f"{stem}{suffix}.insole" for suffix in suffixes)


def parse_utc(text: str) -> datetime:
    """Return a time in UTC, written like ``2026-04-12T06:30:00Z``; anything else is ValueError."""
    with suppress(ValueError):
        time = datetime.fromisoformat(text)
        if time.utcoffset() == timedelta(0):
            return time.astimezone(UTC)
    raise ValueError(f"{text!r} is no time in UTC; write it like 2026-04-12T06:30:00Z")


def parse_start(path: Path, started_at_utc: str) -> datetime:
    """Return the start of a session; anything else is a StoreError about `path`."""
    try:
        return parse_utc(started_at_utc)
    except ValueError as error:
        raise StoreError(str(path), f"started_at_utc: {error}") from None
