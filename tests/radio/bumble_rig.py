"""bleak over real ATT bytes: devices and a central meet on Bumble's virtual link."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bleak_on_bumble import backends
from bumble.device import Device
from bumble.hci import Address
from bumble_stage import BumbleStage

from insole.sim.virtual_air import ProgramController

if TYPE_CHECKING:
    from typing import Self

    from insole.transport.radio import Radio

CENTRAL = "C0:00:00:00:FF:01"


class BumbleRig(BumbleStage):
    """Satisfies `rig.RadioRig`; `speed` are seconds of device time in each real second."""

    name = "bumble"
    radio: Radio

    async def __aenter__(self) -> Self:
        controller = ProgramController("central", link=self.air.link)
        central = Device.with_hci("central", Address(CENTRAL), controller, controller)
        await central.power_on()
        self.client, self.scanner = backends(central, self.actors, self.air.lose)
        self.radio = _radio(self)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.air.close()
        await asyncio.sleep(0)  # what the controllers still had to say has been said


def _radio(rig: BumbleRig) -> Radio:
    from insole.transport.radio import Radio

    return Radio(rig.client, rig.scanner)
