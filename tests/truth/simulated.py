"""Simulated people through rig, recorder, session file and analysis, against what they did."""

import asyncio
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

import insole
from insole.record.recorder import record
from insole.record.store import Device, SessionMeta, Store
from insole.report.model import SessionReport
from insole.sim.link import rig
from insole.sim.scenario import load_scenario, parse, scenario_names
from insole.sim.truth import Truth
from insole.spec import load_spec
from insole.spec import parse as parse_spec

HERE = Path(__file__).parent
OWN = {path.stem: path for path in sorted((HERE / "scenarios").glob("*.toml"))}
"""Scenarios that only the bench needs."""
SCENARIOS = (*scenario_names(), *OWN)


@dataclass(frozen=True)
class Simulated:
    scenario: str
    seed: int
    report: SessionReport
    forces: pd.DataFrame
    truth: Truth


@cache
def simulated(scenario, seed, kind="cells_imu"):
    """Record a scenario (its name or text) as devices would be recorded, and analyse the file."""
    spec = KINDS[kind]()
    links, truth = rig(_script(scenario), spec, seed)
    with TemporaryDirectory() as folder:
        meta = SessionMeta("2026-01-01T00:00:00Z", scenario=scenario, seed=seed)
        with Store.create(Path(folder) / "s.insole", meta) as store:
            for link in links:
                store.add_device(Device(link.role, spec.id, spec.toml, spec.hash, spec.name))
            asyncio.run(record(links, store))
        session = insole.load(store.path)
        return Simulated(scenario, seed, session.report(), session.forces, truth)


def _script(scenario):
    if "\n" in scenario:
        return parse(scenario)
    if scenario in OWN:
        return parse(OWN[scenario].read_text(encoding="utf-8"), OWN[scenario].name)
    return load_scenario(scenario)


def _without_imu():
    """Return the simulated insole as it would be without its inertial sensor."""
    toml = load_spec("sim_insole").toml
    fields = re.sub(r'^ *\{ name = "(acc|gyro)".*\n', "", toml, flags=re.MULTILINE)
    return parse_spec(fields[: fields.index("[[vector]]")], "sim_insole without IMU")


def _three_zones():
    return parse_spec((HERE / "devices" / "three_zones.toml").read_text(encoding="utf-8"))


KINDS = {
    "cells_imu": lambda: load_spec("sim_insole"),
    "cells": _without_imu,
    "zones": _three_zones,
    "plate": lambda: load_spec("ferra_plate"),
    "scale": lambda: load_spec("vernier_gdx_fp"),
}
"""Sensors the bench knows: 16 cells with and without IMU, three zones, four corners, one number."""
