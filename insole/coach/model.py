"""What the coach is told, what it remembers, and what it says, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    from insole.programme.model import PainLimits, StageVariant, Strength, When

Phase: TypeAlias = Literal[
    "asking", "ready", "up", "work", "down", "rest", "settling", "paused", "done"
]
CueKind: TypeAlias = Literal[
    "ready", "count_down", "up", "hold", "half", "seconds_left", "higher", "touch", "hold_lost",
    "round_done", "lower", "tick", "slower", "faster", "count", "no_count", "last_call",
    "resting_foot", "balance", "wrong_side", "rest", "set_done", "pain_question", "pain",
    "pain_limit", "pain_caution", "not_recorded", "paused", "resumed", "skipped", "redo", "mark",
    "no_signal", "settle", "done",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class PlannedSet:
    """One set: so many rounds of `hold_s`, or raises to fatigue, lowered in `lower_s`; both in s.

    ``side`` is the leg that holds, or that lowers.
    """

    exercise: Strength
    variant: StageVariant
    side: str
    rounds: int
    hold_s: float | None
    lower_s: float | None


@dataclass(frozen=True, slots=True)
class Rig:
    """What can be seen at all.

    ``heel``: that heels leave the floor; ``height``: how high they are; ``share``: what each of
    two feet bears.
    """

    heel: bool
    height: bool
    share: bool = True


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done now, in order, and the limits that hold meanwhile; durations in s.

    ``asked`` are the sides whose pain is asked for. ``short_by_s`` is by how much a hold may be
    short and still counts; ``lowering_min_s`` to ``lowering_max_s`` is what counts as slow;
    ``reps_enough`` is how many such in a set make the next stage due.
    """

    sets: tuple[PlannedSet, ...]
    rig: Rig
    pain: PainLimits
    asked: tuple[str, ...]
    short_by_s: float
    lowering_min_s: float
    lowering_max_s: float
    reps_enough: int


@dataclass(frozen=True, slots=True)
class Cue:
    """Something said: shown, perhaps spoken (`speech`), and kept as a mark of the recording.

    ``set`` and ``round`` count from 1, 0 where there is none; a round is one hold or one
    repetition. ``paced`` is True where the clock alone gave it, since nothing could be seen.
    """

    time_s: float
    kind: CueKind
    text: str
    speech: str = ""
    set: int = 0
    round: int = 0
    side: str = ""
    paced: bool = False
    when: When | None = None
    score: int | None = None

    def mark(self) -> tuple[Literal["cue", "pain", "user"], dict[str, Any]]:
        """Return kind and JSON object of the mark that keeps it."""
        if self.kind == "pain":
            return "pain", {
                "when": self.when, "side": self.side, "score": self.score, "set": self.set or None,
            }  # fmt: skip
        if self.kind == "mark":
            return "user", {}
        stored: dict[str, Any] = {"cue": self.kind, "text": self.text, "by": "coach"}
        for name in ("set", "round", "side", "paced", "when"):
            if value := getattr(self, name):
                stored[name] = value
        return "cue", stored


@dataclass(frozen=True, slots=True)
class Question:
    """A pain rating that is wanted: when it is for, of which side, after which set (0: none)."""

    when: When
    side: str
    set: int = 0


@dataclass(frozen=True, slots=True)
class RoundResult:
    """One hold: where it began, how long it was, s, whether that was enough.

    ``final`` is True once all that followed it was seen too.
    """

    heel_off_s: float
    held_s: float
    met: bool
    final: bool = False


@dataclass(frozen=True, slots=True)
class SetResult:
    """One set so far, of all that happened in ``[from_s, to_s)``.

    ``reps`` counted; ``at_tempo`` of them were slow enough, None where nothing tells. ``told`` is
    how many the clock asked for where no heel can be seen, ``cues_s`` when it asked to lower.
    """

    index: int
    from_s: float
    to_s: float | None = None
    rounds: tuple[RoundResult, ...] = ()
    reps: int = 0
    at_tempo: int | None = None
    not_counted: int = 0
    told: int = 0
    cues_s: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class State:
    """Where the coach stands; times in s since the start of the recording.

    Parameters
    ----------
    phase : str
        What is going on; ``since_s`` when that began, ``until_s`` when it ends by the clock.
    index : int
        The set of the plan, from 0.
    results : tuple of SetResult
        The sets so far; the last one may be going on.
    rise_s : float or None
        Heel-off of the round or repetition that goes on.
    ended_s : float
        A heel-off up to here belongs to something that is over.
    cue_s : float or None
        When the lowering of this repetition was asked for.
    drop_s : float or None
        When the heel left the top for good, as far as that can be told by now.
    since : mapping of str to float
        Since when something has been the case, for what is said only after a while.
    said : frozenset of str
        What was said already in this round.
    counted, refused : int
        How many repetitions that counted, and that did not, were spoken of in this set.
    questions : tuple of Question
        Those open; the first has been asked at `asked_s`.
    stopped : frozenset of str
        Exercises that pain has ended for today.
    resume : str
        Phase to go back to after a pause.
    finished_s : float or None
        When the last set ended.
    last_asked : bool
        True once the last question, some minutes later, was asked.
    note : str
        The last sentence, for the screen; `note_s` when it was said.
    """

    phase: Phase
    since_s: float
    until_s: float | None = None
    index: int = 0
    results: tuple[SetResult, ...] = ()
    rise_s: float | None = None
    ended_s: float = 0.0
    cue_s: float | None = None
    drop_s: float | None = None
    since: tuple[tuple[str, float], ...] = ()
    said: frozenset[str] = field(default_factory=frozenset)
    counted: int = 0
    refused: int = 0
    questions: tuple[Question, ...] = ()
    asked_s: float | None = None
    stopped: frozenset[str] = field(default_factory=frozenset)
    resume: Phase = "ready"
    finished_s: float | None = None
    last_asked: bool = False
    note: str = ""
    note_s: float = 0.0
    time_s: float = 0.0
