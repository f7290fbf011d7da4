"""The FIFO of ORPHE INSOLE: which packets to ask for, so that none is lost."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from insole.codec import script

if TYPE_CHECKING:
    from collections.abc import Iterable

    from insole.codec.dialect import Frame
    from insole.spec.model import DeviceSpec

_SERIALS = 65536
_BUFFER = 1500  # packets that the device keeps: ORPHE-INSOLE.js, as are the next four
_PACKETS, _RANGES = 200, 30  # most in one request
_REQUEST_BYTES = 4 * _RANGES
_EVERY_S = 0.2
_STARTED, _STOPPED = 4, 6


class Fifo:
    """Asks for what is new and what is missing, from ``fifo_start`` until after ``fifo_stop``.

    Parameters
    ----------
    spec : DeviceSpec
        Of the device.
    """

    def __init__(self, spec: DeviceSpec) -> None:
        self._spec = spec
        self._next: int | None = None
        self._missing: dict[int, bool] = {}
        self._running = self._coming = False

    def on_frame(self, frame: Frame) -> list[script.Action]:
        """Return what to write after a message of the device."""
        header = frame.header
        if frame.message == "fifo_status":
            return self._ask(int(header["newest"]))
        if frame.message == "fifo":
            self._coming |= self._missing.pop(int(header["serial"]), False)
        elif frame.message == "fifo_empty":
            for packet in range(min(int(header["packets"]), _PACKETS)):
                self._missing.pop((int(header["first"]) + packet) % _SERIALS, False)
        elif frame.message == "fifo_ack" and header["kind"] == _STARTED:
            self._next, self._missing, self._running = None, {}, True
            return [script.command(self._spec, "fifo_status")]
        elif frame.message == "fifo_ack" and header["kind"] == _STOPPED:
            self._running = False
        return []

    def _ask(self, newest: int) -> list[script.Action]:
        """Return the request for packets, and the next question for the state of the buffer.

        `newest` itself waits for the next time, as it may be still being filled.
        """
        new = self._new(newest)
        if not (self._running or new or self._missing):
            return []
        again: list[script.Action] = [
            script.Pause(_EVERY_S),
            script.command(self._spec, "fifo_status"),
        ]
        if self._missing and self._coming:
            self._coming = False
            return again
        self._forget_overwritten(newest)
        room = max(_PACKETS - len(self._missing), 0)
        first = newest - new
        asked = [(first + k) % _SERIALS for k in range(min(new, room))]
        self._missing |= dict.fromkeys(asked, True)
        self._next = (first + len(asked)) % _SERIALS
        if not self._missing:
            return again
        octets = request(self._missing)
        return [script.command(self._spec, "fifo_request", fill=octets), *again]

    def _new(self, newest: int) -> int:
        """Return how many packets were not asked for yet, of those that can still be there."""
        first = newest if self._next is None else self._next
        new = min((newest - first) % _SERIALS, _BUFFER)
        self._next = (newest - new) % _SERIALS
        return new

    def _forget_overwritten(self, newest: int) -> None:
        for serial in [s for s in self._missing if (newest - s) % _SERIALS > _BUFFER]:
            del self._missing[serial]


def request(serials: Iterable[int]) -> bytes:
    """Return the ranges of a request for packets, in their order, as many as fit."""
    ranges: list[tuple[int, int]] = []
    for serial in serials:
        first, count = ranges[-1] if ranges else (serial, 0)
        if serial == first + count:
            ranges[-1:] = [(first, count + 1)]
        else:
            ranges.append((serial, 1))
    pairs = [number for pair in ranges[:_RANGES] for number in pair]
    return struct.pack(f">{len(pairs)}H", *pairs).ljust(_REQUEST_BYTES, b"\0")
