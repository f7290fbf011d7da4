"""Rounds, repetitions and events that have ended, as rows of a report moved to session time."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, TypeVar

from insole.measure.following import Repetition, Round, Seen

if TYPE_CHECKING:
    from insole.measure.model import HoldRow, RaiseRow
    from insole.report.model import SessionReport

Row = TypeVar("Row", "HoldRow", "RaiseRow")

MOMENTS = frozenset(
    {"heel_off_s", "heel_contact_s", "onset_s", "end_s", "top_s", "lowering_onset_s"}
)
"""Fields of rows that are points in time, and not lengths."""


@dataclass(frozen=True, slots=True)
class Finished:
    """What has ended, in order of time; times in s of one clock."""

    rounds: tuple[Round, ...] = ()
    reps: tuple[Repetition, ...] = ()
    events: tuple[Seen, ...] = ()

    def before(self, time_s: float) -> Finished:
        """Return what had ended by a time, s."""
        return Finished(
            tuple(one for one in self.rounds if one.row.heel_contact_s <= time_s),
            tuple(one for one in self.reps if one.row.heel_contact_s <= time_s),
            tuple(one for one in self.events if one.time_s <= time_s),
        )

    def since(self, time_s: float) -> Finished:
        """Return what ended after a time, s."""
        return Finished(
            tuple(one for one in self.rounds if one.row.heel_contact_s > time_s),
            tuple(one for one in self.reps if one.row.heel_contact_s > time_s),
            tuple(one for one in self.events if one.time_s > time_s),
        )

    def without_rounds(self, time_s: float) -> Finished:
        """Return this without the rounds that ended after a time, s: they may yet go on."""
        rounds = tuple(one for one in self.rounds if one.row.heel_contact_s <= time_s)
        return replace(self, rounds=rounds)

    def then(self, later: Finished) -> Finished:
        """Return this and what ended later; its sets are counted on."""
        rows = [*(one.row.set for one in self.rounds), *(one.row.set for one in self.reps)]
        sets = max(rows, default=0)
        return Finished(
            self.rounds
            + tuple(replace(r, row=replace(r.row, set=r.row.set + sets)) for r in later.rounds),
            self.reps
            + tuple(replace(r, row=replace(r.row, set=r.row.set + sets)) for r in later.reps),
            self.events + later.events,
        )


def finished(report: SessionReport, by_s: float, *, provisional: bool) -> Finished:
    """Return the rounds, repetitions and events of a report.

    Parameters
    ----------
    report : SessionReport
        Of a table.
    by_s : float
        When that table begins, s.
    provisional : bool
        True while more samples may change it.
    """
    return Finished(
        tuple(Round(_moved(row, by_s), provisional) for row in report.holds),
        tuple(Repetition(_moved(row, by_s), provisional) for row in report.raises),
        tuple(
            Seen(event.event, event.side, event.time_s + by_s, provisional)
            for event in report.events
        ),
    )


def _moved(row: Row, by_s: float) -> Row:
    times = {
        field.name: getattr(row, field.name) + by_s
        for field in fields(row)
        if field.name in MOMENTS and getattr(row, field.name) is not None
    }
    return replace(row, **times)
