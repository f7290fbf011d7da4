"""The installed command on bleak's BlueZ backend: links are lost and bluetoothd dies meanwhile."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from pathlib import Path

import judge
import pytest
import rigs
from orders import give

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(rigs.why_no_bluez()), reason=rigs.why_no_bluez()),
]
RIG = Path(__file__).with_name("bluez_rig.py")
TROUBLE = ["lose left", "lose left", "die", "return"]
APART_S = 5.0
DURATION_S = 40


def order(text, socket):
    return asyncio.run(give(text, str(socket)))


def until_both_send(socket):
    deadline_s = time.monotonic() + 60
    while time.monotonic() < deadline_s:
        if socket.exists() and all(order("sent", socket).values()):
            return
        time.sleep(0.2)
    pytest.fail("the devices send nothing")


def test_record_survives_and_keeps_all_that_arrived(tmp_path):
    socket, file, sent = (tmp_path / name for name in ("orders", "whole.insole", "sent.json"))
    record = [sys.executable, "-m", "insole", "record", "--no-analyse"]
    record += ["--duration", str(DURATION_S), "--out", str(file)]
    rig = [sys.executable, RIG, "demo", "sim_insole", "--repeat", "--orders", str(socket), "--"]
    keep = f"{sys.executable} {RIG.with_name('orders.py')} keep {sent}"
    program = ["sh", "-c", f'"$@"; status=$?; {keep}; exit $status', "sh", *record]
    with subprocess.Popen([*rig, *program], stderr=subprocess.PIPE, text=True) as run:
        until_both_send(socket)
        for trouble in TROUBLE:
            time.sleep(APART_S)
            order(trouble, socket)
        _, err = run.communicate(timeout=DURATION_S + 60)
    assert run.returncode == 0, err
    assert "Traceback" not in err
    assert judge.main(str(file), str(sent)) == 0
