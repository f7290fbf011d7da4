"""How much time following two insoles takes, how late it is, and how it differs from the report.

    python benchmarks/live.py                     # 4 people, and two stances of 10 minutes
    python benchmarks/live.py --people 50         # 200 sets

Simulated people (two feet, 100 Hz, 16 cells and a motion sensor each) do four short sets; somebody
looks ten times a second. CPU time is that of `Live.take` and `Live.look` alone, as a part of the
time recorded: 1 ms for each 10 ms is a tenth. Delays run from the moment that the report gives an
event to the arrival after which it is first shown, alignment included. The hold clock is read one
second after the heel's contact, the count one second after the last contact of a set. Exit code 1
if a target is missed.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np

import insole
from insole.live import Live
from insole.record.recorder import record
from insole.record.store import Device, SessionMeta, Store
from insole.sim.link import rig
from insole.sim.scenario import parse
from insole.spec import load_spec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from insole.measure.following import Following
    from insole.measure.model import HoldRow, RaiseRow
    from insole.report.model import SessionReport
    from insole.transport.base import LinkEvent, Notification

LOOK_NS = 100_000_000
AFTER_S = 1.0
"""What a coach shows is read so long after the heel is down, s."""
SLOW_S = 2.0
"""A quicker lowering is over before anybody could say so, s."""
CPU_TARGET = 0.10
CLOCK_P95_S, SAME_COUNT = 0.3, 0.98

SETS = """
name = "sets"
description = "Four short sets, two of them on one leg"
[[block]]
kind = "stand"
duration_s = 8.0
[[block]]
kind = "raise"
up_s = 1.2
top_s = 1.0
down_s = 4.0
reps = 2
pause_s = 2.5
[[block]]
kind = "stand"
duration_s = 5.0
[[block]]
kind = "hold"
up_s = 1.5
top_s = 8.0
down_s = 2.0
reps = 1
pause_s = 4.0
[[block]]
kind = "raise"
side = "left"
up_s = 1.2
top_s = 1.0
down_s = 4.0
reps = 2
pause_s = 2.5
[[block]]
kind = "stand"
duration_s = 5.0
[[block]]
kind = "hold"
side = "right"
up_s = 1.5
top_s = 8.0
down_s = 3.0
reps = 1
pause_s = 4.0
[[block]]
kind = "stand"
duration_s = 6.0
"""
LONG = """
name = "long"
description = "Standing, then something for ten minutes"
[[block]]
kind = "stand"
duration_s = 8.0
[[block]]
{what}
[[block]]
kind = "stand"
duration_s = 20.0
"""
STANCES = {
    "walk, 10 min": 'kind = "walk"\nduration_s = 600.0',
    "hold, 10 min": 'kind = "hold"\nup_s = 1.5\ntop_s = 600.0\ndown_s = 2.0\nreps = 1',
}


@dataclass
class Result:
    """What was measured of some sessions: s, and counts of sets."""

    cpu_s: float = 0.0
    recorded_s: float = 0.0
    longest_s: float = 0.0
    """The longest of all calls."""
    delays_s: dict[str, list[float]] = field(default_factory=dict)
    clock_s: list[float] = field(default_factory=list)
    """What the hold clock shows, minus what the report says."""
    sets: int = 0
    same_count: int = 0

    @property
    def cpu_fraction(self) -> float:
        """CPU time over recorded time."""
        return self.cpu_s / self.recorded_s


def main() -> int:
    """Measure, print; return the exit code."""
    options = _options()
    result = measure(range(options.seed, options.seed + options.people))
    _print(_table(result))
    fits = result.cpu_fraction <= CPU_TARGET
    fits &= np.percentile(np.abs(result.clock_s), 95) <= CLOCK_P95_S
    fits &= result.same_count >= SAME_COUNT * result.sets
    for name, what in STANCES.items() if options.stances else ():
        long = Result()
        _follow(_recorded(LONG.format(what=what), options.seed)[0], long)
        _print(f"{name:<20}{_cost(long)}")
        fits &= long.cpu_fraction <= CPU_TARGET
    return int(not fits)


def measure(seeds: Iterable[int], scenario: str = SETS) -> Result:
    """Return what was measured of one session of a scenario for each seed."""
    result = Result()
    for seed in seeds:
        items, report, start_s = _recorded(scenario, seed)
        looks = _follow(items, result)
        _compare(looks, report, start_s, result)
    return result


def _options() -> argparse.Namespace:
    style = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=style)
    parser.add_argument("--people", type=int, default=4, help="each does four sets; default 4")
    parser.add_argument("--seed", type=int, default=1, help="of the first one; default 1")
    parser.add_argument(
        "--no-stances", dest="stances", action="store_false", help="leave out the long ones"
    )
    return parser.parse_args()


def _recorded(
    scenario: str, seed: int
) -> tuple[list[Notification | LinkEvent], SessionReport, float]:
    """Return what arrived, the report of it, and when the report's time begins, s."""
    spec = load_spec("sim_insole")
    links, _ = rig(parse(scenario), spec, seed)
    items: list[Any] = []
    with TemporaryDirectory() as folder:
        meta = SessionMeta("2026-01-01T00:00:00Z", seed=seed)
        with Store.create(Path(folder) / "s.insole", meta) as store:
            for link in links:
                store.add_device(Device(link.role, spec.id, spec.toml, spec.hash, spec.name))
            asyncio.run(record(links, store, taps=[items.append]))
        session = insole.load(store.path)
        report = session.report()
        start_s = min(float(rows["time_s"].iloc[0]) for rows in session.samples.values())
    return items, report, start_s


def _follow(
    items: Sequence[Notification | LinkEvent], result: Result
) -> list[tuple[float, Following]]:
    """Return what was known at each look, with the time of the look, s; add what it cost."""
    spec = load_spec("sim_insole")
    live = Live({"left": spec, "right": spec})
    looks, next_ns, last_ns = [], 0, items[-1].host_time_ns
    for item in items:
        before_s = time.process_time()
        live.take(item)
        if item.host_time_ns >= next_ns:
            next_ns = item.host_time_ns + LOOK_NS
            known = live.look(item.host_time_ns).following
            if known is not None:
                looks.append((item.host_time_ns / 1e9, known))
        took_s = time.process_time() - before_s
        result.cpu_s += took_s
        result.longest_s = max(result.longest_s, took_s)
    result.recorded_s += last_ns / 1e9
    return looks


def _compare(
    looks: Sequence[tuple[float, Following]], report: SessionReport, start_s: float, result: Result
) -> None:
    for hold in report.holds:
        _add_delays(looks, hold, (hold.onset_s, hold.end_s), start_s, result)
        known = _at(looks, hold.heel_contact_s + start_s + AFTER_S)
        result.clock_s.append(known.hold_clock_s - (hold.duration_s.value or 0.0))
    for raised in report.raises:
        slow = (raised.lowering_s.value or 0.0) >= SLOW_S
        onset_s = raised.lowering_onset_s if slow else None
        _add_delays(looks, raised, (raised.top_s, onset_s), start_s, result)
    for one in report.sets:
        known = _at(looks, one.end_s + start_s + AFTER_S)
        begun_s = one.start_s + start_s - 1.0
        count = sum(r.row.heel_off_s > begun_s for r in known.rounds)
        count += sum(r.row.counted and r.row.heel_off_s > begun_s for r in known.reps)
        result.sets += 1
        result.same_count += count == (one.rounds or 0) + (one.reps or 0)


def _add_delays(
    looks: Sequence[tuple[float, Following]],
    row: HoldRow | RaiseRow,
    top_and_onset_s: tuple[float | None, float | None],
    start_s: float,
    result: Result,
) -> None:
    """Add how long after each moment of a heel-up it was first shown."""
    off_s, contact_s = row.heel_off_s + start_s, row.heel_contact_s + start_s
    during = [(at, known) for at, known in looks if off_s < at < contact_s + 3.0]
    shown: dict[str, tuple[float | None, Callable[[Following], bool]]] = {
        "heel off": (row.heel_off_s, lambda k: k.heel_up),
        "top": (top_and_onset_s[0], lambda k: k.top_reached_s is not None),
        "lowering": (top_and_onset_s[1], lambda k: k.lowering_onset_s is not None),
        "heel contact": (row.heel_contact_s, lambda k: not k.heel_up),
        "row": (row.heel_contact_s, lambda k: _tells(k, contact_s)),
    }
    for name, (moment_s, is_shown) in shown.items():
        if moment_s is not None:
            true_s = moment_s + start_s
            first = [at for at, known in during if at > true_s and is_shown(known)]
            result.delays_s.setdefault(name, []).append(min(first, default=np.inf) - true_s)


def _tells(known: Following, contact_s: float) -> bool:
    contacts_s = [r.row.heel_contact_s for r in known.rounds]
    contacts_s += [r.row.heel_contact_s for r in known.reps]
    return any(abs(told_s - contact_s) < 0.5 for told_s in contacts_s)


def _at(looks: Sequence[tuple[float, Following]], time_s: float) -> Following:
    return next((known for at, known in looks if at >= time_s), looks[-1][1])


def _table(result: Result) -> str:
    clock = np.abs(result.clock_s)
    off_s, most_s = np.median(clock), np.percentile(clock, 95)
    same = f"{result.same_count} counted as in the report 1 s after the last contact"
    lines = [
        f"{'following':<20}{_cost(result)}",
        f"{'sets':<20}{result.sets}, {same}   target {SAME_COUNT:.0%}",
        (
            f"{'hold clock':<20}{len(clock)} holds, off by {off_s:.2f} s (median), {most_s:.2f} s "
            f"(95 %)   target {CLOCK_P95_S} s"
        ),
        "",
        f"{'shown late by, s':<20}{'median':>8}{'95 %':>8}{'never':>8}",
    ]
    for name, delays_s in result.delays_s.items():
        shown = [delay for delay in delays_s if np.isfinite(delay)]
        late = f"{np.median(shown):>8.2f}{np.percentile(shown, 95):>8.2f}"
        lines.append(f"{name:<20}{late}{len(delays_s) - len(shown):>8}")
    return "\n".join([*lines, ""])


def _cost(result: Result) -> str:
    return (
        f"{result.cpu_s:.1f} s of CPU for {result.recorded_s:.0f} s: "
        f"{10 * result.cpu_fraction:.2f} ms for each 10 ms   target {10 * CPU_TARGET:.0f} ms"
        f"   longest call {1000 * result.longest_s:.0f} ms"
    )


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    sys.exit(main())
