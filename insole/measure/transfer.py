"""Two up, one down: when the load moved to one foot, and when the other left the ground."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from insole import tables
from insole.filter import lowpass
from insole.filter.stretch import joined

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from insole.detect.loading import PairUp
    from insole.measure.edge import FootUp

    Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class TransferParams:
    """When load moves to one foot, and when a foot is off the ground.

    References
    ----------
    10 % to 90 % of the change of share at 6 Hz; on from 6 % of body weight, off below 0.6 of
    that, for 80 ms: the project's measurement notes, variant and foot on and off.
    Both feet work from a share of 22 % on, and one rests below 12 %: ibid. That these are looked
    for in the first second of the heel-up and in its last third: our choice.
    """

    cutoff_hz: float = 6.0
    rests: float = 0.12
    works: float = 0.22
    early_s: float = 1.0
    on_part: float = 0.06
    off_part: float = 0.6
    stay_s: float = 0.08


@dataclass(frozen=True, slots=True)
class Transfer:
    """How the load left one foot in a heel-up; times in samples, None where nothing was seen.

    ``overshoot`` is how far the load went beyond where it stayed, as a share.
    """

    lifted: str
    heel_up: FootUp | None
    start: float
    end: float
    foot_off: float | None
    foot_on: float | None
    overshoot: float


def transfer_of(
    pair: PairUp,
    totals: Mapping[str, Floats],
    ups: Mapping[str, Sequence[FootUp]],
    *,
    standing: float,
    rate_hz: float,
    params: TransferParams,
) -> Transfer | None:
    """Return how the load moved to one foot; None if both feet, or one, worked all along.

    Parameters
    ----------
    pair : PairUp
        The heel-up, in samples.
    totals : mapping of side to (n,) array
        Load of each foot, comparable, without NaN, in one unit of force.
    ups : mapping of side to sequence of FootUp
        The heel-ups of each foot.
    standing : float
        Load of both feet in quiet standing, same unit.
    rate_hz : float
        Rate, Hz.
    params : TransferParams
        Thresholds.
    """
    if set(totals) != set(tables.SIDES) or pair.end - pair.start < 2.0 * params.early_s * rate_hz:
        return None
    early, third = round(params.early_s * rate_hz), (pair.end - pair.start) // 3
    before = _share(totals, pair.start, pair.start + early)
    after = _share(totals, pair.end - third, pair.end - third // 5)
    if min(before, 1.0 - before) < params.works or min(after, 1.0 - after) > params.rests:
        return None
    # a second on either side lets the filter settle, however long the recording
    first = max(0, pair.start - round(rate_hz))
    span = slice(first, pair.end + round(rate_hz))
    left, right = (
        lowpass.zero_lag(totals[side][span], params.cutoff_hz, rate_hz) for side in tables.SIDES
    )
    share = (left / np.maximum(left + right, 1e-9))[pair.start - first : pair.end - first]
    done = (share - before) / (after - before)
    late = int(np.flatnonzero(done >= 0.9)[0]) if (done >= 0.9).any() else len(done)
    start = np.flatnonzero(done[:late] <= 0.1)
    lifted = "right" if after > 0.5 else "left"
    off, on = _in_the_air(totals[lifted], pair, standing, rate_hz, params)
    return Transfer(
        lifted=lifted,
        heel_up=_risen(ups.get(lifted, ()), pair, early),
        start=pair.start + float(start[-1] if len(start) else 0),
        end=pair.start + float(late),
        foot_off=off,
        foot_on=on,
        overshoot=max(float(np.max(done)) - 1.0, 0.0) * abs(after - before),
    )


def _share(totals: Mapping[str, Floats], start: int, end: int) -> float:
    """Return the median left share between two samples."""
    left, right = (totals[side][start:end] for side in tables.SIDES)
    return float(np.median(left / np.maximum(left + right, 1e-9)))


def _risen(ups: Sequence[FootUp], pair: PairUp, early: int) -> FootUp | None:
    """Return the heel-up of the lifted foot that began with the others."""
    near = [up for up in ups if abs(up.off - pair.start) <= early]
    return min(near, key=lambda up: abs(up.off - pair.start), default=None)


def _in_the_air(
    load: Floats, pair: PairUp, standing: float, rate_hz: float, p: TransferParams
) -> tuple[float | None, float | None]:
    """Return when a foot left the ground in a heel-up, and when it came back."""
    on = p.on_part * standing
    after = load[pair.start : pair.end + round(2.0 * rate_hz)]
    stay = round(p.stay_s * rate_hz)
    for start, end in joined(after < p.off_part * on, stay):
        if end - start >= stay:
            back = np.flatnonzero(after[end:] > on)
            landed = float(pair.start + end + back[0]) if len(back) else None
            return float(pair.start + start), landed
    return None, None
