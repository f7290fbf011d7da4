"""What devices measure, as streams of Lab Streaming Layer, while a session is recorded."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import numpy as np

from insole import tables
from insole.errors import MissingExtraError
from insole.live import Live
from insole.live.device import LiveDevice
from insole.live.reading import FORCE, MOTION
from insole.transport.base import LinkEvent

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from insole.live.device import Packet
    from insole.spec.model import DeviceSpec
    from insole.transport.base import Notification

FLUSH_S = 0.05
"""How much of a device's samples is gathered before it is sent on, s (our choice)."""

_log = logging.getLogger(__name__)


class StreamedLive(Live):
    """A live view that sends on what it is given.

    Parameters
    ----------
    devices : mapping of role to DeviceSpec
        The devices of the session.
    now_ns : callable, returns ns
        The recording's clock.
    **told
        What else `Live` is told.

    Raises
    ------
    MissingExtraError
        If pylsl is not installed.

    Notes
    -----
    If the streams fail, that is said once, and the view goes on without them.
    """

    def __init__(
        self, devices: Mapping[str, DeviceSpec], now_ns: Callable[[], int], **told: Any
    ) -> None:
        super().__init__(devices, **told)
        self._outlets: Outlets | None = Outlets(devices, now_ns)

    def take(self, item: Notification | LinkEvent) -> None:
        """Take what a link has sent, in order of arrival."""
        super().take(item)
        if self._outlets:
            try:
                self._outlets.take(item)
            except Exception as error:  # noqa: BLE001 - a fault of the streams costs nothing else
                self._outlets = None
                _log.warning("the streams have ended (%s); the recording goes on", error)


class Outlets:
    """One stream of loads for each device, and one of motion where it has such a sensor.

    Parameters
    ----------
    devices : mapping of role to DeviceSpec
        The devices of the session.
    now_ns : callable, returns ns
        The recording's clock.

    Notes
    -----
    Stamps are on the clock of Lab Streaming Layer: that of the samples in session time, as the
    live view places them, not that of their arrival. Channels are the total, each region and the
    centre of pressure; NaN for what a device does not tell. The cells are in the session file.
    """

    def __init__(self, devices: Mapping[str, DeviceSpec], now_ns: Callable[[], int]) -> None:
        pylsl = library()
        self._to_lsl_s = pylsl.local_clock() - now_ns() / 1e9
        self._devices = {role: LiveDevice(role, spec) for role, spec in devices.items()}
        self._outlets = {
            (role, motion): _outlet(pylsl, device, motion=motion)
            for role, device in self._devices.items()
            for motion in ((False, True) if device.has_motion else (False,))
        }
        self._newest_s = dict.fromkeys(self._outlets, float("-inf"))
        self._flushed_ns = self._number = 0

    def take(self, item: Notification | LinkEvent) -> None:
        """Send on what a link has sent."""
        device = self._devices.get(item.role)
        if device is None:
            return
        if isinstance(item, LinkEvent):
            device.change(item)
            return
        self._number += 1
        device.take(item, self._number)
        if item.host_time_ns - self._flushed_ns >= FLUSH_S * 1e9:
            self._flushed_ns = item.host_time_ns
            for one in self._devices.values():
                for packet in one.packets():
                    self._push(packet)

    def _push(self, packet: Packet) -> None:
        width = len(MOTION if packet.motion else FORCE)
        values = np.ascontiguousarray(packet.values[:, :width], dtype=np.float64)
        stream = packet.role, packet.motion
        if stream in self._outlets and len(values):
            # places get better as more is known, by some ms; a stamp must not run back for that
            time_s = np.maximum(packet.time_s, self._newest_s[stream])
            self._newest_s[stream] = float(time_s[-1])
            self._outlets[stream].push_chunk(values, (time_s + self._to_lsl_s).tolist())


def library() -> Any:
    """Return pylsl.

    Raises
    ------
    MissingExtraError
        If it is not installed.
    """
    try:
        import pylsl  # type: ignore[import-untyped]  # noqa: PLC0415 - an extra
    except (ImportError, RuntimeError) as error:  # pylsl raises the latter without its C library
        raise MissingExtraError("the stream to Lab Streaming Layer", "lsl") from error
    return pylsl


def _outlet(pylsl: Any, device: LiveDevice, *, motion: bool) -> Any:
    kind, period_s = ("motion", device.motion_period_s) if motion else ("load", device.period_s)
    rate_hz = 1.0 / period_s if period_s else pylsl.IRREGULAR_RATE
    channels = _channels(device.unit, motion=motion)
    name = f"insole {device.role} {kind}"
    info = pylsl.StreamInfo(name, kind, len(channels), rate_hz, "double64", _source_id(name))
    described = info.desc().append_child("channels")
    for label, unit in channels:
        described.append_child("channel").append_child_value("label", label).append_child_value(
            "unit", unit
        )
    info.desc().append_child_value("device", device.spec.id)
    return pylsl.StreamOutlet(info)


def _channels(unit: str, *, motion: bool) -> Sequence[tuple[str, str]]:
    if motion:
        return [(name, "g" if name in tables.ACC else "deg/s") for name in MOTION]
    words = {"n": "N", "bw": "body weights", "adc": "counts"}
    return [(n, "mm" if n in tables.COP else words.get(unit, unit)) for n in FORCE]


def _source_id(name: str) -> str:
    """Return what a reader finds the stream by after a loss: the same each time."""
    return name.replace(" ", "-")
