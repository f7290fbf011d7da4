"""What every radio rig offers to the tests: simulated devices on the air, and trouble on demand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from insole.sim.peripheral import Peripheral
    from insole.transport.radio import Radio


class RadioRig(Protocol):
    """A radio without hardware; used as an async context manager inside one event loop."""

    name: str
    """in_process, bumble or bluez."""
    radio: Radio
    """What `scan` and `BleLink` get; for the BlueZ rig the platform's own classes."""

    async def put(self, peripheral: Peripheral, address: str, *, named: bool = True) -> None:
        """Switch a device on; with `named` false its advertisement lacks the name."""

    async def remove(self, address: str) -> None:
        """Switch a device off: it leaves the air, and a link to it is lost."""

    async def lose(self, address: str) -> None:
        """Cut the link to a device, which goes on advertising."""

    def silence(self, address: str, *, silent: bool = True) -> None:
        """Let a device stay connected and send nothing; what it would have sent is not kept."""

    def refuse_connections(self, address: str, count: int) -> None:
        """Let the next attempts to connect fail."""

    def refuse_pairing(self, address: str) -> None:
        """Let every subscription and write fail for want of authentication."""

    def lose_at(self, address: str, call: int) -> None:
        """Cut the link once, just before this GATT call of the next connection (0 is the first)."""

    def sent(self, address: str) -> list[tuple[str, bytes]]:
        """Return all that a device handed to its radio as notifications while subscribed to."""
