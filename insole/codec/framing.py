"""Messages cut out of what a channel sends, over several packets where need be."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, Protocol

from insole.codec import checksum
from insole.spec.number import NUMBER_TYPES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from insole.spec.model import FramingSpec, MessageSpec, TagSpec


class Cut(NamedTuple):
    """What a packet completes: whole messages, and what is wrong with the bytes between them."""

    messages: list[bytes]
    problems: list[str]


class Cutter(Protocol):
    """Keeps what has come of an unfinished message; one for each channel and connection."""

    def feed(self, payload: bytes) -> Cut:
        """Return what a packet completes.

        Of right messages it is the same however their bytes are split into packets.
        """


def cutter_for(framing: FramingSpec | None, messages: Sequence[MessageSpec]) -> Cutter | None:
    """Return a new cutter; None for a channel whose packets are whole."""
    if framing is None or framing.kind == "tlv":
        return None
    if framing.kind == "delimited":
        return Lines(framing)
    if framing.kind == "length_prefixed":
        return Prefixed(framing) if framing.start else Unmarked(framing)
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


class Buffered:
    """Bytes that are looked through from the front, one dropped wherever no message begins."""

    def __init__(self, framing: FramingSpec) -> None:
        self.waiting = b""
        self._framing = framing
        self._is_right = checksum.right(framing)
        self._head = 0
        """Bytes behind the beginning of a message that may have to be seen to know its length."""

    def feed(self, payload: bytes) -> Cut:
        """Return the messages that a packet completes."""
        messages: list[bytes] = []
        at = dropped = 0
        buffer = self.waiting + payload
        end = len(buffer)
        while at < end:
            length = self._next(buffer, at)
            if length is None:
                break
            if length:
                messages.append(buffer[at : at + length])
            dropped += not length
            at += length or 1
        self.waiting = buffer[at:]
        if dropped:
            return Cut(messages, [f"{dropped} bytes belong to no message and are left out"])
        return Cut(messages, [])

    def run(self, octets: bytes, at: int, most: int) -> list[int]:
        """Return the lengths of messages that follow each other at once, many times faster.

        Parameters
        ----------
        octets : bytes
            All that ever comes.
        at : int
            Its first byte that is not yet part of a message. Those returned are such as `feed`
            would return, each with the packet that brings its last byte.
        most : int
            How many to look for.
        """
        lengths: list[int] = []
        end = at
        for _ in range(most):
            length = self._told(octets, end)
            if not length or length < self._head or end + length > len(octets):
                break
            lengths.append(length)
            end += length
        right = checksum.right_each(self._framing, octets[at:end], lengths)
        return lengths if right.all() else lengths[: int(right.argmin())]

    def forget(self) -> None:
        """Wait for nothing any more."""
        self.waiting = b""

    def _next(self, buffer: bytes, at: int) -> int | None:
        """Return the length of the message that is taken at a byte: 0 if none, None if it may."""
        return self._length(buffer, at)

    def _length(self, buffer: bytes, at: int) -> int | None:
        """Return the length of the right message that begins at a byte, likewise."""
        length = self._told(buffer, at)
        if not length:
            return length
        end = at + length
        if end > len(buffer):
            return None
        return length if self._is_right(buffer[at:end]) else 0

    def _told(self, buffer: bytes, at: int) -> int | None:
        """Return the length of what looks like a message, be it right or not, all here or not."""
        raise NotImplementedError


class Prefixed(Buffered):
    """Messages that tell their own length."""

    def __init__(self, framing: FramingSpec) -> None:
        super().__init__(framing)
        self._start, self._order = framing.start, framing.byte_order
        self._place, self._behind = framing.at, framing.at + NUMBER_TYPES[framing.length].size
        self._adds, self._most = framing.adds, framing.most
        self._least = max(self._behind, len(framing.start))

    def _told(self, buffer: bytes, at: int) -> int | None:
        if at + self._least > len(buffer):
            there = buffer[at:]
            return None if there.startswith(self._start[: len(there)]) else 0
        if not buffer.startswith(self._start, at):
            return 0
        told = int.from_bytes(buffer[at + self._place : at + self._behind], self._order)
        length = told + self._adds
        return length if self._least <= length <= self._most else 0


class Unmarked(Prefixed):
    """Messages whose beginning no byte marks, so that a length is soon read where there is none.

    After a fault, the beginning of a packet is the better guess: where one begins with a right
    message, it ends the search for others, and the waiting for such as would reach beyond it.
    """

    def __init__(self, framing: FramingSpec) -> None:
        super().__init__(framing)
        self._begins: list[int] = []
        self._lost = False

    def feed(self, payload: bytes) -> Cut:
        """Return the messages that a packet completes."""
        if self.waiting and payload:
            self._begins.append(len(self.waiting))
        if not self._begins:
            return super().feed(payload)
        whole = len(self.waiting) + len(payload)
        cut = super().feed(payload)
        taken = whole - len(self.waiting)
        self._begins = [begin - taken for begin in self._begins if begin > taken]
        return cut

    def forget(self) -> None:
        """Wait for nothing any more."""
        super().forget()
        self._begins, self._lost = [], False

    def run(self, octets: bytes, at: int, most: int) -> list[int]:
        """Return the lengths of messages that follow each other; none while one is searched for."""
        return [] if self._lost else super().run(octets, at, most)

    def _next(self, buffer: bytes, at: int) -> int | None:
        length = self._length(buffer, at)
        if self._lost and length != 0 and self._begun_within(buffer, at, length):
            return 0
        if length is not None:
            self._lost = not length
        return length

    def _begun_within(self, buffer: bytes, at: int, length: int | None) -> bool:
        end = at + length if length else len(buffer)
        return any(at < begin < end and self._length(buffer, begin) for begin in self._begins)


class Stream(Buffered):
    """Messages of known lengths that are recognised by their tags."""

    def __init__(self, framing: FramingSpec, messages: Sequence[MessageSpec]) -> None:
        super().__init__(framing)
        self._messages = messages
        self._lengths = [message.length or 1 for message in messages]
        tags = [message.tag for message in messages]
        self._head = max(tag.at + len(tag.value) if tag else 0 for tag in tags)
        self._tags = re.compile(b"|".join(map(_pattern, tags)), re.DOTALL)

    def _told(self, buffer: bytes, at: int) -> int | None:
        if at + self._head > len(buffer):
            return self._at_the_end(buffer, at)
        found = self._tags.match(buffer, at)
        return self._lengths[found.lastindex - 1] if found and found.lastindex else 0

    def _at_the_end(self, buffer: bytes, at: int) -> int | None:
        """Return the length of the message that begins at a byte, where a tag may be half here."""
        for message, length in zip(self._messages, self._lengths, strict=True):
            begins = _begins(message, buffer, at)
            if begins is None:
                return None
            if begins:
                return length
        return 0


def _pattern(tag: TagSpec | None) -> bytes:
    """Return the regular expression of a tag, as a group."""
    if tag is None:
        return b"()"
    octets = b"".join(map(_octet, tag.value, tag.mask))
    return b"(.{%d}%b)" % (tag.at, octets)


def _octet(value: int, mask: int) -> bytes:
    if mask == 0xFF:
        return re.escape(bytes([value]))
    possible = bytes(octet for octet in range(256) if octet & mask == value)
    return b"[" + b"".join(b"\\x%02x" % octet for octet in possible) + b"]"


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
