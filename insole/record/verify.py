"""Comparing what was read with its seals: what is whole is kept, what is not gets a name."""

from __future__ import annotations

from dataclasses import replace
from math import nan
from typing import TYPE_CHECKING

import numpy as np

from insole.record.model import Damage, Packets
from insole.record.seal import RECORD, Seal, block_digest, block_prefix, row_digest, seal_row

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt

    from insole.record.model import DamageKind
    from insole.record.seal import Row, Value

_CHANGED = "changed since it was written, left out"
_MISSING = "missing or unreadable"
_UNSEALED = "without a seal, left out"
_SEAL_CHANGED = "changed since it was written; what it seals is whole"


def whole_rows(
    kind: DamageKind, rows: Sequence[Row], seals: Sequence[Seal]
) -> tuple[list[Row], list[Damage]]:
    """Return the rows that match their seals, and the damage.

    Parameters
    ----------
    kind : str
        Name of the table.
    rows : sequence of tuple
        Rows as read, text as bytes; the first column is the id, or the name in tables without.
    seals : sequence of Seal
        Those of this table; a row has one, or two of which one need match.
    """
    by_key: dict[Value, list[Seal]] = {}
    for seal in seals:
        by_key.setdefault(seal.first_id or seal.subject.encode(), []).append(seal)
    whole, damage = [], []
    for row in rows:
        its_seals = by_key.pop(row[0], [])
        if not its_seals:
            damage.append(Damage(kind, "", 0, 0, nan, nan, _UNSEALED))
        elif row_digest(kind, row) in {seal.sha256 for seal in its_seals}:
            whole.append(row)
            if (right := seal_row(kind, row)) not in its_seals:
                damage.append(_damage(right._replace(kind="seal"), _SEAL_CHANGED))
        else:
            damage.append(_damage(its_seals[0], _CHANGED))
    return whole, damage + [_damage(its_seals[0], _MISSING) for its_seals in by_key.values()]


def whole_blocks(packets: Packets, seals: Sequence[Seal]) -> tuple[Packets, list[Damage]]:
    """Return the packets of whole blocks, and the damage.

    Parameters
    ----------
    packets : Packets, (p,) packets
        All packets of one device and channel, as read.
    seals : sequence of Seal
        The seals of that device and channel, at least one.
    """
    packets = _in_order(packets)
    seals = sorted(seals, key=lambda seal: seal.first_id)
    starts = np.searchsorted(packets.id, [seal.first_id for seal in seals], side="left")
    ends = np.searchsorted(packets.id, [seal.last_id for seal in seals], side="right")
    digests = _digests(packets, seals[0], starts, ends)
    kept, sealed = np.zeros((2, len(packets)), dtype=bool)
    damage: list[Damage] = []
    joins = False
    numbers = _numbers(packets, starts, ends)
    for seal, start, end, digest, right in zip(seals, starts, ends, digests, numbers, strict=True):
        sealed[start:end] = True
        whole = digest == seal.sha256
        if whole:
            kept[start:end] = True
            if end > start and right != seal[3:7]:
                damage.append(_damage(Seal("seal", *seal[1:3], *right, digest), _SEAL_CHANGED))
        else:
            _name(damage, seal, _CHANGED if end > start else _MISSING, joins=joins)
        joins = not whole
    damage += _unsealed(packets, seals[0].subject, np.flatnonzero(~sealed))
    return (packets if kept.all() else _take(packets, np.flatnonzero(kept))), damage


def _numbers(
    packets: Packets, starts: npt.NDArray[np.intp], ends: npt.NDArray[np.intp]
) -> list[tuple[int, int, int, int]]:
    """Return ids and times that seals have if they seal packets ``[start, end)``, not empty."""
    if not len(packets):
        return [(0, 0, 0, 0)] * len(starts)
    first, last = np.minimum(starts, len(packets) - 1), np.maximum(ends - 1, 0)
    ids, times_ns = packets.id, packets.host_time_ns
    columns = (ids[first], ids[last], times_ns[first], times_ns[last])
    return list(zip(*(column.tolist() for column in columns), strict=True))


def _unsealed(packets: Packets, device: str, rows: npt.NDArray[np.intp]) -> Iterator[Damage]:
    """Name the packets at the indices `rows`, (q,) integers, which no seal covers."""
    if not len(rows):
        return
    for run in np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1):
        first_id, last_id = packets.id[run[[0, -1]]].tolist()
        start_s, end_s = (packets.host_time_ns[run[[0, -1]]] / 1e9).tolist()
        yield Damage("packet", device, first_id, last_id, start_s, end_s, _UNSEALED)


def stray_packets(number: int) -> Damage:
    """Return the damage of packets whose device and channel no seal names."""
    return Damage("packet", "", 0, 0, nan, nan, f"{number} without a seal, left out")


def _digests(
    packets: Packets, seal: Seal, starts: npt.NDArray[np.intp], ends: npt.NDArray[np.intp]
) -> list[bytes]:
    """Return the digest of each block of packets ``[start, end)``."""
    prefix = block_prefix(seal.subject, seal.channel)
    columns = np.column_stack([packets.id, packets.host_time_ns, packets.lengths])
    records = memoryview(columns.astype("<i8").tobytes())
    payload = memoryview(packets.payload)
    at = np.concatenate([[0], np.cumsum(packets.lengths)])
    blocks = zip(
        starts.tolist(), ends.tolist(), at[starts].tolist(), at[ends].tolist(), strict=True
    )
    return [
        block_digest(prefix, records[start * RECORD.size : end * RECORD.size], payload[first:last])
        for start, end, first, last in blocks
    ]


def _damage(seal: Seal, problem: str) -> Damage:
    if not seal.last_id:
        return Damage(seal.kind, seal.subject, 0, 0, nan, nan, problem)  # type: ignore[arg-type]  # a table's name
    start_s, end_s = seal.start_ns / 1e9, seal.end_ns / 1e9
    return Damage(seal.kind, seal.subject, seal.first_id, seal.last_id, start_s, end_s, problem)  # type: ignore[arg-type]  # a table's name


def _name(damage: list[Damage], seal: Seal, problem: str, *, joins: bool) -> None:
    """Add a damaged block; neighbours with the same problem are one piece of damage."""
    found = _damage(seal, problem)
    if joins and damage[-1].problem == problem:
        damage[-1] = replace(damage[-1], last_id=found.last_id, end_s=found.end_s)
    else:
        damage.append(found)


def _in_order(packets: Packets) -> Packets:
    """Return the packets in order of id; a damaged file may give them in any."""
    if (np.diff(packets.id) > 0).all():
        return packets
    return _take(packets, np.argsort(packets.id, kind="stable"))


def _take(packets: Packets, rows: npt.NDArray[np.intp]) -> Packets:
    """Return the packets at the indices `rows`, (q,) integers."""
    at = np.concatenate([[0], np.cumsum(packets.lengths)]).tolist()
    payload = b"".join(packets.payload[at[row] : at[row + 1]] for row in rows.tolist())
    return Packets(packets.id[rows], packets.host_time_ns[rows], packets.lengths[rows], payload)
