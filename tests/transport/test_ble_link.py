"""The link over bleak in detail: what it says, when, and to whom, in time that jumps."""

import asyncio
from dataclasses import replace
from itertools import pairwise

import fast_loop
import pytest
from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakError,
)
from bleak_backend import ADVERTISING_S, InProcessClient, InProcessRig, InProcessScanner
from steady import SteadyPeripheral, numbers

from insole.codec import script
from insole.errors import LinkError
from insole.sim.peripheral import peripherals
from insole.spec import list_specs, load_spec
from insole.spec.model import StepSpec
from insole.spec.rhythm import packet_period_s
from insole.transport.base import LinkEvent, Notification
from insole.transport.ble import BleLink
from insole.transport.patience import Patience

SPEC = load_spec("sim_insole")
ADDRESS = "C0:00:00:00:00:0A"
CONNECTED = [spec for spec in list_specs() if spec.connect]


def play(body):
    """Run a coroutine function with a rig in time that jumps."""

    async def whole():
        async with InProcessRig() as rig:
            await body(rig)

    fast_loop.run(whole())


def link(rig, role="left", *, spec=SPEC, address=ADDRESS, **patience):
    return BleLink(
        role, spec, address, rig.radio, clock_ns=fast_loop.clock_ns, patience=Patience(**patience)
    )


async def never(*_, **__):
    await asyncio.Event().wait()


async def all_of(one):
    return [item async for item in one.notifications()]


async def pass_time(seconds):
    await asyncio.sleep(seconds)


def kinds(items):
    return [item.kind for item in items if isinstance(item, LinkEvent)]


def frames(items):
    return numbers([i.payload for i in items if getattr(i, "channel", "") == "frames"])


def seconds(item):
    return item.host_time_ns / 1e9


# Connecting and parting --------------------------------------------------------------------------


def test_one_after_the_other_scans_connects_and_runs_the_script():
    async def body(rig):
        await rig.put(SteadyPeripheral(SPEC, "left"), ADDRESS)
        one = link(rig)
        await one.open()
        assert rig.calls == ["scan", "stop scan", "connect", "read", "start_notify", "write"]
        await one.open()  # idle
        assert len(rig.calls) == 6
        await one.close()

    play(body)


def test_stops_and_unsubscribes_before_it_disconnects():
    async def body(rig):
        await rig.put(SteadyPeripheral(SPEC, "left"), ADDRESS)
        one = link(rig)
        await one.open()
        rig.calls.clear()
        await one.close()
        assert rig.calls == ["write", "stop_notify", "disconnect"]
        assert ADDRESS not in rig.clients
        await one.close()
        assert len(rig.calls) == 3

    play(body)


def test_a_lost_link_is_cleared_up_before_the_next_client_is_made():
    async def body(rig):
        await rig.put(SteadyPeripheral(SPEC, "left"), ADDRESS)
        one = link(rig)
        await one.open()
        rig.calls.clear()
        await rig.lose(ADDRESS)
        await pass_time(2)
        assert rig.calls[:4] == ["disconnect", "scan", "stop scan", "connect"]
        await one.close()

    play(body)


def test_two_links_do_not_connect_or_scan_at_once():
    async def body(rig):
        addresses = [f"C0:00:00:00:00:{number:02X}" for number in range(6)]
        for address in addresses:
            await rig.put(SteadyPeripheral(SPEC, "left"), address)
        links = [link(rig, address=address) for address in addresses]
        await asyncio.gather(*(one.open() for one in links))  # the fake refuses a second scan
        assert {kind for one in links for kind in kinds(one.arrived())} == {"connected"}
        for one in links:
            await one.close()

    play(body)


@pytest.mark.parametrize("spec", CONNECTED, ids=lambda spec: spec.id)
def test_every_known_device_is_connected_to_and_sends(spec):
    """Every step of every script: answers that are awaited, pieces, times, dialects."""

    async def body(rig):
        devices, _ = peripherals("quiet_stance", spec, seed=1)
        await rig.put(devices[0], ADDRESS)
        role = "left" if spec.kind == "insole" else "plate"
        one = link(rig, None if "." in spec.side.source else role, spec=spec)
        await one.open()
        await pass_time(3)
        items = one.arrived()
        assert kinds(items) == ["connected"]
        assert one.role == role
        if packet_period_s(spec):
            assert len(items) > 10
        await one.close()
        assert all(earlier.host_time_ns <= later.host_time_ns for earlier, later in pairwise(items))

    play(body)


def test_a_device_that_was_left_connected_is_freed_first():
    async def body(rig):
        await rig.put(SteadyPeripheral(SPEC, "left"), ADDRESS)
        rig.held.add(ADDRESS)
        one = link(rig)
        await one.open()
        assert kinds(one.arrived()) == ["connected"]
        assert rig.calls[:3] == ["connect", "disconnect", "scan"]
        await one.close()

    play(body)


def test_a_device_that_the_system_does_not_let_go_of_is_shared(monkeypatch):
    async def body(rig):
        await rig.put(SteadyPeripheral(SPEC, "left"), ADDRESS)
        rig.held.add(ADDRESS)
        disconnect = InProcessClient.disconnect

        async def still_held(client):
            await disconnect(client)
            rig.held.add(ADDRESS)

        monkeypatch.setattr(InProcessClient, "disconnect", still_held)
        one = link(rig)
        await one.open()
        assert kinds(one.arrived()) == ["connected"]
        await one.close()

    play(body)


def test_a_device_that_has_nothing_to_subscribe_to_is_another_one():
    """All channels of such a scale are optional, each by itself."""

    async def body(rig):
        await rig.put(SteadyPeripheral(SPEC, "left"), ADDRESS)
        with pytest.raises(LinkError, match=r"plate: this is no .* lacks .*\(weight\)"):
            await link(rig, "plate", spec=load_spec("sig_weight_scale")).open()

    play(body)


def test_the_address_may_be_written_in_small_letters():
    async def body(rig):
        await rig.put(SteadyPeripheral(SPEC, "left"), ADDRESS)
        one = link(rig, address=ADDRESS.lower())
        await one.open()
        await one.close()

    play(body)


def test_the_foot_that_was_asked_for_must_be_the_one_that_answers():
    async def body(rig):
        await rig.put(SteadyPeripheral(SPEC, "right"), ADDRESS)
        with pytest.raises(LinkError, match="left: this insole says that it is the right one"):
            await link(rig, "left").open()
        assert ADDRESS not in rig.clients

    play(body)


def test_an_insole_that_does_not_tell_its_side_is_named_by_hand():
    async def body(rig):
        spec = load_spec("generic_text")  # tells it in each line
        (device, _), _ = peripherals("quiet_stance", spec, seed=1)
        await rig.put(device, ADDRESS)
        rig.silence(ADDRESS)
        with pytest.raises(LinkError, match=rf"--left {ADDRESS} or --right {ADDRESS}"):
            await link(rig, None, spec=spec).open()

    play(body)


def test_cancelled_at_any_moment_it_leaves_nothing_behind():
    """Ctrl-C while connecting: no scan goes on, nothing stays connected, whatever the moment."""

    async def body(rig):
        device = SteadyPeripheral(SPEC, "left")
        await rig.put(device, ADDRESS)
        opened = 0
        for turns in range(40):
            one = link(rig)
            opening = asyncio.create_task(one.open())
            await pass_time(ADVERTISING_S)  # now it is heard, and all else happens at once
            for _ in range(turns):
                await asyncio.sleep(0)
            opened += opening.done()
            opening.cancel()
            await asyncio.wait((opening,))
            await one.close()
            assert (rig.scanners, rig.clients) == ([], {}), turns
            assert device.written[-1:] in ([], [b"\x00"])  # started is stopped
        assert 0 < opened < 40

    play(body)


def test_closed_at_any_moment_after_a_stall_it_leaves_nothing_behind(monkeypatch):
    """Parting takes its time, and may be interrupted: then it is done again."""
    stop_notify, disconnect = InProcessClient.stop_notify, InProcessClient.disconnect

    async def slow_stop_notify(client, characteristic):
        await pass_time(0.1)
        await stop_notify(client, characteristic)

    async def slow_disconnect(client):
        await pass_time(0.1)
        await disconnect(client)

    monkeypatch.setattr(InProcessClient, "stop_notify", slow_stop_notify)
    monkeypatch.setattr(InProcessClient, "disconnect", slow_disconnect)

    async def body(rig):
        for wait_s in (0.0, 0.05, 0.15, 0.25, 0.45, 0.75, 0.85):
            await rig.put(SteadyPeripheral(SPEC, "left", rate_hz=100), ADDRESS)
            one = link(rig)
            await one.open()
            rig.silence(ADDRESS)
            while "stalled" not in kinds(one.arrived()):
                await pass_time(0.01)
            await pass_time(wait_s)
            await one.close()
            assert (rig.scanners, rig.clients) == ([], {}), wait_s

    play(body)


# Waiting for answers -----------------------------------------------------------------------------


def asking(*steps):
    """Return the spec of `sim_insole` with another script."""
    return replace(SPEC, connect=tuple(StepSpec(*step) for step in steps))


ASK = [("read", "info"), ("subscribe", "frames"), ("send", "start"), ("wait", "frame", 2.0)]


def test_a_script_waits_for_its_answer_and_goes_on():
    async def body(rig):
        await rig.put(SteadyPeripheral(SPEC, "left", rate_hz=1), ADDRESS)
        one = link(rig, spec=asking(*ASK))
        await one.open()
        assert frames(one.arrived()) == [0]
        await one.close()

    play(body)


def test_an_answer_that_does_not_come_is_a_sentence():
    async def body(rig):
        await rig.put(SteadyPeripheral(SPEC, "left", count=0), ADDRESS)
        one = link(rig, spec=asking(*ASK), open_s=3)
        with pytest.raises(LinkError, match="left: has not answered with frame within 2 s"):
            await one.open()

    play(body)


def test_what_came_before_a_question_is_no_answer_to_it():
    async def body(rig):
        spec = asking(*ASK, ("pause_s", "", 0.505), ("send", "stop"), ("wait", "frame", 2.0))
        await rig.put(SteadyPeripheral(SPEC, "left", rate_hz=100), ADDRESS)
        with pytest.raises(LinkError, match="has not answered with frame"):
            await link(rig, spec=spec, open_s=3).open()

    play(body)


def test_one_message_answers_one_question_only():
    async def body(rig):
        spec = asking(*ASK, ("wait", "frame", 2.0))
        await rig.put(SteadyPeripheral(SPEC, "left", count=1), ADDRESS)
        with pytest.raises(LinkError, match="has not answered with frame"):
            await link(rig, spec=spec, open_s=3).open()

    play(body)


def test_a_channel_that_some_do_without_is_left_out():
    async def body(rig):
        gatt = {**SPEC.gatt, "extra": replace(SPEC.gatt["info"], name="extra", optional=True,
                characteristic="2ec1ffff-981c-40db-8d2b-23d243b13d8c")}  # fmt: skip
        spec = replace(asking(("read", "extra"), *ASK), gatt=gatt)
        await rig.put(SteadyPeripheral(SPEC, "left"), ADDRESS)
        one = link(rig, spec=spec)
        await one.open()
        assert one.arrived()[1].channel == "info"
        await one.close()

    play(body)


def test_the_start_that_a_script_leaves_out_is_said_after_it():
    async def body(rig):
        device = SteadyPeripheral(SPEC, "left")
        await rig.put(device, ADDRESS)
        one = link(rig, spec=asking(("read", "info"), ("subscribe", "frames")))
        await one.open()
        assert device.written == [b"\x01"]
        await one.close()

    play(body)


def test_a_call_that_never_returns_is_given_up(monkeypatch):
    async def body(rig):
        await rig.put(SteadyPeripheral(SPEC, "left"), ADDRESS)
        monkeypatch.setattr(
            InProcessClient, "read_gatt_char", lambda *_, **__: asyncio.Event().wait()
        )
        with pytest.raises(LinkError, match="left: reading info took too long; move closer"):
            await link(rig, answer_s=1, open_s=3).open()

    play(body)


def test_closing_ends_though_the_device_hangs(monkeypatch):
    async def body(rig):
        await rig.put(SteadyPeripheral(SPEC, "left"), ADDRESS)
        one = link(rig)
        await one.open()
        for call in ("write_gatt_char", "stop_notify", "disconnect"):
            monkeypatch.setattr(InProcessClient, call, never)
        before_s = asyncio.get_running_loop().time()
        await one.close()
        assert asyncio.get_running_loop().time() - before_s <= 2 + 2 + 5

    play(body)


# Lost and found ----------------------------------------------------------------------------------


def test_it_waits_longer_from_attempt_to_attempt_and_gives_up_when_it_said():
    async def body(rig):
        await rig.put(SteadyPeripheral(SPEC, "left"), ADDRESS)
        one = link(rig, find_s=1, give_up_s=30, pause_s=0.5, longest_pause_s=4)
        await one.open()
        await pass_time(1)
        one.arrived()
        rig.calls.clear()
        await rig.remove(ADDRESS)
        lost_s = asyncio.get_running_loop().time()
        with pytest.raises(LinkError, match=r"left: was lost and did not come .* 30 s: .*wake"):
            await all_of(one)
        took_s = asyncio.get_running_loop().time() - lost_s
        assert 25 < took_s <= 31
        assert rig.calls.count("scan") == 8  # 1 s each, pauses 0.5, 0.5, 1, 2, 4, 4 …
        await one.close()

    play(body)


def test_the_last_attempt_that_got_somewhere_says_what_is_wrong():
    """Not the one after it, which had too little time to hear the device."""

    async def body(rig):
        await rig.put(SteadyPeripheral(SPEC, "left", count=0), ADDRESS)
        spec = asking(*ASK)
        for open_s in (2.7, 3.0, 3.5, 5.5):
            with pytest.raises(LinkError, match="has not answered with frame"):
                await link(rig, spec=spec, open_s=open_s, pause_s=open_s - 2.1).open()

    play(body)


def test_bluetooth_that_is_off_at_first_is_said_at_once(monkeypatch):
    async def body(rig):
        monkeypatch.setattr(InProcessScanner, "start", off)
        with pytest.raises(LinkError, match="Bluetooth is switched off; switch it on"):
            await link(rig).open()
        assert asyncio.get_running_loop().time() < 1

    play(body)


async def off(_):
    reason = BleakBluetoothNotAvailableReason.POWERED_OFF
    raise BleakBluetoothNotAvailableError("No powered Bluetooth adapters found.", reason)


def test_bluetooth_that_goes_off_in_between_may_come_back():
    async def body(rig):
        await rig.put(SteadyPeripheral(SPEC, "left"), ADDRESS)
        one = link(rig)
        await one.open()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(InProcessScanner, "start", off)
            await rig.lose(ADDRESS)
            await pass_time(20)
        await pass_time(20)
        assert kinds(one.arrived()) == ["connected", "lost", "reconnected"]
        await one.close()

    play(body)


def test_what_an_old_client_still_says_is_not_taken():
    """Not by its callbacks, and not by a second word that the link is gone."""

    async def body(rig):
        await rig.put(SteadyPeripheral(SPEC, "left", rate_hz=10), ADDRESS)
        one = link(rig)
        await one.open()
        old = rig.clients[ADDRESS]
        hear, gone = old._callbacks["frames"], old._disconnected_callback
        await rig.lose(ADDRESS)
        hear(bytearray(b"late"))
        await pass_time(3)
        hear(bytearray(b"later"))
        gone()
        await pass_time(3)
        items = one.arrived()
        assert kinds(items) == ["connected", "lost", "reconnected"]
        assert {b"late", b"later"}.isdisjoint(i.payload for i in items if hasattr(i, "payload"))
        assert frames(items) == list(range(len(frames(items))))
        await one.close()

    play(body)


def test_silence_is_a_loss_after_two_seconds_and_the_reason_says_so():
    async def body(rig):
        await rig.put(SteadyPeripheral(SPEC, "left", rate_hz=25), ADDRESS)
        one = link(rig)
        await one.open()
        await pass_time(10)
        rig.silence(ADDRESS)
        silent_s = asyncio.get_running_loop().time()
        await pass_time(10)
        events = [item for item in one.arrived() if isinstance(item, LinkEvent)]
        assert kinds(events)[:3] == ["connected", "stalled", "reconnected"]
        stalled = events[1]
        assert stalled.reason == "connected, and yet nothing came for 2 s"
        assert seconds(stalled) == pytest.approx(silent_s + 2, abs=0.05)
        await one.close()

    play(body)


def test_a_device_that_sends_on_demand_may_be_silent():
    async def body(rig):
        spec = load_spec("sig_weight_scale")
        assert packet_period_s(spec) is None
        (device, *_), _ = peripherals("quiet_stance", spec, seed=1)
        await rig.put(device, ADDRESS)
        one = link(rig, "plate", spec=spec)
        await one.open()
        rig.silence(ADDRESS)
        await pass_time(600)
        assert kinds(one.arrived()) == ["connected"]
        await one.close()

    play(body)


def test_another_channel_that_speaks_does_not_hide_that_the_stream_has_stopped():
    async def body(rig):
        status = replace(SPEC.gatt["frames"], name="status",
                         characteristic="2ec1ffff-981c-40db-8d2b-23d243b13d8c")  # fmt: skip
        spec = replace(asking(("subscribe", "status"), *ASK), gatt={**SPEC.gatt, "status": status})
        device = SteadyPeripheral(spec, "left", rate_hz=25)
        await rig.put(device, ADDRESS)
        one = link(rig, spec=spec)
        await one.open()
        rig.silence(ADDRESS)
        for _ in range(4):
            await pass_time(0.5)
            rig.clients[ADDRESS]._callbacks["status"](bytearray(1))
        await pass_time(0.1)
        items = one.arrived()
        assert [item.channel for item in items if hasattr(item, "channel")][-4:] == ["status"] * 4
        assert kinds(items) == ["connected", "stalled"]
        await one.close()

    play(body)


def test_a_link_that_breaks_again_and_again_keeps_order_and_repeats_nothing():
    async def body(rig):
        device = SteadyPeripheral(SPEC, "left", rate_hz=100)
        await rig.put(device, ADDRESS)
        one = link(rig)
        await one.open()
        for round_ in range(40):
            await pass_time(0.3 + round_ % 7 * 0.4)
            if round_ % 5 == 0:
                rig.refuse_connections(ADDRESS, round_ % 3)
            if round_ % 3 == 0:
                rig.lose_at(ADDRESS, round_ % 4)
            await rig.lose(ADDRESS)
        await pass_time(30)
        items = one.arrived()
        assert frames(items) == sorted(set(frames(items)))
        assert set(frames(items)) <= set(
            numbers([p for c, p in rig.sent(ADDRESS) if c == "frames"])
        )
        seen = kinds(items)
        assert seen[::2] == ["connected", *["reconnected"] * (len(seen) // 2)]
        assert set(seen[1::2]) == {"lost"}
        assert all(a.host_time_ns <= b.host_time_ns for a, b in pairwise(items))
        await one.close()

    play(body)


# Reading and writing -----------------------------------------------------------------------------


def test_reading_and_writing_need_a_link_and_a_channel():
    async def body(rig):
        await rig.put(SteadyPeripheral(SPEC, "left"), ADDRESS)
        one = link(rig)
        with pytest.raises(LinkError, match="left: is not connected at present"):
            await one.read("info")
        await one.open()
        assert await one.read("info") == bytes([0, 16, 100, 0])
        for act in (one.read("steam"), one.write("steam", b"", response=True)):
            with pytest.raises(LinkError, match="steam"):
                await act
        await rig.lose(ADDRESS)
        with pytest.raises(LinkError, match="left: is not connected at present"):
            await one.read("info")
        await one.close()
        with pytest.raises(LinkError, match="left: is closed"):
            await one.read("info")

    play(body)


def test_a_link_that_is_lost_during_a_question_answers_it_at_once(monkeypatch):
    async def body(rig):
        await rig.put(SteadyPeripheral(SPEC, "left"), ADDRESS)
        one = link(rig)
        await one.open()
        monkeypatch.setattr(InProcessClient, "read_gatt_char", never)
        reading = asyncio.create_task(one.read("info"))
        await pass_time(0.1)
        await rig.lose(ADDRESS)
        before_s = asyncio.get_running_loop().time()
        with pytest.raises(LinkError, match="left: the link was lost while reading info; move"):
            await reading
        assert asyncio.get_running_loop().time() - before_s < 0.2
        await one.close()

    play(body)


def test_a_response_is_asked_for_where_the_device_gives_one():
    async def body(rig):
        spec = load_spec("vernier_gdx_fp")  # writes without response
        told = replace(
            spec, gatt={**spec.gatt, "command": replace(spec.gatt["command"], response=True)}
        )
        (device, *_), _ = peripherals("quiet_stance", spec, seed=1)
        await rig.put(device, ADDRESS)
        one = link(rig, "plate", spec=told)  # which would be refused with one
        await one.open()
        await one.close()

    play(body)


def test_a_dialect_may_have_its_say_and_its_failure_costs_nothing(monkeypatch):
    async def body(rig):
        spec = load_spec("brilliant_sole")
        (device, *_), _ = peripherals("quiet_stance", spec, seed=1)
        written, write = [], device.write

        def refuse_gyroscope(channel, payload, now_ns):
            written.append(payload)
            if payload == script.command(spec, "gyroscope").payload:
                raise BleakError("no")
            write(channel, payload, now_ns)

        monkeypatch.setattr(device, "write", refuse_gyroscope)
        await rig.put(device, ADDRESS)
        one = link(rig, None, spec=spec)
        await one.open()
        await pass_time(3)
        assert script.command(spec, "gyroscope").payload in written
        items = one.arrived()
        assert kinds(items) == ["connected"]
        assert len([i for i in items if isinstance(i, Notification)]) > 50
        await one.close()

    play(body)
