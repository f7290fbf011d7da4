"""Simulated devices on Bumble's virtual link, with trouble on demand; listeners come beside it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bumble.att import Attribute
from bumble.gatt import GATT_CLIENT_CHARACTERISTIC_CONFIGURATION_DESCRIPTOR, Characteristic
from bumble.pairing import PairingConfig, PairingDelegate
from stage import Actor

from insole.sim.virtual_air import VirtualAir

if TYPE_CHECKING:
    from bumble.device import Connection

    from insole.sim.peripheral import Peripheral

_WRITTEN = Characteristic.WRITE | Characteristic.WRITE_WITHOUT_RESPONSE


class BumbleStage:
    """All of `rig.RadioRig` but its radio; to be made inside an event loop."""

    def __init__(self, *, speed: float = 1.0) -> None:
        self.air = VirtualAir(speed)
        self.actors: dict[str, Actor] = {}

    async def put(self, peripheral: Peripheral, address: str, *, named: bool = True) -> None:
        actor = self.actors[address] = Actor(peripheral, address, named=named)
        on_air = await self.air.put(actor, address)
        on_air.device.on("connection", lambda _: actor.refuses() and self.air.lose(address))

    async def remove(self, address: str) -> None:
        await self.air.remove(address)

    async def lose(self, address: str) -> None:
        self.air.lose(address)
        for _ in range(3):  # controllers tell their hosts in the loop's next turns
            await asyncio.sleep(0)

    def silence(self, address: str, *, silent: bool = True) -> None:
        self.actors[address].silent = silent

    def refuse_connections(self, address: str, count: int) -> None:
        self.actors[address].refusals = count

    def refuse_pairing(self, address: str) -> None:
        device = self.air.devices[address].device
        device.pairing_config_factory = _no_pairing
        for attribute in device.gatt_server.attributes:
            if _is_written(attribute):
                attribute.permissions |= Attribute.WRITE_REQUIRES_AUTHENTICATION

    def lose_at(self, address: str, call: int) -> None:
        self.actors[address].lose_at(call)

    def sent(self, address: str) -> list[tuple[str, bytes]]:
        return self.actors[address].sent


def _is_written(attribute: Attribute) -> bool:
    if isinstance(attribute, Characteristic):
        return bool(attribute.properties & _WRITTEN)
    return attribute.type == GATT_CLIENT_CHARACTERISTIC_CONFIGURATION_DESCRIPTOR


class _Refusing(PairingDelegate):
    async def accept(self) -> bool:
        return False


def _no_pairing(_: Connection) -> PairingConfig:
    return PairingConfig(delegate=_Refusing())
