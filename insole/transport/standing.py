"""What links over the air share: a life of their own, and what arrived kept until it is taken."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from insole.errors import LinkError
from insole.transport.base import LinkEvent
from insole.transport.outbox import Outbox
from insole.transport.patience import Patience

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from insole.spec.model import DeviceSpec
    from insole.transport.base import LinkKind
    from insole.transport.radio import Radio
    from insole.transport.rig import Item


class StandingLink(ABC):
    """A link that watches over itself in a task, from opening to closing.

    Parameters
    ----------
    role : str or None
        Which device of the rig it is; None as long as only the device knows.
    spec : DeviceSpec
        What it is.
    address : str
        Its address on this computer.
    radio : Radio
        The adapter, shared by all links.
    clock_ns : callable, returns ns
        The clock of the recording, monotonic and shared by all links.
    patience : Patience
        How long to wait for what.
    """

    def __init__(
        self,
        role: str | None,
        spec: DeviceSpec,
        address: str,
        radio: Radio,
        *,
        clock_ns: Callable[[], int],
        patience: Patience | None = None,
    ) -> None:
        self._role, self._spec, self._address, self._radio = role, spec, address, radio
        self._clock_ns = clock_ns
        self._patience = patience or Patience()
        self._outbox = Outbox()
        self._life: asyncio.Task[None] | None = None
        self._closed = False

    @property
    def role(self) -> str:
        """Which device of the rig this is: ``left``, ``right``, ``plate`` and so on."""
        return self._role or self._spec.kind

    @property
    def spec(self) -> DeviceSpec:
        """What the device is."""
        return self._spec

    @property
    def address(self) -> str:
        """Its address on this computer."""
        return self._address

    async def open(self) -> None:
        """Reach the device; idle on an open link.

        Raises
        ------
        LinkError
            If that does not succeed in time, or cannot.
        """
        if self._closed:
            raise LinkError(self.role, "is closed; make a new link")
        if self._life is None:
            await self._begin()
            self._life = asyncio.create_task(self._live())

    async def close(self) -> None:
        """Take leave of the device; final, and safe to call twice."""
        if self._closed:
            return
        self._closed = True
        self._outbox.close()
        if self._life:
            self._life.cancel()
            await asyncio.wait((self._life,))
        await self._part()

    async def notifications(self) -> AsyncIterator[Item]:
        """Yield what comes of the device, in order, until the link is closed.

        Raises
        ------
        LinkError
            If it is not open, or was lost and did not come back.
        """
        if self._life is None:
            raise LinkError(self.role, "is not open; open it first")
        async for item in self._outbox.items():
            yield item

    def arrived(self) -> list[Item]:
        """Take at once all that has arrived and was not yielded yet."""
        return self._outbox.take()

    async def _live(self) -> None:
        try:
            await self._stay()
        except Exception as error:  # noqa: BLE001 - whoever listens gets it, whatever it is
            self._outbox.fail(error)

    def _event(self, kind: LinkKind, reason: str = "") -> None:
        self._outbox.put(LinkEvent(self.role, self._clock_ns(), kind, reason))

    def _stayed_away(self, limit_s: float, problem: str) -> LinkError:
        """Return the error of a device for which patience has ended."""
        return LinkError(
            self.role, f"was lost and did not come back within {limit_s:g} s: {problem}"
        )

    @abstractmethod
    async def _begin(self) -> None:
        """Reach the device for the first time, with an event that says so."""

    @abstractmethod
    async def _stay(self) -> None:
        """Hear the device, and get it back when it is lost, until patience ends."""

    @abstractmethod
    async def _part(self) -> None:
        """Let the device go; if that is cancelled, closing does it again."""
