"""A device as data: what a spec file says, in frozen values."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from insole.spec.number import TYPES, NumberType

if TYPE_CHECKING:
    from collections.abc import Mapping

Kind: TypeAlias = Literal["insole", "scale", "force_plate", "dynamometer"]
Evidence: TypeAlias = Literal["capture", "document", "simulated"]
Role: TypeAlias = Literal[
    "", "counter", "clock", "battery", "load", "total", "acc", "gyro", "cop", "cop_ap", "cop_ml",
    "stable", "removed",
]  # fmt: skip
Use: TypeAlias = Literal["read", "write", "notify", "indicate", "advertisement"]
Verb: TypeAlias = Literal["read", "subscribe", "send", "wait", "pause_s"]
ClockKind: TypeAlias = Literal["ticks", "counter", "time_of_day", "arrival"]
ByteOrder: TypeAlias = Literal["little", "big"]
FramingKind: TypeAlias = Literal["tlv", "length_prefixed", "delimited", "stream"]
Checksum: TypeAlias = Literal["sum8", "xor8", "crc8-maxim", "crc16-modbus", "crc16-ccitt"]
Now: TypeAlias = Literal[
    "unix_s_u32", "unix_ms_u64", "text_19", "ymdhms_hundredths", "date_time", "current_time"
]

ADVERTISEMENT = "advertisement"
"""Name of the channel on which advertisements come."""
MAX_PAYLOAD = 512
"""Most bytes a characteristic can hold (Bluetooth Core 5.4, vol. 3, part F, 3.2.9)."""
MAX_BUFFER = 4096
"""Most bytes of a message that comes in several notifications (our choice)."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A bit of an earlier field, and what it must be for a field to be there."""

    field: str
    bit: int
    value: bool


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field of a header or of a sample.

    The decoded number is ``raw * scale + offset``, missing for the raw value ``invalid`` and any
    outside ``valid``. ``at`` is in bytes from the start of the message (header) or of the sample
    (field), in a text in numbers. ``shape`` is the number of elements, 1 for a plain number, 0 for
    as many as there are. ``bits`` are the first and last of a field that shares its bytes.
    ``stride`` is given where samples do not lie together: bytes from one value to the next.
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
    bits: tuple[int, int] | None = None
    valid: tuple[int, int] | None = None
    stride: int = 0
    when: Condition | None = None
    decimals: int = 0

    @property
    def number(self) -> NumberType:
        """What the bytes are; for some bits of them, the range of these."""
        if self.bits:
            return NumberType(TYPES[self.type].size, 0, 2 ** (self.bits[1] - self.bits[0] + 1) - 1)
        return TYPES[self.type]

    @property
    def end(self) -> int:
        """The byte after the field's last one; its start, if it takes as many as there are."""
        return self.at + self.number.size * self.shape

    @property
    def whole(self) -> bool:
        """True if the decoded number is the raw integer itself, never missing."""
        plain = self.scale == 1 and self.offset == 0 and self.invalid is None and not self.valid
        return plain and self.number.whole


@dataclass(frozen=True, slots=True)
class SamplesSpec:
    """Where the samples of a message lie: first byte, bytes apart, how many (None: the rest).

    ``count_field`` names the header field that tells how many; then ``count`` is None as well.
    """

    at: int
    stride: int
    count: int | None
    count_field: str = ""
    newest_first: bool = False


@dataclass(frozen=True, slots=True)
class TagSpec:
    """Bytes that a message is known by: those at ``at``, under ``mask``, are ``value``."""

    at: int
    value: bytes
    mask: bytes


@dataclass(frozen=True, slots=True)
class ItemSpec:
    """What lies in one item of a message: its tag (and the one inside it), and one field."""

    tag: tuple[int, ...]
    fields: tuple[FieldSpec, ...]


@dataclass(frozen=True, slots=True)
class ItemsSpec:
    """Items of tag, length and value, one behind the other from byte ``at`` to the end.

    With ``inner``, each value is again a row of such items, whose tag tells their length.
    """

    at: int
    tag: str
    length: str
    inner: str
    entries: tuple[ItemSpec, ...] = ()


@dataclass(frozen=True, slots=True)
class MessageSpec:
    """The layout of one message on one channel.

    ``length`` is the one length of its payloads in bytes; None if that depends on what they say.
    A ``sequence`` of the file is a header whose places were worked out. The fields of ``items`` are
    among ``fields`` too. Each number of a ``template`` of text counts as the 8 bytes that it is
    read into. ``sample_period_s`` is 0 where the clock's holds. A message of ``loss`` says that the
    device has lost samples itself.
    """

    name: str
    channel: str
    byte_order: ByteOrder
    length: int | None
    header: tuple[FieldSpec, ...]
    samples: SamplesSpec | None
    fields: tuple[FieldSpec, ...]
    tag: TagSpec | None = None
    items: ItemsSpec | None = None
    template: str = ""
    sample_period_s: float = 0.0
    loss: bool = False

    @property
    def every_field(self) -> tuple[FieldSpec, ...]:
        """The header's fields, then those of a sample."""
        return self.header + self.fields

    @property
    def flagged(self) -> bool:
        """True if some of its fields are there only when a flag says so."""
        return any(field.when for field in self.header)


@dataclass(frozen=True, slots=True)
class ClockSpec:
    """How the device tells time; unwrapping is done in `align`.

    ``field`` is the header field that carries the clock, its value at the first sample of a
    packet (``stamp = "first"``) or at the last one (``"last"``), or a field of each sample. A clock
    told in several ``fields`` (hour, minute, …) is their sum, each times its ticks. A device
    without a clock has ``kind = "arrival"``, no field, and a modulus and tick of 0. One without a
    steady rhythm has a ``sample_period_s`` of 0; see :mod:`insole.spec.rhythm`.
    """

    kind: ClockKind
    field: str
    modulus: int
    tick_s: float
    sample_period_s: float = 0.0
    stamp: Literal["first", "last"] = "first"
    fields: Mapping[str, int] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SensorSpec:
    """Where one element of a load field lies on the sole, or on a plate.

    ``x_mm`` runs from medial to lateral and ``y_mm`` from heel to toe, for either foot; on a plate,
    which has no regions, from left to right and from back to front. NaN if it is not known.
    """

    field: str
    index: int
    region: str = ""
    x_mm: float = float("nan")
    y_mm: float = float("nan")
    area_mm2: float = float("nan")


@dataclass(frozen=True, slots=True)
class FramingSpec:
    """How messages are cut out of what a channel sends.

    ``tag`` and ``length`` are types. ``at`` is where a message tells its length, which is ``adds``
    bytes short of the whole; ``start`` are the bytes it begins with, ``end`` those between two.
    ``most`` bytes are kept in waiting for the end of a message.
    """

    kind: FramingKind
    byte_order: ByteOrder = "little"
    tag: str = ""
    length: str = ""
    at: int = 0
    adds: int = 0
    start: bytes = b""
    end: bytes = b""
    most: int = MAX_PAYLOAD
    checksum: Checksum | None = None
    checksum_at: int = -1


@dataclass(frozen=True, slots=True)
class ChannelSpec:
    """A characteristic under the name that the spec gives it, or the advertisement.

    ``service`` is given only where two services have a characteristic of this UUID. ``chunk`` is
    the most bytes of one write; 0 for no such limit. Some devices lack one that is ``optional``.
    """

    name: str
    characteristic: str
    use: Use
    response: bool = True
    service: str = ""
    chunk: int = 0
    framing: FramingSpec | None = None
    optional: bool = False


@dataclass(frozen=True, slots=True)
class AdvertisementSpec:
    """Which part of an advertisement is the payload: data of a company, or of a service.

    A payload equal to the one before, at most ``repeat_s`` later, is the same reading; 0 for never.
    """

    company_id: tuple[int, ...] = ()
    service_data: tuple[str, ...] = ()
    repeat_s: float = 0.0


@dataclass(frozen=True, slots=True)
class CommandSpec:
    """A payload for a channel; one that changes the device is never sent unasked.

    To its ``payload`` the transport adds the time in the form ``now``, or a dialect ``fill`` bytes.
    """

    name: str
    to: str
    payload: bytes
    changes_device: bool = False
    now: Now | None = None
    fill: int = 0


@dataclass(frozen=True, slots=True)
class StepSpec:
    """One step of connecting: a channel, command or message, and how long to wait or pause."""

    verb: Verb
    target: str
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class LookSpec:
    """One way in which an advertisement of this device may look; all that is given must be met.

    Of a list any entry will do. ``payload`` are the first bytes of the data that comes on the
    channel ``advertisement``, under ``mask``.
    """

    local_name: tuple[str, ...] = ()
    service: tuple[str, ...] = ()
    company_id: tuple[int, ...] = ()
    service_data: tuple[str, ...] = ()
    payload: bytes = b""
    mask: bytes = b""

    @property
    def given(self) -> bool:
        """True if it says anything."""
        return self != LookSpec()


@dataclass(frozen=True, slots=True)
class MatchSpec:
    """How an advertisement of this device looks; ``priority`` is unique over all specs."""

    priority: int
    looks: tuple[LookSpec, ...] = ()


@dataclass(frozen=True, slots=True)
class MeasuresSpec:
    """What the numbers are good for.

    ``continuous``: it sends all the time, so that silence is a fault. ``locks``: it settles on one
    reading, good for body mass only. ``estimated``: its newtons come from a general formula, not
    from a calibration. ``oriented``: it is known which way up its sensors lie.
    """

    continuous: bool = True
    locks: bool = False
    estimated: bool = False
    oriented: bool = True


@dataclass(frozen=True, slots=True)
class SideSpec:
    """Where the side comes from: ``user``, ``name``, or ``message.field``.

    ``values`` says what the field's values mean, ``names`` what patterns of the local name do.
    """

    source: str
    values: Mapping[int, str] = dataclasses.field(default_factory=dict)
    names: Mapping[str, str] = dataclasses.field(default_factory=dict)


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
    """A payload and what it must decode to; ``after`` are payloads that came before it.

    ``expect`` has one table for all of its messages (a name means the first that has it, or the
    one called ``message``), or one for each. Something in one that is ``refused`` does not fit; the
    messages that are whole all the same are expected.
    """

    channel: str
    payload: bytes
    expect: tuple[Mapping[str, Any], ...]
    each: bool = False
    message: str = ""
    refused: bool = False
    after: tuple[tuple[str, bytes], ...] = ()


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
    measures: MeasuresSpec = dataclasses.field(default_factory=MeasuresSpec)
    advertisement: AdvertisementSpec | None = None
    dialect: str = ""
    path: str = ""
    toml: str = dataclasses.field(default="", repr=False)
    """The whole file as read, kept in each session so that it decodes in five years."""

    @property
    def hash(self) -> str:
        """SHA-256 of the file as read, in hex."""
        from hashlib import sha256  # noqa: PLC0415 - only recordings and reports need it

        return sha256(self.toml.encode()).hexdigest()
