"""Everything that can be written is known, and what harms goes out only when it is asked for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from insole.spec import load_spec
from insole.spec.model import CommandSpec
from insole.spec.safety import allowed, possible_writes, unsafe_commands

EVERY = load_spec(Path(__file__).parents[1] / "codec" / "every_feature.toml")
PLACE = "0000ffe6-0000-1000-8000-00805f9b34fb"


def with_command(name, octets, **more):
    command = CommandSpec(name, "command", octets, **more)
    return replace(EVERY, commands={**EVERY.commands, name: command})


def test_each_command_is_one_and_says_when():
    writes = {write.command: write for write in possible_writes(EVERY)}
    assert writes.keys() == {"begin", "clock", "zero"}
    assert writes["begin"].occasions == ("connect", "user")
    assert writes["zero"].occasions == ("user",)
    assert not writes["zero"].unasked
    assert {write.characteristic for write in writes.values()} == {PLACE}
    assert writes["clock"].now == "unix_ms_u64"


def test_start_stop_and_a_dialect_are_occasions():
    writes = {w.command: w for w in possible_writes(with_command("stop", b"x"))}
    assert writes["stop"].occasions == ("stop", "user")
    talking = replace(EVERY, dialect="any")
    assert {w.command: w.occasions for w in possible_writes(talking)} == {
        "begin": ("connect", "dialect", "user"),
        "clock": ("connect", "dialect", "user"),
        "zero": ("user",),
    }


@pytest.mark.parametrize(
    ("to", "octets", "now", "may"),
    [("command", b"begin", None, True), ("command", b"begins", None, False),
     ("command", b"begi", None, False), ("command", b"\x64", None, False),
     ("command", b"\x09\x08\x00", "unix_ms_u64", True), ("command", b"\x09\x08\x00", None, False),
     ("nowhere", b"begin", None, False), ("rx", b"begin", None, False)],
)  # fmt: skip
def test_allow_list(to, octets, now, may):
    assert allowed(EVERY, to, octets, now) is may


def test_filled_commands_may_be_as_long_as_they_say():
    spec = with_command("fetch", b"\x0b\x02", fill=3)
    assert allowed(spec, "command", b"\x0b\x02")
    assert allowed(spec, "command", b"\x0b\x02123")
    assert not allowed(spec, "command", b"\x0b\x021234")


@pytest.mark.parametrize(
    ("octets", "more", "unsafe"),
    [
        (b"d", {}, ["start"]),
        (b"e", {}, []),
        (b"", {"fill": 1}, ["start"]),
        (b"d", {"fill": 9}, ["start"]),
        (b"e", {"fill": 9}, []),
        (b"d", {"now": "unix_s_u32"}, ["start"]),
        (b"d0", {}, []),
    ],
)
def test_what_could_be_the_same_bytes_as_a_changing_command_is_unsafe(octets, more, unsafe):
    assert unsafe_commands(with_command("start", octets, **more)) == unsafe
