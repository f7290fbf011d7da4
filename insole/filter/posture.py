"""Gains of the two soles flat and on tiptoe, from weight shifts, and loads corrected by them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self, TypeAlias

import numpy as np

from insole import tables
from insole.filter import lowpass

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]

BLEND_HZ = 3.0
"""Cut-off of the heel load that blends the two postures, Hz (our choice: as fast as people change
posture in slow work, slower than sensor noise)."""

UP_BELOW, FLAT_ABOVE = 0.25, 0.75
"""Part of the way from tiptoe to quiet standing below which a foot is on tiptoe, and above which it
is flat: sway moves the heel's load by 10 to 15 % (the project's measurement notes, heel-off)."""
LEAST_N = 20.0
"""A foot with less load is in the air, and no part of it tells anything (our choice: laces)."""


@dataclass(frozen=True, slots=True)
class SideGains:
    """What each sole's reading is multiplied by in one posture, and how well that explains it.

    ``share_range`` is how far the load was shifted, 0 to 1; ``residual`` is the standard deviation
    of what the gains leave unexplained, as a fraction of body weight.
    """

    left: float
    right: float
    share_range: float
    residual: float

    def of(self, side: str) -> float:
        """Return the gain of a side."""
        return self.left if side == "left" else self.right

    def to_dict(self) -> dict[str, float]:
        """Return the object of the report."""
        return {
            "gain_left": self.left,
            "gain_right": self.right,
            "share_range": self.share_range,
            "residual": self.residual,
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """Return the gains that `to_dict` wrote."""
        names = ("gain_left", "gain_right", "share_range", "residual")
        return cls(*(float(stored[name]) for name in names))


@dataclass(frozen=True, slots=True)
class HeelLevels:
    """The heel's part of one foot's load, 0 to 1, in quiet standing and on tiptoe.

    A part and not a load: weight that goes to the other foot leaves it as it is.
    """

    base: float
    floor: float

    def flatness(self, heel_n: Floats, whole_n: Floats) -> Floats:
        """Return how flat the foot stands, (n,): 1 as in quiet standing, 0 as on tiptoe.

        Parameters
        ----------
        heel_n, whole_n : ndarray, (n,)
            Load of the heel and of the whole foot, N.
        """
        part = heel_n / np.maximum(whole_n, LEAST_N)
        z = (part - self.floor) / max(self.base - self.floor, 1e-9)
        return np.asarray(np.clip((z - UP_BELOW) / (FLAT_ABOVE - UP_BELOW), 0.0, 1.0))


def fit_gains(left_n: Floats, right_n: Floats, body_weight_n: float) -> SideGains | None:
    """Return the gains that make both soles together read body weight however it is shared.

    Parameters
    ----------
    left_n, right_n : ndarray, (n,)
        Readings of the soles while the load goes slowly from one to the other, N; finite.
    body_weight_n : float
        What stands on them, N.

    Returns
    -------
    SideGains or None
        None if the readings do not determine two positive gains.

    References
    ----------
    Least squares of body weight = aL L + aR R: the project's measurement notes, calibration.
    """
    readings = np.column_stack([left_n, right_n])
    if len(readings) < 2 or np.linalg.matrix_rank(readings) < 2:
        return None
    target = np.full(len(readings), body_weight_n)
    gains = np.linalg.lstsq(readings, target, rcond=None)[0]
    if not (gains > 0.0).all():
        return None
    corrected = readings * gains
    share = corrected[:, 0] / corrected.sum(axis=1)
    residual = float((corrected.sum(axis=1) - target).std() / body_weight_n)
    return SideGains(float(gains[0]), float(gains[1]), float(np.ptp(share)), residual)


def with_gains(
    force: pd.DataFrame,
    flat: SideGains | None,
    tiptoe: SideGains | None,
    levels: Mapping[str, HeelLevels],
) -> pd.DataFrame:
    """Return `force` with every load multiplied by the gain of its side and posture.

    Parameters
    ----------
    force : ForceTable, (n,) rows
        Loads in N, offsets removed.
    flat, tiptoe : SideGains or None
        Gains with the heels down and up. Without one of them the other serves for both; without
        either the table stays as it is.
    levels : mapping of side to HeelLevels
        What tells the postures apart; a side without them keeps its flat gain.

    References
    ----------
    Posture gains blended by the normalised heel load: the project's measurement notes,
    calibration.
    """
    down, up = flat or tiptoe, tiptoe or flat
    if down is None or up is None:
        return force
    rate_hz = tables.rate_hz(force)
    scaled = {}
    for side in tables.SIDES:
        if f"{side}_n" not in force.columns:
            continue
        flatness: Floats | float = 1.0
        if side in levels and f"{side}_heel_n" in force.columns:
            heel_n = lowpass.bridge(force[f"{side}_heel_n"].to_numpy())
            whole_n = lowpass.bridge(force[f"{side}_n"].to_numpy())
            smooth = (lowpass.zero_lag(load_n, BLEND_HZ, rate_hz) for load_n in (heel_n, whole_n))
            flatness = levels[side].flatness(*smooth)
        gain = up.of(side) + (down.of(side) - up.of(side)) * flatness
        for name in load_columns(force, side):
            scaled[name] = force[name] * gain
    return force.assign(**scaled)


def load_columns(force: pd.DataFrame, side: str) -> list[str]:
    """Return the columns of `force` that are loads of one side in N: its total and its regions.

    Parameters
    ----------
    force : ForceTable, (n,) rows
        Loads in N.
    side : {"left", "right"}
        Which foot.
    """
    names = [f"{side}_n", *(f"{side}_{region}_n" for region in tables.REGIONS)]
    return [name for name in names if name in force.columns]
