"""How long the phases of a raise took, and the four numbers that trainers write for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from insole import measured

if TYPE_CHECKING:
    from insole.measure.finding import HeelUpTime
    from insole.measured import Measured


def raising(time: HeelUpTime, rate_hz: float, flaws: tuple[str, ...]) -> Measured:
    """Return the time from heel-off to the top, s.

    Parameters
    ----------
    time : HeelUpTime
        The raise, in samples.
    rate_hz : float
        Rate, Hz.
    flaws : tuple of str
        Words that lower the quality.
    """
    if time.top is None:
        return measured.not_observable("s", "heel_off_to_top", "no_imu")
    seconds = max(time.top - time.pair.start, 0.0) / rate_hz
    return measured.of(seconds, "s", "heel_off_to_top", *flaws)


def top_hold(time: HeelUpTime, rate_hz: float, flaws: tuple[str, ...]) -> Measured:
    """Return the time from the top to the lowering onset, s.

    Parameters
    ----------
    time : HeelUpTime
        The raise, in samples.
    rate_hz : float
        Rate, Hz.
    flaws : tuple of str
        Words that lower the quality.
    """
    if time.top is None or time.onset is None:
        return measured.not_observable("s", "top_to_lowering_onset", "no_imu")
    seconds = (time.onset - time.top) / rate_hz
    return measured.of(seconds, "s", "top_to_lowering_onset", *flaws)


def lowering(time: HeelUpTime, rate_hz: float, flaws: tuple[str, ...]) -> Measured:
    """Return the time from the lowering onset to heel contact, s.

    Parameters
    ----------
    time : HeelUpTime
        The raise, in samples.
    rate_hz : float
        Rate, Hz.
    flaws : tuple of str
        Words that lower the quality.
    """
    method = "lowering_onset_to_heel_contact"
    if time.onset is None:
        return measured.not_observable("s", method, "no_imu")
    if not time.contact_seen:
        return measured.not_observable("s", method, "aborted")
    seconds = max(time.pair.end - time.onset, 0.0) / rate_hz
    return measured.of(seconds, "s", method, *flaws)


def tempo_string(
    lowering_s: Measured, bottom_s: float, raising_s: Measured, top_s: Measured
) -> str | None:
    """Return eccentric-pause-concentric-pause in whole seconds, or None if a phase is unseen.

    Parameters
    ----------
    lowering_s, raising_s, top_s : Measured
        Phases, s.
    bottom_s : float
        Heel contact to the next heel-off, s; 0 for the last repetition of a set.

    References
    ----------
    Order of the four numbers: the usual one of coaching texts, fixed even though a raise starts
    with the concentric phase.
    """
    phases = (lowering_s.value, bottom_s, raising_s.value, top_s.value)
    seen = [phase for phase in phases if phase is not None]
    if len(seen) < len(phases):
        return None
    # half a second rounds up, as people round; format() would round it to even
    return "-".join(str(int(phase + 0.5)) for phase in seen)
