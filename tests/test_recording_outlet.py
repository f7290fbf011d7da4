"""Streams to Lab Streaming Layer: what another program on this computer gets of a recording."""

import json
import os
import subprocess
import sys

import pytest

from insole.errors import MissingExtraError
from insole.live import Live
from insole.recording import outlet
from insole.recording.outlet import StreamedLive, library
from insole.spec import load_spec
from insole.transport.base import Notification

DEVICES = dict.fromkeys(("left", "right"), load_spec("sim_insole"))

LISTENER = """
import asyncio, json
import numpy as np
import pylsl
from insole.recording.outlet import Outlets
from insole.sim.link import rig
from insole.spec import load_spec
from insole.transport import rig as together

spec = load_spec("sim_insole")
outlets = Outlets({"left": spec, "right": spec}, lambda: 0)
zero_s = pylsl.local_clock()
found = {i.name(): i for i in pylsl.resolve_streams(2.0) if i.name().startswith("insole ")}
info = next(i for n, i in found.items() if n == "insole left load")
inlet = pylsl.StreamInlet(info)
inlet.open_stream(10.0)

async def deliver(batch):
    for item in batch:
        outlets.take(item)

asyncio.run(together.run(rig("quiet_stance", spec, 1)[0], deliver))
values, stamps = [], []
while True:
    more, at = inlet.pull_chunk(timeout=2.0, max_samples=100000)
    if not at:
        break
    values += more
    stamps += at
channel = inlet.info(5.0).desc().child("channels").child("channel")
print(json.dumps({
    "names": sorted(found),
    "rate_hz": info.nominal_srate(),
    "first": [channel.child_value("label"), channel.child_value("unit")],
    "samples": len(stamps),
    "from_s": stamps[0] - zero_s,
    "steps_s": float(np.median(np.diff(stamps))),
    "backwards": int((np.diff(stamps) < 0).sum()),
    "total_n": float(np.nanmedian([row[0] for row in values])),
}), flush=True)
import os
os._exit(0)  # the library's threads would take seconds
"""


@pytest.fixture(scope="module")
def heard(tmp_path_factory):
    """What a listener of this computer alone gets: the library is told not to look further."""
    pytest.importorskip("pylsl", reason="pylsl is not installed")
    settings = tmp_path_factory.mktemp("lsl") / "lsl_api.cfg"
    settings.write_text("[multicast]\nResolveScope = machine\n[log]\nlevel = -3\n")
    done = subprocess.run(
        [sys.executable, "-c", LISTENER], env=os.environ | {"LSLAPICFG": str(settings)},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.stdout, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.slow
def test_each_foot_has_a_stream_of_loads_and_one_of_motion(heard):
    assert heard["names"] == [
        "insole left load", "insole left motion", "insole right load", "insole right motion",
    ]  # fmt: skip
    assert heard["rate_hz"] == pytest.approx(100.0)
    assert heard["first"] == ["total", "N"]


@pytest.mark.slow
def test_samples_come_evenly_on_the_listeners_clock(heard):
    assert heard["samples"] > 2000
    assert heard["steps_s"] == pytest.approx(0.01, abs=1e-3)
    assert heard["backwards"] == 0
    assert heard["from_s"] == pytest.approx(0.0, abs=1.0)
    assert 150 < heard["total_n"] < 700


def test_without_the_library_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "pylsl", None)
    with pytest.raises(MissingExtraError, match=r'pip install "insole\[lsl\]"'):
        library()


def test_streams_that_fail_are_given_up_and_the_view_goes_on(monkeypatch, caplog):
    class Failing:
        def __init__(self, *_):
            pass

        def take(self, _):
            raise OSError("no network")

    monkeypatch.setattr(outlet, "Outlets", Failing)
    streamed, plain = StreamedLive(DEVICES, lambda: 0), Live(DEVICES)
    for number in range(3):
        item = Notification("left", "frames", number * 10**9, b"")
        streamed.take(item)
        plain.take(item)
    assert streamed.look(3 * 10**9) == plain.look(3 * 10**9)
    assert [record.getMessage() for record in caplog.records] == [
        "the streams have ended (no network); the recording goes on"
    ]
