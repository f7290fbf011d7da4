"""A simulated person and the coach beside them, without a clock, a screen or a sound."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from insole.coach import engine
from insole.coach.model import Plan, PlannedSet, Rig
from insole.live import Live
from insole.programme.load import load_programme
from insole.sim.link import rig
from insole.sim.scenario import parse
from insole.spec import load_spec
from insole.transport import rig as links_together

SPEC = load_spec("sim_insole")
LOOK_S = 0.05
ALL = Rig(heel=True, height=True)
PAIN = load_programme().pain


def plan(*sets, rig=ALL, asked=("left", "right")):
    return Plan(sets, rig, PAIN, asked, 1.0, 4.0, 6.5, 16)


def holds(side="both", rounds=3, hold_s=15.0):
    variant = "double" if side == "both" else "single"
    return PlannedSet("isometric_hold", variant, side, rounds, hold_s, None)


def raises(side="both", variant="double", lower_s=5.0):
    return PlannedSet("eccentric_raise", variant, side, 1, None, lower_s)


@dataclass
class Coached:
    plan: Plan
    state: engine.State
    cues: list
    facts: object
    items: list
    shown_s: dict = field(default_factory=dict)
    """How long each round was when it was over, by set, s."""
    shown: dict = field(default_factory=dict)
    """How many rounds or repetitions a set had when it was over."""

    def kinds(self):
        return [cue.kind for cue in self.cues]


def sent(scenario, seed=1, spec=SPEC, **options):
    """Return what the simulated devices send, in order of arrival."""
    links, _ = rig(scenario, spec, seed, **options)
    items = []

    async def deliver(batch):
        items.extend(batch)

    asyncio.run(links_together.run(links, deliver))
    return items


def coached(
    scenario, the_plan, *, seed=1, spec=SPEC, keys=(), look_s=LOOK_S, then_s=0.0, exercise=None,
    skips_rest=False,
):  # fmt: skip
    """Return how a session went; questions are answered with 0, `keys` are (time, key)."""
    items = sent(scenario, seed, spec)
    live = Live({item.role: spec for item in items}, exercise=exercise)
    shown_s, shown, over = {}, {}, set()
    now_s = 0.0
    state, said = engine.start(the_plan, now_s)
    cues, waiting, facts = list(said), list(keys), None
    end_s = max(item.host_time_ns for item in items) / 1e9 + then_s
    left = list(items)
    while now_s < end_s and state.phase != "done":
        now_s = round(now_s + look_s, 6)
        while left and left[0].host_time_ns <= now_s * 1e9:
            live.take(left.pop(0))
        facts = live.look(round(now_s * 1e9)).following
        typed = "0" if state.asked_s is not None and now_s - state.asked_s > 1.0 else ""
        while waiting and waiting[0][0] <= now_s:
            typed += waiting.pop(0)[1]
        if skips_rest and state.phase == "rest" and state.results[-1].to_s is not None:
            typed = "s"
        state, said = engine.advance(state, the_plan, facts, now_s, typed)
        cues += said
        for one in state.results[-1:]:
            times_s = shown_s.setdefault(one.index, [])
            times_s += [each.held_s for each in one.rounds[len(times_s) :]]
            if one.index not in over:
                shown[one.index] = len(one.rounds) or one.reps
            over |= {one.index} if one.to_s is not None else set()
    return Coached(the_plan, state, cues, facts, items, shown_s, shown)


def person(*blocks, faults="loss_fraction = 0.005\nskew_ppm = 20.0"):
    """Return a scenario of blocks, each a mapping of TOML keys."""
    text = f'name = "made"\ndescription = "made for a test"\n[faults]\n{faults}\n'
    for block in blocks:
        lines = [f"{key} = {_toml(value)}" for key, value in block.items()]
        text += "[[block]]\n" + "\n".join(lines) + "\n"
    return parse(text)


def _toml(value):
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return f'"{value}"' if isinstance(value, str) else str(value).lower()


__all__ = ["Coached", "coached", "holds", "person", "plan", "raises", "sent"]
