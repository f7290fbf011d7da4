"""A session's loads as its calibration says they should read, and what the report says of that."""

from __future__ import annotations

import json
import warnings
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar

from insole import profile as people
from insole import tables
from insole.errors import StoreError
from insole.filter import calibration as cal
from insole.filter import stand
from insole.kept import ATTACHMENT, centres_of, soles_of
from insole.measure import rocking
from insole.measure.ground import ground_of
from insole.units import G0

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

    from insole.filter.calibration import Calibration, Step
    from insole.measure.channel import ChannelParams
    from insole.measure.ground import Ground
    from insole.profile import Profile
    from insole.record.store import Mark, SessionFile

Kind = TypeVar("Kind", bound=str)
MARK = "calibration"
"""Kind of the marks that bound the steps of a guided calibration."""


@dataclass(frozen=True, slots=True)
class Calibrated:
    """A session's loads after its calibration.

    Parameters
    ----------
    force : ForceTable, (n,) rows
        Corrected, as far as anything is known.
    calibration : Calibration or None
        What corrected it; None where the soles read on their own scale.
    facts : mapping
        The report's ``calibration``; empty if nothing was tried and nothing drifted.
    drifted : bool
        True if the reading of quiet standing changed by more than can be passed over.
    weighed : bool
        True if the loads of both feet together are those of a weight that was told.
    refused : bool
        True if there was a calibration that does not apply.
    steps : tuple of Step
        The guided calibration in this session; what was done in it is no exercise.
    rock_centres : mapping of side to (big, middle, little)
        Where rocks over each toe went in an earlier calibration, mm.
    """

    force: pd.DataFrame
    calibration: Calibration | None
    facts: Mapping[str, Any]
    drifted: bool = False
    weighed: bool = False
    refused: bool = False
    steps: tuple[Step, ...] = ()
    rock_centres: Mapping[str, tuple[float, float, float]] = field(default_factory=dict)


def calibrated(file: SessionFile, force: pd.DataFrame, start_s: float) -> Calibrated:
    """Return the loads of a session as its calibration says they should read.

    Parameters
    ----------
    file : SessionFile
        Its marks, attachments and facts.
    force : ForceTable, (n,) rows
        What the soles told.
    start_s : float
        When the table begins, s on the clock of the recording.

    Notes
    -----
    Steps of a guided calibration in the session itself come first; else an earlier calibration
    that the session carries, if a quiet stand of 3 s confirms it. Then the drift from the first
    quiet stand to the later ones is taken back, or only told where there is no calibration.
    """
    steps = steps_of(file.marks, start_s)
    stored = file.attachments.get(ATTACHMENT)
    if not any(f"{side}_n" in force for side in tables.SIDES):
        reason = "these devices do not tell the load of a foot in newton"
        return _without(force, reason) if steps or stored else Calibrated(force, None, {})
    if any(step.kind != "press_left" for step in steps):
        own = cal.calibrate(force, steps, weight_of(file))
        reason = "" if own.flat else "the weight shifts with the heels down were not accepted"
        loads = _corrected(force, own, own.to_dict(), reason, _last(steps, "quiet_stand"))
        return replace(loads, steps=tuple(steps))
    other = _drift_told(force) if stored is None else _by_earlier(file, force, stored)
    return replace(other, steps=tuple(steps))


def steps_of(marks: Iterable[Mark], start_s: float) -> list[Step]:
    """Return the steps that the marks of a guided calibration bound.

    Parameters
    ----------
    marks : iterable of Mark
        Of a session; a step whose end is missing was not done.
    start_s : float
        When the session's table begins, s on the clock of the recording.
    """
    return [cal.Step(kind, *span_s) for kind, *span_s in _bounded(marks, start_s, cal.STEPS)]


def rocks_of(marks: Iterable[Mark], start_s: float) -> list[tuple[str, float, float]]:
    """Return the steps of a calibration that teach rocking: the toe, start and end in s.

    Parameters
    ----------
    marks : iterable of Mark
        Of a session.
    start_s : float
        When the session's table begins, s on the clock of the recording.
    """
    steps = _bounded(marks, start_s, rocking.STEPS)
    return [(kind.removeprefix("rock_"), start, end) for kind, start, end in steps]


def _bounded(
    marks: Iterable[Mark], start_s: float, kinds: Sequence[Kind]
) -> list[tuple[Kind, float, float]]:
    """Return which steps of some kinds were done when, s; one without an end was not done."""
    begun: dict[Kind, float] = {}
    steps = []
    for mark in sorted(marks, key=lambda mark: mark.host_time_ns):
        note = _note(mark) if mark.kind == MARK else {}
        kind, time_s = note.get("step"), mark.host_time_ns / 1e9 - start_s
        if kind is None or kind not in kinds:
            continue
        if note.get("event") == "start":
            begun[kind] = time_s
        elif note.get("event") == "end" and kind in begun:
            steps.append((kind, begun.pop(kind), time_s))
    return steps


def weight_of(file: SessionFile) -> float | None:
    """Return the weight of a session's person, N; None if nobody told it."""
    mass_kg = file.meta.body_mass_kg or (profile_of(file) or people.Profile()).body_mass_kg
    return None if mass_kg is None else mass_kg * G0


def profile_of(file: SessionFile) -> Profile | None:
    """Return the profile that a session carries; one that cannot be read is left out, and said."""
    try:
        return _stored_profile(file)
    except StoreError as error:
        warnings.warn(f"the person's profile is left out: {error}", stacklevel=2)
        return None


def _stored_profile(file: SessionFile) -> Profile | None:
    stored = file.attachments.get(people.ATTACHMENT)
    if stored is None:
        return None
    return people.from_json(stored, f"{file.path}: {people.ATTACHMENT}")


def ground_facts(
    file: SessionFile, force: pd.DataFrame, params: ChannelParams
) -> dict[str, Ground]:
    """Return the ground that the heels' load shows, if the person said another; else nothing.

    Parameters
    ----------
    file : SessionFile
        The profile that it carries.
    force : ForceTable, (n,) rows
        Loads of a session with raised heels.
    params : ChannelParams
        When a heel hangs over an edge.
    """
    try:
        person = _stored_profile(file)
    except StoreError:  # which `profile_of` says
        return {}
    if person is None or person.ground is None:
        return {}
    seen = ground_of(force, params)
    return {} if seen is None or seen == person.ground else {"ground": seen}


def _note(mark: Mark) -> Mapping[str, Any]:
    try:
        note = json.loads(mark.json)
    except ValueError:
        return {}
    return note if isinstance(note, dict) else {}


def _last(steps: Iterable[Step], kind: str) -> Step | None:
    return next((step for step in reversed(list(steps)) if step.kind == kind), None)


def _by_earlier(file: SessionFile, force: pd.DataFrame, stored: bytes) -> Calibrated:
    """Apply an earlier calibration if it is of these soles and a quiet stand confirms it."""
    try:
        kept = json.loads(stored)
        earlier = cal.Calibration.from_dict(kept["calibration"])
        of_these = kept["soles"] == soles_of(file.devices.values())
        taken = str(kept.get("taken_at_utc", ""))
        centres = centres_of(kept)
    except (ValueError, KeyError, TypeError, AttributeError):
        return _without(force, "the earlier calibration cannot be read; calibrate again")
    if not of_these:
        return _without(force, "the earlier calibration is of other soles; calibrate these")
    stands = stand.quiet_stands(force)
    if not stands:
        reason = "nobody stood still for 3 s, so the earlier calibration could not be confirmed"
        return _without(force, f"{reason}; stand still on both feet first")
    why = stand.still_holds(force, stands[0], earlier)
    facts = {**earlier.to_dict(), "method": "earlier", "taken_at_utc": taken}
    if why:
        return _without(force, f"the earlier calibration no longer fits: {why}")
    reason = "" if earlier.flat else "the earlier calibration lacks its weight shifts"
    return replace(_corrected(force, earlier, facts, reason, stands[0]), rock_centres=centres)


def _without(force: pd.DataFrame, reason: str) -> Calibrated:
    told = _drift_told(force)
    return replace(told, facts={"reason": reason, **told.facts}, refused=True)


def _corrected(
    force: pd.DataFrame,
    calibration: Calibration,
    facts: Mapping[str, Any],
    reason: str,
    first: Step | None,
) -> Calibrated:
    """Apply what was learnt; without the flat gains that is offsets, and one scale for both."""
    if not reason:
        corrected = cal.apply(force, calibration)
        loads = _creep_taken_back(corrected, calibration, facts, first)
        return replace(loads, weighed=calibration.body_weight_given)
    tared = cal.without_offset(force, calibration.offset_n)
    weighed = cal.scaled_to_weight(tared, calibration)
    if weighed is None:
        told = _drift_told(tared)
        return replace(told, facts={**facts, "reason": reason, **told.facts}, refused=True)
    loads = _creep_taken_back(weighed, None, {**facts, "reason": reason}, first)
    return replace(loads, weighed=True, refused=True)


def _creep_taken_back(
    force: pd.DataFrame,
    calibration: Calibration | None,
    facts: Mapping[str, Any],
    first: Step | None,
) -> Calibrated:
    stands, drifts = _drifts(force, first)
    if first is None or not stands:
        return Calibrated(force, calibration, facts)
    return Calibrated(
        stand.without_creep(force, [first, *stands], [0.0, *drifts]),
        calibration,
        {**facts, "drift": drifts[-1]},
        drifted=_is_much(drifts),
    )


def _drifts(force: pd.DataFrame, first: Step | None) -> tuple[list[Step], list[float]]:
    """Return the quiet stands after the first, and by how much the reading had grown in each."""
    if first is None:
        return [], []
    later = [
        (step, drift)
        for step in stand.later_stands(force, first)
        if (drift := stand.drift_between(force, first, step)) is not None
    ]
    return [step for step, _ in later], [drift for _, drift in later]


def _is_much(drifts: Sequence[float]) -> bool:
    return max(map(abs, drifts), default=0.0) > stand.StandParams().drift_from


def _drift_told(force: pd.DataFrame) -> Calibrated:
    """Leave the loads as they are, and say by how much quiet standing changed."""
    _, drifts = _drifts(force, next(iter(stand.quiet_stands(force)), None))
    if not _is_much(drifts):
        return Calibrated(force, None, {})
    return Calibrated(force, None, {"drift": drifts[-1]}, drifted=True)
