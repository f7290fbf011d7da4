"""Whether messages suit the framing of their channel, and can be told apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from insole.spec.number import NUMBER_TYPES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from insole.spec.model import DeviceSpec, FramingSpec, MessageSpec
    from insole.spec.places import Fault


def framing(spec: DeviceSpec) -> Iterator[Fault]:
    """Yield messages that contradict the framing of their channel."""
    for index, message in enumerate(spec.messages):
        channel = spec.gatt.get(message.channel)
        if channel is None:
            continue
        key = f"message[{index}]"
        kind = channel.framing.kind if channel.framing else ""
        if bool(message.template) != (kind == "delimited"):
            problem = 'text and framing.kind = "delimited" belong together'
            yield f"{key}.text", f"{problem}; channel {channel.name} has the one without the other"
        if channel.framing and kind == "tlv":
            yield from _tlv(key, message, channel.framing)
        else:
            yield from _tag(key, message)
        if channel.framing and kind == "stream":
            yield from _stream(key, message, channel.framing)
        if channel.framing and channel.framing.checksum:
            yield from _checksum(key, message, channel.framing)
    yield from _hidden(spec)


def _tlv(key: str, message: MessageSpec, framing: FramingSpec) -> Iterator[Fault]:
    size = NUMBER_TYPES[framing.tag].size
    tag = message.tag
    if tag is None or tag.at or len(tag.value) != size or set(tag.mask) != {0xFF}:
        yield f"{key}.tag", f"must be the {size} bytes of a {framing.tag} that announce the message"


def _tag(key: str, message: MessageSpec) -> Iterator[Fault]:
    if message.tag is None:
        return
    end = message.tag.at + len(message.tag.value)
    limit = message.length if message.items is None else message.items.at
    if limit is not None and end > limit:
        yield f"{key}.tag", f"ends at byte {end}, beyond the {limit} there are for it"


def _checksum(key: str, message: MessageSpec, framing: FramingSpec) -> Iterator[Fault]:
    """Yield fields that lie where the checksum does."""
    if message.length is None and framing.checksum_at < 0:
        return
    size = 2 if framing.checksum in {"crc16-modbus", "crc16-ccitt"} else 1
    start = framing.checksum_at + (message.length or 0 if framing.checksum_at < 0 else 0)
    for field in message.header:
        if field.at < start + size and start < field.end:
            yield key, f"the checksum and {field.name} share a byte; they overlap"


def _stream(key: str, message: MessageSpec, framing: FramingSpec) -> Iterator[Fault]:
    if message.length is None:
        yield f"{key}.length", "is missing: what comes in a stream has one length, known before"
    if message.tag is None and framing.checksum is None:
        yield (
            f"{key}.tag",
            "is missing: without a tag or a checksum no message is found in a stream",
        )


def _hidden(spec: DeviceSpec) -> Iterator[Fault]:
    """Yield messages that never come, since an earlier one takes all their payloads."""
    for index, message in enumerate(spec.messages):
        channel = spec.gatt.get(message.channel)
        by_tag = bool(channel and channel.framing and channel.framing.kind == "stream")
        for earlier in spec.messages[:index]:
            if earlier.channel == message.channel and _hides(earlier, message, by_tag=by_tag):
                problem = f"never comes: {earlier.name} before it takes all its payloads"
                yield f"message[{index}]", f"{problem}; give tag or length, or change the order"


def _hides(earlier: MessageSpec, later: MessageSpec, *, by_tag: bool) -> bool:
    """Return whether all payloads of the later message fit the earlier one too."""
    if earlier.template or later.template:
        return earlier.template == later.template
    return (by_tag or earlier.length == later.length) and _bits(earlier) <= _bits(later)


def _bits(message: MessageSpec) -> set[tuple[int, int, int]]:
    """Return place, bit and value of every bit that the tag of a message tests."""
    tag = message.tag
    if tag is None:
        return set()
    return {
        (tag.at + place, bit, value >> bit & 1)
        for place, (value, mask) in enumerate(zip(tag.value, tag.mask, strict=True))
        for bit in range(8)
        if mask >> bit & 1
    }
