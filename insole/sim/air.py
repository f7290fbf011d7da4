"""Simulated devices on the air: other programs and computers find them and connect to them.

Without hardware, devices and a program meet on a virtual link, to which the program gets a
controller of its own. A real controller, a dongle say, puts one device on the real air; that was
never tried on hardware.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from insole.errors import LinkError

try:
    from bumble.transport import open_transport

    from insole.sim.gatt_server import AirDevice
    from insole.sim.virtual_air import ProgramController, VirtualAir
except ModuleNotFoundError as missing:
    raise LinkError(
        "radio",
        f"devices on the air need the package {missing.name}, which is not installed; get it with: "
        'python -m pip install "insole[peripheral]"',
    ) from missing

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

    from bumble.transport.common import Transport

    from insole.sim.peripheral import Peripheral

FOR_PROGRAMS = ("vhci", "tcp-server", "unix-server", "ws-server", "pty")
"""Bumble's transports at whose other end a program, or Linux itself, looks for a controller."""
_HELP = {
    "vhci": "load the kernel's module (sudo modprobe hci_vhci), and run this as root",
    "usb": "plug the dongle in, and stop what else uses it",
    "tcp-server": "it is tcp-server:HOST:PORT, with a port that nobody else uses",
}
"""What to do about a transport that does not open."""


async def broadcast(
    peripherals: Sequence[Peripheral],
    transport: str,
    on_air: Callable[[list[AirDevice]], None],
    *,
    speed: float = 1.0,
) -> None:
    """Play devices on the air until cancelled.

    Parameters
    ----------
    peripherals : sequence of Peripheral
        The devices.
    transport : str
        In Bumble's words. One of `FOR_PROGRAMS` (``vhci``, ``tcp-server:127.0.0.1:9000``) gives a
        virtual controller to whatever is at its other end: with ``vhci``, Linux on this computer
        finds the devices as if they were real. Any other is a real controller, such as ``usb:0``,
        for one device; that was never tried.
    on_air : callable
        Called with the devices once they can be found.
    speed : float
        Seconds of device time in each real second.

    Raises
    ------
    LinkError
        If the transport cannot be opened, or a real controller is to play several devices.
    """
    virtual = transport.partition(":")[0] in FOR_PROGRAMS
    if not virtual and len(peripherals) > 1:
        roles = ", ".join(peripheral.role for peripheral in peripherals)
        problem = f"{transport} can play one device at a time, and there are {roles}; choose one"
        raise LinkError("radio", problem)
    async with _opened(transport) as hci_transport, AsyncExitStack() as stack:
        put = _put_on_virtual if virtual else _put_on_real
        devices = await put(peripherals, hci_transport, stack, speed)
        on_air(devices)
        await _until_one_ends(hci_transport.source.terminated, *(one.failed() for one in devices))
        raise LinkError("radio", f"{transport} has ended; start again when it is back")


async def _put_on_virtual(
    peripherals: Sequence[Peripheral], transport: Transport, stack: AsyncExitStack, speed: float
) -> list[AirDevice]:
    air = VirtualAir(speed)
    stack.push_async_callback(air.close)
    ProgramController("program", transport.source, transport.sink, air.link)
    return [await air.put(one, _address(index)) for index, one in enumerate(peripherals)]


async def _put_on_real(
    peripherals: Sequence[Peripheral], transport: Transport, stack: AsyncExitStack, speed: float
) -> list[AirDevice]:
    devices = []
    for index, one in enumerate(peripherals):
        device = AirDevice(one, transport.source, transport.sink, _address(index), speed=speed)
        stack.push_async_callback(device.stop)
        await device.start()
        devices.append(device)
    return devices


async def _until_one_ends(*awaited: Awaitable[None]) -> None:
    waiting = [asyncio.ensure_future(one) for one in awaited]
    try:
        done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for one in done:
            one.result()
    finally:
        for one in waiting:
            one.cancel()


def _address(index: int) -> str:
    """Return the address of a simulated device, the same each time: our choice."""
    return f"C0:51:00:00:00:{index + 1:02X}"


@asynccontextmanager
async def _opened(transport: str) -> AsyncIterator[Transport]:
    try:
        opened = await open_transport(transport)
    except Exception as error:
        help_for = _HELP.get(transport.partition(":")[0], "Bumble's manual lists its transports")
        problem = f"{transport} cannot be opened as a transport ({error!r}); {help_for}"
        raise LinkError("radio", problem) from error
    try:
        async with opened:
            yield opened
    finally:
        if server := getattr(opened, "server", None):  # which Bumble leaves open
            server.close()
