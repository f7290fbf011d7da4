"""One connection to one device, with all that is said over it: begun, watched and ended."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from insole.codec import script
from insole.errors import LinkError
from insole.spec.match import side_by_name
from insole.spec.rhythm import packet_period_s
from insole.transport import facts
from insole.transport.first_of import first_of
from insole.transport.gatt import LAST_WORD_S, Connection
from insole.transport.silence import until_silent
from insole.transport.talk import Talk
from insole.transport.trouble import CLOSER, HopelessError

if TYPE_CHECKING:
    from collections.abc import Callable

    from bleak.backends.device import BLEDevice

    from insole.codec.script import Action
    from insole.spec.model import DeviceSpec
    from insole.transport.base import LinkKind
    from insole.transport.whom import Whom


class Contact:
    """A connection and its talk.

    Parameters
    ----------
    whom : Whom
        The device.
    take : callable
        Gets channel and payload of all that arrives; returns the arrival in ns.
    """

    def __init__(self, whom: Whom, take: Callable[[str, bytes], int]) -> None:
        self._whom = whom
        self.connection = Connection(whom)
        self._talk = Talk(whom, self.connection, take)
        self._facts: dict[str, Any] = {}

    @property
    def side(self) -> str | None:
        """The side that the device has told."""
        return self._talk.side

    @property
    def facts(self) -> dict[str, Any]:
        """What it has told of itself."""
        charge = self._talk.battery_percent
        return self._facts if charge is None else {**self._facts, "battery_percent": charge}

    async def begin(
        self, device: BLEDevice, connected: Callable[[], None], *, curious: bool
    ) -> None:
        """Connect and carry out the spec's script.

        Parameters
        ----------
        device : BLEDevice
            Fresh from a scan.
        connected : callable
            Called once there is a connection, before anything arrives.
        curious : bool
            Whether to ask for the device's facts.

        Raises
        ------
        LinkError
            If one of it fails.
        """
        if side := side_by_name(device.name or "", self._whom.spec):
            self._talk.learn_side(side)
        await self.connection.open(device)
        connected()
        if curious:
            await self._ask_facts(device.name or "")
        await first_of(self._converse(), self._talk.attend(), self._broken())

    async def watch(
        self, streamed_ns: Callable[[], int], clock_ns: Callable[[], int]
    ) -> tuple[LinkKind, str]:
        """Return how and why the link was lost, once it is; until then, attend to the device.

        Parameters
        ----------
        streamed_ns : callable, returns ns
            When a packet of the stream came last.
        clock_ns : callable, returns ns
            The present time on the same clock.

        Raises
        ------
        HopelessError
            If it turns out to be the wrong device.
        """
        ends = [self._lost(), self._talk.attend()]
        limit_s = self._whom.patience.stall_s(packet_period_s(self._whom.spec))
        if limit_s is not None:
            ends.append(self._stalled(streamed_ns, clock_ns, limit_s))
        return await first_of(*ends)

    async def part(self) -> None:
        """Stop the device and disconnect; whatever else comes is ignored. Never raises."""
        await self.connection.part(script.stop(self._whom.spec))

    async def _converse(self) -> None:
        await self._talk.run(whole_script(self._whom.spec))
        if not self._whom.tells_side or self.side:
            return
        try:
            async with asyncio.timeout(self._whom.patience.side_s):
                await self._talk.until_side()
        except TimeoutError:
            problem = (
                f"{self._whom.spec.name} does not tell which foot it is for; name it with "
                f"--left {self._whom.address} or --right {self._whom.address}"
            )
            raise HopelessError(self._whom.role, problem) from None

    async def _ask_facts(self, name: str) -> None:
        """Ask what no script asks; a device that does not answer is left in peace."""
        self._facts = {"name": name, "mtu": self.connection.mtu}
        asked = {channel.characteristic for channel in self._whom.spec.gatt.values()}
        with suppress(LinkError, TimeoutError):
            async with asyncio.timeout(self._whom.patience.answer_s):
                for fact, uuid in facts.CHARACTERISTICS.items():
                    octets = None if uuid in asked else await self.connection.read_uuid(uuid)
                    if octets and (told := facts.told(fact, octets)):
                        self._facts[fact] = told

    async def _broken(self) -> None:
        await asyncio.wait((self.connection.gone,))
        await asyncio.sleep(2 * LAST_WORD_S)  # who waits for an answer knows better what was lost
        raise LinkError(self._whom.role, f"the link was lost while connecting; {CLOSER}")

    async def _lost(self) -> tuple[LinkKind, str]:
        await asyncio.wait((self.connection.gone,))
        return "lost", "the connection broke off"

    async def _stalled(
        self, streamed_ns: Callable[[], int], clock_ns: Callable[[], int], limit_s: float
    ) -> tuple[LinkKind, str]:
        await until_silent(streamed_ns, clock_ns, limit_s)
        return "stalled", f"connected, and yet nothing came for {limit_s:g} s"


def whole_script(spec: DeviceSpec) -> list[Action]:
    """Return what to say after connecting: the connect script, and the start that it leaves out.

    Parameters
    ----------
    spec : DeviceSpec
        What the device is.
    """
    steps = script.connect(spec)
    return [*steps, *(action for action in script.start(spec) if action not in steps)]
