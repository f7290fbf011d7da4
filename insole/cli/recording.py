"""Recording a simulated person: simulator → links → recorder → session file."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING

from insole.cli.talk import say
from insole.record.recorder import record
from insole.record.store import Device, SessionMeta, Store
from insole.sim.link import rig
from insole.sim.scenario import load_scenario
from insole.spec import load_spec

if TYPE_CHECKING:
    from pathlib import Path


def record_simulated(
    scenario_name: str,
    place: Path,
    *,
    seed: int,
    spec_name: str = "sim_insole",
    exercise: str = "",
) -> Path:
    """Record a simulated session through the recorder that a device uses; return its path.

    Parameters
    ----------
    scenario_name : str
        Name of a shipped scenario.
    place : Path
        Where the session shall be: a file that does not exist, or a folder, where a free name is
        taken.
    seed : int
        The same seed gives the same packets.
    spec_name : str
        Device to simulate, by name or path.
    exercise : str
        What was done, if it shall be told to the analysis.

    Raises
    ------
    SpecError
        If there is no such scenario or device.
    StoreError
        If the file exists or cannot be written.
    """
    spec, scenario = load_spec(spec_name), load_scenario(scenario_name)
    links, _ = rig(scenario, spec, seed)
    meta = session_meta(exercise=exercise, scenario=scenario_name, seed=seed)
    with create(place, meta, scenario_name) as store:
        for link in links:
            store.add_device(Device(link.role, spec.id, spec.toml, spec.hash, spec.name))
        try:
            asyncio.run(record(links, store))
        except KeyboardInterrupt:
            say("stopped before the end; what was recorded until then is kept")
    return store.path


def session_meta(
    *,
    started_at_utc: str | None = None,
    exercise: str = "",
    note: str = "",
    scenario: str = "",
    seed: int | None = None,
) -> SessionMeta:
    """Return the facts of a session that starts now, or started at the time given."""
    now = datetime.now(UTC)
    offset = now.astimezone().utcoffset()
    return SessionMeta(
        started_at_utc=started_at_utc or f"{now:%Y-%m-%dT%H:%M:%SZ}",
        utc_offset_s=int(offset.total_seconds()) if offset and not started_at_utc else 0,
        exercise=exercise,
        note=note,
        software=f"insole {version('insole')}",
        scenario=scenario,
        seed=seed,
    )


def create(place: Path, meta: SessionMeta, word: str) -> Store:
    """Start a session in a file, or in a folder under a free name with `word` in it."""
    return Store.create_in(place, meta, word) if place.is_dir() else Store.create(place, meta)
