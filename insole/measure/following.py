"""What is known of the exercise while it goes on, for whoever coaches: plain values, no clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from insole.measure.kind import Exercise
    from insole.measure.model import HoldRow, RaiseRow


@dataclass(frozen=True, slots=True)
class Seen:
    """One event: ``heel_off``, ``top_reached``, ``lowering_onset``, ``heel_contact``.

    ``side`` is a foot, or ``both``; ``time_s`` is when it happened, which is before it was seen.
    ``provisional`` is True while more samples may still move it or take it back.
    """

    event: str
    side: str
    time_s: float
    provisional: bool


@dataclass(frozen=True, slots=True)
class Round:
    """A hold that has ended, with the numbers that the report gives it."""

    row: HoldRow
    provisional: bool


@dataclass(frozen=True, slots=True)
class Repetition:
    """A raise that has ended, with the numbers that the report gives it."""

    row: RaiseRow
    provisional: bool


@dataclass(frozen=True, slots=True)
class Following:
    """The exercise just now; all times in s since the start of the recording.

    What concerns one heel-up stays, after the heel is down, until the next one begins.

    Parameters
    ----------
    time_s : float
        The last sample that went into it.
    side : {"left", "right", "both"} or None
        Which foot works, or worked last; None before the first heel-up.
    kind : {"isometric_hold", "eccentric_raise"} or None
        What it is by now; None as long as nothing tells.
    heel_up : bool
        True while every foot that carries load has its heel up.
    heel_up_since_s, top_reached_s, lowering_onset_s, heel_contact_s : float or None
        The moments of the heel-up; None if they have not come, or cannot be seen (top and lowering
        without an inertial sensor). They are provisional (``≈``) while it goes on. In a hold with
        short touches the first two are those of its first piece.
    heels : mapping of side to bool or None
        Each foot's heel by itself: up or down, None where that cannot be told.
    hold_clock_s : float
        How long the top has been held: from the top, without an inertial sensor from the heel-off,
        until now, until the lowering began, or until the heel came down. A touch that is short
        enough to belong to the hold counts once the heel is up again.
    paused : bool
        True while a heel that was held up touches the floor, and may still go on.
    height_mm, top_height_mm : float or None
        Heel height of the working feet now, and their hold level (median since the top), mm.
    sag : float or None
        Fraction of `top_height_mm` that is lost now: 0 at the top, 1 with the heel down.
    left_share : float or None
        Part of the load that the left foot bears now, 0 to 1.
    resting_foot_share : float or None
        Part of the load on the foot that should rest; None where both work.
    rounds, reps : tuples
        The holds and the raises that have ended, in order of time.
    events : tuple of Seen
        In order of time.
    settled_s : float
        What ended before this is judged with all that followed it, and no longer provisional.
    """

    time_s: float
    side: str | None = None
    kind: Exercise | None = None
    heel_up: bool = False
    heel_up_since_s: float | None = None
    top_reached_s: float | None = None
    lowering_onset_s: float | None = None
    heel_contact_s: float | None = None
    heels: Mapping[str, bool | None] = field(default_factory=dict)
    hold_clock_s: float = 0.0
    paused: bool = False
    height_mm: float | None = None
    top_height_mm: float | None = None
    sag: float | None = None
    left_share: float | None = None
    resting_foot_share: float | None = None
    rounds: tuple[Round, ...] = ()
    reps: tuple[Repetition, ...] = ()
    events: tuple[Seen, ...] = ()
    settled_s: float = 0.0
