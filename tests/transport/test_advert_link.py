"""Devices that only advertise, as a link: each reading once, and silence is no fault."""

import asyncio
from dataclasses import replace

import fast_loop
import pytest
from bleak.exc import BleakError
from bleak_backend import ADVERTISING_S, InProcessRig, InProcessScanner
from steady import SteadyPeripheral

from insole.errors import LinkError
from insole.sim.peripheral import peripherals
from insole.spec import load_spec
from insole.spec.match import Advertisement
from insole.transport.advert import AdvertLink
from insole.transport.base import LinkEvent, Notification
from insole.transport.ble import BleLink
from insole.transport.patience import Patience

SPEC = load_spec("wh_c06")
ADDRESS, LEFT = "C0:00:00:00:00:0C", "C0:00:00:00:00:0A"


class Scale:
    """Advertises what it is told to."""

    spec, role, local_name = SPEC, "plate", "IF_B7"

    def __init__(self):
        self.payload = payload(77.1)

    def advertisement(self, _):
        return Advertisement(self.local_name, (), {0x0100: self.payload})

    def next_ns(self):
        return None


def payload(kilograms, stamp=16):
    weight = round(kilograms * 100).to_bytes(2)
    start, middle = bytes.fromhex("020311ffffffffffff01"), bytes.fromhex("01f401")
    return start + weight + middle + stamp.to_bytes(2)


def play(body):
    async def whole():
        async with InProcessRig() as rig:
            scale = Scale()
            await rig.put(scale, ADDRESS)
            await body(rig, scale)

    fast_loop.run(whole())


def link(rig, spec=SPEC, **patience):
    return AdvertLink(
        "plate",
        spec,
        ADDRESS,
        rig.radio,
        clock_ns=fast_loop.clock_ns,
        patience=Patience(**patience),
    )


def payloads(items):
    return [item.payload for item in items if isinstance(item, Notification)]


def kinds(items):
    return [item.kind for item in items if isinstance(item, LinkEvent)]


def test_a_reading_that_is_repeated_comes_once_and_again_when_the_next_is_due():
    async def body(rig, scale):
        one = link(rig)
        await one.open()
        await asyncio.sleep(0.4)
        scale.payload = payload(78.2)
        await asyncio.sleep(0.4)
        items = one.arrived()
        assert kinds(items) == ["connected"]
        assert payloads(items) == [payload(77.1), payload(78.2)]
        assert {(item.role, item.channel) for item in items[1:]} == {("plate", "advertisement")}
        await asyncio.sleep(1)  # equal readings every 0.5 s, as the spec says
        assert payloads(one.arrived()) == [payload(78.2)] * 2
        await one.close()

    play(body)


def test_each_counts_where_the_spec_knows_of_no_repeats():
    async def body(rig, _):
        once = replace(SPEC, advertisement=replace(SPEC.advertisement, repeat_s=0.0))
        one = link(rig, once)
        await one.open()
        await asyncio.sleep(10.5 * ADVERTISING_S)
        assert payloads(one.arrived()) == [payload(77.1)] * 10
        await one.close()

    play(body)


def test_what_others_say_and_what_says_nothing_is_left_out():
    async def body(rig, scale):
        await rig.put(SteadyPeripheral(load_spec("sim_insole"), "left"), LEFT)
        one = link(rig)
        await one.open()
        await asyncio.sleep(0.1)
        scale.advertisement = lambda _: Advertisement("IF_B7")
        await asyncio.sleep(5)
        assert payloads(one.arrived()) == [payload(77.1)]
        assert one.info == {"name": "IF_B7"}
        await one.close()

    play(body)


def test_it_asks_for_repeated_advertisements_and_shares_the_scanner():
    async def body(rig, _):
        first, second = link(rig), link(rig)
        await first.open()
        await second.open()
        assert [scanner.options["bluez"] for scanner in rig.scanners] == [
            {"filters": {"DuplicateData": True}}
        ]
        await first.close()
        await asyncio.sleep(0.1)
        assert payloads(second.arrived())
        await second.close()
        assert not rig.scanners

    play(body)


def test_it_goes_on_while_another_device_is_lost_and_found():
    async def body(rig, _):
        spec = load_spec("sim_insole")
        await rig.put(SteadyPeripheral(spec, "left"), LEFT)
        one = link(rig)
        other = BleLink("left", spec, LEFT, rig.radio, clock_ns=fast_loop.clock_ns)
        await one.open()
        await other.open()
        for _ in range(3):
            await rig.lose(LEFT)
            await asyncio.sleep(5)
        assert kinds(other.arrived()) == ["connected", *["lost", "reconnected"] * 3]
        items = one.arrived()
        assert kinds(items) == ["connected"]
        assert 25 <= len(payloads(items)) <= 31  # every half second
        await other.close()
        await one.close()

    play(body)


def test_silence_is_no_fault_but_the_scan_begins_anew():
    async def body(rig, _):
        one = link(rig, hush_s=30)
        await one.open()
        await rig.remove(ADDRESS)
        await asyncio.sleep(100)
        assert rig.calls.count("scan") == 4
        await rig.put(Scale(), ADDRESS)
        await asyncio.sleep(0.1)
        items = one.arrived()
        assert kinds(items) == ["connected"]
        assert len(payloads(items)) >= 1
        await one.close()

    play(body)


async def broken(_):
    raise BleakError("gone")


def test_a_scan_that_fails_is_a_loss_and_comes_back():
    async def body(rig, _):
        one = link(rig, hush_s=5)
        await one.open()
        await rig.remove(ADDRESS)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(InProcessScanner, "start", broken)
            await asyncio.sleep(20)
        await rig.put(Scale(), ADDRESS)
        await asyncio.sleep(20)
        items = one.arrived()
        assert kinds(items) == ["connected", "lost", "reconnected"]
        assert isinstance(items[-1], Notification)
        await one.close()

    play(body)


def test_a_scan_that_never_comes_back_is_given_up():
    async def body(rig, _):
        one = link(rig, hush_s=5, give_up_s=30)
        await one.open()
        await rig.remove(ADDRESS)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(InProcessScanner, "start", broken)
            with pytest.raises(LinkError, match=r"plate: was lost .* within 30 s: cannot scan"):
                assert kinds([item async for item in one.notifications()])
        await one.close()

    play(body)


def test_without_bluetooth_it_does_not_open(monkeypatch):
    async def body(rig, _):
        monkeypatch.setattr(InProcessScanner, "start", broken)
        with pytest.raises(LinkError, match="cannot scan"):
            await link(rig).open()

    play(body)


def test_nothing_can_be_read_or_written():
    async def body(rig, _):
        one = link(rig)
        with pytest.raises(LinkError, match="only advertises: steam cannot be read"):
            await one.read("steam")
        with pytest.raises(LinkError, match="only advertises: steam cannot be written"):
            await one.write("steam", b"", response=True)

    play(body)


@pytest.mark.parametrize("spec_id", ["wh_c06", "xiaomi_mi_scale", "xiaomi_mi_scale_2"])
def test_every_known_device_that_only_advertises_is_recorded(spec_id):
    async def body(rig, _):
        spec = load_spec(spec_id)
        (device, *_), _ = peripherals("quiet_stance", spec, seed=1)
        await rig.put(device, ADDRESS)
        one = link(rig, spec)
        await one.open()
        await asyncio.sleep(5)
        got = payloads(one.arrived())
        sent = [payload for _, payload in device.readings(5 * 10**9)]
        assert got
        assert set(got) <= set(sent)
        await one.close()

    play(body)
