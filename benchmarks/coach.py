"""How late the coach is on the screen, two insoles at 100 Hz over a simulated radio.

    python benchmarks/coach.py [--seconds 30]

Bumble plays the radio in real time. For each moment it is measured when the first look of the coach
knew of it, and how long that took to be drawn on a terminal of 80 x 24. From this the latency of
the alignment is taken off, which the live view states. What a packet waits until it is full, up to
30 ms, is part of the figures. Of a busy computer they say nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import sys
import tempfile
import time
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.console import Console

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "radio"))

from bumble_rig import BumbleRig

from insole.cli.attend import LOOK_WITH_COACH_S
from insole.cli.coaching import Coaching
from insole.cli.screen import Screen
from insole.coach import engine
from insole.coach.plan import plan_of
from insole.coach.terminal import FullTerminal
from insole.live import Live
from insole.programme.load import load_programme
from insole.recording.course import Recording, Rules
from insole.recording.file import keeper
from insole.recording.radio import Wanted, found
from insole.sim.peripheral import peripherals
from insole.spec import load_spec

if TYPE_CHECKING:
    from collections.abc import Iterator

    from insole.coach.model import Plan, Rig

ADDRESSES = ("C0:00:00:00:00:0A", "C0:00:00:00:00:0B")


class Stopwatch:
    """Notes when the coach looked, up to when it knew, and when that was drawn."""

    def __init__(self) -> None:
        self.looks: list[tuple[float, float]] = []
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

    def late_ms(self) -> np.ndarray:
        """Return how long after each moment the first look knew of it, ms."""
        looked, knew = np.array(self.looks).T
        knew = np.maximum.accumulate(knew)
        moments = np.arange(knew[0] + 1.0, knew[-1], 0.01)
        return 1e3 * (looked[np.searchsorted(knew, moments)] - moments)


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=30.0, help="75 at most")
    wanted = parser.parse_args()
    watch = Stopwatch()
    cpu_s = asyncio.run(record(watch, wanted.seconds))
    spec = load_spec("sim_insole")
    stated_ms = 1e3 * Live({"left": spec, "right": spec}).latency_s
    late = np.percentile(watch.late_ms(), [50, 95])
    drawn = np.percentile(watch.drawn_ms, [50, 95])
    beyond = late + drawn - stated_ms
    sys.stdout.write(
        f"alignment {stated_ms:.0f} ms; known after {late[0]:.0f} ms, p95 {late[1]:.0f}; drawn in "
        f"{drawn[0]:.0f} ms, p95 {drawn[1]:.0f}; beyond the alignment {beyond[0]:.0f} ms, "
        f"p95 {beyond[1]:.0f}; CPU {100 * cpu_s / wanted.seconds:.0f} % of a core, radio included\n"
    )


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
            more = {"rules": Rules(seconds), "look_every_s": LOOK_WITH_COACH_S}
            recording = Recording(source, keep, **more)
            screen = Screen(watch.display)
            screen.is_terminal = True
            with screen:
                begun = time.process_time()
                coaching = asyncio.create_task(coach.run(recording, screen))
                await recording.run()
                coaching.cancel()
                return time.process_time() - begun


async def _found(radio: Any, _: Any) -> Any:
    return await found(Wanted(), radio=radio)


if __name__ == "__main__":
    main()
