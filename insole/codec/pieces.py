"""All messages of a recording cut out of its packets, many at once where nothing is wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from insole.codec.framing import Buffered

if TYPE_CHECKING:
    import numpy.typing as npt

    from insole.codec.framing import Cutter

    Ints = npt.NDArray[np.int64]

_FEW, _MOST = 16, 4096
"""Messages in a run: of fewer they are as fast cut one by one (measured); twice as many are looked
for each time that all were there, up to the most (our choice)."""
_LONGEST_PAUSE = 64
"""Most packets that are fed one by one until a run of messages is looked for again (our choice)."""


@dataclass(slots=True)
class Pieces:
    """Messages cut out of packets: their bytes, their lengths, the packet that completed each.

    ``problems`` says of each packet with a fault the first thing that is wrong with it.
    """

    octets: list[bytes] = field(default_factory=list)
    lengths: list[int] = field(default_factory=list)
    packet: list[int] = field(default_factory=list)
    problems: dict[int, str] = field(default_factory=dict)

    def add(self, messages: list[bytes], index: int) -> None:
        """Add what one packet completes."""
        self.octets += messages
        self.lengths += map(len, messages)
        self.packet += [index] * len(messages)


def cut(cutter: Cutter, payload: bytes, lengths: Ints) -> Pieces:
    """Return the messages in packets, as the cutter has them when it is fed one by one.

    Parameters
    ----------
    cutter : Cutter
        New.
    payload : bytes
        All packets, joined.
    lengths : ndarray of int64, (p,)
        Length of each packet in bytes.
    """
    pieces, ends = Pieces(), np.cumsum(lengths)
    each_end = ends.tolist()
    start = index = next_run = 0
    pause, most = 0, _FEW
    while index < len(ends):
        if index >= next_run and isinstance(cutter, Buffered):
            begin = start - len(cutter.waiting)
            run = cutter.run(payload, begin, most)
            if run:
                message_ends = begin + np.cumsum(run)
                completed_by = np.searchsorted(ends, message_ends).tolist()
                start, index = int(message_ends[-1]), completed_by[-1]
                pieces.octets.append(payload[begin:start])
                pieces.lengths += run
                pieces.packet += completed_by
                cutter.forget()
            pause = 0 if len(run) >= _FEW else min(2 * pause + 1, _LONGEST_PAUSE)
            most = min(2 * most, _MOST) if len(run) == most else _FEW
            next_run = index + pause
        end = each_end[index]
        messages, problems = cutter.feed(payload[start:end])
        pieces.add(messages, index)
        if problems:
            pieces.problems[index] = problems[0]
        start, index = end, index + 1
    return pieces
