"""How late the coach is on the screen, two insoles at 100 Hz over a simulated radio.

    python benchmarks/coach.py [--seconds 30]
    python benchmarks/coach.py --sets 200 [--jobs 2]     # how it agrees with the report instead

Bumble plays the radio in real time. For each moment it is measured when the first look of the coach
knew of it, and how long that took to be drawn on a terminal of 80 x 24. From this the latency of
the alignment is taken off, which the live view states, and the time until both feet had sent a
packet: a sample waits up to 30 ms until that is full. The 0.1 s of samples by which heels are
judged are part of the figures. Of a busy computer they say nothing.

With `--sets` simulated people do so many sets in simulated time, without a radio; the held times
and counts that the coach showed when each round and set was over are compared with the report of
the same session. Exit code 1 if a target is missed.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.console import Console

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "radio"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "coach"))

from agreeing import compared, sessions
from bumble_rig import BumbleRig

from insole.cli.attend import LOOK_WITH_COACH_S
from insole.cli.coaching import Coaching
from insole.cli.screen import Screen
from insole.coach import engine
from insole.coach.plan import plan_of
from insole.coach.terminal import FullTerminal
from insole.live import Live
from insole.programme.load import load_programme
from insole.record.store import open_session
from insole.recording.course import Recording, Rules
from insole.recording.file import keeper
from insole.recording.radio import Wanted, found
from insole.sim.peripheral import peripherals
from insole.spec import load_spec

if TYPE_CHECKING:
    from collections.abc import Iterator

    from insole.coach.model import Plan, Rig

LATE_P95_MS, HELD_P95_S, SAME_COUNT = 100.0, 0.3, 0.98
LEAST = 100
"""A stream of fewer packets than this is not one of loads."""
ADDRESSES = ("C0:00:00:00:00:0A", "C0:00:00:00:00:0B")


class Stopwatch:
    """Notes when the coach looked, up to when it knew, and when that was drawn."""

    def __init__(self) -> None:
        self.looks: list[tuple[float, float]] = []
        self.arrivals_s: list[np.ndarray] = []
        self.drawn_ms: list[float] = []
        self._looked = 0.0

    def advance(self, state: Any, plan: Any, facts: Any, time_s: float, keys: str) -> Any:
        """Look."""
        self._looked = time.perf_counter()
        if facts is not None:
            self.looks.append((time_s, facts.time_s))
        return engine.advance(state, plan, facts, time_s, keys)

    @contextmanager
    def display(self) -> Iterator[Any]:
        """Draw, and note how long after the look that was done."""
        console = Console(file=io.StringIO(), force_terminal=True, width=80, height=24)
        with FullTerminal(console) as terminal:
            plain = terminal.show

            def show(rows: Any, summary: str) -> None:
                looked = self._looked
                plain(rows, summary)
                self.drawn_ms.append(1e3 * (time.perf_counter() - looked))

            terminal.show = show  # type: ignore[method-assign]
            yield terminal

    def late_ms(self) -> tuple[np.ndarray, np.ndarray]:
        """Return how long after each moment, and its arrival, the first look knew of it, ms."""
        looked, knew = np.array(self.looks).T
        knew = np.maximum.accumulate(knew)
        moments = np.arange(knew[0] + 1.0, knew[-1], 0.01)
        known = looked[np.searchsorted(knew, moments)]
        # what a packet tells was measured before it came
        came = np.max([each[np.searchsorted(each, moments)] for each in self.arrivals_s], axis=0)
        return 1e3 * (known - moments), 1e3 * (known - came)


def main() -> int:
    """Run the benchmark; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=30.0, help="75 at most")
    parser.add_argument("--sets", type=int, default=0, help="compare so many with the report")
    parser.add_argument("--seed", type=int, default=1, help="of the first sets")
    parser.add_argument("--jobs", type=int, default=1, help="processes for that")
    wanted = parser.parse_args()
    if wanted.sets:
        return agree(wanted.sets, wanted.seed, wanted.jobs)
    watch = Stopwatch()
    cpu_s = asyncio.run(record(watch, wanted.seconds))
    spec = load_spec("sim_insole")
    stated_ms = 1e3 * Live({"left": spec, "right": spec}).latency_s
    after, since_arrival = (np.percentile(each, [50, 95]) for each in watch.late_ms())
    drawn = np.percentile(watch.drawn_ms, [50, 95])
    beyond = since_arrival + drawn - stated_ms
    sys.stdout.write(
        f"alignment {stated_ms:.0f} ms; known {after[0]:.0f} ms after a sample, p95 "
        f"{after[1]:.0f}; {since_arrival[0]:.0f} ms after its arrival, p95 {since_arrival[1]:.0f}; "
        f"drawn in {drawn[0]:.0f} ms, p95 {drawn[1]:.0f}; from arrival to screen beyond the "
        f"alignment {beyond[0]:.0f} ms, p95 {beyond[1]:.0f} (target {LATE_P95_MS:.0f}); "
        f"CPU {100 * cpu_s / wanted.seconds:.0f} % of a core, radio included\n"
    )
    return int(beyond[1] > LATE_P95_MS)


def agree(count: int, seed: int, jobs: int) -> int:
    """Compare sets with the report, print each that differs; return the exit code."""
    errors_s: dict[str, list[float]] = {}
    same: dict[str, list[bool]] = {}
    with ProcessPoolExecutor(jobs) as pool:
        for sets in pool.map(compared, sessions(count, seed)):
            for one in sets:
                errors_s.setdefault(one.name, []).extend(one.errors_s)
                same.setdefault(one.name, []).append(one.shown == one.counted)
                if not same[one.name][-1] or max(one.errors_s, default=0.0) > HELD_P95_S:
                    sys.stdout.write(f"differs: {one}\n")
                    sys.stdout.flush()
    for name, counts in same.items():
        held = _held(errors_s[name])
        sys.stdout.write(f"{name:<18}{sum(counts):>4} of {len(counts):>3} counts{held}\n")
    all_s = [each for some in errors_s.values() for each in some]
    counts = [each for some in same.values() for each in some]
    sys.stdout.write(f"{'all':<18}{sum(counts):>4} of {len(counts):>3} counts{_held(all_s)}\n")
    fits = not all_s or bool(np.percentile(all_s, 95) <= HELD_P95_S)
    return int(not fits or sum(counts) < SAME_COUNT * len(counts))


def _held(errors_s: list[float]) -> str:
    if not errors_s:
        return ""
    middle, most, worst = np.percentile(errors_s, [50, 95, 100])
    return f", {len(errors_s)} holds off by {middle:.2f} s, p95 {most:.2f}, most {worst:.2f}"


async def record(watch: Stopwatch, seconds: float) -> float:
    """Record with a coach; return the CPU time, s."""
    programme = load_programme()
    stage = programme.stage("raise_double")

    def plan_for(rig: Rig) -> Plan:
        return plan_of(programme, [("both", stage, stage.steps[0])], rig, asked=())

    devices, _ = peripherals("raise_double", load_spec("sim_insole"), 1)
    with tempfile.TemporaryDirectory() as folder:
        async with BumbleRig() as rig:
            for device, address in zip(devices, ADDRESSES, strict=True):
                await rig.put(device, address)
            coach = Coaching(plan_for, sound=None, advance=watch.advance)
            source = await coach.find(partial(_found, rig.radio), print)
            keep = partial(keeper(Path(folder)), source)
            recording = Recording(
                source, keep, rules=Rules(seconds), look_every_s=LOOK_WITH_COACH_S
            )
            screen = Screen(watch.display)
            screen.is_terminal = True
            with screen:
                begun = time.process_time()
                coaching = asyncio.create_task(coach.run(recording, screen))
                await recording.run()
                coaching.cancel()
                cpu_s = time.process_time() - begun
            with open_session(recording.path) as session:
                packets = [session.packets(*stream) for stream in session.streams()]
                watch.arrivals_s = [
                    each.host_time_ns / 1e9 for each in packets if len(each) > LEAST
                ]
            return cpu_s


async def _found(radio: Any, _: Any) -> Any:
    return await found(Wanted(), radio=radio)


if __name__ == "__main__":
    sys.exit(main())
