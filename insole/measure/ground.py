"""Whether the heels hang over the edge of a step, as far as their load tells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from insole import tables
from insole.measure.channel import heel_signal

if TYPE_CHECKING:
    import pandas as pd

    from insole.measure.channel import ChannelParams

Ground: TypeAlias = Literal["floor", "step"]


def ground_of(force: pd.DataFrame, params: ChannelParams) -> Ground | None:
    """Return whether the heels of both feet hang over an edge; None if that cannot be told.

    Parameters
    ----------
    force : ForceTable, (n,) rows
        Loads in N, body weights or counts.
    params : ChannelParams
        When a heel hangs.

    Notes
    -----
    The same rule as that which reads the times of raises from the middle of the foot. A session
    that is partly on the floor counts as on the floor.
    """
    unit = tables.force_suffix(force)
    grounds: set[Ground] = set()
    for side in tables.SIDES:
        names = [f"{side}_{unit}", f"{side}_heel_{unit}", f"{side}_midfoot_{unit}"]
        if any(name not in force or not force[name].notna().any() for name in names):
            continue
        signal = heel_signal(force, side, np.ones(len(force), dtype=np.bool_), params)
        grounds.add("step" if signal and "step_mode" in signal.doubts else "floor")
    return grounds.pop() if len(grounds) == 1 else None
