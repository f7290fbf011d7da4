"""Which devices are there: the known ones first, in columns that fit, and as JSON."""

import asyncio
import json
import os
import signal

import fast_loop
import pytest
from bleak_backend import InProcessRig
from click.testing import CliRunner

from insole.cli.main import main
from insole.cli.scan import facts, ordered, table
from insole.sim.peripheral import peripherals
from insole.spec import load_spec
from insole.spec.match import Advertisement
from insole.transport import radio
from insole.transport.scan import UNHEARD_DBM, Discovery

LEFT, RIGHT, OTHER = (f"C0:00:00:00:00:0{n}" for n in "ABC")


def heard(address, rssi_dbm, spec=None, side=None, *, battery=None, name=""):
    return Discovery(address, name, rssi_dbm, spec, side, battery, Advertisement(name))


FOUND = [
    heard(OTHER, -40, name="TV \x1b[31m of the neighbours, at the other end of the house"),
    heard(RIGHT, -70, "orphe_insole", "right", battery=81.0, name="ORPHE"),
    heard(LEFT, -60, "orphe_insole", "left", name="ORPHE"),
]


def test_the_known_come_first_and_of_them_the_nearest():
    assert [one.address for one in ordered(FOUND)] == [LEFT, RIGHT, OTHER]


def test_a_wide_terminal_has_a_line_for_each():
    assert table(ordered(FOUND), 100) == [
        "device        side   signal   battery  address            name",
        "orphe_insole  left   -60 dBm  -        C0:00:00:00:00:0A  ORPHE",
        "orphe_insole  right  -70 dBm  81%      C0:00:00:00:00:0B  ORPHE",
        "unknown       -      -40 dBm  -        C0:00:00:00:00:0C  TV ?[31m of the neighbours, a",
    ]


def test_a_narrow_one_has_two():
    assert table(ordered(FOUND), 40)[2:4] == [
        "orphe_insole  left   -60 dBm  -",
        "  C0:00:00:00:00:0A  ORPHE",
    ]
    assert len(table(FOUND, 79)) == 8


def test_as_json_each_has_all_that_is_known():
    assert facts(FOUND[1]) == {
        "address": RIGHT, "name": "ORPHE", "spec": "orphe_insole", "side": "right",
        "rssi_dbm": -70, "battery_percent": 81.0,
    }  # fmt: skip


def test_one_that_was_left_connected_has_no_strength():
    one = heard("C0:00:00:00:00:0A", UNHEARD_DBM, "sim_insole")
    assert facts(one)["rssi_dbm"] is None
    assert "connected" in table([one], 80)[1]
    assert "dBm" not in "".join(table([one], 80))


@pytest.fixture
def air(monkeypatch):
    """Put devices on the air, in time that jumps; return what is on it, and what happens when."""
    devices, events = {}, []
    make = radio.Radio

    def on_a_rig():
        rig = InProcessRig()
        loop = asyncio.get_running_loop()
        loop.tasks_of_rig = [loop.create_task(rig.__aenter__())]
        for address, device in devices.items():
            loop.tasks_of_rig.append(loop.create_task(rig.put(device, address)))
        for time_s, event in events:
            loop.call_later(time_s, event)
        return rig.radio

    monkeypatch.setattr(radio, "Radio", lambda *words: make(*words) if words else on_a_rig())
    monkeypatch.setattr("asyncio.run", fast_loop.run)
    return devices, events


def insoles():
    devices, _ = peripherals("demo", load_spec("sim_insole"), 1)
    return dict(zip((LEFT, RIGHT), devices, strict=True))


def test_devices_are_listed(air):
    air[0].update(insoles())
    result = CliRunner().invoke(main, ["scan"])
    assert (result.exit_code, result.stderr) == (0, "")
    assert [line.split()[0] for line in result.stdout.splitlines()] == [
        "device", "sim_insole", "sim_insole",
    ]  # fmt: skip


def test_devices_are_listed_as_json(air):
    air[0].update(insoles())
    result = CliRunner().invoke(main, ["scan", "--json", "--timeout", "3"])
    told = [json.loads(line) for line in result.stdout.splitlines()]
    assert {(one["address"], one["spec"]) for one in told} == {
        (LEFT, "sim_insole"), (RIGHT, "sim_insole"),
    }  # fmt: skip


@pytest.mark.usefixtures("air")
def test_nothing_in_reach_says_what_to_do():
    result = CliRunner().invoke(main, ["scan"])
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr.startswith("insole: nothing is in reach; step on your insoles to wake")
    assert result.stderr.count("\n") == 1


def test_ctrl_c_lists_what_was_heard_so_far(air):
    air[0].update(insoles())
    air[1].append((2, lambda: os.kill(os.getpid(), signal.SIGINT)))
    result = CliRunner().invoke(main, ["scan", "--timeout", "1:00:00"])
    assert result.exit_code == 0
    assert result.stdout.count("sim_insole") == 2
