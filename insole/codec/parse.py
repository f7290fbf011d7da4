"""Which messages a packet holds, remembered by the few bytes that decide it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import TYPE_CHECKING

from insole.codec.layout import Plan, plan
from insole.codec.shape import Look, Misfit, expected_length, shape_of
from insole.codec.text import compile_template
from insole.codec.unpack import compile_read
from insole.spec.number import NUMBER_TYPES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from insole.codec.text import Template
    from insole.codec.unpack import Header, Samples
    from insole.spec.model import DeviceSpec, FramingSpec, MessageSpec

_REMEMBERED = 32
"""Shapes of one length that are remembered; a device has a handful (our choice)."""


@dataclass(frozen=True)
class Found:
    """A message in a packet: its plan, and the byte at which it begins."""

    plan: Plan
    at: int

    @cached_property
    def read(self) -> Callable[[bytes | Sequence[float]], tuple[Header, Samples]]:
        """What reads it in a packet, or in the numbers of a text; made when it is first asked for.

        A recording is read without.
        """
        return compile_read(self.plan, self.at)


@dataclass(frozen=True, slots=True)
class Parsed:
    """What is in a packet, and so in every packet of its length that agrees in ``seen``.

    ``seen`` are (byte, mask, value); ``skipped`` counts messages and items of unknown tag;
    ``problem`` says what does not fit, "" if all does.
    """

    found: tuple[Found, ...]
    skipped: int
    problem: str
    seen: tuple[tuple[int, int, int], ...]


class Parser:
    """What can come on one channel.

    Parameters
    ----------
    spec : DeviceSpec
        What the device is.
    channel : str
        The spec's name of the channel; one that carries messages.
    """

    def __init__(self, spec: DeviceSpec, channel: str) -> None:
        self.messages = tuple(m for m in spec.messages if m.channel == channel)
        self.framing = spec.gatt[channel].framing
        self._known: dict[int, list[tuple[Callable[[bytes], bool], Parsed]]] = {}
        self._templates: list[tuple[Template, Parsed]] = [
            (compile_template(message), _whole(message))
            for message in self.messages
            if message.template
        ]

    def parse(self, payload: bytes) -> tuple[Parsed, bytes | Sequence[float]]:
        """Return what a packet (or what was cut out of several) holds, and the bytes to read.

        These are the payload itself, or the numbers of a text.
        """
        if self._templates:
            return self._text(payload)
        for agrees, parsed in self._known.get(len(payload), ()):
            if agrees(payload):
                return parsed, payload
        parsed = self._look(payload)
        known = self._known.setdefault(len(payload), [])
        if len(known) == _REMEMBERED:
            known.clear()
        known.append((_agreement(parsed), parsed))
        return parsed, payload

    def _text(self, line: bytes) -> tuple[Parsed, Sequence[float]]:
        for template, parsed in self._templates:
            numbers = template.read(line)
            if numbers is not None:
                return parsed, numbers
        wanted = " or ".join(message.template for message in self.messages)
        return Parsed((), 0, f"the line is not like {wanted}", ()), ()

    def _look(self, payload: bytes) -> Parsed:
        look = Look(payload)
        if self.framing and self.framing.kind == "tlv":
            found, skipped, problem = self._announced(self.framing, look)
        else:
            one = self._one(self.messages, look, 0, len(payload))
            found, skipped = ([one], 0) if one else ([], 0)
            problem = "" if one else self._complaint(look, self.messages)
        skipped += sum(one.plan.skipped for one in found)
        seen = tuple((at, mask, payload[at] & mask) for at, mask in sorted(look.seen.items()))
        return Parsed(tuple(found), skipped, problem, seen)

    def _announced(self, framing: FramingSpec, look: Look) -> tuple[list[Found], int, str]:
        """Return the messages that follow each other, each behind its tag and length."""
        found: list[Found] = []
        skipped, problem = 0, "" if look.payload else "is empty"
        tag_size, length_size = NUMBER_TYPES[framing.tag].size, NUMBER_TYPES[framing.length].size
        at, whole = 0, len(look.payload)
        while at < whole:
            value = at + tag_size + length_size
            end = value
            if value <= whole:
                end += look.number(at + tag_size, framing.length, framing.byte_order)
            if value > whole or end > whole:
                return found, skipped, problem or f"the message at byte {at} is cut off"
            tag = look.octets(at, at + tag_size)
            possible = tuple(m for m in self.messages if m.tag and m.tag.value == tag)
            one = self._one(possible, look, value, end)
            if one:
                found.append(one)
            elif possible:
                problem = problem or self._complaint(look, possible)
            skipped += not possible
            at = end
        return found, skipped, problem

    def _one(
        self, messages: tuple[MessageSpec, ...], look: Look, start: int, end: int
    ) -> Found | None:
        """Return the first message that fits the bytes between two places."""
        for message in messages:
            if not self._tagged(message, look, start, end):
                continue
            try:
                return Found(shape_of(message, look, start, end), start)
            except Misfit:
                continue
        return None

    def _tagged(self, message: MessageSpec, look: Look, start: int, end: int) -> bool:
        tag = message.tag
        if tag is None or (self.framing and self.framing.kind == "tlv"):
            return True
        first = start + tag.at
        return first + len(tag.value) <= end and look.masked(first, tag.mask) == tag.value

    def _complaint(self, look: Look, messages: tuple[MessageSpec, ...]) -> str:
        tagged = [m for m in messages if self._tagged(m, look, 0, len(look.payload))]
        if not tagged:
            return f"it begins like none of {', '.join(message.name for message in messages)}"
        return "; ".join(f"message {m.name} is {expected_length(m)} long" for m in tagged)


def _whole(message: MessageSpec) -> Parsed:
    count = message.samples.count or 1 if message.samples else 1
    return Parsed((Found(plan(message, message.length or 0, count=count), 0),), 0, "", ())


def _agreement(parsed: Parsed) -> Callable[[bytes], bool]:
    """Return a test whether a payload of the same length holds the same messages."""
    seen = parsed.seen
    if len(seen) == 1 and seen[0][1] == 0xFF:
        at, _, value = seen[0]
        return lambda payload: payload[at] == value
    if len(seen) > 1 and all(mask == 0xFF for _, mask, _ in seen):
        pick, values = itemgetter(*(at for at, _, _ in seen)), tuple(v for _, _, v in seen)
        return lambda payload: pick(payload) == values
    # as one number under one mask: faster than byte by byte, however many there are
    masked = sum(mask << 8 * at for at, mask, _ in seen)
    wanted = sum(value << 8 * at for at, _, value in seen)
    return lambda payload: int.from_bytes(payload, "little") & masked == wanted
