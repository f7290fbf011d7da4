"""The rows of a report: what was measured in each hold, raise and set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

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
    work_j: Measured
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
    cadence_per_min: Measured
    work_j: Measured
    height_trend_mm_per_rep: Measured
    lowering_trend_s_per_rep: Measured
    fatigue_pct: Measured
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ActivityRow:
    """One stretch of the session and what was done in it; all stretches together cover it.

    ``activity`` is one of `measure.recognise.ACTIVITIES`; ``set`` is the set that it belongs to.
    """

    activity: str
    side: str
    start_s: float
    end_s: float
    set: int | None
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SwayRow:
    """How the centre of pressure of one foot, or plate, wandered in a hold or a quiet stand."""

    activity: str
    set: int | None
    side: str
    start_s: float
    end_s: float
    rms_mm: Measured
    rms_ap_mm: Measured
    rms_ml_mm: Measured
    range_ap_mm: Measured
    range_ml_mm: Measured
    path_mm: Measured
    mean_velocity_mm_per_s: Measured
    ellipse_mm2: Measured


@dataclass(frozen=True, slots=True)
class ToeYogaRow:
    """One bout of toe yoga on one foot: presses of the big toe and of the others in turn."""

    side: str
    start_s: float
    end_s: float
    alternations: int
    big_presses: int
    little_presses: int
    grips: int
    press_s: Measured
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RockRow:
    """One rock of one foot over its toes with the heel down.

    ``direction`` is the toe rocked over, ``big``, ``middle`` or ``little``, as far as a
    calibration makes one likely; ``unclear`` between two; None without a calibration.
    """

    rep: int
    side: str
    start_s: float
    furthest_s: float
    end_s: float
    direction: str | None
    forward_share: Measured
    cop_ml_mm: Measured
    heel_lift: bool | None
    counted: bool
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EditRow:
    """One correction by hand: what it asks for, and what the analysis had found there.

    ``original`` is the row of the uncorrected report, empty where something was added;
    ``made_with`` the version of the program whose report was corrected. ``applied`` is False where
    this analysis finds nothing there any more, and ``problem`` says so.
    """

    edit: int
    op: str
    kind: str
    start_s: float
    end_s: float
    change: Mapping[str, Any]
    made_with: str
    made_at_utc: str
    applied: bool
    problem: str
    original: Mapping[str, Any]


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
