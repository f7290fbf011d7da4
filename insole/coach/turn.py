"""One turn of the coach: the state as it is being worked out, and what is said on the way."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from insole.coach.model import Cue, PlannedSet, SetResult

if TYPE_CHECKING:
    from insole.coach.model import CueKind, Phase, Plan, State
    from insole.measure.following import Following

READY_S = 10.0
"""Countdown before the first set, s (our choice: time to put a phone away and stand up)."""
AGAIN_S = 5.0
"""Countdown after a pause, or when a set is done anew, s (our choice)."""
SET_REST_S = 60.0
"""Rest between sets, s (our choice; the programme names none)."""
RISE_S = 2.0
"""How long a heel is given to rise where nobody sees it, s (our choice)."""


class Turn:
    """Everything that one turn may look at, and the state that comes out of it.

    Parameters
    ----------
    state : State
        Before.
    plan : Plan
        What is to be done.
    facts : Following or None
        What is measured just now; None if nothing is.
    time_s : float
        Now, s since the start of the recording.
    """

    def __init__(self, state: State, plan: Plan, facts: Following | None, time_s: float) -> None:
        self.state, self.plan, self.facts = state, plan, facts
        self.time_s = max(time_s, state.time_s)
        self.cues: list[Cue] = []

    @property
    def planned(self) -> PlannedSet:
        """The set that is going on, or comes next."""
        return self.plan.sets[self.state.index]

    @property
    def result(self) -> SetResult:
        """What has been done of it."""
        return self.state.results[-1] if self.is_in_set else SetResult(self.state.index, 0.0)

    @property
    def is_in_set(self) -> bool:
        """True from getting ready for a set until its end."""
        results = self.state.results
        return bool(results) and results[-1].to_s is None

    @property
    def is_blind(self) -> bool:
        """True if the clock has to lead."""
        return not self.plan.rig.heel

    def change(self, **values: Any) -> None:
        """Change the state."""
        self.state = replace(self.state, **values)

    def note_result(self, **values: Any) -> None:
        """Change the result of the set that is going on."""
        self.change(results=(*self.state.results[:-1], replace(self.result, **values)))

    def go(self, phase: Phase, until_s: float | None = None) -> None:
        """Begin another phase."""
        self.change(phase=phase, since_s=self.time_s, until_s=until_s, said=frozenset(), since=())

    def say(self, kind: CueKind, text: str, speech: str = "", **more: Any) -> None:
        """Say something, now."""
        number = self.state.index + 1 if self.state.phase not in {"asking", "settling"} else 0
        more.setdefault("set", min(number, len(self.plan.sets)))
        self.cues.append(Cue(self.time_s, kind, text, speech, **more))
        if text:
            self.change(note=text, note_s=self.time_s)

    def say_once(self, kind: CueKind, text: str, speech: str = "", **more: Any) -> None:
        """Say it unless it was said in this round already."""
        key = more.pop("key", kind)
        if key not in self.state.said:
            self.change(said=self.state.said | {key})
            self.say(kind, text, speech, **more)

    def lasts(self, name: str, *, now: bool) -> float:
        """Return for how long something has been the case, s; 0 if it is not."""
        others = tuple(item for item in self.state.since if item[0] != name)
        if not now:
            self.change(since=others)
            return 0.0
        begun_s = dict(self.state.since).get(name, self.time_s)
        self.change(since=(*others, (name, begun_s)))
        return self.time_s - begun_s

    def count_down(self, numbers: int = 3) -> None:
        """Say the last seconds before `until_s`, each once."""
        if self.state.until_s is None:
            return
        left = -int(-(self.state.until_s - self.time_s) // 1)
        if 1 <= left <= numbers:
            self.say_once("count_down", "", str(left), key=f"down {left}")


def words(planned: PlannedSet) -> str:
    """Return what is to be done in a set, in a few words."""
    leg = "" if planned.side == "both" else f", {planned.side} leg"
    if planned.hold_s is not None:
        return f"hold {planned.hold_s:g} s{leg}"
    if planned.variant == "two_up_one_down":
        return f"up on both feet, down on the {planned.side} one"
    return f"raises{leg}, {planned.lower_s:g} s down"
