"""``insole replay``: a stored session as if its devices were sending."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from insole.cli.folder import find_session, folder_option, place_for_session
from insole.cli.options import as_speed, duration_option, json_option

if TYPE_CHECKING:
    from collections.abc import Callable

    from insole.recording.source import Source


@click.command()
@click.argument("file")
@click.option(
    "--speed",
    type=float,
    default=1.0,
    callback=as_speed,
    show_default=True,
    help="1 for real time, 2 for twice as fast.",
)
@duration_option
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    help="Record it again into this new session, and report that.",
)
@json_option
@folder_option
@click.pass_context
def command(
    context: click.Context,
    *,
    file: str,
    speed: float,
    duration_s: float | None,
    out: Path | None,
    as_json: bool,
    folder: Path | None,
) -> None:
    """Play a session back as if its devices were sending, and show what they send."""
    from insole.cli.attend import attend, conclude  # noqa: PLC0415 - imports numpy and pandas
    from insole.cli.live import print_state  # noqa: PLC0415 - with it
    from insole.recording.course import Rules  # noqa: PLC0415 - likewise
    from insole.recording.file import keeper  # noqa: PLC0415 - likewise
    from insole.recording.source import replayed  # noqa: PLC0415 - likewise

    if as_json and out:
        raise click.UsageError("--json prints what is played, -o reports it; leave one out")
    path = find_session(file, folder)
    keep = keeper(place_for_session(out, folder)) if out else lambda _: None

    async def find(_: Callable[[str], None]) -> Source:
        return replayed(path, speed=speed)

    watch = print_state if as_json else None
    outcome = attend(find, keep, Rules(duration_s), watch=watch)
    if out:
        conclude(context, outcome, analyse=True)
    if outcome.error:
        raise outcome.error
