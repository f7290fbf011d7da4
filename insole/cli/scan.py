"""``insole scan``: which devices are there, and which of them are known."""

from __future__ import annotations

import asyncio
import json
from contextlib import aclosing, suppress
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any

import click

from insole.cli.options import as_seconds, json_option, spec_folder_option
from insole.cli.status import Line
from insole.cli.talk import one_line, said_by, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from insole.cli.screen import Screen
    from insole.transport.scan import Discovery

TIMEOUT_S = 10.0
NOTHING = "nothing is in reach"
WIDE = 80
"""From so many columns on, a device takes one line."""
SHOW_EVERY_S = 0.5
LONGEST_NAME = 29
"""Characters of a name that are shown; no longer one fits an advertisement (Core 5.4, vol. 3, part
C, 11)."""


@click.command()
@click.option(
    "--timeout",
    "timeout_s",
    metavar="TIME",
    default=f"{TIMEOUT_S:g}",
    show_default=True,
    callback=as_seconds,
    help="How long to listen, in seconds or m:ss.",
)
@spec_folder_option
@json_option
def command(*, timeout_s: float, spec_folder: Path | None, as_json: bool) -> None:
    """List the devices in reach: what they are, which foot, signal, battery, address.

    Those that are known come first, then the others. Sleeping insoles do not show: step on them.
    Ctrl-C ends it early.
    """
    found = asyncio.run(_scan(timeout_s, spec_folder))
    if as_json:
        for one in found:
            click.echo(json.dumps(facts(one)))
    elif found:
        click.echo("\n".join(table(found, get_terminal_size().columns)))
    if not any(one.spec_id for one in found):
        heard = (
            f"none of the {len(found)} devices in reach is known"
            if found
            else "nothing is in reach"
        )
        say(f"{heard}; step on your insoles to wake them, and close the maker's app")


async def _scan(timeout_s: float, spec_folder: Path | None) -> list[Discovery]:
    """Return what is heard, the known first; it is shown while it comes."""
    from insole.cli.screen import Screen  # noqa: PLC0415 - with the rest
    from insole.recording.stop import (  # noqa: PLC0415 - imports numpy and pandas
        Stop,
        stopped_by_signals,
        until_stopped,
    )
    from insole.spec import list_specs  # noqa: PLC0415 - likewise
    from insole.transport.radio import Radio  # noqa: PLC0415 - likewise
    from insole.transport.scan import discoveries  # noqa: PLC0415 - likewise

    specs = list_specs(spec_folder)
    found: dict[str, Discovery] = {}

    async def listen() -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s), aclosing(discoveries(Radio(), specs)) as heard:
                async for one in heard:
                    found[one.address] = one

    stop = Stop()
    with Screen() as screen, said_by(screen.tell), stopped_by_signals(stop):
        showing = asyncio.create_task(_show(found, screen, timeout_s))
        try:
            await until_stopped(listen(), stop)
        finally:
            showing.cancel()
    return ordered(found.values())


async def _show(found: Mapping[str, Discovery], screen: Screen, timeout_s: float) -> None:
    """Show again and again what was heard so far, as much as fits."""
    loop = asyncio.get_running_loop()
    end_s = loop.time() + timeout_s
    while True:
        await asyncio.sleep(SHOW_EVERY_S)
        size = get_terminal_size()
        lines = [
            Line(text[: size.columns]) for text in table(ordered(found.values()), size.columns)
        ]
        known = sum(one.spec_id is not None for one in found.values())
        left_s = max(0.0, end_s - loop.time())
        counts = (
            f"listening for {left_s:.0f} s more: {len(found)} in reach, {known} known; "
            "Ctrl-C ends it now"
        )
        screen.show([*lines[: max(size.lines - 2, 1)], Line(counts, "dim")], counts)


def ordered(found: Iterable[Discovery]) -> list[Discovery]:
    """Return devices with the known first, and of each kind the nearest first."""
    return sorted(found, key=lambda one: (one.spec_id is None, -one.rssi_dbm))


def facts(one: Discovery) -> dict[str, Any]:
    """Return what is known of a device, for JSON."""
    from insole.transport.scan import UNHEARD_DBM  # noqa: PLC0415 - with the rest

    return {
        "address": one.address,
        "name": one.name,
        "spec": one.spec_id,
        "side": one.side,
        "rssi_dbm": None if one.rssi_dbm == UNHEARD_DBM else one.rssi_dbm,
        "battery_percent": one.battery_percent,
    }


HEADS = ("device", "side", "signal", "battery", "address", "name")


def table(found: Sequence[Discovery], width: int) -> list[str]:
    """Return devices as lines: one each, or two where the terminal is narrow.

    Parameters
    ----------
    found : sequence of Discovery
        What was heard.
    width : int
        Columns of the terminal.
    """
    rows = [HEADS, *(_row(one) for one in found)]
    widths = [max(len(row[n]) for row in rows) for n in range(len(HEADS))]
    texts = [[f"{text:<{w}}" for text, w in zip(row, widths, strict=True)] for row in rows]
    if width >= WIDE:
        return ["  ".join(row).rstrip() for row in texts]
    halves = [("  ".join(row[:4]), "  " + "  ".join(row[4:])) for row in texts]
    return [half.rstrip() for pair in halves for half in pair]


def _row(one: Discovery) -> tuple[str, ...]:
    from insole.transport.scan import signal  # noqa: PLC0415 - with the rest

    battery = "-" if one.battery_percent is None else f"{one.battery_percent:.0f}%"
    name = one_line(one.name)[:LONGEST_NAME]
    return one.spec_id or "unknown", one.side or "-", signal(one), battery, one.address, name
