"""What a report says of the whole session: what was done when, toes, rocking, sway."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from insole import tables
from insole.filter.stand import quiet_stands
from insole.measure.recognise import activity_rows
from insole.measure.rocking import rock_rows, taught
from insole.measure.scene import scene
from insole.measure.sway import Window, sway_rows
from insole.measure.toe_yoga import toe_yoga_rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from insole.measure.finding import Findings
    from insole.measure.model import (
        ActivityRow,
        HoldRow,
        RaiseRow,
        RockRow,
        SwayRow,
        ToeYogaRow,
    )
    from insole.measure.params import Params

Span = tuple[float, float]


class Whole(TypedDict):
    """The fields of a report that are made here."""

    activities: tuple[ActivityRow, ...]
    toe_yoga: tuple[ToeYogaRow, ...]
    rocking: tuple[RockRow, ...]
    sway: tuple[SwayRow, ...]


def whole(
    force: pd.DataFrame,
    found: Findings,
    holds: Sequence[HoldRow],
    raises: Sequence[RaiseRow],
    *,
    calibrating: Sequence[Span],
    centres: Mapping[str, tuple[float, float, float]],
    calibrated: bool,
    stood: bool,
    params: Params,
) -> Whole:
    """Return what can be said of a session beside its holds and raises.

    Parameters
    ----------
    force : ForceTable, (n,) rows
        Loads in N, body weights or counts.
    found : Findings
        What was found, and corrected.
    holds, raises : sequences of rows
        The same as rows of the report; times in s.
    calibrating : sequence of (start_s, end_s)
        Steps of a guided calibration, s.
    centres : mapping of side to (big, middle, little)
        Where rocks over each toe go, mm, as `rock_centres` says; empty if nothing taught that.
    calibrated : bool
        True if the soles were calibrated on this person.
    stood : bool
        False for devices that nobody stands on: a pull is neither standing nor walking.
    params : Params
        Settings.
    """
    if not stood:
        return {"activities": (), "toe_yoga": (), "rocking": (), "sway": ()}
    up = [(time.pair.start, time.pair.end) for time in found.times]
    rate_hz = found.rate_hz
    busy = [(round(start * rate_hz), round(end * rate_hz)) for start, end in calibrating]
    seen = scene(force, found, [*up, *busy], params.scene)
    doubts = () if calibrated else ("uncalibrated",)
    toes = toe_yoga_rows(seen, params.toe, doubts)
    rocks = rock_rows(seen, params.rock, centres, doubts)
    activities = activity_rows(
        seen, holds=holds, raises=raises, toe_yoga=toes, rocks=rocks, calibration=calibrating
    )
    windows = [*_held(holds, found, tables.sides_of(force)), *_stood(force, activities)]
    return {
        "activities": activities,
        "toe_yoga": toes,
        "rocking": rocks,
        "sway": sway_rows(force, windows, params.sway),
    }


def rock_centres(
    force: pd.DataFrame,
    found: Findings,
    calibrating: Sequence[Span],
    rocked: Sequence[tuple[str, float, float]],
    params: Params,
) -> dict[str, tuple[float, float, float]]:
    """Return where rocks over the big, middle and little toe went in a calibration, mm, by side.

    Parameters
    ----------
    force : ForceTable, (n,) rows
        Loads in N.
    found : Findings
        What was found.
    calibrating : sequence of (start_s, end_s)
        Steps of a guided calibration, s.
    rocked : sequence of (toe, start_s, end_s)
        Those of them that taught rocking over a toe, s; without them nothing was taught.
    params : Params
        Settings.
    """
    if not rocked:
        return {}
    busy = [
        (round(start * found.rate_hz), round(end * found.rate_hz)) for start, end in calibrating
    ]
    up = [(time.pair.start, time.pair.end) for time in found.times]
    return taught(scene(force, found, [*up, *busy], params.scene), rocked, params.rock)


def _held(holds: Sequence[HoldRow], found: Findings, there: tuple[str, ...]) -> list[Window]:
    """Return when somebody held still on tiptoe: each piece of a hold with a touch by itself."""
    rate_hz = found.rate_hz
    return [
        Window(
            "isometric_hold",
            row.set,
            there if row.side == "both" else (row.side,),
            (piece.pair.start if piece.top is None else piece.top) / rate_hz,
            (piece.pair.end if piece.onset is None else piece.onset) / rate_hz,
        )
        for row in holds
        for piece in found.times
        if row.heel_off_s
        <= 0.5 * (piece.pair.start + piece.pair.end) / rate_hz
        < row.heel_contact_s
    ]


def _stood(force: pd.DataFrame, activities: Sequence[ActivityRow]) -> list[Window]:
    """Return when somebody stood quietly, flat on both feet, and did nothing else."""
    sides = tuple(side for side in tables.SIDES if f"{side}_n" in force)
    standing = [row for row in activities if row.activity == "standing"]
    return [
        Window("standing", None, sides, max(a.start_s, b.start_s), min(a.end_s, b.end_s))
        for a in quiet_stands(force)
        for b in standing
        if min(a.end_s, b.end_s) > max(a.start_s, b.start_s)
    ]
