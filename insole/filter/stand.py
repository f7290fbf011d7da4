"""What two quiet stands say: whether a calibration still holds, and how far the soles crept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from insole import tables
from insole.filter.calibration import Step, apply, part_of, total_of
from insole.filter.posture import load_columns
from insole.filter.stretch import block_means, in_windows, joined

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from insole.filter.taught import Calibration

    Floats: TypeAlias = NDArray[np.float64]
    Bools: TypeAlias = NDArray[np.bool_]

BLOCK_S = 0.1
"""Length of the stretches whose means are compared, s."""


@dataclass(frozen=True, slots=True)
class StandParams:
    """What a quiet stand must be, and how well it must agree; fractions without unit.

    References
    ----------
    5 % of the mean while quiet, 3 s, drift from 5 %: the project's measurement notes, calibration.
    Our choice: 7 % (4.5 % is what the flat gain of a real sole wandered within a session). What is
    looked for as a quiet stand bears 100 N and half of the greatest load, with at least 15 % of
    each foot's load on its heel; two stands compare if they are shared alike within 10 points and
    at least 5 s apart.
    """

    quiet_most: float = 0.05
    shortest_s: float = 3.0
    differs_most: float = 0.07
    drift_from: float = 0.05
    least_n: float = 100.0
    least_of_most: float = 0.5
    least_heel: float = 0.15
    share_apart: float = 0.10
    apart_s: float = 5.0


def quiet_stands(force: pd.DataFrame, params: StandParams | None = None) -> list[Step]:
    """Return the stretches in which somebody stood quietly on the whole of both soles.

    Parameters
    ----------
    force : ForceTable, (n,) rows
        Loads in N.
    params : StandParams, optional
        Settings.
    """
    p = params or StandParams()
    sides = [side for side in tables.SIDES if f"{side}_n" in force]
    width = max(1, round(BLOCK_S * tables.rate_hz(force)))
    loads = {side: block_means(force[f"{side}_n"].to_numpy(), width) for side in sides}
    total = np.sum(list(loads.values()), axis=0) if sides else np.empty(0)
    need = round(p.shortest_s / BLOCK_S)
    if len(total) < need or not np.isfinite(total).any():
        return []
    least_n = max(p.least_n, p.least_of_most * float(np.nanpercentile(total, 90)))
    with np.errstate(invalid="ignore"):
        stands = total > least_n
        for side in sides:
            if f"{side}_heel_n" in force:
                heel_n = block_means(force[f"{side}_heel_n"].to_numpy(), width)
                stands &= heel_n > p.least_heel * loads[side]
    return _runs(_all_quiet(total, stands, need, p), float(force.index[0]))


def later_stands(force: pd.DataFrame, first: Step) -> list[Step]:
    """Return the quiet stands that compare with the first one, in order.

    Parameters
    ----------
    force : ForceTable, (n,) rows
        Loads in N.
    first : Step
        A quiet stand.
    """
    p = StandParams()
    share = _share(force, first)
    later = [s for s in quiet_stands(force) if s.start_s - first.end_s >= p.apart_s]
    return [s for s in later if abs(_share(force, s) - share) <= p.share_apart]


def still_holds(
    force: pd.DataFrame,
    stand: Step,
    calibration: Calibration,
    params: StandParams | None = None,
) -> str:
    """Return why an earlier calibration no longer fits; "" if a quiet stand confirms it.

    Parameters
    ----------
    force : ForceTable, (n,) rows
        Loads in N, as the soles told them.
    stand : Step
        A few seconds of quiet standing.
    calibration : Calibration
        Of the same person on the same soles.
    params : StandParams, optional
        Settings.
    """  # fmt: skip
    p = params or StandParams()
    part = part_of(force, stand)
    if len(part) < p.shortest_s * tables.rate_hz(force):
        return f"stand still on both feet for {p.shortest_s:.0f} s"
    total = total_of(apply(part, calibration))
    if total.std() > p.quiet_most * total.mean():
        return "you moved; stand still on both feet"
    off = float(np.median(total) / calibration.body_weight_n - 1.0)
    if abs(off) > p.differs_most:
        return (
            f"the soles read {100 * off:+.0f} % of your weight off; take the full calibration again"
        )
    return ""


def drift_between(force: pd.DataFrame, first: Step, last: Step) -> float | None:
    """Return by what fraction the reading of all feet grew from one quiet stand to another.

    Parameters
    ----------
    force : ForceTable, (n,) rows
        Loads in N.
    first, last : Step
        Two stretches of quiet standing.

    Returns
    -------
    float or None
        None if one of them was not quiet, so that nothing can be said.
    """
    p = StandParams()
    totals = [total_of(part_of(force, step)) for step in (first, last)]
    if any(len(t) < 2 or not t.mean() > 0 or t.std() > p.quiet_most * t.mean() for t in totals):
        return None
    before, after = (float(np.median(total)) for total in totals)
    return after / before - 1.0


def without_creep(
    force: pd.DataFrame, stands: Sequence[Step], drifts: Sequence[float]
) -> pd.DataFrame:
    """Return `force` with a drift taken back linearly from stand to stand, constant beyond.

    Parameters
    ----------
    force : ForceTable, (n,) rows
        Loads in N.
    stands : sequence of Step
        Quiet stands in order.
    drifts : sequence of float
        By what fraction the reading had grown in each of them, as `drift_between` says; 0 for the
        first.

    Notes
    -----
    Not from the first to the last alone: real soles under one person read 3 % more before the
    first raise than at the start, and 4 % less after it, which one line makes worse.

    References
    ----------
    Correction from first and last quiet stand: the project's measurement notes, calibration. That
    sensors creep evenly in between, and that the stands between count, is our choice.
    """
    middles_s = [(step.start_s + step.end_s) / 2 for step in stands]
    time_s = force.index.to_numpy(dtype=np.float64)
    gain = 1.0 / (1.0 + np.interp(time_s, middles_s, drifts))
    loads = [name for side in tables.SIDES for name in load_columns(force, side)]
    return force.assign(**{name: force[name] * gain for name in loads})


def _share(force: pd.DataFrame, step: Step) -> float:
    """Return the left share during a step; one half where there is nothing to compare."""
    part = part_of(force, step)
    if any(f"{side}_n" not in part for side in tables.SIDES):
        return 0.5
    left, right = (float(part[f"{side}_n"].mean()) for side in tables.SIDES)
    return left / (left + right)


def _all_quiet(total: Floats, stands: Bools, need: int, p: StandParams) -> Bools:
    """Tell which blocks belong to a window of `need` blocks that is quiet all over."""
    windows = np.lib.stride_tricks.sliding_window_view(total, need)
    standing = np.lib.stride_tricks.sliding_window_view(stands, need).all(axis=1)
    calm = windows.std(axis=1) <= p.quiet_most / 2 * windows.mean(axis=1)
    return in_windows(standing & calm, need)


def _runs(quiet: Bools, start_s: float) -> list[Step]:
    return [
        Step("quiet_stand", start_s + BLOCK_S * a, start_s + BLOCK_S * b)
        for a, b in joined(quiet, 0)
    ]
