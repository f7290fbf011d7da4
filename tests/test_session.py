"""A session file as samples, forces, rows and a report; and files of which much is missing."""

import json
import os
import shutil
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import insole
from insole import codec, plot
from insole.measure.params import ExerciseParams, Params
from insole.record.store import Device, SessionMeta, Store, open_session
from insole.report import export, text
from insole.sim import scenario as scenarios
from insole.sim.link import rig
from insole.spec import load_spec
from insole.transport.base import LinkEvent, Notification

DEMO = Path(__file__).resolve().parents[1] / "fixtures" / "sessions" / "demo.insole"
SPEC = load_spec("sim_insole")
SHORT = """
name = "short"
description = "Stands, raises once, stands"
[[block]]
kind = "stand"
duration_s = 6.0
[[block]]
kind = "raise"
up_s = 1.0
top_s = 1.5
down_s = 3.0
pause_s = 2.0
[[block]]
kind = "stand"
duration_s = 2.0
"""


@cache
def sent(role, seed=3):
    """Return what one insole of a short session sends, as notifications."""
    links, _ = rig(scenarios.parse(SHORT), SPEC, seed)
    link = next(link for link in links if link.role == role)
    return [one for one in link.items if getattr(one, "channel", "") == "frames"]


def device(role, spec=SPEC, **more):
    return Device(role, spec.id, spec.toml, spec.hash, spec.name, **more)


def write(path, packets=None, *, devices=("left", "right"), events=(), meta=None):
    """Write a session with these packets of these devices; by default all of both feet."""
    if packets is None:
        packets = [*sent("left"), *sent("right")]
    items = sorted([*packets, *events], key=lambda item: item.host_time_ns)
    with Store.create(path, meta or SessionMeta("2026-01-01T00:00:00Z")) as store:
        for one in devices:
            store.add_device(device(one) if isinstance(one, str) else one)
        for number, item in enumerate(items, 1):
            store.append(item)
            if number % 100 == 0:
                store.commit()
    return path


@pytest.fixture
def path(tmp_path):
    return tmp_path / "s.insole"


@pytest.fixture(scope="module")
def demo():
    return insole.load(DEMO)


# The face ----------------------------------------------------------------------------------------


def test_tables_of_a_session(demo):
    assert list(demo.samples) == list(demo.sensors) == ["left", "right"]
    assert demo.forces.index.name == "time_s"
    assert {"left_n", "left_heel_n", "left_heel_height_mm", "right_ok"} <= {*demo.forces}
    assert len(demo.holds) == len(demo.report().holds) == 2
    assert len(demo.raises) == len(demo.report().raises) == 3
    assert list(demo.sets["exercise"]) == ["isometric_hold", "eccentric_raise"]
    assert {"heel_off", "heel_contact", "top_reached", "lowering_onset"} == {*demo.events["event"]}
    assert demo.events["time_s"].is_monotonic_increasing


def test_a_session_is_computed_once_and_never_changes_its_file(tmp_path):
    copy = shutil.copy(DEMO, tmp_path / "s.insole")
    before = Path(copy).read_bytes()
    session = insole.load(copy)
    assert session.report() is session.report()
    assert session.path == Path(copy)
    assert session.damage == ()
    assert Path(copy).read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["s.insole"]


def test_plot_is_a_figure_that_a_notebook_shows(demo):
    assert isinstance(demo.plot(), plot.Timeline)


def test_the_last_session_is_found_by_its_name(tmp_path, monkeypatch, path):
    write(tmp_path / "old.insole")
    os.utime(tmp_path / "old.insole", (1, 1))
    write(path)
    monkeypatch.setenv("INSOLE_SESSIONS", str(tmp_path))
    assert insole.load("last").path == path


def test_what_was_done_may_be_said_in_the_file_or_in_the_call(path):
    write(path, meta=SessionMeta("2026-01-01T00:00:00Z", exercise="isometric_hold"))
    assert len(insole.load(path).holds) == 1
    assert len(insole.load(path, exercise="eccentric_raise").raises) == 1


def test_settings_reach_everything(path):
    packets = [n for n in sent("left") if not 3e9 < n.host_time_ns < 3.3e9]
    write(path, [*packets, *sent("right")])
    assert insole.load(path).report().quality["left"].flags == ("gap",)
    lenient = Params(exercise=ExerciseParams(gap_low_s=2.0))
    assert insole.load(path, params=lenient).report().quality["left"].flags == ()


def test_a_session_without_a_known_start_says_none(path):
    file = open_session(write(path))  # the row that says it may be damaged
    file = replace(file, meta=replace(file.meta, started_at_utc=""))
    facts = insole.Session(file, None, Params()).report().session
    assert facts.started_at_utc is None
    assert facts.utc_offset_s is None


# From packets to samples -------------------------------------------------------------------------


def test_all_at_once_gives_the_samples_of_one_by_one(path):
    session = insole.load(write(path))
    for role in ("left", "right"):
        decoder = codec.Decoder(SPEC)
        frames = [f for n in sent(role) for f in decoder.feed(n.channel, n.payload, n.host_time_ns)]
        samples = session.samples[role]
        load = np.concatenate([frame.samples["load"] for frame in frames])
        cells = [f"cell_{k:02d}_n" for k in range(1, 17)]
        np.testing.assert_array_equal(samples[cells].to_numpy(), load)
        acc = np.concatenate([frame.samples["acc"] for frame in frames])
        np.testing.assert_array_equal(samples[["acc_x_g", "acc_y_g", "acc_z_g"]].to_numpy(), acc)
        counter = np.repeat([frame.header["counter"] for frame in frames], 4)
        np.testing.assert_array_equal(samples["counter"].to_numpy(), counter)


def test_packets_out_of_order_and_twice_change_no_number(path, tmp_path):
    packets = [*sent("left"), *sent("right")]
    late = [replace(n, host_time_ns=n.host_time_ns + 150_000_000) for n in packets[40:60:7]]
    again = [replace(n, host_time_ns=n.host_time_ns + 1_000_000) for n in packets[80:90]]
    kept = [n for k, n in enumerate(packets) if k not in range(40, 60, 7)]
    plain = insole.load(write(path)).samples["left"]
    mixed = insole.load(write(tmp_path / "m.insole", [*kept, *late, *again])).samples["left"]
    assert len(mixed) == len(plain)
    np.testing.assert_allclose(mixed["time_s"], plain["time_s"], atol=0.005)
    np.testing.assert_array_equal(mixed["cell_01_n"], plain["cell_01_n"])


def test_a_device_that_reconnects_has_two_clocks(path):
    cut_ns = 5_000_000_000
    events = [LinkEvent("left", cut_ns, "lost"), LinkEvent("left", cut_ns + 10, "reconnected")]
    session = insole.load(write(path, events=events))
    assert sorted(session.samples["left"]["segment"].unique()) == [0, 1]
    assert len(session.raises) == 1


# What is damaged or missing ----------------------------------------------------------------------


def test_of_a_damaged_file_the_rest_is_analysed_and_the_hole_shows(path, tmp_path):
    write(path)
    whole = insole.load(path).report()
    payload = sent("left")[40].payload
    content = bytearray(path.read_bytes())
    content[content.index(payload) + 50] ^= 0xFF
    damaged = tmp_path / "damaged.insole"
    damaged.write_bytes(content)
    session = insole.load(damaged)
    (damage,) = session.damage
    assert "left" in str(damage)
    report = session.report()
    assert report.quality["left"].loss_fraction.value > 0.05
    assert report.quality["left"].longest_gap_s.value > 0.5
    assert "gap" in report.quality["left"].flags
    assert report.quality["right"] == whole.quality["right"]
    assert not session.forces["left_ok"].all()
    assert damaged.read_bytes() == bytes(content)


@pytest.mark.parametrize("bad", [b"", b"\0" * 7, bytes(range(200))])
def test_packets_that_do_not_fit_are_counted_and_left_out(path, bad):
    extra = [Notification("left", "frames", n.host_time_ns + 1, bad) for n in sent("left")[::10]]
    session = insole.load(write(path, [*sent("left"), *sent("right"), *extra]))
    quality = session.report().quality
    assert quality["left"].decode_errors == len(extra)
    assert quality["right"].decode_errors == 0
    assert len(session.raises) == 1


def test_packets_on_a_channel_that_nobody_knows_are_counted(path):
    extra = [Notification("left", "other", 10**9, b"abc")]
    session = insole.load(write(path, [*sent("left"), *sent("right"), *extra]))
    assert session.report().quality["left"].decode_errors == 1


def silent():
    return []


def undecodable():
    return [replace(n, payload=n.payload[:-1]) for n in sent("right")]


@pytest.mark.parametrize("right", [silent, undecodable])
def test_if_one_insole_gives_nothing_the_other_is_reported(path, right):
    session = insole.load(write(path, [*sent("left"), *right()]))
    report = session.report()
    assert list(session.samples) == ["left"]
    assert report.capabilities.sides == "left"
    assert [row.side for row in report.raises] == ["left"]
    assert report.raises[0].left_share.reasons == ("one_side",)
    assert report.quality["right"].loss_fraction.value == 1.0
    length_s = report.session.duration_s
    assert report.quality["right"].longest_gap_s.value == pytest.approx(length_s, abs=0.01)
    assert report.quality["right"].decode_errors == len(right())
    assert export.from_json(export.to_json(report)).quality["right"].flags == ("gap",)
    assert "right" in text.render(report)


@pytest.mark.parametrize("packets", [[], undecodable()])
def test_if_no_insole_gives_anything_it_says_so(path, packets):
    session = insole.load(write(path, packets))
    problem = f"no sample of left and right, and {len(packets)} packets that do not fit"
    with pytest.raises(insole.StoreError, match=problem):
        session.report()


def test_a_session_without_a_device_says_so(path):
    session = insole.load(write(path, [], devices=()))
    for look in (lambda: session.samples, lambda: session.forces, session.report):
        with pytest.raises(insole.StoreError, match="no device that is whole"):
            look()


def test_an_insole_that_stops_half_way_shows_as_a_gap(path):
    half = [n for n in sent("left") if n.host_time_ns < 5e9]
    session = insole.load(write(path, [*half, *sent("right")]))
    report = session.report()
    assert report.quality["left"].loss_fraction.value == pytest.approx(0.68, abs=0.1)
    assert report.quality["left"].longest_gap_s.value > 9.0
    assert "gap" in report.quality["left"].flags
    assert report.quality["right"].flags == ()
    assert not any(row.counted and row.side == "both" for row in report.raises)
    assert text.render(report)


@pytest.mark.parametrize("packets", [1, 2, 3, 12])
def test_sessions_of_a_moment_have_a_report(path, packets):
    report = insole.load(write(path, [*sent("left")[:packets], *sent("right")[:packets]])).report()
    assert report.holds == report.raises == ()
    assert report.session.duration_s < 1.0
    assert export.to_json(report)


def test_a_session_of_one_sample_says_that_it_is_too_short(path):
    spec_toml = SPEC.toml.replace("count = 4", "count = 1").replace("length = 181", "length = 49")
    toml = spec_toml[: spec_toml.index("[[vector]]")] if "[[vector]]" in spec_toml else spec_toml
    one = Device("left", SPEC.id, toml)
    packet = Notification("left", "frames", 10**9, sent("left")[0].payload[:49])
    session = insole.load(write(path, [packet], devices=(one,)))
    with pytest.raises(insole.AlignError, match="single sample"):
        session.report()


def test_feet_that_measure_in_different_units_do_not_compare(path):
    counts = SPEC.toml.replace('scale = 0.25, unit = "N"', 'unit = "adc"')
    assert counts != SPEC.toml
    counts = counts[: counts.index("[[vector]]")] if "[[vector]]" in counts else counts
    session = insole.load(write(path, devices=("left", Device("right", SPEC.id, counts))))
    with pytest.raises(insole.AlignError, match="in N and adc"):
        session.report()


def test_a_spec_that_cannot_be_read_is_named(path):
    session = insole.load(
        write(path, devices=(Device("left", "x", "no = 'spec'"), device("right")))
    )
    with pytest.raises(insole.SpecError, match="spec of left"):
        session.report()


# Imported files ----------------------------------------------------------------------------------


def imported(path, attachments, devices):
    with Store.create(path, SessionMeta("2026-01-01T00:00:00Z")) as store:
        for name, content in attachments.items():
            store.attach(name, content)
        for one in devices:
            store.add_device(one)
    return insole.load(path)


@pytest.mark.parametrize("info", ["[1, 2]", "{", '"text"', "3"])
def test_notes_that_are_no_object_are_named(path, info):
    session = imported(path, {"a.txt": b"x"}, [Device("left", "loadsol", info_json=info)])
    with pytest.raises(insole.StoreError, match="notes on left that are no JSON object"):
        session.report()


def test_a_file_that_is_gone_is_named(path):
    info = json.dumps({"attachment": "a.txt"})
    session = imported(path, {}, [Device("left", "loadsol", info_json=info)])
    with pytest.raises(insole.StoreError, match="lost the imported file"):
        session.report()


def test_a_file_that_is_none_is_the_importer_s_error(path):
    session = imported(path, {"a.txt": b"\0\1\2"}, [Device("left", "loadsol")])
    with pytest.raises(insole.FormatError):
        session.report()


def test_a_column_map_that_is_no_text_is_named(path):
    attachments = {"a.csv": b"1,2\n", "columns.toml": b"\xff\xfe"}
    session = imported(path, attachments, [Device("left", "columns")])
    with pytest.raises(insole.StoreError, match="no UTF-8 text"):
        session.report()


def test_a_side_that_the_file_does_not_have_is_no_other_side(path):
    rows = "\n".join(f"{k / 100},{700 + k % 3}" for k in range(300))
    column_map = """
delimiter = ","
header = false
time = { column = 1, unit = "s" }
[[column]]
column = 2
side = "left"
quantity = "force"
unit = "N"
"""
    attachments = {"a.csv": rows.encode(), "columns.toml": column_map.encode()}
    assert imported(path, attachments, [Device("left", "columns")]).report().raises == ()
    other = imported(path.with_name("t.insole"), attachments, [Device("right", "columns")])
    with pytest.raises(insole.FormatError, match="no right side"):
        other.report()


def test_frames_have_one_row_a_sample(demo):
    samples = demo.samples["left"]
    assert isinstance(samples, pd.DataFrame)
    assert (np.diff(samples["time_s"]) > 0).all()


def test_a_session_cut_off_while_recording_is_finished_with_a_warning(path, tmp_path):
    store = Store.create(tmp_path / "open.insole", SessionMeta("2026-01-01T00:00:00Z"))
    for role in ("left", "right"):
        store.add_device(device(role))
    for item in [*sent("left"), *sent("right")]:
        store.append(item)
    store.commit()
    for suffix in ("", "-wal"):
        shutil.copy(tmp_path / f"open.insole{suffix}", f"{path}{suffix}")
    store.close()
    with pytest.warns(UserWarning, match=r"s\.insole: the recording was cut off; its \d+ packets"):
        session = insole.load(path)
    assert session.path == path
    assert session.samples.keys() == {"left", "right"}
    insole.load(path)  # without another warning, which would be an error here
