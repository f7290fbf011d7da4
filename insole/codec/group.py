"""Packets grouped by equal shape, so that each group is read without a loop."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from insole.codec.merge import Rows, merge
from insole.codec.pieces import cut

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt

    from insole.codec.framing import Cutter
    from insole.codec.number import Numbers
    from insole.codec.parse import Found, Parsed, Parser

    Ints = npt.NDArray[np.int64]
    Octets = npt.NDArray[np.uint8]

_SHAPES = 24
"""Shapes of one length that are looked for together; the packets of others go one by one."""
_MESSAGES = 1024
"""More messages than a packet can hold."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """One message that a dialect learns from, as the live decoder has it, and where it came."""

    packet: int
    sequence: int
    message: str
    header: dict[str, int | float | str]
    samples: dict[str, Numbers]


@dataclass(slots=True)
class Gathered:
    """All that the packets of one channel hold.

    ``problems`` says of each packet with a fault the first thing that is wrong with it.
    """

    messages: dict[str, Rows] = field(default_factory=dict)
    lessons: list[Lesson] = field(default_factory=list)
    problems: dict[int, str] = field(default_factory=dict)
    skipped: int = 0


def gather(
    parser: Parser,
    cutter: Cutter | None,
    payload: bytes,
    lengths: Ints,
    learns: frozenset[str] = frozenset(),
) -> Gathered:
    """Return the messages in the packets of one channel.

    Parameters
    ----------
    parser : Parser
        What can come on the channel.
    cutter : Cutter or None
        Cuts messages out of the packets, if those are not whole.
    payload : bytes
        All packets, joined.
    lengths : ndarray of int64, (p,)
        Length of each packet in bytes.
    learns : frozenset of str
        Messages that are lessons.
    """
    gathered = Gathered()
    packet = np.arange(len(lengths))
    if cutter:
        pieces = cut(cutter, payload, lengths)
        payload, lengths = b"".join(pieces.octets), np.array(pieces.lengths, np.int64)
        packet, gathered.problems = np.array(pieces.packet, np.int64), pieces.problems
    parts: dict[str, list[Rows]] = {}
    groups = _texts if parser.messages[0].template else _groups
    wrong: list[tuple[int, str]] = []
    for parsed, rows, index in groups(parser, payload, lengths):
        gathered.skipped += parsed.skipped * len(index)
        if parsed.problem:
            wrong += [(int(piece), parsed.problem) for piece in index]
        for order, found in enumerate(parsed.found):
            header, samples = found.plan.read_rows(rows, found.at)
            count = np.full(len(index), found.plan.count)
            of = Rows(packet[index], index * _MESSAGES + order, count, header, samples)
            name = found.plan.message.name
            parts.setdefault(name, []).append(of)
            if name in learns:
                gathered.lessons += _lessons(found, rows, of)
    for piece, problem in sorted(wrong):
        gathered.problems.setdefault(int(packet[piece]), problem)
    gathered.messages = {
        message.name: merge(parts[message.name])
        for message in parser.messages
        if message.name in parts
    }
    return gathered


def _lessons(found: Found, rows: Octets, of: Rows) -> Iterator[Lesson]:
    name, is_text = found.plan.message.name, found.plan.message.template
    places = zip(of.packet.tolist(), of.sequence.tolist(), rows, strict=True)
    for packet, sequence, row in places:
        header, samples = found.read(row.view("<f8").tolist() if is_text else row.tobytes())
        yield Lesson(packet, sequence, name, header, samples)


def _groups(parser: Parser, payload: bytes, lengths: Ints) -> Iterator[tuple[Parsed, Octets, Ints]]:
    """Yield packets of one shape: what they hold, their bytes (p, length), which they are (p,)."""
    octets = np.frombuffer(payload, np.uint8)
    for length in np.unique(lengths).tolist():
        chosen = lengths == length
        index = np.flatnonzero(chosen)
        whole = len(index) == len(lengths)
        rows = (octets if whole else octets[np.repeat(chosen, lengths)]).reshape(len(index), length)
        for _ in range(_SHAPES):
            parsed, _ = parser.parse(rows[0].tobytes())
            agree = _agreeing(parsed, rows)
            if agree.all():
                yield parsed, rows, index
                rows = rows[:0]
                break
            yield parsed, rows[agree], index[agree]
            rows, index = rows[~agree], index[~agree]
        for number in range(len(rows)):
            one = rows[number : number + 1]
            yield parser.parse(one.tobytes())[0], one, index[number : number + 1]


def _agreeing(parsed: Parsed, rows: Octets) -> npt.NDArray[np.bool_]:
    agree = np.ones(len(rows), np.bool_)
    for at, mask, value in parsed.seen:
        agree &= (rows[:, at] if mask == 0xFF else rows[:, at] & mask) == value
    return agree


def _texts(parser: Parser, payload: bytes, lengths: Ints) -> Iterator[tuple[Parsed, Octets, Ints]]:
    """Yield lines of one template, as the numbers that they hold."""
    found: dict[int, tuple[Parsed, list[Sequence[float]], list[int]]] = {}
    ends = np.cumsum(lengths).tolist()
    for index, (start, end) in enumerate(pairwise([0, *ends])):
        parsed, numbers = parser.parse(payload[start:end])
        if parsed.problem:
            yield parsed, np.empty((1, 0), np.uint8), np.array([index])
        else:
            _, lines, places = found.setdefault(id(parsed), (parsed, [], []))
            lines.append(numbers)
            places.append(index)
    for parsed, lines, places in found.values():
        yield parsed, np.array(lines, "<f8").view(np.uint8), np.array(places)
