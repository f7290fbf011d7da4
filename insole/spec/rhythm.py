"""How often a device sends, as far as its spec states it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from insole.spec.places import SENSES

if TYPE_CHECKING:
    from insole.spec.model import DeviceSpec, MessageSpec

USUAL_PAYLOAD = 244
"""Bytes of a notification that fills one packet of the link layer; devices rarely send more.

251 bytes of a data channel packet less 4 of L2CAP and 3 of the attribute protocol (Bluetooth Core
5.4, vol. 6, part B, 2.4; vol. 3, part A, 3.1; vol. 3, part F, 3.4.7).
"""


def packet_period_s(spec: DeviceSpec) -> float | None:
    """Return the time from one notification of a steady stream to the next at most, s.

    None for a device whose silence is no fault: it sends on demand or under load only, it only
    advertises, or it only indicates.

    Parameters
    ----------
    spec : DeviceSpec
        What the device is.

    Notes
    -----
    Messages of different modes may be spaced differently; the slowest counts. Where a packet holds
    as many samples as there are, it may hold as many as fill `USUAL_PAYLOAD`.
    """
    if not spec.measures.continuous:
        return None
    streamed = [message for message in spec.messages if is_streamed(spec, message)]
    periods_s = [most_samples(message) * sample_period_s(spec, message) for message in streamed]
    return max(periods_s, default=0.0) or None


def sample_period_s(spec: DeviceSpec, message: MessageSpec) -> float:
    """Return the time from one sample of a message to the next, s; 0 without a steady rhythm."""
    return message.sample_period_s or spec.clock.sample_period_s


def most_samples(message: MessageSpec) -> int:
    """Return how many samples one packet of a message usually holds at most."""
    samples = message.samples
    if samples is None:
        return 1
    return samples.count or max((USUAL_PAYLOAD - samples.at) // samples.stride, 1)


def measures(message: MessageSpec) -> bool:
    """Return whether a message tells what sensors see."""
    return any(field.role in SENSES for field in message.every_field)


def is_streamed(spec: DeviceSpec, message: MessageSpec) -> bool:
    """Return whether a message is one that a device notifies of what its sensors see."""
    channel = spec.gatt.get(message.channel)
    return measures(message) and channel is not None and channel.use == "notify"
