"""A link made of listening: for devices that tell their readings in advertisements only."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

from insole.codec.decoder import Decoder
from insole.codec.repeat import is_repeat
from insole.errors import LinkError
from insole.spec.match import advertised
from insole.transport import facts
from insole.transport.backoff import delay_within_s
from insole.transport.base import LinkEvent, Notification
from insole.transport.outbox import Outbox
from insole.transport.patience import Patience
from insole.transport.scan import advertisement_of, same_address

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from insole.spec.model import DeviceSpec
    from insole.transport.base import LinkKind
    from insole.transport.radio import Ear, Heard, Radio
    from insole.transport.rig import Item


class AdvertLink:
    """A link to a device that nobody connects to.

    Its silence is no fault: nobody may be standing on it. If nothing at all is heard for some time,
    scanning starts anew, since a Bluetooth service that has died does not tell.

    Parameters
    ----------
    role : str
        Which device of the rig it is.
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
        role: str,
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
        self._kept: tuple[bytes, int] | None = None
        self._info: dict[str, Any] = {}
        self._decoder = Decoder(spec)
        self._listening = AsyncExitStack()
        self._life: asyncio.Task[None] | None = None
        self._closed = False

    @property
    def role(self) -> str:
        """Which device of the rig this is."""
        return self._role

    @property
    def spec(self) -> DeviceSpec:
        """What the device is."""
        return self._spec

    @property
    def address(self) -> str:
        """Its address on this computer."""
        return self._address

    @property
    def side(self) -> None:
        """Nothing: no device of this kind tells a side."""
        return

    @property
    def info(self) -> dict[str, Any]:
        """What the device has told: name, battery_percent (%)."""
        return dict(self._info)

    async def open(self) -> None:
        """Begin to listen; idle on an open link.

        Raises
        ------
        LinkError
            If this computer cannot scan.
        """
        if self._closed:
            raise LinkError(self._role, "is closed; make a new link")
        if self._life is None:
            ear = await self._listening.enter_async_context(
                self._radio.listen([self._spec], every=True, clock_ns=self._clock_ns)
            )
            self._event("connected")
            self._life = asyncio.create_task(self._live(ear))

    async def close(self) -> None:
        """Stop listening; final, and safe to call twice."""
        if self._closed:
            return
        self._closed = True
        self._outbox.close()
        if self._life:
            self._life.cancel()
            await asyncio.wait((self._life,))
        await self._listening.aclose()

    async def read(self, channel: str) -> bytes:
        """Refuse: nobody connects to this device."""
        raise LinkError(self._role, f"{self._only_advertises}: {channel} cannot be read")

    async def write(self, channel: str, payload: bytes, *, response: bool) -> None:  # noqa: ARG002 - the protocol's
        """Refuse: nobody connects to this device."""
        raise LinkError(self._role, f"{self._only_advertises}: {channel} cannot be written")

    async def notifications(self) -> AsyncIterator[Item]:
        """Yield the readings in the order in which they were heard, until the link is closed.

        Raises
        ------
        LinkError
            If it is not open, or Bluetooth was lost and did not come back.
        """
        if self._life is None:
            raise LinkError(self._role, "is not open; open it first")
        async for item in self._outbox.items():
            yield item

    def arrived(self) -> list[Item]:
        """Take at once all that has arrived and was not yielded yet."""
        return self._outbox.take()

    async def _live(self, ear: Ear) -> None:
        """Listen, and let the scan begin anew when it fails, for as long as patience lasts."""
        try:
            while True:
                try:
                    await self._listen(ear)
                except LinkError as error:
                    self._event("lost", error.problem)
                    await self._scan_again()
                    self._event("reconnected")
        except Exception as error:  # noqa: BLE001 - whoever listens gets it, whatever it is
            self._outbox.fail(error)

    async def _listen(self, ear: Ear) -> None:
        while True:
            try:
                async with asyncio.timeout(self._patience.hush_s):
                    heard = await ear.next()
            except TimeoutError:
                await self._radio.scan_anew()
                continue
            if same_address(heard.device.address, self._address):
                self._hear(heard)

    def _hear(self, heard: Heard) -> None:
        """Take a reading, unless it is the last one once more."""
        said = advertised(advertisement_of(heard.advertisement), self._spec)
        if said is None:
            return
        channel, payload = said
        if is_repeat(self._spec, payload, heard.time_ns, self._kept):
            return
        self._kept = payload, heard.time_ns
        self._outbox.put(Notification(self._role, channel, heard.time_ns, payload))
        self._learn(heard, channel, payload)

    def _learn(self, heard: Heard, channel: str, payload: bytes) -> None:
        if name := heard.advertisement.local_name:
            self._info["name"] = name
        frames = facts.frames_in(self._decoder, channel, payload, heard.time_ns)
        charge = facts.battery_told(frames, self._spec)
        if charge is not None:
            self._info["battery_percent"] = charge

    async def _scan_again(self) -> None:
        """Try to scan again and again.

        Raises
        ------
        LinkError
            The last one, if patience ended before it succeeded.
        """
        loop = asyncio.get_running_loop()
        end_s, attempt = loop.time() + self._patience.give_up_s, 0
        problem = "nothing was tried"
        while (delay_s := delay_within_s(attempt, end_s - loop.time(), self._patience)) is not None:
            await asyncio.sleep(delay_s)
            try:
                return await self._radio.scan_anew()
            except LinkError as error:
                problem, attempt = error.problem, attempt + 1
        limit_s = self._patience.give_up_s
        raise LinkError(
            self._role, f"was lost and did not come back within {limit_s:g} s: {problem}"
        )

    @property
    def _only_advertises(self) -> str:
        return f"{self._spec.name} only advertises"

    def _event(self, kind: LinkKind, reason: str = "") -> None:
        self._outbox.put(LinkEvent(self._role, self._clock_ns(), kind, reason))
