"""The rules that move a person on: each gives a decision, its reason and what it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from insole.programme.attempt import Attempt, attempts
from insole.programme.model import Decision

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from insole.programme.model import DoneSession, PainLimits, Place, Programme, Rule, Stage

PROFESSIONAL = "ask a qualified therapist"
_INCREASES_IN_A_ROW = 2
"""How often pain may grow from session to session before the step gets smaller: the programme."""


def decide(
    programme: Programme,
    place: Place,
    side: str,
    sessions: Sequence[DoneSession],
    *,
    confirmed: Collection[str] = (),
    asked: Sequence[str] = ("left", "right"),
) -> Decision:
    """Return what comes next for a leg, or for both.

    Parameters
    ----------
    programme : Programme
        The prescription.
    place : Place
        Where the leg stands.
    side : {"both", "left", "right"}
        Which leg; ``both`` while they go together.
    sessions : sequence of DoneSession
        All sessions, in order of time; those from before `place` began are passed over.
    confirmed : collection of str
        What the person has said: ``single_leg``.
    asked : sequence of str
        The sides whose pain is asked for; never empty.

    Notes
    -----
    The first rule that applies decides, in this order: back_off, the ways up, stalled, stay.
    """
    tried = tried_at(programme, place, side, sessions, asked=asked)
    return decide_on(programme, place, tried, confirmed=confirmed)


def tried_at(
    programme: Programme,
    place: Place,
    side: str,
    sessions: Sequence[DoneSession],
    *,
    asked: Sequence[str],
) -> list[Attempt]:
    """Return the attempts that sessions made at a place; see `decide`."""
    stage = programme.stage(place.stage)
    step = next(step for step in stage.steps if step.id == place.step)
    since = [session for session in sessions if session.started_at > place.since]
    return attempts(stage, step, side, since, limits=programme.progress, asked=asked)


def decide_on(
    programme: Programme,
    place: Place,
    tried: Sequence[Attempt],
    *,
    confirmed: Collection[str] = (),
    passed: Collection[str] = (),
) -> Decision:
    """Return what comes next after some attempts at a place; see `decide`.

    `passed` are the stages that the person has been at: the way back leads through the last of
    them, where more than one stage leads here.
    """
    stage = programme.stage(place.stage)
    case = _Case(programme, place, stage, tuple(tried), frozenset(confirmed), frozenset(passed))
    return _back_off(case) or _up(case) or _stalled(case) or _stay(case)


@dataclass(frozen=True, slots=True)
class _Case:
    """All that a rule may look at."""

    programme: Programme
    place: Place
    stage: Stage
    tried: tuple[Attempt, ...]
    confirmed: frozenset[str]
    passed: frozenset[str]

    @property
    def recent(self) -> tuple[Attempt, ...]:
        """As many of the last attempts as have to go well in a row."""
        return self.tried[-self.programme.progress.sessions_in_a_row :]

    def decision(
        self, rule: Rule, stage: str, step: str, reason: str, rests_on: Sequence[Attempt]
    ) -> Decision:
        return Decision(
            rule,
            stage,
            step,
            reason,
            tuple(f"{attempt.day.isoformat()}: {attempt.figure}" for attempt in rests_on),
            tuple(attempt.session for attempt in rests_on),
            self.programme.hash,
        )

    def same(self, rule: Rule, reason: str, rests_on: Sequence[Attempt]) -> Decision:
        """Return a decision that leaves the leg where it is."""
        return self.decision(rule, self.place.stage, self.place.step, reason, rests_on)


def _back_off(case: _Case) -> Decision | None:
    """Make the step smaller after pain over the limit, unsettled, or growing twice in a row."""
    if not case.tried:
        return None
    why = case.tried[-1].over_limit(case.programme.pain)
    grown = _increases(case.tried[-_INCREASES_IN_A_ROW - 1 :])
    if not why and len(grown) == _INCREASES_IN_A_ROW and all(grown):
        why = f"pain grew twice in a row: {grown[-1]}"
    if not why:
        return None
    stage, step = _smaller(case)
    smaller = "one step smaller" if (stage, step) != (case.place.stage, case.place.step) else (
        "this is the smallest step already"
    )  # fmt: skip
    reason = f"{why}; {smaller}, and {PROFESSIONAL}"
    return case.decision("back_off", stage, step, reason, case.tried[-_INCREASES_IN_A_ROW - 1 :])


def _up(case: _Case) -> Decision | None:
    """Move on after enough sessions in a row with targets met and calm pain."""
    if _holds_back(case):
        return None
    steps = [step.id for step in case.stage.steps]
    following = steps[steps.index(case.place.step) + 1 :]
    met = f"targets met in {len(case.recent)} sessions in a row, pain within the limit"
    if following:
        reason = f"{met}; next step: {following[0]}"
        return case.decision("step_up", case.stage.id, following[0], reason, case.recent)
    if not case.stage.next:
        reason = f"{met}; this was the last stage: make it harder with your therapist"
        return case.same("done", reason, case.recent)
    return _next_stage(case, met)


def _next_stage(case: _Case, met: str) -> Decision | None:
    ways = [case.programme.stage(name) for name in case.stage.next]
    ready = [way for way in ways if not way.confidence or way.confidence in case.confirmed]
    rule: Rule = "stage_up_hold" if case.stage.exercise == "isometric_hold" else "stage_up_raise"
    closed = [
        f"{way.id} opens when you say `insole programme confirm {way.confidence}`"
        for way in ways
        if way not in ready
    ]
    if not ready:
        return case.same("stay", f"{met}; {'; '.join(closed)}", case.recent)
    others = [f"`insole programme set {way.id}` goes there instead" for way in ready[1:]]
    reason = "; ".join([f"{met}; next stage: {ready[0].id}", *others, *closed])
    return case.decision(rule, ready[0].id, ready[0].steps[0].id, reason, case.recent)


def _stalled(case: _Case) -> Decision | None:
    """Send to a professional who has trained long without a step forward."""
    enough = case.programme.progress.stalled_after_days
    if len(case.tried) < enough:
        return None
    days = len({attempt.day for attempt in case.tried})
    if days < enough:
        return None
    reason = f"no step forward in {days} days of training; see a professional"
    return case.same("stalled", reason, case.recent)


def _stay(case: _Case) -> Decision:
    """Stay, and say what was missing."""
    return case.same("stay", _holds_back(case) or "nothing new", case.recent)


def _holds_back(case: _Case) -> str:
    """Return what keeps a leg from moving on; "" if nothing does."""
    if not case.tried:
        return "nothing done yet at this step"
    lacking = [_lack(attempt, case.programme.pain) for attempt in reversed(case.recent)]
    # the attempt before the first of the row tells whether pain grew during it
    wanted = case.programme.progress.sessions_in_a_row
    grown = [f"{why}; the same once more" for why in _increases(case.tried[-wanted - 1 :]) if why]
    few = ""
    if len(case.recent) < wanted:
        few = f"target met in {len(case.recent)} of {wanted} sessions in a row"
    return next(filter(None, [*lacking, *grown, few]), "")


def _lack(attempt: Attempt, limits: PainLimits) -> str:
    """Return what one attempt lacks for a step forward; "" if nothing."""
    on = f"on {attempt.day.isoformat()}"
    if attempt.met is None:
        return f"{on} {attempt.figure}; let the coach give the cue, or use a motion sensor"
    if not attempt.met:
        return f"target not met {on}: {attempt.figure}"
    if attempt.missing:
        return f"no rating of pain {on} ({', '.join(attempt.missing)}), so nothing changes"
    over = attempt.over_limit(limits)
    return f"{on} {over}" if over else ""


def _increases(tried: Sequence[Attempt]) -> list[str]:
    """Return of each attempt but the first how pain grew since the one before."""
    return [now.increased(last) for last, now in pairwise(tried)]


def _smaller(case: _Case) -> tuple[str, str]:
    """Return the step before this one; before the first of a stage the last of one leading here."""
    steps = [step.id for step in case.stage.steps]
    index = steps.index(case.place.step)
    if index:
        return case.stage.id, steps[index - 1]
    before = [stage for stage in case.programme.stages if case.stage.id in stage.next]
    known = [stage for stage in before if stage.id in case.passed]
    for stage in [*reversed(known), *before]:
        return stage.id, stage.steps[-1].id
    return case.place.stage, case.place.step
