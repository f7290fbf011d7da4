"""How long each repetition of a set took, phase by phase."""

from __future__ import annotations

from typing import TYPE_CHECKING

from insole.plot.found import row_spans
from insole.plot.style import INK, PHASE_COLOUR, SMALL, dress

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from insole.measure.model import RaiseRow

BAR = 0.72
"""Height of a bar, as a part of its row."""


def panel_tempo(ax: Axes, raises: Sequence[RaiseRow]) -> Axes:
    """Draw the raises of a set as bars under each other: raising, top and lowering, in s.

    Parameters
    ----------
    ax : Axes
        Where to draw; x in s from each heel-off.
    raises : sequence of RaiseRow
        Of one set. Of those without phases, the heel-up time is drawn; those that do not count say
        so beside their bar.
    """
    bars: dict[str, list[tuple[int, float, float]]] = {}
    for row in raises:
        for phase, start_s, end_s in row_spans(row, row.top_s, row.lowering_onset_s, "top"):
            bars.setdefault(phase, []).append((row.rep, start_s - row.heel_off_s, end_s - start_s))
        note = _note(row)
        if note:
            end_s = row.heel_contact_s - row.heel_off_s
            ax.annotate(note, (end_s, row.rep), (3, 0), textcoords="offset points", va="center",
                        fontsize=SMALL - 1, color=INK)  # fmt: skip
    for phase, places in bars.items():
        _bars(ax, phase, places)
    longest_s = max((row.heel_contact_s - row.heel_off_s for row in raises), default=1.0)
    has_notes = any(_note(row) for row in raises)
    ax.set_xlim(0.0, longest_s * (1.35 if has_notes else 1.05))
    ax.set_ylim(max((row.rep for row in raises), default=1) + 0.6, 0.4)  # the first one on top
    reps = [row.rep for row in raises]
    ax.set_yticks(reps[:: 1 + len(reps) // 25])
    dress(ax, "repetition [no.]")
    ax.grid(visible=False, axis="y")
    ax.grid(axis="x", color="#E4E4E4", linewidth=0.6)
    ax.set_xlabel("time since heel-off [s]", fontsize=SMALL + 1, color=INK)
    return ax


def _bars(ax: Axes, phase: str, places: Sequence[tuple[int, float, float]]) -> None:
    """Draw one phase of all repetitions: number, start in s and length in s of each."""
    reps, starts_s, lengths_s = zip(*places, strict=True)
    colour, _ = PHASE_COLOUR[phase]
    ax.barh(reps, lengths_s, BAR, starts_s, color=colour, edgecolor="white", linewidth=0.5)
    if phase == "lowering":
        for rep, start_s, length_s in places:
            ax.annotate(f"{length_s:.1f}", (start_s + length_s / 2, rep), ha="center", va="center",
                        fontsize=SMALL - 1, color="#1A1A1A")  # fmt: skip


def _note(row: RaiseRow) -> str:
    if not row.counted:
        return "not counted"
    return "off tempo" if row.tempo_met is False else ""
