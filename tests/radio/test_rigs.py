"""The rigs keep their promise to unmodified bleak code: devices as their specs say, and trouble."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from functools import cache

import pytest
import rigs
from bleak import BleakClient, BleakScanner
from bleak.exc import BleakError, BleakGATTProtocolError
from bleak.exc import BleakGATTProtocolErrorCode as Code
from steady import SteadyPeripheral, numbers

from insole.sim.peripheral import peripherals
from insole.spec import list_specs, load_spec
from insole.spec.match import Advertisement, fits, match_spec

SPEC = load_spec("sim_insole")
INFO, FRAMES, COMMAND = (SPEC.gatt[name].characteristic for name in ("info", "frames", "command"))
LEFT, RIGHT = "C0:00:00:00:00:0A", "C0:00:00:00:00:0B"
START, STOP = b"\x01", b"\x00"
DEVICES = list_specs()
CONNECTED = [spec for spec in DEVICES if spec.gatt and spec.advertisement is None]
LONGEST_S = 60
"""What hangs ends with an error."""
BUSY = {"rate_hz": 2000.0}
"""A device that sends at once, whatever the time."""


@pytest.fixture(params=rigs.REAL)
def make(request):
    return request.param


def fresh(spec_id, scenario="quiet_stance"):
    """Return the first simulated device of a spec."""
    (device, *_), _ = peripherals(scenario, load_spec(spec_id), seed=1)
    return device


@cache
def used(spec_id):
    """Return one whose person may have ended; making one takes longer than looking at it."""
    return fresh(spec_id)


def play(make, body, speed=5.0):
    """Run a coroutine function with a rig, whose devices live faster than we."""

    async def whole():
        async with asyncio.timeout(LONGEST_S), make(speed=speed) as rig:
            await body(rig)

    asyncio.run(whole())


async def heard(rig, address, *, within_s=5.0):
    """Return device and advertisement of an address."""
    scanner = BleakScanner(backend=rig.radio.scanner)
    async with asyncio.timeout(within_s), scanner:
        async for device, said in scanner.advertisement_data():
            if device.address == address:
                return device, said
    return None


async def client(rig, address, **options):
    device, _ = await heard(rig, address)
    return BleakClient(device, backend=rig.radio.client, **options)


class Packets(list):
    """Collects notifications; `reach` waits for so many."""

    def __init__(self):
        super().__init__()
        self._more = asyncio.Event()

    def __call__(self, _, octets):
        self.append(bytes(octets))
        self._more.set()

    async def reach(self, count):
        while len(self) < count:
            self._more.clear()
            await self._more.wait()


async def started(connection, packets):
    await connection.start_notify(FRAMES, packets)
    await connection.write_gatt_char(COMMAND, START, response=True)


# Advertising and serving ------------------------------------------------------------------------


def test_devices_are_heard_with_name_services_and_address(make):
    async def body(rig):
        await rig.put(SteadyPeripheral(SPEC, "left"), LEFT)
        await rig.put(SteadyPeripheral(SPEC, "right"), RIGHT)
        for address, name in ((LEFT, "INSOLE-SIM-L"), (RIGHT, "INSOLE-SIM-R")):
            device, said = await heard(rig, address)
            assert (device.name, said.local_name) == (name, name)
            assert set(SPEC.match.looks[0].service) <= set(said.service_uuids)
            assert said.rssi < 0

    play(make, body)


def test_device_without_a_name_is_heard_all_the_same(make):
    async def body(rig):
        await rig.put(SteadyPeripheral(SPEC, "left"), LEFT, named=False)
        device, said = await heard(rig, LEFT)
        assert (device.name, said.local_name) == (None, None)

    play(make, body)


def test_every_device_advertises_what_its_own_spec_matches(make):
    async def body(rig):
        for index, spec in enumerate(DEVICES):
            await rig.put(used(spec.id), f"C0:00:00:00:01:{index:02X}")
        found = await BleakScanner.discover(0.5, return_adv=True, backend=rig.radio.scanner)
        for index, spec in enumerate(DEVICES):
            _, said = found[f"C0:00:00:00:01:{index:02X}"]
            told = Advertisement(
                said.local_name or "", tuple(said.service_uuids),
                said.manufacturer_data, said.service_data,
            )  # fmt: skip
            assert match_spec(told, DEVICES) is spec, spec.id
            assert fits(told, spec)

    play(make, body)


def test_every_device_serves_its_whole_gatt_table(make):
    async def body(rig):
        for index, spec in enumerate(CONNECTED):
            await rig.put(used(spec.id), f"C0:00:00:00:02:{index:02X}")
        found = await BleakScanner.discover(0.5, return_adv=True, backend=rig.radio.scanner)
        for index, spec in enumerate(CONNECTED):
            device, _ = found[f"C0:00:00:00:02:{index:02X}"]
            async with BleakClient(device, backend=rig.radio.client) as connection:
                for channel in spec.gatt.values():
                    served = connection.services.get_characteristic(channel.characteristic)
                    without = channel.use == "write" and not channel.response
                    wanted = "write-without-response" if without else channel.use
                    assert wanted in served.properties, (spec.id, channel.name)
                    assert channel.service in ("", served.service_uuid)

    play(make, body)


def test_battery_is_read_from_the_battery_service(make):
    async def body(rig):
        await rig.put(used("brilliant_sole"), LEFT)
        async with await client(rig, LEFT) as connection:
            battery = connection.services.get_characteristic("2a19")
            assert battery.service_uuid.startswith("0000180f")
            (percent,) = await connection.read_gatt_char(battery)
            assert 0 < percent <= 100

    play(make, body)


def test_readings_that_are_advertised_change_on_the_air(make):
    async def body(rig):
        await rig.put(fresh("wh_c06", "raise_double"), LEFT)
        seen = set()
        scanner = BleakScanner(backend=rig.radio.scanner)
        async with asyncio.timeout(10), scanner:
            async for _, said in scanner.advertisement_data():
                seen.add(said.manufacturer_data[256])
                if len(seen) >= 5:
                    break

    play(make, body, speed=20.0)


# Talking and streaming --------------------------------------------------------------------------


def test_packets_arrive_as_sent_and_stop_when_told(make):
    async def body(rig):
        device = SteadyPeripheral(SPEC, "left", **BUSY)
        await rig.put(device, LEFT)
        async with await client(rig, LEFT) as connection:
            packets = Packets()
            assert await connection.read_gatt_char(INFO) == bytes([0, 16, 100, 0])
            await started(connection, packets)
            await packets.reach(100)
            await connection.write_gatt_char(COMMAND, STOP, response=True)
            await connection.stop_notify(FRAMES)
            assert device.written == [START, STOP]
            assert {len(packet) for packet in packets} == {181}
            assert [("frames", packet) for packet in packets] == rig.sent(LEFT)

    play(make, body)


def stream_of_two(make, count):
    async def one(connection):
        packets = Packets()
        await started(connection, packets)
        await packets.reach(count)
        return packets

    async def body(rig):
        for address, role in ((LEFT, "left"), (RIGHT, "right")):
            await rig.put(SteadyPeripheral(SPEC, role, rate_hz=0, count=count), address)
        async with await client(rig, LEFT) as left, await client(rig, RIGHT) as right:
            both = await asyncio.gather(one(left), one(right))
        for address, packets in zip((LEFT, RIGHT), both, strict=True):
            assert numbers(packets) == list(range(count))
            assert [octets for _, octets in rig.sent(address)] == packets

    play(make, body)


def test_two_streams_lose_and_swap_nothing(make):
    stream_of_two(make, 1_000)


@pytest.mark.slow
def test_two_long_streams_lose_and_swap_nothing(make):
    stream_of_two(make, 50_000)


def test_indications_arrive(make):
    async def body(rig):
        spec = load_spec("sig_weight_scale")
        await rig.put(fresh(spec.id), LEFT)
        async with await client(rig, LEFT) as connection:
            packets = Packets()
            await connection.start_notify(spec.gatt["weight"].characteristic, packets)
            await packets.reach(1)
            assert rig.sent(LEFT)[0] == ("weight", packets[0])

    play(make, body, speed=50.0)


def test_refused_write_is_told(make):
    async def body(rig):
        await rig.put(SteadyPeripheral(SPEC, "left"), LEFT)
        async with await client(rig, LEFT) as connection:
            with pytest.raises(BleakError, match=r"(?i)write not permitted"):
                await connection.write_gatt_char(COMMAND, b"", response=True)
            assert connection.is_connected

    play(make, body)


# Trouble ----------------------------------------------------------------------------------------


def test_lost_link_is_told_at_once_and_can_be_made_anew(make):
    async def body(rig):
        device = SteadyPeripheral(SPEC, "left", **BUSY)
        await rig.put(device, LEFT)
        gone, packets = asyncio.Event(), Packets()
        connection = await client(rig, LEFT, disconnected_callback=lambda _: gone.set())
        await connection.connect()
        await started(connection, packets)
        await packets.reach(20)
        await rig.lose(LEFT)
        await gone.wait()
        assert not connection.is_connected
        with pytest.raises(BleakError):
            await connection.write_gatt_char(COMMAND, START, response=True)
        await connection.disconnect()
        count = len(packets)
        async with await client(rig, LEFT) as again:
            await started(again, packets)
            await packets.reach(count + 20)
        assert device.connections == 2
        assert numbers(packets) == sorted(set(numbers(packets)))

    play(make, body)


@pytest.mark.parametrize("call", [0, 1, 2, 3])
def test_link_is_lost_just_before_a_call_and_only_once(make, call):
    async def say(connection):
        await connection.read_gatt_char(INFO)
        await started(connection, Packets())
        await connection.stop_notify(FRAMES)

    async def body(rig):
        device = SteadyPeripheral(SPEC, "left")
        await rig.put(device, LEFT)
        rig.lose_at(LEFT, call)
        connection = await client(rig, LEFT)
        await connection.connect()
        with pytest.raises(BleakError):
            await say(connection)
        assert len(device.written) == (call > 2)
        with suppress(BleakError):
            await connection.disconnect()
        async with await client(rig, LEFT) as again:
            await say(again)

    play(make, body)


def test_silent_device_stays_connected_and_keeps_nothing(make):
    async def body(rig):
        device = SteadyPeripheral(SPEC, "left", **BUSY)
        await rig.put(device, LEFT)
        async with await client(rig, LEFT) as connection:
            packets = Packets()
            await started(connection, packets)
            await packets.reach(10)
            rig.silence(LEFT)
            sent, made = len(rig.sent(LEFT)), device.made
            while device.made < made + 50:  # noqa: ASYNC110 - the device knows of no loop
                await asyncio.sleep(0.001)
            assert len(rig.sent(LEFT)) == sent
            assert connection.is_connected
            rig.silence(LEFT, silent=False)
            await packets.reach(sent + 10)
            assert numbers(packets)[sent] >= made + 50

    play(make, body)


def test_refused_connections_fail_and_then_one_succeeds(make):
    async def body(rig):
        await rig.put(SteadyPeripheral(SPEC, "left"), LEFT)
        rig.refuse_connections(LEFT, 2)
        for _ in range(2):
            with pytest.raises(BleakError):
                await (await client(rig, LEFT)).connect()
        async with await client(rig, LEFT) as connection:
            assert connection.is_connected

    play(make, body)


def test_refused_pairing_lets_reading_and_nothing_else(make):
    async def body(rig):
        device = SteadyPeripheral(SPEC, "left", **BUSY)
        await rig.put(device, LEFT)
        rig.refuse_pairing(LEFT)
        async with await client(rig, LEFT) as connection:
            await connection.read_gatt_char(INFO)
            with pytest.raises(BleakGATTProtocolError) as refused:
                await connection.start_notify(FRAMES, Packets())
            assert refused.value.code in (Code.INSUFFICIENT_AUTHENTICATION, Code.UNLIKELY_ERROR)
        async with await client(rig, LEFT) as connection:
            with pytest.raises(BleakError):
                await connection.write_gatt_char(COMMAND, START, response=True)
        async with await client(rig, LEFT) as connection:
            with pytest.raises(BleakError):
                await connection.pair()
        assert (device.written, rig.sent(LEFT)) == ([], [])

    play(make, body)


def test_device_that_is_switched_off_cannot_be_reached(make):
    async def body(rig):
        await rig.put(SteadyPeripheral(SPEC, "left"), LEFT)
        gone = asyncio.Event()
        connection = await client(
            rig, LEFT, disconnected_callback=lambda _: gone.set(), timeout=0.3
        )
        await connection.connect()
        await rig.remove(LEFT)
        await gone.wait()
        await connection.disconnect()
        with pytest.raises((BleakError, TimeoutError)):
            await connection.connect()
        with pytest.raises(TimeoutError):
            await heard(rig, LEFT, within_s=0.3)
        await rig.put(SteadyPeripheral(SPEC, "left"), LEFT)
        async with await client(rig, LEFT) as again:
            assert again.is_connected

    play(make, body)
