"""How much faster than real time people are simulated, bytes of their insoles included.

::

    python benchmarks/simulation.py
"""

from __future__ import annotations

import time

from insole.sim.link import rig
from insole.sim.scenario import scenario_names
from insole.spec import load_spec

WANTED = 200.0


def main() -> None:
    """Print, for each scenario, seconds simulated for each second of CPU on one core."""
    spec = load_spec("sim_insole")
    rig("demo", spec, 0)  # what is imported late is not measured
    for name in scenario_names():
        started_s = time.process_time()
        _, truth = rig(name, spec, 1)
        ratio = truth.duration_s / (time.process_time() - started_s)
        print(f"{name:<18} {ratio:7.0f} x real time{'' if ratio >= WANTED else '  too slow'}")  # noqa: T201 - a script


if __name__ == "__main__":
    main()
