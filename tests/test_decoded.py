"""From packets to samples where devices differ: modes, no steady rate, losses they tell of."""

from __future__ import annotations

import struct

import numpy as np
import pytest

import insole
from insole.codec import Encoder
from insole.decoded import device_samples
from insole.record.store import Device, SessionMeta, Store, open_session
from insole.report.text import render
from insole.spec import load_spec
from insole.transport.base import Notification

MS = 10**6
ORPHE = load_spec("orphe_insole")
VERNIER = load_spec("vernier_gdx_fp")
MI_SCALE = load_spec("xiaomi_mi_scale")
PROGRESSOR = load_spec("tindeq_progressor")
SIG_SCALE = load_spec("sig_weight_scale")
UQ = load_spec("uq_smartinsole")


def written(folder, spec, packets, role="plate", info="{}"):
    """Return a session with packets (channel, milliseconds, payload) of one device."""
    path = folder / f"{spec.id}.insole"
    with Store.create(path, SessionMeta("2026-01-01T00:00:00Z")) as store:
        store.add_device(Device(role, spec.id, spec.toml, spec.hash, spec.name, info_json=info))
        for channel, at_ms, payload in packets:
            store.append(Notification(role, channel, round(at_ms * MS), payload))
    return path


def samples_of(path):
    with open_session(path) as file:
        return dict(device_samples(file))


def orphe(message, first_ms, count, period_ms, per_packet):
    """Yield packets of a mode, newest sample last as the encoder takes them."""
    encoder, step_ms = Encoder(ORPHE), period_ms * per_packet
    fields = next(m for m in ORPHE.messages if m.name == message).fields
    for number in range(count):
        ms = first_ms + number * step_ms
        header = {"serial": number, "hour": 8, "minute": 0, "second": ms // 1000,
                  "millisecond": ms % 1000}  # fmt: skip
        samples = {f.name: np.zeros((per_packet, f.shape)) for f in fields}
        samples["load"] = np.full((per_packet, 6), 100.0)
        payload = encoder.message(message, header, samples)
        yield "values", ms + step_ms + 20, payload


def test_each_mode_has_the_spacing_of_its_own(tmp_path):
    fast = list(orphe("with_pressure", 0, 60, 5, 4))
    slow = list(orphe("with_both", 2000, 60, 10, 2))
    samples = samples_of(written(tmp_path, ORPHE, [*fast, *slow], "left"))["left"]
    apart_s = np.diff(samples.samples["time_s"])
    assert apart_s.min() > 0.0
    assert np.median(apart_s[:230]) == pytest.approx(0.0048077)
    assert np.median(apart_s[-110:]) == pytest.approx(0.01, abs=0.0005)
    assert samples.capabilities.rate_hz == pytest.approx(208, abs=0.1)
    assert len(samples.fits) == 2


def test_the_rate_is_that_of_the_mode_that_came(tmp_path):
    slow = list(orphe("with_both", 0, 60, 10, 2))
    samples = samples_of(written(tmp_path, ORPHE, slow, "left"))["left"]
    assert samples.capabilities.rate_hz == pytest.approx(104, abs=0.1)
    assert samples.period_s == pytest.approx(0.0096, abs=0.0001)
    assert samples.steady


@pytest.mark.parametrize(("vector", "rate_hz"), [(0, 62.5), (1, 7.8125)])
def test_both_versions_of_a_device_have_their_rate(tmp_path, vector, rate_hz):
    payload = UQ.vectors[vector].payload
    path = written(tmp_path, UQ, [("data", 100, payload)], "right")
    samples = samples_of(path)["right"]
    assert samples.capabilities.rate_hz == rate_hz
    assert len(samples.sensors) == 16  # of unknown place, and yet each counts
    assert insole.load(path).forces["right_adc"].iloc[0] == sum(range(16))


def test_packets_that_were_asked_for_again_do_not_look_like_another_clock(tmp_path):
    """The FIFO sends what was lost seconds later, and at the end nothing but that."""
    packets = [*orphe("fifo", 0, 500, 5, 4)]
    for late in (40, 41, 200, 480, 497):
        channel, at_ms, payload = packets[late]
        packets[late] = channel, at_ms + 7000, payload
    packets.sort(key=lambda packet: packet[1])
    sole = samples_of(written(tmp_path, ORPHE, packets, "left"))["left"]
    assert len(sole.fits) == 1
    assert len(sole.samples) == 2000
    np.testing.assert_allclose(np.diff(sole.samples["time_s"]), 0.005, atol=0.001)
    arrived_late = (sole.samples["host_time_s"] - sole.samples["time_s"] > 5).to_numpy()
    assert np.flatnonzero(arrived_late[::4]).tolist() == [40, 41, 200, 480, 497]


def progressor(first_us, start_ms, count):
    """Yield packets of 15 samples at 80 Hz whose time began at a command."""
    for number in range(count):
        first = first_us + number * 187_500
        weights = b"".join(struct.pack("<fI", 20.0, first + 12_500 * k) for k in range(15))
        yield "data", start_ms + 187.5 * (number + 1), bytes([1, len(weights)]) + weights


def test_a_device_may_be_told_to_start_again_within_a_connection(tmp_path):
    """The time of a Progressor is 0 at each start; nobody disconnects in between."""
    packets = [*progressor(0, 0, 100), *progressor(0, 20_000, 100)]
    plate = samples_of(written(tmp_path, PROGRESSOR, packets))["plate"]
    expected_s = np.concatenate([np.arange(1500), 1600 + np.arange(1500)]) * 0.0125
    found_s = plate.samples["time_s"].to_numpy()
    np.testing.assert_allclose(found_s - found_s[0], expected_s, atol=0.001)
    assert plate.samples["segment"].unique().tolist() == [0, 1]


def mi_scale(at_ms, mass_kg, *, stable):
    header = {"total": mass_kg, "stable": stable, "removed": 0, "year": 2026, "month": 1,
              "day": 1, "hour": 8, "minute": 0, "second": at_ms // 1000}  # fmt: skip
    return "advertisement", at_ms, Encoder(MI_SCALE).message("kilograms", header, {})


def test_a_device_without_a_rate_stands_where_it_arrived(tmp_path):
    readings = [mi_scale(at_ms, 70.0, stable=0) for at_ms in (100, 900, 1600, 2700)]
    scale = samples_of(written(tmp_path, MI_SCALE, readings))["plate"]
    assert scale.samples["time_s"].tolist() == pytest.approx([0.1, 0.9, 1.6, 2.7])
    assert scale.samples["total_n"].tolist() == pytest.approx([70 * 9.80665] * 4)
    assert scale.capabilities.rate_hz is None
    assert scale.period_s == pytest.approx(0.8)
    assert not scale.steady


def test_nothing_of_a_device_without_a_rate_is_called_lost(tmp_path):
    readings = [mi_scale(at_ms, 70.0, stable=0) for at_ms in (100, 900, 1600, 9000)]
    report = insole.load(written(tmp_path, MI_SCALE, readings)).report()
    quality = report.quality["plate"]
    assert report.capabilities.rate_hz is None
    assert quality.loss_fraction.quality == quality.longest_gap_s.quality == "not_observable"
    assert quality.loss_fraction.reasons == ("no_rhythm",)
    assert quality.flags == ()
    assert "no steady rate" in render(report)


def test_one_reading_of_a_scale_is_no_session(tmp_path):
    path = written(tmp_path, SIG_SCALE, [("weight", 500, bytes.fromhex("00 3c3c"))])
    assert samples_of(path)["plate"].samples["total_n"].tolist() == [pytest.approx(77.1 * 9.80665)]
    with pytest.raises(insole.errors.AlignError, match="a single sample"):
        insole.load(path).report()


def brilliant(sensors):
    """Return what a sole says of the places of its sensors, and a second of loads."""
    heel_last = [(200 - 40 * (k % 3), 240 - 15 * k) for k in range(sensors)]
    places = bytes(octet for place in heel_last for octet in place)
    yield "rx", 1, b"\x0c" + len(places).to_bytes(2, "little") + places
    load = bytes([0, 2 * sensors]) + b"\x00\x10" * sensors
    for number in range(50):
        body = (20 * number).to_bytes(2, "little") + load
        yield "rx", 20 * number + 30, b"\x0e" + len(body).to_bytes(2, "little") + body


@pytest.mark.parametrize(
    ("sensors", "info", "doubts"),
    [(8, "{}", ()), (16, "{}", ("unoriented",)), (16, '{"oriented": true}', ())],
)
def test_sensors_that_may_lie_upside_down_have_no_region_unless_confirmed(
    tmp_path, sensors, info, doubts
):
    spec = load_spec("brilliant_sole")
    path = written(tmp_path, spec, brilliant(sensors), "left", info)
    sole = samples_of(path)["left"]
    assert sole.errors == 0
    assert sole.doubts == doubts
    assert ("heel" in sole.capabilities.regions) is (not doubts)
    assert sole.capabilities.cop is (not doubts)
    assert sole.sensors["column"].tolist() == [f"cell_{k:02d}_adc" for k in range(1, sensors + 1)]
    assert sole.sensors["x_mm"].isna().all() == bool(doubts)
    session = insole.load(path)
    assert session.forces["left_adc"].notna().all()  # the whole load is known either way
    report = session.report()
    assert report.quality["left"].flags == doubts
    assert ("way up of the sensors not confirmed" in render(report)) is bool(doubts)


def vernier(number):
    samples = {"total": np.full(10, 700.0)}
    return Encoder(VERNIER).message("force", {"rolling": number % 256, "count": 10}, samples)


DROPPED = bytes.fromhex("20 08 00 35 0d 00 00 00")


def test_samples_that_a_device_says_it_lost_are_a_gap(tmp_path):
    packets = [("response", 100 * k, vernier(k)) for k in range(1, 61)]
    whole = insole.load(written(tmp_path, VERNIER, packets)).report().quality["plate"]
    assert (whole.loss_fraction.quality, whole.flags) == ("ok", ())
    lossy = [*packets[:30], ("response", 3050, DROPPED), *packets[30:]]
    folder = tmp_path / "lossy"
    folder.mkdir()
    path = written(folder, VERNIER, lossy)
    assert samples_of(path)["plate"].doubts == ("gap",)
    told = insole.load(path).report().quality["plate"]
    assert (told.loss_fraction.quality, told.loss_fraction.reasons) == ("low", ("gap",))
    assert told.flags == ("gap",)
    assert told.decode_errors == 0


def test_what_is_no_measurement_makes_no_sample(tmp_path):
    """Answers of a device have samples of bytes, but none of a force."""
    answer = bytes.fromhex("20 07 00 3c 10 05 00")
    packets = [
        ("response", 10, answer),
        ("response", 200, vernier(1)),
        ("response", 300, vernier(2)),
    ]
    plate = samples_of(written(tmp_path, VERNIER, packets))["plate"]
    assert plate.errors == 0
    assert len(plate.samples) == 20
    assert plate.samples["total_n"].notna().all()
