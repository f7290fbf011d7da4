"""Blocks as tables: one row a sample, columns by role, places on the sole, capabilities."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from insole import tables
from insole.capabilities import Capabilities
from insole.codec import decode_block
from insole.codec.clock import fields_of, ticks_of
from insole.codec.table import calibration, capabilities, sample_rows, sensor_map
from insole.errors import SpecError
from insole.filter.feature import side_features
from insole.spec import load_spec
from insole.spec.model import ClockSpec, MeasuresSpec, SensorSpec
from insole.units import G0

SIM = load_spec("sim_insole")
ODD = load_spec(Path(__file__).with_name("odd_plate.toml"))
CELLS = [f"cell_{number:02d}_n" for number in range(1, 17)]


def block_of(spec, channel, payloads):
    lengths = np.array([len(payload) for payload in payloads], np.int64)
    times = np.arange(len(payloads), dtype=np.int64) * 40_000_000
    decoded = decode_block(spec, channel, b"".join(payloads), lengths, times)
    return next(iter(decoded.blocks.values()))


def sim_rows():
    return sample_rows(SIM, block_of(SIM, "frames", [v.payload for v in SIM.vectors[2:]]))


def test_columns_and_types():
    rows = sim_rows()
    assert list(rows.columns) == [
        "host_time_s", "device_ticks", "counter", "sample",
        *CELLS, *tables.ACC, *tables.GYRO, "battery_pct",
    ]  # fmt: skip
    assert {rows[name].dtype for name in ("device_ticks", "counter", "sample")} == {np.dtype("i8")}
    assert rows["battery_pct"].dtype == np.float64


def test_each_sample_is_a_row_with_the_facts_of_its_packet():
    rows = sim_rows()
    assert len(rows) == 8
    assert rows["host_time_s"].tolist() == [0.0] * 4 + [0.04] * 4
    assert rows["device_ticks"].tolist() == [65510] * 4 + [14] * 4
    assert rows["counter"].tolist() == [65535] * 4 + [0] * 4
    assert rows["sample"].tolist() == [0, 1, 2, 3] * 2
    assert rows["cell_01_n"].tolist()[:5] == [30.0, 30.25, 30.0, 30.0, 0.0]
    assert np.isnan(rows["cell_03_n"].to_numpy()).tolist() == [False] * 4 + [True] * 4
    assert rows["acc_x_g"].tolist()[4:] == [-0.5, -0.5, -1.0, -16.0]


def test_sensor_columns_are_views_of_the_block():
    block = block_of(SIM, "frames", [v.payload for v in SIM.vectors[2:]])
    rows = sample_rows(SIM, block)
    assert np.shares_memory(rows["cell_05_n"].to_numpy(), block.samples["load"])
    assert rows["cell_05_n"].to_numpy().flags.c_contiguous


def test_units_become_those_of_the_tables():
    rows = sample_rows(ODD, block_of(ODD, "tail", [ODD.vectors[1].payload]))
    np.testing.assert_allclose(rows["cop_ap_mm"], [10.0, np.nan])
    np.testing.assert_allclose(rows["cop_ml_mm"], [-10.0, 1.0])
    wide = sample_rows(ODD, block_of(ODD, "wide", [ODD.vectors[0].payload]))
    np.testing.assert_allclose(wide["cell_02_n"], [-G0, 83886.07 * G0])


def test_packets_of_different_lengths():
    payloads = [ODD.vectors[0].payload, ODD.vectors[0].payload[:16]]
    rows = sample_rows(ODD, block_of(ODD, "wide", payloads))
    assert rows["sample"].tolist() == [0, 1, 0]
    assert rows["host_time_s"].tolist() == [0.0, 0.0, 0.04]
    np.testing.assert_array_equal(rows["total_n"], [100.0, np.nan, 100.0])


def test_a_message_without_samples_is_one_row():
    rows = sample_rows(ODD, block_of(ODD, "weight", [ODD.vectors[2].payload] * 2))
    np.testing.assert_allclose(rows["total_n"], 80.0 * G0)
    assert rows["sample"].tolist() == [0, 0]


def test_a_device_without_clock_and_counter_has_no_such_columns():
    rows = sample_rows(SIM, block_of(SIM, "info", [SIM.vectors[0].payload]))
    assert list(rows.columns) == ["host_time_s", "sample"]


def test_sensor_map_names_the_columns_of_the_rows():
    for side in tables.SIDES:
        sensors = tables.check_sensor_map(sensor_map(SIM, side))
        assert sensors["column"].tolist() == CELLS
        assert sensors["region"].value_counts()["heel"] == 4
        medial = sensors.loc[sensors["region"] == "forefoot_medial", "x_mm"]
        assert medial.max() < sensors.loc[sensors["region"] == "forefoot_lateral", "x_mm"].min()
    with pytest.raises(SpecError, match="accepted: left, right"):
        sensor_map(SIM, "both")


def whole_regions(regions):
    sensors = tuple(SensorSpec("load", index, region) for index, region in enumerate(regions))
    return replace(ODD, sensors=sensors)


def test_elements_with_regions_of_their_own_are_named_by_them():
    spec = whole_regions(["heel", "forefoot"])
    rows = sample_rows(spec, block_of(spec, "wide", [ODD.vectors[0].payload]))
    assert {"heel_n", "forefoot_n"} < set(rows.columns)
    assert sensor_map(spec, "left")["column"].tolist() == ["heel_n", "forefoot_n"]


@pytest.mark.parametrize("regions", [["heel", "heel"], ["heel"], []])
def test_other_elements_are_cells(regions):
    spec = whole_regions(regions)
    rows = sample_rows(spec, block_of(spec, "wide", [ODD.vectors[0].payload]))
    assert {"cell_01_n", "cell_02_n"} < set(rows.columns)


def test_capabilities():
    assert capabilities(SIM, "both") == Capabilities(
        regions=("hallux", "toes", "forefoot_medial", "forefoot_lateral", "midfoot", "heel"),
        imu=True,
        cop=True,
        rate_hz=100.0,
        sides="both",
        unit="N",
    )
    assert capabilities(ODD, "merged") == Capabilities((), False, True, 100.0, "merged", "N")


HEEL, BALL, TOE = (0.0, 20.0), (30.0, 180.0), (-15.0, 240.0)
NOWHERE = (float("nan"), float("nan"))


def with_cells(count):
    """Return the simulated insole with another number of cells."""
    frame = SIM.messages[1]
    fields = (replace(frame.fields[0], shape=count), *frame.fields[1:])
    return replace(SIM, messages=(SIM.messages[0], replace(frame, fields=fields)))


def test_cells_without_a_place_leave_no_centre_of_pressure():
    three = tuple(
        SensorSpec("load", k, "heel", *place) for k, place in enumerate((HEEL, BALL, TOE))
    )
    assert not capabilities(replace(SIM, sensors=three), "left").cop


@pytest.mark.parametrize(
    ("places", "seen"),
    [
        ([HEEL, BALL, TOE], True),
        ([HEEL, BALL, TOE, (0.0, 120.0)], True),
        ([HEEL, BALL], False),  # a line: nothing is known of the rest of the sole
        ([HEEL], False),
        ([(0.0, 20.0), (0.0, 120.0), (2.0, 240.0)], False),  # one row along the sole
        ([HEEL, BALL, TOE, NOWHERE], False),  # its load would count nowhere
        ([], False),
    ],
)
def test_a_centre_of_pressure_needs_places_along_and_across(places, seen):
    sensors = tuple(SensorSpec("load", k, "heel", *place) for k, place in enumerate(places))
    spec = replace(with_cells(len(places) or 16), sensors=sensors)
    assert capabilities(spec, "left").cop is seen
    places_mm = sensor_map(spec, "left")
    loads = {column: [100.0] for column in places_mm["column"]}
    samples = pd.DataFrame({"time_s": [0.0], "total_n": [300.0], **loads})
    assert ("cop_ap_mm" in side_features(samples, places_mm)) is seen


def test_the_rate_is_that_of_the_messages_that_came():
    messages = (SIM.messages[0], SIM.messages[1], replace(SIM.messages[1], name="slow",
                sample_period_s=0.04))  # fmt: skip
    spec = replace(SIM, messages=messages)
    rates = [capabilities(spec, "left", came).rate_hz for came in ([], ["slow"], ["slow", "frame"])]
    assert rates == [100.0, 25.0, 100.0]
    assert (
        capabilities(replace(SIM, clock=replace(SIM.clock, sample_period_s=0.0)), "left").rate_hz
        is None
    )


def test_cells_of_a_plate_have_places_and_no_region():
    places = sensor_map(load_spec("ferra_plate"), "left")
    assert places["column"].tolist() == [f"cell_0{k}_n" for k in (1, 2, 3, 4)]
    one = replace(ODD, sensors=(SensorSpec("load", 0, ""),))
    assert sensor_map(one, "left")["column"].tolist() == ["cell_01_n", "cell_02_n"]


def test_a_device_without_force_has_no_capabilities():
    with pytest.raises(SpecError, match="measures no force"):
        capabilities(replace(SIM, messages=SIM.messages[:1]), "left")


@pytest.mark.slow
def test_rows_of_an_hour_are_made_within_their_time():
    block = block_of(SIM, "frames", [SIM.vectors[2].payload] * 90_000)
    durations_s = []
    for _ in range(5):
        begun = time.process_time()
        sample_rows(SIM, block)
        durations_s.append(time.process_time() - begun)
    assert min(durations_s) < 0.05


# What the language can say beyond plain samples.

EVERY = load_spec(Path(__file__).with_name("every_feature.toml"))
PARTS = {"hour": 3_600_000, "minute": 60_000, "second": 1000, "milli": 1}


def blocks_of(spec, channel, *payloads):
    lengths = np.array([len(payload) for payload in payloads], np.int64)
    times = np.arange(len(payloads), dtype=np.int64) * 40_000_000
    return decode_block(spec, channel, b"".join(payloads), lengths, times).blocks


def in_time_of_day(spec):
    clock = ClockSpec("time_of_day", "", 86_400_000, 0.001, 0.005, "first", PARTS)
    return replace(spec, clock=clock)


def test_a_clock_in_parts_is_one_number():
    spec = in_time_of_day(EVERY)
    payload = next(v.payload for v in EVERY.vectors if v.channel == "packets")
    rows = sample_rows(spec, blocks_of(spec, "packets", payload)["newest"])
    assert rows["device_ticks"].tolist() == [37_230_250] * 2  # 10:20:30.250
    assert rows["sample"].tolist() == [0, 1]
    np.testing.assert_allclose(rows["cell_01_adc"], [0.00097656, 0.00024414])
    assert calibration(spec) == "relative"


@given(st.integers(0, 2**40))
def test_parts_of_a_clock_are_the_clock(ticks):
    clock = in_time_of_day(EVERY).clock
    parts = fields_of(clock, np.array([ticks]))
    assert ticks_of(clock, parts).tolist() == [ticks % clock.modulus]
    assert parts["minute"] < 60
    assert fields_of(SIM.clock, np.array([65537]))["device_ms"].tolist() == [1]


def test_samples_with_a_clock_of_their_own():
    messages = tuple(
        replace(m, fields=tuple(replace(f, role="clock" if f.name == "taken" else f.role)
                                for f in m.fields))
        for m in EVERY.messages
    )  # fmt: skip
    clock = ClockSpec("ticks", "taken", 2**32, 1e-6, 0.005)
    spec = replace(EVERY, messages=messages, clock=clock)
    payload = next(v.payload for v in EVERY.vectors if v.payload[:1] == b"\x36")
    rows = sample_rows(spec, blocks_of(spec, "packets", payload)["apart"])
    assert rows["device_ticks"].tolist() == [16, 32]
    assert rows["device_ticks"].dtype == np.int64
    assert rows["sample"].tolist() == [0, 0]


def told_in_items():
    """Return the test's spec with loads and a gyroscope among its items, and a clock."""
    roles = {"cells": "load", "turn": "gyro", "since": "clock"}

    def with_role(field):
        return replace(field, role=roles.get(field.name, ""))

    message = next(m for m in EVERY.messages if m.name == "told")
    message = replace(
        message,
        header=tuple(map(with_role, message.header)),
        fields=tuple(map(with_role, message.fields)),
    )
    clock = ClockSpec("ticks", "since", 65536, 0.001, 0.01)
    return replace(EVERY, messages=(message,), clock=clock)


def told(ticks, items):
    body = bytes.fromhex(ticks + items)
    return bytes([0x0E, len(body), 0]) + body


LOADS, TURN, MORE_LOADS = "00 02 0500", "01 06 1000 2000 3000", "00 04 0600 0700"


def test_what_was_told_at_one_tick_is_one_row():
    spec = told_in_items()
    packets = [
        told("0100", TURN) + told("0100", LOADS),
        told("0200", LOADS + TURN),
        told("0300", ""),
        told("0400", TURN),
        told("0500", LOADS),
        told("0500", MORE_LOADS),
    ]
    rows = sample_rows(spec, blocks_of(spec, "rx", *packets)["told"])
    assert rows["device_ticks"].tolist() == [1, 2, 4, 5]
    np.testing.assert_array_equal(rows["cell_01_adc"], [5, 5, np.nan, 5])
    np.testing.assert_array_equal(rows["cell_02_adc"], [np.nan, np.nan, np.nan, 7])
    np.testing.assert_array_equal(rows["gyro_x_dps"], [1, 1, 1, np.nan])
    assert rows["host_time_s"].tolist() == [0.0, 0.04, 0.12, 0.16]


def test_an_open_number_of_cells_is_as_many_as_come_or_have_a_place():
    spec = told_in_items()
    rows = sample_rows(spec, blocks_of(spec, "rx", told("0100", LOADS))["told"])
    assert [name for name in rows if name.startswith("cell")] == ["cell_01_adc"]
    placed = replace(spec, sensors=tuple(SensorSpec("cells", k, "heel", 1, k) for k in range(3)))
    assert sensor_map(placed, "left")["column"].tolist() == [f"cell_0{k}_adc" for k in (1, 2, 3)]


@pytest.mark.parametrize(("unit", "newton"), [("kPa", 64.0), ("N/cm2", 640.0)])
def test_pressure_becomes_newton_by_the_area_of_the_sensor(unit, newton):
    load = replace(SIM.messages[1].fields[0], unit=unit)
    message = replace(SIM.messages[1], fields=(load, *SIM.messages[1].fields[1:]))
    spec = replace(SIM, messages=(SIM.messages[0], message))
    block = block_of(spec, "frames", [SIM.vectors[2].payload])
    block.samples["load"][...] = 100.0
    np.testing.assert_allclose(sample_rows(spec, block)["cell_01_n"], newton)  # 640 mm²
    assert calibration(spec) == "pressure"
    assert capabilities(spec, "left").unit == "N"


def test_what_the_force_is_worth():
    estimated = replace(SIM, measures=MeasuresSpec(estimated=True))
    assert [calibration(spec) for spec in (SIM, estimated, ODD)] == [
        "newton",
        "estimated",
        "newton",
    ]
    with pytest.raises(SpecError, match="has no force"):
        calibration(replace(SIM, messages=SIM.messages[:1]))
