"""In the guest: simulated devices on a virtual link, to which Linux gets a controller by /dev/vhci.

``guest.py SCENARIO SPEC [SEED]``; once the adapter is on, orders are taken at /run/rig/orders.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bumble.transport import open_transport
from bumble_stage import BumbleStage
from dbus_fast import BusType, Message, MessageType, Variant
from dbus_fast.aio import MessageBus
from orders import take_orders

from insole.sim.peripheral import peripherals
from insole.sim.virtual_air import ProgramController
from insole.spec import load_spec

ORDERS = Path("/run/rig/orders")
BLUEZ, ADAPTER = "org.bluez", "org.bluez.Adapter1"
OBJECTS, PROPERTIES = "org.freedesktop.DBus.ObjectManager", "org.freedesktop.DBus.Properties"
POLL_S = 0.2


async def main(scenario: str, spec: str, seed: str = "1") -> None:
    found, _ = peripherals(scenario, load_spec(spec), int(seed), repeat=True)
    devices = {f"C0:51:00:00:00:{index + 1:02X}": one for index, one in enumerate(found)}
    async with await open_transport("vhci") as hci:
        stage = BumbleStage()
        ProgramController("linux", hci.source, hci.sink, stage.air.link)
        say(f"switched on {await switch_on()}")
        async with take_orders(stage, devices, ORDERS):
            say("devices are on the air")
            await hci.source.terminated
            say("vhci has ended")


async def switch_on() -> str:
    """Switch on the first adapter, once bluetoothd has one; return its path."""
    bus = await MessageBus(bus_type=BusType.SYSTEM).connect()
    while True:
        objects = await bus.call(Message(BLUEZ, "/", OBJECTS, "GetManagedObjects"))
        if objects.message_type is MessageType.METHOD_RETURN:
            for path in (path for path, has in objects.body[0].items() if ADAPTER in has):
                body = [ADAPTER, "Powered", Variant("b", True)]
                done = await bus.call(
                    Message(BLUEZ, path, PROPERTIES, "Set", signature="ssv", body=body)
                )
                if done.message_type is MessageType.METHOD_RETURN:
                    bus.disconnect()
                    return path
        await asyncio.sleep(POLL_S)


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    asyncio.run(main(*sys.argv[1:]))
