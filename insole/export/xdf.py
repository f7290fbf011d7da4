"""Tables with a time as XDF, the Extensible Data Format of Lab Streaming Layer's recordings.

The format is public (the xdf specification of the sccn project, version 1.0): chunks, each with
its length, a tag and its content; streams are told apart by a number. No kept library writes it,
so this does; its files are read back with pyxdf in the tests.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import numpy as np

from insole.export.column import explained

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from insole.export.table import Table

MAGIC = b"XDF:"
FILE_HEADER, STREAM_HEADER, SAMPLES, CLOCK_OFFSET, STREAM_FOOTER = 1, 2, 3, 4, 6
"""Tags of the chunks that we write."""
ROWS = 5_000
"""Samples in a chunk, at most."""


def xdf(tables: Sequence[Table]) -> Iterator[bytes]:
    """Yield an XDF file with a stream for each table that has a time.

    Numbers become channels of doubles, time stamps in s on the session's clock; events become a
    stream of words like ``heel_off left``.

    Parameters
    ----------
    tables : sequence of Table
        Those without a column ``time_s`` are left out.
    """
    yield MAGIC + _chunk(FILE_HEADER, _xml("info", version="1.0"))
    timed = [table for table in tables if "time_s" in table.frame.columns]
    for number, table in enumerate(timed, 1):
        words = table.name == "events"
        yield from (_words if words else _numbers)(number, table)


def _numbers(stream: int, table: Table) -> Iterator[bytes]:
    # a stamp must never run back, and rows of one session stand in the order of time
    frame = table.frame.sort_values("time_s", kind="stable")
    time_s = frame["time_s"].to_numpy(dtype=np.float64)
    channels = [
        (column, unit, meaning)
        for _, column, unit, meaning in explained(table.name, frame)
        if column != "time_s" and frame[column].dtype.kind in "biuf"
    ]
    names = [name for name, _, _ in channels]
    yield _header(stream, table.name, "double64", _rate_hz(time_s), channels)
    values = frame[names].to_numpy(dtype=np.float64)
    for start in range(0, len(time_s), ROWS):
        piece = slice(start, start + ROWS)
        yield _chunk(SAMPLES, _stream(stream) + _stamped(time_s[piece], values[piece]))
    yield _footer(stream, time_s)


def _words(stream: int, table: Table) -> Iterator[bytes]:
    frame = table.frame.sort_values("time_s", kind="stable")
    time_s = frame["time_s"].to_numpy(dtype=np.float64)
    yield _header(stream, table.name, "string", 0.0, [("event", "", "what happened, which foot")])
    if len(frame):
        content = b"".join(_word(time, row) for time, row in zip(time_s, _said(frame), strict=True))
        yield _chunk(SAMPLES, _stream(stream) + _length(len(frame)) + content)
    yield _footer(stream, time_s)


def _said(frame: pd.DataFrame) -> list[bytes]:
    return [f"{e} {s}".encode() for e, s in zip(frame["event"], frame["side"], strict=True)]


def _word(time_s: float, said: bytes) -> bytes:
    return struct.pack("<Bd", 8, time_s) + _length(len(said)) + said


def _stamped(time_s: NDArray[np.float64], values: NDArray[np.float64]) -> bytes:
    """Return samples as the format wants them: each its stamp (8 bytes long), then its channels."""
    kind = [("size", "u1"), ("time", "<f8"), ("values", "<f8", (values.shape[1],))]
    rows = np.empty(len(time_s), dtype=kind)
    rows["size"], rows["time"], rows["values"] = 8, time_s, values
    return _length(len(time_s)) + rows.tobytes()


def _rate_hz(time_s: NDArray[np.float64]) -> float:
    """Return the rate of even times, 0 for uneven ones, as the format says it."""
    steps_s = np.diff(time_s)
    if not len(steps_s) or steps_s.max() - steps_s.min() > 1e-6:
        return 0.0
    return float(round(1.0 / steps_s.mean(), 6))


def _header(
    stream: int, name: str, kind: str, rate_hz: float, channels: Sequence[tuple[str, str, str]]
) -> bytes:
    info = _xml(
        "info", name=name, type="Markers" if kind == "string" else "Force",
        channel_count=str(len(channels)), nominal_srate=f"{rate_hz:g}", channel_format=kind,
        source_id=f"insole-{name}",
    )  # fmt: skip
    described = ET.SubElement(ET.SubElement(info, "desc"), "channels")
    for label, unit, meaning in channels:
        channel = ET.SubElement(described, "channel")
        for tag, content in (("label", label), ("unit", unit), ("meaning", meaning)):
            ET.SubElement(channel, tag).text = content
    # all streams are on one clock already; a reader that looks for their offset finds none
    offset = _chunk(CLOCK_OFFSET, struct.pack("<dd", 0.0, 0.0), stream)
    return _chunk(STREAM_HEADER, info, stream) + offset


def _footer(stream: int, time_s: NDArray[np.float64]) -> bytes:
    first, last = (float(time_s[0]), float(time_s[-1])) if len(time_s) else (0.0, 0.0)
    info = _xml(
        "info", first_timestamp=repr(first), last_timestamp=repr(last),
        sample_count=str(len(time_s)),
    )  # fmt: skip
    return _chunk(STREAM_FOOTER, info, stream)


def _xml(root: str, **children: str) -> ET.Element:
    element = ET.Element(root)
    for tag, content in children.items():
        ET.SubElement(element, tag).text = content
    return element


def _chunk(tag: int, content: bytes | ET.Element, stream: int | None = None) -> bytes:
    if isinstance(content, ET.Element):
        content = b'<?xml version="1.0"?>' + ET.tostring(content)
    body = struct.pack("<H", tag) + (_stream(stream) if stream else b"") + content
    return _length(len(body)) + body


def _stream(number: int) -> bytes:
    return struct.pack("<I", number)


def _length(number: int) -> bytes:
    """Return a length as the format writes it: the size of the number, then the number."""
    if number < 1 << 8:
        return struct.pack("<BB", 1, number)
    if number < 1 << 32:
        return struct.pack("<BI", 4, number)
    return struct.pack("<BQ", 8, number)
