"""How long to wait for a device, and when to give it up."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Patience:
    """Times in seconds; all are our choice, with the reason where there is one.

    Parameters
    ----------
    find_s : float
        Looking for one device before an attempt to connect counts as failed. Insoles that save
        power advertise once in 1 to 2 s, and some of that is missed.
    connect_s : float
        Connecting and learning what the device has. BlueZ itself gives up after about 20 s.
    answer_s : float
        One read, write or subscription.
    part_s : float
        Each courtesy on leaving: the stop command, the end of a subscription.
    disconnect_s : float
        Disconnecting. A dead device must not keep anybody from ending a recording.
    side_s : float
        Until a device has told its side, where nothing else does.
    open_s : float
        All attempts to connect for the first time.
    give_up_s : float
        All attempts to connect again after a link was lost.
    pause_s : float
        Before the first attempt to connect again; it doubles with each one. Connecting again at
        once failed now and then with BlueZ 5.66, after half a second it did not.
    longest_pause_s : float
        Where that doubling ends.
    silence_s : float
        A link is stalled at the earliest after so much silence.
    silent_periods : float
        And after so many times what its device needs from one packet to the next.
    hush_s : float
        If nothing at all was heard of a device that only advertises, scanning starts anew.
    """

    find_s: float = 10.0
    connect_s: float = 25.0
    answer_s: float = 10.0
    part_s: float = 2.0
    disconnect_s: float = 5.0
    side_s: float = 5.0
    open_s: float = 30.0
    give_up_s: float = 120.0
    pause_s: float = 0.5
    longest_pause_s: float = 10.0
    silence_s: float = 2.0
    silent_periods: float = 3.0
    hush_s: float = 30.0

    def stall_s(self, packet_period_s: float | None) -> float | None:
        """Return after how much silence a link is stalled, s; None if its silence is no fault.

        Parameters
        ----------
        packet_period_s : float or None
            Time from one packet of a steady stream to the next at most, s.
        """
        if packet_period_s is None:
            return None
        return max(self.silence_s, self.silent_periods * packet_period_s)
