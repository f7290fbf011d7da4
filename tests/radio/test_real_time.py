"""Real time for a device that has none: nothing is early, nothing waits, nothing is asked twice."""

from __future__ import annotations

import asyncio

import pytest
from steady import SteadyPeripheral

from insole.sim.real_time import RealTime
from insole.spec import load_spec

SPEC = load_spec("sim_insole")


def running(**options):
    device = SteadyPeripheral(SPEC, "left", **options)
    device.subscribe("frames", 0)
    return device


def played(life, packets, *, meanwhile=None):
    """Play until so many packets have come, and return them."""

    async def whole():
        got = []
        enough = asyncio.Event()

        async def send(due):
            got.extend(due)
            if len(got) >= packets:
                enough.set()

        async with asyncio.timeout(10):
            task = asyncio.create_task(life().play(send))
            if meanwhile:
                await meanwhile()
            await enough.wait()
            task.cancel()
        return got

    return asyncio.run(whole())


def test_device_time_runs_as_fast_as_it_should():
    device = running(rate_hz=100.0)

    def life():
        made = RealTime(device, speed=1000.0)
        device.write("command", b"\x01", made.now_ns)
        return made

    assert len(played(life, 50)) >= 50  # half a second of device time


def test_device_that_begins_to_speak_while_nothing_is_due_is_heard():
    device = running(rate_hz=0, count=16)
    made = []

    def life():
        made.append(RealTime(device))
        return made[0]

    async def ask():
        await asyncio.sleep(0)
        assert device.next_ns() is None
        device.write("command", b"\x01", made[0].now_ns)
        made[0].look_again()

    assert len(played(life, 16, meanwhile=ask)) == 16


def test_nothing_more_is_asked_for_while_the_radio_is_busy():
    async def whole():
        device = running(rate_hz=0)
        life = RealTime(device)
        device.write("command", b"\x01", life.now_ns)
        free = asyncio.Event()
        calls = []

        async def send(due):
            calls.append(len(due))
            await free.wait()

        task = asyncio.create_task(life.play(send))
        for _ in range(20):
            await asyncio.sleep(0)
        made = device.made
        task.cancel()
        return calls, made

    calls, made = asyncio.run(whole())
    assert len(calls) == 1
    assert made == calls[0]


def test_fault_of_a_device_is_not_swallowed():
    class Broken(SteadyPeripheral):
        def due(self, now_ns):
            raise ZeroDivisionError(now_ns)

    async def send(_):
        pass

    with pytest.raises(ZeroDivisionError):
        asyncio.run(RealTime(Broken(SPEC, "left")).play(send))
