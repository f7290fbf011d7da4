"""A programme, what was done of it, and a decision, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

Strength: TypeAlias = Literal["isometric_hold", "eccentric_raise"]
StageVariant: TypeAlias = Literal["double", "two_up_one_down", "single"]
When: TypeAlias = Literal["before", "worst", "after", "later", "next_morning"]
JudgedOn: TypeAlias = Literal["phases", "heel_up", "cue", "nothing"]
Rule: TypeAlias = Literal[
    "back_off",
    "step_up",
    "stage_up_hold",
    "stage_up_raise",
    "done",
    "stalled",
    "stay",
    "set",
    "confirm",
]
"""Why a leg is where it is; by ``set`` and ``confirm`` somebody chose it."""

PAIN_SCALE = (0, 10)


@dataclass(frozen=True, slots=True)
class Step:
    """How much of a stage: rounds of so many seconds, or sets to fatigue (``seconds`` is None)."""

    id: str
    rounds: int
    seconds: float | None


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of the strength part; ``next`` are the stages that may follow, first choice first.

    ``confidence`` is what the person has to say before the stage opens; "" if nothing.
    """

    id: str
    title: str
    exercise: Strength
    variant: StageVariant
    steps: tuple[Step, ...]
    next: tuple[str, ...] = ()
    confidence: str = ""

    @property
    def per_side(self) -> bool:
        """True if each leg is on its own way through the stage."""
        return self.variant != "double"


@dataclass(frozen=True, slots=True)
class Extra:
    """An exercise beside the strength part, ticked by the person; ``seconds`` for a timer."""

    id: str
    title: str
    sets: int
    reps: int | None
    seconds: float | None
    per_side: bool
    measured: bool


@dataclass(frozen=True, slots=True)
class PainLimits:
    """When pain ends a set, asks for care, and must have settled; ratings 0 to 10."""

    limit: int
    caution: int
    settles_within_min: float


@dataclass(frozen=True, slots=True)
class ProgressLimits:
    """Figures that the progress rules compare with; durations in s."""

    sessions_in_a_row: int
    short_by_s: float
    reps_more_than: int
    lowering_min_s: float
    lowering_max_s: float
    stalled_after_days: int


@dataclass(frozen=True, slots=True)
class DayLimits:
    """How many bouts of strength a day has, and what parts one bout from the next."""

    bouts_min: int
    bouts_max: int
    bout_pause_min: float


@dataclass(frozen=True, slots=True)
class Programme:
    """A prescription, as its file says."""

    id: str
    title: str
    hash: str
    sources: tuple[str, ...]
    stages: tuple[Stage, ...]
    extras: tuple[Extra, ...]
    pain: PainLimits
    progress: ProgressLimits
    day: DayLimits
    path: str = ""

    def stage(self, stage_id: str) -> Stage:
        """Return a stage by its id."""
        return next(stage for stage in self.stages if stage.id == stage_id)


@dataclass(frozen=True, slots=True)
class DoneSet:
    """One set as it was measured.

    ``rounds_s`` are the seconds of each round of a hold; ``reps`` are the repetitions that
    counted, ``at_tempo`` those lowered as slowly as asked, None where nothing could tell.
    """

    set: int
    exercise: str
    variant: str
    side: str
    judged_on: JudgedOn
    rounds_s: tuple[float, ...] = ()
    reps: int = 0
    at_tempo: int | None = None


@dataclass(frozen=True, slots=True)
class DoneExtra:
    """One set, as it was measured, of an exercise beside the strength part."""

    exercise: str
    side: str


@dataclass(frozen=True, slots=True)
class Ratings:
    """Pain of one side in one session, 0 to 10; None was not asked or not answered."""

    before: int | None = None
    worst: int | None = None
    after: int | None = None
    later: int | None = None
    next_morning: int | None = None


@dataclass(frozen=True, slots=True)
class DoneSession:
    """One session: its sets, the pain of each side, and how long it took, s."""

    id: str
    started_at: datetime
    day: date
    sets: tuple[DoneSet, ...] = ()
    pain: Mapping[str, Ratings] = field(default_factory=dict)
    extras: tuple[DoneExtra, ...] = ()
    duration_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where a leg, or both, stand in the programme; sessions that began later count for it."""

    stage: str
    step: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Decision:
    """What comes next, by which rule, and what it rests on.

    ``evidence`` are sentences with the figures compared; ``sessions`` the ids they come from.
    """

    rule: Rule
    stage: str
    step: str
    reason: str
    evidence: tuple[str, ...]
    sessions: tuple[str, ...]
    programme_hash: str
