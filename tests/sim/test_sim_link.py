import asyncio
import time
from dataclasses import replace

import numpy as np
import pytest
from sim_rig import RAISE, STAND, ZONES, decoded, scenario, sent

from insole.codec import Decoder, decode_block
from insole.errors import LinkError
from insole.sim import packet
from insole.sim.link import rig
from insole.sim.persona import persona_for
from insole.sim.scenario import Faults, load_scenario
from insole.spec import load_spec, parse
from insole.transport.base import LinkEvent, Notification
from insole.units import G0

SPEC = load_spec("sim_insole")
SPECS = {"sim_insole": SPEC, "zones": parse(ZONES, "zones.toml")}
SHORT = scenario(STAND.format(4), RAISE.format(1.0, 1.0, 2.0, 1))
PERFECT = Faults(interval_ms=1.0, jitter_ms=0.0, stall_fraction=0.0)


async def listen(link, heard):
    async for item in link.notifications():
        heard.append(item)


async def play(links):
    heard = []
    for link in links:
        await link.open()
    await asyncio.gather(*(listen(link, heard) for link in links))
    for link in links:
        await link.close()
    return heard


def test_clock_and_counter_go_on_from_where_they_stood_and_wrap():
    (message,) = packet.streamed(SPEC)
    count = SPEC.clock.modulus // 40 + 10
    sensed = {role: np.zeros((4 * count, parts)) for role, parts in
              {"load": 16, "acc": 3, "gyro": 3}.items()}  # fmt: skip
    bodies = packet.payloads(
        persona_for(SPEC, "left"),
        message,
        sensed,
        packet.DeviceState("left", 65_500, 65_530, 700.0),
    )
    block = decode_block(SPEC, "frames", b"".join(bodies), np.full(count, len(bodies[0])),
                         np.arange(count)).blocks["frame"]  # fmt: skip
    place = np.arange(count)
    assert block.header["device_ms"] == pytest.approx((65_500 + 40 * place) % 65_536)
    assert block.header["counter"] == pytest.approx((65_530 + place) % 65_536)


def test_a_clock_stamped_at_the_last_sample_is_ahead_by_the_packet():
    spec = SPECS["zones"]
    (message,) = packet.streamed(spec)
    sensed = {"load": np.zeros((40, 3))}
    for stamp, ahead in (("first", 0), ("last", 3)):
        stamped = replace(spec, clock=replace(spec.clock, stamp=stamp, tick_s=0.02))
        body = packet.payloads(
            persona_for(stamped, "left"), message, sensed, packet.DeviceState("left", 10, 0, 700.0)
        )[1]
        assert body[0] == 10 + 4 + ahead


@pytest.mark.parametrize("skew_ppm", [0.0, 50.0, 400.0])
def test_the_clocks_run_apart_as_asked(skew_ppm):
    calm = replace(load_scenario("demo"), faults=replace(PERFECT, skew_ppm=skew_ppm))
    links, _ = rig(calm, SPEC, 1)
    for link, sign in zip(links, (1, -1), strict=True):
        block = decoded(SPEC, link).blocks["frame"]
        elapsed_s = np.unwrap(block.header["device_ms"].astype(float), period=65_536) / 1000
        slope = np.polyfit(block.host_time_ns / 1e9, elapsed_s, 1)[0]
        assert (slope - 1) * 1e6 == pytest.approx(sign * skew_ppm, abs=5)


def test_lost_packets_are_missing_and_the_counter_tells():
    lossy = replace(load_scenario("raise_single"), faults=Faults(loss_fraction=0.05))
    links, session = rig(lossy, SPEC, 0)
    for link in links:
        counter = np.unwrap(decoded(SPEC, link).blocks["frame"].header["counter"], period=65_536)
        sent = counter[-1] - counter[0] + 1
        assert sent == pytest.approx(session.duration_s / 0.04, abs=20)
        assert 1 - len(counter) / sent == pytest.approx(0.05, abs=0.015)


def test_samples_stand_at_their_true_times():
    calm = replace(SHORT, faults=PERFECT)
    links, session = rig(calm, SPEC, 3)
    for foot, link in enumerate(links):
        block = decoded(SPEC, link).blocks["frame"]
        loads_n = block.samples["load"].sum(axis=2)[:, -1]
        true_n = np.interp(block.host_time_ns / 1e9, session.time_s, session.force_n[:, foot])
        flat = block.host_time_ns / 1e9 < session.events["t_true_s"].min()
        ratio = loads_n[flat] / true_n[flat]
        assert ratio.std() < 0.02
    firsts_s = [sent(link)[0].host_time_ns / 1e9 for link in links]
    assert min(firsts_s) == pytest.approx(0.03, abs=0.005)


def test_a_lost_connection_leaves_a_seam_and_the_count_begins_anew():
    broken = replace(SHORT, faults=replace(PERFECT, reconnects=(3.0, 2.0)))
    (left, right), session = rig(broken, SPEC, 0)
    events = [item for item in left.items if isinstance(item, LinkEvent)]
    assert [event.kind for event in events] == ["connected", "lost", "reconnected"]
    assert [event.host_time_ns / 1e9 for event in events[1:]] == pytest.approx([3.0, 5.0], abs=0.1)
    times_s = np.array([item.host_time_ns for item in sent(left)]) / 1e9
    assert not ((times_s > 3.1) & (times_s < 5.0)).any()
    assert times_s.max() > session.duration_s - 0.2
    later = [item for item in left.items if item.host_time_ns >= 5e9]
    assert later[1].channel == "info"
    counters = [int.from_bytes(item.payload[:2], "little") for item in later[2:]]
    assert counters == list(range(len(counters)))
    times = [item.host_time_ns for item in left.items]
    assert times == sorted(times)
    assert sum(isinstance(item, LinkEvent) for item in right.items) == 1


def test_a_connection_that_is_lost_for_good_ends_so():
    broken = replace(SHORT, faults=replace(PERFECT, reconnects=(3.0, 900.0)))
    (left, _), _ = rig(broken, SPEC, 0)
    assert left.items[-1].kind == "lost"


def test_silence_is_the_first_devices_alone():
    quiet = replace(SHORT, faults=replace(PERFECT, silences=(3.0, 1.0)))
    left, right = (
        np.array([item.host_time_ns for item in sent(link)]) for link in rig(quiet, SPEC, 0)[0]
    )
    assert np.diff(left).max() / 1e9 == pytest.approx(1.0, abs=0.1)
    assert np.diff(right).max() / 1e9 < 0.1


def test_the_same_seed_gives_the_same_bytes_and_another_one_others():
    first, again, other = (
        [sent(link) for link in rig("demo", SPEC, seed)[0]] for seed in (5, 5, 6)
    )
    assert first == again
    assert first != other
    assert first[0] != first[1]


def test_both_links_come_out_merged_in_order_of_time():
    links, _ = rig(SHORT, SPEC, 0)
    heard = asyncio.run(play(links))
    times = [item.host_time_ns for item in heard]
    assert times == sorted(times)
    assert {item.role for item in heard[-20:]} == {"left", "right"}
    packets = [item for item in heard if isinstance(item, Notification)]
    assert len(packets) == sum(len(sent(link)) for link in links) + 2


def test_a_link_begins_with_what_its_script_reads_and_ends_closed():
    links, _ = rig(SHORT, SPEC, 0)
    heard = asyncio.run(play(links))
    for role, code in (("left", 0), ("right", 1)):
        own = [item for item in heard if item.role == role]
        assert own[0] == LinkEvent(role, 0, "connected")
        (frame,) = Decoder(SPEC).feed(own[1].channel, own[1].payload, 0)
        assert frame.message == "info"
        assert frame.header["side"] == code
        assert frame.header["rate"] == 100
        assert own[-1].kind == "closed"
        assert {item.channel for item in own[2:-1]} == {"frames"}


def test_one_link_alone_plays_to_its_end():
    (left, _), _ = rig(SHORT, SPEC, 0)
    assert len(asyncio.run(play([left]))) == len(sent(left)) + 3


def test_closing_is_final_and_lets_the_other_link_go_on():
    (left, right), _ = rig(SHORT, SPEC, 0)

    async def close_left_early():
        heard = []
        await left.open()
        await right.open()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(listen(right, heard))
            async for item in left.notifications():
                heard.append(item)
                if len(heard) > 50:
                    await left.close()
        await left.close()
        return heard

    heard = asyncio.run(asyncio.wait_for(close_left_early(), 10))
    assert sum(item.role == "right" for item in heard) == len(sent(right)) + 3
    assert sum(item.role == "left" for item in heard) < 50
    with pytest.raises(LinkError, match="left: is closed"):
        asyncio.run(left.read("info"))
    with pytest.raises(LinkError, match="cannot be opened, since it is closed"):
        asyncio.run(left.open())


def test_a_cancelled_listener_does_not_hold_up_the_other():
    (left, right), _ = rig(SHORT, SPEC, 0)

    async def cancel_left():
        heard = []
        await left.open()
        await right.open()
        listener = asyncio.create_task(listen(left, []))
        await asyncio.sleep(0)
        listener.cancel()
        await left.close()
        await listen(right, heard)
        return heard

    assert len(asyncio.run(asyncio.wait_for(cancel_left(), 10))) == len(sent(right)) + 3


def test_a_pace_waits_in_real_time():
    links, session = rig(scenario(STAND.format(2)), SPEC, 0, pace=0.1)
    started_s = time.perf_counter()
    asyncio.run(play(links))
    assert time.perf_counter() - started_s > 0.09 * session.duration_s


def test_only_what_the_spec_names_can_be_read_and_written():
    async def ask(link):
        with pytest.raises(LinkError, match="is new; open it first"):
            await link.read("info")
        await link.open()
        assert len(await link.read("info")) == 4
        await link.write("command", b"\x01", response=True)
        with pytest.raises(LinkError, match="frames cannot be read; readable: info"):
            await link.read("frames")
        with pytest.raises(LinkError, match="info cannot be written"):
            await link.write("info", b"\x01", response=True)

    asyncio.run(ask(rig(SHORT, SPEC, 0)[0][0]))


def test_other_insoles_play_any_scenario():
    links, _ = rig("demo", SPECS["zones"], 0)
    heard = asyncio.run(play(links))
    heel = decoded(SPECS["zones"], links[0]).blocks["frame"].samples["heel"]
    assert len(heard) > 1000
    assert np.nanmax(heel) > 5 * np.nanmin(heel)


@pytest.mark.parametrize(
    ("unit", "scale", "one_n"),
    [("kgf", 0.01, 1 / G0), ("bw", 0.0001, 1 / 700.0), ("adc", 1, 262.14)],
)
def test_loads_come_in_the_unit_of_the_spec(unit, scale, one_n):
    text = ZONES.replace('unit = "adc"', f'unit = "{unit}", scale = {scale}')
    spec = parse(text.replace("[1.0, 2.0]", f"[{scale}, {2 * scale}]")
                 .replace("[3.0]", f"[{3 * scale}]"), "unit.toml")  # fmt: skip
    (message,) = packet.streamed(spec)
    sensed = {"load": np.full((8, 3), 100.0)}
    body = packet.payloads(
        persona_for(spec, "left"), message, sensed, packet.DeviceState("left", 0, 0, 700.0)
    )[0]
    (frame,) = Decoder(spec).feed("frames", body, 0)
    assert frame.samples["heel"] == pytest.approx([100 * one_n] * 4, abs=scale)
