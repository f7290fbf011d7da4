"""All that came over one connection, channel by channel, and several connections as one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np

from insole.codec.decoder import cutters, parsers
from insole.codec.dialect import dialect_for
from insole.codec.group import Gathered, gather
from insole.codec.learn import Heard, translate
from insole.codec.merge import Rows, merge

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from insole.spec.model import DeviceSpec

    Ints = npt.NDArray[np.int64]


class Packets(Protocol):
    """The packets of one channel, as a recording has them; (p,) arrays and one block of bytes."""

    @property
    def id(self) -> Ints:
        """Order of arrival over all channels."""

    @property
    def host_time_ns(self) -> Ints:
        """Arrival, ns since the start of the recording."""

    @property
    def lengths(self) -> Ints:
        """Length of each payload in bytes."""

    @property
    def payload(self) -> bytes:
        """All payloads, joined."""


@dataclass(frozen=True, slots=True)
class Some:
    """Packets of one channel that are not a whole recording's."""

    id: Ints
    host_time_ns: Ints
    lengths: Ints
    payload: bytes


def gather_connection(
    spec: DeviceSpec, channels: Mapping[str, Packets]
) -> tuple[dict[str, Gathered], DeviceSpec]:
    """Return what came on each channel of one connection, and the spec as it was learnt there.

    Parameters
    ----------
    spec : DeviceSpec
        What the device is.
    channels : mapping of str to Packets
        The packets of each channel that carries messages.
    """
    known = parsers(spec)
    cut = cutters(known)
    dialect = dialect_for(spec)
    learns = dialect.learns if dialect else frozenset()
    heard: dict[str, Heard] = {}
    for channel, packets in channels.items():
        gathered = Gathered()
        if len(packets.lengths):
            cutter = cut.get(channel)
            octets, lengths = packets.payload, packets.lengths
            gathered = gather(known[channel], cutter, octets, lengths, learns)
        heard[channel] = Heard(gathered, packets.id, packets.host_time_ns)
    if dialect:
        translate(dialect, list(heard.values()))
    gathered_by_channel = {channel: each.gathered for channel, each in heard.items()}
    return gathered_by_channel, dialect.learnt() if dialect else spec


def between(packets: Packets, start_ns: float, end_ns: float) -> tuple[int, Packets]:
    """Return the packets that arrived from one time until before another, and the first's index."""
    times = packets.host_time_ns
    start, end = (int(np.searchsorted(times, time_ns)) for time_ns in (start_ns, end_ns))
    if start == 0 and end == len(times):
        return 0, packets
    first, last = (int(packets.lengths[:index].sum()) for index in (start, end))
    part = slice(start, end)
    octets = packets.payload[first:last]
    return start, Some(packets.id[part], times[part], packets.lengths[part], octets)


def joined(parts: Sequence[tuple[int, Gathered]]) -> Gathered:
    """Return what several connections gave on one channel.

    Parameters
    ----------
    parts : sequence of (int, Gathered)
        Of each connection the index of its first packet, and what came.
    """
    if len(parts) == 1:
        return parts[0][1]
    whole = Gathered(skipped=sum(part.skipped for _, part in parts))
    messages: dict[str, list[Rows]] = {}
    base = 0
    for start, part in parts:
        whole.problems |= {start + index: problem for index, problem in part.problems.items()}
        highest = 0
        for name, rows in part.messages.items():
            shifted = replace(rows, packet=rows.packet + start, sequence=rows.sequence + base)
            messages.setdefault(name, []).append(shifted)
            highest = max(highest, int(rows.sequence[-1]) + 1)
        base += highest
    whole.messages = {name: merge(rows) for name, rows in messages.items()}
    return whole
