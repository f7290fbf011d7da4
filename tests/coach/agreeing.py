"""What the coach shows of simulated sets, beside what the report says of them afterwards."""

from __future__ import annotations

import asyncio
import tempfile
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import numpy as np
from coached import SPEC, coached, holds, person, plan, raises

from insole.coach.hold import row_held_s
from insole.record.store import Device
from insole.recording.course import Recording
from insole.recording.file import keeper
from insole.recording.source import Member, Source
from insole.session import load
from insole.sim.link import rig
from insole.sim.scenario import load_scenario

APART_S = 8.0
"""Heel-ups further apart belong to different sets, s: the scenarios rest longer, and pause less."""
LOOK_S = 0.1
"""How often the coach looks, s: there are new samples so often."""
SHIPPED = {
    "mistakes": plan(raises(), holds(rounds=2, hold_s=15.0), raises("left"), asked=()),
    "tired": plan(raises(), asked=()),
    "hold_single": plan(
        holds("left", rounds=1, hold_s=30.0), holds("right", rounds=1, hold_s=30.0), asked=()
    ),
    "raise_single": plan(raises("left"), raises("right"), asked=()),
    "two_up_one_down": plan(
        raises("left", variant="two_up_one_down"), raises("right", variant="two_up_one_down"),
        asked=(),
    ),
}  # fmt: skip
NAMES = ("holds", "raises", *SHIPPED)


@dataclass(frozen=True)
class Compared:
    """One set: held times, s, and counts, by the coach (as first shown) and by the report."""

    name: str
    seed: int
    number: int
    shown_s: tuple[float, ...]
    held_s: tuple[float, ...]
    shown: int
    counted: int

    @property
    def errors_s(self) -> list[float]:
        """How far apart the held times are, round by round, s; of as many as both have."""
        return [abs(a - b) for a, b in zip(self.shown_s, self.held_s, strict=False)]


def sessions(count, first_seed=1):
    """Return names and seeds of sessions that have so many sets together, or a few more."""
    some, sets = [], 0
    for number, name in enumerate(cycle(NAMES)):
        if sets >= count:
            return some
        some.append((name, first_seed + number // len(NAMES)))
        sets += len(SHIPPED[name].sets) if name in SHIPPED else 1
    return some


def stand(seconds):
    return {"kind": "stand", "duration_s": seconds}


def compared(session):
    """Return each set of a session, given its name and its seed."""
    name, seed = session
    scenario, the_plan = _made(name, seed)
    kinds = {one.exercise for one in the_plan.sets}
    exercise = kinds.pop() if len(kinds) == 1 else None
    coach = coached(
        scenario, the_plan, seed=seed, look_s=LOOK_S, then_s=12.0, exercise=exercise,
        skips_rest=True,
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        report = reported(Path(folder), scenario, seed, exercise)
    clusters = _clusters(report)
    same = len(clusters) == len(the_plan.sets)
    found = []
    for number, planned in enumerate(the_plan.sets):
        rows = clusters[number] if same else []
        held_s, counted = _said(rows, planned)
        shown_s = tuple(coach.shown_s.get(number, ()))
        shown = coach.shown.get(number, -1)
        found.append(Compared(name, seed, number + 1, shown_s, held_s, shown, counted))
    return found


def reported(folder, scenario, seed, exercise=None):
    """Return the report of the same session, recorded without a coach."""
    links, _ = rig(scenario, SPEC, seed)
    rows = {
        link.role: Device(link.role, SPEC.id, SPEC.toml, SPEC.hash, SPEC.name) for link in links
    }
    members = (Member(link, SPEC, lambda role=link.role: rows[role]) for link in links)
    source = Source(tuple(members), scenario=scenario.name, seed=seed, exercise=exercise or "")
    keep = keeper(folder)
    recording = Recording(source, lambda: keep(source), follow=False)
    asyncio.run(recording.run())
    return load(recording.path).report()


def _made(name, seed):
    """Return what a person does, and what they were asked to do."""
    if name in SHIPPED:
        return load_scenario(name), SHIPPED[name]
    rng = np.random.default_rng(seed)
    if name == "holds":
        tops = rng.uniform(5.5, 12.0, 3).round(2).tolist()
        blocks = [
            {"kind": "hold", "up_s": 1.2, "top_s": top, "down_s": 1.8, "pause_s": 6.0}
            for top in tops
        ]
        return person(stand(12.0), *blocks, stand(6.0)), plan(holds(hold_s=5.0), asked=())
    block = {
        "kind": "raise", "up_s": 1.2, "top_s": 1.5, "reps": int(rng.integers(3, 7)),
        "down_s": round(float(rng.uniform(3.0, 5.5)), 2), "pause_s": 1.5,
    }  # fmt: skip
    return person(stand(12.0), block, stand(6.0)), plan(raises(), asked=())


def _clusters(report):
    """Return the rows of a report, set by set as they were asked for."""
    rows = sorted([*report.holds, *report.raises], key=lambda row: row.heel_off_s)
    found, end_s = [], -np.inf
    for row in rows:
        if row.heel_off_s - end_s > APART_S:
            found.append([])
        found[-1].append(row)
        end_s = row.heel_contact_s
    return found


def _said(rows, planned):
    """Return held times, s, and the count of what the report says of a set."""
    other = {"left": "right", "right": "left"}.get(planned.side)
    if planned.hold_s is not None:
        held_s = tuple(row_held_s(row) for row in rows if hasattr(row, "duration_s"))
        return held_s, len(held_s)
    counts = [row.counted and row.side != other for row in rows if hasattr(row, "counted")]
    return (), sum(counts)


__all__ = ["NAMES", "Compared", "compared", "reported", "sessions"]
