"""A report as plain text, for the person who did the exercise and for the therapist."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from insole.report.facts import facts_of, reason_words
from insole.report.layout import LOW, Column, Plain, heading, measured_table, paragraph
from insole.report.next_step import next_steps
from insole.report.phrase import (
    MISSING,
    TO,
    clock,
    counted,
    quantity,
    span,
)
from insole.report.sections import corrections, sway, timetable, toes
from insole.report.words import EXERCISES, REASONS, SIDES, VARIANTS, because

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from insole.capabilities import Capabilities
    from insole.measure.model import HoldRow, RaiseRow, SetRow
    from insole.measured import Measured
    from insole.report.model import SessionReport

PULLED = "This device is pulled at: it sees no foot, and what was pulled is not judged."
SHARE_CAVEAT = (
    "Positive is towards the left foot. Insoles tell the share to about ±3 points; a smaller "
    "difference may be none."
)
DISCLAIMER = (
    "insole measures; it treats nothing and gives no advice on health. Pain is not measured. "
    "Please ask a qualified therapist what these figures mean for you, above all when pain is "
    "strong or does not get better."
)


def render(report: SessionReport) -> str:
    """Return the report as lines of at most 80 characters, ending in a line end."""
    figures = [
        _facts(report),
        _headline(report),
        *(_set(report, number) for number in _set_numbers(report)),
        toes(report),
        _weight_shift(report),
        sway(report),
        corrections(report),
        next_steps(report),
        _recording(report),
    ]
    sections = [*figures, _notes(report, figures), paragraph(DISCLAIMER, "")]
    return "\n\n".join("\n".join(lines) for lines in sections if lines) + "\n"


# --------------------------------------------------------------------------------- what it is


def _facts(report: SessionReport) -> list[str]:
    lines = heading("Session report", line="=")
    for label, text in facts_of(report):
        lines += paragraph(text, f"{label:<13}")
    return lines


# ------------------------------------------------------------------------------ what was done


def _headline(report: SessionReport) -> list[str]:
    sentences = [
        *(_holds_sentence(side, rows) for side, rows in _grouped(report.holds, "side")),
        *(_raises_sentence(variant, rows) for variant, rows in _grouped(report.raises, "variant")),
    ]
    lines = heading("What was done")
    for sentence in sentences or [_nothing(report.capabilities)]:
        lines += paragraph(sentence)
    return lines + timetable(report)


def _nothing(rig: Capabilities) -> str:
    if rig.regions or rig.imu:
        return "No hold and no calf raise was found."
    if rig.sides == "pull":
        return PULLED
    return f"Holds and calf raises are not observable ({because(['no_regions'])})."


def _holds_sentence(side: str, rows: Sequence[HoldRow]) -> str:
    count = f"{counted(len(rows), 'hold')} on {SIDES.get(side, side)}"
    held = [row.duration_s for row in rows if row.duration_s.value is not None]
    if not held:
        why = because(rows[0].duration_s.reasons)
        times = span([row.heel_up_s for row in rows])
        return f"{count}: heel up {times}; time held not observable ({why})."
    return f"{count}: held {span(held)}{_breaks(rows)}."


def _breaks(rows: Sequence[HoldRow]) -> str:
    breaks = sum(row.breaks for row in rows)
    return f", with {counted(breaks, 'break')}" if breaks else ", without a break"


def _raises_sentence(variant: str, rows: Sequence[RaiseRow]) -> str:
    missed = [row for row in rows if not row.counted]
    verdict = f"{len(rows) - len(missed)} counted"
    if not missed:
        verdict = "all counted" if len(rows) > 1 else "counted"
    lowering = [row.lowering_s for row in rows if row.lowering_s.value is not None]
    timing = f"; lowered in {span(lowering)}" if lowering else ""
    return (
        f"{counted(len(rows), 'calf raise')} ({VARIANTS.get(variant, variant)}), "
        f"{verdict}{_why_missed(missed)}{timing}."
    )


def _why_missed(missed: Sequence[RaiseRow]) -> str:
    if not missed:
        return ""
    words = dict.fromkeys(word for row in missed for word in row.reasons)
    return f", {len(missed)} not ({because(words)})"


# ------------------------------------------------------------------------------- set by set


def _set(report: SessionReport, number: int) -> list[str]:
    row = next((r for r in report.sets if r.set == number), None)
    holds = [r for r in report.holds if r.set == number]
    raises = [r for r in report.raises if r.set == number]
    lines = _set_heading(number, row)
    if row is not None:
        lines += _set_facts(row)
    return lines + (_holds(holds) if holds else []) + (_raises(raises) if raises else [])


def _set_heading(number: int, row: SetRow | None) -> list[str]:
    if row is None:
        return heading(f"Set {number}")
    what = EXERCISES.get(row.exercise, row.exercise.replace("_", " "))
    who = VARIANTS.get(row.variant) or SIDES.get(row.side, row.side)
    return heading(f"Set {number}{TO}{what}, {who}", f"{clock(row.start_s)}{TO}{clock(row.end_s)}")


_VERDICT = {True: "met", False: "not met", None: "neither met nor missed for certain"}


def _set_facts(row: SetRow) -> list[str]:
    facts = []
    if row.rest_before_s.value is not None:
        facts.append(f"rest before {quantity(row.rest_before_s)}")
    if row.heel_up_s.value is not None:
        facts.append(f"heel up {quantity(row.heel_up_s)} in all")
    facts += [
        f"{told} {quantity(value)}"
        for told, value in (
            ("cadence", row.cadence_per_min),
            ("work", row.work_j),
            ("height by repetition", row.height_trend_mm_per_rep),
            ("lowering by repetition", row.lowering_trend_s_per_rep),
            ("height lost from first to last three", row.fatigue_pct),
        )
        if value.value is not None
    ]
    if row.target is not None:
        facts.append(f"target {row.target} {_VERDICT[row.met]}")
    if row.reasons:
        facts.append(because(row.reasons))
    return paragraph("; ".join(facts)) if facts else []


HOLD_COLUMNS = (
    Column("held", "s", lambda r: r.duration_s, "time held"),
    Column("in all", "s", lambda r: r.total_s, "time held in all"),
    Column("heel up", "s", lambda r: r.heel_up_s, "heel-up time"),
    Column("height", "mm", lambda r: r.hold_height_mm, "heel height"),
    Column("kept", "%", lambda r: r.height_retention, "height kept to the end"),
    Column("left", "%", lambda r: r.left_share, "left share"),
    Column("CV", "%", lambda r: r.force_cv, "unsteadiness of the load (CV)"),
    Plain("breaks", "", lambda r: str(r.breaks)),
)


def _holds(rows: Sequence[HoldRow]) -> list[str]:
    names = [f"round {index}" for index in range(1, len(rows) + 1)]
    number_of = {id(row): str(index) for index, row in enumerate(rows, 1)}
    has_bounds = all(row.onset_s is not None and row.end_s is not None for row in rows)
    columns = [
        Plain("round", "", lambda r: number_of[id(r)]),
        Plain(f"held from{TO}to" if has_bounds else f"heel up from{TO}to", "min:s", _bounds),
        *(c for c in HOLD_COLUMNS if c.head != "in all" or any(r.breaks for r in rows)),
    ]
    return [
        "",
        *measured_table(names, rows, columns),
        *_remarks(names, [_target(row) for row in rows]),
        *_remarks(names, [because(row.reasons) for row in rows]),
    ]


def _bounds(row: HoldRow) -> str:
    if row.onset_s is None or row.end_s is None:
        return f"{clock(row.heel_off_s)}{TO}{clock(row.heel_contact_s)}"
    return f"{clock(row.onset_s)}{TO}{clock(row.end_s)}"


def _target(row: HoldRow) -> str:
    return f"target {row.target_s:g} s {_VERDICT[row.met]}" if row.target_s is not None else ""


RAISE_COLUMNS = (
    Plain("start", "min:s", lambda r: clock(r.heel_off_s)),
    Column("up", "s", lambda r: r.raising_s, "time raising"),
    Column("top", "s", lambda r: r.top_hold_s, "time at the top"),
    Column("down", "s", lambda r: r.lowering_s, "time lowering"),
    Column("total", "s", lambda r: r.heel_up_s, "heel-up time"),
    Plain("tempo", "d-b-u-t", lambda r: r.tempo or MISSING),
    Column("peak", "mm", lambda r: r.heel_height_mm, "heel height"),
    Column("left", "%", lambda r: r.left_share, "left share"),
    Column("rest", "%", lambda r: r.resting_foot_share, "share of the resting foot"),
    Column("over", "s", lambda r: r.transfer_s, "time to shift the load over"),
    Plain("count", "", lambda r: "yes" if r.counted else "no", "<"),
)


def _raises(rows: Sequence[RaiseRow]) -> list[str]:
    names = [f"raise {row.rep}" for row in rows]
    columns = [
        Plain("rep", "", lambda r: str(r.rep)),
        *(c for c in RAISE_COLUMNS if not _is_moot(c, rows)),
    ]
    return [
        "",
        *measured_table(names, rows, columns),
        *_remarks(names, [_raise_remark(row) for row in rows]),
        *_legend(columns),
    ]


def _raise_remark(row: RaiseRow) -> str:
    return ("" if row.counted else "not counted: ") + because(row.reasons)


LEGEND = {
    "tempo": "tempo: seconds down - pause at the bottom - up - pause at the top",
    "rest": "rest: the share of the load on the foot that should be unloaded",
    "over": "over: time to bring the load over to one foot",
}


def _legend(columns: Sequence[Plain | Column]) -> list[str]:
    heads = [column.head for column in columns]
    return [line for head, text in LEGEND.items() if head in heads for line in paragraph(text)]


def _is_moot(column: Plain | Column, rows: Sequence[RaiseRow]) -> bool:
    """Return True for a column that asks nothing of these raises."""
    if isinstance(column, Plain):
        return column.head == "tempo" and not any(row.tempo for row in rows)
    return all(column.get(row).reasons == ("both_feet_work",) for row in rows)


def _remarks(names: Sequence[str], remarks: Sequence[str]) -> list[str]:
    """Return one line for each remark, with the rows that it is about."""
    rows_of: dict[str, list[str]] = {}
    for name, remark in zip(names, remarks, strict=True):
        if remark:
            rows_of.setdefault(remark, []).append(name)
    return [
        line
        for remark, marked in rows_of.items()
        for line in paragraph(f"{', '.join(marked)}: {remark}", "  !   ")
    ]


# ------------------------------------------------------------------- between the feet, quality


def _weight_shift(report: SessionReport) -> list[str]:
    if not report.weight_shift:
        return []
    columns: list[Plain | Column] = [
        Plain("set", "", lambda r: str(r.set)),
        Column("flat", "%", lambda r: r.left_share_flat, "left share with both heels down"),
        Column("on top", "%", lambda r: r.left_share_top, "left share at the top"),
        Column("shift", "points", lambda r: r.shift, "shift", signed=True),
        Column("largest shift", "points", lambda r: r.peak_shift, "largest shift"),
        Column("Robinson index", "%", lambda r: r.robinson_si_pct, "Robinson index", signed=True),
    ]
    names = [f"set {row.set}" for row in report.weight_shift]
    lines = heading("Weight between the feet: left foot's share of the load")
    lines += measured_table(names, report.weight_shift, columns)
    return lines + paragraph(SHARE_CAVEAT)


def _recording(report: SessionReport) -> list[str]:
    roles, rows = list(report.quality), list(report.quality.values())
    role_of = {id(row): role for role, row in report.quality.items()}
    columns: list[Plain | Column] = [
        Plain("", "", lambda q: role_of[id(q)], "<"),
        Column("lost", "%", lambda q: q.loss_fraction, "lost samples", digits=1),
        Column("longest gap", "ms", lambda q: _in_ms(q.longest_gap_s), "longest gap"),
        Column("clock scatter", "ms", lambda q: q.clock_residual_ms, "clock scatter", digits=1),
        Column("drift", "ppm", lambda q: q.drift_ppm, "drift of the clock"),
        Column("at limit", "%", lambda q: q.saturated_fraction, "time at the limit", digits=1),
        Plain("unreadable", "packets", lambda q: str(q.decode_errors)),
    ]
    lines = heading("How good the recording is")
    lines += measured_table(roles, rows, columns)
    lines += _remarks(roles, [because(row.flags) for row in rows])
    if report.capabilities.sides == "both":
        lines += paragraph(f"clocks of the two feet apart by: {quantity(report.sync)}")
    return lines


def _in_ms(time_s: Measured) -> Measured:
    return replace(time_s, value=time_s.value and 1000 * time_s.value, unit="ms")


def _notes(report: SessionReport, figures: list[list[str]]) -> list[str]:
    """Explain each reason word that stands in the report once, in a sentence."""
    text = " ".join(" ".join(line.split()) for lines in figures for line in lines)
    marks = {LOW: "read with caution", MISSING: "not observable"}
    lines = []
    for mark, meaning in marks.items():
        lines += paragraph(meaning, f"  {mark:<4}") if mark in text else []
    for word in dict.fromkeys(reason_words(report)):
        if word in REASONS and REASONS[word].phrase in text:
            lines += paragraph(f"{REASONS[word].phrase}: {REASONS[word].sentence}", "  ", "      ")
    return heading("What the remarks mean") + lines if lines else []


def _set_numbers(report: SessionReport) -> list[int]:
    return sorted({row.set for row in report.sets + report.holds + report.raises})


def _grouped(rows: Iterable[Any], key: str) -> list[tuple[str, list[Any]]]:
    groups: dict[str, list[Any]] = {}
    for row in rows:
        groups.setdefault(getattr(row, key), []).append(row)
    return list(groups.items())
