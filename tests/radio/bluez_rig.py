"""bleak's own BlueZ backend, unmodified, against a stand-in for bluetoothd on a private bus.

As a program it runs another one in reach of simulated devices::

    python tests/radio/bluez_rig.py demo sim_insole -- insole record --duration 10
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
import tempfile
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from fake_bluez import FakeBluez
from orders import VARIABLE, take_orders
from private_bus import ADDRESS_VARIABLE, private_bus
from stage import Actor

if TYPE_CHECKING:
    from typing import Self

    from insole.sim.peripheral import Peripheral
    from insole.transport.radio import Radio

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
STATES = ("on", "off", "absent", "no-service", "no-bus")
"""What may be of Bluetooth: an adapter, one switched off, none; no bluetoothd; no D-Bus."""


class BluezRig:
    """Satisfies `rig.RadioRig`; `speed` are seconds of device time in each real second."""

    name = "bluez"
    radio: Radio

    def __init__(self, *, speed: float = 1.0, state: str = "on") -> None:
        self.bluez = FakeBluez(speed=speed, adapter=state != "absent", powered=state != "off")
        self.bus_address = ""
        self._state = state
        self._stage: dict[str, Actor] = {}
        self._stack = AsyncExitStack()
        self._was = os.environ.get(ADDRESS_VARIABLE)

    async def __aenter__(self) -> Self:
        self.bus_address = await self._stack.enter_async_context(private_bus())
        if self._state == "no-bus":
            self.bus_address = "unix:path=/nowhere/bus"
        elif self._state != "no-service":
            await self.bluez.serve(self.bus_address)
            self._stack.push_async_callback(self.bluez.close)
        os.environ[ADDRESS_VARIABLE] = self.bus_address
        self.radio = _radio()
        return self

    async def __aexit__(self, *_: object) -> None:
        await _let_go_of_the_bus()
        if self._was is None:
            del os.environ[ADDRESS_VARIABLE]
        else:
            os.environ[ADDRESS_VARIABLE] = self._was
        await self._stack.aclose()

    async def put(self, peripheral: Peripheral, address: str, *, named: bool = True) -> None:
        self._stage[address] = Actor(peripheral, address, named=named)
        self.bluez.put(self._stage[address])

    async def remove(self, address: str) -> None:
        self.bluez.remove(address)
        await self._settled()

    async def lose(self, address: str) -> None:
        self.bluez.lose(address)
        await self._settled()

    def silence(self, address: str, *, silent: bool = True) -> None:
        self._stage[address].silent = silent

    def refuse_connections(self, address: str, count: int) -> None:
        self._stage[address].refusals = count

    def refuse_pairing(self, address: str) -> None:
        self._stage[address].pairing_refused = True

    def lose_at(self, address: str, call: int) -> None:
        self._stage[address].lose_at(call)

    def sent(self, address: str) -> list[tuple[str, bytes]]:
        return self._stage[address].sent

    async def bluetoothd_dies(self) -> None:
        """Kill the service: nobody is told, and links are gone."""
        await self.bluez.die()

    async def bluetoothd_returns(self) -> None:
        await self.bluez.serve(self.bus_address)

    async def _settled(self) -> None:
        """Wait until those who listen have heard."""
        await self.bluez.settled()
        await asyncio.sleep(0)


def _radio() -> Radio:
    from insole.transport.radio import Radio

    return Radio()


async def _let_go_of_the_bus() -> None:
    """Let bleak's one connection to the bus end before the bus does."""
    from bleak.backends.bluezdbus import manager

    known = manager._global_instances.pop(asyncio.get_running_loop(), None)
    if known and known._bus:
        known._bus.disconnect()
        with suppress(EOFError):
            await known._bus.wait_for_disconnect()


# As a program ------------------------------------------------------------------------------------


async def run(options: argparse.Namespace, command: list[str]) -> int:
    """Run a program in reach of devices, and return its exit status."""
    from insole.sim.peripheral import peripherals
    from insole.spec import load_spec

    roles = options.roles.split(",") if options.roles else None
    spec = load_spec(options.spec)
    found, _ = peripherals(options.scenario, spec, options.seed, roles, repeat=options.repeat)
    devices = {f"C0:51:00:00:00:{index + 1:02X}": one for index, one in enumerate(found)}
    async with AsyncExitStack() as stack:
        rig = await stack.enter_async_context(
            BluezRig(speed=options.speed, state=options.bluetooth)
        )
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        orders = options.orders or Path(folder, "orders")
        await stack.enter_async_context(take_orders(rig, devices, orders))
        environment = {ADDRESS_VARIABLE: rig.bus_address, VARIABLE: str(orders)}
        program = await asyncio.create_subprocess_exec(*command, env=os.environ | environment)
        for number in SIGNALS:
            asyncio.get_running_loop().add_signal_handler(number, _pass_on, program, number)
        status = await program.wait()
        for address, device in devices.items():
            sys.stderr.write(f"{device.role}: {len(rig.sent(address))} packets sent\n")
    return status if status >= 0 else 128 - status


def _pass_on(program: asyncio.subprocess.Process, number: int) -> None:
    """Send a signal on to the program; what a terminal sends, it has got already."""
    if number != signal.SIGTERM and os.isatty(sys.stdin.fileno()):
        return
    with suppress(ProcessLookupError):
        program.send_signal(number)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description="Run PROGRAM in reach of simulated devices.")
    parser.add_argument("scenario")
    parser.add_argument("spec")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--roles", help="comma between them; default: all that the device has")
    parser.add_argument("--repeat", action="store_true", help="begin again at the scenario's end")
    parser.add_argument("--speed", type=float, default=1.0, help="device time in each real second")
    parser.add_argument("--orders", type=Path, help="socket for orders; also in the environment")
    parser.add_argument("--bluetooth", choices=STATES, default="on")
    if "--" not in arguments:
        parser.error("-- PROGRAM is missing")
    split = arguments.index("--")
    return asyncio.run(run(parser.parse_args(arguments[:split]), arguments[split + 1 :]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
