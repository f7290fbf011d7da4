"""Touch and go: where a heel-up meets the floor so lightly that only its height tells."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from insole.filter import lowpass
from insole.filter.stretch import joined

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from insole.detect.loading import PairUp
    from insole.measure.edge import FootUp

    Floats: TypeAlias = NDArray[np.float64]
    Ups: TypeAlias = Mapping[str, Sequence[FootUp]]

METHOD = "imu_touch"


@dataclass(frozen=True, slots=True)
class TouchParams:
    """When a heel between two rises has been on the floor.

    References
    ----------
    Up from 10 mm of height, below which a heel-up is a lean: the project's measurement notes.
    Down below 4 mm, twice the error of heel height (ibid.), and for no more than 2 s, of which a
    slow lowering takes one for its last 4 mm (simulated); a heel that stands bears load by then:
    our choice.
    """

    up_mm: float = 10.0
    down_mm: float = 4.0
    most_s: float = 2.0


def split_touches(
    pairs: Sequence[PairUp],
    feet: Ups,
    heights: Sequence[Floats | None],
    heel: Mapping[str, Floats],
    *,
    rate_hz: float,
    params: TouchParams,
) -> tuple[list[PairUp], dict[str, list[FootUp]]]:
    """Return heel-ups of the pair and of each foot, cut where the heels went down in between.

    Parameters
    ----------
    pairs : sequence of PairUp
        Heel-ups in samples.
    feet : mapping of side to sequence of FootUp
        Those of each foot.
    heights : sequence of (n,) array or None
        For each of `pairs`, the height of its heels from its start to its end, mm.
    heel : mapping of side to (n,) array
        Heel loads in a unit of force, without NaN.
    rate_hz : float
        Rate, Hz.
    params : TouchParams
        Heights.

    Notes
    -----
    The last millimetres of a lowering take long, so the moment of the touch is that of the
    greatest heel load while the heels are low: small as it is, it is far above what is empty.
    """
    cut: list[PairUp] = []
    own = {side: list(ups) for side, ups in feet.items()}
    for pair, height in zip(pairs, heights, strict=True):
        start = pair.start
        worked = [heel[side] for side in heel if pair.side in {"both", side}]
        for low, high in _touches(height, rate_hz, params):
            load = np.sum([each[pair.start + low : pair.start + high] for each in worked], axis=0)
            touch = pair.start + low + int(np.argmax(load))
            cut.append(replace(pair, start=start, end=touch))
            start = touch
            own = {side: list(_cut(own[side], touch)) for side in own}
        cut.append(replace(pair, start=start))
    return cut, own


def _touches(height: Floats | None, rate_hz: float, p: TouchParams) -> Iterator[tuple[int, int]]:
    """Yield from where to where the heels are on the floor between two rises, in samples."""
    if height is None or np.isfinite(height).mean() <= 0.5:
        return
    known = lowpass.bridge(height)
    rises = joined(known > p.up_mm, 0)
    for (_, before), (after, _) in pairwise(rises):
        low = before + np.flatnonzero(known[before:after] < p.down_mm)
        if len(low) and low[-1] - low[0] < p.most_s * rate_hz:
            yield int(low[0]), int(low[-1]) + 1


def _cut(ups: Sequence[FootUp], touch: int) -> Iterator[FootUp]:
    """Yield the heel-ups of a foot; one that spans a touch becomes two."""
    for up in ups:
        if up.off < touch < up.end:
            at = float(touch)
            yield replace(up, contact=at, end=at, contact_method=METHOD)
            yield replace(up, start=at, off=at, off_method=METHOD, flat_s=0.0)
        else:
            yield up
