"""Fixed work to measure speed against: what it takes says how fast the machine is just now.

Machines differ, and the same one is slower while others use it, by half and more. So the benchmarks
measure this work in the same run, in turns with what they are about, and set targets as ratios to
it. It never changes with the package: it imports nothing of it. If this file changes, every target
has to be set anew, since each is what was asked for in seconds over what this took on the machine
that the project was written on, with nothing else to do (`IDLE_S`, `IDLE_US`).
"""

from __future__ import annotations

import json
import sqlite3
import struct
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import signal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

IDLE_S = 0.33
"""CPU time of `whole_s` on an idle machine (virtual, AMD EPYC; Python 3.11, numpy 2.4), s."""
IDLE_US = 4.75
"""Time of `one_packet` there, µs."""
IDLE_VALUES_PER_S = 950e6
"""Numbers a second of `many_numbers` there."""

SAMPLES = 360_000
"""An hour at 100 Hz."""
COLUMNS = 20
BLOBS, BLOB_BYTES = 90_000, 181
STEPS = 150_000
PIECES = 300


def once_s() -> dict[str, float]:
    """Return what `whole_s` does in a process of its own, where no memory is warm."""
    command = [sys.executable, __file__, str(_database())]
    told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    parts: dict[str, float] = json.loads(told)
    return parts


def least_s(runs: Sequence[dict[str, float]]) -> dict[str, float]:
    """Return the least time of each kind of work in several runs, s."""
    return {name: min(run[name] for run in runs) for name in runs[0]}


def _database() -> Path:
    """Return what `whole_s` reads, written anew when this file has changed."""
    word = sha256(Path(__file__).read_bytes()).hexdigest()[:12]
    path = folder() / f"reference-{word}.sqlite"
    if not path.exists():
        unfinished = path.with_suffix(".unfinished")
        unfinished.unlink(missing_ok=True)
        _make_database(unfinished)
        unfinished.rename(path)
    return path


def folder() -> Path:
    """Return the temporary folder in which benchmarks keep what takes long to make."""
    path = Path(tempfile.gettempdir()) / "insole-benchmark"
    path.mkdir(exist_ok=True)
    return path


def whole_s(database: Path) -> dict[str, float]:
    """Return the CPU time in s of each kind of work that an hour of two insoles takes.

    Parameters
    ----------
    database : Path
        Where `_make_database` wrote.
    """
    rng = np.random.default_rng(1)
    columns = rng.normal(size=(COLUMNS, SAMPLES))
    sos = signal.butter(2, 6.0, fs=100.0, output="sos")
    works: dict[str, Callable[[], object]] = {
        "arrays": lambda: _array_passes(columns),
        "filters": lambda: _filter_passes(columns[0], sos),
        "loop": lambda: _loop(columns[1, :STEPS]),
        "blobs": lambda: _read(database),
    }
    return {name: _cpu_s(work) for name, work in works.items()}


def _make_database(path: Path) -> None:
    """Write the packets that `whole_s` reads, always as many."""
    blob = bytes(range(BLOB_BYTES))
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE packet (id INTEGER PRIMARY KEY, time INTEGER, load BLOB)")
        rows = ((10**6 + number, number * 10**7, blob) for number in range(BLOBS))
        connection.executemany("INSERT INTO packet VALUES (?, ?, ?)", rows)


def _cpu_s(work: Callable[[], object]) -> float:
    start_s = time.process_time()
    work()
    return time.process_time() - start_s


def _array_passes(columns: Floats) -> list[Floats]:
    """Bring columns onto a grid, each into memory of its own, as an alignment does."""
    place = np.arange(SAMPLES)
    left, right = np.maximum(place - 1, 0), np.searchsorted(place.astype(float), place - 0.5)
    weight = np.linspace(0.0, 1.0, SAMPLES)
    kept = []
    for column in columns:
        value = column[left] + weight * (column[right] - column[left])
        value[np.abs(value) > 3.0] = np.nan
        kept.append(np.where(np.isnan(value), 0.0, value))
    return kept


def _filter_passes(column: Floats, sos: Floats) -> None:
    """Filter a whole hour and many pieces, with what is looked for in each piece."""
    signal.sosfiltfilt(sos, column)
    for start in range(0, PIECES * 1000, 1000):
        piece = signal.sosfiltfilt(sos, column[start : start + 1000])
        np.percentile(piece, 90)
        np.median(piece)


def _loop(values: Floats) -> tuple[float, int]:
    """Follow a level sample by sample in plain Python."""
    level, ups, up = _Level(0.0), 0, False
    for value in values.tolist():
        level.follow(value)
        crossed = value > level.mean + 1.0
        ups += crossed and not up
        up = crossed
    return level.mean, ups


class _Level:
    __slots__ = ("mean", "seen")

    def __init__(self, mean: float) -> None:
        self.mean = mean
        self.seen = 0

    def follow(self, value: float) -> None:
        self.seen += 1
        self.mean += (value - self.mean) / min(self.seen, 200)


def _read(path: Path) -> tuple[NDArray[np.int64], bytes]:
    with closing(sqlite3.connect(path)) as connection:
        cursor = connection.execute("SELECT id, time, load FROM packet ORDER BY id")
        ids: list[int] = []
        parts = []
        while rows := cursor.fetchmany(500):
            each, _, blobs = zip(*rows, strict=True)
            ids += each
            parts.append(b"".join(blobs))
    return np.array(ids, np.int64), b"".join(parts)


_HEADER = struct.Struct("<HIB")
_PACKET = _HEADER.pack(7, 123456, 4) + bytes(range(48))


def one_packet() -> dict[str, Any]:
    """Take one packet apart as a decoder does that is fed one at a time: a few µs of work."""
    counter, ticks, count = _HEADER.unpack_from(_PACKET)
    raw = np.ndarray((count, 6), "<i2", _PACKET, _HEADER.size)
    values = np.multiply(raw, 0.5, dtype=np.float64)
    missing = raw == -1
    if missing.any():
        values[missing] = np.nan
    header = {"counter": counter, "ticks": ticks, "count": count}
    return {**header, "acc": values[:, :3], "gyro": values[:, 3:]}


_OCTETS = np.arange(10_000 * 64, dtype=np.uint8).reshape(10_000, 64)


def many_numbers() -> int:
    """Make physical numbers of those in many packets at once; return of how many."""
    raw = np.ascontiguousarray(np.ndarray((10_000, 30), "<i2", _OCTETS, 4, (64, 2)).T)
    value = np.multiply(raw, 0.5, dtype=np.float64)
    np.copyto(value, np.nan, where=raw == -1)
    return value.size


if __name__ == "__main__":
    sys.stdout.write(json.dumps(whole_s(Path(sys.argv[1]))) + "\n")
