"""Write docs/metrics.md, the page of all numbers of a report, from `insole.measure.metric`.

Run ``python docs/make_metrics.py`` after a number was added or changed; a test complains of a stale
page.
"""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from insole.capabilities import Capabilities
from insole.export.observers import observes
from insole.measure.metric import METRICS, missing
from insole.spec import list_specs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from insole.measure.metric import Metric

PAGE = Path(__file__).parent / "metrics.md"
HEAD = """\
# Numbers of a report

Written by `docs/make_metrics.py` from the metric dictionary of the program; `insole metrics` prints
the same, and `insole metrics --json` for programs. [report.md](report.md) explains how a report is
built; `insole metrics --device SPEC` lists what one device can observe.

*Needs* says what a rig must sense for a number; without it, the report says `not_observable` and
the reason. What a need means:

- **whole**: both feet stand on it. **feet**: each foot has its own. **load**: in newton or body
  weights, not raw counts; a device with raw counts has it once it is calibrated.
- **regions**: the load of the heel by itself. **imu**: the motion of the foot. **cop**: the centre
  of pressure of each foot.
"""
_ALL = ("toes", "forefoot", "midfoot", "heel")
RIGS = {
    "insoles, motion": Capabilities(
        _ALL, imu=True, cop=True, rate_hz=100.0, sides="both", unit="N"
    ),
    "insoles": Capabilities(_ALL, imu=False, cop=True, rate_hz=100.0, sides="both", unit="N"),
    "one insole": Capabilities(_ALL, imu=True, cop=True, rate_hz=100.0, sides="left", unit="N"),
    "scale": Capabilities((), imu=False, cop=False, rate_hz=10.0, sides="merged", unit="N"),
}


def page() -> str:
    """Return the page."""
    lines = [HEAD]
    for table, metrics in groupby(METRICS, key=lambda metric: metric.table):
        lines += [f"## {table}", "", *_definitions(list(metrics)), ""]
    lines += ["## Which rig observes what", "", *_rigs(), "", "## Which device observes what", ""]
    return "\n".join([*lines, *_devices(), ""])


def _definitions(metrics: list[Metric]) -> Iterator[str]:
    yield "| name | unit | definition | source | needs |"
    yield "|---|---|---|---|---|"
    for metric in metrics:
        needs = ", ".join(metric.needs) or "–"
        parts = f"`{metric.name}`", metric.unit, metric.definition, metric.source, needs
        yield f"| {' | '.join(parts)} |"


def _rigs() -> Iterator[str]:
    yield f"| number | {' | '.join(RIGS)} |"
    yield f"|---|{'---|' * len(RIGS)}"
    for metric in METRICS:
        marks = ["–" if missing(metric, rig) else "yes" for rig in RIGS.values()]
        yield f"| `{metric.table}.{metric.name}` | {' | '.join(marks)} |"


def _devices() -> Iterator[str]:
    yield "As they come, a pair of insoles or one of anything else; numbers of the recording itself"
    yield "(`quality`) are known for all."
    yield ""
    for spec in sorted(list_specs(), key=lambda spec: spec.id):
        seen = [metric for metric in METRICS if metric.needs and observes(spec, metric)]
        words = ", ".join(f"`{m.table}.{m.name}`" for m in seen) or "none"
        whole = len(seen) == sum(bool(metric.needs) for metric in METRICS)
        yield f"- `{spec.id}` ({spec.name}): {'all' if whole else words}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
