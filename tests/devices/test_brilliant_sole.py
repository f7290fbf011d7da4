"""Brilliant Sole against a plain decoder, and what it learns from the device."""

from __future__ import annotations

import math
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sole_rig import assert_same, at_once, fed

from insole.codec import Decoder, Encoder
from insole.codec.script import Write, require_allowed
from insole.codec.table import calibration, capabilities, sample_rows, sensor_map
from insole.errors import DecodeError
from insole.spec import load_spec

SOLE = load_spec("brilliant_sole")
LOAD, ACC, GYRO, ROTATION = 0, 1, 4, 6
WIDE = {ROTATION: 4}
NAMES = {ACC: "acc", GYRO: "gyro", ROTATION: "game_rotation"}
# Positions of the document's example: a right sole, the toes at small y.
POSITIONS = bytes.fromhex("4d13 b027 3c46 7848 b450 8c78 5ac8 96d2")
REGIONS_8 = ["hallux", "toes", "forefoot_medial", "forefoot", "forefoot_lateral", "midfoot",
             "midfoot", "heel"]  # fmt: skip


def message(kind, payload):
    return struct.pack("<BH", kind, len(payload)) + payload


def scalars(told):
    return message(13, b"".join(struct.pack("<Bf", *pair) for pair in told.items()))


def configuration(told):
    return message(10, b"".join(struct.pack("<BH", *pair) for pair in told.items()))


def measurement(ms, loads=None, vectors=()):
    """Return a measurement of raw loads and of vectors {sensor: raw numbers}."""
    items = b""
    if loads:
        items += struct.pack(f"<BB{len(loads)}H", LOAD, 2 * len(loads), *loads)
    for sensor, raw in dict(vectors).items():
        items += struct.pack(f"<BB{len(raw)}h", sensor, 2 * len(raw), *raw)
    return message(14, struct.pack("<H", ms) + items)


loads_of = st.sampled_from([8, 16]).flatmap(
    lambda n: st.lists(st.integers(0, 65535), min_size=n, max_size=n)
)
vectors_of = st.fixed_dictionaries(
    {},
    optional={
        sensor: st.lists(st.integers(-32768, 32767), min_size=WIDE.get(sensor, 3),
                         max_size=WIDE.get(sensor, 3))
        for sensor in (ACC, GYRO, ROTATION)
    },
)  # fmt: skip
scalars_of = st.dictionaries(
    st.sampled_from([LOAD, ACC, GYRO, ROTATION, 14]),
    st.floats(-10, 10, width=32) | st.sampled_from([0.0, math.nan, math.inf]),
    min_size=1,
)
measurements = st.builds(measurement, st.integers(0, 65535), loads_of, vectors_of)
unknown = st.builds(message, st.sampled_from([5, 7, 9, 11, 15, 77, 255]), st.binary(max_size=9))
notifications = st.lists(
    st.one_of(
        measurements,
        measurements,
        unknown,
        st.builds(scalars, scalars_of),
        st.builds(message, st.just(12), st.sampled_from([POSITIONS, POSITIONS * 2, b"\1\2"])),
        st.builds(
            configuration, st.dictionaries(st.integers(0, 19), st.integers(0, 999), min_size=1)
        ),
    ),
    max_size=4,
).map(b"".join)


def factor(told, sensor):
    scale = told.get(sensor, 1.0)
    return scale if scale and math.isfinite(scale) else 1.0


@given(loads_of, vectors_of, scalars_of)
def test_scales_are_those_that_the_device_tells(loads, vectors, told):
    payload = measurement(7, loads, vectors)
    frame = fed(SOLE, [("rx", scalars(told) + payload)])[0][1][1]
    wanted = [raw * factor(told, LOAD) / len(loads) for raw in loads]
    np.testing.assert_allclose(frame.samples["load"], [wanted], rtol=1e-12)
    for sensor, raw in vectors.items():
        scaled = [[number * factor(told, sensor) for number in raw]]
        np.testing.assert_allclose(frame.samples[NAMES[sensor]], scaled, rtol=1e-12)


def test_the_document_to_the_last_bit():
    told = scalars({LOAD: 1 / 4096, ACC: 2 / 8192, GYRO: 2000 / 32768, ROTATION: 1 / 16384})
    first = bytes.fromhex("0e 1400 676d 00 10 6400c8002c019001f4015802bc022003")
    second = bytes.fromhex("0e 1c00 7b6d 00 10 4c04b00414057805dc054006a406ff0f 01 06 000000f00020")
    frames = [frame for _, frame in fed(SOLE, [("rx", told), ("rx", first + second)])[0][1:]]
    assert frames[0].samples["load"][0, [0, 7]].tolist() == [0.0030517578125, 0.0244140625]
    assert frames[1].samples["load"].sum() == 13895 / 4096 / 8
    # the makers' program has the least of each sensor so far taken off
    assert (frames[1].samples["load"] - frames[0].samples["load"]).sum() == 0.314178466796875
    assert frames[1].samples["acc"].tolist() == [[0, -1, 2]]


@given(st.lists(notifications, max_size=6), st.data())
def test_live_is_like_recorded_whatever_is_learnt_between(payloads, data):
    packets = []
    for payload in payloads:
        cut = data.draw(st.integers(0, len(payload)))
        packets.append(("rx", payload[:cut] if data.draw(st.booleans()) else payload))
    assert_same(SOLE, packets)


@given(st.lists(measurements, min_size=1, max_size=5), st.integers(0, 400))
def test_of_a_cut_notification_whole_messages_count(messages, keep):
    payload = b"".join(messages)[:keep]
    frames, errors, _ = fed(SOLE, [("rx", payload)])
    ends = np.cumsum([len(one) for one in messages])
    assert len(frames) == (ends <= len(payload)).sum()
    assert len(errors) == (len(payload) not in set(ends.tolist()))


@given(st.lists(unknown, max_size=4), measurements)
def test_unknown_types_are_stepped_over_and_counted(others, known):
    frames, errors, decoder = fed(SOLE, [("rx", b"".join(others) + known + b"".join(others))])
    assert [frame.message for _, frame in frames] == ["measurement"]
    assert not errors
    assert decoder.skipped == 2 * len(others)


def test_an_unknown_sensor_is_stepped_over():
    payload = message(14, bytes.fromhex("0100 0e 04 01020304 01 06 010000000000"))
    frames, _, decoder = fed(SOLE, [("rx", payload)])
    assert frames[0][1].samples["acc"].tolist() == [[1, 0, 0]]
    assert decoder.skipped == 1


def test_the_clock_wraps_and_items_of_one_moment_are_one_row():
    packets = [
        ("rx", measurement(ms, vectors={ACC: [1, 0, 0]}) + measurement(ms, [2] * 8))
        for ms in (65476, 65496, 65516, 0, 20, 40, 60, 80)
    ]
    decoded, learnt = at_once(SOLE, packets)
    rows = sample_rows(learnt, decoded["rx"].blocks["measurement"])
    assert rows["device_ticks"].tolist() == [65476, 65496, 65516, 0, 20, 40, 60, 80]
    assert not rows[["acc_x_g", "cell_08_adc"]].isna().to_numpy().any()


@pytest.mark.parametrize("flip_x", [False, True])
@pytest.mark.parametrize("flip_y", [False, True])
@pytest.mark.parametrize("side", ["left", "right"])
def test_the_order_of_the_sensors_tells_which_way_positions_run(flip_x, flip_y, side):
    pairs = np.frombuffer(POSITIONS, np.uint8).reshape(-1, 2).astype(int)
    turned = pairs ^ np.array([255 * flip_x, 255 * flip_y])
    _, learnt = at_once(SOLE, [("rx", message(12, turned.astype(np.uint8).tobytes()))])
    sensors = sensor_map(learnt, side)
    assert sensors["region"].tolist() == REGIONS_8
    assert sensors["y_mm"].iloc[0] == sensors["y_mm"].max() > 230
    assert sensors["y_mm"].iloc[7] == sensors["y_mm"].min() < 50
    assert sensors["x_mm"].iloc[2] < 0 < sensors["x_mm"].iloc[4]
    assert learnt.measures.oriented
    assert not SOLE.measures.oriented


def test_sixteen_sensors_have_places_but_no_certain_orientation():
    ukaton = load_spec("ukaton_mission").sensors
    pairs = [((46.6285 - s.x_mm) / 93.257 * 256, (1 - s.y_mm / 265.069) * 256) for s in ukaton]
    octets = bytes(round(number) for pair in pairs for number in pair)
    learnt = at_once(SOLE, [("rx", message(12, octets))])[1]
    for sensor, other in zip(learnt.sensors, ukaton, strict=True):
        assert sensor.region == other.region
        assert abs(sensor.y_mm - other.y_mm) < 1
        assert abs(sensor.x_mm - other.x_mm) < 1
    assert not learnt.measures.oriented


def test_other_numbers_of_sensors_are_cells_without_a_place():
    packets = [("rx", message(12, POSITIONS[:10])), ("rx", measurement(5, [1, 2, 3, 4, 5]))]
    decoded, learnt = at_once(SOLE, packets)
    assert learnt.sensors == ()
    rows = sample_rows(learnt, decoded["rx"].blocks["measurement"])
    assert rows.loc[0, "cell_01_adc":"cell_05_adc"].tolist() == pytest.approx(
        [0.2, 0.4, 0.6, 0.8, 1]
    )


def test_capabilities_follow_from_what_the_device_has():
    bare = at_once(SOLE, [("rx", configuration({LOAD: 10, ACC: 20}))])[1]
    listed = configuration({LOAD: 0, ACC: 20, GYRO: 0})
    full = at_once(SOLE, [("rx", listed + message(12, POSITIONS))])[1]
    assert not capabilities(bare, "left").imu
    assert capabilities(bare, "left").rate_hz == 100
    told = capabilities(full, "left")
    assert (told.imu, told.cop, told.rate_hz) == (True, True, 50)
    assert {"hallux", "heel"} <= set(told.regions)
    assert calibration(full) == "relative"


def test_a_replay_learns_the_same_again():
    packets = [
        ("rx", configuration({LOAD: 20, ACC: 20, GYRO: 20}) + message(12, POSITIONS)),
        ("rx", scalars({LOAD: 1 / 4096})),
        ("rx", measurement(1, [4096] * 8)),
    ]
    first, again = at_once(SOLE, packets), at_once(SOLE, packets)
    assert repr(first[1]) == repr(again[1]) == repr(fed(SOLE, packets)[2].spec)
    assert first[0]["rx"].blocks["measurement"].samples["load"].tolist() == [[[0.125] * 8]]
    assert SOLE.sensors == ()


def test_the_gyroscope_is_asked_for_once_and_by_a_known_command():
    decoder = Decoder(SOLE)
    decoder.feed("rx", configuration({LOAD: 0, ACC: 0, GYRO: 0}), 0)
    assert decoder.actions() == []
    decoder.feed("rx", configuration({LOAD: 20, ACC: 20}), 0)
    assert decoder.actions() == []
    for _ in range(2):
        decoder.feed("rx", configuration({LOAD: 20, ACC: 20, GYRO: 0}), 0)
    actions = decoder.actions()
    assert [require_allowed(SOLE, one) for one in actions] == actions
    assert actions == [Write("tx", bytes.fromhex("0b0300041400"), response=True)]


@given(st.sampled_from([8, 16]), st.integers(0, 2**32 - 1))
def test_what_was_encoded_decodes_within_half_a_step(count, seed):
    rng = np.random.default_rng(seed)
    encoder, decoder = Encoder(SOLE), Decoder(SOLE)
    told = {LOAD: 1 / 4096, ACC: 2 / 8192, GYRO: 2000 / 32768}
    payload = encoder.message("scalars", {}, {"sensor": [*told], "scalar": [*told.values()]})
    decoder.feed("rx", payload, 0)
    wanted = {
        "load": rng.uniform(0, 16 / count, (1, count)),
        "acc": rng.uniform(-8, 7.9, (1, 3)),
        "gyro": rng.uniform(-1999, 1999, (1, 3)),
    }
    steps = {"load": 1 / 4096 / count, "acc": 2 / 8192, "gyro": 2000 / 32768}
    payload = encoder.message("measurement", {"ms": 65536 + 5}, wanted)
    frame = decoder.feed("rx", payload, 0)[0]
    assert frame.header["ms"] == 5
    for name, value in wanted.items():
        assert np.abs(frame.samples[name] - value).max() <= steps[name] / 2 * (1 + 1e-9)


@given(st.binary(max_size=200), st.sampled_from(["rx", "battery"]))
def test_any_bytes_are_frames_or_a_decode_error(payload, channel):
    try:
        frames = Decoder(SOLE).feed(channel, payload, 0)
    except DecodeError as error:
        frames = error.frames
    assert len(frames) <= len(payload)
