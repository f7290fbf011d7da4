"""Whatever is changed after closing is found, named, and left out; the rest is given."""

import hashlib
import math
import sqlite3
import struct

import pytest
import stored

from insole.record.seal import block_digest, block_prefix, row_digest
from insole.record.store import Mark, add_mark, open_session

ITEMS = stored.items()


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "a.insole"
    stored.write_session(path, ITEMS)  # blocks of ten: ids 1 to 10, 11 to 20, …
    return path


def edit(path, sql):
    connection = sqlite3.connect(path)
    assert connection.execute(sql).rowcount > 0
    connection.commit()
    connection.close()


ITS_SEAL = (
    "kind = 'packet' AND subject = 'left' AND channel = 'stream' "
    "AND 25 BETWEEN first_id AND last_id"
)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE packet SET payload = zeroblob(length(payload)) WHERE id = 25",
        "UPDATE packet SET payload = payload || x'00' WHERE id = 25",
        "UPDATE packet SET payload = 7 WHERE id = 25",
        "UPDATE packet SET host_time_ns = host_time_ns + 1 WHERE id = 25",
        "UPDATE packet SET host_time_ns = 'soon' WHERE id = 25",
        "UPDATE packet SET channel = 'steam' WHERE id = 25",
        "UPDATE packet SET device = 'plate' WHERE id = 25",
        "UPDATE packet SET id = 1000 WHERE id = 25",
        "DELETE FROM packet WHERE id = 25",
        "UPDATE seal SET sha256 = zeroblob(32) WHERE ITS SEAL",
        "UPDATE seal SET channel = 'steam' WHERE ITS SEAL",
        "UPDATE seal SET kind = 'pocket' WHERE ITS SEAL",
        "UPDATE seal SET first_id = 'one' WHERE ITS SEAL",
        "UPDATE seal SET last_id = last_id - 1 WHERE ITS SEAL",
        "DELETE FROM seal WHERE ITS SEAL",
    ],
)
def test_a_changed_packet_costs_its_block_only(path, sql):
    before = open_session(path)
    edit(path, sql.replace("ITS SEAL", ITS_SEAL))
    after = open_session(path)
    assert {damage.kind for damage in after.damage} - {"seal"} == {"packet"}
    assert stored.packet_set(after) < stored.packet_set(before)
    lost = stored.packet_set(before) - stored.packet_set(after)
    assert {(role, channel, id_) for role, channel, id_, *_ in lost} == {
        ("left", "stream", id_) for id_ in (21, 25, 27, 29)
    }


@pytest.mark.parametrize(
    "change",
    ["start_ns = start_ns + 1", "end_ns = 0", "first_id = first_id - 1", "last_id = last_id + 1"],
)
def test_a_seal_that_names_other_ids_or_times_is_found_and_costs_nothing(path, change):
    """None of its digest is wrong, since the packets say their ids and times themselves."""
    before = stored.content(open_session(path))
    edit(path, f"UPDATE seal SET {change} WHERE {ITS_SEAL}")  # noqa: S608 - our own words
    session = open_session(path)
    assert stored.content(session) == before
    (damage,) = session.damage
    assert damage.kind == "seal"
    assert str(damage) == (
        "left, seal of 21 to 29 (0.36 to 0.52 s): changed since it was written; "
        "what it seals is whole"
    )


@pytest.mark.parametrize(
    ("kind", "change", "sentence"),
    [
        ("mark", "start_ns = 5", "pain, seal of 1 to 1 (1.00 to 1.00 s)"),
        ("mark", "subject = 'user'", "pain, seal of 1 to 1 (1.00 to 1.00 s)"),
        ("link_event", "end_ns = 5", "left, seal of 1 to 1 (0.00 to 0.00 s)"),
        ("link_event", "last_id = 2", "left, seal of 1 to 1 (0.00 to 0.00 s)"),
        ("device", "start_ns = 5", "seal left"),
        ("device", "channel = 'x'", "seal left"),
    ],
)
def test_a_changed_seal_of_a_row_is_found_and_costs_nothing(path, kind, change, sentence):
    before = stored.content(open_session(path))
    which = "first_id = 1" if kind != "device" else "subject = 'left'"
    edit(path, f"UPDATE seal SET {change} WHERE kind = '{kind}' AND {which}")  # noqa: S608 - our own words
    session = open_session(path)
    assert stored.content(session) == before
    (damage,) = session.damage
    assert str(damage) == f"{sentence}: changed since it was written; what it seals is whole"


def test_packets_that_change_places_are_found(path):
    """The same bytes with other ends, and the same rows under other devices."""
    edit(path, "UPDATE packet SET device = 'right' WHERE id = 25")
    next_one = "(SELECT payload FROM packet WHERE id = 47)"
    joined = "UPDATE packet SET payload = CAST(payload || NEXT AS BLOB) WHERE id = 45"
    edit(path, joined.replace("NEXT", next_one))
    edit(path, "UPDATE packet SET payload = x'' WHERE id = 47")
    damage = {(d.device, d.first_id, d.last_id) for d in open_session(path).damage}
    assert damage == {("left", 21, 29), ("right", 22, 30), ("left", 41, 49)}


def test_damage_names_device_packets_and_time(path):
    edit(path, "UPDATE packet SET payload = x'00' WHERE id = 26")
    (damage,) = open_session(path).damage
    assert (damage.kind, damage.device) == ("packet", "right")
    assert (damage.first_id, damage.last_id) == (22, 30)
    assert damage.start_s == pytest.approx((22 - 3) * 0.02)
    assert damage.end_s == pytest.approx((30 - 3) * 0.02)
    assert str(damage) == (
        "right, packets 22 to 30 (0.38 to 0.54 s): changed since it was written, left out"
    )


def test_neighbouring_damage_is_one(path):
    edit(path, "UPDATE packet SET payload = x'00' WHERE id BETWEEN 21 AND 40 AND device = 'right'")
    (damage,) = open_session(path).damage
    assert (damage.first_id, damage.last_id) == (22, 40)


@pytest.mark.parametrize(
    ("sql", "kind", "device", "part"),
    [
        ("UPDATE meta SET value = '80' WHERE key = 'body_mass_kg'", "meta", "body_mass_kg", "meta"),
        ("UPDATE meta SET key = 'mass' WHERE key = 'body_mass_kg'", "meta", "", "meta"),
        ("INSERT INTO meta VALUES ('programme_id', 'x')", "meta", "", ""),
        ("DELETE FROM meta WHERE key = 'started_at_utc'", "meta", "started_at_utc", "meta"),
        ("UPDATE device SET spec_toml = 'y = 2' WHERE role = 'left'", "device", "left", "devices"),
        ("UPDATE device SET firmware = '2' WHERE role = 'left'", "device", "left", "devices"),
        ("DELETE FROM device WHERE role = 'left'", "device", "left", "devices"),
        ("UPDATE attachment SET bytes = bytes || x'00'", "attachment", "walk.txt", "attachments"),
        ("UPDATE attachment SET sha256 = 'x'", "attachment", "walk.txt", "attachments"),
        ("UPDATE attachment SET name = 'run.txt'", "attachment", "", "attachments"),
        ("UPDATE mark SET json = '{}' WHERE id = 1", "mark", "pain", "marks"),
        ("UPDATE mark SET host_time_ns = 7 WHERE id = 1", "mark", "pain", "marks"),
        ("DELETE FROM mark WHERE id = 2", "mark", "user", "marks"),
        ("INSERT INTO mark VALUES (3, 0, 'user', '{}')", "mark", "", ""),
        (
            "UPDATE link_event SET kind = 'closed' WHERE id = 63",
            "link_event",
            "left",
            "link_events",
        ),
        ("DELETE FROM link_event WHERE id = 63", "link_event", "left", "link_events"),
    ],
)
def test_a_changed_row_is_left_out_alone(path, sql, kind, device, part):
    before = stored.content(open_session(path))
    edit(path, sql)
    session = open_session(path)
    after = stored.content(session)
    assert (session.damage[0].kind, session.damage[0].device) == (kind, device)
    assert {name for name in before if before[name] != after[name]} == ({part} if part else set())


def test_the_seals_of_rows_stand_twice(path):
    """One damaged page of seals then costs no device, and with it all its packets."""
    before = stored.content(open_session(path))
    edit(path, "DELETE FROM seal WHERE kind <> 'packet' AND id < 30")
    session = open_session(path)
    assert session.damage == ()
    assert stored.content(session) == before


def test_packets_without_any_seal_are_named(path):
    edit(path, "DELETE FROM seal WHERE kind = 'packet' AND channel = 'battery'")
    (damage,) = open_session(path).damage
    assert str(damage) == "packet: 3 without a seal, left out"
    assert math.isnan(damage.start_s)


def test_packets_behind_the_last_seal_of_their_stream_are_named(path):
    before = stored.content(open_session(path))
    edit(path, "INSERT INTO packet VALUES (900, 'left', 'stream', 7000000000, x'01')")
    edit(path, "INSERT INTO packet VALUES (-5, 'left', 'stream', 7000000000, x'01')")
    session = open_session(path)
    assert [(d.device, d.first_id, d.last_id) for d in session.damage] == [
        ("left", -5, -5),
        ("left", 900, 900),
    ]
    assert stored.content(session) == before


def test_marks_may_be_added_after_closing(path):
    before = stored.content(open_session(path))
    add_mark(path, Mark(5, "pain", '{"when": "later"}'))
    add_mark(str(path), Mark(6, "user"))
    session = open_session(path)
    assert session.damage == ()
    assert session.marks[2:] == (Mark(5, "pain", '{"when": "later"}'), Mark(6, "user"))
    assert stored.content(session) == before | {"marks": session.marks}
    assert stored.beside(path) == ["a.insole"]


def test_digests_tell_values_apart():
    same = [
        ("a", "bc"), ("ab", "c"), ("abc",), ("", "abc"), (b"1",), (1,), (1.0,), (None,), ("None",),
    ]  # fmt: skip
    assert len({row_digest("mark", row) for row in same}) == len(same)
    assert row_digest("mark", ("a",)) != row_digest("meta", ("a",))
    assert block_prefix("left", "x") != block_prefix("lef", "tx")
    assert block_digest(b"a", b"b", b"c") != block_digest(b"a", b"bc", b"")


def test_the_digest_of_a_block_is_as_documented(path):
    """An independent reader can check it: lengths before values, all numbers little-endian."""
    connection = sqlite3.connect(path)
    query = "SELECT id, host_time_ns, payload FROM packet WHERE device = 'left' AND id <= 10"
    rows = connection.execute(f"{query} AND channel = 'stream' ORDER BY id").fetchall()
    sealed = connection.execute(
        "SELECT sha256 FROM seal WHERE kind = 'packet' AND subject = 'left' "
        "AND channel = 'stream' ORDER BY first_id"
    ).fetchone()[0]
    connection.close()
    names = b"".join(
        b"b" + struct.pack("<q", len(name)) + name for name in (b"packet", b"left", b"stream")
    )
    records = b"".join(struct.pack("<qqq", id_, time, len(load)) for id_, time, load in rows)
    payload = b"".join(load for _, _, load in rows)
    text = names + struct.pack("<q", len(records)) + records + payload
    assert hashlib.sha256(text).digest() == sealed
