"""A report with what the programme beside its session says to it."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from insole.cli.prescribed import present
from insole.cli.talk import say
from insole.errors import InsoleError

if TYPE_CHECKING:
    from pathlib import Path

    from insole.history.standing import Prescribed, Standing
    from insole.report.model import SessionReport


def with_next_step(report: SessionReport, path: Path) -> SessionReport:
    """Return a report with pain and decisions, if a programme is followed beside its session.

    Parameters
    ----------
    report : SessionReport
        Of the session.
    path : Path
        Its file; programme, journal and the other sessions lie in the same folder.
    """
    from insole.cli.progress import bar  # noqa: PLC0415 - only where a report is made
    from insole.history.standing import standing  # noqa: PLC0415 - likewise
    from insole.journal import programme_in_use  # noqa: PLC0415 - likewise

    folder = path.parent
    try:
        programme = programme_in_use(folder)
        if programme is None:
            return report
        with bar("reading sessions") as tell:
            found = standing(folder, programme, present(), tell=tell)
    except InsoleError as error:  # a report is due all the same
        say(f"what is next is left out: {error}")
        return report
    return replace(report, programme=_told(found, report.session.id), pain=_pain(found, report))


def _told(found: Standing, session: str) -> dict[str, Any]:
    from insole.history.standing import decided  # noqa: PLC0415 - only where a report is made

    programme = found.programme
    decisions = [
        {"side": turn.side, "decision": turn.decision.rule, **_without_rule(asdict(turn.decision))}
        for turn in decided(found, session)
    ]
    if not decisions and found.done and found.done[-1].id == session:
        decisions = [_unseen(due) for due in found.prescribed]
    known = {"id": programme.id, "title": programme.title, "hash": programme.hash}
    return {**known, "decision": decisions}


def _unseen(due: Prescribed) -> dict[str, Any]:
    """Return what is said where the last session had no set of what is due."""
    reason = f"no set was seen of what is due ({due.stage.title}), so nothing changes"
    told = {"stage": due.stage.id, "step": due.step.id, "reason": reason}
    return {"side": due.side, "decision": "stay", **told, "evidence": (), "sessions": ()}


def _without_rule(decision: dict[str, Any]) -> dict[str, Any]:
    names = ("stage", "step", "reason", "evidence", "sessions")
    return {name: decision[name] for name in names}


def _pain(found: Standing, report: SessionReport) -> tuple[dict[str, Any], ...]:
    mine = (session for session in found.done if session.id == report.session.id)
    return tuple(
        {"side": side, **asdict(given)} for session in mine for side, given in session.pain.items()
    )
