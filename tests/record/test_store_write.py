"""What was appended is read back, and nothing that exists is overwritten."""

import sqlite3
from contextlib import suppress
from dataclasses import replace

import numpy as np
import pytest
import stored
from hypothesis import given, settings
from hypothesis import strategies as st

from insole.errors import StoreError
from insole.record.store import Device, Mark, Store, open_session, session_path
from insole.transport.base import LinkEvent, Notification


def blocks(path):
    with sqlite3.connect(path) as connection:
        query = "SELECT first_id, last_id FROM seal WHERE kind = 'packet' ORDER BY id"
        rows = connection.execute(query).fetchall()
    connection.close()
    return rows


def test_reads_back_what_was_written(tmp_path):
    path = tmp_path / "a.insole"
    sent = stored.items()
    stored.write_session(path, sent)
    session = open_session(path)
    assert session.damage == ()
    assert session.meta == replace(stored.META, ended_at_utc="2026-04-12T06:30:02Z")
    assert list(session.devices) == ["left", "right"]
    assert session.devices["right"].name == "The right"
    assert session.attachments == {"walk.txt": bytes(range(256)) * 40}
    assert session.marks == (Mark(10**9, "pain", '{"score": 3}'), Mark(2 * 10**9, "user"))
    assert session.channels("left") == ("battery", "stream")
    assert session.link_events("left") == (sent[0], sent[-1])
    for role, channel in (("left", "stream"), ("right", "stream"), ("left", "battery")):
        expected = [
            (number, item.host_time_ns, item.payload)
            for number, item in enumerate(sent, 1)
            if isinstance(item, Notification) and (item.role, item.channel) == (role, channel)
        ]
        packets = session.packets(role, channel)
        found = zip(
            packets.id.tolist(),
            packets.host_time_ns.tolist(),
            stored.payloads(packets),
            strict=True,
        )
        assert list(found) == expected
        assert len(packets) == len(expected)


@settings(max_examples=30)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["left", "right"]),
            st.sampled_from(["stream", "battery", "é"]),
            st.integers(-(2**63) + 1, 2**63 - 1),
            st.binary(max_size=300),
        ),
        max_size=30,
    ),
    st.integers(1, 12),
)
def test_any_packets_come_back(tmp_path_factory, packets, block):
    path = tmp_path_factory.mktemp("any") / "a.insole"
    sent = [Notification(*packet) for packet in packets]
    with stored.write_session(path, sent, block=block, close=False) as store:
        store.close("")
    expected = {
        (role, channel, number, time_ns, payload)
        for number, (role, channel, time_ns, payload) in enumerate(packets, 1)
    }
    session = open_session(path)
    assert session.damage == ()
    assert stored.packet_set(session) == expected


def test_leaves_one_file_when_closed(tmp_path):
    path = tmp_path / "a.insole"
    store = stored.write_session(path, close=False)
    assert stored.beside(path) == ["a.insole", "a.insole-wal"]
    store.close()
    store.close()
    assert stored.beside(path) == ["a.insole"]
    head = path.read_bytes()[:100]
    assert head[68:72] == b"INSL"
    assert head[60:64] == (1).to_bytes(4, "big")
    assert head[18:20] == b"\x01\x01"


def test_an_error_in_the_middle_leaves_a_valid_session(tmp_path):
    path = tmp_path / "a.insole"
    with suppress(ZeroDivisionError), Store.create(path, stored.META) as store:
        store.add_device(Device("left", "sim_insole"))
        store.append(Notification("left", "stream", 5, b"abc"))
        raise ZeroDivisionError
    assert open_session(path).packets("left", "stream").payload == b"abc"


def test_commits_when_a_quarter_second_has_passed(tmp_path):
    path, now_s = tmp_path / "a.insole", [100.0]
    with Store.create(path, stored.META, clock=lambda: now_s[0]) as store:
        store.add_device(Device("left", "sim_insole"))
        for time_s in (0.0, 0.1, 0.24, 0.26, 0.3, 0.5, 0.52):
            now_s[0] = 100.0 + time_s
            store.append(Notification("left", "stream", 0, b""))
    assert blocks(path) == [(1, 4), (5, 7)]


def test_commits_when_a_thousand_packets_wait(tmp_path):
    path = tmp_path / "a.insole"
    with Store.create(path, stored.META, clock=lambda: 0.0) as store:
        store.add_device(Device("left", "sim_insole"))
        for _ in range(2001):
            store.append(Notification("left", "stream", 0, b""))
    assert blocks(path) == [(1, 1000), (1001, 2000), (2001, 2001)]


def test_takes_what_bleak_and_numpy_hand_over(tmp_path):
    path = tmp_path / "a.insole"
    with Store.create(path, stored.META) as store:
        store.add_device(Device("left", "sim_insole"))
        store.append(Notification("left", "stream", np.int64(7), bytearray(b"ab")))
        store.link_event(LinkEvent("left", np.int64(8), "lost"))
    session = open_session(path)
    assert session.packets("left", "stream").host_time_ns.tolist() == [7]
    assert session.link_events("left") == (LinkEvent("left", 8, "lost"),)


@pytest.mark.parametrize("beside", ["", "-wal", "-journal"])
def test_never_overwrites(tmp_path, beside):
    taken = tmp_path / f"a.insole{beside}"
    taken.write_bytes(b"somebody's")
    with pytest.raises(StoreError, match="exists already"):
        Store.create(tmp_path / "a.insole", stored.META)
    assert stored.beside(taken) == [taken.name]
    assert taken.read_bytes() == b"somebody's"


def test_an_unknown_folder_is_a_sentence(tmp_path):
    with pytest.raises(StoreError, match="cannot be made: No such file"):
        Store.create(tmp_path / "no" / "a.insole", stored.META)


@pytest.mark.parametrize(
    "start", ["", "yesterday", "2026-04-12T06:30:00", "2026-04-12T06:30+02:00"]
)
def test_the_start_is_utc(tmp_path, start):
    with pytest.raises(StoreError, match="no time in UTC"):
        Store.create(tmp_path / "a.insole", replace(stored.META, started_at_utc=start))
    assert list(tmp_path.iterdir()) == []


def test_refuses_what_cannot_be_stored(tmp_path):
    with Store.create(tmp_path / "a.insole", stored.META) as store:
        store.add_device(Device("left", "sim_insole"))
        store.attach("a", b"")
        with pytest.raises(StoreError, match="has no device right"):
            store.append(Notification("right", "stream", 0, b""))
        with pytest.raises(StoreError, match="no time of a recording"):
            store.append(Notification("left", "stream", 2**63, b""))
        with pytest.raises(StoreError, match="has a device left already"):
            store.add_device(Device("left", "sim_insole"))
        with pytest.raises(StoreError, match="has an attachment a already"):
            store.attach("a", b"")
    with pytest.raises(StoreError, match="is closed"):
        store.append(Notification("left", "stream", 0, b""))
    with pytest.raises(StoreError, match="is closed"):
        store.mark(Mark(0, "user"))


def test_names_say_when_and_what(tmp_path):
    start = "2026-04-12T06:30:00Z"
    plain = session_path(tmp_path, start, "hold_double")
    assert plain == tmp_path / "20260412T063000Z_hold_double.insole"
    plain.touch()
    assert session_path(tmp_path, start, "hold_double").stem.endswith("hold_double-2")
    assert (
        session_path(tmp_path, start, "../Über alles").name == "20260412T063000Z_ber_alles.insole"
    )
    assert session_path(tmp_path, start, "").name == "20260412T063000Z.insole"


def test_create_in_takes_the_first_free_name(tmp_path):
    names = []
    for _ in range(3):
        with Store.create_in(tmp_path, stored.META, "hold") as store:
            names.append(store.path.name)
    stem = "20260412T063000Z_hold"
    assert names == [f"{stem}.insole", f"{stem}-2.insole", f"{stem}-3.insole"]
    with pytest.raises(StoreError, match="cannot be made"):
        Store.create_in(tmp_path / "no", stored.META, "hold")
