"""A whole recording at once: what the decoder says packet by packet, without the loop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from insole.codec.layout import layouts_by_channel, read_rows, unknown_channel, wrong_length
from insole.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from insole.codec.layout import Layout
    from insole.codec.number import Numbers
    from insole.spec.model import DeviceSpec


@dataclass(frozen=True, slots=True)
class Block:
    """The packets of one message, decoded.

    Parameters
    ----------
    message : str
        Its name in the spec.
    packet : ndarray of int64, (p,)
        Index of each decoded packet among those given.
    host_time_ns : ndarray of int64, (p,)
        Arrival, ns since the start of the recording.
    count : ndarray of int64, (p,)
        Samples in each packet; 1 for a message without samples, which is itself one.
    header : mapping of str to ndarray, (p,)
        int64 raw values of whole fields, else float64 in the field's unit.
    samples : mapping of str to ndarray, (p, n) or (p, n, k)
        float64 in the field's unit; n is the largest `count`, NaN behind the last of a packet.
    """

    message: str
    packet: npt.NDArray[np.int64]
    host_time_ns: npt.NDArray[np.int64]
    count: npt.NDArray[np.int64]
    header: Mapping[str, Numbers]
    samples: Mapping[str, Numbers]


@dataclass(frozen=True, slots=True)
class Decoded:
    """All that a run of packets holds: blocks by message, and what could not be decoded."""

    blocks: Mapping[str, Block]
    errors: int
    first_error: DecodeError | None


def decode_block(
    spec: DeviceSpec,
    channel: str,
    payload: bytes,
    lengths: npt.NDArray[np.int64],
    host_time_ns: npt.NDArray[np.int64],
) -> Decoded:
    """Decode the packets of one channel, with the result of feeding them one by one.

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
    _require_matching(spec, channel, payload, lengths, host_time_ns)
    layout = layouts_by_channel(spec).get(channel)
    if layout is None:
        return _nothing_decoded(spec, channel, payload, lengths)
    fits = layout.fits(lengths)
    bad = np.flatnonzero(~fits)
    error = None
    if bad.size:
        error = wrong_length(layout, spec.id, _payload_of(payload, lengths, int(bad[0])))
    blocks = {}
    if bad.size < lengths.size:
        blocks[layout.message.name] = _block(layout, payload, lengths, host_time_ns, fits)
    return Decoded(blocks, int(bad.size), error)


def _block(
    layout: Layout,
    payload: bytes,
    lengths: npt.NDArray[np.int64],
    host_time_ns: npt.NDArray[np.int64],
    fits: npt.NDArray[np.bool_],
) -> Block:
    """Decode the packets that fit, one group for each length that occurs."""
    octets = np.frombuffer(payload, np.uint8)
    packet = np.flatnonzero(fits).astype(np.int64)
    fitting = lengths[packet]
    groups = [
        read_rows(layout, _rows(octets, lengths, int(length))) for length in np.unique(fitting)
    ]
    count = layout.count(fitting)
    header, samples = groups[0] if len(groups) == 1 else _merged(groups, fitting, count)
    name = layout.message.name
    return Block(name, packet, host_time_ns[packet], count, header, samples)


def _rows(
    octets: npt.NDArray[np.uint8], lengths: npt.NDArray[np.int64], length: int
) -> npt.NDArray[np.uint8]:
    """Return the packets of one length, (p, length); a view when all have it."""
    chosen = lengths == length
    if not chosen.all():
        octets = octets[np.repeat(chosen, lengths)]
    return octets.reshape(-1, length)


def _merged(
    groups: list[tuple[dict[str, Numbers], dict[str, Numbers]]],
    lengths: npt.NDArray[np.int64],
    count: npt.NDArray[np.int64],
) -> tuple[dict[str, Numbers], dict[str, Numbers]]:
    """Bring groups of different lengths (ascending) back into order of arrival."""
    places = [np.flatnonzero(lengths == length) for length in np.unique(lengths)]
    header = {name: np.empty(len(lengths), part.dtype) for name, part in groups[0][0].items()}
    samples = {
        name: _empty_columns(len(lengths), int(count.max()), part)
        for name, part in groups[0][1].items()
    }
    for place, (group_header, group_samples) in zip(places, groups, strict=True):
        for name, part in group_header.items():
            header[name][place] = part
        for name, part in group_samples.items():
            samples[name][place, : part.shape[1]] = part
    return header, samples


def _empty_columns(packets: int, count: int, like: Numbers) -> Numbers:
    """Return NaN for so many packets and samples, each element contiguous in memory."""
    if like.ndim == 2:
        return np.full((packets, count), np.nan)
    return np.full((like.shape[2], packets, count), np.nan).transpose(1, 2, 0)


def _nothing_decoded(
    spec: DeviceSpec, channel: str, payload: bytes, lengths: npt.NDArray[np.int64]
) -> Decoded:
    if not lengths.size:
        return Decoded({}, 0, None)
    error = unknown_channel(spec, channel, _payload_of(payload, lengths, 0))
    return Decoded({}, int(lengths.size), error)


def _payload_of(payload: bytes, lengths: npt.NDArray[np.int64], packet: int) -> bytes:
    start = int(lengths[:packet].sum())
    return payload[start : start + int(lengths[packet])]


def _require_matching(
    spec: DeviceSpec,
    channel: str,
    payload: bytes,
    lengths: npt.NDArray[np.int64],
    host_time_ns: npt.NDArray[np.int64],
) -> None:
    if lengths.shape != host_time_ns.shape:
        problem = f"{len(lengths)} lengths but {len(host_time_ns)} arrival times"
    elif (lengths < 0).any() or int(lengths.sum()) != len(payload):
        problem = "the packets' lengths do not add up to the bytes that are there"
    else:
        return
    raise DecodeError(spec.id, channel, payload, f"{problem}; read the packets again")
