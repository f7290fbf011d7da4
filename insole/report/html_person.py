"""The part of the page for the person who did the exercise: few figures, whole sentences."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Any

from insole.report.html_frame import Card, bullets, cards
from insole.report.html_markup import Markup, join, tag
from insole.report.next_step import LEGS
from insole.report.phrase import TO, counted, length, number, span
from insole.report.text import PULLED
from insole.report.words import EXERCISES, REASONS, SIDES, VARIANTS, because
from insole.units import G0

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from insole.measure.model import HoldRow, RaiseRow, SetRow
    from insole.measured import Measured
    from insole.report.model import SessionReport

CARDS = 3
"""So many figures are enough to take home."""


def for_the_person(report: SessionReport) -> Markup:
    """Return headline figures, what counted, what did not and why, and what is next."""
    return join(
        cards(headline(report)),
        _listed("What counted", [_set_sentence(report, row) for row in report.sets]),
        _listed("What did not count, and why", list(_not_counted(report))),
        _nothing_found(report),
        what_is_next(report.programme),
    )


def _listed(title: str, sentences: Sequence[object]) -> Markup:
    return join(tag("h3", title), bullets(sentences)) if sentences else Markup()


def _nothing_found(report: SessionReport) -> Markup:
    if report.holds or report.raises:
        return Markup()
    rig = report.capabilities
    if rig.regions or rig.imu:
        return tag("p", "No hold and no calf raise was found in this session.")
    if rig.sides == "pull":
        return tag("p", PULLED)
    return tag(
        "p",
        "Whether there were holds or calf raises cannot be told: ",
        REASONS["no_regions"].sentence,
    )


# --------------------------------------------------------------------------- headline figures


def headline(report: SessionReport) -> list[Card]:
    """Return the three figures that say most of a session."""
    shown = [
        *_hold_cards(report.holds),
        *_raise_cards(report.raises),
        *_share_cards(report),
    ]
    if not (report.holds and report.raises):
        shown += _held_in_all(report.holds)
    shown += [
        *_weight_cards(report.body_weight_n),
        Card(length(report.session.duration_s), "recorded"),
    ]
    return shown[:CARDS]


def _hold_cards(holds: Sequence[HoldRow]) -> Iterator[Card]:
    held = [row.duration_s for row in holds] or []
    seen = [one for one in held if one.value is not None]
    what = f"longest of {counted(len(holds), 'hold')}" if len(holds) > 1 else "held"
    if not seen and holds:
        seen, what = (
            [row.heel_up_s for row in holds],
            f"heel up at the longest, {counted(len(holds), 'hold')}",
        )
    if seen:
        longest = max(seen, key=lambda one: one.value or 0.0)
        yield Card(f"{number(longest)} s", what, because(longest.reasons))


def _held_in_all(holds: Sequence[HoldRow]) -> Iterator[Card]:
    held = [row.total_s.value for row in holds if row.total_s.value is not None]
    if len(holds) > 1 and len(held) == len(holds):
        yield Card(length(sum(held)), f"held in all, in {len(held)} holds")


def _raise_cards(raises: Sequence[RaiseRow]) -> Iterator[Card]:
    if not raises:
        return
    good = sum(row.counted for row in raises)
    yield Card(f"{good} of {len(raises)}", "calf raises counted")
    lowered = [row.lowering_s for row in raises if row.counted and row.lowering_s.value is not None]
    if lowered:
        typical = median(one.value or 0.0 for one in lowered)
        reasons = dict.fromkeys(word for one in lowered for word in one.reasons)
        yield Card(f"{typical:.1f} s", "typical time to lower the heel", because(reasons))


def _share_cards(report: SessionReport) -> Iterator[Card]:
    """Tell the load of the two feet where both work at the same time."""
    rows: list[HoldRow | RaiseRow] = [
        *(row for row in report.holds if row.side == "both"),
        *(row for row in report.raises if row.variant == "double"),
    ]
    shares = [row.left_share for row in rows if row.left_share.value is not None]
    if shares:
        left = 100 * sum(one.value or 0.0 for one in shares) / len(shares)
        reasons = dict.fromkeys(word for one in shares for word in one.reasons)
        what = "of the load on the left and on the right foot"
        yield Card(
            f"{left:.0f}\N{THIN SPACE}:\N{THIN SPACE}{100 - left:.0f} %", what, because(reasons)
        )


def _weight_cards(weight: Measured) -> Iterator[Card]:
    if weight.value is not None and weight.unit == "N":
        yield Card(f"{weight.value / G0:.1f} kg", "stood on the sensors", because(weight.reasons))


# ------------------------------------------------------------------- what counted, what did not


def set_title(row: SetRow) -> str:
    """Return what a set is called: its number, exercise and feet."""
    what = EXERCISES.get(row.exercise, row.exercise.replace("_", " "))
    who = VARIANTS.get(row.variant) or SIDES.get(row.side, row.side)
    return f"Set {row.set}{TO}{what}, {who}"


def _set_sentence(report: SessionReport, row: SetRow) -> str:
    holds = [one for one in report.holds if one.set == row.set]
    raises = [one for one in report.raises if one.set == row.set]
    parts = [
        *(_held_sentence(holds) if holds else []),
        *(_raised_sentence(raises) if raises else []),
        *([f"the target of {row.target} was reached"] if row.target and row.met else []),
    ]
    return f"{set_title(row)}: {'; '.join(parts)}."


def _held_sentence(rows: Sequence[HoldRow]) -> Iterator[str]:
    held = [row.duration_s for row in rows if row.duration_s.value is not None]
    if held:
        yield f"{counted(len(rows), 'hold')}, held {span(held)}"
    else:
        yield f"{counted(len(rows), 'hold')}, heel up {span([row.heel_up_s for row in rows])}"
    if breaks := sum(row.breaks for row in rows):
        yield f"the heel came down {counted(breaks, 'time')}"


def _raised_sentence(rows: Sequence[RaiseRow]) -> Iterator[str]:
    good = [row for row in rows if row.counted]
    yield f"{len(good)} of {counted(len(rows), 'calf raise')} counted"
    lowered = [row.lowering_s for row in good if row.lowering_s.value is not None]
    if lowered:
        yield f"lowered in {span(lowered)}"


def _not_counted(report: SessionReport) -> Iterator[Markup]:
    for row in report.sets:
        if row.target and row.met is False:
            why = f" ({because(row.reasons)})" if row.reasons else ""
            yield join(f"Set {row.set}: the target of {row.target} was not reached{why}.")
    missed: dict[tuple[int, tuple[str, ...]], list[int]] = {}
    for one in report.raises:
        if not one.counted:
            missed.setdefault((one.set, one.reasons), []).append(one.rep)
    for (of_set, reasons), reps in missed.items():
        which = f"raise {reps[0]}" if len(reps) == 1 else f"raises {', '.join(map(str, reps))}"
        yield join(
            tag("b", f"Set {of_set}, {which}: "), because(reasons), ". ", _explained(reasons)
        )


def _explained(reasons: Iterable[str]) -> str:
    return " ".join(REASONS[word].sentence for word in reasons if word in REASONS)


# ------------------------------------------------------------------------------ what is next


def what_is_next(programme: Mapping[str, Any]) -> Markup:
    """Return what the programme says comes next, with its reasons; nothing without one.

    Parameters
    ----------
    programme : mapping
        As in the report: ``decision`` holds one decision, or one for each side, each with
        ``decision``, ``reason`` and ``evidence``.
    """
    decided: Any = programme.get("decision") or ()
    told = [decided] if hasattr(decided, "get") else list(decided)
    return join(tag("h3", "What is next"), *map(_decision, told)) if told else Markup()


def _decision(one: Mapping[str, Any]) -> Markup:
    legs = LEGS.get(one.get("side", ""), "")
    sentence = str(one.get("reason") or one.get("decision") or "")
    lead = tag("b", f"{legs.capitalize()}: ") if legs else Markup()
    evidence = [str(each) for each in one.get("evidence", ())]
    return join(tag("p", lead, sentence), bullets(evidence, "quiet"))
