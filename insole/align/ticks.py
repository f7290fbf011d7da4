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

RESTART_S = 0.5
"""A clock that arrivals contradict by more than this, for `CONFIRM_S`, was set anew, s (our choice:
links deliver later than this only while they stall)."""

NO_QUEUE_S = 60.0
"""No link holds packets back for so long, s (our choice; it is lost after at most 32 s without a
sign of life: Bluetooth Core 5.4, vol. 6, part B, 2.4.2.1)."""

UNSURE = 0.25
"""A number of turns is sure if arrivals fit it to less than this part of a turn (our choice: the
next number then fits three times worse)."""

DRIFT = 1e-4
"""How fast the clocks of device and computer may part (Bluetooth Core 5.4, vol. 6, part B, 4.2.1:
±50 ppm each)."""


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


def unsure_turns(device_time_s: Floats, turn_s: float, host_time_s: Floats) -> Ints:
    """Return the packets after a gap of which arrivals do not tell how many turns it lasted.

    Parameters
    ----------
    device_time_s : (n,) array
        Unwrapped device time of each packet, s.
    turn_s : float
        How long a turn of the device's clock takes, s; 0 if it never starts again.
    host_time_s : (n,) array
        Arrival times, s.

    Returns
    -------
    (k,) int array
        Their indices. The earliest arrivals before and after each of these gaps, with the drift
        that both clocks may have had in between, fit the turns counted by no better than a quarter
        of a turn.
    """
    if not turn_s:
        return np.empty(0, dtype=np.int64)
    gap_s = np.diff(host_time_s)
    after = np.flatnonzero(gap_s > 0.5 * turn_s) + 1
    off_s = _steps_s(device_time_s, host_time_s, after)
    return after[np.abs(off_s) + DRIFT * gap_s[after - 1] > UNSURE * turn_s]


def clock_settings(device_time_s: Floats, host_time_s: Floats) -> Ints:
    """Return the packets from which on the device's clock runs from a new beginning, (k,).

    Some devices set their clock to 0 whenever they are told to start, or when they start by
    themselves after a fault; some stop it while they do not send.

    Parameters
    ----------
    device_time_s : (n,) array
        Unwrapped device time of each packet, s.
    host_time_s : (n,) array
        Arrival times, s.

    Notes
    -----
    A packet can be late, by as much as a link queues, but after a stall others come in time again.
    So the clock was set where the earliest arrivals of `CONFIRM_S` before and after differ by more
    than `RESTART_S` from what the device says, or where it jumps by more than `NO_QUEUE_S`, be it
    for a single packet.
    """
    jump_s = np.abs(np.diff(host_time_s - device_time_s))
    after = np.flatnonzero(jump_s > RESTART_S) + 1
    stays = np.abs(_steps_s(device_time_s, host_time_s, after)) > RESTART_S
    return after[stays | (jump_s[after - 1] > NO_QUEUE_S)]


def _steps_s(device_time_s: Floats, host_time_s: Floats, after: Ints) -> Floats:
    """Return by how much the least delay differs before and from each of some packets on, s."""
    delay_s = host_time_s - device_time_s
    steps = np.empty(len(after))
    for k, i in enumerate(after.tolist()):
        first = np.searchsorted(host_time_s, host_time_s[i - 1] - CONFIRM_S)
        until = np.searchsorted(host_time_s, host_time_s[i] + CONFIRM_S, side="right")
        steps[k] = delay_s[i:until].min() - delay_s[first:i].min()
    return steps
