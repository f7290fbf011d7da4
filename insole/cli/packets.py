"""``insole packets``: what the devices of a session sent, as JSON lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from insole.cli.folder import find_session, folder_option
from insole.cli.talk import say

if TYPE_CHECKING:
    from pathlib import Path

DAMAGED = 4


@click.command()
@click.argument("file")
@folder_option
@click.pass_context
def command(context: click.Context, *, file: str, folder: Path | None) -> None:
    """Print what the devices sent, as JSON lines, byte for byte in hex.

    One line each for the session, its devices, attachments, packets, link events and marks;
    `insole import` makes a session of them again. Of a damaged FILE the whole part is printed; the
    exit code is then 4.
    """
    from insole.record.packets import lines  # noqa: PLC0415 - imports numpy
    from insole.record.store import open_whole  # noqa: PLC0415 - likewise

    path = find_session(file, folder)
    session, done = open_whole(path)
    if done:
        say(f"{path}: {done}")
    for line in lines(session):
        click.echo(line)
    for damage in session.damage:
        say(f"{path}: {damage}")
    context.exit(DAMAGED if session.damage else 0)
