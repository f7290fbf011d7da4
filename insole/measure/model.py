"""The rows of a report: what was measured in each hold, raise and set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from insole.measured import Measured


@dataclass(frozen=True, slots=True)
class HoldRow:
    """One isometric hold. Times in s on the session grid; None where they cannot be seen."""

    set: int
    side: str
    heel_off_s: float
    heel_contact_s: float
    onset_s: float | None
    end_s: float | None
    duration_s: Measured
    total_s: Measured
    heel_up_s: Measured
    left_share: Measured
    hold_height_mm: Measured
    height_retention: Measured
    force_cv: Measured
    force_slope_n_per_s: Measured
    breaks: int
    target_s: float | None
    met: bool | None
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RaiseRow:
    """One repetition of a calf raise. Times in s on the session grid; None where not seen."""

    set: int
    rep: int
    side: str
    variant: str
    heel_off_s: float
    top_s: float | None
    lowering_onset_s: float | None
    heel_contact_s: float
    raising_s: Measured
    top_hold_s: Measured
    lowering_s: Measured
    heel_up_s: Measured
    left_share: Measured
    left_share_raising: Measured
    left_share_top: Measured
    left_share_lowering: Measured
    resting_foot_share: Measured
    resting_foot_peak_share: Measured
    cop_ml_path_mm: Measured
    transfer_s: Measured
    heel_height_mm: Measured
    tempo: str | None
    tempo_met: bool | None
    counted: bool
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WeightShiftRow:
    """How load moved between the feet in one set; positive to the left."""

    set: int
    left_share_flat: Measured
    left_share_top: Measured
    shift: Measured
    peak_shift: Measured
    robinson_si_pct: Measured


@dataclass(frozen=True, slots=True)
class SetRow:
    """One set: what was done, from when to when."""

    set: int
    exercise: str
    side: str
    variant: str
    start_s: float
    end_s: float
    rounds: int | None
    reps: int | None
    target: str | None
    met: bool | None
    heel_up_s: Measured
    rest_before_s: Measured
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Event:
    """One event of one foot: what, when (s on the session grid), how found."""

    event: str
    side: str
    time_s: float
    method: str


@dataclass(frozen=True, slots=True)
class Quality:
    """How good the recording of one device is."""

    loss_fraction: Measured
    longest_gap_s: Measured
    clock_residual_ms: Measured
    drift_ppm: Measured
    saturated_fraction: Measured
    decode_errors: int
    flags: tuple[str, ...]
