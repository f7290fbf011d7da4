"""A number that says how it was obtained and how far to trust it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

Quality: TypeAlias = Literal["ok", "low", "not_observable"]

REASONS = frozenset(
    {
        "no_imu", "no_regions", "no_cop", "no_rhythm", "one_side", "merged_sides", "uncalibrated",
        "uncalibrated_tiptoe", "two_point", "slow_force", "fast_only", "step_mode", "sync", "gap",
        "saturated", "cell_out", "high_residual", "drift", "hysteresis", "toe_grip", "hand_support",
        "dip", "bounce", "dropped", "unsteady", "partial", "paused", "stumble", "roll", "assisted",
        "aborted", "unoriented", "too_short", "too_fast", "too_slow", "wrong_side",
        "judged_on_heel_up", "judged_on_cue", "both_feet_work", "no_body_weight", "no_maximum",
        "ask", "by_hand", "heel_lift", "slow_rate", "too_few",
    }
)  # fmt: skip
"""The closed list of words that ``reasons`` may hold."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A value with unit, method, quality and reasons.

    ``value`` is None exactly when ``quality`` is ``not_observable``; a quality other than ``ok``
    has at least one reason. Build it with :func:`ok`, :func:`low` or :func:`not_observable`.
    """

    value: float | None
    unit: str
    method: str
    quality: Quality
    reasons: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if unknown := set(self.reasons) - REASONS:
            raise ValueError(f"reasons not in the closed list: {sorted(unknown)}")
        if (self.value is None) != (self.quality == "not_observable"):
            raise ValueError("a value is missing exactly when it is not observable")
        if (self.quality == "ok") == bool(self.reasons):
            raise ValueError("reasons stand beside every quality but ok")
        if self.value is not None and not math.isfinite(self.value):
            raise ValueError("a measured value is a finite number")

    def to_dict(self) -> dict[str, Any]:
        """Return the object of the report: value, unit, method, quality, reasons."""
        return {
            "value": self.value,
            "unit": self.unit,
            "method": self.method,
            "quality": self.quality,
            "reasons": list(self.reasons),
        }


def ok(value: float, unit: str, method: str) -> Measured:
    """Return a value that can be relied on."""
    return Measured(float(value), unit, method, "ok")


def low(value: float, unit: str, method: str, *reasons: str) -> Measured:
    """Return a value to be read with the caution that the reasons name."""
    return Measured(float(value), unit, method, "low", reasons)


def not_observable(unit: str, method: str, *reasons: str) -> Measured:
    """Return the statement that this rig cannot see the quantity, and why."""
    return Measured(None, unit, method, "not_observable", reasons)


def of(value: float, unit: str, method: str, *reasons: str) -> Measured:
    """Return ``ok`` without reasons, ``low`` with some."""
    return low(value, unit, method, *reasons) if reasons else ok(value, unit, method)
