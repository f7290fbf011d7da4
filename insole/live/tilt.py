"""Heel height of one foot as it goes: rough, causal, a tenth of a second late."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from insole.filter import lowpass

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from insole.filter.height import HeightParams

    Floats: TypeAlias = NDArray[np.float64]

FLAT_WEIGHT = 0.1
"""Weight of a block of quiet standing in what is known of the flat foot (our choice: at blocks of
0.1 s a second of it decides)."""


class Tilt:
    """Follows the angle of gravity to where it was when the foot stood flat.

    Parameters
    ----------
    rate_hz : float
        Rate of the samples, Hz.
    params : HeightParams
        Cut-off and lever of `filter.height`.
    """

    def __init__(self, rate_hz: float, params: HeightParams) -> None:
        self._sos = lowpass.design(params.tilt_hz, rate_hz)
        self._lever_mm = params.lever_fraction * params.foot_length_mm
        self._states: list[Floats | None] = [None, None, None]
        self._flat: Floats | None = None

    def feed(self, acc: Floats, *, flat: bool) -> float | None:
        """Take some samples; return the height at their end in mm, None while nothing is known.

        Parameters
        ----------
        acc : (3, n) array
            Specific force in g; samples with NaN are passed over.
        flat : bool
            True if the person has stood quietly for a second.
        """
        valid = acc[:, np.isfinite(acc).all(axis=0)]
        if not valid.shape[1]:
            return None
        now = np.empty(3)
        for axis, values in enumerate(valid):
            filtered, self._states[axis] = lowpass.causal(self._sos, values, self._states[axis])
            now[axis] = filtered[-1]
        if flat:
            before = now if self._flat is None else self._flat
            self._flat = before + FLAT_WEIGHT * (now - before)
        if self._flat is None:
            return None
        turned = np.linalg.norm(np.cross(self._flat, now))
        return self._lever_mm * float(np.sin(np.arctan2(turned, self._flat @ now)))
