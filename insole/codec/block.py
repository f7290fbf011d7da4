"""A whole recording at once: what the decoder says packet by packet, without the loop."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import inf
from typing import TYPE_CHECKING

import numpy as np

from insole.codec.connection import Some, between, gather_connection, joined
from insole.codec.decoder import unknown_channel
from insole.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from insole.codec.connection import Packets
    from insole.codec.group import Gathered
    from insole.codec.number import Numbers
    from insole.spec.model import DeviceSpec


@dataclass(frozen=True, slots=True)
class Block:
    """The messages of one name, decoded.

    Parameters
    ----------
    message : str
        Its name in the spec.
    packet : ndarray of int64, (p,)
        Index of the packet that completed each, among those given.
    host_time_ns : ndarray of int64, (p,)
        Arrival, ns since the start of the recording.
    count : ndarray of int64, (p,)
        Samples in each; 1 for a message without samples, which is itself one.
    header : mapping of str to ndarray, (p,)
        int64 raw values of whole fields, else float64 in the field's unit, NaN where a flag leaves
        the field out; texts as objects, None where left out.
    samples : mapping of str to ndarray, (p, n) or (p, n, k)
        float64 in the field's unit; n is the largest `count`, NaN behind the last of a packet, and
        where the field is not in a message.
    """

    message: str
    packet: npt.NDArray[np.int64]
    host_time_ns: npt.NDArray[np.int64]
    count: npt.NDArray[np.int64]
    header: Mapping[str, Numbers]
    samples: Mapping[str, Numbers]


@dataclass(frozen=True, slots=True)
class Decoded:
    """All that a run of packets holds.

    Blocks by message; how many packets had something that does not fit, and what was wrong with
    the first of them; how many messages and items had a tag that the spec does not know.
    """

    blocks: Mapping[str, Block]
    errors: int
    first_error: DecodeError | None
    skipped: int = 0


def decode_block(
    spec: DeviceSpec,
    channel: str,
    payload: bytes,
    lengths: npt.NDArray[np.int64],
    host_time_ns: npt.NDArray[np.int64],
) -> Decoded:
    """Decode the packets of one channel and connection, as if they were fed one by one.

    Parameters
    ----------
    spec : DeviceSpec
        What the device is.
    channel : str
        The spec's name of the characteristic.
    payload : bytes
        All payloads, joined.
    lengths : ndarray of int64, (p,)
        Length of each payload in bytes.
    host_time_ns : ndarray of int64, (p,)
        Arrival of each packet, ns since the start of the recording.

    Returns
    -------
    Decoded
        Packets that do not fit are counted, and the first of them is described.

    Raises
    ------
    DecodeError
        If lengths, arrival times and payload do not belong together.
    """
    packets = Some(np.arange(len(lengths)), host_time_ns, lengths, payload)
    return decode_channels(spec, {channel: packets})[0][channel]


def decode_channels(
    spec: DeviceSpec, channels: Mapping[str, Packets], seams_ns: Sequence[int] = ()
) -> tuple[dict[str, Decoded], DeviceSpec]:
    """Decode all packets of a device, as if they were fed one by one in order of arrival.

    Channels are decoded together, since what comes on one may tell how to read another.

    Parameters
    ----------
    spec : DeviceSpec
        What the device is.
    channels : mapping of str to Packets
        The packets of each channel, by the spec's name of it, in order of arrival.
    seams_ns : sequence of int
        Arrival times, ns, at which a new connection began, and so a new decoder.

    Returns
    -------
    dict of str to Decoded
        What each channel holds.
    DeviceSpec
        The spec with what the device told of itself, in the last connection.

    Raises
    ------
    DecodeError
        If lengths, arrival times and payload of a channel do not belong together.
    """
    for channel, packets in channels.items():
        _require_matching(spec, channel, packets)
    carrying = {message.channel for message in spec.messages}
    parts: dict[str, list[tuple[int, Gathered]]] = {name: [] for name in channels}
    learnt = spec
    for begun, ended in pairwise([-inf, *sorted(seams_ns), inf]):
        of = {name: between(channels[name], begun, ended) for name in channels if name in carrying}
        gathered, learnt = gather_connection(spec, {name: part for name, (_, part) in of.items()})
        for name, each in gathered.items():
            parts[name].append((of[name][0], each))
    decoded = {
        name: _decoded(spec, name, packets, joined(parts[name]))
        if parts[name]
        else _nothing_decoded(spec, name, packets)
        for name, packets in channels.items()
    }
    return decoded, learnt


def _decoded(spec: DeviceSpec, channel: str, packets: Packets, gathered: Gathered) -> Decoded:
    times = packets.host_time_ns
    blocks = {
        name: Block(name, rows.packet, times[rows.packet], rows.count, rows.header, rows.samples)
        for name, rows in gathered.messages.items()
    }
    error = _error(spec, channel, packets, gathered)
    return Decoded(blocks, len(gathered.problems), error, gathered.skipped)


def _error(
    spec: DeviceSpec, channel: str, packets: Packets, gathered: Gathered
) -> DecodeError | None:
    if not gathered.problems:
        return None
    first = min(gathered.problems)
    return DecodeError(spec.id, channel, _payload_of(packets, first), gathered.problems[first])


def _nothing_decoded(spec: DeviceSpec, channel: str, packets: Packets) -> Decoded:
    if not len(packets.lengths):
        return Decoded({}, 0, None)
    error = unknown_channel(spec, channel, _payload_of(packets, 0))
    return Decoded({}, len(packets.lengths), error)


def _payload_of(packets: Packets, index: int) -> bytes:
    start = int(packets.lengths[:index].sum())
    return packets.payload[start : start + int(packets.lengths[index])]


def _require_matching(spec: DeviceSpec, channel: str, packets: Packets) -> None:
    lengths, payload = packets.lengths, packets.payload
    if lengths.shape != packets.host_time_ns.shape:
        problem = f"{len(lengths)} lengths but {len(packets.host_time_ns)} arrival times"
    elif (lengths < 0).any() or int(lengths.sum()) != len(payload):
        problem = "the packets' lengths do not add up to the bytes that are there"
    else:
        return
    raise DecodeError(spec.id, channel, payload, f"{problem}; read the packets again")
