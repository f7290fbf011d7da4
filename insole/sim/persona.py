"""How a device behaves beyond the layout of its packets: what it obeys, answers and says of itself.

Most devices need nothing of their own. One that holds a conversation has a class in
`insole.sim.personas`, in a module named like its spec.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, ClassVar

from insole.codec import Decoder, Encoder
from insole.codec.dialect import Frame
from insole.codec.now import size
from insole.errors import DecodeError
from insole.sim import packet
from insole.spec.number import TEXT
from insole.spec.rhythm import sample_period_s

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from insole.spec.model import DeviceSpec, FieldSpec, MessageSpec

    Answers = list[tuple[str, bytes]]

_PACKAGE = "insole.sim.personas"
FULL_COUNTS = 65535
"""Highest raw number of a cell, whatever its type could hold: our choice."""
CONVERTERS = {
    "brilliant_sole": 4095,
    "generic_binary": 4095,
    "generic_text": 4095,
    "ukaton_mission": 4095,
    "uq_smartinsole": 1023,
}
"""The same for devices that are known to have a converter of 12 or 10 bits."""
UNSTATED_S = 0.5
"""Time between the readings of a device that states none, such as one that advertises them, s."""


class Persona:
    """A device of a spec that needs nothing of its own: it sends what it is asked to start.

    Parameters
    ----------
    spec : DeviceSpec
        What it is.
    role : str
        Which foot it is worn on, or what it is for.

    Attributes
    ----------
    device : DeviceSpec
        What it is.
    spec : DeviceSpec
        The same, with the sensors that this very device has.
    encoder : Encoder
        Has learnt what the device says of itself.
    streaming : bool
        Whether it sends what it measures.
    """

    samples_to_fill: ClassVar[int] = 4
    """Samples in a packet whose length the spec leaves open: our choice."""
    clock_restarts: ClassVar[bool] = False
    """Whether its clock begins at 0 with each start; else it runs from switching on."""

    def __init__(self, spec: DeviceSpec, role: str) -> None:
        self.device = spec
        self.spec = with_own_rhythm(spec)
        self.role = role
        self.encoder = Encoder(spec)
        self.examples = _examples(spec, role)
        self.streaming = self.started_by_subscribing
        self.readable(0.0)  # the encoder learns from what is read

    @property
    def started_by_subscribing(self) -> bool:
        """True if there is no command that starts it."""
        return "start" not in self.spec.commands

    def connected(self) -> None:
        """Begin a connection: nothing has been asked for yet."""
        self.streaming = self.started_by_subscribing

    def written(self, channel: str, payload: bytes) -> Answers:
        """Obey a write; return what to notify in answer, as channels and payloads."""
        command = self.command(channel, payload)
        if command in {"start", "stop"}:
            self.streaming = command == "start"
        return []

    def command(self, channel: str, payload: bytes) -> str:
        """Return the name of the spec's command that a write is; "" for none."""
        here = {name: one for name, one in self.spec.commands.items() if one.to == channel}
        for name, one in here.items():
            if payload == one.payload and not one.now:
                return name
        for name, one in here.items():
            more = size(one.now) if one.now else one.fill
            if payload.startswith(one.payload) and len(payload) == len(one.payload) + more:
                return name
        return ""

    def readable(self, since_s: float) -> dict[str, bytes]:
        """Return what each readable channel says, some time in s after the person began."""
        answers: dict[str, bytes] = {}
        for message in self.spec.messages:
            if self.spec.gatt[message.channel].use == "read":
                header = dict(self.example(message))
                told = [field.name for field in message.header if field.role == "battery"]
                header |= dict.fromkeys(told, float(packet.battery(since_s)))
                answers.setdefault(message.channel, self.say(message.name, header))
        return answers

    def say(self, message: str, header: Mapping[str, Any] | None = None) -> bytes:
        """Return a message like the spec's example of it, with some header fields set."""
        frame = self.examples[message]
        return self.encoder.message(message, {**frame.header, **(header or {})}, frame.samples)

    def example(self, message: MessageSpec) -> Mapping[str, Any]:
        """Return a header of a message: the spec's example, with the side that this device has."""
        return self.examples[message.name].header

    def header(self, message: MessageSpec, order: NDArray[np.int64]) -> Mapping[str, Any]:
        """Return header fields that only this device knows.

        Parameters
        ----------
        message : MessageSpec
            Which one.
        order : ndarray of int64, (p,)
            Number of each packet since the start.
        """
        del message, order
        return {}

    def sends(self, message: MessageSpec, field: FieldSpec) -> bool:
        """Return whether the device was asked to send an item of a message."""
        del message, field
        return True

    def streams(self) -> list[MessageSpec]:
        """Return the messages that it streams when it streams."""
        return packet.streamed(self.spec)

    def full_reading(self, field: FieldSpec) -> float:
        """Return the highest number that a field of raw numbers tells."""
        highest = CONVERTERS.get(self.spec.id, FULL_COUNTS)
        counts = min(field.number.high or highest, highest)
        if field.valid:
            counts = min(counts, field.valid[1])
        return counts * field.scale


def persona_for(spec: DeviceSpec, role: str) -> Persona:
    """Return the device of a spec, at the start of its life.

    Parameters
    ----------
    spec : DeviceSpec
        What it is.
    role : str
        Which foot it is worn on, or what it is for.
    """
    module = f"{_PACKAGE}.{spec.id}"
    if find_spec(module) is None:
        return Persona(spec, role)
    persona: Persona = import_module(module).Persona(spec, role)
    return persona


def with_own_rhythm(spec: DeviceSpec) -> DeviceSpec:
    """Return a spec whose clock has the rhythm of the message that the device streams.

    Parameters
    ----------
    spec : DeviceSpec
        Of a device that may state none.
    """
    streamed = packet.streamed(spec)
    own_s = sample_period_s(spec, streamed[0]) if streamed else 0.0
    return replace(spec, clock=replace(spec.clock, sample_period_s=own_s or UNSTATED_S))


def side_field(spec: DeviceSpec, message: MessageSpec, role: str) -> dict[str, float]:
    """Return the field of a message that tells the side, if it has it."""
    codes = {word: code for code, word in spec.side.values.items()}
    name = spec.side.source.removeprefix(f"{message.name}.")
    known = role in codes and name in {field.name for field in message.header}
    return {name: codes[role]} if known else {}


def _examples(spec: DeviceSpec, role: str) -> dict[str, Frame]:
    """Return one message of each kind: the first among the vectors of a spec, else of zeros."""
    found = {
        message.name: Frame(message.name, 0, _nothing(message), {}) for message in spec.messages
    }
    for frame in reversed(list(_shown(spec))):
        found[frame.message] = frame
    for message in spec.messages:
        frame = found[message.name]
        header = {**frame.header, **side_field(spec, message, role)}
        found[message.name] = replace(frame, header=header)
    return found


def _shown(spec: DeviceSpec) -> Iterator[Frame]:
    """Yield all messages of the vectors that are whole."""
    for vector in spec.vectors:
        decoder = Decoder(spec)
        for channel, payload in (*vector.after, (vector.channel, vector.payload)):
            with suppress(DecodeError):
                yield from decoder.feed(channel, payload, 0)


def _nothing(message: MessageSpec) -> dict[str, Any]:
    fields = [field for field in message.header if field.when is None]
    return {field.name: "" if field.type == TEXT else 0.0 for field in fields}
