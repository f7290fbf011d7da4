"""A finished session: opened, decoded or imported, aligned; a thin and lazy face for notebooks."""

from __future__ import annotations

import platform
import warnings
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import insole.record.store as sessions
from insole import capabilities as rig
from insole import tables
from insole.align.grid import to_grid
from insole.calibrated import Calibrated, calibrated, ground_facts, profile_of, rocks_of
from insole.decoded import DeviceSamples, device_samples, info_of
from insole.errors import AlignError, StoreError
from insole.filter.feature import side_features
from insole.measure import edits, finding
from insole.measure.kind import EXERCISES
from insole.measure.params import Params
from insole.measure.quality import Signal, clocks_apart, device_quality, signal_of, silent_quality
from insole.record.folder import find_session
from insole.report import build, export
from insole.report.model import SessionFacts
from insole.worn import EXCHANGED, as_worn, is_exchanged

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from pathlib import Path

    import pandas as pd

    from insole.capabilities import Capabilities
    from insole.filter.calibration import Calibration
    from insole.measure.finding import Findings
    from insole.measure.kind import Exercise
    from insole.measure.model import Quality
    from insole.measured import Measured
    from insole.plot import Timeline
    from insole.record.store import Damage, Mark, SessionFile
    from insole.report.model import SessionReport


def load(
    path: str | Path, *, exercise: Exercise | None = None, params: Params | None = None
) -> Session:
    """Return a session file, ready to look into.

    Parameters
    ----------
    path : str or Path
        A ``.insole`` file, or ``last`` for the one written last in the sessions folder. It is not
        changed, but one whose recording was cut off is finished first, with a warning that says
        so; where it cannot be written to, a copy is finished and read.
    exercise : {"isometric_hold", "eccentric_raise"}, optional
        What was done; else what the file says; else what the samples show.
    params : Params, optional
        Settings of the analysis.

    Raises
    ------
    StoreError
        If the file cannot be read as a session, is being recorded, or there is no last one.
    """
    place = find_session(str(path))
    file, done = sessions.open_whole(place)
    if done:
        warnings.warn(f"{place}: {done}", stacklevel=2)
    return Session(file, exercise, params or Params())


class Session:
    """One session; everything is computed from the file when first asked for.

    Parameters
    ----------
    file : SessionFile
        The session as read.
    exercise : str or None
        What was done, if somebody says so.
    params : Params
        Settings of the analysis.
    """

    def __init__(self, file: SessionFile, exercise: Exercise | None, params: Params) -> None:
        self._recorded, self._file = file, as_worn(file)
        self._params = _of_person(file, params)
        self._exercise = exercise or _exercise_of(file)
        self._amend: Callable[[SessionReport], SessionReport] | None = None

    @property
    def path(self) -> Path:
        """Where the session was read from."""
        return self._file.path

    @property
    def damage(self) -> tuple[Damage, ...]:
        """What of the file is not as it was written; it is left out of everything else."""
        return self._file.damage

    @cached_property
    def samples(self) -> Mapping[str, pd.DataFrame]:
        """One SampleTable for each device: its sensors, in its units, on the session's clock."""
        return {role: source.samples for role, source in self._sources.items()}

    @cached_property
    def sensors(self) -> Mapping[str, pd.DataFrame]:
        """One SensorMap for each device: where its sensors lie, in mm."""
        return {role: source.sensors for role, source in self._sources.items()}

    @property
    def capabilities(self) -> Capabilities:
        """What the devices of this session sense together."""
        return self._aligned.capabilities

    @property
    def exchanged(self) -> bool:
        """True if a calibration found each sole on the other foot; everything here goes by feet."""
        return is_exchanged(self._recorded)

    @property
    def start_s(self) -> float:
        """When the session's first sample came, on the clock that marks are timed by, s."""
        return self._aligned.start_s

    @cached_property
    def forces(self) -> pd.DataFrame:
        """The ForceTable: all devices on one grid, soles made comparable, heel height in mm."""
        return finding.with_findings(self._loads.force, self._findings)

    @property
    def events(self) -> pd.DataFrame:
        """Events of each foot: what, which side, when (s), how found."""
        return export.event_frame(self.report().events)

    @property
    def holds(self) -> pd.DataFrame:
        """Holds, one row each; columns as in the report."""
        return export.hold_frame(self.report().holds)

    @property
    def raises(self) -> pd.DataFrame:
        """Calf raises, one row each; columns as in the report."""
        return export.raise_frame(self.report().raises)

    @property
    def sets(self) -> pd.DataFrame:
        """Sets, one row each; columns as in the report."""
        return export.set_frame(self.report().sets)

    def with_marks(self, *marks: Mark) -> Session:
        """Return this session as it would read with more marks; its file stays as it is.

        Parameters
        ----------
        marks : Mark
            Corrections by hand, behind those that the file holds.
        """
        file = replace(self._recorded, marks=(*self._file.marks, *marks))
        other = Session(file, self._exercise, self._params)
        if "_aligned" in vars(self) and other.exchanged == self.exchanged:  # else none moves one
            vars(other)["_aligned"] = self._aligned
        return other

    def report(self) -> SessionReport:
        """Return the report of this session."""
        return self._amended

    def amend(self, change: Callable[[SessionReport], SessionReport]) -> None:
        """Let what is known beside the file into the report, before it is first asked for.

        Parameters
        ----------
        change : callable
            Gets the report of the file alone, returns the one to give.
        """
        self._amend = change

    @cached_property
    def _amended(self) -> SessionReport:
        return self._amend(self._report) if self._amend else self._report

    def plot(self) -> Timeline:
        """Return the timeline of this session as a figure."""
        from insole import plot  # noqa: PLC0415 - matplotlib loads only for who draws

        return plot.timeline(self)

    @cached_property
    def _sources(self) -> Mapping[str, DeviceSamples]:
        """The devices that gave a sample."""
        devices = dict(device_samples(self._file))
        sources = {role: source for role, source in devices.items() if len(source.samples)}
        _check_heard(self._file, devices, sources)
        return sources

    @cached_property
    def _aligned(self) -> _Aligned:
        """All devices on one grid; their samples are let go, and decoded again if asked for."""
        features, signals, facts = {}, {}, {}
        for role, source in device_samples(self._file):
            if len(source.samples):
                features[role] = side_features(source.samples, source.sensors)
                signals[role] = signal_of(source.samples, source.period_s, self._params.quality)
            facts[role] = replace(source, samples=source.samples[:0].copy())
        _check_heard(self._file, facts, features)
        capabilities = _together({role: facts[role].capabilities for role in features})
        quality = _quality(facts, signals, self._params)
        sync = clocks_apart(
            [quality[role].clock_residual_ms for role in features],
            one_clock=all(facts[role].one_clock for role in features),
        )
        fastest_s = min(facts[role].period_s for role in features)
        force = to_grid(features, capabilities.rate_hz or 1.0 / fastest_s)
        if len(force) < 2:
            raise AlignError(f"{self.path} holds a single sample; record for some seconds")
        start_s = min(float(samples["time_s"].iloc[0]) for samples in features.values())
        return _Aligned(force, capabilities, quality, sync, start_s)

    @cached_property
    def _loads(self) -> Calibrated:
        """The loads after this session's calibration, if it has one."""
        return calibrated(self._file, self._aligned.force, self._aligned.start_s)

    @property
    def calibration(self) -> Calibration | None:
        """What the loads were corrected by; None where the soles read on their own scale."""
        return self._loads.calibration

    @cached_property
    def _findings(self) -> Findings:
        loads = self._loads
        found = finding.find(loads.force, self._params, calibrated=loads.calibration is not None)
        steps = [(s.start_s * found.rate_hz, s.end_s * found.rate_hz) for s in loads.steps]
        times = [
            time
            for time in found.times
            if not any(time.pair.start < end and start < time.pair.end for start, end in steps)
        ]
        return replace(found, times=times)

    @cached_property
    def _report(self) -> SessionReport:
        aligned, loads = self._aligned, self._loads
        rocked = rocks_of(self._file.marks, aligned.start_s)
        works = self._findings.times and not loads.steps  # a calibration is done on the floor
        known = build.Known(
            session=self._facts(),
            capabilities=aligned.capabilities,
            quality=_flagged(aligned.quality, loads),
            sync=aligned.sync,
            software=self._software(),
            exercise=self._exercise,
            calibration=loads.calibration,
            calibration_facts={
                **loads.facts,
                **({"sides": EXCHANGED} if self.exchanged else {}),
                **(ground_facts(self._file, loads.force, self._params.channel) if works else {}),
            },
            weighed=loads.weighed,
            drifted=loads.drifted,
            calibrating=(
                *((step.start_s, step.end_s) for step in loads.steps),
                *((start_s, end_s) for _, start_s, end_s in rocked),
            ),
            rocked=tuple(rocked),
            rock_centres=loads.rock_centres,
            edits=edits.edits_of(m.json for m in self._file.marks if m.kind == edits.MARK),
        )
        return build.summarise(loads.force, known, self._params, self._findings)

    def _facts(self) -> SessionFacts:
        meta = self._file.meta
        # an imported file need not say when it was recorded; the time of import is no answer
        told = all(
            info_of(self._file, device).get("start_known", True)
            for device in self._file.devices.values()
        )
        known = told and meta.started_at_utc != ""
        return SessionFacts(
            id=meta.session_id,
            started_at_utc=meta.started_at_utc if known else None,
            utc_offset_s=meta.utc_offset_s if known else None,
            duration_s=float(self._aligned.force.index[-1]),
            devices={
                role: {"spec_id": d.spec_id, "name": d.name, "firmware": d.firmware}
                for role, d in self._file.devices.items()
            },
            note=meta.note,
        )

    def _software(self) -> Mapping[str, Any]:
        return {
            "insole": version("insole"),
            "recorded_with": self._file.meta.software,
            "python": platform.python_version(),
            "specs": {r: d.spec_hash for r, d in self._file.devices.items() if d.spec_hash},
        }


@dataclass(frozen=True, slots=True)
class _Aligned:
    """A session on one grid, and how good its recording is."""

    force: pd.DataFrame
    capabilities: Capabilities
    quality: Mapping[str, Quality]
    sync: Measured
    start_s: float
    """When the grid begins, on the clock of the recording."""


def _check_heard(
    file: SessionFile, devices: Mapping[str, DeviceSamples], heard: Collection[str]
) -> None:
    if not devices:
        raise StoreError(str(file.path), "holds no device that is whole; nothing to analyse")
    if not heard:
        errors = sum(source.errors for source in devices.values())
        silent = f"holds no sample of {' and '.join(devices)}"
        problem = f"{silent}, and {errors} packets that do not fit their spec"
        raise StoreError(str(file.path), f"{problem}; record again")


def _quality(
    devices: Mapping[str, DeviceSamples], signals: Mapping[str, Signal], params: Params
) -> Mapping[str, Quality]:
    times = [signal.time_s for signal in signals.values()]
    whole_s = float(min(t[0] for t in times)), float(max(t[-1] for t in times))
    return {
        role: device_quality(
            signals[role],
            source.period_s,
            whole_s=whole_s,
            fits=source.fits,
            errors=source.errors,
            params=params,
            doubts=source.doubts,
            steady=source.steady,
        )
        if role in signals
        else silent_quality(whole_s[1] - whole_s[0], source.errors)
        for role, source in devices.items()
    }


def _flagged(quality: Mapping[str, Quality], loads: Calibrated) -> Mapping[str, Quality]:
    """Add to each sole's flags what its calibration says."""
    words = [*["drift"] * loads.drifted, *["uncalibrated"] * loads.refused]
    return {
        role: replace(one, flags=(*one.flags, *words)) if role in tables.SIDES else one
        for role, one in quality.items()
    }


def _of_person(file: SessionFile, params: Params) -> Params:
    """Return the settings with the foot of this person, unless they name one."""
    person = profile_of(file)
    if person is None or person.foot_length_mm is None or params.height.foot_length_known:
        return params
    foot = replace(params.height, foot_length_mm=person.foot_length_mm, foot_length_known=True)
    return replace(params, height=foot)


def _exercise_of(file: SessionFile) -> Exercise | None:
    return next((name for name in EXERCISES if name == file.meta.exercise), None)


def _together(devices: Mapping[str, Capabilities]) -> Capabilities:
    """Return what the rig senses: what all its insoles do, else all its devices, on both sides."""
    soles = [device for role, device in devices.items() if role in tables.SIDES]
    each = soles or list(devices.values())
    sides: rig.Sides
    if {"left", "right"} <= devices.keys():
        sides = "both"
    elif "left" in devices or "right" in devices:
        sides = "left" if "left" in devices else "right"
    else:
        sides = "pull" if all(device.sides == "pull" for device in each) else "merged"
    units = {c.unit for c in each}
    if len(units) > 1:
        problem = f"the devices measure force in {' and '.join(sorted(units))}"
        raise AlignError(f"{problem}, which do not compare; record each foot with the same kind")
    common = set.intersection(*(set(c.regions) for c in each))
    return rig.Capabilities(
        regions=tuple(r for r in tables.REGIONS if r in common),
        imu=all(c.imu for c in each),
        cop=all(c.cop for c in each),
        rate_hz=max((c.rate_hz for c in each if c.rate_hz), default=None),
        sides=sides,
        unit=each[0].unit,
    )
