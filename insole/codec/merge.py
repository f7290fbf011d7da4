"""Messages decoded in groups of one shape, brought together in the order of their arrival."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from insole.codec.number import Numbers


@dataclass(frozen=True, slots=True)
class Rows:
    """Messages of one name.

    Parameters
    ----------
    packet : ndarray of int64, (p,)
        Index of the packet that completed each.
    sequence : ndarray of int64, (p,)
        Rises from message to message of the channel.
    count : ndarray of int64, (p,)
        Samples in each.
    header : mapping of str to ndarray, (p,)
        As in a block.
    samples : mapping of str to ndarray, (p, n) or (p, n, k)
        As in a block.
    """

    packet: npt.NDArray[np.int64]
    sequence: npt.NDArray[np.int64]
    count: npt.NDArray[np.int64]
    header: Mapping[str, Numbers]
    samples: Mapping[str, Numbers]

    def part(self, start: int, end: int) -> Rows:
        """Return some of the messages."""
        if start == 0 and end == len(self.packet):
            return self
        return Rows(
            self.packet[start:end],
            self.sequence[start:end],
            self.count[start:end],
            {name: value[start:end] for name, value in self.header.items()},
            {name: value[start:end] for name, value in self.samples.items()},
        )


def merge(parts: Sequence[Rows]) -> Rows:
    """Return the messages of all parts in order; what a part lacks is NaN, or None for a text."""
    if len(parts) == 1:
        return parts[0]
    sequence = np.concatenate([part.sequence for part in parts])
    order = np.argsort(sequence, kind="stable")
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    ends = np.cumsum([len(part.sequence) for part in parts])
    places = np.split(place, ends[:-1])
    return Rows(
        np.concatenate([part.packet for part in parts])[order],
        sequence[order],
        np.concatenate([part.count for part in parts])[order],
        _together([part.header for part in parts], places, len(order)),
        _together([part.samples for part in parts], places, len(order)),
    )


def _together(
    parts: Sequence[Mapping[str, Numbers]], places: Sequence[Numbers], total: int
) -> dict[str, Numbers]:
    merged: dict[str, Numbers] = {}
    for name in dict.fromkeys(name for part in parts for name in part):
        there = [(part[name], place) for part, place in zip(parts, places, strict=True)
                 if name in part]  # fmt: skip
        whole = sum(len(place) for _, place in there) == total
        merged[name] = _empty([value for value, _ in there], total, whole=whole)
        for value, place in there:
            _room(merged[name], value.shape)[place] = value
    return merged


def _room(room: Numbers, shape: tuple[int, ...]) -> Numbers:
    """Return the part of a room that is as wide as some values."""
    if len(shape) == 1:
        return room
    return room[:, : shape[1]] if len(shape) == 2 else room[:, : shape[1], : shape[2]]


def _empty(values: Sequence[Numbers], total: int, *, whole: bool) -> Numbers:
    """Return room for values of several shapes, each element contiguous in memory."""
    shape = (total, *np.max([value.shape[1:] for value in values], axis=0).astype(int))
    kinds = {value.dtype for value in values}
    if np.dtype(object) in kinds:
        return np.full(shape, None, dtype=object)
    if whole and kinds == {np.dtype(np.int64)}:
        return np.empty(shape, np.int64)
    if len(shape) < 3:
        return np.full(shape, np.nan)
    return np.full((shape[2], *shape[:2]), np.nan).transpose(1, 2, 0)
