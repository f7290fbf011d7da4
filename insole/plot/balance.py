"""How the load was shared between the feet, hold by hold and raise by raise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matplotlib.ticker import FuncFormatter, MultipleLocator

from insole.plot.style import GREY, INK, PALE, PHASE_COLOUR, SHARE_CAVEAT, SMALL, dress

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from matplotlib.axes import Axes

    from insole.measure.model import HoldRow, RaiseRow, WeightShiftRow
    from insole.measured import Measured
    from insole.report.model import SessionReport

MARKER = {"raising": "^", "top": "o", "lowering": "v", "hold": "s", "heel up": "D", "flat": "|"}
DOT: dict[str, Any] = {"markersize": 5.5, "markeredgewidth": 0.5, "markeredgecolor": INK}
FLAT: dict[str, Any] = {"markersize": 8.0, "markeredgewidth": 1.6, "markeredgecolor": GREY}


def panel_balance(ax: Axes, report: SessionReport) -> Axes:
    """Draw the share of the load in each phase of each hold and raise; left is on the left.

    Parameters
    ----------
    ax : Axes
        Where to draw; one row for each hold and raise, from top to bottom.
    report : SessionReport
        Whose rows to draw; shares as fractions. A share that nobody saw is left out.
    """
    rows = balance_rows(report)
    flat = {row.set: row for row in report.weight_shift}
    drawn: dict[str, tuple[list[float], list[int]]] = {}
    for place, (_, row) in enumerate(rows):
        for phase, share in _shares(row, flat.get(row.set)):
            if share.value is not None:
                xs, ys = drawn.setdefault(phase, ([], []))
                xs.append(100 * share.value)
                ys.append(place)
    ax.axvspan(*(100 * (0.5 + d) for d in (-SHARE_CAVEAT, SHARE_CAVEAT)), color="#DDDDDD", lw=0)
    ax.axvline(50.0, color=PALE, linewidth=0.8)
    for phase, (xs, ys) in drawn.items():
        colour = GREY if phase == "flat" else PHASE_COLOUR[phase][0]
        ax.plot(xs, ys, linestyle="", marker=MARKER[phase], color=colour, label=phase,
                **(FLAT if phase == "flat" else DOT))  # fmt: skip
    _axes(ax, [name for name, _ in rows], [x for xs, _ in drawn.values() for x in xs])
    if drawn:
        ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=5, fontsize=SMALL - 1,
                  frameon=False, handletextpad=0.1, columnspacing=0.9)  # fmt: skip
    return ax


def balance_rows(report: SessionReport) -> list[tuple[str, HoldRow | RaiseRow]]:
    """Return holds and raises with their names, in order of time."""
    named: list[tuple[str, HoldRow | RaiseRow]] = [
        *((f"set {row.set}, hold {i}", row) for i, row in _numbered(report.holds)),
        *((f"set {row.set}, raise {row.rep}", row) for row in report.raises),
    ]
    return sorted(named, key=lambda one: one[1].heel_off_s)


def _numbered(holds: Sequence[HoldRow]) -> Iterator[tuple[int, HoldRow]]:
    """Count the holds of each set."""
    count: dict[int, int] = {}
    for row in holds:
        count[row.set] = count.get(row.set, 0) + 1
        yield count[row.set], row


def _shares(
    row: HoldRow | RaiseRow, shift: WeightShiftRow | None
) -> Iterator[tuple[str, Measured]]:
    if shift is not None:
        yield "flat", shift.left_share_flat
    phases = {
        "raising": getattr(row, "left_share_raising", None),
        "top": getattr(row, "left_share_top", None),
        "lowering": getattr(row, "left_share_lowering", None),
    }
    seen = {name: one for name, one in phases.items() if one is not None and one.value is not None}
    if seen:
        yield from seen.items()
    else:
        yield ("heel up" if hasattr(row, "rep") else "hold"), row.left_share


def _axes(ax: Axes, names: Sequence[str], shares: Sequence[float]) -> None:
    largest = max((abs(x - 50.0) for x in shares), default=0.0)
    reach = 10.0 if largest < 9.0 else 20.0 if largest < 18.0 else 52.0
    ax.set_xlim(50.0 + reach, 50.0 - reach)  # the left foot on the left
    ax.xaxis.set_major_locator(MultipleLocator(5.0 if reach < 20 else 10.0 if reach < 50 else 25.0))
    ax.xaxis.set_major_formatter(FuncFormatter(_told))
    ax.set_ylim(len(names) - 0.4, -0.6)
    step = 1 + len(names) // 40
    ax.set_yticks(range(0, len(names), step), names[::step])
    dress(ax, "")
    ax.grid(axis="x", color="#E4E4E4", linewidth=0.6)
    ax.set_xlabel("share of the load on the foot named [%]", fontsize=SMALL + 1, color=INK)


def _told(left: float, _: float) -> str:
    """Return the share of the foot that carries more, with its name."""
    if round(left) == 50:
        return "50"
    return f"{left:.0f} left" if left > 50 else f"{100 - left:.0f} right"
