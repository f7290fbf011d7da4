"""All figures that stand in the page of a session, as SVG with what they show in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from matplotlib.figure import Figure

from insole import tables
from insole.plot.balance import balance_rows, panel_balance
from insole.plot.figure import LABEL_IN, time_axis, timeline
from insole.plot.pressure import panel_sole_load
from insole.plot.quality import panel_loss, panel_standing
from insole.plot.repetition import heel_columns, panel_hold, panel_repetition
from insole.plot.style import UNIT_NAME, place_labels
from insole.plot.svg import to_svg
from insole.plot.tempo import panel_tempo
from insole.report.html_frame import Picture
from insole.report.phrase import clock, counted, length, number

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from insole.measure.model import HoldRow, RaiseRow
    from insole.report.model import SessionReport

WIDE_IN, HALF_IN, POINTS = 7.4, 3.6, 72
"""Width of an A4 page without its margins, and of half of it; text keeps its size in both."""
FINE = 48
"""The timeline's curves are as fine as so many dots to an inch let one see: finer ones would make
most of the page's bytes, and half of its time (our choice)."""
BELOW_IN = 0.42
"""What the time and its label need under a panel."""
BESIDE_IN, UNDER_IN = 0.34, 0.24
"""What the numbers along an axis need, before its label comes."""
MOST_ROWS = 60
"""The balance of more holds and raises is not told by a figure (our choice)."""


class Shown(Protocol):
    """What the figures of a page need of a session."""

    @property
    def forces(self) -> pd.DataFrame:
        """The ForceTable."""

    @property
    def samples(self) -> Mapping[str, pd.DataFrame]:
        """A SampleTable for each device."""

    @property
    def sensors(self) -> Mapping[str, pd.DataFrame]:
        """A SensorMap for each device."""

    @property
    def start_s(self) -> float:
        """When the ForceTable begins, s on the clock of the samples."""

    def report(self) -> SessionReport:
        """Return holds, raises and events."""


def report_pictures(session: Shown) -> list[Picture]:
    """Return the figures of a session's page, in the order in which they stand there.

    Parameters
    ----------
    session : Session
        Anything with tables and a report.
    """
    force, report = session.forces, session.report()
    return [
        _timeline(session),
        *_of_sets(force, report),
        *_balance(report),
        *_soles(session),
        _quality(force, report),
    ]


def _timeline(session: Shown) -> Picture:
    report = session.report()
    figure = timeline(session, width_in=WIDE_IN, dpi=FINE, titled=False)
    times = ", ".join(
        f"{name} at {clock(row.heel_off_s)}" for name, row in balance_rows(report)[:40]
    )
    described = (
        f"Loads of {' and '.join(report.session.devices)} over "
        f"{length(report.session.duration_s)}, with heel height and left share where they are "
        f"known. {counted(len(report.holds), 'hold')} and "
        f"{counted(len(report.raises), 'calf raise')}{': ' if times else ''}{times}."
    )
    return Picture(
        "time", "Loads, heel height and share over time", described, to_svg(figure, "time"),
        "session", wide=True,
    )  # fmt: skip


def _kind(row: HoldRow | RaiseRow) -> str:
    return f"raise {row.rep}" if hasattr(row, "rep") else "hold"


# --------------------------------------------------------------------------------- set by set


def _of_sets(force: pd.DataFrame, report: SessionReport) -> Iterator[Picture]:
    for one in report.sets:
        raises = [row for row in report.raises if row.set == one.set]
        holds = [row for row in report.holds if row.set == one.set]
        if raises:
            yield _tempo(one.set, raises)
            yield _repetition(one.set, force, typical(raises))
        for number_, row in enumerate(holds, 1):
            yield _hold(one.set, number_, force, row, report)


def typical(raises: Sequence[RaiseRow]) -> RaiseRow:
    """Return the raise of middle length among those that count, else among all."""
    among = [row for row in raises if row.counted] or list(raises)
    ordered = sorted(among, key=lambda row: row.heel_contact_s - row.heel_off_s)
    return ordered[(len(ordered) - 1) // 2]


def _tempo(of_set: int, raises: Sequence[RaiseRow]) -> Picture:
    key = f"tempo-{of_set}"
    figure, ax = _half(0.6 + 0.2 * min(max(len(raises), 5), 24))
    panel_tempo(ax, raises)
    told = "; ".join(
        f"raise {row.rep} {_seconds(row)}" + ("" if row.counted else ", not counted")
        for row in raises[:40]
    )
    return Picture(
        key, f"Set {of_set}: how long each phase took, repetition by repetition",
        f"Bars of raising, top and lowering, in seconds. {told}.", to_svg(figure, key),
        f"set {of_set}",
    )  # fmt: skip


def _seconds(row: RaiseRow) -> str:
    if row.lowering_s.value is None:
        return f"heel up {number(row.heel_up_s)}"
    phases = (row.raising_s, row.top_hold_s, row.lowering_s)
    return " – ".join(number(one) for one in phases)


def _repetition(of_set: int, force: pd.DataFrame, row: RaiseRow) -> Picture:
    key = f"raise-{of_set}-{row.rep}"
    figure, ax = _half(2.2)
    panel_repetition(ax, force, row)
    what = heel_columns(force)[1].partition(" [")[0]
    return Picture(
        key, f"Set {of_set}, raise {row.rep}, of typical length: {what}",
        f"Curve of the {what} in raise {row.rep}, which took {_seconds(row)} seconds.",
        to_svg(figure, key), f"set {of_set}",
    )  # fmt: skip


def _hold(
    of_set: int, place: int, force: pd.DataFrame, row: HoldRow, report: SessionReport
) -> Picture:
    key = f"hold-{of_set}-{place}"
    figure, ax = _half(2.2, above_in=0.26)
    panel_hold(ax, force, row, report.events)
    what = heel_columns(force)[1].partition(" [")[0]
    kept = row.height_retention
    sag = f", {number(kept)} % of the height kept to the end" if kept.value is not None else ""
    lasting = row.duration_s if row.duration_s.value is not None else row.heel_up_s
    return Picture(
        key, f"Set {of_set}, round {place}: {what}",
        f"Curve of the {what} over a hold of {number(lasting)} s, "
        f"{counted(row.breaks, 'break')}{sag}.",
        to_svg(figure, key), f"set {of_set}",
    )  # fmt: skip


# ------------------------------------------------------------------------------ between the feet


def _balance(report: SessionReport) -> Iterator[Picture]:
    rows = balance_rows(report)
    seen = [name for name, row in rows if row.left_share.value is not None]
    if not seen or len(rows) > MOST_ROWS:
        return
    figure, ax = _half(0.9 + 0.18 * max(len(rows), 4), left_in=0.95, right_in=0.3, above_in=0.3)
    panel_balance(ax, report)
    told = "; ".join(
        f"{name} {number(row.left_share)} % left"
        for name, row in rows
        if row.left_share.value is not None
    )
    yield Picture(
        "balance", "Share of the load in each hold and raise; the left foot is on the left",
        f"Dots between left and right. {told}.", to_svg(figure, "balance"), "feet",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Sole:
    """What one foot felt in a while."""

    sensors: pd.DataFrame
    loads: NDArray[np.float64]
    cop_mm: NDArray[np.float64] | None


def _soles(session: Shown) -> Iterator[Picture]:
    """Draw how the load lay on the soles in the longest hold, else in the typical raise."""
    report, force = session.report(), session.forces
    placed = [side for side in tables.SIDES if _has_places(session.sensors.get(side))]
    row = _longest(report)
    if row is None or not placed:
        return
    start_s, end_s = _raised_span(row)
    soles = {side: _sole(session, side, start_s, end_s) for side in placed}
    loads = np.concatenate([sole.loads for sole in soles.values()])
    if not np.isfinite(loads).any():
        return
    unit, top = tables.force_suffix(force), float(np.nanmax(loads))
    figure = Figure(figsize=(HALF_IN, 3.5), dpi=POINTS)
    axes = figure.subplots(1, len(soles), squeeze=False, sharey=True)[0]
    figure.subplots_adjust(left=0.14, right=0.84, bottom=0.13, top=0.93, wspace=0.05)
    for ax, (side, sole) in zip(axes, soles.items(), strict=True):
        panel_sole_load(
            ax, sole.sensors, sole.loads, sole.cop_mm,
            side=side, unit=UNIT_NAME[unit], top=top, bar=ax is axes[-1],
        )  # fmt: skip
        ax.label_outer()
    told = "; ".join(
        f"{side} foot {float(np.nansum(sole.loads)):.0f} {UNIT_NAME[unit]} on {len(sole.loads)} "
        "sensors"
        for side, sole in soles.items()
    )
    while_ = f"{_kind(row)} at {clock(row.heel_off_s)}"
    yield Picture(
        "soles", f"Mean load of each sensor and way of the centre of pressure, {while_}",
        f"Soles with the load of each sensor as a colour. {told}.", to_svg(figure, "soles"), "feet",
    )  # fmt: skip


def _has_places(sensors: pd.DataFrame | None) -> bool:
    return sensors is not None and bool(sensors[["x_mm", "y_mm"]].notna().all(axis=1).any())


def _longest(report: SessionReport) -> HoldRow | RaiseRow | None:
    if report.holds:
        return max(report.holds, key=lambda row: row.heel_contact_s - row.heel_off_s)
    return typical(report.raises) if report.raises else None


def _raised_span(row: HoldRow | RaiseRow) -> tuple[float, float]:
    """Return from when to when the heel was up, without raising and lowering where those show."""
    start_s = getattr(row, "onset_s", None)
    end_s = getattr(row, "end_s", None)
    if start_s is None or end_s is None:
        return row.heel_off_s, row.heel_contact_s
    return start_s, end_s


def _sole(session: Shown, side: str, start_s: float, end_s: float) -> _Sole:
    samples, sensors, force = session.samples[side], session.sensors[side], session.forces
    time_s = samples["time_s"].to_numpy(dtype=np.float64) - session.start_s
    inside = samples.loc[(time_s >= start_s) & (time_s <= end_s), list(sensors["column"])]
    there = inside.notna().any()
    loads = inside.mean().where(there).to_numpy(dtype=np.float64)
    names: list[Any] = [f"{side}_cop_ml_mm", f"{side}_cop_ap_mm"]
    known = set(names) <= set(force.columns)
    cop = force.loc[start_s:end_s, names].to_numpy(dtype=np.float64) if known else None
    return _Sole(sensors, loads, cop)


# ----------------------------------------------------------------------------------- quality


def _quality(force: pd.DataFrame, report: SessionReport) -> Picture:
    figure = Figure(figsize=(WIDE_IN, 2.9), dpi=POINTS)
    upper, lower = figure.subplots(2, 1, sharex=True)
    figure.subplots_adjust(left=0.66 / WIDE_IN, right=0.985, top=0.97, bottom=0.16, hspace=0.15)
    panel_loss(upper, force)
    panel_standing(lower, force, report.body_weight_n.value)
    time_axis(lower, force)
    for ax in (upper, lower):
        place_labels(ax, LABEL_IN)
    told = "; ".join(
        f"{role} {number(one.loss_fraction, digits=1)} % lost"
        for role, one in report.quality.items()
        if one.loss_fraction.value is not None
    )
    return Picture(
        "quality", "What was lost when, and whether standing kept its weight",
        f"Lost samples and the load of all feet together over time. {told or 'Losses unknown'}.",
        to_svg(figure, "quality"), "quality", wide=True,
    )  # fmt: skip


def _half(
    height_in: float, *, left_in: float = 0.55, right_in: float = 0.1, above_in: float = 0.08
) -> tuple[Figure, Axes]:
    """Return a figure of half a page's width with one panel, its margins set by hand."""
    figure = Figure(figsize=(HALF_IN, height_in), dpi=POINTS)
    ax = figure.subplots()
    figure.subplots_adjust(
        left=left_in / HALF_IN,
        right=1 - right_in / HALF_IN,
        bottom=BELOW_IN / height_in,
        top=1 - above_in / height_in,
    )
    place_labels(ax, left_in - BESIDE_IN, BELOW_IN - UNDER_IN)
    return figure, ax
