"""Whether an advertisement brings a new reading, or the last one once more."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from insole.spec.model import DeviceSpec


def is_repeat(
    spec: DeviceSpec, payload: bytes, host_time_ns: int, kept: tuple[bytes, int] | None
) -> bool:
    """Return whether a payload is the reading that was kept last, sent once more.

    Parameters
    ----------
    spec : DeviceSpec
        What the device is.
    payload : bytes
        What the advertisement says on the channel ``advertisement``.
    host_time_ns : int
        Its arrival, ns on the clock of the recording.
    kept : (bytes, int) or None
        Payload and arrival (ns) of the last reading that was no repeat; None before the first.
        Whoever listens remembers it for each device; repeats leave it as it is, so that a device
        that repeats for ever still gives a reading every ``repeat_s``.
    """
    if kept is None or spec.advertisement is None:
        return False
    last, last_ns = kept
    return payload == last and host_time_ns - last_ns < spec.advertisement.repeat_s * 1e9
