"""HTML from strings that may hold anything: what is not markup by its type is escaped."""

from __future__ import annotations

import re
from html import escape

FORBIDDEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
"""Characters that HTML, or UTF-8, cannot carry."""

LONG = 300
"""A typed text of more characters may be higher than its place (our choice)."""

VOID = frozenset({"br", "link", "meta"})
"""Elements that have no end."""


class Markup(str):
    """A string that is HTML already."""

    __slots__ = ()


def markup(content: object) -> Markup:
    """Return content as HTML: markup as it is, anything else as text."""
    if isinstance(content, Markup):
        return content
    return Markup(escape(FORBIDDEN.sub("\ufffd", str(content))))


def join(*parts: object) -> Markup:
    """Return parts one after the other, each as `markup` has it."""
    return Markup("".join(map(markup, parts)))


def tag(name: str, /, *content: object, **attributes: object) -> Markup:
    """Return an element.

    Parameters
    ----------
    name : str
        Of the element.
    *content : object
        What is in it, each as `markup` has it.
    **attributes : object
        Underscores stand for hyphens, and one at the end for nothing (``class_``); None and False
        leave an attribute out.
    """
    told = "".join(
        f" {key.rstrip('_').replace('_', '-')}" + ("" if value is True else f'="{markup(value)}"')
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    return Markup(f"<{name}{told}>" + ("" if name in VOID else f"{join(*content)}</{name}>"))


def typed(text: str) -> Markup:
    """Return what somebody has typed, or a device calls itself, as text with its own direction."""
    return tag("bdi", text)


def typed_block(text: str) -> Markup:
    """Return a longer text that somebody has typed, with its own lines and direction."""
    may_scroll = "0" if len(text) > LONG else None  # by keyboard too
    return tag("p", text, class_="typed", dir="auto", tabindex=may_scroll)
