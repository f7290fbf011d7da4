"""A link to one of two devices that tell only when they are connected which foot they are for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from insole.errors import LinkError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from insole.spec.model import DeviceSpec
    from insole.transport.ble import BleLink
    from insole.transport.rig import Item


class EitherLink:
    """Becomes the link to the first of several insoles that says it is for the foot wanted.

    Parameters
    ----------
    side : {"left", "right"}
        The foot.
    links : sequence of BleLink
        Each without a role, so that its insole tells its side on opening. They are tried in turn.
    """

    def __init__(self, side: str, links: Sequence[BleLink]) -> None:
        self._side, self._links = side, links
        self._link = links[0]
        self._opened = False

    @property
    def role(self) -> str:
        """The foot wanted."""
        return self._side

    @property
    def spec(self) -> DeviceSpec:
        """What the device is."""
        return self._link.spec

    @property
    def address(self) -> str:
        """Its address on this computer."""
        return self._link.address

    @property
    def info(self) -> dict[str, Any]:
        """What it has told."""
        return self._link.info

    async def open(self) -> None:
        """Connect to one after the other until one says that it is for this foot.

        Raises
        ------
        LinkError
            If none does.
        """
        if self._opened:
            return
        problem = ""
        for link in self._links:
            self._link = link
            try:
                await link.open()
            except LinkError as error:
                problem = problem or error.problem
            else:
                self._opened = link.role == self._side
                if self._opened:
                    return
            await link.close()
        raise LinkError(
            self._side, problem or f"neither insole says that it is the {self._side} one"
        )

    async def close(self) -> None:
        """Take leave of all of them."""
        for link in self._links:
            await link.close()

    def notifications(self) -> AsyncIterator[Item]:
        """Yield what comes of the device."""
        return self._link.notifications()

    def arrived(self) -> list[Item]:
        """Take at once all that has arrived and was not yielded yet."""
        return self._link.arrived()

    async def read(self, channel: str) -> bytes:
        """Return the value of a readable channel."""
        return await self._link.read(channel)

    async def write(self, channel: str, payload: bytes, *, response: bool) -> None:
        """Write to a channel."""
        await self._link.write(channel, payload, response=response)
