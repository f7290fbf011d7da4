"""A synthetic device that sends numbered packets, as fast as told or as the rig takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from insole.errors import LinkError
from insole.spec.match import Advertisement

if TYPE_CHECKING:
    from insole.spec.model import DeviceSpec

AT_ONCE = 16
"""How many packets one that sends as fast as possible hands over at a time."""


class SteadyPeripheral:
    """Sends on ``frames`` once ``start`` came; a packet is its number and padding.

    Parameters
    ----------
    spec : DeviceSpec
        A device with the channels of `sim_insole`.
    role : str
        Its role, and the last part of its name.
    rate_hz : float
        Packets each second; 0 for as fast as possible.
    count : int
        It falls silent after so many.
    """

    def __init__(
        self,
        spec: DeviceSpec,
        role: str,
        *,
        rate_hz: float = 100.0,
        count: int = 2**32,
        size: int = 181,
    ) -> None:
        self.spec = spec
        self.role = role
        self.local_name = f"INSOLE-SIM-{role[0].upper()}"
        self.written: list[bytes] = []
        self.made = 0
        self.connections = 0
        self._period_ns = int(1e9 / rate_hz) if rate_hz else 0
        self._count = count
        self._padding = bytes(size - 4)
        self._subscribed: set[str] = set()
        self._next_ns: int | None = None

    def advertisement(self, now_ns: int) -> Advertisement:  # noqa: ARG002 - it always says the same
        return Advertisement(self.local_name, self.spec.match.looks[0].service)

    def connected(self, now_ns: int) -> None:  # noqa: ARG002 - it has no clock
        self.connections += 1

    def disconnected(self) -> None:
        self._subscribed.clear()
        self._next_ns = None

    def read(self, channel: str, now_ns: int) -> bytes:  # noqa: ARG002 - it always says the same
        if channel != "info":
            raise LinkError(self.role, f"channel {channel} cannot be read")
        return bytes([self.role == "right", 16, 100, 0])

    def write(self, channel: str, payload: bytes, now_ns: int) -> None:
        if channel != "command" or not payload:
            raise LinkError(self.role, f"channel {channel} takes no {payload!r}")
        self.written.append(payload)
        self._next_ns = now_ns if payload == b"\x01" else None

    def subscribe(self, channel: str, now_ns: int) -> None:  # noqa: ARG002 - it has no clock
        self._subscribed.add(channel)

    def unsubscribe(self, channel: str) -> None:
        self._subscribed.discard(channel)

    def next_ns(self) -> int | None:
        return self._next_ns if self.made < self._count else None

    def due(self, now_ns: int) -> list[tuple[str, bytes]]:
        packets = []
        while self._next_ns is not None and self._next_ns <= now_ns and self.made < self._count:
            if "frames" in self._subscribed:
                packets.append(("frames", self.made.to_bytes(4, "little") + self._padding))
            self.made += 1
            self._next_ns += self._period_ns
            if not self._period_ns and self.made % AT_ONCE == 0:
                break
        return packets


def numbers(payloads: list[bytes]) -> list[int]:
    """Return the numbers of packets."""
    return [int.from_bytes(payload[:4], "little") for payload in payloads]
