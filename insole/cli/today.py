"""``insole today``: what is due, what is done, and why."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from insole.cli.folder import folder_option
from insole.cli.prescribed import ask_missing, present, required, stands

if TYPE_CHECKING:
    from pathlib import Path

    from insole.history.standing import Prescribed, Standing
    from insole.programme.adherence import Due
    from insole.programme.course import Turn


@click.command()
@click.option("--why", is_flag=True, help="Show the decision that led here, and its evidence.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, and ask nothing.")
@folder_option
def command(*, why: bool, as_json: bool, folder: Path | None) -> None:
    """Show what is due today: stage and step of each leg, bouts and rounds done, and the rest.

    What sensors measured is kept apart from what was ticked by hand. Before that you are asked for
    the pain that you did not tell yet.
    """
    programme = required(folder)
    if not as_json:
        ask_missing(folder)
    found = stands(folder, programme)
    if as_json:
        click.echo(json.dumps(_plain(found), ensure_ascii=False))
        return
    for line in [*_lines(found), *(_why(found) if why else [])]:
        click.echo(line)


def _lines(found: Standing) -> list[str]:
    from insole.report.layout import heading, paragraph  # noqa: PLC0415 - only here

    day, lines = found.day, heading(found.programme.title, f"{present():%a %Y-%m-%d}")
    for due in found.prescribed:
        lines += paragraph(_dose(due), f"{_legs(due.side):<14}")
        lines += paragraph(_done(due), " " * 14)
    word = "not over yet" if day.word == "missed" else day.word
    limits = f"{day.bouts_min} to {day.bouts_max} planned: {word}"
    lines += paragraph(f"{day.bouts} measured, {limits}", f"{'bouts today':<14}")
    if ticked := _unmeasured(found):
        lines += paragraph(f"{ticked} ticked; no rule uses them", " " * 14)
    return [*lines, *_besides(day.extras)]


def _legs(side: str) -> str:
    return "both legs" if side == "both" else f"{side} leg"


def _dose(due: Prescribed) -> str:
    step = due.step
    dose = f"{step.rounds} sets to fatigue"
    if step.seconds is not None:
        dose = f"{step.rounds} rounds of {step.seconds:g} s"
    return f"{due.stage.title}: {dose} ({due.stage.id} {step.id})"


def _done(due: Prescribed) -> str:
    what = "rounds" if due.step.seconds is not None else "sets"
    per_bout = [f"{count} of {due.step.rounds}" for count in due.rounds_today]
    done = f"today, bout by bout: {', '.join(per_bout)} {what}" if per_bout else "not done today"
    return f"{done}; STOP: {due.stop}" if due.stop else done


def _unmeasured(found: Standing) -> str:
    """Return the strength work of today that was ticked and not measured."""
    ticks = [tick for tick in found.journal.ticks if tick.day == found.day.day]
    sets = {
        kind: sum(tick.sets for tick in ticks if tick.exercise == kind)
        for kind in dict.fromkeys(stage.exercise for stage in found.programme.stages)
    }
    parts = [f"{count} sets of {kind}" for kind, count in sets.items() if count]
    return " and ".join(parts)


def _besides(extras: tuple[Due, ...]) -> list[str]:
    if not extras:
        return []
    head = f"{'besides':<14}{'':<7}{'planned':>8}{'ticked':>8}{'measured':>10}"
    rows = [
        f"{due.exercise:<14}{'' if due.side == 'both' else due.side:<7}"
        f"{due.planned:>8}{due.ticked:>8}{'-' if due.measured is None else due.measured:>10}"
        for due in extras
    ]
    return ["", head, *rows]


def _why(found: Standing) -> list[str]:
    from insole.report.layout import heading, paragraph  # noqa: PLC0415 - only here

    lines = ["", *heading("Why")]
    for due in found.prescribed:
        turn = _last_turn(found, due.side)
        legs = f"{_legs(due.side):<14}"
        if turn is None:
            lines += paragraph("nothing done yet since the programme began", legs)
            continue
        decision = turn.decision
        lines += paragraph(f"{decision.rule}: {decision.reason}", legs)
        for sentence in decision.evidence:
            lines += paragraph(sentence, " " * 14, " " * 16)
    return [*lines, f"{'programme':<14}{found.programme.id} {found.programme.hash[:12]}"]


def _last_turn(found: Standing, side: str) -> Turn | None:
    turns = [t for t in found.course.turns if t.side in {side, "both"} or side == "both"]
    return turns[-1] if turns else None


def _plain(found: Standing) -> dict[str, Any]:
    day = found.day
    due = [
        {
            "side": each.side, "stage": each.stage.id, "step": each.step.id,
            "exercise": each.stage.exercise, "variant": each.stage.variant,
            "rounds": each.step.rounds, "seconds": each.step.seconds,
            "rounds_today": list(each.rounds_today), "stop": each.stop,
            "decision": (turn := _last_turn(found, each.side)) and asdict(turn.decision),
        }
        for each in found.prescribed
    ]  # fmt: skip
    return {
        "programme": {"id": found.programme.id, "hash": found.programme.hash},
        "day": day.day.isoformat(),
        "prescribed": due,
        "bouts": {"done": day.bouts, "min": day.bouts_min, "max": day.bouts_max, "word": day.word},
        "besides": [asdict(each) for each in day.extras],
    }
