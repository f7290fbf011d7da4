"""The frame of every page, and the parts that pages are made of: cards, tables, figures."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from insole.report.html_markup import Markup, join, markup, tag
from insole.report.layout import LOW, Column, Plain, notes_of, seen_columns
from insole.report.phrase import MISSING, number
from insole.report.words import because

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from insole.measured import Measured

POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""The page may load nothing and run nothing, whatever somebody may have typed into it."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A figure that is drawn already.

    Parameters
    ----------
    key : str
        Its id in the page: letters, digits and hyphens, unique there.
    title : str
        Its caption.
    described : str
        What it shows, for who does not see it.
    svg : str
        An ``<svg>`` element whose own ids begin with `key`; it is put into the page as it is.
    section : str
        Where it belongs: ``session``, ``quality``, ``feet``, or ``set 2`` and so on.
    wide : bool
        True if it takes the whole width of the page; two others stand side by side.
    """

    key: str
    title: str
    described: str
    svg: str
    section: str
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """One figure that a person should take home: a value, what it is, and a caution."""

    value: str
    what: str
    caution: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a page under a heading of its own; `key` is its id there."""

    key: str
    title: str
    content: Markup


def document(title: str, header: Markup, sections: Sequence[Section], footer: Markup) -> str:
    """Return a whole page, which needs no other file.

    Parameters
    ----------
    title : str
        Of the window.
    header, footer : Markup
        What stands above and below the sections.
    sections : sequence of Section
        From top to bottom; those without content are left out.
    """
    filled = [one for one in sections if one.content]
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=POLICY),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", title),
        tag("style", Markup(_style())),
    )
    body = tag(
        "body",
        tag("a", "Skip to the content", href="#content", class_="skip"),
        tag("header", header, _contents(filled)),
        tag("main", *map(_section, filled), id="content", tabindex="-1"),
        tag("footer", footer),
    )
    return f"<!DOCTYPE html>\n{tag('html', head, body, lang='en')}\n"


def _contents(sections: Sequence[Section]) -> Markup:
    links = [tag("li", tag("a", one.title, href=f"#{one.key}")) for one in sections]
    return tag("nav", tag("ul", *links), aria_label="Contents")


def _section(one: Section) -> Markup:
    heading = tag("h2", one.title, id=one.key)
    return tag("section", heading, one.content, aria_labelledby=one.key)


def _style() -> str:
    return (files("insole.report") / "page.css").read_text(encoding="utf-8")


def cards(shown: Sequence[Card]) -> Markup:
    """Return figures side by side, each with what it is."""
    return tag("dl", *map(_card, shown), class_="cards") if shown else Markup()


def _card(card: Card) -> Markup:
    caution = tag("dd", card.caution, class_="caution") if card.caution else Markup()
    value = tag("dd", card.value, class_="value")
    return tag("div", tag("dt", card.what), value, caution)


def facts(rows: Iterable[tuple[str, object]]) -> Markup:
    """Return names with what is to be said of each; those with nothing are left out."""
    told = [join(tag("dt", name), tag("dd", what)) for name, what in rows if what]
    return tag("dl", *told, class_="facts") if told else Markup()


def bullets(items: Sequence[object], class_: str | None = None) -> Markup:
    """Return a list of short texts; nothing if there is none."""
    return tag("ul", *(tag("li", item) for item in items), class_=class_) if items else Markup()


def figures(pictures: Sequence[Picture]) -> Markup:
    """Return figures with captions; those that are not wide stand two to a row."""
    return tag("div", *map(_figure, pictures), class_="figures") if pictures else Markup()


def _figure(picture: Picture) -> Markup:
    described = f'<svg role="img" aria-label="{markup(picture.described)}" '
    drawn = Markup(picture.svg.replace("<svg ", described, 1))
    # a wide figure can be moved by keyboard where the page is narrower
    box = tag(
        "div",
        drawn,
        class_="scroll",
        tabindex="0" if picture.wide else None,
        role="group" if picture.wide else None,
        aria_label=f"{picture.title}, figure" if picture.wide else None,
    )
    return tag(
        "figure",
        box,
        tag("figcaption", picture.title),
        id=f"figure-{picture.key}",
        class_="wide" if picture.wide else None,
    )


def table(
    caption: str,
    names: Sequence[str],
    rows: Sequence[Any],
    columns: Sequence[Plain | Column],
    remarks: Sequence[str] = (),
) -> Markup:
    """Return rows of a report as a table, then its notes; nothing without rows.

    Parameters
    ----------
    caption : str
        What the table tells.
    names : sequence of str
        What each row is called: "round 1", …; the first column.
    rows : sequence
        Rows of a report, one line each.
    columns : sequence of Plain or Column
        From left to right. A measured column without a single value is left out, with a note.
    remarks : sequence of str
        What is to be said of each row; "" if nothing.
    """
    if not rows:
        return Markup()
    seen = seen_columns(rows, columns)
    head = tag(
        "tr", tag("th", "", tag("span", "row", class_="unseen"), scope="col"), *map(_head, seen)
    )
    lines = [
        tag("tr", tag("th", name, scope="row"), *(_cell(column, row) for column in seen))
        for name, row in zip(names, rows, strict=True)
    ]
    drawn = tag("table", tag("caption", caption), tag("thead", head), tag("tbody", *lines))
    notes = [
        *(join(tag("b", mark), " ", text) for mark, text in notes_of(names, rows, columns)),
        *_remarks(names, remarks or [""] * len(names)),
    ]
    return join(_scrolled(drawn, caption), bullets(notes, "notes"))


def plain_table(caption: str, head: Sequence[str], lines: Sequence[Sequence[object]]) -> Markup:
    """Return lines of texts as a table; nothing without lines.

    Parameters
    ----------
    caption : str
        What the table tells.
    head : sequence of str
        Names of the columns.
    lines : sequence of sequence
        As many texts as columns each; the first one names its line.
    """
    if not lines:
        return Markup()
    rows = [
        tag("tr", tag("th", line[0], scope="row"), *(tag("td", text) for text in line[1:]))
        for line in lines
    ]
    names = tag("tr", *(tag("th", name, scope="col") for name in head))
    drawn = tag("table", tag("caption", caption), tag("thead", names), tag("tbody", *rows))
    return _scrolled(drawn, caption)


def _scrolled(drawn: Markup, caption: str) -> Markup:
    """Let a table that is wider than the page be moved by itself, by keyboard too."""
    return tag(
        "div", drawn, class_="scroll", tabindex="0", role="group", aria_label=f"{caption}, table"
    )


def _head(column: Plain | Column) -> Markup:
    name = column.label if isinstance(column, Column) else column.head
    unit = tag("span", f" [{column.unit}]", class_="unit") if column.unit else ""
    return tag("th", name, unit, scope="col")


def _cell(column: Plain | Column, row: Any) -> Markup:
    if isinstance(column, Plain):
        return tag("td", column.get(row), class_="text" if column.align == "<" else None)
    measured = column.get(row)
    shown = number(measured, signed=column.signed, digits=column.digits)
    return tag("td", _marked(measured, shown))


def _marked(measured: Measured, shown: str) -> Markup:
    """Mark what is uncertain or not seen, with the reason for a pointer that rests there."""
    reasons = because(measured.reasons)
    if measured.value is None:
        return tag("abbr", MISSING, title=f"not observable: {reasons}")
    if measured.quality == "low":
        return tag("abbr", f"{LOW}\N{THIN SPACE}{shown}", title=f"with caution: {reasons}")
    return markup(shown)


def _remarks(names: Sequence[str], remarks: Sequence[str]) -> list[Markup]:
    """Return each remark once, with the rows that it is about."""
    rows_of: dict[str, list[str]] = {}
    for name, remark in zip(names, remarks, strict=True):
        if remark:
            rows_of.setdefault(remark, []).append(name)
    return [
        join(tag("b", "!"), " ", f"{', '.join(marked)}: {remark}")
        for remark, marked in rows_of.items()
    ]
