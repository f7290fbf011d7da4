"""The types of the public face, pinned: mypy reads this file, nothing runs it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import assert_type

import pandas as pd

import insole
from insole.capabilities import Capabilities
from insole.measured import Measured
from insole.record.store import Damage
from insole.report.model import SessionReport
from insole.spec.model import DeviceSpec


def reading() -> None:
    s = insole.load("session.insole", exercise="isometric_hold")
    assert_type(s, insole.Session)
    assert_type(insole.load(Path("session.insole")), insole.Session)
    assert_type(s.path, Path)
    assert_type(s.damage, tuple[Damage, ...])
    assert_type(s.samples, Mapping[str, pd.DataFrame])
    assert_type(s.sensors, Mapping[str, pd.DataFrame])
    assert_type(s.capabilities, Capabilities)
    assert_type(s.forces, pd.DataFrame)
    assert_type(s.events, pd.DataFrame)
    assert_type(s.holds, pd.DataFrame)
    assert_type(s.raises, pd.DataFrame)
    assert_type(s.sets, pd.DataFrame)


async def recording() -> None:
    assert_type(await insole.record_session(duration_s=60.0, note="at home"), insole.Session)
    assert_type(await insole.record_session(["sim_insole"], side="left"), insole.Session)
    assert_type(insole.record_session_blocking(simulate="demo", seed=2), insole.Session)


def reporting(s: insole.Session) -> None:
    report = s.report()
    assert_type(report, SessionReport)
    assert_type(report.body_weight_n, Measured)
    assert_type(report.body_weight_n.value, float | None)
    assert_type(report.raises[0].lowering_s.reasons, tuple[str, ...])
    assert_type(report.holds[0].onset_s, float | None)
    assert_type(report.raises[0].counted, bool)


def drawing(s: insole.Session) -> None:
    assert_type(s.plot(), insole.plot.Timeline)
    assert_type(insole.plot.timeline(s), insole.plot.Timeline)
    assert_type(insole.plot.to_png(s.plot()), bytes)


def devices() -> None:
    assert_type(insole.load_spec("sim_insole"), DeviceSpec)
    assert_type(insole.load_spec(Path("mine.toml"), Path("specs")), DeviceSpec)


def errors(error: insole.InsoleError) -> None:
    assert_type(error.exit_code, int)
    if isinstance(error, insole.FormatError):
        assert_type(error.line, int)
    if isinstance(error, insole.SpecError):
        assert_type((error.path, error.key, error.problem), tuple[str, str, str])
    if isinstance(error, insole.StoreError):
        assert_type(error.path, str)


def wrong_calls() -> None:
    insole.load("session.insole", exercise="squat")  # type: ignore[arg-type]
    insole.load(3)  # type: ignore[arg-type]
    insole.record_session_blocking(duration=60.0)  # type: ignore[call-arg]
