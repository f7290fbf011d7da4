"""Make the two soles comparable: the relative gain that natural weight shifts reveal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from insole import tables
from insole.filter import lowpass
from insole.filter.stretch import block_means

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]
    Bools: TypeAlias = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class GainParams:
    """When and how the relative gain of the soles is read from weight shifts.

    References
    ----------
    Body weight = aL L + aR R by least squares, from shares that span at least 30 points: the
    project's measurement notes, calibration. Our choice: quasi-static means that the total changes
    by less than a quarter of itself in a second and stays within a quarter of quiet standing; ten
    share bins of at least 0.3 s, so that long standing does not drown a short shift; a ratio
    beyond 1.25 is a fault and not a gain.

    Two soles of a pair differ by about 5 % (a real pair beside force plates showed the left share
    1.3 points low). What natural shifts say of that errs by about 8 %: the flat gain of a sole
    wanders by 4.5 % within a session, once for each foot; a sole under full weight reads 3 % other
    than under half; and short shifts are not quite static (figures of the same recordings). So a
    shift is believed by 0.05² / (0.05² + 0.08²) of what it says.
    """

    cutoff_hz: float = 3.0
    block_s: float = 0.1
    steady_per_s: float = 0.25
    near_standing: float = 0.25
    bins: int = 10
    min_bin_s: float = 0.3
    min_share_range: float = 0.30
    air_share: float = 0.04
    max_ratio: float = 1.25
    spread: float = 0.05
    error: float = 0.08


@dataclass(frozen=True, slots=True)
class Gains:
    """Factors for the load of each side; their product is 1, so that only the share changes.

    ``share_range`` is how far the load shifted while it was watched, 0 to 1.
    """

    left: float
    right: float
    share_range: float

    def to_dict(self) -> dict[str, Any]:
        """Return the object of the report."""
        return {
            "method": "natural_weight_shift",
            "gain_left": self.left,
            "gain_right": self.right,
            "share_range": self.share_range,
        }


def shift_gains(
    totals: Mapping[str, Floats],
    raised: Mapping[str, Sequence[tuple[float, float]]],
    standing: float,
    *,
    rate_hz: float,
    params: GainParams,
) -> Gains | None:
    """Return the gains that make the sum of both soles the same however the weight is shared.

    Parameters
    ----------
    totals : mapping of side to (n,) array
        Total load of each foot, N, NaN-free.
    raised : mapping of side to sequence of (start, end)
        When each heel was up, in samples: on tiptoe a sole reads differently.
    standing : float
        Load of both feet in quiet standing, N.
    rate_hz : float
        Rate, Hz.
    params : GainParams
        Settings.

    Returns
    -------
    Gains or None
        None if one side is missing, the weight was never shifted far enough, or the result is
        beyond belief.
    """
    if set(totals) != set(tables.SIDES) or not standing > 0.0:
        return None
    width = max(1, round(params.block_s * rate_hz))
    left, right = (
        block_means(lowpass.zero_lag(totals[side], params.cutoff_hz, rate_hz), width)
        for side in tables.SIDES
    )
    usable = _quasi_static(left + right, standing, width / rate_hz, params)
    for side, load in zip(tables.SIDES, (left, right), strict=True):
        up = _up_blocks(raised.get(side, ()), len(load), width)
        usable &= ~up | (load < params.air_share * standing)
    points, weights, span = _binned(left[usable], right[usable], width / rate_hz, params)
    if span < params.min_share_range:
        return None
    fit = np.linalg.lstsq(points * weights[:, None], standing * weights, rcond=None)[0]
    ratio = float(fit[0] / fit[1]) if (fit > 0).all() else 0.0
    if not 1.0 / params.max_ratio <= ratio <= params.max_ratio:
        return None
    believed = ratio ** (params.spread**2 / (params.spread**2 + params.error**2))
    return Gains(believed**0.5, believed**-0.5, span)


def apply_gains(force: pd.DataFrame, gains: Gains | None) -> pd.DataFrame:
    """Return `force` with every load of each side multiplied by its gain.

    Parameters
    ----------
    force : ForceTable, (n,) rows
        Loads in N.
    gains : Gains or None
        None leaves the table as it is.
    """
    if gains is None:
        return force
    factors = {"left": gains.left, "right": gains.right}
    scaled = {
        name: force[name] * factor
        for side, factor in factors.items()
        for name in force.columns
        if name.startswith(f"{side}_") and name.endswith("_n")
    }
    return force.assign(**scaled)


def _up_blocks(spans: Sequence[tuple[float, float]], n: int, width: int) -> Bools:
    up = np.zeros(n, dtype=np.bool_)
    for start, end in spans:
        # an extrapolated edge may lie before the first sample
        up[max(int(start), 0) // width : max(int(end), 0) // width + 1] = True
    return up


def _quasi_static(whole: Floats, standing: float, block_s: float, p: GainParams) -> Bools:
    if len(whole) < 2:
        return np.zeros(len(whole), dtype=np.bool_)
    change = np.abs(np.gradient(whole)) / block_s
    near = np.abs(whole / standing - 1.0) < p.near_standing
    return np.asarray((change < p.steady_per_s * standing) & near)


def _binned(
    left: Floats, right: Floats, block_s: float, p: GainParams
) -> tuple[Floats, Floats, float]:
    """Return the median loads of each share bin, a weight for each, and the range of shares."""
    share = left / (left + right)
    number = np.clip((share * p.bins).astype(np.int64), 0, p.bins - 1)
    points, counts = [], []
    for k in range(p.bins):
        inside = number == k
        if inside.sum() * block_s >= p.min_bin_s:
            points.append((np.median(left[inside]), np.median(right[inside])))
            counts.append(inside.sum())
    if len(points) < 2:
        return np.empty((0, 2)), np.empty(0), 0.0
    pairs = np.array(points)
    shares = pairs[:, 0] / pairs.sum(axis=1)
    # the fourth root: the square root of a count as weight, split over both sides of the equation
    return pairs, np.array(counts, dtype=np.float64) ** 0.25, float(np.ptp(shares))
