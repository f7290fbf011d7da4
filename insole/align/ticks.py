"""Unwrap counters and clocks that start again at a modulus."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]
    Ints: TypeAlias = NDArray[np.int64]


CONFIRM_S = 5.0
"""How long after a step arrivals may confirm that whole turns passed, s (our choice: longer than
a link queues packets before it is lost)."""


def unwrap_ticks(ticks: Ints, modulus: int, tick_s: float, host_time_s: Floats) -> Ints:
    """Return ticks that never start again, using arrival times to count whole turns.

    Parameters
    ----------
    ticks : (n,) int array
        Ticks as sent, 0 ≤ ticks < modulus, in order of arrival.
    modulus : int
        Where the device's clock starts again, in ticks; 0 if it never does.
    tick_s : float
        Length of one tick in s.
    host_time_s : (n,) array
        Arrival times in s; they decide how many whole turns passed during a long gap.

    Returns
    -------
    (n,) int array
        Ticks since the first one's turn began; a packet that arrives late may step back.

    Notes
    -----
    Within half a turn the difference modulo the modulus decides alone, so jitter of arrival cannot
    add a turn; only for steps longer than that do the arrival times add whole turns. A stalled
    link looks like such a step too, until it delivers what it had queued: a turn counts only if
    no arrival of the next `CONFIRM_S` comes too early for it.
    """
    unwrapped = ticks.astype(np.int64)
    if modulus <= 0 or len(ticks) < 2:
        return unwrapped
    # the representative of the difference nearest to zero: a late packet is a small step back
    step = np.mod(np.diff(unwrapped) + modulus // 2, modulus) - modulus // 2
    unwrapped[1:] = unwrapped[0] + np.cumsum(step)
    delay_s = host_time_s - unwrapped * tick_s
    turn_s = modulus * tick_s
    turns = np.zeros(len(ticks), dtype=np.int64)
    # a delay that is unknown (NaN) adds no turn
    for i in (np.flatnonzero(np.diff(delay_s) > 0.5 * turn_s) + 1).tolist():
        until = np.searchsorted(host_time_s, host_time_s[i] + CONFIRM_S, side="right")
        grown_s = np.fmin.reduce(delay_s[i:until]) - delay_s[i - 1]
        turns[i] = max(0, round(grown_s / turn_s))
    return unwrapped + np.cumsum(turns) * modulus
