"""What the commands say beside their result: one line each, on standard error."""

from __future__ import annotations

import click

DATA_ERROR = 4
"""Exit code of a file that cannot be read or written, or is damaged."""


def say(text: str) -> None:
    """Write a sentence to standard error, on one line, under the program's name."""
    click.echo(f"insole: {' '.join(text.split())}", err=True)
