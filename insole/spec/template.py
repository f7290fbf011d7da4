"""The template of a line of text: what stands in it as it is, and where its numbers are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from insole.spec.model import MAX_PAYLOAD

if TYPE_CHECKING:
    from insole.toml_table import Table

NUMBER, LETTER = "#", "@"
"""Placeholders: a number, and one character that stands for its code."""


def placeholders(message: Table) -> int:
    """Return how many numbers and letters the template of a message holds."""
    template = message.text("text")
    if not template.isascii() or not template.isprintable():
        raise message.error("text", "must be printable ASCII")
    count = sum(template.count(mark) for mark in (NUMBER, LETTER))
    if not 1 <= count <= MAX_PAYLOAD:
        raise message.error("text", f"must hold 1 to {MAX_PAYLOAD} of {NUMBER} and {LETTER}")
    if NUMBER * 2 in template:
        raise message.error("text", f"has two {NUMBER} without anything between them")
    return count
