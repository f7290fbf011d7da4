"""A session while it is recorded: what is known of it, whatever arrives and whoever looks."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

import insole
from insole.decoded import device_samples
from insole.detect.base import FootChunk, run
from insole.detect.heel import HeelDetector
from insole.live import Live
from insole.record.store import open_session
from insole.sim.link import rig
from insole.spec import list_specs, load_spec
from insole.transport import rig as links_together
from insole.transport.base import LinkEvent, Notification

SPEC = load_spec("sim_insole")
SPECS = list_specs()
DEVICES = {"left": SPEC, "right": SPEC}
S = 1_000_000_000


@cache
def sent(scenario="raise_double", until_s=24.0):
    """Return what both insoles of a simulated person send, and the truth of it."""
    links, truth = rig(scenario, SPEC, 1)
    items = []

    async def deliver(batch):
        items.extend(batch)

    asyncio.run(links_together.run(links, deliver))
    return tuple(item for item in items if item.host_time_ns < until_s * S), truth


def watched(items, devices=None):
    live = Live(devices or DEVICES)
    for item in items:
        live.take(item)
    return live


def end_ns(items):
    return max(item.host_time_ns for item in items)


@pytest.fixture(scope="module")
def session():
    return sent()[0]


# What it says of a session ----------------------------------------------------------------------


def test_both_insoles_stream_and_their_figures_are_right(session):
    state = watched(session).look(end_ns(session))
    for device in state.devices.values():
        assert device.state == "streaming"
        assert device.rate_hz == pytest.approx(25.0, abs=1.5)
        assert 0.0 <= device.loss_fraction < 0.02
        assert device.battery_percent == pytest.approx(95.0, abs=2)
        assert 0.0 <= device.age_s < 0.1
        assert device.unit == "n"
        assert device.decode_errors == 0
    packets = [isinstance(i, Notification) and i.role == "left" for i in session]
    assert state.devices["left"].packets == sum(packets)


def test_what_the_person_does_agrees_with_the_truth(session):
    _, truth = sent()
    live = watched(session)
    state = live.look(end_ns(session))
    assert state.first_standing_s == pytest.approx(0.0, abs=0.2)
    assert state.sees_exercise
    body_n = truth.person.mass_kg * 9.80665
    assert state.load == pytest.approx(body_n, rel=0.5)
    assert 0.2 < state.left_share < 0.8
    events = truth.events
    for name, edge in (("heel_off", "start"), ("heel_contact", "end")):
        rows = events[(events["event"] == name) & (events["side"] == "left")]
        true_s = rows["t_true_s"].to_numpy()
        found_s = [getattr(up, edge) / 100.0 for up in live.found("left")]
        assert len(found_s) >= 1
        assert np.abs(np.array(found_s) - true_s[: len(found_s)]).max() < 0.4


def test_exercise_is_seen_while_it_goes_on_and_its_end_is_kept(session):
    _, truth = sent()
    events = truth.events
    off_s, contact_s = (
        float(
            events.loc[(events["event"] == name) & (events["side"] == "both"), "t_true_s"].iloc[0]
        )
        for name in ("heel_off", "heel_contact")
    )
    live = Live(DEVICES)
    seen = {}
    for item in session:
        live.take(item)
        if round(item.host_time_ns / S, 1) not in seen:
            state = live.look(item.host_time_ns)
            seen[round(state.time_s, 1)] = state
    assert seen[round(off_s - 0.5, 1)].exercise_ended_s is None
    during = seen[round((off_s + contact_s) / 2.0, 1)]
    assert during.exercising
    assert during.standing_since_s is None
    assert during.exercise_ended_s == pytest.approx(during.time_s, abs=live.latency_s + 0.3)
    after = seen[round(contact_s + 0.9, 1)]
    assert not after.exercising
    assert after.exercise_ended_s == pytest.approx(contact_s, abs=0.4)


def test_it_lags_by_no_more_than_it_says():
    assert Live(DEVICES).latency_s == pytest.approx(0.15)


def test_live_finds_what_the_finished_session_shows(fixtures):
    """The clocks are those of the packets so far, so an edge may lie a sample or two aside."""
    path = fixtures / "sessions" / "demo.insole"
    with open_session(path) as file:
        live = watched(packets_of(file))
        starts_s = [source.samples["time_s"].iloc[0] for _, source in device_samples(file)]
    force = insole.load(path).forces
    for side in DEVICES:
        chunk = FootChunk(force[f"{side}_n"].to_numpy(), force[f"{side}_heel_n"].to_numpy())
        offline = run(HeelDetector(100.0, newton=True), [chunk])
        edges_s = np.array([(up.start, up.end) for up in offline]) / 100.0 + min(starts_s)
        found_s = np.array([(up.start, up.end) for up in live.found(side)]) / 100.0
        assert len(found_s) == len(edges_s) == 5
        assert np.abs(found_s - edges_s).max() < 0.025


def packets_of(file):
    """Return all packets of a session file in order of arrival."""
    found = []
    for role in file.devices:
        for channel in file.channels(role):
            packets = file.packets(role, channel)
            ends = np.cumsum(packets.lengths)
            for order, at_ns, end, length in zip(
                packets.id, packets.host_time_ns, ends, packets.lengths, strict=True
            ):
                payload = packets.payload[end - length : end]
                found.append((order, Notification(role, channel, int(at_ns), payload)))
    return [item for _, item in sorted(found, key=lambda each: each[0])]


# When somebody looks, and what arrives ----------------------------------------------------------


@pytest.mark.parametrize("seed", range(2))
def test_it_does_not_matter_when_somebody_looks(session, seed):
    some = [item for item in session if item.host_time_ns < 16 * S]
    rng = np.random.default_rng(seed)
    alone, other = watched(some), Live(DEVICES)
    for item in some:
        other.take(item)
        if rng.random() < 0.05:
            other.look(item.host_time_ns)
    assert alone.found("left") == other.found("left")
    assert alone.look(end_ns(some)) == other.look(end_ns(some))


def test_packets_that_do_not_fit_are_counted_and_nothing_else_changes(session):
    some = [item for item in session if item.host_time_ns < 6 * S]
    bad = [
        Notification("left", channel, item.host_time_ns, payload)
        for item in some[::50]
        for channel, payload in (("frames", b""), ("frames", bytes(7)), ("nowhere", b"x"))
    ]
    clean = watched(some).look(end_ns(some))
    mixed = watched(sorted([*some, *bad], key=lambda i: i.host_time_ns)).look(end_ns(some))
    assert mixed.devices["left"].decode_errors == len(bad)
    assert mixed.load == clean.load
    assert mixed.standing_since_s == clean.standing_since_s


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.id)
def test_whatever_a_device_sends_is_survived(spec):
    """Its own packets, some of them cut short, lengthened or with bytes that nobody sent."""
    rng = np.random.default_rng(0)
    live = Live({"left": spec, "plate": spec})
    for k in range(150):
        vector = spec.vectors[int(rng.integers(len(spec.vectors)))]
        payload = bytearray(vector.payload)
        for _ in range(int(rng.integers(3))):
            payload[int(rng.integers(len(payload)))] = int(rng.integers(256))
        payload = bytes(payload)[: int(rng.integers(1, 300))] + rng.bytes(int(rng.integers(2)))
        role = ("left", "plate")[k % 2]
        live.take(Notification(role, vector.channel, k * S // 20, payload))
        if k % 60 == 59:
            live.take(LinkEvent(role, k * S // 20, "reconnected"))
    assert live.look(8 * S).devices["left"].packets == 75


def test_roles_nobody_announced_are_left_alone(session):
    live = watched([replace(item, role="nobody") for item in session[:100]])
    assert live.look(S).devices["left"].state == "waiting"
    assert live.found("nobody") == ()


def test_packets_that_come_twice_are_no_samples_of_their_own(session):
    some = [item for item in session if item.host_time_ns < 6 * S]
    twice = [copy for item in some for copy in (item, item)]
    once, doubled = (watched(items).look(end_ns(some)) for items in (some, twice))
    assert doubled.load == pytest.approx(once.load)
    assert doubled.devices["left"].loss_fraction == once.devices["left"].loss_fraction


# Links ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kinds", "word"), [
    ([], "waiting"), (["connected"], "connected"), (["connected", "stalled"], "stalled"),
    (["connected", "lost"], "lost"), (["connected", "lost", "reconnected"], "connected"),
    (["connected", "closed"], "closed"),
])  # fmt: skip
def test_the_word_for_a_link_is_what_last_happened_to_it(kinds, word):
    live = Live(DEVICES)
    for k, kind in enumerate(kinds):
        live.take(LinkEvent("left", k * S, kind))
    state = live.look(10 * S).devices["left"]
    assert state.state == word
    assert state.rate_hz == 0.0
    assert state.age_s is state.loss_fraction is state.battery_percent is state.load is None


def test_a_device_that_falls_silent_has_stalled(session):
    some = [item for item in session if item.host_time_ns < 10 * S]
    live = watched(some)
    assert live.look(11 * S).devices["left"].state == "streaming"
    state = live.look(13 * S)
    assert state.devices["left"].state == "stalled"
    assert state.devices["left"].rate_hz == 0.0
    assert state.devices["left"].age_s == pytest.approx(3.0, abs=0.1)
    assert state.load is None
    assert state.standing_since_s is None


def test_after_a_lost_link_its_clock_and_decoder_begin_anew(session):
    """The device comes back after 5 s with a clock that began somewhere else."""
    before = [item for item in session if item.host_time_ns < 6 * S]
    again = [
        replace(item, host_time_ns=item.host_time_ns + 11 * S)
        for item in before
        if isinstance(item, Notification)
    ]
    events = [LinkEvent(role, at * S, kind) for role in DEVICES
              for at, kind in ((7, "lost"), (11, "reconnected"))]  # fmt: skip
    live = watched(sorted([*before, *events, *again], key=lambda i: i.host_time_ns))
    state = live.look(end_ns(again))
    assert state.devices["left"].state == "streaming"
    assert state.devices["left"].loss_fraction == pytest.approx(5.0 / 17.0, abs=0.03)
    assert state.standing_since_s == pytest.approx(11.0, abs=0.3)


def test_one_lost_insole_leaves_the_other_alone(session):
    some = [i for i in session if i.role == "right" or i.host_time_ns < 5 * S]
    state = watched(some).look(end_ns(some))
    assert state.devices["right"].state == "streaming"
    assert state.devices["right"].load is not None
    assert state.devices["left"].load is None
    assert state.load is state.left_share is None


# Other devices ----------------------------------------------------------------------------------


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.id)
def test_every_known_device_can_be_followed(spec):
    state = Live({"plate": spec}).look(S)
    assert state.devices["plate"].state == "waiting"
    assert state.sees_exercise == (spec.kind == "dynamometer")


def test_no_device_is_no_session():
    state = Live({}).look(S)
    assert state.devices == {}
    assert state.load is None


@pytest.mark.slow
def test_an_hour_takes_less_than_a_tenth_of_the_time(session):
    """Measured as a ratio: CPU time over simulated time, both feet."""
    import time

    before_s = time.process_time()
    watched(session).look(end_ns(session))
    assert time.process_time() - before_s < 0.1 * end_ns(session) / S
