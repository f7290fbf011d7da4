"""A device as data: what a spec file says, in frozen values."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

Kind: TypeAlias = Literal["insole", "scale", "force_plate", "dynamometer"]
Evidence: TypeAlias = Literal["capture", "document", "simulated"]
Role: TypeAlias = Literal["", "counter", "clock", "battery", "load", "total", "acc", "gyro", "cop"]
Use: TypeAlias = Literal["read", "write", "notify", "indicate"]
Verb: TypeAlias = Literal["read", "subscribe", "send", "wait"]
ClockKind: TypeAlias = Literal["ticks", "counter", "time_of_day", "arrival"]

MAX_PAYLOAD = 512
"""Most bytes a characteristic can hold (Bluetooth Core 5.4, vol. 3, part F, 3.2.9)."""


@dataclass(frozen=True, slots=True)
class NumberType:
    """A number on the wire: its size in bytes and, for whole numbers, its range."""

    size: int
    low: int = 0
    high: int = 0

    @property
    def whole(self) -> bool:
        """True for an integer, False for a float."""
        return self.high > 0


NUMBER_TYPES: Mapping[str, NumberType] = MappingProxyType(
    {
        "u8": NumberType(1, 0, 2**8 - 1),
        "i8": NumberType(1, -(2**7), 2**7 - 1),
        "u16": NumberType(2, 0, 2**16 - 1),
        "i16": NumberType(2, -(2**15), 2**15 - 1),
        "u24": NumberType(3, 0, 2**24 - 1),
        "i24": NumberType(3, -(2**23), 2**23 - 1),
        "u32": NumberType(4, 0, 2**32 - 1),
        "i32": NumberType(4, -(2**31), 2**31 - 1),
        "f32": NumberType(4),
    }
)
"""Every type name of the language; the byte order is the message's."""


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field of a header or of a sample.

    The decoded number is ``raw * scale + offset``; ``invalid`` is the raw value that means
    missing. ``at`` is in bytes from the start of the message (header) or of the sample (field).
    ``shape`` is the number of elements; 1 means a plain number, and header fields are plain.
    """

    name: str
    at: int
    type: str
    shape: int = 1
    scale: float = 1.0
    offset: float = 0.0
    unit: str = "1"
    invalid: int | None = None
    role: Role = ""

    @property
    def end(self) -> int:
        """The byte after the field's last one."""
        return self.at + NUMBER_TYPES[self.type].size * self.shape

    @property
    def whole(self) -> bool:
        """True if the decoded number is the raw integer itself, never missing."""
        plain = self.scale == 1 and self.offset == 0 and self.invalid is None
        return plain and NUMBER_TYPES[self.type].whole


@dataclass(frozen=True, slots=True)
class SamplesSpec:
    """Where the samples of a message lie: first byte, bytes apart, how many (None: the rest)."""

    at: int
    stride: int
    count: int | None


@dataclass(frozen=True, slots=True)
class MessageSpec:
    """The layout of one message on one channel.

    ``length`` is the one length of its payloads in bytes; None if the samples fill the rest. A
    ``sequence`` of the file is a header whose places were worked out when it was read.
    """

    name: str
    channel: str
    byte_order: Literal["little", "big"]
    length: int | None
    header: tuple[FieldSpec, ...]
    samples: SamplesSpec | None
    fields: tuple[FieldSpec, ...]

    @property
    def every_field(self) -> tuple[FieldSpec, ...]:
        """The header's fields, then those of a sample."""
        return self.header + self.fields


@dataclass(frozen=True, slots=True)
class ClockSpec:
    """How the device tells time; unwrapping is done in `align`.

    ``field`` is the header field that carries the clock, its value at the first sample of a
    packet (``stamp = "first"``) or at the last one (``"last"``). A device without a clock has
    ``kind = "arrival"``, no field, and a modulus and tick of 0.
    """

    kind: ClockKind
    field: str
    modulus: int
    tick_s: float
    sample_period_s: float
    stamp: Literal["first", "last"] = "first"


@dataclass(frozen=True, slots=True)
class SensorSpec:
    """Where one element of a load field lies on the sole.

    ``x_mm`` runs from medial to lateral and ``y_mm`` from heel to toe, so that the numbers hold
    for either foot. A place that is not known is NaN.
    """

    field: str
    index: int
    region: str
    x_mm: float = float("nan")
    y_mm: float = float("nan")
    area_mm2: float = float("nan")


@dataclass(frozen=True, slots=True)
class ChannelSpec:
    """A characteristic under the name that the spec gives it."""

    name: str
    characteristic: str
    use: Use
    response: bool = True


@dataclass(frozen=True, slots=True)
class CommandSpec:
    """A constant payload for a channel; one that changes the device is never sent unasked."""

    name: str
    to: str
    payload: bytes
    changes_device: bool = False


@dataclass(frozen=True, slots=True)
class StepSpec:
    """One step of connecting: ``target`` is a channel, a command or (to wait for) a message."""

    verb: Verb
    target: str
    timeout_s: float = 0.0


@dataclass(frozen=True, slots=True)
class MatchSpec:
    """How an advertisement of this device looks; ``priority`` is unique over all specs.

    Each of the three that is given must be met, by any one of its entries.
    """

    priority: int
    local_name: tuple[str, ...] = ()
    service: tuple[str, ...] = ()
    company_id: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class SideSpec:
    """Where the side comes from: ``user``, or ``message.field`` with the meaning of its values."""

    source: str
    values: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SourceSpec:
    """A document, capture or program that the spec rests on."""

    title: str
    covers: tuple[str, ...]
    url: str = ""
    licence: str = ""
    accessed: str = ""
    capture: str = ""


@dataclass(frozen=True, slots=True)
class VectorSpec:
    """A payload and what it must decode to."""

    channel: str
    payload: bytes
    expect: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DeviceSpec:
    """One device, whole."""

    id: str
    name: str
    kind: Kind
    evidence: Evidence
    sources: tuple[SourceSpec, ...]
    match: MatchSpec
    side: SideSpec
    gatt: Mapping[str, ChannelSpec]
    connect: tuple[StepSpec, ...]
    commands: Mapping[str, CommandSpec]
    clock: ClockSpec
    messages: tuple[MessageSpec, ...]
    sensors: tuple[SensorSpec, ...]
    vectors: tuple[VectorSpec, ...]
    path: str = ""
    toml: str = ""
    """The whole file as read, kept in each session so that it decodes in five years."""

    @property
    def hash(self) -> str:
        """SHA-256 of the file as read, in hex."""
        from hashlib import sha256  # noqa: PLC0415 - only recordings and reports need it

        return sha256(self.toml.encode()).hexdigest()
