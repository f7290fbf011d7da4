"""The section of the text report that says what comes next, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from insole.report.layout import heading, paragraph

if TYPE_CHECKING:
    from collections.abc import Mapping

    from insole.report.model import SessionReport

LEGS = {"both": "both legs", "left": "left leg", "right": "right leg"}


def next_steps(report: SessionReport) -> list[str]:
    """Return what the programme decided after this session; nothing without a programme."""
    decided = report.programme.get("decision", ())
    lines = heading("What is next", str(report.programme.get("title", "")))
    for one in decided:
        lines += _decision(one)
    return lines if decided else []


def _decision(one: Mapping[str, Any]) -> list[str]:
    legs = LEGS.get(one["side"], one["side"])
    lines = paragraph(f"{one['reason']} ({one['decision']})", f"  {legs:<12}")
    for sentence in one["evidence"]:
        lines += paragraph(sentence, " " * 14, " " * 16)
    return lines
