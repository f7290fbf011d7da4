"""`broadcast`: devices on a transport that another program has the other end of."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys

import pytest

pytest.importorskip("bumble", reason='needs bumble (pip install "insole[peripheral]")')

from bleak import BleakClient, BleakScanner
from bleak_on_bumble import backends
from bumble.core import UUID
from bumble.device import Device, Peer
from bumble.hci import Address
from bumble.transport import open_transport
from steady import SteadyPeripheral, numbers

from insole.errors import LinkError
from insole.sim.air import broadcast
from insole.sim.virtual_air import ProgramController, VirtualAir
from insole.spec import load_spec

SPEC = load_spec("sim_insole")
INFO, FRAMES, COMMAND = (SPEC.gatt[name].characteristic for name in ("info", "frames", "command"))
COUNT = 50


def free_port():
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return asked.getsockname()[1]


async def on_air(devices, transport):
    """Broadcast, and return the task once the devices are on the air, and where they are."""
    ready = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(broadcast(devices, transport, ready.set_result))
    await asyncio.wait({task, ready}, return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        task.result()
    return task, {one.peripheral.role: one.address for one in ready.result()}


def test_program_that_takes_another_address_keeps_its_connections():
    """As Linux does for each scan."""

    async def whole():
        air = VirtualAir()
        await air.put(SteadyPeripheral(SPEC, "left"), "C0:00:00:00:00:0A")
        controller = ProgramController("other", link=air.link)
        central = Device.with_hci("other", Address("C0:00:00:00:FF:02"), controller, controller)
        await central.power_on()
        connection = await central.connect("C0:00:00:00:00:0A", timeout=5)
        controller.random_address = Address("C0:00:00:00:FF:03")
        async with asyncio.timeout(5):
            peer = Peer(connection)
            await peer.discover_all()
            (info,) = peer.get_characteristics_by_uuid(UUID(INFO))
            told = await info.read_value()
        await air.close()
        return told

    assert asyncio.run(whole()) == bytes([0, 16, 100, 0])


async def one_program(port, address):
    """Be a program with a Bluetooth stack of its own: connect, and take packets."""
    async with await open_transport(f"tcp-client:127.0.0.1:{port}") as hci:
        central = Device.with_hci("other", Address("C0:00:00:00:FF:02"), hci.source, hci.sink)
        await central.power_on()
        client, scanner = backends(central, {}, lambda _: None)
        device = await BleakScanner.find_device_by_address(address, backend=scanner)
        packets, enough = [], asyncio.Event()

        def take(_, octets):
            packets.append(bytes(octets))
            if len(packets) >= COUNT:
                enough.set()

        connection = BleakClient(device, backend=client)
        await connection.connect()
        await connection.start_notify(FRAMES, take)
        await connection.write_gatt_char(COMMAND, b"\x01", response=True)
        await enough.wait()
        name = device.name
    await asyncio.sleep(0.05)  # it left without a word; the server takes a moment to notice
    return name, numbers(packets)


def test_another_program_finds_and_hears_the_devices_and_so_does_the_next():
    async def whole():
        async with asyncio.timeout(30):
            port = free_port()
            devices = [SteadyPeripheral(SPEC, role, rate_hz=2000.0) for role in ("left", "right")]
            task, at = await on_air(devices, f"tcp-server:127.0.0.1:{port}")
            found = [await one_program(port, at["left"]) for _ in range(2)]
            found += [await one_program(port, at["right"])]
            task.cancel()
            return found

    found = asyncio.run(whole())
    assert [name for name, _ in found] == ["INSOLE-SIM-L", "INSOLE-SIM-L", "INSOLE-SIM-R"]
    for _, got in found:
        assert got == list(range(got[0], got[0] + len(got)))


@pytest.mark.parametrize(
    "transport",
    ["tcp-server:nowhere", "tcp-client:127.0.0.1:1", "usb:99", "pigeon", "serial:/none"],
)
def test_transport_that_does_not_open_is_an_error_that_names_it(transport):
    with pytest.raises(LinkError, match=transport.partition(":")[0]):
        asyncio.run(broadcast([SteadyPeripheral(SPEC, "left")], transport, lambda _: None))


def test_one_controller_plays_one_device():
    two = [SteadyPeripheral(SPEC, role) for role in ("left", "right")]
    with pytest.raises(LinkError, match=r"usb:0 can play one device at a time.* left, right"):
        asyncio.run(broadcast(two, "usb:0", lambda _: None))


def test_fault_of_a_device_ends_the_broadcast():
    class Broken(SteadyPeripheral):
        broken = False

        def advertisement(self, now_ns):
            if self.broken:
                raise ZeroDivisionError
            return super().advertisement(now_ns)

    async def whole():
        device = Broken(SPEC, "left")
        task, _ = await on_air([device], f"tcp-server:127.0.0.1:{free_port()}")
        device.broken = True
        await task

    with pytest.raises(ExceptionGroup) as caught:
        asyncio.run(whole())
    assert caught.group_contains(ZeroDivisionError)


def test_without_bumble_the_error_says_how_to_get_it():
    script = """
import sys
sys.modules['bumble'] = None
from insole.errors import LinkError
try:
    import insole.sim.air
except LinkError as error:
    print(error)
"""
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.startswith("radio: devices on the air need the package bumble")
    assert 'python -m pip install "insole[peripheral]"' in run.stdout
