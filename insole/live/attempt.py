"""The present or last heel-up: what is known of it, as a value."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

import numpy as np

from insole.measure.finding import foot_height

if TYPE_CHECKING:
    from collections.abc import Sequence

    from insole.live.finished import Finished
    from insole.measure.finding import Findings, HeelUpTime
    from insole.measure.kind import Exercise
    from insole.measure.model import HoldRow, RaiseRow

END_S = 0.2
"""The height just now is the mean of so much, s (our choice)."""
LOWERED = 0.85
"""Part of the height at the top below which a foot is being lowered and does not sag (our
choice)."""
TOP_OVER_S = 5.0
"""The height at the top is the median of so much, s (as height retention in the report)."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One heel-up, in s; what has not been, or is not seen, is None."""

    since_s: float
    side: str
    kind: Exercise | None = None
    top_s: float | None = None
    onset_s: float | None = None
    contact_s: float | None = None
    held_s: float | None = None
    """What the report's row says was held, once there is one."""

    @property
    def is_hold(self) -> bool:
        """True if it is known to be a hold."""
        return self.kind == "isometric_hold"

    @property
    def told(self) -> set[str]:
        """The events of it that are certain."""
        top = {"top_reached"} if self.top_s is not None else set()
        lowering = {"lowering_onset"} if self.onset_s is not None else set()
        return {"heel_off"} | top | lowering

    def clock_s(self, now_s: float, *, sees_height: bool) -> float:
        """Return how long its top has been held, s; where no height is seen, the heel-up."""
        begun_s = self.top_s if sees_height else self.since_s
        until_s = now_s if self.onset_s is None else self.onset_s
        return 0.0 if begun_s is None else max(0.0, until_s - begun_s)


def last_of(ended: Finished) -> Attempt | None:
    """Return the last round or repetition of those that have ended."""
    rounds, reps = ended.rounds[-1:], ended.reps[-1:]
    if not (rounds or reps):
        return None
    if not reps or (rounds and rounds[0].row.heel_off_s > reps[0].row.heel_off_s):
        return _of_hold(rounds[0].row)
    return _of_raise(reps[0].row)


def top_height_mm(top_s: float, heights: Sequence[tuple[float, float]]) -> float | None:
    """Return the height at a top that was reached at a time, s, of (time, s; height, mm) pairs."""
    at_top = [mm for time_s, mm in heights if top_s <= time_s <= top_s + TOP_OVER_S]
    return median(at_top) if at_top else None


def is_lowered(found: Findings, last: HeelUpTime) -> bool:
    """Tell whether the heels, as the samples end, are so far below their top that it is no sag."""
    if last.phases is None:
        return False
    end = last.pair.end
    since = max(last.lead, end - round(END_S * found.rate_hz))
    height = foot_height(found.heights, last.sides(), since, end)
    if height is None or not np.isfinite(height).any():
        return False
    return float(np.nanmean(height)) < LOWERED * last.phases.level_mm


def _of_hold(row: HoldRow) -> Attempt:
    held = row.duration_s if row.duration_s.value is not None else row.heel_up_s
    return Attempt(
        row.heel_off_s, row.side, "isometric_hold", row.onset_s, row.end_s, row.heel_contact_s,
        held.value,
    )  # fmt: skip


def _of_raise(row: RaiseRow) -> Attempt:
    held = row.top_hold_s if row.top_hold_s.value is not None else row.heel_up_s
    return Attempt(
        row.heel_off_s, row.side, "eccentric_raise", row.top_s, row.lowering_onset_s,
        row.heel_contact_s, held.value,
    )  # fmt: skip
