"""What is said to a device, in order, and never a command that changes it unasked."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from insole.codec.now import size
from insole.codec.script import (
    Pause,
    Read,
    Subscribe,
    Wait,
    Write,
    command,
    connect,
    start,
    stop,
)
from insole.errors import SpecError
from insole.spec import load_spec

SIM = load_spec("sim_insole")
ODD = load_spec(Path(__file__).with_name("odd_plate.toml"))


def test_connect():
    assert connect(SIM) == [
        Read("info"), Subscribe("frames"), Write("command", b"\x01", response=True),
    ]  # fmt: skip
    assert connect(ODD) == [
        Subscribe("wide"), Write("command", b"go", response=False), Wait("wide", 2.5),
    ]  # fmt: skip


def test_start_and_stop():
    assert start(SIM) == [Write("command", b"\x01", response=True)]
    assert stop(SIM) == [Write("command", b"\x00", response=True)]
    assert (start(ODD), stop(ODD)) == ([], [])


def test_a_user_may_ask_for_any_command():
    assert command(SIM, "zero") == Write("command", b"\x02", response=True)
    with pytest.raises(SpecError, match="this device has start, stop, zero"):
        command(SIM, "erase")


@pytest.mark.parametrize("script", [connect, start, stop])
@pytest.mark.parametrize("name", ["start", "stop"])
def test_nothing_is_said_to_a_device_whose_start_or_stop_would_change_it(script, name):
    changing = {name: replace(SIM.commands[name], changes_device=True)}
    with pytest.raises(SpecError, match=f"commands.{name}: changes the device"):
        script(replace(SIM, commands={**SIM.commands, **changing}))


EVERY = load_spec(Path(__file__).with_name("every_feature.toml"))
NOON = datetime(2026, 4, 12, 12, 30, 15, 250_000, timezone(timedelta(hours=2)))


def test_pauses_and_the_time():
    assert connect(EVERY) == [
        Read("version", optional=True),
        Write("command", b"\x09\x08\x00", response=False, now="unix_ms_u64", chunk=20),
        Pause(0.5),
        Subscribe("rx"),
        Write("command", b"begin", response=False, chunk=20),
    ]


@pytest.mark.parametrize(
    ("form", "octets"),
    [
        ("unix_s_u32", "3774db69"),  # 1775989815
        ("unix_ms_u64", "d2f73d819d010000"),  # 1775989815250
        ("text_19", b"2026/04/12 12:30:15".hex()),
        ("ymdhms_hundredths", "1a040c0c1e0f19"),
        ("date_time", "ea07040c0c1e0f"),
        ("current_time", "ea07040c0c1e0f 07 40 00"),  # a Sunday, a quarter of a second in 1/256
    ],
)
def test_forms_of_the_time(form, octets):
    written = Write("command", b"\x01", response=True, now=form).octets(NOON)
    assert written == [b"\x01" + bytes.fromhex(octets)]
    assert size(form) == len(written[0]) - 1


def test_a_long_command_goes_in_pieces():
    write = Write("command", bytes(range(45)), response=False, chunk=20)
    assert list(map(len, write.octets(NOON))) == [20, 20, 5]
    assert b"".join(write.octets(NOON)) == bytes(range(45))


def test_what_goes_to_an_optional_channel_may_be_left_out():
    gatt = {**SIM.gatt, "command": replace(SIM.gatt["command"], optional=True)}
    write = Write("command", b"\x01", response=True, optional=True)
    assert connect(replace(SIM, gatt=gatt)) == [Read("info"), Subscribe("frames"), write]
    scale = connect(load_spec("sig_weight_scale"))
    assert scale == [Subscribe("weight", optional=True), Subscribe("composition", optional=True)]


def test_a_dialect_may_fill_up_a_command_as_far_as_the_spec_says():
    fetch = replace(EVERY.commands["begin"], name="fetch", payload=b"\x0b", fill=2)
    spec = replace(EVERY, commands={"fetch": fetch})
    assert command(spec, "fetch", b"ab").payload == b"\x0bab"
    with pytest.raises(SpecError, match="3 bytes were to be added, the spec allows 2"):
        command(spec, "fetch", b"abc")
