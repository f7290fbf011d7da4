"""What a spec file says of talking with a device: channels, framing, commands, connecting."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args
from uuid import UUID

from insole.spec import model
from insole.spec.language import KEYS, UNSIGNED, VERBS
from insole.spec.model import (
    ADVERTISEMENT,
    MAX_BUFFER,
    MAX_PAYLOAD,
    AdvertisementSpec,
    ChannelSpec,
    CommandSpec,
    FramingSpec,
    StepSpec,
)
from insole.spec.number import NUMBER_TYPES
from insole.toml_table import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from insole.toml_table import Table

_BLUETOOTH_BASE = "0000{}-0000-1000-8000-00805f9b34fb"
_FRAMING_KEYS: dict[model.FramingKind, tuple[str, ...]] = {
    "tlv": ("tag", "length", "byte_order"),
    "length_prefixed": (
        "at", "length", "byte_order", "adds", "start", "most", "checksum", "checksum_at",
    ),
    "delimited": ("end", "most"),
    "stream": ("checksum", "checksum_at"),
}  # fmt: skip


def read_channels(top: Table) -> dict[str, ChannelSpec]:
    """Return every channel by name; an advertisement that is decoded is one of them."""
    channels = {name: _channel(name, table) for name, table in top.named("gatt", KEYS["channel"])}
    if "advertisement" in top:
        if ADVERTISEMENT in channels:
            raise top.error(f"gatt.{ADVERTISEMENT}", "is the name of the advertisement itself")
        channels[ADVERTISEMENT] = ChannelSpec(ADVERTISEMENT, "", "advertisement")
    return channels


def read_advertisement(top: Table) -> AdvertisementSpec | None:
    """Return where in an advertisement the payload is, if it has one."""
    if "advertisement" not in top:
        return None
    table = top.table("advertisement", KEYS["advertisement"])
    company_id = table.integers("company_id", 0, 0xFFFF)
    service_data = uuids(table, "service_data")
    if not company_id and not service_data:
        raise table.error("", "says nothing; give company_id or service_data")
    return AdvertisementSpec(company_id, service_data, table.number("repeat_s", 0.01, 86400, 0.0))


def read_commands(top: Table) -> dict[str, CommandSpec]:
    """Return every command by name."""
    return {name: _command(name, table) for name, table in top.named("commands", KEYS["command"])}


def read_steps(top: Table) -> tuple[StepSpec, ...]:
    """Return what to do on connecting, in order; nothing for a device that only advertises."""
    if "connect" not in top:
        return ()
    connect = top.table("connect", KEYS["connect"])
    return tuple(_step(step) for step in connect.tables("steps", KEYS["step"]))


def uuids(table: Table, key: str) -> tuple[str, ...]:
    """Return a list of UUIDs in full."""
    return tuple(_uuid(table, key, text) for text in table.texts(key))


def _channel(name: str, channel: Table) -> ChannelSpec:
    use = channel.word("use", [u for u in get_args(model.Use) if u != ADVERTISEMENT])
    for key in ("response", "chunk"):
        if key in channel and use != "write":
            raise channel.error(key, f"stands only where use is write, not {use}")
    if "framing" in channel and use not in {"notify", "indicate"}:
        raise channel.error("framing", f"stands only where use is notify or indicate, not {use}")
    return ChannelSpec(
        name=name,
        characteristic=_uuid(channel, "characteristic", channel.text("characteristic")),
        use=use,
        response=channel.flag("response", default=True),
        service=_uuid(channel, "service", channel.text("service")) if "service" in channel else "",
        chunk=channel.integer("chunk", 1, MAX_PAYLOAD, 0),
        framing=_framing(channel) if "framing" in channel else None,
        optional=channel.flag("optional", default=False),
    )


def _framing(channel: Table) -> FramingSpec:
    framing = channel.table("framing", KEYS["framing"])
    kind = framing.word("kind", get_args(model.FramingKind))
    accepted = _FRAMING_KEYS[kind]
    for key in framing:
        if key != "kind" and key not in accepted:
            raise framing.error(key, f"has no place where kind is {kind}; accepted: "
                                f"{', '.join(accepted)}")  # fmt: skip
    has_length = "length" in accepted
    length = framing.word("length", UNSIGNED) if has_length else ""
    tag = framing.word("tag", UNSIGNED) if "tag" in accepted else ""
    wide = [word for word in (length, tag) if word and word != "u8"]
    if "byte_order" not in framing and wide:
        raise framing.error("byte_order", f"is missing; a {wide[0]} has one: little or big")
    if "checksum_at" in framing and "checksum" not in framing:
        raise framing.error("checksum_at", "stands only beside checksum")
    return FramingSpec(
        kind=kind,
        byte_order=framing.word("byte_order", get_args(model.ByteOrder), "little"),
        tag=tag,
        length=length,
        at=framing.integer("at", 0, MAX_PAYLOAD - 1) if kind == "length_prefixed" else 0,
        adds=framing.integer("adds", -16, 16, 0),
        start=framing.octets("start") if "start" in framing else b"",
        end=_end(framing) if kind == "delimited" else b"",
        most=framing.integer("most", 1, MAX_BUFFER, MAX_PAYLOAD),
        checksum=_checksum(framing),
        checksum_at=framing.integer("checksum_at", -MAX_PAYLOAD, MAX_PAYLOAD - 1, 0)
        if "checksum_at" in framing
        else -NUMBER_TYPES["u16" if "crc16" in framing.text("checksum", "") else "u8"].size,
    )


def _end(framing: Table) -> bytes:
    end = framing.octets("end")
    if not 1 <= len(end) <= 4:
        raise framing.error("end", "must be 1 to 4 bytes, those between two messages")
    return end


def _checksum(framing: Table) -> model.Checksum | None:
    if "checksum" not in framing:
        return None
    names: tuple[model.Checksum, ...] = get_args(model.Checksum)
    return framing.word("checksum", names)


def _uuid(table: Table, key: str, text: str) -> str:
    """Return a UUID in full, in small letters; four digits stand for one of the Bluetooth SIG."""
    full = _BLUETOOTH_BASE.format(text) if len(text) == 4 else text
    try:
        uuid = str(UUID(full))
    except ValueError:
        uuid = ""
    if uuid != full.lower():
        raise table.error(key, f"must be a UUID, in full or as four hex digits, not {shown(text)}")
    return uuid


def _step(step: Table) -> StepSpec:
    verbs = [verb for verb in VERBS if verb in step]
    if len(verbs) != 1:
        raise step.error("", f"a step has exactly one of {', '.join(VERBS)}")
    verb = verbs[0]
    if verb == "wait":
        return StepSpec("wait", step.text("wait"), step.number("timeout_s", 0.1, 60))
    if "timeout_s" in step:
        raise step.error("timeout_s", "stands only beside wait")
    if verb == "pause_s":
        return StepSpec("pause_s", "", step.number("pause_s", 0.01, 60))
    return StepSpec(verb, step.text(verb))


def _command(name: str, command: Table) -> CommandSpec:
    if "now" in command and "fill" in command:
        raise command.error("fill", "contradicts now; give one of the two")
    return CommandSpec(
        name=name,
        to=command.text("to"),
        payload=b"".join(octets_of(command)),
        changes_device=command.flag("changes_device", default=False),
        now=command.word("now", get_args(model.Now)) if "now" in command else None,
        fill=command.integer("fill", 1, MAX_PAYLOAD, 0),
    )


def octets_of(table: Table) -> Iterator[bytes]:
    """Yield the bytes of a table's ``hex`` or ``text``, of which it has one, if any."""
    if "hex" in table and "text" in table:
        raise table.error("text", "contradicts hex; give one of the two")
    if "hex" in table:
        yield table.octets("hex")
    if "text" in table:
        text = table.text("text")
        if not text.isascii():
            raise table.error("text", "must be ASCII")
        yield text.encode()
