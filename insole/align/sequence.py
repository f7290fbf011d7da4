"""Packets that a device sent again, put back where they belong by its own count of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    Ints: TypeAlias = NDArray[np.int64]

ARRIVED = "arrived_s"
"""Column that keeps the true arrival of rows that were put in sequence, s."""


def in_sequence(rows: pd.DataFrame, modulus: int, seams_s: Sequence[float]) -> pd.DataFrame:
    """Return rows in the order in which they were measured, if some were sent again.

    A link keeps the order of its packets. One that comes seconds late was asked for again, and its
    arrival says nothing about the device's clock: it would look as if that had been set back.

    Parameters
    ----------
    rows : DataFrame, (n,) rows
        ``host_time_s``, ``sample`` (place within the packet) and ``counter`` (of the packet, as
        sent), in order of arrival.
    modulus : int
        Where the counter starts again.
    seams_s : sequence of float
        Arrival times at which a new connection began, s.

    Returns
    -------
    DataFrame, (n,) rows
        `rows` itself if none was late. Otherwise with the arrivals that packets would have had in
        order (no later than that of any that follows) as ``host_time_s``, and the true ones as
        ``arrived_s``.
    """
    host_s = rows["host_time_s"].to_numpy()
    counter, first = rows["counter"].to_numpy(), (rows["sample"] == 0).to_numpy()
    connection = np.searchsorted(np.asarray(seams_s), host_s, side="right")
    order = np.arange(len(rows))
    in_order_s = host_s.copy()
    for number in np.flatnonzero(np.bincount(connection)):
        mine = np.flatnonzero(connection == number)
        by_count = _by_count(counter[mine], first[mine], modulus)
        if by_count is not None:
            order[mine] = mine[by_count]
            follows_s = host_s[mine[by_count]][::-1]
            in_order_s[mine] = np.minimum.accumulate(follows_s)[::-1]
    if (np.diff(order) == 1).all():
        return rows
    return rows.iloc[order].assign(**{ARRIVED: host_s[order], "host_time_s": in_order_s})


def _by_count(counter: Ints, first: NDArray[np.bool_], modulus: int) -> Ints | None:
    """Return the order of rows by their counter; None if no packet was sent again.

    A counter that begins anew goes back too, and so does one that lost more than half a turn. But
    they repeat what was there, or go behind the beginning, while a packet that is sent again fills
    a hole.
    """
    step = np.mod(np.diff(counter) + modulus // 2, modulus) - modulus // 2
    if not (step < 0).any():
        return None
    place = np.concatenate([[0], np.cumsum(step)])
    packets = place[first]
    late = packets < np.maximum.accumulate(packets)
    _, which, times = np.unique(packets, return_inverse=True, return_counts=True)
    fills = late & (times[which] == 1) & (packets > packets[0])
    if fills.sum() <= (late & ~fills).sum():
        return None
    return np.argsort(place, kind="stable")
