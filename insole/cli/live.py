"""``insole live``: what devices send, shown and not kept."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

import click

from insole.cli.options import Chosen, duration_option, json_option, source_options

if TYPE_CHECKING:
    from insole.live import LiveState


@click.command()
@source_options
@duration_option
@json_option
def command(*, chosen: Chosen, duration_s: float | None, as_json: bool) -> None:
    """Show what devices send, without keeping it.

    Looks for both insoles, connects, and shows rate, loss, battery and load of each until Ctrl-C
    or --duration ends it. SPEC is a device as `insole spec list` names it, ADDRESS one as `insole
    scan` does. A simulated person moves in real time, unless --speed says otherwise.
    """
    from insole.cli.attend import attend  # noqa: PLC0415 - imports numpy and pandas
    from insole.recording.course import Rules  # noqa: PLC0415 - likewise

    if chosen.scenario is not None and chosen.speed is None:
        chosen = replace(chosen, speed=1.0)
    watch = print_state if as_json else None
    outcome = attend(chosen.find, lambda _: None, Rules(duration_s), watch=watch)
    if outcome.error:
        raise outcome.error


def print_state(state: LiveState) -> None:
    """Print what is known as one JSON object on one line."""
    click.echo(json.dumps(asdict(state)))
