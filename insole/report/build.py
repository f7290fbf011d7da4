"""From a ForceTable and what is known about it to a SessionReport."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from insole import measured
from insole.measure import overlay
from insole.measure.calf_raise import RaisePlace, best_heights, raise_row
from insole.measure.edits import VARIANTS
from insole.measure.events import event_rows
from insole.measure.finding import Findings, find, with_findings
from insole.measure.hold import hold_row
from insole.measure.kind import sort_kinds
from insole.measure.overlay import Overlay
from insole.measure.sets import ExerciseSet, group, set_row
from insole.measure.share import Doubts, raised_on, share_curve, variant_of
from insole.measure.weight_shift import weight_shift_row
from insole.report.corrected import edit_rows, marked, marked_set
from insole.report.model import SessionReport
from insole.report.whole import rock_centres, whole

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from insole.capabilities import Capabilities
    from insole.filter.calibration import Calibration
    from insole.measure.edits import Edit
    from insole.measure.finding import HeelUpTime
    from insole.measure.kind import Exercise, Hold
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
    calibration: Calibration | None = None
    """The one that the loads were corrected by; None if they were not."""
    calibration_facts: Mapping[str, Any] = field(default_factory=dict)
    """What the report says of it, or of why there is none."""
    weighed: bool = False
    """True if the loads of both feet together are those of a weight that was told."""
    drifted: bool = False
    """True if the loads rose or fell by themselves, more than can be passed over."""
    edits: tuple[Edit, ...] = ()
    """Corrections by hand, in the order in which they were made."""
    calibrating: tuple[tuple[float, float], ...] = ()
    """When the steps of a guided calibration were done, s."""
    rocked: tuple[tuple[str, float, float], ...] = ()
    """Which of them taught rocking over which toe, and when, s."""
    rock_centres: Mapping[str, tuple[float, float, float]] = field(default_factory=dict)
    """Where rocks over the big, middle and little toe went in an earlier calibration, mm."""


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
    found = findings or find(force, params, calibrated=known.calibration is not None)
    force = with_findings(force, found)
    holds, raises = sort_kinds(found.times, known.exercise, found.rate_hz, params.exercise)
    report = _Report(force, known, share_curve(force, params.share), params)
    plain = report.of(Overlay(found, holds, raises))
    if not known.edits:
        return plain
    over = overlay.apply(known.edits, holds, raises, force=force, findings=found, params=params)
    edits = edit_rows(known.edits, over.outcomes, plain, found.rate_hz)
    return replace(report.of(over), edits=edits)


@dataclass(frozen=True, slots=True)
class _Report:
    """What a report is made from besides what was found, and corrected."""

    force: pd.DataFrame
    known: Known
    curve: ShareCurve
    params: Params

    def of(self, over: Overlay) -> SessionReport:
        """Return the report of these holds and raises."""
        known, curve, params, found = self.known, self.curve, self.params, over.found
        rate_hz = found.rate_hz
        sides = [_set_side(time, curve, rate_hz, params, over) for time in over.raises]
        sets = group(over.holds, over.raises, sides, rate_hz=rate_hz, params=params.exercise)
        doubts = _share_doubts(known, params)
        weight = _body_weight(found, known, params)
        rows = _Rows(self.force, found, curve, doubts, weight, known.exercise, params, over)
        holds = {one.number: rows.holds(one) for one in sets}
        raises = {one.number: rows.raises(one) for one in sets}
        before = {one.number: prior for prior, one in pairwise(sets)}
        held = tuple(row for rows in holds.values() for row in rows)
        raised = tuple(row for rows in raises.values() for row in rows)
        taught = rock_centres(self.force, found, known.calibrating, known.rocked, params)
        centres = taught or known.rock_centres
        return SessionReport(
            session=known.session,
            capabilities=known.capabilities,
            body_weight_n=weight,
            sets=tuple(
                marked_set(
                    set_row(
                        one,
                        before.get(one.number),
                        holds[one.number],
                        raises[one.number],
                        rate_hz,
                    ),
                    [*map(overlay.key_of, one.holds), *map(overlay.key_of, one.raises)],
                    over,
                    rate_hz,
                )
                for one in sets
            ),
            holds=held,
            raises=raised,
            weight_shift=tuple(
                weight_shift_row(
                    one.number, one.times, curve, rate_hz, doubts=doubts, params=params.share
                )
                for one in sets
            ),
            **whole(
                self.force,
                found,
                held,
                raised,
                calibrating=known.calibrating,
                centres=centres,
                calibrated=known.calibration is not None,
                stood=known.capabilities.sides != "pull",
                params=params,
            ),
            quality=known.quality,
            sync=known.sync,
            events=tuple(event_rows(found)),
            params=params.to_dict(),
            software=known.software,
            calibration={
                **(found.gains.to_dict() if found.gains else {}),
                **known.calibration_facts,
                **_rocking(centres, known),
            },
        )


def _rocking(
    centres: Mapping[str, tuple[float, float, float]], known: Known
) -> dict[str, dict[str, list[float]]]:
    """Return what the report says of rocks that were taught, or tried to be; else nothing."""
    told = {side: list(places) for side, places in centres.items()}
    return {"rocking": told} if told or known.rocked else {}


@dataclass(frozen=True, slots=True)
class _Rows:
    """Everything that the rows of any set are computed from."""

    force: pd.DataFrame
    found: Findings
    curve: ShareCurve
    doubts: Doubts
    weight: Measured
    exercise: Exercise | None
    params: Params
    over: Overlay

    def holds(self, one: ExerciseSet) -> list[HoldRow]:
        return [self._hold(hold, one.number) for hold in one.holds]

    def _hold(self, hold: Hold, number: int) -> HoldRow:
        row = hold_row(
            hold,
            number,
            force=self.force,
            findings=self.found,
            curve=self.curve,
            doubts=self.doubts,
            params=self.params,
        )
        return marked(row, overlay.key_of(hold), self.over)

    def raises(self, one: ExerciseSet) -> list[RaiseRow]:
        best = best_heights(self.found.times, [self._raised_on(t) for t in self.found.times])
        rows = []
        for k, time in enumerate(one.raises):
            following = one.raises[k + 1].pair.start if k + 1 < len(one.raises) else time.pair.end
            pause_s = (following - time.pair.end) / self.found.rate_hz
            row = raise_row(
                time,
                RaisePlace(one.number, k + 1, pause_s),
                findings=self.found,
                curve=self.curve,
                best_mm=best.get(self._raised_on(time)),
                weight=self.weight,
                exercise=self.exercise,
                doubts=self.doubts,
                params=self.params,
                told=self.over.variants.get(overlay.key_of(time), ""),
            )
            rows.append(marked(row, overlay.key_of(time), self.over))
        return rows

    def _raised_on(self, time: HeelUpTime) -> str:
        return raised_on(self.curve, time, self.found.rate_hz, self.params.share)


def _set_side(
    time: HeelUpTime, curve: ShareCurve, rate_hz: float, params: Params, over: Overlay
) -> str:
    """Return the side that decides which set a raise belongs to; empty if shares leave it open."""
    variant, side = variant_of(curve, time, rate_hz, params.share)
    if told := over.variants.get(overlay.key_of(time)):
        return VARIANTS[told] or side
    return "" if variant == "unclear" and curve.left_share is not None else side


def _share_doubts(known: Known, params: Params) -> Doubts:
    """Return why shares are less sure than they look.

    A sensor that knows regions lies under a bending sole, and such soles over-read on tiptoe by
    up to 70 %, unless a calibration on tiptoe has taken that back; a plate does not bend. Body
    weights come from a calibration at two points.
    """
    flat = ("two_point",) if known.capabilities.unit == "bw" else ()
    corrected = known.calibration is not None and known.calibration.tiptoe is not None
    tiptoe = ("uncalibrated_tiptoe",) if known.capabilities.regions and not corrected else ()
    apart_ms = known.sync.value
    together = apart_ms is not None and apart_ms <= params.share.sync_ms
    return Doubts(flat, (*flat, *tiptoe), () if together else ("sync",))


def _body_weight(found: Findings, known: Known, params: Params) -> Measured:
    method, capabilities = "quiet_standing", known.capabilities
    if capabilities.sides in {"left", "right"}:
        return measured.not_observable("N", method, "one_side")
    if capabilities.sides == "pull":
        return measured.not_observable("N", method, "no_body_weight")
    if found.unit != "n":
        return measured.not_observable("N", method, "uncalibrated")
    if not found.standing >= params.pair.standing_n:
        return measured.not_observable("N", method, "no_body_weight")
    # one number for both feet comes from a scale or a plate, which are calibrated when made
    doubts = () if known.weighed or capabilities.sides == "merged" else ("uncalibrated",)
    drift = ("drift",) if known.drifted else ()
    return measured.of(found.standing, "N", method, *doubts, *drift)
