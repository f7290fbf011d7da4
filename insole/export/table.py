"""Which tables a session has, and what each carries and leaves out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from insole.export.column import explained
from insole.report.export import quality_frame, weight_shift_frame

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from insole.session import Session


@dataclass(frozen=True, slots=True)
class Table:
    """One table, ready to be written.

    Parameters
    ----------
    name : str
        What its file is called; where each device has its own, followed by the device's role.
    frame : DataFrame, (n,) rows
        Its columns; units are in their names, and in the table ``columns``.
    """

    name: str
    frame: pd.DataFrame


@dataclass(frozen=True, slots=True)
class About:
    """What a table carries, and what is lost to whoever has it alone."""

    carries: str
    loses: str
    read: Callable[[Session], Iterator[Table]]


def tables(session: Session, names: Collection[str] = ()) -> list[Table]:
    """Return tables of a session, and last the one that explains their columns.

    Parameters
    ----------
    session : Session
        What to take them from.
    names : collection of str, optional
        Some of `TABLES`; none means all of them.

    Returns
    -------
    list of Table
        In the order of `TABLES`, whatever the order of `names`; then ``columns``: table, column,
        unit and meaning.
    """
    found = [
        table
        for name, about in TABLES.items()
        if not names or name in names
        for table in about.read(session)
    ]
    rows = [row for table in found for row in explained(table.name, table.frame)]
    columns = pd.DataFrame(rows, columns=["table", "column", "unit", "meaning"])
    return [*found, Table("columns", columns)]


def _samples(session: Session) -> Iterator[Table]:
    for role, frame in session.samples.items():
        # the session's own clock first: it is what all tables share
        yield Table(f"samples_{role}", frame[["time_s", *frame.columns.drop("time_s")]])


def _sensors(session: Session) -> Iterator[Table]:
    for role, frame in session.sensors.items():
        yield Table(f"sensors_{role}", frame)


TABLES = {
    "samples": About(
        "what each device measured, in its own units, at the time of its own clock",
        "the bytes of the packets (`insole packets` has them); what was lost has no row",
        _samples,
    ),
    "sensors": About(
        "where the sensors of each device lie on the sole",
        "nothing",
        _sensors,
    ),
    "forces": About(
        "all devices on one even grid, soles made comparable, with heel height",
        "single cells; holes of up to 0.1 s are bridged (column ok), longer ones empty",
        lambda session: iter([Table("forces", session.forces.reset_index())]),
    ),
    "events": About(
        "moments of each foot: heel-off, top, lowering onset, heel contact",
        "nothing",
        lambda session: iter([Table("events", session.events)]),
    ),
    "holds": About(
        "one row a hold",
        "methods, and the reasons of single numbers (`insole report --json` has them)",
        lambda session: iter([Table("holds", session.holds)]),
    ),
    "raises": About(
        "one row a repetition",
        "methods, and the reasons of single numbers (`insole report --json` has them)",
        lambda session: iter([Table("raises", session.raises)]),
    ),
    "sets": About(
        "one row a set",
        "methods, and the reasons of single numbers (`insole report --json` has them)",
        lambda session: iter([Table("sets", session.sets)]),
    ),
    "weight_shift": About(
        "one row a set: load between the feet",
        "methods, and the reasons of single numbers (`insole report --json` has them)",
        lambda s: iter([Table("weight_shift", weight_shift_frame(s.report().weight_shift))]),
    ),
    "quality": About(
        "one row a device: loss, gaps, clock",
        "methods, and the reasons of single numbers (`insole report --json` has them)",
        lambda session: iter([Table("quality", quality_frame(session.report().quality))]),
    ),
}
"""Every table of a session, in the order in which they are written."""
