"""From a ForceTable and what is known about it to a SessionReport."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from insole import measured
from insole.measure.calf_raise import RaisePlace, best_heights, raise_row
from insole.measure.events import event_rows
from insole.measure.finding import Findings, find, with_findings
from insole.measure.hold import hold_row
from insole.measure.kind import sort_kinds
from insole.measure.sets import ExerciseSet, group, set_row
from insole.measure.share import Doubts, share_curve, variant_of
from insole.measure.weight_shift import weight_shift_row
from insole.report.model import SessionReport

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from insole.capabilities import Capabilities
    from insole.measure.finding import HeelUpTime
    from insole.measure.kind import Exercise
    from insole.measure.model import HoldRow, Quality, RaiseRow
    from insole.measure.params import Params
    from insole.measure.share import ShareCurve
    from insole.measured import Measured
    from insole.report.model import SessionFacts


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a session besides its samples."""

    session: SessionFacts
    capabilities: Capabilities
    quality: Mapping[str, Quality]
    sync: Measured
    software: Mapping[str, Any]
    exercise: Exercise | None = None


def summarise(
    force: pd.DataFrame, known: Known, params: Params, findings: Findings | None = None
) -> SessionReport:
    """Return the report of one session.

    Parameters
    ----------
    force : ForceTable, (n,) rows
        Aligned loads in N, body weights or counts; IMU in g and dps.
    known : Known
        Facts, capabilities and quality of the recording.
    params : Params
        Settings; they stand in the report.
    findings : Findings, optional
        Result of `measure.finding.find` on the same table and settings, if already there.
    """
    found = findings or find(force, params)
    force = with_findings(force, found)
    curve = share_curve(force, params.share)
    holds, raises = sort_kinds(found.times, known.exercise, found.rate_hz, params.exercise)
    sides = [_set_side(time, curve, found.rate_hz, params) for time in raises]
    sets = group(holds, raises, sides, rate_hz=found.rate_hz, params=params.exercise)
    doubts = _share_doubts(known, params)
    builder = _Rows(force, found, curve, doubts, known.exercise, params)
    hold_rows = {s.number: builder.holds(s) for s in sets}
    raise_rows = {s.number: builder.raises(s) for s in sets}
    before = {one.number: prior for prior, one in pairwise(sets)}
    return SessionReport(
        session=known.session,
        capabilities=known.capabilities,
        body_weight_n=_body_weight(found, known.capabilities, params),
        sets=tuple(
            set_row(
                one,
                before.get(one.number),
                hold_rows[one.number],
                raise_rows[one.number],
                found.rate_hz,
            )
            for one in sets
        ),
        holds=tuple(row for rows in hold_rows.values() for row in rows),
        raises=tuple(row for rows in raise_rows.values() for row in rows),
        weight_shift=tuple(
            weight_shift_row(
                one.number, one.times, curve, found.rate_hz, doubts=doubts, params=params.share
            )
            for one in sets
        ),
        quality=known.quality,
        sync=known.sync,
        events=tuple(event_rows(found)),
        params=params.to_dict(),
        software=known.software,
        calibration=found.gains.to_dict() if found.gains else {},
    )


@dataclass(frozen=True, slots=True)
class _Rows:
    """Everything that the rows of any set are computed from."""

    force: pd.DataFrame
    found: Findings
    curve: ShareCurve
    doubts: Doubts
    exercise: Exercise | None
    params: Params

    def holds(self, one: ExerciseSet) -> list[HoldRow]:
        return [
            hold_row(
                hold,
                one.number,
                force=self.force,
                findings=self.found,
                curve=self.curve,
                doubts=self.doubts,
                params=self.params,
            )
            for hold in one.holds
        ]

    def raises(self, one: ExerciseSet) -> list[RaiseRow]:
        best = best_heights(self.found.times)
        rows = []
        for k, time in enumerate(one.raises):
            following = one.raises[k + 1].pair.start if k + 1 < len(one.raises) else time.pair.end
            pause_s = (following - time.pair.end) / self.found.rate_hz
            rows.append(
                raise_row(
                    time,
                    RaisePlace(one.number, k + 1, pause_s),
                    findings=self.found,
                    curve=self.curve,
                    best_mm=best.get(time.pair.side),
                    exercise=self.exercise,
                    doubts=self.doubts,
                    params=self.params,
                )
            )
        return rows


def _set_side(time: HeelUpTime, curve: ShareCurve, rate_hz: float, params: Params) -> str:
    """Return the side that decides which set a raise belongs to; empty if shares leave it open."""
    variant, side = variant_of(curve, time, rate_hz, params.share)
    return "" if variant == "unclear" and curve.left_share is not None else side


def _share_doubts(known: Known, params: Params) -> Doubts:
    """Return why shares are less sure than they look.

    A sensor that knows regions lies under a bending sole, and such soles over-read on tiptoe by
    up to 70 %; a plate does not bend. Body weights come from a calibration at two points.
    """
    flat = ("two_point",) if known.capabilities.unit == "bw" else ()
    tiptoe = ("uncalibrated_tiptoe",) if known.capabilities.regions else ()
    apart_ms = known.sync.value
    together = apart_ms is not None and apart_ms <= params.share.sync_ms
    return Doubts(flat, (*flat, *tiptoe), () if together else ("sync",))


def _body_weight(found: Findings, capabilities: Capabilities, params: Params) -> Measured:
    method = "quiet_standing"
    if capabilities.sides in {"left", "right"}:
        return measured.not_observable("N", method, "one_side")
    if found.unit != "n":
        return measured.not_observable("N", method, "uncalibrated")
    if not found.standing >= params.pair.standing_n:
        return measured.not_observable("N", method, "no_body_weight")
    # one number for both feet comes from a scale or a plate, which are calibrated when made
    doubts = () if capabilities.sides == "merged" else ("uncalibrated",)
    return measured.of(found.standing, "N", method, *doubts)
