"""A simulated person walks through the programme: recorded, reported, decided on, day by day."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from functools import partial
from hashlib import sha256
from importlib.metadata import version
from typing import TYPE_CHECKING

from insole.errors import StoreError
from insole.history.standing import standing
from insole.journal import use_programme, write_down
from insole.programme.adherence import Tick
from insole.programme.course import LEGS, Choice
from insole.programme.entry import Rating
from insole.programme.load import read_text
from insole.record.store import Device, Mark, SessionMeta, Store
from insole.recording.course import Recording
from insole.recording.source import Member, Source
from insole.sim.course import DAYS, WAKES_H, CoursePerson, Dose
from insole.sim.link import rig
from insole.spec import load_spec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from insole.history.standing import Prescribed, Standing
    from insole.programme.entry import Entry
    from insole.programme.model import Programme
    from insole.sim.course import Outing
    from insole.sim.truth import Truth
    from insole.spec.model import DeviceSpec

FIRST_DAY = date(2026, 3, 2)
SUMMER_TIME = date(2026, 3, 29)
"""From then on the person's clock is two hours before UTC, not one: the weeks cross a change."""
CONFIDENT_ON = 6
"""Day on which the person says to feel safe on one leg."""
SPEC = "sim_insole"


def rehearse(
    folder: Path,
    seed: int,
    *,
    cheats: bool = False,
    days: int = DAYS,
    choices: Mapping[int, Sequence[tuple[str, str]]] | None = None,
    tell: Callable[[int, int], None] = lambda _, __: None,
) -> Standing:
    """Let a simulated person walk through the shipped programme; return where they end.

    Parameters
    ----------
    folder : Path
        A sessions folder that is empty or not there; gets sessions, journal and programme.
    seed : int
        Draws the person.
    cheats : bool
        Whether they make it easier than asked.
    days : int
        How many days.
    choices : mapping, optional
        On which mornings, counted from 0, what is chosen by hand: pairs of ``set`` or ``confirm``
        and a word; by default the person says to feel safe on one leg.
    tell : callable
        Gets how many of how many days are over.

    Raises
    ------
    StoreError
        If the folder holds something, or cannot be written to.
    """
    if folder.exists() and any(folder.iterdir()):
        raise StoreError(str(folder), "holds something already; name another folder")
    folder.mkdir(parents=True, exist_ok=True)
    programme = use_programme(folder, read_text(), _at(0, WAKES_H) - timedelta(hours=1))
    person = CoursePerson(seed, cheats=cheats)
    spoken = {CONFIDENT_ON: [("confirm", "single_leg")]} if choices is None else choices
    where = partial(standing, folder, programme, asked=LEGS)
    for day in range(days):
        tell(day, days)
        morning = _at(day, WAKES_H)
        for kind, word in spoken.get(day, ()):
            write_down(folder, Choice(morning, "set" if kind == "set" else "confirm", word))
        for outing in person.outings(day, _doses(where(now=morning).prescribed)):
            _live(outing, day, folder, programme, seed)
    tell(days, days)
    return where(now=_at(days, WAKES_H))


def _at(day: int, hours: float) -> datetime:
    """Return a time of a day by the person's clock."""
    on = FIRST_DAY + timedelta(days=day)
    zone = timezone(timedelta(hours=2 if on >= SUMMER_TIME else 1))
    return datetime(on.year, on.month, on.day, tzinfo=zone) + timedelta(hours=hours)


def _doses(prescribed: Iterable[Prescribed]) -> tuple[Dose, ...]:
    """Return what the person is asked to do; what is done by each leg alone comes leg by leg."""
    doses = []
    for due in prescribed:
        stage, step = due.stage, due.step
        dose = Dose("both", stage.exercise, stage.variant, step.rounds, step.seconds)
        if not stage.per_side:
            doses.append(dose)
            continue
        legs = LEGS if due.side == "both" else (due.side,)
        doses += [replace(dose, side=leg) for leg in legs]  # type: ignore[arg-type]  # a leg
    return tuple(dict.fromkeys(doses))


def _live(outing: Outing, day: int, folder: Path, programme: Programme, seed: int) -> None:
    """Record one session, and write down what is told and ticked after it."""
    at = _at(day, 0.0) + outing.after_midnight
    session = sha256(f"{seed} {at.isoformat()}".encode()).hexdigest()[:32]
    spec = load_spec(SPEC)
    links, truth = rig(outing.scenario, spec, _draw(seed, at))
    members = tuple(Member(link, spec, partial(_device, link.role, spec)) for link in links)
    source = Source(members, started=at, scenario=outing.scenario.name, seed=seed)
    meta = SessionMeta(
        f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", session, _offset_s(at),
        programme_id=programme.id, programme_hash=programme.hash,
        software=f"insole {version('insole')}", scenario=source.scenario, seed=seed,
    )  # fmt: skip

    def keep() -> Store:
        store = Store.create_in(folder, meta, meta.scenario)
        for mark in _marks(outing, truth):
            store.mark(mark)
        return store

    asyncio.run(Recording(source, keep, follow=False).run())
    _write_down(outing, folder, at, session, truth.duration_s)


def _draw(seed: int, at: datetime) -> int:
    """Return the seed of one session: the same person, another day."""
    return seed * 1_000_003 + int(at.timestamp()) % 1_000_003


def _offset_s(at: datetime) -> int:
    offset = at.utcoffset()
    return int(offset.total_seconds()) if offset else 0


def _device(role: str, spec: DeviceSpec) -> Device:
    return Device(role, spec.id, spec.toml, spec.hash, spec.name)


def _marks(outing: Outing, truth: Truth) -> list[Mark]:
    """Return the ratings that are told during the session, as the coach notes them."""
    end_ns = round(truth.duration_s * 1e9)
    times_ns = {"before": 0, "worst": end_ns, "after": end_ns}
    return [
        Mark(at_ns, "pain", json.dumps({"when": when, "side": side, "score": pain[when]}))
        for when, at_ns in times_ns.items()
        for side, pain in outing.pain.items()
        if pain[when] is not None
    ]


def _write_down(
    outing: Outing, folder: Path, at: datetime, session: str, duration_s: float
) -> None:
    over = at + timedelta(seconds=round(duration_s), minutes=6)
    entries: list[Entry] = [
        *(Rating(over, "later", side, pain["later"], session)
          for side, pain in outing.pain.items()),
        *(Tick(over, exercise, side, sets) for exercise, side, sets in outing.ticks),
        *(Rating(over + timedelta(hours=12), "next_morning", side, score, session)
          for side, score in outing.next_morning.items()),
    ]  # fmt: skip
    write_down(folder, *entries)
