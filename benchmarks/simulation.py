"""How much faster than real time people are simulated, bytes of their insoles included.

::

    python benchmarks/simulation.py

Seconds simulated for each second of CPU on one core, and what that would be on the machine on which
targets were set, judged by the work of `reference.py` in the same run; of both, the best of some
tries counts. Exit code 1 if a scenario is slower there than `WANTED`.
"""

from __future__ import annotations

import sys
import time

import reference

from insole.sim.link import rig
from insole.sim.scenario import scenario_names
from insole.spec import load_spec

WANTED = 200.0
TRIES = 3


def main() -> int:
    """Print the speed of each scenario; return the exit code."""
    spec = load_spec("sim_insole")
    rig("demo", spec, 0)  # what is imported late is not measured
    fastest: dict[str, float] = dict.fromkeys(scenario_names(), 0.0)
    references = []
    for _ in range(TRIES):
        references.append(reference.once_s())
        for name, before in fastest.items():
            started_s = time.process_time()
            _, truth = rig(name, spec, 1)
            took_s = time.process_time() - started_s
            fastest[name] = max(before, truth.duration_s / took_s)
    slower = sum(reference.least_s(references).values()) / reference.IDLE_S
    for name, speed in fastest.items():
        word = "" if speed * slower >= WANTED else "  too slow"
        sys.stdout.write(f"{name:<18}{speed:8.0f} x real time{speed * slower:8.0f} there{word}\n")
    return int(min(fastest.values()) * slower < WANTED)


if __name__ == "__main__":
    sys.exit(main())
