"""A report as one HTML page, for the person who did the exercise and for the therapist.

The page is whole by itself: it loads nothing, runs nothing, and prints on A4. Figures come in as
finished SVG, so that a page can be made without anything that draws.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from insole.report.facts import facts_of
from insole.report.html_frame import (
    Card,
    Picture,
    Section,
    bullets,
    document,
    facts,
    figures,
    plain_table,
)
from insole.report.html_frame import cards as _cards
from insole.report.html_markup import Markup, join, tag, typed, typed_block
from insole.report.html_person import for_the_person, what_is_next
from insole.report.html_therapist import for_the_therapist, pictures_of
from insole.report.phrase import length, started
from insole.report.text import DISCLAIMER

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from insole.report.model import SessionReport

__all__ = ["Card", "Picture", "history_page", "page"]


def page(report: SessionReport, pictures: Sequence[Picture] = ()) -> str:
    """Return the report of one session as a page.

    Parameters
    ----------
    report : SessionReport
        What was measured.
    pictures : sequence of Picture
        Figures of this session; each stands in the section that it names.
    """
    when = started(report.session)
    sections = [
        Section("you", "For you", for_the_person(report)),
        Section("time", "The session over time", pictures_of("session", pictures)),
        Section("recording", "What was recorded", _recording(report)),
        *for_the_therapist(report, pictures),
    ]
    return document(
        f"Session report, {when}", _header(report, when), sections, tag("p", DISCLAIMER)
    )


def _header(report: SessionReport, when: str) -> Markup:
    session = report.session
    return join(
        tag("h1", "Session report"),
        tag("p", f"{when}, {length(session.duration_s)} long", class_="lead"),
        facts([("Note", typed_block(session.note) if session.note else "")]),
    )


def _recording(report: SessionReport) -> Markup:
    """Tell what the session is, but for what its header has said."""
    return facts([(name, typed(text)) for name, text in facts_of(report) if name != "Note"])


def history_page(
    when: str,
    *,
    cards: Sequence[Card] = (),
    sentences: Sequence[str] = (),
    programme: Mapping[str, Any] = MappingProxyType({}),
    tables: Sequence[tuple[str, Sequence[str], Sequence[Sequence[object]]]] = (),
    pictures: Sequence[Picture] = (),
    person: str = "",
) -> str:
    """Return how things went over many sessions as one page, for a visit to the therapist.

    Parameters
    ----------
    when : str
        From when to when: ``2026-10-01 to 2026-11-12``.
    cards : sequence of Card
        Up to three figures that say most.
    sentences : sequence of str
        What is to be said of this time, one sentence each.
    programme : mapping
        Where the programme has brought the person; its ``decision`` as in a session's report.
    tables : sequence of (title, names of columns, lines)
        What was done; the first text of each line names it.
    pictures : sequence of Picture
        How figures went, wide ones best; all stand in one section, whichever they name.
    person : str
        Who this is about, if that is to stand there.
    """
    summary = join(_cards(cards), bullets(sentences), what_is_next(programme))
    sections = [
        Section("you", "For you", summary),
        Section("time", "How it went", figures(pictures)),
        *(
            Section(f"table-{place}", title, plain_table(title, head, lines))
            for place, (title, head, lines) in enumerate(tables, 1)
        ),
    ]
    header = join(
        tag("h1", "Progress report"),
        tag("p", when, class_="lead"),
        facts([("Person", typed(person) if person else "")]),
    )
    return document(f"Progress report, {when}", header, sections, tag("p", DISCLAIMER))
