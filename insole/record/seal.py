"""Digests of what is stored: every column, in an encoding that can be read in one way only."""

from __future__ import annotations

import struct
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Value: TypeAlias = str | bytes | int | float | None
"""What SQLite may return for a column; sound files have only text, bytes and integers."""

Row: TypeAlias = "tuple[Value, ...]"

PacketRow: TypeAlias = tuple[int, str, str, int, bytes]
"""Id, device, channel, host time in ns, payload."""

RECORD = struct.Struct("<qqq")
"""Id, host time in ns and payload length in bytes of one packet, as the digest sees them."""


class Seal(NamedTuple):
    """One row of the table ``seal``, without its id."""

    kind: str
    subject: str
    channel: str
    first_id: int
    last_id: int
    start_ns: int
    end_ns: int
    sha256: bytes


def block_prefix(device: str, channel: str) -> bytes:
    """Return what the digest of a block of packets begins with."""
    return _encode(("packet", device, channel))


def block_digest(prefix: bytes, records: bytes | memoryview, payload: bytes | memoryview) -> bytes:
    """Return the SHA-256 of a block of packets.

    Parameters
    ----------
    prefix : bytes
        From `block_prefix`.
    records : bytes-like, (p · 24,) bytes
        One `RECORD` a packet.
    payload : bytes-like
        All payloads, one behind the other; `records` says where each ends.
    """
    digest = sha256(prefix + len(records).to_bytes(8, "little"))
    digest.update(records)
    digest.update(payload)
    return digest.digest()


def seal_blocks(packets: Sequence[PacketRow]) -> list[Seal]:
    """Return one seal for each device and channel.

    Parameters
    ----------
    packets : sequence of PacketRow
        Those of one transaction, in order of id; host times in ns.
    """
    streams: dict[tuple[str, str], list[tuple[int, int, bytes]]] = {}
    for id_, device, channel, host_time_ns, payload in packets:
        streams.setdefault((device, channel), []).append((id_, host_time_ns, payload))
    return [_seal_block(device, channel, rows) for (device, channel), rows in streams.items()]


def _seal_block(device: str, channel: str, rows: Sequence[tuple[int, int, bytes]]) -> Seal:
    records = b"".join(RECORD.pack(id_, time_ns, len(payload)) for id_, time_ns, payload in rows)
    payload = b"".join(payload for _, _, payload in rows)
    digest = block_digest(block_prefix(device, channel), records, payload)
    first, last = rows[0], rows[-1]
    return Seal("packet", device, channel, first[0], last[0], first[1], last[1], digest)


_SUBJECT_AND_TIME = {"link_event": (1, 2), "mark": (2, 1)}
"""Tables whose rows have an id → columns that give their seals subject and time."""


def seal_row(kind: str, row: Row) -> Seal:
    """Return the seal of one row of the table `kind`, its text as such or as bytes.

    All of a seal follows from its row; one that was changed differs from what its row gives.
    """
    named: Any = (row[0], 0, 0)
    if kind in _SUBJECT_AND_TIME:
        subject_at, time_at = _SUBJECT_AND_TIME[kind]
        named = (row[subject_at], row[0], row[time_at])
    subject, id_, time_ns = named
    subject = subject.decode() if isinstance(subject, bytes) else subject
    return Seal(kind, subject, "", id_, id_, time_ns, time_ns, row_digest(kind, row))


def row_digest(kind: str, row: Iterable[Value]) -> bytes:
    """Return the SHA-256 of one row of the table `kind`."""
    return sha256(_encode((kind, *row))).digest()


def _encode(values: Iterable[Value]) -> bytes:
    """Join values, each with a letter for its type and its length; text and its bytes are one."""
    parts = []
    for value in values:
        letter, content = _content(value)
        parts += [letter, len(content).to_bytes(8, "little"), content]
    return b"".join(parts)


def _content(value: Value) -> tuple[bytes, bytes]:
    if isinstance(value, bytes):
        return b"b", value
    if isinstance(value, str):
        return b"b", value.encode()
    return type(value).__name__[:1].encode(), str(value).encode()
