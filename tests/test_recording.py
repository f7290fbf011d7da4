"""A recording from the search to the file: over a rig without hardware, in time that jumps."""

import asyncio
import json
import os
import signal
import threading
from functools import partial

import fast_loop
import numpy as np
import pytest
from bleak_backend import InProcessRig
from steady import SteadyPeripheral

import insole
from insole.errors import InsoleError, LinkError, SpecError, StoreError
from insole.record.store import open_session
from insole.recording import course, whole
from insole.recording.course import Recording, Rules
from insole.recording.file import keeper
from insole.recording.radio import Wanted, found
from insole.recording.source import check_roles, replayed, simulated
from insole.recording.stop import STOPPED_EARLY, Stop, stopped_by_signals, until_stopped
from insole.sim.peripheral import peripherals
from insole.spec import list_specs, load_spec
from insole.spec.match import Advertisement
from insole.transport.ble import BleLink
from insole.transport.choose import SETTLE_S
from insole.transport.patience import Patience
from insole.transport.radio import Radio
from insole.transport.scan import Discovery

SPEC = load_spec("sim_insole")
PLACES = {"left": "C0:00:00:00:00:0A", "right": "C0:00:00:00:00:0B"}
BOTH = Wanted(left=PLACES["left"], right=PLACES["right"])


@pytest.fixture(autouse=True)
def own_key(tmp_path, monkeypatch):
    """Let the key of address hashes lie in the test's own folder."""
    monkeypatch.setattr("insole.record.address.user_config_path", lambda *_, **__: tmp_path / "c")


@pytest.fixture
def soon_given_up(monkeypatch):
    """Let a lost link be given up after some seconds."""
    impatient = partial(BleLink, patience=Patience(give_up_s=5.0))
    monkeypatch.setattr("insole.recording.radio.BleLink", impatient)


def over_the_air(body, scenario="demo"):
    """Run a coroutine function with a rig on which a person's two insoles are switched on."""

    async def all_of_it():
        devices, _ = peripherals(scenario, SPEC, 1)
        async with InProcessRig() as rig:
            for device in devices:
                await rig.put(device, PLACES[device.role])
            return await body(rig)

    return fast_loop.run(all_of_it())


async def source_of(rig, wanted=BOTH):
    return await found(wanted, radio=rig.radio, clock_ns=fast_loop.clock_ns)


def recording_of(source, path, **options):
    return Recording(source, lambda: keeper(path)(source), **options)


def kept(path, *, wanted=BOTH, scenario="demo", **rules):
    """Record over the air, and return the session as it was kept."""

    async def body(rig):
        await recording_of(await source_of(rig, wanted), path, rules=Rules(**rules)).run()

    over_the_air(body, scenario)
    return open_session(path)


# What is kept ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    """Return what was kept of six seconds with two insoles that were found by themselves."""
    folder = tmp_path_factory.mktemp("kept")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("insole.record.address.user_config_path", lambda *_, **__: folder)
        return kept(folder / "s.insole", wanted=Wanted(), duration_s=6)


def test_both_insoles_are_found_by_themselves_and_tell_their_side(session):
    assert set(session.devices) == {"left", "right"}
    for role, device in session.devices.items():
        assert device.name == f"INSOLE-SIM-{role[0].upper()}"
        assert (device.spec_id, device.spec_hash) == ("sim_insole", SPEC.hash)
        assert device.spec_toml == SPEC.toml
        assert json.loads(device.info_json)["mtu"] > 23
        assert session.link_events(role)[0].kind == "connected"


def test_an_address_is_kept_as_a_hash_only(session):
    assert len({device.address_hash for device in session.devices.values()}) == 2
    octets = session.path.read_bytes()
    for address in PLACES.values():
        assert address.encode() not in octets
        assert bytes.fromhex(address.replace(":", "")) not in octets


def test_it_ends_when_its_time_is_over_and_says_so(session):
    for role in session.devices:
        times = session.packets(role, "frames").host_time_ns
        assert 6e9 - 1e8 < times[-1] - times[0] < 6e9 + 1e8
        assert session.link_events(role)[-1].kind == "closed"
        assert session.link_events(role)[-1].reason == course.TIME_IS_OVER


def test_standing_still_is_marked_and_so_is_the_end(session):
    start, end = session.marks
    assert (start.kind, json.loads(start.json)) == ("set_start", {"by": "standing still"})
    assert (end.kind, json.loads(end.json)) == ("set_stop", {"by": course.TIME_IS_OVER})
    assert 0 <= start.host_time_ns < end.host_time_ns <= 8e9


def test_without_a_key_the_hash_is_left_out_and_said(tmp_path, caplog):
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "address.key").write_bytes(b"short")
    session = kept(tmp_path / "s.insole", duration_s=2)
    assert {device.address_hash for device in session.devices.values()} == {""}
    assert "will not be recognised next time" in caplog.text


def test_a_silent_device_does_not_outlast_the_time(tmp_path):
    async def body(rig):
        recording = recording_of(await source_of(rig), tmp_path / "s.insole", rules=Rules(3.0))
        rig.silence(PLACES["left"])
        rig.silence(PLACES["right"])
        await recording.run()
        assert 3 <= recording.elapsed_s < 4

    over_the_air(body)
    session = open_session(tmp_path / "s.insole")
    for role in PLACES:
        events = session.link_events(role)
        assert events[-1].kind == "closed"
        assert 3e9 <= events[-1].host_time_ns - events[0].host_time_ns < 5e9


def test_it_ends_so_long_after_the_last_exercise(tmp_path):
    session = kept(tmp_path / "s.insole", auto_stop_s=3)
    end_s = session.packets("left", "frames").host_time_ns[-1] / 1e9
    assert 23.4 + 3 < end_s < 23.4 + 5  # the heels of the first hold are down after 23.4 s
    assert "since the last exercise" in session.marks[-1].json


def test_marks_and_notes_keep_their_moment(tmp_path):
    async def body(rig):
        recording = recording_of(await source_of(rig), tmp_path / "s.insole")
        running = asyncio.create_task(recording.run())
        await asyncio.sleep(3)
        times_s.extend([recording.mark(), recording.mark("the knee: äöü")])
        recording.stop.ask("Ctrl-C")
        await running

    times_s = []
    over_the_air(body)
    marks = [mark for mark in open_session(tmp_path / "s.insole").marks if mark.kind == "user"]
    assert [json.loads(mark.json) for mark in marks] == [{}, {"text": "the knee: äöü"}]
    assert [mark.host_time_ns / 1e9 for mark in marks] == pytest.approx(times_s)


# What goes wrong ---------------------------------------------------------------------------------


def stopped_after(path, time_s, trouble=None):
    """Record, make trouble three seconds after the start, and ask for the end."""

    async def body(rig):
        recording = recording_of(await source_of(rig), path)
        running = asyncio.create_task(recording.run())
        await asyncio.sleep(3)
        if trouble:
            await trouble(rig)
        await asyncio.wait({running}, timeout=time_s - 3)
        recording.stop.ask("Ctrl-C")
        await running
        return rig.calls

    return over_the_air(body), open_session(path)


def test_asked_to_stop_it_parts_well_and_keeps_all_that_arrived(tmp_path):
    calls, session = stopped_after(tmp_path / "s.insole", 4)
    assert calls[-6:] == ["write", "stop_notify", "disconnect"] * 2
    for role in session.devices:
        frames = session.packets(role, "frames")
        assert np.diff(frames.host_time_ns).max() < 1e8
        assert session.link_events(role)[-1].reason == "Ctrl-C"
    assert session.meta.ended_at_utc
    assert session.damage == ()


def test_a_lost_link_comes_back_and_both_are_said(tmp_path, caplog):
    async def lose(rig):
        await rig.lose(PLACES["left"])

    _, session = stopped_after(tmp_path / "s.insole", 10, lose)
    assert [event.kind for event in session.link_events("left")] == [
        "connected", "lost", "reconnected", "closed",
    ]  # fmt: skip
    assert "left: lost at" in caplog.text
    assert "left: reconnected at" in caplog.text
    assert np.diff(session.packets("right", "frames").host_time_ns).max() < 1e8


@pytest.mark.usefixtures("soon_given_up")
def test_when_all_are_lost_for_good_the_file_keeps_what_had_arrived(tmp_path):
    async def switch_off(rig):
        for address in PLACES.values():
            await rig.remove(address)

    with pytest.raises(LinkError, match="did not come back"):
        stopped_after(tmp_path / "s.insole", 500, switch_off)
    session = open_session(tmp_path / "s.insole")
    assert len(session.packets("left", "frames")) > 50
    assert session.meta.ended_at_utc


def test_a_view_that_fails_costs_no_packet(tmp_path, monkeypatch, caplog):
    def fail(*_):
        raise ZeroDivisionError

    monkeypatch.setattr("insole.live.Live.take", fail)
    session = kept(tmp_path / "s.insole", duration_s=4)
    assert len(session.packets("left", "frames")) > 90
    assert caplog.text.count("the live view has failed") == 1


def test_if_the_second_does_not_connect_nothing_is_kept_and_the_first_is_let_go(tmp_path):
    async def body(rig):
        source = await source_of(rig)
        await rig.remove(PLACES["right"])
        with pytest.raises(LinkError, match=r"right: .* does not answer; step on it"):
            await recording_of(source, tmp_path / "s.insole").run()
        assert not rig.clients
        assert rig.calls[-1] != "connect"

    over_the_air(body)
    assert list(tmp_path.glob("*.insole*")) == []


def test_two_that_say_they_are_the_same_foot_are_refused(tmp_path):
    async def body():
        async with InProcessRig() as rig:
            for address in PLACES.values():
                await rig.put(SteadyPeripheral(SPEC, "left"), address)
            source = await source_of(rig, Wanted())
            await recording_of(source, tmp_path / "s.insole").run()

    with pytest.raises(LinkError, match=r"left: .*says|left: two devices"):
        fast_loop.run(body())
    assert list(tmp_path.glob("*.insole*")) == []


def test_a_file_that_cannot_be_made_is_an_error_and_lets_the_devices_go(tmp_path):
    async def body(rig):
        with pytest.raises(StoreError):
            await recording_of(await source_of(rig), tmp_path / "no" / "s.insole").run()
        assert not rig.clients

    over_the_air(body)


def test_stopped_while_connecting_nothing_is_kept(tmp_path):
    async def body(rig):
        source = await source_of(rig)
        await rig.remove(PLACES["right"])
        recording = recording_of(source, tmp_path / "s.insole")
        running = asyncio.create_task(recording.run())
        await asyncio.sleep(3)
        recording.stop.ask("Ctrl-C")
        await running
        assert not recording.began
        assert recording.path is None

    over_the_air(body)


# Which devices -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "roles"),
    [
        (Wanted(), ["left", "right"]),
        (Wanted(side="left"), ["left"]),
        (Wanted(devices=("sim_insole",), side="right"), ["right"]),
        (Wanted(devices=(PLACES["left"],), side="left"), ["left"]),
        (Wanted(left="sim_insole"), ["left"]),
        (Wanted(devices=("sim_insole",)), ["left", "right"]),
        (Wanted(devices=("wh_c06",), left="sim_insole"), ["", "left"]),
    ],
)
def test_each_wish_has_its_role(wanted, roles):
    assert [wish.role for wish in wanted.wishes(list_specs())] == roles


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted(devices=("a", "b"), side="left"),
        Wanted(left="sim_insole", side="left"),
        Wanted(devices=("nobody",)),
    ],
)
def test_wishes_that_cannot_be_are_refused(wanted):
    with pytest.raises(LinkError):
        wanted.wishes(list_specs())


@pytest.mark.parametrize("side", ["left", "right"])
def test_of_two_insoles_near_the_one_asked_for_is_taken(tmp_path, side):
    session = kept(tmp_path / "s.insole", wanted=Wanted(**{side: "sim_insole"}), duration_s=2)
    assert list(session.devices) == [side]
    assert session.devices[side].name == f"INSOLE-SIM-{side[0].upper()}"
    assert {role for role, _ in session.streams()} == {side}


def test_if_neither_is_for_the_foot_asked_for_it_says_so_and_lets_both_go(tmp_path):
    async def body():
        async with InProcessRig() as rig:
            for address in PLACES.values():
                await rig.put(SteadyPeripheral(SPEC, "left"), address)
            source = await source_of(rig, Wanted(right="sim_insole"))
            with pytest.raises(LinkError, match="right: neither insole says"):
                await recording_of(source, tmp_path / "s.insole").run()
            assert not rig.clients

    fast_loop.run(body())


def test_a_scale_that_only_advertises_is_recorded_beside_an_insole(tmp_path):
    async def body():
        scale, _ = peripherals("demo", load_spec("wh_c06"), 1)
        insoles, _ = peripherals("demo", SPEC, 1, ("left",))
        async with InProcessRig() as rig:
            await rig.put(scale[0], "C0:00:00:00:00:0C")
            await rig.put(insoles[0], PLACES["left"])
            wanted = Wanted(devices=("wh_c06",), left="sim_insole")
            source = await source_of(rig, wanted)
            await recording_of(source, tmp_path / "s.insole", rules=Rules(8)).run()

    fast_loop.run(body())
    session = open_session(tmp_path / "s.insole")
    assert set(session.devices) == {"plate", "left"}
    assert len(session.packets("plate", "advertisement")) > 1


def test_devices_that_are_heard_only_once_are_not_waited_for(monkeypatch):
    """As BlueZ tells of those that a program left connected when it was killed."""

    async def once(*_, enough, timeout_s):
        insoles = [
            Discovery(address, "INSOLE-SIM", -60, SPEC.id, None, None, Advertisement())
            for address in PLACES.values()
        ]
        assert not enough(insoles)
        await asyncio.sleep(timeout_s)

    async def body():
        await found(Wanted(), radio=Radio(), clock_ns=fast_loop.clock_ns)
        return asyncio.get_running_loop().time()

    monkeypatch.setattr("insole.recording.radio.scan", once)
    assert SETTLE_S <= fast_loop.run(body()) < SETTLE_S + 1


@pytest.mark.parametrize("roles", [("plate",), ("left", "plate")])
def test_an_insole_is_no_plate(roles):
    with pytest.raises(SpecError, match="left or right"):
        check_roles(SPEC, roles)


# Simulated and replayed --------------------------------------------------------------------------


def fast(source, path, **rules):
    asyncio.run(recording_of(source, path, rules=Rules(**rules), follow=False).run())
    return open_session(path)


def test_a_replay_gives_the_same_packets(tmp_path):
    first = fast(simulated("quiet_stance")[0], tmp_path / "a.insole")
    again = fast(replayed(tmp_path / "a.insole"), tmp_path / "b.insole")
    assert again.devices == first.devices
    assert again.meta.note == "replayed from a.insole"
    assert (again.meta.scenario, again.meta.seed) == ("quiet_stance", 1)
    for stream in first.streams():
        one, other = first.packets(*stream), again.packets(*stream)
        assert one.payload == other.payload
        assert (one.host_time_ns == other.host_time_ns).all()


def test_of_a_simulation_so_much_is_recorded_to_the_packet(tmp_path):
    session = fast(simulated("demo")[0], tmp_path / "a.insole", duration_s=10)
    for role in session.devices:
        *_, before, last = session.packets(role, "frames").host_time_ns
        assert before < 10e9 <= last  # the packet that shows that time is over has arrived too


def test_an_imported_session_cannot_be_replayed(tmp_path):
    from insole.record.store import Device, SessionMeta, Store

    with Store.create(tmp_path / "i.insole", SessionMeta("2026-01-01T00:00:00Z")) as store:
        store.add_device(Device("left", "loadsol"))
    with pytest.raises(LinkError, match="holds no packets"):
        replayed(tmp_path / "i.insole")


# In one call -------------------------------------------------------------------------------------


def test_in_a_cell_it_is_awaited_and_gives_the_session(tmp_path):
    async def cell():
        return await insole.record_session(
            simulate="demo", out=tmp_path, exercise="eccentric_raise", note="at home"
        )

    session = asyncio.run(cell())
    assert session.path.parent == tmp_path
    assert session.path.name.endswith("_eccentric_raise.insole")
    assert len(session.raises) == 5
    assert session.report().session.note == "at home"


def test_a_script_gets_it_too_and_into_the_sessions_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("INSOLE_SESSIONS", str(tmp_path / "new"))
    session = insole.record_session_blocking(simulate="quiet_stance", duration_s=5, seed=3)
    assert session.path.parent == tmp_path / "new"
    assert session.samples["left"]["host_time_s"].max() == pytest.approx(5, abs=0.1)


def test_in_a_running_loop_the_blocking_one_says_what_to_do():
    async def cell():
        insole.record_session_blocking(simulate="demo")

    with pytest.raises(InsoleError, match="await record_session"):
        asyncio.run(cell())


def test_over_the_air_too(tmp_path, monkeypatch):
    async def body(rig):
        async def find(wanted, **options):
            return await found(wanted, radio=rig.radio, clock_ns=fast_loop.clock_ns, **options)

        monkeypatch.setattr(whole, "found", find)
        return await insole.record_session(out=tmp_path / "s.insole", duration_s=4)

    session = over_the_air(body)
    assert set(session.samples) == {"left", "right"}


def test_cancelled_like_a_notebook_s_cell_the_file_is_closed(tmp_path, monkeypatch):
    async def body(rig):
        async def find(wanted, **options):
            return await found(wanted, radio=rig.radio, clock_ns=fast_loop.clock_ns, **options)

        monkeypatch.setattr(whole, "found", find)
        cell = asyncio.create_task(insole.record_session(out=tmp_path / "s.insole"))
        await asyncio.sleep(4)
        cell.cancel()
        with pytest.raises(asyncio.CancelledError):
            await cell

    over_the_air(body)
    assert open_session(tmp_path / "s.insole").meta.ended_at_utc
    assert [file.name for file in tmp_path.glob("s.*")] == ["s.insole"]


def test_stopped_before_a_device_is_found_it_says_so(monkeypatch, tmp_path):
    async def never(*_, **__):
        await asyncio.Event().wait()

    async def cell():
        stop = Stop()
        asyncio.get_running_loop().call_later(1, stop.ask, "Ctrl-C")
        await insole.record_session(out=tmp_path, stop=stop)

    monkeypatch.setattr(whole, "found", never)
    with pytest.raises(LinkError, match=STOPPED_EARLY):
        fast_loop.run(cell())


@pytest.mark.usefixtures("soon_given_up")
def test_a_loss_for_good_is_logged_and_the_session_returned(tmp_path, monkeypatch, caplog):
    async def body(rig):
        async def find(wanted, **options):
            return await found(wanted, radio=rig.radio, clock_ns=fast_loop.clock_ns, **options)

        monkeypatch.setattr(whole, "found", find)
        cell = asyncio.create_task(insole.record_session(out=tmp_path / "s.insole"))
        await asyncio.sleep(5)
        for address in PLACES.values():
            await rig.remove(address)
        return await cell

    session = over_the_air(body)
    assert "did not come back" in caplog.text
    assert len(session.samples["left"]) > 200


# How it is stopped -------------------------------------------------------------------------------


def test_work_that_ends_by_itself_gives_its_result():
    async def work():
        return 7

    assert asyncio.run(until_stopped(work(), Stop())) == 7


def test_work_is_cancelled_when_somebody_asks():
    ended = []

    async def work():
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(1)
            ended.append("well")

    async def body():
        stop = Stop()
        asyncio.get_running_loop().call_later(1, stop.ask, "Ctrl-C")
        assert await until_stopped(work(), stop) is None
        assert stop.reason == "Ctrl-C"

    fast_loop.run(body())
    assert ended == ["well"]


@pytest.mark.parametrize(("asks", "least_s", "most_s"), [(1, 10, 12), (2, 1, 2)])
def test_asked_twice_it_does_not_wait(asks, least_s, most_s):
    """Parting takes for ever: it is left out after a while, or at once when asked again."""

    async def work():
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(1000)

    async def body():
        stop, loop = Stop(), asyncio.get_running_loop()
        for second in range(asks):
            loop.call_later(1 + 0.1 * second, stop.ask, f"ask {second}")
        await until_stopped(work(), stop)
        assert stop.reason == "ask 0"
        return loop.time()

    assert least_s <= fast_loop.run(body()) < most_s


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="this system has no SIGHUP")
@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (signal.SIGINT, "Ctrl-C"),
        (signal.SIGTERM, "the system asked for it"),
        (signal.SIGHUP, "the terminal was closed"),
    ],
)
def test_a_signal_ends_the_recording_and_not_the_program(number, reason):
    async def body():
        stop = Stop()
        with stopped_by_signals(stop):
            os.kill(os.getpid(), number)
            await asyncio.wait_for(stop.asked(), 10)
        return stop.reason

    before = signal.getsignal(number)
    assert asyncio.run(body()) == reason
    assert signal.getsignal(number) in {before, signal.default_int_handler}


def test_what_was_started_to_outlive_its_terminal_does():
    async def body():
        with stopped_by_signals(Stop()):
            return signal.getsignal(signal.SIGHUP)

    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        assert asyncio.run(body()) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_in_another_thread_signals_are_left_alone():
    async def body():
        with stopped_by_signals(Stop()):
            return signal.getsignal(signal.SIGTERM)

    found_there = []
    thread = threading.Thread(target=lambda: found_there.append(asyncio.run(body())))
    thread.start()
    thread.join(10)
    assert found_there == [signal.getsignal(signal.SIGTERM)]
