"""Messages cut out of what a channel sends, over several packets where need be."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from insole.codec import checksum
from insole.spec.number import NUMBER_TYPES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from insole.spec.model import FramingSpec, MessageSpec


class Cut(NamedTuple):
    """What a packet completes: whole messages, and what is wrong with the bytes between them."""

    messages: list[bytes]
    problems: list[str]


class Cutter(Protocol):
    """Keeps what has come of an unfinished message; one for each channel and connection."""

    def feed(self, payload: bytes) -> Cut:
        """Return what a packet completes; the same however the bytes are split into packets."""


def cutter_for(framing: FramingSpec | None, messages: Sequence[MessageSpec]) -> Cutter | None:
    """Return a new cutter; None for a channel whose packets are whole."""
    if framing is None or framing.kind == "tlv":
        return None
    if framing.kind == "delimited":
        return Lines(framing)
    if framing.kind == "length_prefixed":
        return Prefixed(framing)
    return Stream(framing, messages)


class Lines:
    """Messages with a few fixed bytes between them."""

    def __init__(self, framing: FramingSpec) -> None:
        self._end, self._most = framing.end, framing.most
        self._rest = b""
        self._too_long = False

    def feed(self, payload: bytes) -> Cut:
        """Return the lines that a packet completes; empty ones are none."""
        cut = Cut([], [])
        *lines, rest = (self._rest + payload).split(self._end)
        for line in lines:
            self._take(line, cut)
        # a delimiter may be half here: only what cannot belong to it counts as too long
        if len(rest) > self._most + len(self._end) - 1:
            if not self._too_long:
                cut.problems.append(self._complaint())
            self._too_long = True
            rest = rest[-(len(self._end) - 1) :] if len(self._end) > 1 else b""
        self._rest = rest
        return cut

    def _take(self, line: bytes, cut: Cut) -> None:
        if self._too_long:
            self._too_long = False
        elif len(line) > self._most:
            cut.problems.append(self._complaint())
        elif line.strip():
            cut.messages.append(line)

    def _complaint(self) -> str:
        return f"no end of a line within {self._most} bytes; all up to the next one is left out"


class _Buffered:
    """Bytes that are looked through from the front, one dropped wherever no message begins."""

    def __init__(self) -> None:
        self._buffer = b""

    def feed(self, payload: bytes) -> Cut:
        """Return the messages that a packet completes."""
        cut, at, dropped = Cut([], []), 0, 0
        buffer = self._buffer + payload
        while at < len(buffer):
            length = self._length(buffer, at)
            if length is None:
                break
            if length:
                cut.messages.append(buffer[at : at + length])
            dropped += not length
            at += length or 1
        self._buffer = buffer[at:]
        if dropped:
            cut.problems.append(f"{dropped} bytes belong to no message and are left out")
        return cut

    def _length(self, buffer: bytes, at: int) -> int | None:
        """Return the length of the message that begins at a byte: 0 if none, None if it may."""
        raise NotImplementedError


class Prefixed(_Buffered):
    """Messages that tell their own length."""

    def __init__(self, framing: FramingSpec) -> None:
        super().__init__()
        self._framing = framing
        self._size = NUMBER_TYPES[framing.length].size
        self._least = max(framing.at + self._size, len(framing.start))

    def _length(self, buffer: bytes, at: int) -> int | None:
        framing = self._framing
        head = buffer[at : at + self._least]
        start = framing.start[: len(head)]
        if head[: len(start)] != start:
            return 0
        if len(head) < self._least:
            return None
        told = int.from_bytes(head[framing.at : framing.at + self._size], framing.byte_order)
        length = told + framing.adds
        if not self._least <= length <= framing.most:
            return 0
        if at + length > len(buffer):
            return None
        return length if checksum.right(framing, buffer[at : at + length]) else 0


class Stream(_Buffered):
    """Messages of known lengths that are recognised by their tags."""

    def __init__(self, framing: FramingSpec, messages: Sequence[MessageSpec]) -> None:
        super().__init__()
        self._framing = framing
        self._messages = messages
        self._starts = _first_bytes(messages)

    def _length(self, buffer: bytes, at: int) -> int | None:
        if self._starts is not None and buffer[at] not in self._starts:
            return 0
        for message in self._messages:
            begins = _begins(message, buffer, at)
            if begins is None:
                return None
            if begins:
                length = message.length or 1
                if at + length > len(buffer):
                    return None
                return length if checksum.right(self._framing, buffer[at : at + length]) else 0
        return 0


def _first_bytes(messages: Sequence[MessageSpec]) -> frozenset[int] | None:
    """Return the bytes that a message can begin with; None if that can be any."""
    first: set[int] = set()
    for message in messages:
        tag = message.tag
        if tag is None or tag.at or tag.mask[0] != 0xFF:
            return None
        first.add(tag.value[0])
    return frozenset(first)


def _begins(message: MessageSpec, buffer: bytes, at: int) -> bool | None:
    """Return whether a message begins at a byte; None if it may, but its tag is not all here."""
    tag = message.tag
    if tag is None:
        return True
    first = at + tag.at
    there = buffer[first : first + len(tag.value)]
    whole = len(there) == len(tag.value)
    if whole and tag.mask.count(0xFF) == len(tag.mask):
        return there == tag.value  # far the most common case, and the fast one
    known = zip(there, tag.mask, tag.value, strict=False)
    if any(octet & mask != value for octet, mask, value in known):
        return False
    return True if whole else None
