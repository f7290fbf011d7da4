"""Which signal of a foot, or a plate, tells that the heel is up: heel, midfoot, or the plate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from insole import tables
from insole.filter import lowpass

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Bools: TypeAlias = NDArray[np.bool_]
    Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ChannelParams:
    """How the signal is chosen.

    References
    ----------
    On a step the heel bears 2 ± 2 % of the foot's load, on the floor 27 ± 6 %, and the middle of
    the foot 24 ± 16 % until it rises (public recordings of ten people); a centre of pressure jumps
    7 to 9 cm forward, against 4 to 6 mm of sway: the project's measurement notes. Our choice: less
    than 12 % for nine tenths of the time (laces leave up to 11 % on a hanging heel), a midfoot from
    5 % on, and a jump of at least 58 mm, of which the last third is sway. Raises of simulated
    people jump by 62 to 81 mm, those who lean and fidget get 35 to 63 mm forward, and on a step 20
    to 32 mm are left, which a plate cannot tell from leaning (seeds 7000 to 7005).
    """

    step_heel: float = 0.12
    step_percentile: float = 90.0
    step_midfoot: float = 0.05
    jump_mm: float = 58.0
    front_part: float = 0.65


@dataclass(frozen=True, slots=True)
class HeelSignal:
    """What stands for the load under a heel: high with the foot flat, empty with the heel up.

    ``load`` is (n,), NaN where missing, in the unit of force; ``source`` is what it was read from;
    ``doubts`` are words that lower the quality of times read from it.
    """

    load: Floats
    source: str
    doubts: tuple[str, ...] = ()


def heel_signal(
    force: pd.DataFrame, side: str, bearing: Bools, params: ChannelParams
) -> HeelSignal | None:
    """Return the signal that tells when a heel is up; None if no sensor can.

    Parameters
    ----------
    force : ForceTable, (n,) rows
        Loads in N, body weights or counts; centre of pressure in mm.
    side : str
        A role of the table.
    bearing : (n,) bool array
        Where the sensors bear somebody steadily.
    params : ChannelParams
        Thresholds.
    """
    unit = tables.force_suffix(force)
    names = {region: f"{side}_{region}_{unit}" for region in ("heel", "midfoot")}
    if side not in tables.SIDES:
        return _cop_signal(force, side, unit, bearing, params)
    if names["heel"] not in force.columns:
        return None
    heel, total = force[names["heel"]].to_numpy(), force[f"{side}_{unit}"].to_numpy()
    if names["midfoot"] in force.columns and _hangs(heel, total, bearing, params):
        midfoot = force[names["midfoot"]].to_numpy()
        if _part(midfoot, total, bearing, params) >= params.step_midfoot:
            return HeelSignal(midfoot, "midfoot", ("step_mode",))
    return HeelSignal(heel, "heel")


def _hangs(heel: Floats, total: Floats, bearing: Bools, p: ChannelParams) -> bool:
    """Tell a heel over the edge of a step: it hardly ever bears load while the foot does."""
    return _part(heel, total, bearing, p) < p.step_heel


def _part(region: Floats, total: Floats, bearing: Bools, p: ChannelParams) -> float:
    """Return the part of the foot's load that a region reaches in a tenth of the time; or 1."""
    known = bearing & np.isfinite(region) & np.isfinite(total)
    if not known.any():
        return 1.0
    known &= total > 0.1 * np.percentile(total[known], 90)
    return float(np.percentile(region[known] / total[known], p.step_percentile))


def _cop_signal(
    force: pd.DataFrame, side: str, unit: str, bearing: Bools, p: ChannelParams
) -> HeelSignal | None:
    """Return the load of a plate times how far back its centre of pressure lies.

    Flat standing and tiptoe are the two clusters of that place; all that is nearer to tiptoe
    counts as tiptoe, since on one foot that place sways by a third of the jump. A recording begins
    on flat feet, which tells which way people stand on the plate.
    """
    name = f"{side}_cop_ap_mm"
    if name not in force.columns:
        return None
    place, total = force[name].to_numpy(), force[f"{side}_{unit}"].to_numpy()
    known = bearing & np.isfinite(place)
    if not known.any():
        return None
    level = _between(place[known])
    if place[known][0] > level:
        place, level = -place, -level
    flat, tiptoe = place[known & (place <= level)], place[known & (place > level)]
    if not len(tiptoe):
        return None
    back, jump = float(np.median(flat)), float(np.median(tiptoe) - np.median(flat))
    if jump < p.jump_mm:
        return None
    front = back + p.front_part * jump
    part = np.clip((front - place) / (front - back), 0.0, 1.5)
    return HeelSignal(part * lowpass.bridge(total), "cop")


def _between(values: Floats) -> float:
    """Return the level that parts values into the two clusters that are tightest (Otsu 1979)."""
    ordered = np.sort(values)
    below = np.arange(1, len(ordered))
    sums = np.cumsum(ordered)
    low = sums[:-1] / below
    high = (sums[-1] - sums[:-1]) / (len(ordered) - below)
    apart = below * (len(ordered) - below) * (high - low) ** 2
    return float(ordered[int(np.argmax(apart))]) if len(apart) else float(ordered[0])
