"""What simulated people did when, against what their reports say: a confusion table in seconds.

Run it from the project's root: ``python -m tests.truth.activities --people 8``.
"""

import argparse
import sys
from collections import Counter
from itertools import product
from pathlib import Path

import numpy as np

# run as a module of the project, this folder is not where imports are looked for
sys.path.insert(0, str(Path(__file__).parent))

from simulated import KINDS, simulated

NAMES = (
    "isometric_hold", "eccentric_raise", "toe_yoga", "ankle_rocking", "walking", "standing",
    "nothing",
)  # fmt: skip
STEP_S = 0.1
EDGE_S = 1.0
"""So near to a true change nobody is asked: a movement begins and ends gradually."""
PAUSES_S = {"raise": 10.0, "toe_yoga": 5.0, "rocking": 4.0}
"""Longest pauses within one bout, s: those of the definitions of a set, and of a bout."""
SCENARIOS = (
    "session", "toe_yoga", "rocking", "fidget", "step", "mistakes", "tired", "two_up_one_down",
    "raise_single", "hold_double", "quiet_stance",
)  # fmt: skip


def spans(truth, start, end, kind=None):
    """Return the times between events of two names, in order, s."""
    events = truth.events
    if kind:
        events = events[events["kind"] == kind]
    starts = events[events["event"] == start].sort_values("t_true_s")
    ends = events[events["event"] == end].sort_values("t_true_s")
    return list(zip(starts["t_true_s"], ends["t_true_s"], strict=False))


def bouts(parts, pause_s):
    """Return spans with those a short pause apart made one."""
    found = []
    for start, end in sorted(parts):
        if found and start - found[-1][1] <= pause_s:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return found


def done(truth):
    """Return (name, start, end) of all that was done, later ones over earlier ones."""
    yield from (("walking", *one) for one in spans(truth, "walk_start", "walk_end"))
    yield from (("nothing", *one) for one in spans(truth, "sit_start", "sit_end"))
    rocks = spans(truth, "rock_start", "rock_end")
    yield from (("ankle_rocking", *one) for one in bouts(rocks, PAUSES_S["rocking"]))
    presses = [s for toe in ("big", "little")
               for s in spans(truth, f"{toe}_press", f"{toe}_release")]  # fmt: skip
    yield from (("toe_yoga", *one) for one in bouts(presses, PAUSES_S["toe_yoga"]))
    for kind, name, pause_s in (
        ("raise", "eccentric_raise", PAUSES_S["raise"]), ("hold", "isometric_hold", 0.0)
    ):  # fmt: skip
        reps = truth.events[truth.events["kind"] == kind].groupby("rep")["t_true_s"]
        parts = list(zip(reps.min(), reps.max(), strict=True))
        yield from ((name, *one) for one in bouts(parts, pause_s))


def true_names(truth):
    """Return what was done in each step of 0.1 s; "" within `EDGE_S` of a change."""
    times_s = np.arange(0.0, truth.duration_s, STEP_S)
    names = np.full(len(times_s), "standing", dtype=object)
    edges = []
    for name, start_s, end_s in done(truth):
        names[(times_s >= start_s) & (times_s < end_s)] = name
        edges += [start_s, end_s]
    for edge_s in edges:
        names[np.abs(times_s - edge_s) < EDGE_S] = ""
    return times_s, names


def confusion(one):
    """Return seconds by (true name, told name) of one simulated session."""
    times_s, true = true_names(one.truth)
    told = np.full(len(times_s), "", dtype=object)
    for row in one.report.activities:
        told[(times_s >= row.start_s) & (times_s < row.end_s)] = row.activity
    asked = (true != "") & (told != "")
    pairs = Counter(zip(true[asked], told[asked], strict=True))
    return Counter({pair: count * STEP_S for pair, count in pairs.items()})


def table(seconds):
    """Return the confusion table as text: a row for what was done, a column for what was told."""
    lines = [" " * 17 + "".join(f"{name[:11]:>13}" for name in NAMES)]
    for true in NAMES:
        row = [seconds[true, told] for told in NAMES]
        lines.append(f"{true:17}" + "".join(f"{value:13.1f}" for value in row))
    return "\n".join(lines)


def main(words=None):
    parser = argparse.ArgumentParser(prog="python -m tests.truth.activities", description=__doc__)
    parser.add_argument("--people", type=int, default=3)
    parser.add_argument("--seed", type=int, default=0, help="seed of the first one")
    parser.add_argument("--sensors", choices=tuple(KINDS), default="cells_imu")
    parser.add_argument("--scenarios", nargs="+", default=SCENARIOS)
    asked = parser.parse_args(words)
    seconds = Counter()
    for scenario, k in product(asked.scenarios, range(asked.people)):
        found = confusion(simulated(scenario, asked.seed + k, asked.sensors))
        simulated.cache_clear()
        seconds += found
        wrong = {f"{a} as {b}": round(s, 1) for (a, b), s in found.items() if a != b}
        sys.stderr.write(f"{scenario} {asked.seed + k}: {wrong}\n")
    sys.stdout.write(f"{table(seconds)}\n")


if __name__ == "__main__":
    main()
