"""Simulated devices of every shipped spec: what they say is what their sensors said."""

import time
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from sim_rig import RAISE, STAND, scenario

from insole.codec import Decoder, script
from insole.errors import DecodeError, LinkError, SpecError
from insole.sim.device import UNPLACED, Sampling
from insole.sim.host import NOW, Host
from insole.sim.link import rig
from insole.sim.measuring import measure
from insole.sim.packet import DeviceState, samples_per_packet
from insole.sim.peripheral import Beginning, SimPeripheral, peripherals
from insole.sim.persona import Persona
from insole.sim.scenario import load_scenario
from insole.sim.sim_peripheral import ANSWER_NS
from insole.spec import list_specs, load_spec, match_spec
from insole.spec.match import advertised
from insole.transport.base import LinkEvent, Notification
from insole.units import G0

SPECS = list_specs()
BY_ID = {spec.id: spec for spec in SPECS}
CONNECTED = [spec for spec in SPECS if not spec.advertisement]
STREAMING = [spec for spec in CONNECTED if not spec.measures.locks]
ADVERTISING = [spec for spec in SPECS if spec.advertisement]
WITH_STOP = [spec for spec in STREAMING if "stop" in spec.commands]
IN_ONE = {
    "N": 1.0, "kgf": G0, "lbf": 0.45359237 * G0, "g": 1.0, "m/s2": 1 / G0, "dps": 1.0,
    "rad/s": 180 / np.pi, "cm": 10.0, "mm": 1.0,
}  # fmt: skip
SECOND = 1_000_000_000
BRIEF = scenario(STAND.format(6), RAISE.format(1.5, 4.0, 2.0, 1))
EPOCH_NS = 123_456_789_000

every_spec = pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.id)


@cache
def devices(name):
    return peripherals(BRIEF, BY_ID[name], 1)


def device_of(spec):
    """Return a new device that nobody has used yet."""
    (first, *_), _ = peripherals(BRIEF, spec, 1)
    return first


def connect(device, now_ns=EPOCH_NS):
    """Connect and start as a computer does, without waiting for anything."""
    device.connected(now_ns)
    for action in (*script.connect(device.spec), *script.start(device.spec)):
        match action:
            case script.Subscribe():
                device.subscribe(action.channel, now_ns)
            case script.Write():
                for octets in action.octets(NOW):
                    device.write(action.channel, octets, now_ns)


def frames_of(device, packets):
    decoder, frames = Decoder(device.spec), []
    for channel, payload in packets:
        frames += decoder.feed(channel, payload, 0)
    return frames


def heard(device, end_s):
    """Return all frames of a device over a perfect radio, and the spec as it was learnt."""
    host = Host(device, 0)
    host.connect()
    decoder = Decoder(device.spec)
    frames = []
    for one in (*host.heard, *host.until(round(end_s * 1e9))):
        frames += decoder.feed(one.channel, one.payload, one.time_ns)
    return frames, decoder.spec


@pytest.mark.parametrize("spec", STREAMING, ids=lambda spec: spec.id)
def test_what_is_decoded_is_what_the_sensors_said_within_half_a_step(spec):
    device = device_of(spec)
    frames, learnt = heard(device, 12.0)
    sensed, compared = device._measured.sensed, 0
    fields = {m.name: {f.name: f for f in m.every_field} for m in learnt.messages}
    place = dict.fromkeys(sensed, first_sample(device))
    for frame in frames:
        told = {**frame.samples, **{k: np.array([v]) for k, v in frame.header.items()}}
        for name, values in told.items():
            field = fields[frame.message].get(name)
            if field is None or field.role not in sensed or field.unit not in IN_ONE:
                continue
            start = place[field.role]
            n = len(values)
            meant = sensed[field.role][start : start + n] / IN_ONE[field.unit]
            place[field.role] = start + n
            if spec.measures.continuous:
                check(
                    spec,
                    field,
                    np.asarray(values, float).reshape(n, -1),
                    meant[:, : values.size // n],
                )
                compared += n
    assert compared > 100 or spec.id in {"generic_binary", "generic_text"}


def first_sample(device):
    """Return which sample the device had come to when it was started."""
    (message,) = device._persona.streams()
    each = samples_per_packet(message, device._persona.samples_to_fill)
    return device._state.first_packet * each


def check(spec, field, seen, meant):
    """Compare within half a step, but for what is out of the field's range."""
    whole = field.number.whole
    low = field.number.low * field.scale if whole else -np.inf
    high = field.number.high * field.scale if whole else np.inf
    if field.valid and spec.id != "orphe_insole":
        low, high = max(low, field.valid[0] * field.scale), min(high, field.valid[1] * field.scale)
    step = 0.5001 * field.scale if whole else 1e-5 * np.nanmax(np.abs(meant), initial=1.0)
    if spec.id == "orphe_insole" and field.role == "load":
        step = 1.0  # newtons of a step of the converter, where its polynomial is steep
    known = np.isfinite(seen)
    assert seen[known] == pytest.approx(np.clip(meant, low, high)[known], abs=step)


@pytest.mark.parametrize(
    "spec", [s for s in SPECS if s.kind in {"force_plate", "scale"}], ids=lambda spec: spec.id
)
def test_a_plate_or_scale_says_what_both_feet_weigh(spec):
    (link,), truth = rig(BRIEF, spec, 2)
    fields = [f for m in spec.messages for f in m.every_field if f.role == "total"]
    times, totals = [], []
    decoder = Decoder(spec)
    for item in link.items:
        if isinstance(item, Notification):
            for frame in decoder.feed(item.channel, item.payload, item.host_time_ns):
                total = {**frame.samples, **frame.header}.get("total")
                if total is not None:
                    totals += np.atleast_1d(total).tolist()
                    times += [item.host_time_ns / 1e9] * np.size(total)
    in_n = np.array(totals) * IN_ONE[fields[0].unit]
    body_n = truth.person.mass_kg * G0
    if spec.measures.locks:
        assert in_n[-1] == pytest.approx(body_n, rel=0.02)
        return
    quiet = np.array(times) < 5.0
    true_n = np.interp(times, truth.time_s, truth.force_n.sum(axis=1))
    # gain, zero and drift of a device, its noise, and half a pound where it counts pounds
    assert in_n[quiet].mean() == pytest.approx(true_n[quiet].mean(), abs=0.006 * body_n + 3)
    assert np.abs(in_n - true_n).max() < 0.25 * body_n


@pytest.mark.parametrize(
    "spec", [s for s in SPECS if s.kind == "dynamometer"], ids=lambda spec: spec.id
)
def test_a_pull_cell_is_pulled_while_the_scenario_holds(spec):
    (link,), truth = rig(BRIEF, spec, 2)
    decoder = Decoder(spec)
    times, totals = [], []
    for item in link.items:
        if isinstance(item, Notification):
            for frame in decoder.feed(item.channel, item.payload, item.host_time_ns):
                total = {**frame.samples, **frame.header}.get("total", ())
                totals += np.atleast_1d(total).tolist()
                times += [item.host_time_ns / 1e9] * np.size(total)
    both = truth.events[truth.events["side"] == "both"]
    top_s = both.loc[both["event"] == "top_reached", "t_true_s"].to_numpy()
    down_s = both.loc[both["event"] == "lowering_onset", "t_true_s"].to_numpy()
    times, totals = np.array(times), np.nan_to_num(totals)
    held = np.zeros(len(times), bool)
    for start_s, end_s in zip(top_s, down_s, strict=True):
        held |= (times > start_s + 0.6) & (times < end_s)
    assert np.median(totals[held]) > 10 * np.median(totals[times < 5.0]) + 10


@every_spec
def test_every_device_looks_like_itself_and_tells_its_side(spec):
    (first, *more), _ = devices(spec.id)
    for device in (first, *more):
        found = device.advertisement(EPOCH_NS)
        assert match_spec(found, SPECS).id == spec.id
        assert found.local_name == device.local_name
    assert len({device.local_name for device in (first, *more)}) == 1 + len(more)


@pytest.mark.parametrize("spec", [s for s in SPECS if s.side.values], ids=lambda s: s.id)
def test_the_side_is_told_where_the_device_tells_it(spec):
    for device in devices(spec.id)[0]:
        frames, _ = heard(device, 1.0)
        message, field = spec.side.source.split(".")
        told = {frame.header[field] for frame in frames if frame.message == message}
        assert {spec.side.values[int(code)] for code in told} == {device.role}


@pytest.mark.parametrize("spec", ADVERTISING, ids=lambda spec: spec.id)
def test_a_reading_in_advertisements_changes_with_time_and_stays_in_the_end(spec):
    device = device_of(spec)
    decoder = Decoder(spec)
    payloads = {}
    for second in range(32):
        channel, payload = advertised(device.advertisement(EPOCH_NS + second * SECOND), spec)
        (frame,) = decoder.feed(channel, payload, 0)
        payloads[second] = payload, frame.header
    assert len({payload for payload, _ in payloads.values()}) >= (3 if spec.measures.locks else 10)
    assert payloads[31][0] == payloads[29][0]
    readings = [advertised(device.advertisement(EPOCH_NS), spec), *device.readings(20 * SECOND)]
    assert readings[0][1] == readings[1][1]
    assert device.next_ns() is None
    assert device.due(EPOCH_NS + 200 * SECOND) == []


def test_a_scale_settles_says_so_and_keeps_its_reading_after_the_person_has_left():
    spec = load_spec("xiaomi_mi_scale_2")
    on_off = scenario(STAND.format(6), '[[block]]\nkind = "step_off"\nduration_s = 6.0\n')
    (device,), truth = peripherals(on_off, spec, 0)
    decoder = Decoder(spec)
    frames = [
        decoder.feed("advertisement", body, time_ns)[0]
        for time_ns, body in device.readings(10_500_000_000)
    ]
    stable = [frame.header["stable"] for frame in frames]
    removed = [frame.header["removed"] for frame in frames]
    (kept,) = {frame.header["total"] for frame in frames if frame.header["stable"]}
    times = {(f.header["minute"], f.header["second"]) for f in frames if f.header["stable"]}
    assert stable[0] == removed[0] == 0
    assert kept == pytest.approx(truth.person.mass_kg, abs=0.5)
    assert len(times) == 2, "it tells when it settled, then when it was left"
    assert removed[-4:] == [1] * 4
    assert stable[-4:] == [1] * 4


def test_a_standard_scale_indicates_once_for_each_weighing():
    spec = load_spec("sig_weight_scale")
    off = '[[block]]\nkind = "step_off"\nduration_s = 8.0\n'
    (device,), _ = peripherals(scenario(STAND.format(8), off, STAND.format(8)), spec, 0)
    frames, _ = heard(device, 24.0)
    assert [frame.message for frame in frames].count("weight_si") == 2


@pytest.mark.parametrize("spec", WITH_STOP, ids=lambda spec: spec.id)
def test_start_and_stop_are_obeyed(spec):
    device = device_of(spec)
    device.connected(EPOCH_NS)
    for name, channel in spec.gatt.items():
        if channel.use in {"notify", "indicate"}:
            device.subscribe(name, EPOCH_NS)
    assert device.due(EPOCH_NS + SECOND) == []
    connect(device, EPOCH_NS + SECOND)
    device.due(EPOCH_NS + SECOND + 2 * ANSWER_NS)
    assert len(device.due(EPOCH_NS + 2 * SECOND)) > 1
    now_ns = EPOCH_NS + 3 * SECOND
    device.due(now_ns)
    for action in script.stop(spec):
        for octets in action.octets(NOW):
            device.write(action.channel, octets, now_ns)
    device.due(now_ns + 2 * ANSWER_NS)
    assert device.due(now_ns + 5 * SECOND) == []


@pytest.mark.parametrize("spec", STREAMING, ids=lambda spec: spec.id)
def test_only_what_is_subscribed_to_comes(spec):
    device = device_of(spec)
    connect(device)
    assert device.due(EPOCH_NS + SECOND)
    for name in spec.gatt:
        device.unsubscribe(name)
    assert device.due(EPOCH_NS + 2 * SECOND) == []
    assert device.next_ns() is None
    for name, channel in spec.gatt.items():
        if channel.use in {"notify", "indicate"}:
            device.subscribe(name, EPOCH_NS + 2 * SECOND)
    assert device.due(EPOCH_NS + 3 * SECOND)
    device.disconnected()
    assert device.due(EPOCH_NS + 9 * SECOND) == []


def test_a_reconnected_device_counts_from_zero_while_its_clock_goes_on():
    device = device_of(load_spec("sim_insole"))
    connect(device)
    before = frames_of(device, device.due(EPOCH_NS + SECOND))
    device.disconnected()
    connect(device, EPOCH_NS + 3 * SECOND)
    after = frames_of(device, device.due(EPOCH_NS + 4 * SECOND))
    assert before[0].header["counter"] > 0
    assert [frame.header["counter"] for frame in after] == list(range(len(after)))
    passed_ms = (after[0].header["device_ms"] - before[0].header["device_ms"]) % 65536
    assert passed_ms == pytest.approx(3000, abs=45)


@pytest.mark.parametrize("name", ["tindeq_progressor", "uq_smartinsole"])
def test_a_clock_begins_with_each_start_where_the_real_one_does(name):
    device = device_of(load_spec(name))
    for begin_ns in (EPOCH_NS, EPOCH_NS + 7 * SECOND):
        connect(device, begin_ns)
        frames = frames_of(device, device.due(begin_ns + SECOND))
        clocks = [f.samples[device.spec.clock.field] for f in frames if f.samples]
        assert clocks[0][0] == 0
        device.disconnected()


def test_both_feet_begin_together_when_the_first_is_connected_to():
    (left, right), truth = peripherals(BRIEF, load_spec("sim_insole"), 1)
    connect(left)
    connect(right, EPOCH_NS + 4 * SECOND)
    at_ns = EPOCH_NS + 6 * SECOND
    totals = {}
    for device in (left, right):
        frames = frames_of(device, device.due(at_ns))
        totals[device.role] = frames[-1].samples["load"][-1].sum()
    foot_n = truth.force_n[round(6 * truth.rate_hz)]
    assert totals["left"] == pytest.approx(foot_n[0], rel=0.3)
    assert totals["right"] == pytest.approx(foot_n[1], rel=0.3)


def test_a_scenario_that_repeats_goes_on_and_one_that_does_not_falls_silent():
    spec = load_spec("sim_insole")
    short = scenario(STAND.format(4))
    for repeat, packets in ((False, 100), (True, 1000)):
        (device, _), _ = peripherals(short, spec, 0, repeat=repeat)
        connect(device)
        frames = frames_of(device, device.due(EPOCH_NS + 40 * SECOND))
        assert len(frames) == pytest.approx(packets, abs=13)
        ms = np.unwrap([frame.header["device_ms"] for frame in frames], period=65536)
        counter = np.unwrap([frame.header["counter"] for frame in frames], period=65536)
        assert np.unique(np.diff(ms)) == pytest.approx([40])
        assert np.unique(np.diff(counter)) == pytest.approx([1])
        assert (device.next_ns() is None) is not repeat


@pytest.mark.parametrize("spec", CONNECTED, ids=lambda spec: spec.id)
def test_what_cannot_be_done_is_a_link_error(spec):
    device = device_of(spec)
    device.connected(EPOCH_NS)
    for wrong in (lambda: device.read("none", 0), lambda: device.write("none", b"", 0),
                  lambda: device.subscribe("none", 0)):  # fmt: skip
        with pytest.raises(LinkError, match=device.role):
            wrong()
    for name, channel in spec.gatt.items():
        if channel.use == "write":
            for payload in (b"", b"\xff" * 40, bytes(range(256))):
                device.write(name, payload, EPOCH_NS)
    try:
        frames_of(device, device.due(EPOCH_NS + 10 * SECOND))
    except DecodeError:
        pytest.fail("answers to nonsense cannot be decoded")


def test_a_device_that_was_never_used_has_nothing_due():
    device = device_of(load_spec("sim_insole"))
    assert device.next_ns() is None
    assert device.due(10**18) == []


def test_a_device_that_tells_no_force_cannot_play():
    spec = load_spec("sim_insole")
    info = tuple(message for message in spec.messages if message.name == "info")
    with pytest.raises(SpecError, match="tells a force"):
        peripherals("demo", replace(spec, messages=info), 0)


@every_spec
def test_every_device_plays_in_a_rig(spec):
    links, _ = rig(BRIEF, spec, 3)
    for link in links:
        assert link.items[0] == LinkEvent(link.role, 0, "connected")
        times = [item.host_time_ns for item in link.items]
        assert times == sorted(times)
        assert any(isinstance(item, Notification) for item in link.items)


def test_twenty_devices_of_200_packets_a_second_take_a_small_part_of_a_core():
    spec = load_spec("orphe_insole")  # 52 packets a second each, so 77 of them are as many
    calm = load_scenario("quiet_stance")
    several = [device for seed in range(5) for device in peripherals(calm, spec, seed)[0]]
    for device in several:
        connect(device, 0)
    packets = 0
    started_s = time.process_time()
    for now_ns in range(0, 10 * SECOND, 5_000_000):
        for device in several:
            packets += len(device.due(now_ns))
    used_s = time.process_time() - started_s
    assert packets > 5_000
    # 4000 packets a second, and 200 questions a second to each of 20 devices, in real time
    assert used_s / packets * 4000 < 0.4


def test_a_plate_under_insoles_begins_with_them():
    beginning = Beginning()
    (left, _), truth = peripherals(BRIEF, BY_ID["sim_insole"], 1, beginning=beginning)
    (plate,), same = peripherals(BRIEF, BY_ID["ferra_plate"], 1, beginning=beginning)
    assert np.array_equal(truth.force_n, same.force_n)
    connect(left)
    connect(plate, EPOCH_NS + 3 * SECOND)
    (first, *_) = frames_of(plate, plate.due(EPOCH_NS + 4 * SECOND))
    truth_n = truth.force_n[round(3 * truth.rate_hz)].sum()
    assert first.samples["total"][0] * G0 == pytest.approx(truth_n, rel=0.02)
    assert plate.due(EPOCH_NS + 90 * SECOND)
    assert plate.next_ns() is None


def test_a_device_whose_cells_nobody_counted_has_some():
    spec = BY_ID["brilliant_sole"]
    persona = Persona(spec, "left")
    _, truth = devices("brilliant_sole")
    sampling = Sampling(0.0, persona.spec.clock.sample_period_s, 0.0)
    measured = measure(truth, persona, sampling, np.random.default_rng(0))
    assert measured.sensed["load"].shape[1] == UNPLACED
    device = SimPeripheral(persona, measured, DeviceState("left", 0, 0, 700.0), Beginning())
    device.connected(EPOCH_NS)
    device.subscribe("rx", EPOCH_NS)
    device.write("tx", spec.commands["start"].payload, EPOCH_NS)
    loads = [frame.samples["load"] for frame in frames_of(device, device.due(EPOCH_NS + SECOND))]
    assert {load.shape for load in loads} == {(1, UNPLACED)}


def test_nonsense_before_a_command_in_pieces_is_stepped_over():
    device = device_of(BY_ID["vernier_gdx_fp"])
    device.connected(EPOCH_NS)
    device.subscribe("response", EPOCH_NS)
    status = device.spec.commands["status"].payload
    for piece in (b"\x00\x01", b"", status[:2], status[2:]):
        device.write("command", piece, EPOCH_NS)
    (frame,) = frames_of(device, device.due(EPOCH_NS + SECOND))
    assert frame.header["command"] == status[4]


@pytest.mark.parametrize("name", ["every_feature", "odd_plate"])
def test_specs_with_every_feature_play(name):
    spec = load_spec(Path(__file__).parents[1] / "codec" / f"{name}.toml")
    device = peripherals(BRIEF, spec, 0)[0][0]
    frames, _ = heard(device, 5.0)
    assert len(frames) > 20
