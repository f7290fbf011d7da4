"""Ferra Force Plate: when it has no centre of pressure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from insole.codec import dialect

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from insole.codec.dialect import Frame

    Numbers = npt.NDArray[np.float64]
    Absent = Callable[[Numbers], npt.NDArray[np.bool_]]

LEAST_KGF = 15.0
"""Below this the firmware sends 0, 0 for the centre of pressure (as the source states)."""


class Dialect(dialect.Dialect):
    """What a file cannot say of the plate: zeros that mean nothing."""

    def translate(self, frame: Frame) -> Frame:
        """Return a frame whose centre of pressure is missing where the plate has none."""
        return _with_cop(frame, lambda value: value == 0, np.nan)

    def untranslate(self, frame: Frame) -> Frame:
        """Return a frame as the plate sends it: 0, 0 where it has no centre of pressure."""
        return _with_cop(frame, np.isnan, 0.0)


def _with_cop(frame: Frame, absent: Absent, instead: float) -> Frame:
    """Return a frame with another centre of pressure where both of its numbers are absent."""
    samples = dict(frame.samples)
    right, forward = samples["cop_ml"], samples["cop_ap"]
    none = absent(right) & absent(forward) & (samples["total"] < LEAST_KGF)
    if not np.count_nonzero(none):
        return frame
    samples["cop_ml"] = np.where(none, instead, right)
    samples["cop_ap"] = np.where(none, instead, forward)
    return dialect.Frame(frame.message, frame.host_time_ns, frame.header, samples)
