"""A session as JSON lines and back, without the loss of a byte."""

import json
from dataclasses import replace

import pytest
import stored
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from insole.cli.main import main
from insole.errors import FormatError, StoreError
from insole.record.packets import lines, looks_like, restore
from insole.record.store import open_session, recover
from insole.transport.base import Notification


@pytest.fixture
def session(tmp_path):
    stored.write_session(tmp_path / "a.insole")
    return open_session(tmp_path / "a.insole")


@pytest.fixture
def text(session):
    return "\n".join(lines(session)) + "\n"


def test_comes_back_whole(session, text, tmp_path):
    restore(text.encode(), tmp_path / "b.insole")
    again = open_session(tmp_path / "b.insole")
    assert again.damage == ()
    assert stored.content(again) == stored.content(session)
    assert "\n".join(lines(again)) + "\n" == text


@settings(max_examples=20)
@given(st.lists(st.tuples(st.text(max_size=5), st.binary(max_size=50)), max_size=10), st.text())
def test_any_session_comes_back(tmp_path_factory, packets, note):
    folder = tmp_path_factory.mktemp("any")
    sent = [Notification("left", channel, n, load) for n, (channel, load) in enumerate(packets)]
    note = note.encode(errors="ignore").decode()
    stored.write_session(folder / "a.insole", sent, meta=replace(stored.META, note=note))
    first = open_session(folder / "a.insole")
    restore("\n".join(lines(first)).encode(), folder / "b.insole")
    assert stored.content(open_session(folder / "b.insole")) == stored.content(first)


def test_a_session_without_end_comes_back_without(tmp_path):
    store = stored.write_session(tmp_path / "a.insole", close=False)
    store.close("")
    assert recover(store.path) is None
    restore("\n".join(lines(open_session(store.path))).encode(), tmp_path / "b.insole")
    assert open_session(tmp_path / "b.insole").meta.ended_at_utc == ""


def test_a_line_is_a_packet(text):
    packets = [json.loads(line) for line in text.splitlines() if '"packet"' in line]
    sent = [item for item in stored.items() if isinstance(item, Notification)]
    assert len(packets) == 61  # the last line counts them
    assert packets[0] == {
        "line": "packet",
        "id": 3,
        "role": "left",
        "channel": "battery",
        "host_time_ns": 0,
        "payload": sent[0].payload.hex(),
    }


def test_is_known_by_its_head(text):
    assert looks_like(text[:1000].encode())
    assert looks_like(text.replace("\n", "\r\n").encode())
    for other in (b"", b"{}", b"[1]", b"time,left\n1,2\n", b"\xff\xfe", b"[" * 100_000):
        assert not looks_like(other)


def changed(number, **parts):
    def change(given):
        given[number - 1] = json.dumps(json.loads(given[number - 1]) | parts)

    return change


def dropped(number, key):
    def change(given):
        entry = json.loads(given[number - 1])
        del entry[key]
        given[number - 1] = json.dumps(entry)

    return change


def put(number, line):
    def change(given):
        given[number - 1] = line

    return change


@pytest.mark.parametrize(
    ("change", "line", "problem"),
    [
        (lambda given: given.clear(), 0, "is empty"),
        (lambda given: given.pop(), 69, "is where the lines break off"),
        (lambda given: given.pop(20), 69, "counts other lines"),
        (lambda given: given.append("{}"), 71, "follows the end"),
        (put(5, "{"), 5, "is no JSON"),
        (put(5, "[" * 100_000), 5, "is no JSON"),
        (put(5, "\udcff"), 5, "is no JSON"),
        (put(5, "7"), 5, "is no JSON object"),
        (put(5, ""), 5, "is no JSON"),
        (put(5, "{}"), 5, "is where the lines break off"),
        (put(5, '{"line": ["packet"]}'), 5, "is where the lines break off"),
        (changed(1, schema="insole.packets/2"), 1, "is not the head of insole.packets/1"),
        (changed(1, meta=7), 1, "is to have just these keys: started_at_utc"),
        (changed(1, meta=None), 1, "is to have just these keys"),
        (dropped(2, "name"), 2, "is to have just these keys: role, spec_id"),
        (changed(2, colour="red"), 2, "is to have just these keys"),
        (changed(2, spec_id=7), 2, "spec_id is 7, which cannot be"),
        (changed(3, role="left"), 3, "has a device left already"),
        (changed(4, base64="%"), 4, "base64 is no base64"),
        (changed(4, base64=""), 4, "walk.txt was changed"),
        (changed(10, payload="0g"), 10, "payload is no hex"),
        (changed(10, payload=None), 10, "payload is no hex"),
        (changed(10, role="plate"), 10, "has no device plate"),
        (changed(10, role="\ud800"), 10, "which cannot be"),
        (changed(10, host_time_ns=1.5), 10, "host_time_ns is 1.5, which cannot be"),
        (changed(10, host_time_ns=True), 10, "host_time_ns is True, which cannot be"),
        (changed(10, host_time_ns=2**63), 10, "which cannot be"),
    ],
)
def test_a_line_that_is_wrong_is_named(text, tmp_path, change, line, problem):
    given = text.splitlines()
    assert len(given) == 70
    change(given)
    payload = "\n".join(given).encode(errors="surrogateescape")
    with pytest.raises(FormatError, match=problem) as caught:
        restore(payload, tmp_path / "b.insole")
    assert caught.value.line == line
    assert stored.beside(tmp_path / "b.insole") == ["a.insole"]


@pytest.mark.parametrize("start", ["", "noon", 7, None])
def test_a_start_that_is_wrong_is_named(text, tmp_path, start):
    given = text.splitlines()
    head = json.loads(given[0])
    head["meta"]["started_at_utc"] = start
    with pytest.raises(FormatError) as caught:
        restore("\n".join([json.dumps(head), *given[1:]]).encode(), tmp_path / "b.insole")
    assert caught.value.line == 1


@given(st.binary(max_size=200), st.integers(0, 10**6), st.integers(0, 300))
def test_any_change_of_bytes_is_an_error_or_a_session(tmp_path_factory, patch, at, width):
    folder = tmp_path_factory.mktemp("any")
    stored.write_session(folder / "a.insole", stored.items(6))
    payload = "\n".join(lines(open_session(folder / "a.insole"))).encode()
    at %= len(payload)
    payload = payload[:at] + patch + payload[at + width :]
    try:
        restore(payload, folder / "b.insole")
    except FormatError:
        assert stored.beside(folder / "b.insole") == ["a.insole"]
    else:
        assert open_session(folder / "b.insole").damage == ()


def test_nothing_is_overwritten(text, tmp_path):
    (tmp_path / "b.insole").write_bytes(b"mine")
    with pytest.raises(StoreError, match="exists already"):
        restore(text.encode(), tmp_path / "b.insole")
    assert (tmp_path / "b.insole").read_bytes() == b"mine"


def test_the_command_prints_the_lines(session, text):
    result = CliRunner().invoke(main, ["packets", str(session.path)])
    assert (result.exit_code, result.stdout, result.stderr) == (0, text, "")


def test_the_command_names_damage_and_prints_the_rest(session, text):
    content = session.path.read_bytes()
    payload = max(stored.payloads(session.packets("left", "stream")), key=len)
    session.path.write_bytes(content.replace(payload, payload[::-1]))
    result = CliRunner().invoke(main, ["packets", str(session.path)])
    assert result.exit_code == 4
    assert "changed since it was written, left out" in result.stderr
    assert result.stderr.count("\n") == 1
    printed = result.stdout.splitlines()
    assert set(printed[:-1]) < set(text.splitlines())
    assert 55 < len(printed) < 70
