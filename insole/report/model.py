"""The report as a frozen value; `report.export` turns it into JSON, `report.text` into prose."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from insole.capabilities import Capabilities
    from insole.measure.model import (
        ActivityRow,
        EditRow,
        Event,
        HoldRow,
        Quality,
        RaiseRow,
        RockRow,
        SetRow,
        SwayRow,
        ToeYogaRow,
        WeightShiftRow,
    )
    from insole.measured import Measured

SCHEMA = "insole.report/1"


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """What the file says of the session; None where it does not."""

    id: str
    started_at_utc: str | None
    utc_offset_s: int | None
    duration_s: float
    devices: Mapping[str, Mapping[str, str]]
    note: str = ""


@dataclass(frozen=True, slots=True)
class SessionReport:
    """Everything that `insole report` says. Keys of the JSON are the names of these fields."""

    session: SessionFacts
    capabilities: Capabilities
    body_weight_n: Measured
    sets: tuple[SetRow, ...]
    holds: tuple[HoldRow, ...]
    raises: tuple[RaiseRow, ...]
    weight_shift: tuple[WeightShiftRow, ...]
    quality: Mapping[str, Quality]
    sync: Measured
    events: tuple[Event, ...]
    """Per foot; not in the JSON report, but a table of the library (`Session.events`)."""
    params: Mapping[str, Any]
    software: Mapping[str, Any]
    activities: tuple[ActivityRow, ...] = ()
    toe_yoga: tuple[ToeYogaRow, ...] = ()
    rocking: tuple[RockRow, ...] = ()
    sway: tuple[SwayRow, ...] = ()
    pain: tuple[Any, ...] = ()
    calibration: Mapping[str, Any] = field(default_factory=dict)
    edits: tuple[EditRow, ...] = ()
    programme: Mapping[str, Any] = field(default_factory=dict)
