"""How many samples of a device came and how many should have, counted while they come."""

from __future__ import annotations

from math import isfinite, nan
from typing import TYPE_CHECKING

from insole.align.session_clock import SAME

if TYPE_CHECKING:
    from insole.align.follow import Follower


class Tally:
    """Counts the samples of one device over all of its connections.

    Parameters
    ----------
    period_s : float
        Nominal spacing of its samples, s.
    """

    def __init__(self, period_s: float) -> None:
        self._period_s = period_s
        self._epoch: tuple[Follower, int] | None = None
        self._begin_s = self._end_s = self._session_end_s = nan
        self.came = 0
        self.missing = 0

    def is_new(self, follower: Follower, session_s: float, count: int) -> bool:
        """Count a packet that `follower` has just placed; return False for one that came before.

        Parameters
        ----------
        follower : Follower
            The clock of this connection.
        session_s : float
            Session time of the packet's first sample, s.
        count : int
            Samples in the packet.
        """
        begin_s, epoch = follower.device_s, (follower, follower.restarts)
        length_s = (count - 1) * self._period_s
        same_clock = epoch == self._epoch
        if same_clock and abs(begin_s - self._begin_s) < SAME * self._period_s:
            return False
        step_s = begin_s - self._end_s if same_clock else session_s - self._session_end_s
        if same_clock and step_s < 0.5 * self._period_s:
            self.missing = max(0, self.missing - count)  # it is late, and was thought lost
        else:
            missed = round(step_s / self._period_s) - 1 if isfinite(step_s) else 0
            self.missing += max(0, missed)
            self._end_s, self._session_end_s = begin_s + length_s, session_s + length_s
        self.came += count
        self._epoch, self._begin_s = epoch, begin_s
        return True
