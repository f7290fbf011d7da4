"""The part of the page for the therapist: tables of every set and repetition, quality, settings."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any

from insole.measured import Measured
from insole.report.edited import edit_line
from insole.report.facts import reason_words
from insole.report.html_frame import Section, bullets, facts, figures, plain_table, table
from insole.report.html_markup import Markup, join, tag, typed
from insole.report.html_person import set_title
from insole.report.layout import Column, Plain
from insole.report.phrase import MISSING, TO, clock, number, quantity
from insole.report.text import HOLD_COLUMNS, RAISE_COLUMNS, SHARE_CAVEAT
from insole.report.words import REASONS, because

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from insole.measure.model import HoldRow, RaiseRow, SetRow
    from insole.report.html_frame import Picture
    from insole.report.model import SessionReport

SHARE_BY_PHASE = (
    Column("left up", "%", lambda r: r.left_share_raising, "left share raising"),
    Column("left top", "%", lambda r: r.left_share_top, "left share at the top"),
    Column("left down", "%", lambda r: r.left_share_lowering, "left share lowering"),
)

SHIFT_COLUMNS = (
    Column("flat", "%", lambda r: r.left_share_flat, "left share with both heels down"),
    Column("on top", "%", lambda r: r.left_share_top, "left share at the top"),
    Column("shift", "points", lambda r: r.shift, "shift", signed=True),
    Column("largest shift", "points", lambda r: r.peak_shift, "largest shift"),
    Column("Robinson index", "%", lambda r: r.robinson_si_pct, "Robinson index", signed=True),
)

QUALITY_COLUMNS = (
    Column("lost", "%", lambda q: q.loss_fraction, "lost samples", digits=1),
    Column("longest gap", "ms", lambda q: _in_ms(q.longest_gap_s), "longest gap"),
    Column("clock scatter", "ms", lambda q: q.clock_residual_ms, "clock scatter", digits=1),
    Column("drift", "ppm", lambda q: q.drift_ppm, "drift of the clock"),
    Column("at limit", "%", lambda q: q.saturated_fraction, "time at the limit", digits=1),
    Plain("unreadable packets", "", lambda q: str(q.decode_errors)),
)

FURTHER = {
    "activities": "What was done when",
    "toe_yoga": "Toe yoga",
    "rocking": "Rocking over the toes",
    "sway": "Sway",
    "pain": "Pain",
}
"""Tables that are told field by field, and their titles."""


def for_the_therapist(report: SessionReport, pictures: Sequence[Picture]) -> list[Section]:
    """Return the sections of the page that tell everything that was measured.

    Parameters
    ----------
    report : SessionReport
        What was measured.
    pictures : sequence of Picture
        Figures of the sets, feet and quality, among others.
    """
    return [
        Section("sets", "Set by set", join(*_sets(report, pictures))),
        Section("feet", "Weight between the feet", join(*_between(report, pictures))),
        Section("edits", "Corrected by hand", bullets([typed(edit_line(e)) for e in report.edits])),
        *(
            Section(name.replace("_", "-"), title, _further(title, getattr(report, name)))
            for name, title in FURTHER.items()
        ),
        Section("quality", "How good the recording is", join(*_recording(report, pictures))),
        Section("remarks", "What the remarks mean", _remarks(report)),
        Section("settings", "Settings and versions", join(*_settings(report))),
    ]


def pictures_of(name: str, pictures: Sequence[Picture]) -> Markup:
    """Return the figures that belong to a section of this name."""
    return figures([picture for picture in pictures if picture.section == name])


# --------------------------------------------------------------------------------- set by set


def _sets(report: SessionReport, pictures: Sequence[Picture]) -> Iterator[Markup]:
    for row in report.sets:
        holds = [one for one in report.holds if one.set == row.set]
        raises = [one for one in report.raises if one.set == row.set]
        yield tag(
            "section",
            tag(
                "h3",
                set_title(row),
                tag("span", f" {clock(row.start_s)}{TO}{clock(row.end_s)}", class_="quiet"),
            ),
            facts(_set_facts(row)),
            _holds(holds),
            _raises(raises),
            pictures_of(f"set {row.set}", pictures),
        )


def _times(row: SetRow) -> str:
    return f"{clock(row.start_s)}{TO}{clock(row.end_s)}"


_VERDICT = {True: "met", False: "not met", None: "neither met nor missed for certain"}


def _set_facts(row: SetRow) -> list[tuple[str, str]]:
    """Tell of a set what is known: all measured fields, then target and remarks."""
    measured = [(f.name, getattr(row, f.name)) for f in fields(row)]
    return [
        *(
            (named(name).partition(" [")[0], quantity(one))
            for name, one in measured
            if isinstance(one, Measured) and one.value is not None
        ),
        ("target", f"{row.target}, {_VERDICT[row.met]}" if row.target else ""),
        ("remarks", because(row.reasons)),
    ]


def _holds(rows: Sequence[HoldRow]) -> Markup:
    has_bounds = all(row.onset_s is not None and row.end_s is not None for row in rows)
    columns: list[Plain | Column] = [
        Plain(f"held from{TO}to" if has_bounds else f"heel up from{TO}to", "min:s", _bounds, "<"),
        *HOLD_COLUMNS,
    ]
    names = [f"round {index}" for index in range(1, len(rows) + 1)]
    return table("Holds", names, rows, columns, [_hold_remark(row) for row in rows])


def _bounds(row: HoldRow) -> str:
    if row.onset_s is None or row.end_s is None:
        return f"{clock(row.heel_off_s)}{TO}{clock(row.heel_contact_s)}"
    return f"{clock(row.onset_s)}{TO}{clock(row.end_s)}"


def _hold_remark(row: HoldRow) -> str:
    target = f"target {row.target_s:g} s {_VERDICT[row.met]}" if row.target_s is not None else ""
    return "; ".join(filter(None, (target, because(row.reasons))))


def _raises(rows: Sequence[RaiseRow]) -> Markup:
    columns = [column for column in (*RAISE_COLUMNS, *SHARE_BY_PHASE) if not _is_moot(column, rows)]
    names = [f"raise {row.rep}" for row in rows]
    remarks = [("" if row.counted else "not counted: ") + because(row.reasons) for row in rows]
    return table("Calf raises", names, rows, columns, remarks)


def _is_moot(column: Plain | Column, rows: Sequence[RaiseRow]) -> bool:
    """Return True for a column that asks nothing of these raises."""
    if isinstance(column, Plain):
        return column.head == "tempo" and not any(row.tempo for row in rows)
    return all(column.get(row).reasons == ("both_feet_work",) for row in rows)


# ------------------------------------------------------------------ feet, further tables, quality


def _between(report: SessionReport, pictures: Sequence[Picture]) -> Iterator[Markup]:
    names = [f"set {row.set}" for row in report.weight_shift]
    yield table("Left foot's share of the load", names, report.weight_shift, SHIFT_COLUMNS)
    yield pictures_of("feet", pictures)
    if report.weight_shift:
        yield tag("p", SHARE_CAVEAT, class_="quiet")


def _further(title: str, rows: Sequence[Any]) -> Markup:
    """Tell rows of any kind, field by field."""
    told = [_told(row) for row in rows]
    head = list(dict.fromkeys(name for row in told for name, value in row.items() if value != ""))
    lines = [[row.get(name, "") for name in head] for row in told]
    names = [CLOCK_NAMES.get(name) or named(name) for name in head]
    return plain_table(title, names, lines)


CLOCK_NAMES = {"start_s": "start [min:s]", "end_s": "end [min:s]", "furthest_s": "furthest [min:s]"}
"""Fields of such rows that are moments, and told as by a clock."""


def _told(row: Any) -> dict[str, Any]:
    if is_dataclass(row):
        return {f.name: _plainly(f.name, getattr(row, f.name)) for f in fields(row)}
    return {name: _plainly(name, value) for name, value in row.items()}


def _plainly(name: str, value: Any) -> object:
    """Return a value of any field as it is told: a time by the clock, a flag as yes or no."""
    if isinstance(value, Measured):
        return quantity(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and name.endswith("_s"):
        return clock(value)
    if isinstance(value, str):
        return typed(value.replace("_", " ") if value.isidentifier() else value)
    return _setting(value)


def named(name: str) -> str:
    """Return the name of a field in words, with its unit in brackets."""
    units = {
        "_mm_per_rep": "mm a repetition", "_s_per_rep": "s a repetition", "_per_min": "1/min",
        "_mm_per_s": "mm/s", "_mm2": "mm²", "_n_per_s": "N/s", "_mm": "mm", "_ms": "ms", "_s": "s",
        "_n": "N", "_j": "J", "_hz": "Hz", "_pct": "%", "_ppm": "ppm", "_deg": "°", "_dps": "°/s",
    }  # fmt: skip
    for suffix, unit in units.items():
        if name.endswith(suffix):
            return f"{name.removesuffix(suffix).replace('_', ' ')} [{unit}]"
    return name.replace("_", " ")


def _recording(report: SessionReport, pictures: Sequence[Picture]) -> Iterator[Markup]:
    roles, rows = list(report.quality), list(report.quality.values())
    flags = [because(row.flags) for row in rows]
    yield table("Recording of each device", roles, rows, QUALITY_COLUMNS, flags)
    if report.capabilities.sides == "both":
        yield tag("p", f"Clocks of the two feet apart by: {quantity(report.sync)}.")
    yield pictures_of("quality", pictures)


def _in_ms(time_s: Measured) -> Measured:
    return replace(time_s, value=time_s.value and 1000 * time_s.value, unit="ms")


def _remarks(report: SessionReport) -> Markup:
    """Explain the marks, and each reason word that stands in the report, once."""
    words = dict.fromkeys(word for word in reason_words(report) if word in REASONS)
    if not words:
        return Markup()
    marks = [
        ("~", "a value to be read with caution"),
        (MISSING, "not observable: this could not be seen with these devices"),
    ]
    return facts([*marks, *((REASONS[word].phrase, REASONS[word].sentence) for word in words)])


# ---------------------------------------------------------------------------------- settings


def _settings(report: SessionReport) -> Iterator[Markup]:
    yield facts([(named(name), _setting(value)) for name, value in report.software.items()])
    if report.calibration:
        yield tag("h3", "Calibration")
        yield facts([(named(key), _setting(value)) for key, value in report.calibration.items()])
    groups = [
        tag("div", tag("h4", named(name)), _setting(value), class_="group")
        for name, value in report.params.items()
    ]
    if groups:
        yield tag("h3", "Settings of the analysis")
        yield tag("div", *groups, class_="settings")


def _setting(value: Any) -> object:
    if hasattr(value, "items"):
        return facts([(named(key), _setting(inner)) for key, inner in value.items()])
    if isinstance(value, list | tuple):
        flat = all(isinstance(one, str | float | int) for one in value)
        return because(map(str, value)) if flat else bullets([_setting(one) for one in value])
    if isinstance(value, Measured):
        return number(value)
    if isinstance(value, float):
        return f"{value:g}"
    return "" if value is None else typed(str(value))
