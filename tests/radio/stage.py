"""A simulated device with what may go wrong with it, for every rig alike."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from insole.sim.peripheral import Peripheral
    from insole.spec.match import Advertisement
    from insole.spec.model import DeviceSpec


class Actor:
    """A peripheral on the stage of a rig: the same device, with trouble on demand, and a record."""

    def __init__(self, peripheral: Peripheral, address: str, *, named: bool = True) -> None:
        self.peripheral = peripheral
        self.address = address
        self.named = named
        self.silent = False
        self.refusals = 0
        """How many of the next connections fail."""
        self.pairing_refused = False
        self.sent: list[tuple[str, bytes]] = []
        self._armed: int | None = None
        self._fuse: int | None = None

    def lose_at(self, call: int) -> None:
        self._armed = call

    def burns_down(self) -> bool:
        """Count a GATT call; True if the link is to be lost before it."""
        if self._fuse is None:
            return False
        self._fuse -= 1
        if self._fuse >= 0:
            return False
        self._fuse = None
        return True

    def refuses(self) -> bool:
        """Count an attempt to connect; True if it fails."""
        if not self.refusals:
            return False
        self.refusals -= 1
        return True

    # The peripheral itself -----------------------------------------------------------------------

    @property
    def spec(self) -> DeviceSpec:
        return self.peripheral.spec

    @property
    def role(self) -> str:
        return self.peripheral.role

    @property
    def local_name(self) -> str:
        return self.peripheral.local_name

    def advertisement(self, now_ns: int) -> Advertisement:
        whole = self.peripheral.advertisement(now_ns)
        return whole if self.named else replace(whole, local_name="")

    def connected(self, now_ns: int) -> None:
        self._fuse, self._armed = self._armed, None
        self.peripheral.connected(now_ns)

    def disconnected(self) -> None:
        self._fuse = None
        self.peripheral.disconnected()

    def read(self, channel: str, now_ns: int) -> bytes:
        return self.peripheral.read(channel, now_ns)

    def write(self, channel: str, payload: bytes, now_ns: int) -> None:
        self.peripheral.write(channel, payload, now_ns)

    def subscribe(self, channel: str, now_ns: int) -> None:
        self.peripheral.subscribe(channel, now_ns)

    def unsubscribe(self, channel: str) -> None:
        self.peripheral.unsubscribe(channel)

    def next_ns(self) -> int | None:
        return self.peripheral.next_ns()

    def due(self, now_ns: int) -> list[tuple[str, bytes]]:
        due = self.peripheral.due(now_ns)
        if self.silent:
            return []
        self.sent += due
        return due
