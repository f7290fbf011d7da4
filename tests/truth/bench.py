"""The truth bench: simulated people × scenarios × sensors, and how far reports are from the truth.

Run it from the project's root: ``python -m tests.truth.bench --people 5``. It prints a table, and
writes it as JSON with ``--json FILE``; progress goes to the standard error output. Reports are
compared to the truth by time; nothing of how the simulator draws people is used.
"""

import argparse
import json
import sys
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from pathlib import Path

import numpy as np

# run as a module of the project, this folder is not where imports are looked for
sys.path.insert(0, str(Path(__file__).parent))

from scores import scores
from simulated import KINDS, SCENARIOS, simulated

HEAD = (
    f"{'sensors':10}{'metric':24}{'true':>6}{'missed':>7}{'extra':>6}{'refused':>8}{'F1':>7}"
    f"{'bias':>9}{'SD':>8}{'median':>8}{'p95':>8}"
)


def one_session(scenario, seed, kind):
    """Return the scores of one session, for any process."""
    found = scores(simulated(scenario, seed, kind), kind)
    simulated.cache_clear()
    return found


def run(scenarios, seeds, kinds, *, jobs=1, progress=None):
    """Return the scores of all sessions by (kind, scenario)."""
    work = list(product(scenarios, seeds, kinds))
    found = defaultdict(list)
    with ProcessPoolExecutor(jobs) as pool:
        done = (
            pool.map(one_session, *zip(*work, strict=True)) if jobs > 1
            else (one_session(*item) for item in work)
        )  # fmt: skip
        for count, ((scenario, _, kind), part) in enumerate(zip(work, done, strict=True), 1):
            found[kind, scenario] += part
            if progress:
                progress.write(f"\r{count} of {len(work)} sessions")
                progress.flush()
    if progress:
        progress.write("\n")
    return dict(found)


def table(found, *, by_scenario=False):
    """Return a row for each kind of sensors and metric (and scenario), as plain values."""
    cells = defaultdict(list)
    for (kind, scenario), parts in found.items():
        for score in parts:
            cells[kind, score.metric, scenario if by_scenario else ""].append(score)
    return [row(*key, cells[key]) for key in cells]


def row(kind, metric, scenario, parts):
    outcomes = [score.outcome for score in parts]
    right, missed, extra, refused = (
        outcomes.count(word) for word in ("found", "missed", "extra", "refused")
    )
    error = np.array([score.error for score in parts])
    error = error[np.isfinite(error)]
    told = right + missed + extra
    numbers = dict.fromkeys(("bias", "sd", "median", "p95"))
    if len(error):
        away = np.abs(error)
        numbers = {
            "bias": float(error.mean()), "sd": float(error.std()),
            "median": float(np.median(away)), "p95": float(np.percentile(away, 95)),
        }  # fmt: skip
    return {
        "sensors": kind, "metric": metric, "scenario": scenario,
        "true": right + missed + refused, "missed": missed, "extra": extra, "refused": refused,
        "f1": 2 * right / (right + told) if told else None, **numbers,
    }  # fmt: skip


def text(rows):
    """Return the rows as a table for people."""
    lines = [HEAD]
    for one in rows:
        name = one["metric"] + (f" ({one['scenario']})" if one["scenario"] else "")
        f1 = "" if one["f1"] is None else f"{one['f1']:.3f}"
        line = f"{one['sensors']:10}{name:24}{one['true']:6}{one['missed']:7}{one['extra']:6}"
        line += f"{one['refused']:8}{f1:>7}"
        if one["bias"] is not None:
            line += f"{one['bias']:+9.3f}{one['sd']:8.3f}{one['median']:8.3f}{one['p95']:8.3f}"
        lines.append(line)
    return "\n".join(lines)


def main(words=None):
    parser = argparse.ArgumentParser(prog="python -m tests.truth.bench", description=__doc__)
    parser.add_argument("--people", type=int, default=3, help="how many, one seed each")
    parser.add_argument("--seed", type=int, default=0, help="seed of the first one")
    parser.add_argument("--scenarios", nargs="+", choices=SCENARIOS, default=SCENARIOS)
    parser.add_argument("--sensors", nargs="+", choices=tuple(KINDS), default=tuple(KINDS))
    parser.add_argument("--by-scenario", action="store_true", help="a line for each scenario")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--json", type=Path, help="write the table here, too")
    asked = parser.parse_args(words)
    seeds = range(asked.seed, asked.seed + asked.people)
    found = run(asked.scenarios, seeds, asked.sensors, jobs=asked.jobs, progress=sys.stderr)
    rows = table(found, by_scenario=asked.by_scenario)
    rows.sort(key=lambda one: (asked.sensors.index(one["sensors"]), one["metric"], one["scenario"]))
    sys.stdout.write(f"{text(rows)}\n")
    if asked.json:
        settings = {"seeds": [*seeds], "scenarios": [*asked.scenarios]}
        asked.json.write_text(json.dumps({**settings, "rows": rows}, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
