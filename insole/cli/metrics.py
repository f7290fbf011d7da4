"""``insole metrics``: what each number of a report means, and which devices can observe it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from insole.cli.options import json_option, spec_folder_option

if TYPE_CHECKING:
    from pathlib import Path

    from insole.measure.metric import Metric


@click.command()
@click.argument("words", nargs=-1)
@click.option("--device", metavar="SPEC", help="Only what such devices, on both feet, can observe.")
@spec_folder_option
@json_option
def command(
    words: tuple[str, ...], device: str | None, spec_folder: Path | None, as_json: bool
) -> None:
    """Explain the numbers of a report: unit, definition, source, and what can observe them.

    WORDS choose metrics by their name or part of it, or by their table; none means all.
    """
    from insole.export.observers import observes  # noqa: PLC0415 - imports numpy and pandas
    from insole.measure.metric import METRICS  # noqa: PLC0415 - only when asked for
    from insole.spec import list_specs, load_spec  # noqa: PLC0415 - imports numpy and pandas

    specs = list_specs(spec_folder)
    wanted = load_spec(device, spec_folder) if device else None
    chosen = [
        metric
        for metric in METRICS
        if _meant(metric, words) and (wanted is None or observes(wanted, metric))
    ]
    if not chosen:
        raise click.UsageError("no metric of that name; `insole metrics` lists them all")
    for metric in chosen:
        observers = [spec.id for spec in specs if observes(spec, metric)]
        facts = _facts(metric, observers)
        click.echo(json.dumps(facts) if as_json else _entry(metric, observers, len(specs)))


def _meant(metric: Metric, words: tuple[str, ...]) -> bool:
    return not words or any(word == metric.table or word in metric.name for word in words)


def _facts(metric: Metric, observers: list[str]) -> dict[str, Any]:
    return {
        "table": metric.table,
        "name": metric.name,
        "unit": metric.unit,
        "definition": metric.definition,
        "source": metric.source,
        "needs": list(metric.needs),
        "devices": observers,
    }


def _entry(metric: Metric, observers: list[str], known: int) -> str:
    unit = "a pure number" if metric.unit == "1" else metric.unit
    who = "every device" if len(observers) == known else ", ".join(observers) or "no device"
    lines = [
        f"{metric.table}.{metric.name}  [{unit}]",
        metric.definition,
        f"source:   {metric.source}",
        f"observed: {who}",
    ]
    return "\n  ".join(lines) + "\n"
