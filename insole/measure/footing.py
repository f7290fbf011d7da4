"""What the feet stand on and when their heels are up: loads, signals and heel-ups of each foot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from insole import tables
from insole.detect.base import FootChunk, run
from insole.detect.heel import HeelDetector
from insole.filter import lowpass
from insole.filter.calibrate import Gains, shift_gains
from insole.measure.channel import HeelSignal, heel_signal
from insole.measure.edge import FootUp, refine
from insole.measure.quiet import bearing, standing_load, standing_quietly

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from insole.measure.params import Params

    Bools: TypeAlias = NDArray[np.bool_]
    Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Footing:
    """The devices under the feet, by role; loads in `unit`, arrays (n,) without NaN.

    ``totals`` are comparable if ``gains`` or a calibration made them so. ``signals`` lack the
    devices that cannot tell when a heel is up. ``ups`` are the heel-ups of each foot, ``quiet`` is
    where the person stands quietly with the heels down, ``standing`` the load then, NaN if nobody
    stood.
    """

    rate_hz: float
    unit: str
    totals: Mapping[str, Floats]
    signals: Mapping[str, HeelSignal]
    ups: Mapping[str, Sequence[FootUp]]
    quiet: Bools
    standing: float
    gains: Gains | None = None

    @property
    def whole(self) -> Floats:
        """Load of all feet, (n,)."""
        return np.asarray(np.sum(list(self.totals.values()), axis=0))

    @property
    def doubts(self) -> tuple[str, ...]:
        """Words that lower the quality of times read from the signals."""
        words = [word for signal in self.signals.values() for word in signal.doubts]
        return tuple(dict.fromkeys(words))

    def is_seen(self, least_n: float) -> bool:
        """Tell whether somebody stood there, and every device can tell when a heel is up.

        Parameters
        ----------
        least_n : float
            Least load of quiet standing, N.
        """
        somebody = self.unit != "n" or self.standing >= least_n
        return somebody and len(self.signals) == len(self.totals)

    def on(self, share: float) -> Mapping[str, Bools]:
        """Return where each foot bears so much of the load while the person stands quietly, (n,).

        Parameters
        ----------
        share : float
            Least part of the load of all feet, 0 to 1.
        """
        whole = self.whole
        return {side: self.quiet & (load >= share * whole) for side, load in self.totals.items()}


def footing(force: pd.DataFrame, params: Params, *, calibrated: bool) -> Footing:
    """Return loads, signals and heel-ups of each foot in `force`.

    Parameters
    ----------
    force : ForceTable, (n,) rows
        Loads in N, body weights or counts.
    params : Params
        Settings.
    calibrated : bool
        True if the soles have been made comparable already.
    """
    rate_hz, unit = tables.rate_hz(force), tables.force_suffix(force)
    totals = {
        side: lowpass.bridge(force[f"{side}_{unit}"].to_numpy()) for side in tables.sides_of(force)
    }
    whole = np.asarray(np.sum(list(totals.values()), axis=0))
    stands = bearing(whole, rate_hz)
    found = {side: heel_signal(force, side, stands, params.channel) for side in totals}
    signals = {side: signal for side, signal in found.items() if signal is not None}
    ups = {
        side: _foot_ups(force[f"{side}_{unit}"].to_numpy(), found[side], unit, rate_hz, params)
        for side in totals
    }
    quiet = standing_quietly(stands, ups.values())
    standing = standing_load(whole, quiet)
    gains = None
    if unit == "n" and not calibrated and len(signals) == len(totals):
        raised = {side: [(up.start, up.end) for up in own] for side, own in ups.items()}
        gains = shift_gains(totals, raised, standing, rate_hz=rate_hz, params=params.gain)
    if gains is not None:
        totals = {"left": totals["left"] * gains.left, "right": totals["right"] * gains.right}
        standing = standing_load(totals["left"] + totals["right"], quiet)
    return Footing(rate_hz, unit, totals, signals, ups, quiet, standing, gains)


def _foot_ups(
    total: Floats, signal: HeelSignal | None, unit: str, rate_hz: float, params: Params
) -> list[FootUp]:
    if signal is None:
        return []
    detector = HeelDetector(rate_hz, newton=unit == "n", params=params.heel)
    found = run(detector, [FootChunk(total, signal.load)])
    return refine(signal.load, total, found, rate_hz, params.edge)
