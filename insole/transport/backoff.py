"""When to try to reach a device again, and when to stop trying."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from insole.transport.patience import Patience


def next_delay_s(attempt: int, patience: Patience) -> float:
    """Return how long to wait before an attempt, s: twice as long each time, up to a limit.

    Parameters
    ----------
    attempt : int
        0 for the first.
    patience : Patience
        First and longest pause.
    """
    doublings = min(attempt, 32)  # the limit is reached long before, and floats have an end
    return float(min(patience.pause_s * 2**doublings, patience.longest_pause_s))


def delay_within_s(attempt: int, left_s: float, patience: Patience) -> float | None:
    """Return how long to wait before an attempt, s; None if no time would be left for it.

    Parameters
    ----------
    attempt : int
        0 for the first.
    left_s : float
        Time that is left for all attempts, s.
    patience : Patience
        First and longest pause.
    """
    delay_s = next_delay_s(attempt, patience)
    return delay_s if delay_s < left_s else None
