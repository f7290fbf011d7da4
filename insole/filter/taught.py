"""What a guided calibration is made of and what it teaches, as values that can be stored."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Self, TypeAlias, get_args

from insole.filter.posture import HeelLevels, SideGains

if TYPE_CHECKING:
    from collections.abc import Mapping

StepKind: TypeAlias = Literal[
    "press_left", "unloaded", "quiet_stand", "shift_flat", "shift_tiptoe"
]  # fmt: skip
STEPS: tuple[StepKind, ...] = get_args(StepKind)
"""In the order in which a person is asked for them."""


@dataclass(frozen=True, slots=True)
class Step:
    """When a person did one step of the calibration, s on the session's clock."""

    kind: StepKind
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a step can be believed; ``advice`` says what is wrong and what to repeat."""

    step: str
    accepted: bool
    advice: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the object of the report."""
        return {"step": self.step, "accepted": self.accepted, "advice": self.advice}


@dataclass(frozen=True, slots=True)
class Calibration:
    """What the steps taught about one person on one pair of soles; forces in N."""

    body_weight_n: float
    body_weight_given: bool
    offset_n: Mapping[str, float] = field(default_factory=dict)
    stand_n: Mapping[str, float] = field(default_factory=dict)
    flat: SideGains | None = None
    tiptoe: SideGains | None = None
    levels: Mapping[str, HeelLevels] = field(default_factory=dict)
    verdicts: tuple[Verdict, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the object of the report; `from_dict` reads it."""
        return {
            "method": "guided",
            "body_weight_n": self.body_weight_n,
            "body_weight_given": self.body_weight_given,
            "offset_n": dict(self.offset_n),
            "stand_n": dict(self.stand_n),
            "flat": self.flat.to_dict() if self.flat else None,
            "tiptoe": self.tiptoe.to_dict() if self.tiptoe else None,
            "levels": {
                side: {"base": level.base, "floor": level.floor}
                for side, level in self.levels.items()
            },
            "verdicts": [verdict.to_dict() for verdict in self.verdicts],
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """Return the calibration that `to_dict` wrote.

        Raises
        ------
        KeyError, TypeError, ValueError
            If it did not write that.
        """
        flat, tiptoe = (
            SideGains.from_dict(stored[name]) if stored[name] else None
            for name in ("flat", "tiptoe")
        )
        return cls(
            float(stored["body_weight_n"]),
            bool(stored["body_weight_given"]),
            {str(name): float(value) for name, value in stored["offset_n"].items()},
            {str(name): float(value) for name, value in stored["stand_n"].items()},
            flat,
            tiptoe,
            {
                side: HeelLevels(float(level["base"]), float(level["floor"]))
                for side, level in stored["levels"].items()
            },
            tuple(
                Verdict(str(v["step"]), bool(v["accepted"]), str(v["advice"]))
                for v in stored["verdicts"]
            ),
        )
