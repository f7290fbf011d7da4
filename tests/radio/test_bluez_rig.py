"""The rig as a program, orders from outside, and computers whose Bluetooth does not work."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import rigs
from bleak import BleakAdapter, BleakClient, BleakScanner
from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakDBusError,
)
from orders import give, take_orders
from steady import SteadyPeripheral

from insole.spec import load_spec

pytestmark = pytest.mark.skipif(bool(rigs.why_no_bluez()), reason=rigs.why_no_bluez())

SPEC = load_spec("sim_insole")
FRAMES, COMMAND = (SPEC.gatt[name].characteristic for name in ("frames", "command"))
LEFT = "C0:00:00:00:00:0A"
PROGRAM = Path(__file__).with_name("bluez_rig.py")
LOOK_AROUND = """
import asyncio
from bleak import BleakAdapter, BleakClient, BleakScanner
print(sorted(device.name for device in asyncio.run(BleakScanner.discover(0.3))))
raise SystemExit(7)
"""
WAIT = """
import signal, sys
signal.signal(signal.SIGINT, lambda *_: sys.exit(9))
print("waiting", flush=True)
signal.pause()
"""


def launched(*options, script):
    command = [sys.executable, PROGRAM, *options, "--", sys.executable, "-c", script]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_unmodified_program_finds_the_devices_and_its_status_is_passed_on():
    with launched("quiet_stance", "sim_insole", script=LOOK_AROUND) as run:
        out, err = run.communicate(timeout=60)
    assert (run.returncode, out) == (7, "['INSOLE-SIM-L', 'INSOLE-SIM-R']\n")
    assert err.splitlines()[-2:] == ["left: 0 packets sent", "right: 0 packets sent"]


def test_signals_reach_the_program():
    with launched("quiet_stance", "sim_insole", "--roles", "left", script=WAIT) as run:
        assert run.stdout.readline() == "waiting\n"
        run.send_signal(signal.SIGINT)
        run.communicate(timeout=60)
    assert run.returncode == 9


def test_without_a_program_it_says_what_is_missing(capsys):
    from bluez_rig import main

    with pytest.raises(SystemExit, match="2"):
        main(["demo", "sim_insole"])
    assert "-- PROGRAM is missing" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("state", "error", "says"),
    [
        ("off", BleakBluetoothNotAvailableError, BleakBluetoothNotAvailableReason.POWERED_OFF),
        ("absent", BleakBluetoothNotAvailableError, BleakBluetoothNotAvailableReason.NO_BLUETOOTH),
        ("no-service", BleakDBusError, "org.freedesktop.DBus.Error.ServiceUnknown"),
        ("no-bus", FileNotFoundError, None),
    ],
)
def test_bluetooth_that_does_not_work_shows_as_it_does_on_linux(state, error, says):
    async def whole():
        async with rigs.bluez_rig(state=state):
            await BleakScanner.discover(0.1)

    with pytest.raises(error) as caught:
        asyncio.run(whole())
    told = {
        BleakBluetoothNotAvailableError: lambda it: it.reason,
        BleakDBusError: lambda it: it.dbus_error,
    }
    assert told.get(error, lambda _: None)(caught.value) == says


async def streaming(rig, packets):
    device = await BleakScanner.find_device_by_address(LEFT)
    connection = BleakClient(device)
    await connection.connect()
    await connection.start_notify(FRAMES, lambda _, octets: packets.append(octets))
    await connection.write_gatt_char(COMMAND, b"\x01", response=True)
    while not packets:
        await rig.bluez.settled()
    return connection


def test_device_of_a_killed_program_stays_connected_and_silent_and_can_be_had_again():
    async def whole():
        async with rigs.bluez_rig(speed=5.0) as rig:
            await rig.put(SteadyPeripheral(SPEC, "left", rate_hz=1000.0), LEFT)
            killed = await streaming(rig, [])
            killed._backend._bus.disconnect()
            while rig.bluez.devices[LEFT].by_channel["frames"].notifying:
                await rig.bluez.settled()
            assert await BleakScanner.discover(0.1) == []
            (device,) = await (await BleakAdapter.get()).get_connected_devices()
            packets = []
            async with BleakClient(device) as again:
                await again.start_notify(FRAMES, lambda _, octets: packets.append(octets))
                await again.write_gatt_char(COMMAND, b"\x01", response=True)
                while not packets:
                    await rig.bluez.settled()

    asyncio.run(whole())


def test_death_of_bluetoothd_is_told_to_nobody():
    async def whole():
        async with rigs.bluez_rig(speed=5.0) as rig:
            await rig.put(SteadyPeripheral(SPEC, "left", rate_hz=1000.0), LEFT)
            packets = []
            connection = await streaming(rig, packets)
            await rig.bluetoothd_dies()
            sent = len(rig.sent(LEFT))
            assert connection.is_connected
            with pytest.raises(BleakDBusError, match="ServiceUnknown"):
                await connection.stop_notify(FRAMES)
            with pytest.raises(BleakDBusError, match="ServiceUnknown"):
                await connection.disconnect()
            assert len(rig.sent(LEFT)) == sent
            await rig.bluetoothd_returns()
            await (await streaming(rig, [])).disconnect()

    asyncio.run(whole())


def test_orders_are_carried_out_and_answered(tmp_path):
    async def whole():
        async with rigs.bluez_rig() as rig:
            devices = {LEFT: SteadyPeripheral(SPEC, "left")}
            async with take_orders(rig, devices, tmp_path / "orders"):
                socket = str(tmp_path / "orders")
                answers = [await give(order, socket) for order in ORDERS]
                assert rig.bluez.devices[LEFT].actor.refusals == 0  # put anew, it knows of none
                return answers

    answers = asyncio.run(whole())
    assert answers[:-2] == [{"left": 0}] * (len(ORDERS) - 2)
    assert [set(answer) for answer in answers[-2:]] == [{"refused"}] * 2


ORDERS = [
    "sent", "refuse left 2", "unpaired left", "silence left", "speak left", "lose left",
    "off left", "on left", "lose right", "jump",
]  # fmt: skip


def test_environment_is_as_before_once_the_rig_is_gone(monkeypatch):
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nowhere")

    async def whole():
        async with rigs.bluez_rig() as rig:
            assert os.environ["DBUS_SYSTEM_BUS_ADDRESS"] == rig.bus_address

    asyncio.run(whole())
    assert os.environ["DBUS_SYSTEM_BUS_ADDRESS"] == "unix:path=/nowhere"


def test_orders_are_given_from_the_command_line(tmp_path):
    async def whole():
        async with rigs.bluez_rig() as rig:
            devices = {LEFT: SteadyPeripheral(SPEC, "left")}
            async with take_orders(rig, devices, tmp_path / "orders"):
                order = await asyncio.create_subprocess_exec(
                    sys.executable, PROGRAM.with_name("orders.py"), "silence", "left",
                    stdout=asyncio.subprocess.PIPE,
                    env=os.environ | {"INSOLE_RIG_ORDERS": str(tmp_path / "orders")},
                )  # fmt: skip
                out, _ = await order.communicate()
                return rig.bluez.devices[LEFT].actor.silent, json.loads(out)

    assert asyncio.run(whole()) == (True, {"left": 0})
