"""Simulated people through rig, recorder, session file and analysis, against what they did."""

import asyncio
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

import insole
from insole.record.recorder import record
from insole.record.store import Device, SessionMeta, Store
from insole.report.model import SessionReport
from insole.sim.link import rig
from insole.sim.scenario import parse
from insole.sim.truth import Truth
from insole.spec import load_spec

NEAR_S = 2.0
"""An event further than this from any other is another one: missed, or found for nothing."""
FOOT_EVENTS = ("heel_off", "heel_contact")
PHASE_EVENTS = ("top_reached", "lowering_onset")


@dataclass(frozen=True)
class Simulated:
    scenario: str
    seed: int
    report: SessionReport
    forces: pd.DataFrame
    truth: Truth


@cache
def simulated(scenario, seed):
    """Record a scenario (its name or text) as a device would be recorded, and analyse the file."""
    spec = load_spec("sim_insole")
    links, truth = rig(parse(scenario) if "\n" in scenario else scenario, spec, seed)
    with TemporaryDirectory() as folder:
        meta = SessionMeta("2026-01-01T00:00:00Z", scenario=scenario, seed=seed)
        with Store.create(Path(folder) / "s.insole", meta) as store:
            for link in links:
                store.add_device(Device(link.role, spec.id, spec.toml, spec.hash, spec.name))
            asyncio.run(record(links, store))
        session = insole.load(store.path)
        return Simulated(scenario, seed, session.report(), session.forces, truth)


def event_errors(sessions, event):
    """Return the errors of all events of a kind that were found (s), how many were not, and extras.

    Foot events are compared foot by foot, phases with those of the feet that worked together.
    """
    errors, missed, extra = [], 0, 0
    for one in sessions:
        for side in ("left", "right", "both"):
            true = true_times(one.truth.events, event, side)
            events = [e for e in one.report.events if (e.event, e.side) == (event, side)]
            found = np.array([e.time_s for e in events])
            error = found[:, None] - true[None, :]
            distance = np.abs(error)
            near = distance.min(axis=0, initial=np.inf) < NEAR_S
            missed += int(np.sum(~near))
            extra += int(np.sum(distance.min(axis=1, initial=np.inf) >= NEAR_S))
            errors += [float(error[distance[:, k].argmin(), k]) for k in np.flatnonzero(near)]
    return np.array(errors), missed, extra


def true_times(events, event, side):
    """Return the true times of an event, s; when both feet work, its phases are theirs together."""
    done = events[(events["event"] == event) & (events["rep"] > 0)]
    if event in PHASE_EVENTS and side != "both":
        paired = done[done["side"] == "both"].set_index(["kind", "rep"]).index
        done = done[~done.set_index(["kind", "rep"]).index.isin(paired)]
    if event in FOOT_EVENTS and side == "both":
        return np.empty(0)
    return done[done["side"] == side]["t_true_s"].to_numpy()
