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
from insole.transport.base import Notification
from insole.transport.scan import advertisement_of, same_address
from insole.transport.standing import StandingLink

if TYPE_CHECKING:
    from collections.abc import Callable

    from insole.spec.model import DeviceSpec
    from insole.transport.patience import Patience
    from insole.transport.radio import Ear, Heard, Radio


class AdvertLink(StandingLink):
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
        super().__init__(role, spec, address, radio, clock_ns=clock_ns, patience=patience)
        self._kept: tuple[bytes, int] | None = None
        self._info: dict[str, Any] = {}
        self._decoder = Decoder(spec)
        self._battery_fields = facts.battery_fields(spec)
        self._listening = AsyncExitStack()
        self._ear: Ear  # there once the link is open

    @property
    def side(self) -> None:
        """Nothing: no device of this kind tells a side."""
        return

    @property
    def info(self) -> dict[str, Any]:
        """What the device has told: name, battery_percent (%)."""
        return dict(self._info)

    async def read(self, channel: str) -> bytes:
        """Refuse: nobody connects to this device."""
        raise LinkError(self.role, f"{self._only_advertises}: {channel} cannot be read")

    async def write(self, channel: str, payload: bytes, *, response: bool) -> None:  # noqa: ARG002 - the protocol's
        """Refuse: nobody connects to this device."""
        raise LinkError(self.role, f"{self._only_advertises}: {channel} cannot be written")

    async def _begin(self) -> None:
        self._ear = await self._listening.enter_async_context(
            self._radio.listen([self._spec], every=True, clock_ns=self._clock_ns)
        )
        self._event("connected")

    async def _stay(self) -> None:
        """Listen, and let the scan begin anew when it fails, for as long as patience lasts."""
        while True:
            try:
                await self._listen(self._ear)
            except LinkError as error:
                self._event("lost", error.problem)
                await self._scan_again()
                self._event("reconnected")

    async def _part(self) -> None:
        await self._listening.aclose()

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
        self._outbox.put(Notification(self.role, channel, heard.time_ns, payload))
        self._learn(heard, channel, payload)

    def _learn(self, heard: Heard, channel: str, payload: bytes) -> None:
        if name := heard.advertisement.local_name:
            self._info["name"] = name
        frames = facts.frames_in(self._decoder, channel, payload, heard.time_ns)
        charge = facts.battery_told(frames, self._battery_fields)
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
        raise self._stayed_away(self._patience.give_up_s, problem)

    @property
    def _only_advertises(self) -> str:
        return f"{self._spec.name} only advertises"
