"""What is heard, put together: device, spec, side, battery; and one scanner for all who listen."""

import asyncio
from contextlib import aclosing

import fast_loop
import pytest
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData
from bleak.exc import BleakError
from bleak_backend import InProcessRig, InProcessScanner
from steady import SteadyPeripheral

from insole.errors import LinkError
from insole.sim.peripheral import peripherals
from insole.spec import list_specs, load_spec
from insole.transport.radio import Heard, services_to_scan_for
from insole.transport.scan import UNHEARD_DBM, _Reader, discoveries, find, scan

SPEC = load_spec("sim_insole")
SPECS = list_specs()
LEFT, RIGHT, OTHER = (f"C0:00:00:00:00:0{letter}" for letter in "ABC")
SERVICE = SPEC.match.looks[0].service[0]


def play(body):
    async def whole():
        async with InProcessRig() as rig:
            await body(rig)

    fast_loop.run(whole())


def heard(name=None, *, services=(), makers=None, data=None, rssi=-50, address=LEFT):
    said = AdvertisementData(name, makers or {}, data or {}, list(services), None, rssi, ())
    return Heard(BLEDevice(address, name, None), said, 0)


def test_a_name_in_the_scan_response_completes_what_was_said_before():
    reader = _Reader(SPECS)
    first = reader.read(heard(services=[SERVICE]))
    assert (first.spec_id, first.name) == (None, "")
    whole = reader.read(heard("INSOLE-SIM-L", rssi=-40))
    assert (whole.spec_id, whole.name, whole.rssi_dbm) == ("sim_insole", "INSOLE-SIM-L", -40)
    assert reader.read(heard(services=[SERVICE], rssi=-70)).spec_id == "sim_insole"


def test_services_that_are_learnt_later_do_not_make_another_device_of_it():
    """BlueZ adds the services of a device to its advertisement once it was connected to."""
    reader = _Reader(SPECS)
    more = [SERVICE, "0000180f-0000-1000-8000-00805f9b34fb", "00001800-0000-1000-8000-00805f9b34fb"]
    assert reader.read(heard("INSOLE-SIM-L", services=more)).spec_id == "sim_insole"


def test_side_and_battery_are_read_from_the_advertisement_where_it_tells_them():
    reader = _Reader(SPECS)
    by_name = reader.read(heard("?L".replace("?", "A"), services=uart()))
    assert (by_name.spec_id, by_name.side) == ("uq_smartinsole", "left")
    battery = {"0000180f-0000-1000-8000-00805f9b34fb": b"\x2a"}
    charged = reader.read(heard("INSOLE-SIM-R", services=[SERVICE], data=battery, address=RIGHT))
    assert charged.battery_percent == 42
    unknown = reader.read(heard("Watch", data=battery, address=OTHER))
    assert (unknown.spec_id, unknown.battery_percent) == (None, 42)


def uart():
    return load_spec("uq_smartinsole").match.looks[0].service


def test_a_scan_ends_when_enough_was_heard_and_else_in_time():
    async def body(rig):
        await rig.put(SteadyPeripheral(SPEC, "left"), LEFT)
        now = asyncio.get_running_loop().time
        assert len(await scan(rig.radio, SPECS, timeout_s=5, enough=bool)) == 1
        assert now() < 1
        before_s = now()
        assert len(await scan(rig.radio, SPECS, timeout_s=5)) == 1
        assert now() - before_s == pytest.approx(5, abs=0.1)
        assert not rig.scanners

    play(body)


def test_nothing_heard_is_an_empty_list():
    async def body(rig):
        assert await scan(rig.radio, SPECS, timeout_s=1) == []

    play(body)


def test_a_device_that_is_connected_already_is_found_though_it_says_nothing():
    async def body(rig):
        await rig.put(SteadyPeripheral(SPEC, "left"), LEFT)
        rig.held.add(LEFT)
        (found,) = await scan(rig.radio, SPECS, timeout_s=1)
        assert (found.spec_id, found.name) == ("sim_insole", "INSOLE-SIM-L")
        assert found.rssi_dbm == UNHEARD_DBM

    play(body)


def test_several_listen_to_one_scanner():
    async def body(rig):
        await rig.put(SteadyPeripheral(SPEC, "left"), LEFT)
        async with aclosing(discoveries(rig.radio, SPECS)) as first:
            assert (await anext(first)).address == LEFT
            assert len(await scan(rig.radio, SPECS, timeout_s=1)) == 1
            assert len(rig.scanners) == 1
            assert (await anext(first)).address == LEFT
        assert not rig.scanners
        assert rig.calls == ["scan", "stop scan"]

    play(body)


def test_who_listens_hears_nothing_while_somebody_connects_and_goes_on_afterwards():
    async def body(rig):
        await rig.put(SteadyPeripheral(SPEC, "left"), LEFT)
        async with aclosing(discoveries(rig.radio, SPECS)) as heard_:
            await anext(heard_)
            async with rig.radio.quiet():
                assert not rig.scanners
            assert (await anext(heard_)).address == LEFT

    play(body)


def test_who_listens_learns_that_the_scan_cannot_go_on(monkeypatch):
    async def broken(_):
        raise BleakError("gone")

    async def body(rig):
        async with rig.radio.listen(SPECS) as ear:
            monkeypatch.setattr(InProcessScanner, "start", broken)
            async with rig.radio.quiet():
                pass
            with pytest.raises(LinkError, match=r"radio: cannot scan \(gone\)"):
                await ear.next()

    play(body)


def test_a_scanner_that_cannot_be_stopped_does_no_harm(monkeypatch):
    async def broken(_):
        raise BleakError("gone")

    async def body(rig):
        monkeypatch.setattr(InProcessScanner, "stop", broken)
        assert await scan(rig.radio, SPECS, timeout_s=1) == []

    play(body)


def test_a_device_is_found_by_its_address_only():
    async def body(rig):
        await rig.put(SteadyPeripheral(SPEC, "left"), LEFT)
        await rig.put(SteadyPeripheral(SPEC, "right"), RIGHT)
        device = await find(rig.radio, SPEC, RIGHT.lower(), "right", timeout_s=1)
        assert device.address == RIGHT
        with pytest.raises(LinkError, match=r"left: .* does not answer; step on it to wake it"):
            await find(rig.radio, SPEC, OTHER, "left", timeout_s=1)

    play(body)


def test_advertisements_that_tell_readings_are_told_apart_from_others():
    async def body(rig):
        (scale, *_), _ = peripherals("quiet_stance", load_spec("wh_c06"), seed=1)
        await rig.put(scale, OTHER)
        (found,) = await scan(rig.radio, SPECS, timeout_s=1, enough=bool)
        assert (found.spec_id, found.side, found.battery_percent) == ("wh_c06", None, None)

    play(body)


@pytest.mark.parametrize("release", ["12.0", "12.0.1", "12.1", "12.2.1", "12"])
def test_early_macos_12_is_told_the_services(release):
    uuids = services_to_scan_for([SPEC, load_spec("xiaomi_mi_scale")], "Darwin", release)
    assert uuids[0] == SERVICE
    assert "0000181d-0000-1000-8000-00805f9b34fb" in uuids


@pytest.mark.parametrize(
    ("system", "release"),
    [("Darwin", "11.7"), ("Darwin", "12.3"), ("Darwin", "12.10"), ("Darwin", "13.0"),
     ("Linux", ""), ("Windows", "")],
)  # fmt: skip
def test_all_other_systems_hear_everything(system, release):
    assert services_to_scan_for([SPEC], system, release) == ()


def test_the_filter_of_services_is_handed_on_and_holds():
    async def body(rig):
        await rig.put(SteadyPeripheral(SPEC, "left"), LEFT)
        (scale, *_), _ = peripherals("quiet_stance", load_spec("wh_c06"), seed=1)
        await rig.put(scale, OTHER)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("platform.system", lambda: "Darwin")
            patch.setattr("platform.mac_ver", lambda: ("12.1", ("", "", ""), ""))
            found = await scan(rig.radio, SPECS, timeout_s=1)
        assert [one.address for one in found] == [LEFT]

    play(body)
