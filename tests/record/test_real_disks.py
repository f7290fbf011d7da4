"""Disks that are really full, really read-only and really gone: mounted for one test alone.

Each test runs a script under its own mount table, so nothing is left behind, however it ends.
"""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import stored

HERE = Path(__file__).parent

START = """
import asyncio, itertools, os, shutil, subprocess, sys
from pathlib import Path
sys.path.insert(0, {here!r})
import stored
from insole.errors import StoreError
from insole.record.recorder import record
from insole.record.store import Device, Store, open_session, open_whole
from insole.transport.base import Notification
disk = Path({disk!r})

def mount(*options):
    subprocess.run(["mount", *options, str(disk)], check=True)

class Link:
    role = "left"
    async def open(self): pass
    async def close(self): pass
    async def notifications(self):
        for number in itertools.count():
            await asyncio.sleep(0)
            yield Notification("left", "stream", number * 10**6, number.to_bytes(4, "big") * 50)

def begun():
    store = Store.create(disk / "a.insole", stored.META)
    store.add_device(Device("left", "sim_insole"))
    return store

def check(session, least):
    assert session.damage == (), session.damage
    packets = session.packets("left", "stream")
    assert packets.payload == b"".join(n.to_bytes(4, "big") * 50 for n in range(len(packets)))
    assert len(packets) >= least, (len(packets), least)
"""

READ_ONLY = """
mount("-t", "tmpfs", "-o", "size=8m", "tmpfs")
for file in Path(sys.argv[1]).iterdir():
    shutil.copy(file, disk)
mount("-o", "remount,ro")
before = {file.name: file.read_bytes() for file in disk.iterdir()}
session, done = open_whole(disk / "cut.insole")
print(done)
assert session.damage == ()
assert len(stored.packet_set(session)) == 60
assert open_whole(disk / "whole.insole")[1] is None
assert {file.name: file.read_bytes() for file in disk.iterdir()} == before
try:
    begun()
except StoreError as error:
    print(error)
"""

FULL = """
mount("-t", "tmpfs", "-o", "size=24m", "tmpfs")
with begun() as store:
    try:
        asyncio.run(record([Link()], store))
    except StoreError as error:
        print(error)
assert [file.name for file in disk.iterdir()] == ["a.insole"]
check(open_session(disk / "a.insole"), 10_000)
assert open_session(disk / "a.insole").link_events("left")[-1].kind == "closed"
"""

FULL_AT_ONCE = """
mount("-t", "tmpfs", "-o", "size=32m", "tmpfs")
other = (disk / "other").open("wb", buffering=0)

def fill(item):
    if item.host_time_ns == 5000 * 10**6:
        try:
            while other.write(bytes(4096)):
                pass
        except OSError as error:
            print(error.strerror)

try:
    with begun() as store:
        asyncio.run(record([Link()], store, taps=[fill]))
except StoreError as error:
    print(error)
print(sorted(file.name for file in disk.iterdir()))
session, done = open_whole(disk / "a.insole")
print(done)
check(session, store.committed - 1)
"""

GONE = """
mount("-t", "tmpfs", "-o", "size=64m", "tmpfs")
kept = disk.parent / "kept"
kept.mkdir()
subprocess.run(["mount", "--bind", str(disk), str(kept)], check=True)

def take_out(item):
    if item.host_time_ns == 5000 * 10**6:
        subprocess.run(["umount", "-l", str(disk)], check=True)

try:
    with begun() as store:
        asyncio.run(record([Link()], store, taps=[take_out]))
except StoreError as error:
    print(error)
session, done = open_whole(kept / "a.insole")
check(session, store.committed - 1)  # the last one is the event that says why it ended
check(open_session(disk / "a.insole"), store.committed - 1)  # its folder is still there
print(sorted(file.name for file in kept.iterdir()))
"""


@pytest.fixture
def run(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    unshare = ["unshare", "--mount", "--map-root-user"]
    try_it = [*unshare, "mount", "-t", "tmpfs", "tmpfs", str(disk)]
    try:
        subprocess.run(try_it, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this system lets nobody mount a disk for one program alone")

    def run(script, *args):
        text = START.format(here=str(HERE), disk=str(disk)) + script
        done = subprocess.run(
            [*unshare, sys.executable, "-c", text, *map(str, args)],
            check=False, capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.splitlines()

    return run


def test_a_read_only_disk(run, tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    stored.write_session(source / "whole.insole")
    store = stored.write_session(tmp_path / "cut.insole", close=False)
    for suffix in ("", "-wal"):
        shutil.copy(tmp_path / f"cut.insole{suffix}", source)
    store.close()
    done, refused = run(READ_ONLY, source)
    assert done.startswith("the recording was cut off; its 60 packets up to 1.20 s are kept")
    assert done.endswith("so this was done to a copy of it")
    assert "cannot be made: Read-only file system; choose a folder that can be" in refused


@pytest.mark.slow
def test_a_disk_that_gets_full(run):
    (said,) = run(FULL)
    assert "lies on a disk that is full: 1" in said
    assert "MB are left, and finishing a recording takes up to 16; free some space" in said


@pytest.mark.slow
def test_a_disk_that_another_program_fills_at_once(run):
    """The reserve is gone before anybody looks; what is committed then lies in the -wal too."""
    full, said, files, done = run(FULL_AT_ONCE)
    assert full == "No space left on device"
    assert "the disk is full" in said or "lies on a disk that is full: 0 MB" in said
    assert "a.insole" in files
    assert "packets up to" in done


@pytest.mark.slow
def test_a_disk_that_is_taken_out(run):
    said, files = run(GONE)
    assert "was deleted or moved while it was written, or its disk was taken out" in said
    assert files == "['a.insole']"
