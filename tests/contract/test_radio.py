"""What a link over bleak holds, on every radio that needs no hardware, with unmodified bleak."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from itertools import count

import pytest
import rigs
from bleak import BleakClient
from bleak_backend import InProcessRig
from steady import SteadyPeripheral, numbers

from insole.errors import LinkError
from insole.sim.peripheral import peripherals
from insole.spec import list_specs, load_spec
from insole.spec.model import ChannelSpec
from insole.transport import rig as links_rig
from insole.transport.advert import AdvertLink
from insole.transport.base import LinkEvent, Notification
from insole.transport.ble import BleLink
from insole.transport.patience import Patience
from insole.transport.scan import UNHEARD_DBM, find, scan

SPEC = load_spec("sim_insole")
SPECS = list_specs()
LEFT, RIGHT, OTHER = (f"C0:00:00:00:00:0{letter}" for letter in "ABC")
SCRIPT_CALLS = 3
"""Calls of bleak that the script of `sim_insole` takes: read, start_notify, write."""
LONGEST_S = 60
"""What hangs ends with an error."""
QUICK = Patience(open_s=20, give_up_s=20, pause_s=0.02, longest_pause_s=0.1, silence_s=30)
"""For devices that are there; pauses are short, so that nobody waits."""
BATTERY = ChannelSpec("battery", "00002a19-0000-1000-8000-00805f9b34fb", "read")


def in_process_rig() -> InProcessRig:
    return InProcessRig()


@pytest.fixture(params=[pytest.param(in_process_rig, id="in_process"), *rigs.REAL])
def make(request):
    return request.param


def play(make, body):
    """Run a coroutine function with a rig."""

    async def whole():
        async with asyncio.timeout(LONGEST_S), make() as rig:
            await body(rig)

    asyncio.run(whole())


def clock():
    """Return a clock of a recording: it begins at 0."""
    start_ns = time.monotonic_ns()
    return lambda: time.monotonic_ns() - start_ns


def link(rig, address, role="left", *, spec=SPEC, patience=QUICK, clock_ns=None):
    return BleLink(role, spec, address, rig.radio, clock_ns=clock_ns or clock(), patience=patience)


class Got(list):
    """All that links gave, while a test waits for what it needs."""

    def events(self, role="left"):
        return [item.kind for item in self if isinstance(item, LinkEvent) and item.role == role]

    def frames(self, role="left"):
        return numbers([n.payload for n in self.packets(role) if n.channel == "frames"])

    def packets(self, role="left"):
        return [item for item in self if isinstance(item, Notification) and item.role == role]

    async def until(self, links, enough):
        """Run links until enough has come, then stop them as Ctrl-C does."""
        came = asyncio.Event()

        async def deliver(batch):
            self.extend(batch)
            if enough(self):
                came.set()

        running = asyncio.create_task(links_rig.run(links, deliver))
        waiting = asyncio.create_task(came.wait())
        await asyncio.wait((running, waiting), return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        running.cancel()
        await asyncio.wait((running, waiting))
        if not running.cancelled():
            running.result()
        return self


def sent(rig, address):
    return numbers([payload for channel, payload in rig.sent(address) if channel == "frames"])


# Scanning ---------------------------------------------------------------------------------------


def test_devices_are_found_and_known(make):
    async def body(rig):
        await rig.put(SteadyPeripheral(SPEC, "left"), LEFT)
        await rig.put(SteadyPeripheral(SPEC, "right"), RIGHT)
        found = await scan(rig.radio, SPECS, timeout_s=20, enough=lambda some: len(some) == 2)
        by_address = {one.address: one for one in found}
        assert by_address.keys() == {LEFT, RIGHT}
        assert {one.spec_id for one in found} == {"sim_insole"}
        assert by_address[LEFT].name == "INSOLE-SIM-L"
        assert all(one.rssi_dbm < 0 for one in found)

    play(make, body)


def test_a_device_that_tells_no_name_is_known_by_its_service(make):
    async def body(rig):
        spec = load_spec("brilliant_sole")
        (device, *_), _ = peripherals("quiet_stance", spec, seed=1)
        await rig.put(device, LEFT, named=False)
        found = await scan(rig.radio, SPECS, timeout_s=20, enough=bool)
        assert [(one.spec_id, one.name) for one in found] == [("brilliant_sole", "")]
        one = link(rig, LEFT, None, spec=spec)
        got = await Got().until([one], lambda got: len(got.packets()) > 5)
        assert got.events() == ["connected"]

    play(make, body)


def test_a_device_that_is_not_there_is_a_sentence_with_what_helps(make):
    async def body(rig):
        missing = link(rig, LEFT, patience=Patience(find_s=0.1, open_s=0.15, pause_s=0.02))
        with pytest.raises(LinkError, match=r"left: .*does not answer; step on it .*charge it"):
            await missing.open()

    play(make, body)


# Connecting, the script, the stream ---------------------------------------------------------------


def test_the_script_is_carried_out_and_everything_recorded_in_order(make):
    async def body(rig):
        device = SteadyPeripheral(SPEC, "left", rate_hz=1000)
        await rig.put(device, LEFT)
        one = link(rig, LEFT, None)
        got = await Got().until([one], lambda got: len(got.frames()) >= 50)
        assert isinstance(got[0], LinkEvent)
        assert got.events() == ["connected"]
        assert [packet.channel for packet in got.packets()][:2] == ["info", "frames"]
        assert got.packets()[0].payload == bytes([0, 16, 100, 0])
        assert got.frames() == sent(rig, LEFT)[: len(got.frames())]
        assert device.written == [b"\x01", b"\x00"]  # started; stopped before parting
        assert (one.role, one.side) == ("left", "left")
        times = [item.host_time_ns for item in got]
        assert times == sorted(times)

    play(make, body)


@pytest.mark.parametrize("number", [2000, pytest.param(10_000, marks=pytest.mark.slow)])
def test_of_many_packets_from_two_devices_none_is_lost_doubled_or_out_of_order(make, number):
    async def body(rig):
        for role, address in (("left", LEFT), ("right", RIGHT)):
            await rig.put(SteadyPeripheral(SPEC, role, rate_hz=0, count=number), address)
        links = [link(rig, LEFT, None), link(rig, RIGHT, None)]
        got = await Got().until(links, lambda got: len(got) == 2 * (1 + 1 + number))
        for role, address in (("left", LEFT), ("right", RIGHT)):
            assert got.frames(role) == list(range(number)) == sent(rig, address)

    play(make, body)


def test_the_insoles_tell_which_is_which(make):
    async def body(rig):
        await rig.put(SteadyPeripheral(SPEC, "right"), LEFT)
        one = link(rig, LEFT, None)
        await one.open()
        assert one.role == "right"
        assert {item.role for item in one.arrived()} == {"right"}
        await one.close()

    play(make, body)


def test_battery_and_name_of_a_device_whose_spec_does_not_ask(make):
    async def body(rig):
        class Charged(SteadyPeripheral):
            def read(self, channel, now_ns):
                return bytes([73]) if channel == "battery" else super().read(channel, now_ns)

        await rig.put(Charged(replace(SPEC, gatt={**SPEC.gatt, "battery": BATTERY}), "left"), LEFT)
        one = link(rig, LEFT, spec=_without_battery())
        await one.open()
        assert one.info["battery_percent"] == 73
        assert one.info["name"] == "INSOLE-SIM-L"
        assert one.info["mtu"] >= 23
        assert all(packet.channel != "battery" for packet in one.arrived()[1:])
        await one.close()

    play(make, body)


def _without_battery():
    """Return a spec whose messages do not tell the charge."""
    messages = tuple(
        replace(m, header=tuple(f for f in m.header if f.role != "battery")) for m in SPEC.messages
    )
    return replace(SPEC, messages=messages)


def test_battery_that_the_spec_asks_for(make):
    async def body(rig):
        spec = load_spec("pitchsix_forceboard")
        (device, *_), _ = peripherals("quiet_stance", spec, seed=1)
        await rig.put(device, LEFT)
        one = link(rig, LEFT, "plate", spec=spec)
        got = await Got().until([one], lambda got: len(got.packets("plate")) > 5)
        assert got.packets("plate")[0].channel == "battery"
        assert one.info["battery_percent"] == got.packets("plate")[0].payload[0]

    play(make, body)


# What goes wrong --------------------------------------------------------------------------------


def test_a_device_of_another_kind_is_a_sentence(make):
    async def body(rig):
        await rig.put(SteadyPeripheral(SPEC, "left"), LEFT)
        wrong = link(rig, LEFT, "plate", spec=load_spec("tindeq_progressor"))
        with pytest.raises(LinkError, match=r"plate: this is no Tindeq.* lacks .*insole scan"):
            await wrong.open()
        await wrong.close()

    play(make, body)


def test_a_refused_pairing_is_a_sentence(make):
    """Most systems say what they want; BlueZ tries to pair by itself and then says nothing."""

    async def body(rig):
        await rig.put(SteadyPeripheral(SPEC, "left"), LEFT)
        rig.refuse_pairing(LEFT)
        with pytest.raises(LinkError, match=r"left: subscribing to frames .*; pair it in the sys"):
            await link(rig, LEFT, patience=replace(QUICK, open_s=0.5)).open()

    play(make, body)


def test_connections_that_fail_are_tried_again(make):
    async def body(rig):
        await rig.put(SteadyPeripheral(SPEC, "left", rate_hz=1000), LEFT)
        rig.refuse_connections(LEFT, 2)
        got = await Got().until([link(rig, LEFT)], lambda got: len(got.frames()) > 5)
        assert got.events()[-1] in {"connected", "reconnected"}
        assert got.frames() == sent(rig, LEFT)[: len(got.frames())]

    play(make, body)


@pytest.mark.parametrize("call", range(SCRIPT_CALLS))
def test_a_link_that_is_lost_during_the_script_begins_anew(make, call):
    async def body(rig):
        device = SteadyPeripheral(SPEC, "left", rate_hz=1000)
        await rig.put(device, LEFT)
        rig.lose_at(LEFT, call)
        got = await Got().until([link(rig, LEFT)], lambda got: len(got.frames()) > 5)
        assert got.events() == ["connected", "lost", "reconnected"]
        assert device.connections == 2
        seam = got.index(next(item for item in got if getattr(item, "kind", "") == "reconnected"))
        assert [packet.channel for packet in Got(got[seam:]).packets()][:2] == ["info", "frames"]
        assert got.frames() == sent(rig, LEFT)[: len(got.frames())]

    play(make, body)


@pytest.mark.parametrize(
    "call", [pytest.param(0, marks=pytest.mark.slow), 1, pytest.param(2, marks=pytest.mark.slow)]
)
def test_a_link_that_is_lost_again_while_it_comes_back_comes_back_all_the_same(make, call):
    async def body(rig):
        device = SteadyPeripheral(SPEC, "left", rate_hz=1000)
        await rig.put(device, LEFT)

        async def deliver(batch):
            got.extend(batch)
            if len(got.frames()) > 10 and next(steps) == 0:
                rig.lose_at(LEFT, call)
                await rig.lose(LEFT)
            if len(got.frames()) > 60 and device.connections == 3:
                raise InterruptedError

        got, steps = Got(), count()
        with pytest.raises(ExceptionGroup):
            await links_rig.run([link(rig, LEFT)], deliver)
        assert got.events() == ["connected", "lost", "reconnected", "lost", "reconnected"]
        assert got.frames() == sorted(set(got.frames()))  # nothing twice

    play(make, body)


def test_a_lost_link_comes_back_and_the_other_goes_on_meanwhile(make):
    async def body(rig):
        for role, address in (("left", LEFT), ("right", RIGHT)):
            await rig.put(SteadyPeripheral(SPEC, role, rate_hz=500), address)
        links = [link(rig, LEFT, None), link(rig, RIGHT, None)]

        async def deliver(batch):
            got.extend(batch)
            if len(got.frames()) > 20 and next(steps) == 0:
                await rig.lose(LEFT)
            if "reconnected" in got.events() and len(got.frames()) > 60:
                raise InterruptedError

        got, steps = Got(), count()
        with pytest.raises(ExceptionGroup):
            await links_rig.run(links, deliver)
        assert got.events() == ["connected", "lost", "reconnected"]
        assert got.events("right") == ["connected"]
        assert got.frames() == sorted(set(got.frames()))
        assert set(got.frames()) <= set(sent(rig, LEFT))
        right = got.frames("right")
        assert right == sent(rig, RIGHT)[: len(right)]

    play(make, body)


def test_a_silent_device_is_noticed_and_connected_anew(make):
    async def body(rig):
        device = SteadyPeripheral(SPEC, "left", rate_hz=500)
        await rig.put(device, LEFT)
        patience = replace(QUICK, silence_s=0.25, silent_periods=0)

        async def deliver(batch):
            got.extend(batch)
            if len(got.frames()) > 20 and next(steps) == 0:
                rig.silence(LEFT)
            if "stalled" in got.events():
                rig.silence(LEFT, silent=False)
            if "reconnected" in got.events() and len(got.frames()) > 60:
                raise InterruptedError

        got, steps = Got(), count()
        with pytest.raises(ExceptionGroup):
            await links_rig.run([link(rig, LEFT, patience=patience)], deliver)
        assert got.events()[:3] == ["connected", "stalled", "reconnected"]
        assert "nothing came for 0.25 s" in next(i.reason for i in got if getattr(i, "reason", ""))
        assert got.frames() == sorted(set(got.frames()))

    play(make, body)


def test_a_device_that_stays_away_is_given_up_and_the_other_recorded_on(make):
    async def body(rig):
        for role, address in (("left", LEFT), ("right", RIGHT)):
            await rig.put(SteadyPeripheral(SPEC, role, rate_hz=500), address)
        patience = replace(QUICK, find_s=0.05, give_up_s=0.2)
        links = [link(rig, LEFT, patience=patience), link(rig, RIGHT, "right")]

        async def deliver(batch):
            got.extend(batch)
            if len(got.frames()) > 20 and next(steps) == 0:
                await rig.remove(LEFT)
            if len(got.events()) == 3 and next(after) > 3:
                raise InterruptedError

        got, steps, after = Got(), count(), count()
        with pytest.raises(ExceptionGroup):
            await links_rig.run(links, deliver)
        assert got.events() == ["connected", "lost", "lost"]
        last = [item for item in got if isinstance(item, LinkEvent)][-1]
        assert "did not come back within 0.2 s" in last.reason
        assert got.events("right") == ["connected"]

    play(make, body)


def test_all_devices_given_up_is_an_error(make):
    async def body(rig):
        await rig.put(SteadyPeripheral(SPEC, "left", rate_hz=500), LEFT)
        patience = replace(QUICK, find_s=0.05, give_up_s=0.2)

        async def deliver(batch):
            if any(isinstance(item, Notification) for item in batch) and next(steps) == 0:
                await rig.remove(LEFT)

        steps = count()
        with pytest.raises(LinkError, match=r"left: was lost and did not come back within 0\.2 s"):
            await links_rig.run([link(rig, LEFT, patience=patience)], deliver)

    play(make, body)


def test_another_foot_is_not_taken_for_the_one_that_was_lost(make):
    async def body(rig):
        device = SteadyPeripheral(SPEC, "left", rate_hz=500)
        await rig.put(device, LEFT)
        one = link(rig, LEFT, None)

        async def deliver(batch):
            if any(isinstance(item, Notification) for item in batch) and next(steps) == 0:
                device.role = "right"
                await rig.lose(LEFT)

        steps = count()
        with pytest.raises(LinkError, match="left: this insole says that it is the right one"):
            await links_rig.run([one], deliver)

    play(make, body)


def test_a_device_that_only_advertises_is_heard_while_another_connects(make):
    async def body(rig):
        spec = load_spec("wh_c06")
        (scale, *_), _ = peripherals("quiet_stance", spec, seed=1, repeat=True)
        await rig.put(scale, OTHER)
        await rig.put(SteadyPeripheral(SPEC, "left", rate_hz=500), LEFT)
        clock_ns = clock()
        links = [
            AdvertLink("plate", spec, OTHER, rig.radio, clock_ns=clock_ns, patience=QUICK),
            link(rig, LEFT, clock_ns=clock_ns),
        ]
        got = await Got().until(
            links, lambda got: len(got.frames()) > 50 and len(got.packets("plate")) >= 1
        )
        assert got.events("plate") == ["connected"]
        assert {packet.channel for packet in got.packets("plate")} == {"advertisement"}
        assert len(got.packets("plate")[0].payload) == 17

    play(make, body)


def test_nothing_is_written_that_no_command_allows(make):
    async def body(rig):
        device = SteadyPeripheral(SPEC, "left")
        await rig.put(device, LEFT)
        one = link(rig, LEFT)
        await one.open()
        for payload in (b"\x02", b"\x03", b"\x01\x00", b""):  # zero, unknown, too long, nothing
            with pytest.raises(LinkError, match="no command allows it"):
                await one.write("command", payload, response=True)
        await one.write("command", b"\x01", response=True)
        await one.close()
        assert device.written == [b"\x01", b"\x01", b"\x00"]

    play(make, body)


# What only BlueZ does ----------------------------------------------------------------------------

BLUEZ = pytest.mark.parametrize("make", rigs.REAL[1:])


@BLUEZ
def test_a_bluetooth_service_that_dies_says_nothing_and_is_noticed(make):
    async def body(rig):
        await rig.put(SteadyPeripheral(SPEC, "left", rate_hz=500), LEFT)
        patience = replace(QUICK, silence_s=0.25, silent_periods=0)

        async def deliver(batch):
            got.extend(batch)
            if len(got.frames()) > 20 and next(steps) == 0:
                await rig.bluetoothd_dies()
            if "stalled" in got.events() and next(after) == 0:
                await rig.bluetoothd_returns()
            if "reconnected" in got.events() and len(got.frames()) > 60:
                raise InterruptedError

        got, steps, after = Got(), count(), count()
        with pytest.raises(ExceptionGroup):
            await links_rig.run([link(rig, LEFT, patience=patience)], deliver)
        assert got.events()[:3] == ["connected", "stalled", "reconnected"]
        assert got.frames() == sorted(set(got.frames()))

    play(make, body)


@BLUEZ
def test_a_device_that_a_killed_recording_has_left_connected_is_found_and_freed(make):
    async def body(rig):
        device = SteadyPeripheral(SPEC, "left", rate_hz=500)
        await rig.put(device, LEFT)
        handle = await find(rig.radio, SPEC, LEFT, "left", timeout_s=20)
        killed = BleakClient(handle)
        await killed.connect()
        killed._backend._bus.disconnect()  # its end of D-Bus breaks off, and nobody says goodbye
        await asyncio.sleep(0.05)
        (found,) = await scan(rig.radio, SPECS, timeout_s=20, enough=bool)
        assert (found.spec_id, found.rssi_dbm) == ("sim_insole", UNHEARD_DBM)
        got = await Got().until([link(rig, LEFT)], lambda got: len(got.frames()) > 20)
        assert got.events() == ["connected"]
        assert device.connections == 2

    play(make, body)
