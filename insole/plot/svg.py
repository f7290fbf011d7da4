"""A figure as SVG that is put into a page: its colours follow the page, its words stay words."""

from __future__ import annotations

import re
from io import StringIO
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from matplotlib import rc_context

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NAME_OF = MappingProxyType(
    {
        "#222222": "ink", "#666666": "muted", "#888888": "grey", "#777777": "grey",
        "#999999": "grey", "#bbbbbb": "pale", "#e4e4e4": "grid", "#dddddd": "band",
        "#eeeeee": "lost", "#f4f4f4": "lost", "#ffffff": "paper", "#0072b2": "blue",
        "#56b4e9": "sky", "#009e73": "green", "#f0e442": "yellow", "#e69f00": "orange",
        "#d55e00": "red", "#cc79a7": "pink",
    }
)  # fmt: skip
"""Colours of the house style, and the variables of the page that stand for them."""

_COLOUR = re.compile("|".join(NAME_OF))
_SETTINGS: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "insole",
}
_NO_FACTS = {"Date": None, "Creator": None, "Format": None, "Type": None}


def to_svg(figure: Figure, key: str) -> str:
    """Return a figure as an ``<svg>`` element that scales with the page around it.

    Parameters
    ----------
    figure : Figure
        What to draw; its background is made transparent.
    key : str
        What all its ids begin with, so that several stand in one page.

    Notes
    -----
    Text is kept as text: it is found, copied and scaled, follows the page's font, and takes a
    third of the room that outlines take. Colours become variables of the page, with their own
    value where the page has none.
    """
    figure.patch.set_alpha(0.0)
    for ax in figure.axes:
        ax.patch.set_alpha(0.0)
    text = StringIO()
    with rc_context(_SETTINGS):
        figure.savefig(text, format="svg", metadata=_NO_FACTS)
    return _for_a_page(text.getvalue(), key)


def _for_a_page(document: str, key: str) -> str:
    """Take from matplotlib's file what a page needs, and make it small."""
    svg = document[document.index("<svg ") :]
    view = svg[svg.index("viewBox") :].split('"', 2)[1]
    inner = svg[svg.index(">") + 1 :].rstrip()
    for unwanted, instead in _REPLACED:
        inner = unwanted.sub(instead, inner)
    for reference in ('id="', 'href="#', "url(#"):
        inner = inner.replace(reference, f"{reference}{key}-")
    inner = _COLOUR.sub(lambda found: f"var(--{NAME_OF[found[0]]}, {found[0]})", inner)
    return f'<svg viewBox="{view}">{inner}'


_REPLACED = (
    (re.compile(r"<metadata>.*?</metadata>|<!--.*?-->", re.DOTALL), ""),
    (re.compile(r"<defs>\s*<style.*?</style>\s*</defs>", re.DOTALL), ""),  # holds for all pages
    (re.compile(r'<g id="[^"]*"'), "<g"),
    (re.compile(r"xlink:href"), "href"),
    (re.compile(r"font-family: [^;]*"), "font-family: var(--font, sans-serif)"),
    (re.compile(r"(?<=\.\d)\d+"), ""),  # a tenth of a point is less than a pixel
    (re.compile(r"\n\s*"), "\n"),
)
