"""What a device tells of itself: its side, its battery, who made it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, TypeAlias

from insole.errors import DecodeError, SpecError
from insole.spec.match import side_by_field

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from insole.codec.decoder import Decoder
    from insole.codec.dialect import Frame
    from insole.spec.model import DeviceSpec

_log = logging.getLogger(__name__)

_ASSIGNED = "0000{}-0000-1000-8000-00805f9b34fb"
BATTERY_SERVICE = _ASSIGNED.format("180f")
CHARACTERISTICS = {
    "battery_percent": _ASSIGNED.format("2a19"),
    "firmware": _ASSIGNED.format("2a26"),
    "software": _ASSIGNED.format("2a28"),
    "hardware": _ASSIGNED.format("2a27"),
    "model": _ASSIGNED.format("2a24"),
    "maker": _ASSIGNED.format("2a29"),
}
"""What any device may be asked, of the Battery and Device Information Services (Bluetooth SIG, BAS
1.1, DIS 1.1). The serial number is not: who has it could tell whose recording it is."""
_LONGEST_TEXT = 100

BatteryFields: TypeAlias = "Sequence[tuple[str, str]]"
"""Message and name of header fields that tell the charge in percent."""


def side_told(frames: Iterable[Frame], spec: DeviceSpec) -> str | None:
    """Return the side that messages tell; None if none does.

    Parameters
    ----------
    frames : iterable of Frame
        Decoded messages.
    spec : DeviceSpec
        Says which field tells it.
    """
    told = (side_by_field(frame.message, frame.header, spec) for frame in frames)
    return next((side for side in told if side), None)


def battery_fields(spec: DeviceSpec) -> BatteryFields:
    """Return message and name of the header fields that tell the charge in percent.

    Parameters
    ----------
    spec : DeviceSpec
        What the device is.
    """
    return [
        (message.name, field.name)
        for message in spec.messages
        for field in message.header
        if field.unit == "%" and (field.role == "battery" or field.name == "battery")
    ]


def battery_told(frames: Iterable[Frame], fields: BatteryFields) -> float | None:
    """Return the charge that messages tell, %; None if none does.

    Parameters
    ----------
    frames : iterable of Frame
        Decoded messages.
    fields : sequence of (str, str)
        Which may tell it, as `battery_fields` gives them.
    """
    for frame in frames:
        for message, field in fields:
            charge = frame.header.get(field) if frame.message == message else None
            if charge is not None and 0 <= charge <= 100:  # NaN is neither
                return float(charge)
    return None


def battery_level(octets: bytes) -> float | None:
    """Return the charge that a Battery Level tells, %; None if it is none (BAS 1.1, 3.1)."""
    return float(octets[0]) if len(octets) == 1 and octets[0] <= 100 else None


def told(fact: str, octets: bytes) -> float | str | None:
    """Return what one of `CHARACTERISTICS` says; None or "" if nothing that can be used.

    Parameters
    ----------
    fact : str
        Its key.
    octets : bytes
        Its value.
    """
    if fact == "battery_percent":
        return battery_level(octets)
    decoded = octets.decode("utf-8", "replace").strip("\0 ")
    return "".join(char for char in decoded if char.isprintable())[:_LONGEST_TEXT]


def frames_in(decoder: Decoder, channel: str, payload: bytes, time_ns: int) -> Sequence[Frame]:
    """Return the messages of a packet; of one that does not fit, those that are whole.

    Parameters
    ----------
    decoder : Decoder
        Of the connection.
    channel : str
        Where it came.
    payload : bytes
        As the device sent it.
    time_ns : int
        Arrival, ns.
    """
    try:
        return decoder.feed(channel, payload, time_ns)
    except DecodeError as error:
        return error.frames
    except SpecError as error:
        _log.warning("a packet led the dialect astray: %s", error)
        return ()
