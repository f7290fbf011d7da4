"""What is said to a device, in order, and never a command that changes it unasked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from insole.codec.script import Read, Subscribe, Wait, Write, command, connect, start, stop
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
