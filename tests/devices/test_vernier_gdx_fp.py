"""Vernier: messages in pieces, wrong sums, commands that count down, samples the plate lost."""

from __future__ import annotations

import struct
from datetime import UTC, datetime

import numpy as np
import pytest
from force_rig import at_once, cut, every_write, fed, plain, rows, unasked
from hypothesis import given
from hypothesis import strategies as st

from insole.codec.script import Write, command, connect
from insole.spec import load_spec

SPEC = load_spec("vernier_gdx_fp")
RUN = ("init", "status", "device_info", "available_sensors", "default_sensors", "sensor_info",
       "period_10_ms", "start", "stop", "disconnect")  # fmt: skip
FORCES = st.lists(st.floats(width=32, min_value=-800, max_value=3500), min_size=1, max_size=20)


def summed(octets):
    """Return a message with its length and its sum in their places, written without the encoder."""
    message = bytearray(octets)
    message[1], message[3] = len(message), 0
    message[3] = sum(message) & 0xFF
    return bytes(message)


def force_message(forces, rolling=0xFE):
    octets = b"".join(struct.pack("<f", force) for force in forces)
    return summed(bytes([0x20, 0, rolling, 0, 6, 2, 0, len(forces), 0]) + octets)


def dropped_message():
    return summed(bytes([0x20, 0, 0xFD, 0, 0x0D, 5, 0]))


def forces_of(frames):
    return [frame.samples["total"].tolist() for frame in frames if frame.message == "force"]


@given(st.lists(FORCES, min_size=1, max_size=6), st.lists(st.integers(0, 10_000), max_size=30))
def test_split_anywhere_the_same_comes_out(batches, places):
    packets = cut(b"".join(force_message(forces) for forces in batches), places)
    frames, errors = fed(SPEC, "response", packets)
    assert not errors
    assert forces_of(frames) == batches
    wanted = [force for forces in batches for force in forces]
    assert rows(SPEC, "response", packets, "force")["total_n"].tolist() == wanted


@given(st.integers(0, 20), st.integers(1, 255), st.lists(st.integers(0, 10_000), max_size=20))
def test_one_wrong_byte_costs_its_message_and_no_false_one_comes(place, by, places):
    batches = [[100.0 + n, 200.0 + n, 300.0 + n] for n in range(60)]
    messages = [force_message(forces) for forces in batches]
    wrong = bytearray(messages[3])
    wrong[place] = (wrong[place] + by) % 256
    messages[3] = bytes(wrong)
    frames, errors = fed(SPEC, "response", cut(b"".join(messages), places))
    came = forces_of(frames)
    assert errors
    assert came[:3] == batches[:3]
    assert batches[3] not in came
    assert all(forces in batches for forces in came)
    assert came[-1] == batches[-1]


def test_a_lost_piece_does_not_block_the_rest():
    """As it does in the vendor's library, until it reconnects."""
    batches = [[700.0 + n] * 10 for n in range(40)]
    pieces = [
        piece for forces in batches for piece in cut(force_message(forces), range(20, 60, 20))
    ]
    frames, errors = fed(SPEC, "response", pieces[:7] + pieces[8:])
    came = forces_of(frames)
    assert errors
    assert [forces for forces in batches if forces not in came] == [batches[2]]


def test_noise_between_messages_is_told_and_costs_none():
    """What follows may wait for up to 255 bytes more, as the noise may look like a length."""
    batches = [[1.5], *([2.5 + n] for n in range(20))]
    messages = [force_message(forces) for forces in batches]
    octets = messages[0] + b"\x00\x00\x00" + b"".join(messages[1:])
    frames, errors = fed(SPEC, "response", [octets])
    assert forces_of(frames) == batches
    assert [error.problem for error in errors] == ["3 bytes belong to no message and are left out"]


@given(FORCES)
def test_a_count_that_disagrees_with_the_length_is_no_force(forces):
    message = bytearray(force_message(forces))
    message[7] += 1
    frames, errors = fed(SPEC, "response", [summed(message)])
    assert [frame.message for frame in frames] == ["other_measurement"]
    assert not errors


def test_dropped_samples_are_a_message_of_their_own_among_the_forces():
    packets = [force_message([1.0]), dropped_message(), force_message([2.0]), dropped_message()]
    frames, errors = fed(SPEC, "response", packets)
    assert not errors
    names = ["force", "dropped_samples", "force", "dropped_samples"]
    assert [frame.message for frame in frames] == names
    decoded = at_once(SPEC, "response", packets)
    assert decoded.blocks["dropped_samples"].packet.tolist() == [1, 3]
    assert decoded.blocks["force"].packet.tolist() == [0, 2]


@pytest.mark.parametrize(("kind", "message"), [(0x0C, "start_time"), (0x0E, "period")])
def test_what_is_told_of_time_is_kept_apart_from_force(kind, message):
    frames, _ = fed(SPEC, "response", [summed(bytes([0x20, 0, 1, 0, kind, 16, 39, 0, 0]))])
    assert plain(frames[0]) == (message, {"rolling": 1, "detail": [16, 39, 0, 0]})


def test_other_sensors_are_not_taken_for_force():
    """As the vendor's library does with types 08 to 0b, whatever sensor they name."""
    octets = summed(bytes([0x20, 0, 1, 0, 8, 0, 2, 1]) + struct.pack("<f", 5.0))
    (frame,), errors = fed(SPEC, "response", [octets])
    assert (frame.message, errors) == ("other_measurement", [])


def test_samples_of_two_sensors_take_turns():
    octets = bytes([0x20, 0, 1, 0, 6, 6, 0, 3, 0]) + struct.pack("<6f", 1, -1, 2, -2, 3, -3)
    table = rows(SPEC, "response", [summed(octets)], "two_sensors")
    assert table["total_n"].tolist() == [1, 2, 3]
    assert "sensor_2" not in table


def test_commands_count_down_and_carry_their_length_and_sum():
    assert tuple(SPEC.commands) == RUN
    for number, name in enumerate(RUN):
        payload = SPEC.commands[name].payload
        assert payload[0] == 0x58
        assert payload[2] == 0xFE - number
        assert payload == b"\x58" + summed(payload)[1:]


def test_the_period_asked_for_is_that_of_the_clock():
    payload = SPEC.commands["period_10_ms"].payload
    assert int.from_bytes(payload[7:11], "little") * 1e-6 == SPEC.clock.sample_period_s


def test_commands_are_written_in_pieces_of_at_most_20_bytes():
    for name in RUN:
        write = command(SPEC, name)
        pieces = write.octets(datetime.now(tz=UTC))
        assert b"".join(pieces) == SPEC.commands[name].payload
        assert max(map(len, pieces)) <= 20
        assert not write.response
    assert [len(piece) for piece in command(SPEC, "init").octets(datetime.now(tz=UTC))] == [20, 5]


def test_every_byte_string_that_can_be_written():
    wanted = {
        "init": "58 19 fe 3f 1a a5 4a 06 49 07 48 08 47 09 46 0a 45 0b 44 0c 43 0d 42 0e 41",
        "status": "58 05 fd 6a 10",
        "device_info": "58 05 fc ae 55",
        "available_sensors": "58 05 fb a9 51",
        "default_sensors": "58 05 fa ad 56",
        "sensor_info": "58 06 f9 a8 50 01",
        "period_10_ms": "58 0f f8 b0 1b ff 00 10 27 00 00 00 00 00 00",
        "start": "58 13 f7 7c 18 ff 01 02 00 00 00 00 00 00 00 00 00 00 00",
        "stop": "58 0b f6 6d 19 ff 00 ff ff ff ff",
        "disconnect": "58 05 f5 a6 54",
    }
    assert every_write(SPEC) == {k: ("f4bf14a6", octets, False) for k, octets in wanted.items()}
    assert unasked(SPEC) == [octets for name, octets in wanted.items() if name != "disconnect"]


def test_each_command_on_connecting_is_answered_before_the_next():
    actions = connect(SPEC)[1:]
    assert [isinstance(action, Write) for action in actions] == [True, False] * 7


def test_the_sensor_tells_its_range():
    payload = next(v.payload for v in SPEC.vectors if v.expect and "highest" in v.expect[0])
    (frame,), _ = fed(SPEC, "response", cut(payload, range(20, 154, 20)))
    number, spare, *rest = struct.unpack("<bBIBB60s32sdddIQIII", payload[6:])
    assert (number, spare) == (frame.header["number"], 0)
    lowest, highest, shortest, longest, typical = rest[6:11]
    assert (lowest, highest) == (frame.header["lowest"], frame.header["highest"])
    assert shortest == frame.header["shortest_period_us"]
    assert typical == frame.header["typical_period_us"]
    assert longest > typical
    assert np.isfinite(frame.header["uncertainty"])
