"""Which leg bears how much: the resting foot that helps, and a load that leans to one side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from insole.measure.params import ShareParams

if TYPE_CHECKING:
    from insole.coach.turn import Turn
    from insole.measure.following import Following

RESTING_SHARE = ShareParams().single_max
"""Above it the resting foot helps: what the report takes for standing on one leg."""
HELPS_S = 1.0
"""How long it may before it is spoken of, s (our choice)."""
LEAN = 0.15
"""How far the load may lean to one side on both feet, as fraction of it (our choice)."""
LEANS_S = 3.0
"""How long it may, s (our choice)."""
NO_SIGNAL_S = 2.0
"""How long nothing may come before it is said, s (our choice)."""


def watch(turn: Turn, facts: Following) -> None:
    """Say when the wrong leg bears too much, once in a round."""
    if not turn.plan.rig.share:
        return
    if turn.planned.variant == "single":
        _watch_resting(turn, facts)
    elif turn.planned.variant == "double":
        _watch_balance(turn, facts)


def no_signal(turn: Turn) -> None:
    """Say that nothing is measured any more, once in a round."""
    if turn.lasts("no signal", now=turn.facts is None) >= NO_SIGNAL_S:
        turn.say_once("no_signal", "nothing arrives from the insoles", "no signal")


def _watch_resting(turn: Turn, facts: Following) -> None:
    share = facts.resting_foot_share
    helps_s = turn.lasts("resting", now=share is not None and share > RESTING_SHARE)
    if helps_s >= HELPS_S:
        turn.say_once("resting_foot", "the other foot helps: take it off", "other foot off")


def _watch_balance(turn: Turn, facts: Following) -> None:
    share = facts.left_share
    leans_s = turn.lasts("leaning", now=share is not None and abs(share - 0.5) > LEAN)
    if share is not None and leans_s >= LEANS_S:
        lighter = "right" if share > 0.5 else "left"
        turn.say_once("balance", f"more on the {lighter} foot", f"more {lighter}")
