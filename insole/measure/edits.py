"""Corrections by hand as values, and how a session file keeps them."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MARK: Literal["edit"] = "edit"
"""Kind of the marks that hold corrections."""
OPS = ("add", "remove", "retime", "relabel")
UNDO = "undo"
KINDS = ("raise", "hold", "set")
VARIANTS = {
    "double": "both",
    "two_up_one_down": "",
    "single_left": "left",
    "single_right": "right",
}
"""Variants that somebody may say it was, and the side that works."""
LONGEST_S = 1e7
"""No session lasts longer, s: some months (our choice)."""
LABELS = (*VARIANTS, "raise", "hold", "counted", "not_counted")


@dataclass(frozen=True, slots=True)
class Edit:
    """One correction: what to do with what lay between two times, s on the session's clock.

    ``change`` is what to make of it: new times of a retiming, the label of a relabelling, the side
    of what is added. ``made_with`` is the version of the program whose report was corrected.
    """

    op: str
    kind: str
    start_s: float
    end_s: float
    change: Mapping[str, Any] = field(default_factory=dict)
    made_with: str = ""
    made_at_utc: str = ""

    def to_json(self) -> str:
        """Return the text of the mark that keeps it."""
        return json.dumps(asdict(self))


def edits_of(notes: Iterable[str]) -> tuple[Edit, ...]:
    """Return the corrections in force: each undo takes back the last one before it.

    Parameters
    ----------
    notes : iterable of str
        The JSON of a session's marks of the kind `MARK`, in order.
    """
    kept: list[Edit] = []
    for note in notes:
        told = _object(note)
        if told.get("op") != UNDO:
            kept.append(_read(told))
        elif kept:
            kept.pop()
    return tuple(kept)


def is_time(value: Any) -> bool:
    """Return True for a number that can be a time in s."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and abs(value) <= LONGEST_S


def _object(note: str) -> dict[str, Any]:
    try:
        told = json.loads(note)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _read(told: Mapping[str, Any]) -> Edit:
    """Return a correction as stored; one that cannot be read has no time, and does nothing."""
    change = told.get("change")
    start_s, end_s = (
        float(told[name]) if is_time(told.get(name)) else 0.0 for name in ("start_s", "end_s")
    )
    words = (str(told.get(name, "")) for name in ("made_with", "made_at_utc"))
    return Edit(
        str(told.get("op", "")), str(told.get("kind", "")), start_s, end_s,
        _change(change) if isinstance(change, dict) else {}, *words,
    )  # fmt: skip


def _change(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return times and words; nothing else can be asked for."""
    return {name: v for name, v in stored.items() if is_time(v) or isinstance(v, str)}
